//! From numbers to pixels: which range is shown, where the ticks are.

use super::Format;
use super::font::{Weight, width};
use super::xml::clean;

/// A number that can be drawn. Beyond 1e300 differences overflow, so such values count as missing like NaN and infinity.
pub(super) fn usable(value: Option<f64>) -> Option<f64> {
    value
        .filter(|v| v.is_finite() && v.abs() < 1e300)
        .map(|v| v + 0.0)
}

/// An interval whose ends can both be drawn.
pub(super) fn interval(low: Option<f64>, high: Option<f64>) -> Option<(f64, f64)> {
    match (usable(low), usable(high)) {
        (Some(low), Some(high)) if low <= high => Some((low, high)),
        _ => None,
    }
}

/// The range of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Domain {
    pub low: f64,
    pub high: f64,
    /// Equal ratios are equally far apart; both ends are above zero.
    pub log: bool,
}

impl Domain {
    /// The range that shows all `values`, and `intervals` as far as they don't dwarf the values. `zero` forces the zero line;
    /// without it zero is included when it is near.
    pub fn of(values: &[f64], intervals: &[(f64, f64)], zero: bool) -> Option<Domain> {
        let mut low = values.iter().copied().reduce(f64::min)?;
        let mut high = values.iter().copied().reduce(f64::max)?;
        let inside = (low, high);
        for (from, to) in intervals {
            low = low.min(*from);
            high = high.max(*to);
        }
        if values.len() >= 3 {
            let reach = 3.0 * (inside.1 - inside.0).max(inside.0.abs().max(inside.1.abs()) * 0.2);
            low = low.max(inside.0 - reach);
            high = high.min(inside.1 + reach);
        }
        let flat = high - low <= 1e-9 * low.abs().max(high.abs()) || high - low < 1e-290;
        if zero || flat || (low > 0.0 && low <= high - low) {
            low = low.min(0.0);
        }
        if zero || flat || (high < 0.0 && -high <= high - low) {
            high = high.max(0.0);
        }
        if high - low < 1e-290 {
            (low, high) = (0.0, 1.0);
        }
        let margin = (high - low) * 0.04;
        Some(Domain {
            low: if low == 0.0 { low } else { low - margin },
            high: if high == 0.0 { high } else { high + margin },
            log: false,
        })
    }

    /// The logarithmic range that shows all ratios (above zero) and 1, and `intervals` as far as they don't dwarf the ratios.
    pub fn of_ratios(values: &[f64], intervals: &[(f64, f64)]) -> Domain {
        let log = |v: f64| v.max(1e-300).ln();
        let all = || values.iter().copied().map(log);
        let inside = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
        // Intervals widen the range by a factor of 3, or as far again as the ratios reach.
        let reach = (inside.1 - inside.0).max(3f64.ln());
        let (mut low, mut high) = inside;
        for (from, to) in intervals {
            low = low.min(log(*from).max(inside.0 - reach));
            high = high.max(log(*to).min(inside.1 + reach));
        }
        // A little of both sides of 1 is always shown.
        let margin = 0.05 * (high - low).max(1.0);
        Domain {
            low: (low - margin).exp().max(1e-305),
            high: (high + margin).exp().min(1e305),
            log: true,
        }
    }

    /// Round numbers inside the range, about `count` of them.
    fn ticks(self, count: usize) -> Vec<f64> {
        // Within a factor of four, evenly spaced numbers are the rounder ones.
        if self.log && self.high > 4.0 * self.low {
            return self.powers(count);
        }
        let raw = (self.high - self.low) / count.max(1) as f64;
        let mut power = raw.log10().floor() as i32;
        let mut factor = [1.0, 2.0, 5.0]
            .into_iter()
            .find(|f| f * 10f64.powi(power) >= raw * (1.0 - 1e-9))
            .unwrap_or(10.0);
        if factor == 10.0 {
            factor = 1.0;
            power += 1;
        }
        let step = factor * 10f64.powi(power);
        let first = (self.low / step - 1e-9).ceil();
        let last = (self.high / step + 1e-9).floor();
        let mut out = Vec::new();
        let mut k = first;
        while k <= last && out.len() < 50 {
            // Dividing by a whole power of ten gives 0.3 where multiplying by 0.1 gives 0.30000000000000004.
            let value = if (-300..0).contains(&power) {
                k * factor / 10f64.powi(-power)
            } else {
                k * step
            };
            if value.is_finite() {
                out.push(value + 0.0);
            }
            k += 1.0;
        }
        out
    }
}

impl Domain {
    /// At most `count` of 1, 2 and 5 times the powers of ten; of the powers alone, or of every second, third... power where
    /// these are too many.
    fn powers(self, count: usize) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor(), self.high.log10().ceil());
        let mut every = 0.0;
        loop {
            let factors: &[f64] = if every == 0.0 {
                &[1.0, 2.0, 5.0]
            } else {
                &[1.0]
            };
            let mut out = Vec::new();
            let mut power = first;
            while power <= last {
                // Powers are counted from 1, so that 1 is among them.
                if every == 0.0 || power % every == 0.0 {
                    // A quotient gives 0.2 where a product gives 0.2000000001.
                    let ten = 10f64.powf(power.abs());
                    let times = |f: &f64| if power < 0.0 { f / ten } else { f * ten };
                    out.extend(factors.iter().map(times));
                }
                power += 1.0;
            }
            out.retain(|v| *v >= self.low && *v <= self.high);
            every += 1.0;
            if out.len() <= count.max(1) || every > last - first + 1.0 {
                return out;
            }
        }
    }
}

/// A domain laid on pixels `from..to` (`to` may be the smaller one, as it is for heights).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub domain: Domain,
    pub from: f64,
    pub to: f64,
}

impl Scale {
    /// Pixel of a value, held at the ends.
    pub fn at(&self, value: f64) -> f64 {
        let Domain { low, high, log } = self.domain;
        let share = if log {
            (value.max(1e-300).ln() - low.ln()) / (high.ln() - low.ln())
        } else {
            (value - low) / (high - low)
        };
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
    }

    pub fn shows(&self, value: f64) -> bool {
        value >= self.domain.low && value <= self.domain.high
    }
}

/// A labelled place on an axis; `start` is where the label's box starts (left, or the baseline of a vertical axis).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    pub at: f64,
    pub label: String,
    pub start: f64,
}

/// Ticks of a horizontal axis whose labels neither touch each other nor leave `0..canvas`.
pub(super) fn across(scale: &Scale, format: Format, size: f64, canvas: f64) -> Vec<Tick> {
    let place = |value: f64| {
        let label = clean(&format(value));
        let wide = width(&label, size, Weight::Regular);
        let at = scale.at(value);
        let start = (at - wide / 2.0).min(canvas - 4.0 - wide).max(4.0);
        Tick {
            value,
            at,
            label,
            start,
        }
    };
    let fits = |a: &Tick, b: &Tick| {
        a.start + width(&a.label, size, Weight::Regular) + 10.0 <= b.start && a.label != b.label
    };
    fewer(scale, 6, &place, &|ticks| {
        ticks.windows(2).all(|w| match w {
            [a, b] => fits(a, b),
            _ => true,
        }) && ticks
            .iter()
            .all(|t| t.start + width(&t.label, size, Weight::Regular) <= canvas - 3.0)
    })
}

/// Ticks of a vertical axis; labels longer than `room` are left out.
pub(super) fn upwards(scale: &Scale, format: Format, size: f64, room: f64) -> Vec<Tick> {
    let place = |value: f64| {
        let at = scale.at(value);
        Tick {
            value,
            at,
            label: clean(&format(value)),
            start: at + size * 0.35,
        }
    };
    let mut ticks = fewer(scale, 5, &place, &|ticks| {
        ticks.windows(2).all(|w| match w {
            [a, b] => (a.at - b.at).abs() >= size * 1.6 && a.label != b.label,
            _ => true,
        })
    });
    ticks.retain(|t| width(&t.label, size, Weight::Regular) <= room);
    ticks
}

/// The most ticks, but at most `most`, that pass; a single one where none do.
fn fewer(
    scale: &Scale,
    most: usize,
    place: &dyn Fn(f64) -> Tick,
    pass: &dyn Fn(&[Tick]) -> bool,
) -> Vec<Tick> {
    for count in (1..=most).rev() {
        let ticks: Vec<Tick> = scale.domain.ticks(count).into_iter().map(place).collect();
        if ticks.len() >= 2 && pass(&ticks) {
            return ticks;
        }
    }
    let ticks: Vec<Tick> = scale.domain.ticks(1).into_iter().map(place).collect();
    ticks
        .into_iter()
        .take(1)
        .filter(|tick| pass(std::slice::from_ref(tick)))
        .collect()
}
