//! How the numbers of effects are written: signs, percentage points, decimals by the standard error.

use crate::outcome::{Effect, EffectDesign};
use crate::report::cells::unit_name;
use crate::report::format::{Locale, Style, single};

/// Writes the numbers of one effect, or of effects that share a unit.
#[derive(Clone)]
pub(in crate::report) struct Numbers {
    pub locale: Locale,
    style: Style,
    percent: bool,
    /// Whether the indicator itself is a proportion, whatever its effect is counted in.
    levels_percent: bool,
    /// Unit of differences: `percentage points`, `points (1–5)`; may be empty.
    pub unit: String,
}

impl Numbers {
    /// Numbers in the unit of the effects; they are taken to share it.
    pub fn of(locale: Locale, effects: &[&Effect]) -> Numbers {
        let unit = effects.first().map_or("", |e| e.unit());
        let level = effects.first().map_or("", |e| e.indicator.unit.as_str());
        let percent = unit == "%";
        let scale = if percent { 100.0 } else { 1.0 };
        let estimates = || effects.iter().filter_map(|e| e.estimate.as_ref());
        let errors: Vec<f64> = estimates()
            .filter_map(|e| e.se)
            .map(|s| s * scale)
            .collect();
        let values: Vec<f64> = estimates().map(|e| e.value * scale).collect();
        Numbers {
            locale,
            style: Style::of_errors(locale, &errors, &values),
            percent,
            levels_percent: level == "%",
            unit: match percent {
                true => "percentage points".to_owned(),
                false => unit_name(unit),
            },
        }
    }

    /// Numbers in another unit than the effect's.
    pub fn other(locale: Locale, unit: &str, errors: &[f64], values: &[f64]) -> Numbers {
        let percent = unit == "%";
        let scale = if percent { 100.0 } else { 1.0 };
        let scaled = |all: &[f64]| all.iter().map(|v| v * scale).collect::<Vec<f64>>();
        Numbers {
            locale,
            style: Style::of_errors(locale, &scaled(errors), &scaled(values)),
            percent,
            levels_percent: percent,
            unit: match percent {
                true => "percentage points".to_owned(),
                false => unit_name(unit),
            },
        }
    }

    /// A size without a sign or unit.
    pub fn size(&self, value: f64) -> String {
        self.style.value(self.scaled(value.abs()))
    }

    /// A difference with its sign: `+0.21`, `−0.1`, `0`.
    pub fn signed(&self, value: f64) -> String {
        let written = self.style.value(self.scaled(value));
        let zero = value == 0.0 || written.starts_with(['<', '>', '\u{2212}']);
        if value > 0.0 && !zero {
            format!("+{written}")
        } else {
            written
        }
    }

    /// A number on an axis of differences: round as it is.
    pub fn tick(&self, value: f64) -> String {
        let written = single(self.scaled(value), false, &self.locale);
        match value > 0.0 {
            true => format!("+{written}"),
            false => written,
        }
    }

    /// A value of the indicator itself, as a mean is: `45%`, `3.21`.
    pub fn level(&self, value: f64) -> String {
        let sign = match value < 0.0 {
            true => "\u{2212}",
            false => "",
        };
        match self.levels_percent {
            true => self.locale.percent(value, self.style.places().min(2)),
            false => format!("{sign}{}", self.size(value)),
        }
    }

    /// A value of the indicator itself on an axis, or where it stands alone.
    pub fn level_alone(&self, value: f64) -> String {
        single(value, self.levels_percent, &self.locale)
    }

    /// `−0.1 to +0.3`.
    pub fn range(&self, (low, high): (f64, f64)) -> String {
        format!("{} to {}", self.signed(low), self.signed(high))
    }

    /// The unit as sentences have it: without the range of a scale.
    fn short_unit(&self) -> String {
        let unit = self.unit.split(" (").next().unwrap_or_default();
        match unit {
            "index" => "index points".to_owned(),
            unit => unit.to_owned(),
        }
    }

    /// Puts the unit behind a number, as sentences have it.
    pub fn with_unit(&self, number: &str) -> String {
        match self.short_unit().as_str() {
            "" => number.to_owned(),
            unit => format!("{number} {unit}"),
        }
    }

    fn scaled(&self, value: f64) -> f64 {
        if self.percent { value * 100.0 } else { value }
    }

    /// A p-value.
    pub fn p(&self, p: f64) -> String {
        self.locale.number(p, 3)
    }
}

/// Whether the number is a slope, per unit of something else.
pub(super) fn is_slope(effect: &Effect) -> bool {
    matches!(
        effect.design,
        EffectDesign::DoseResponse | EffectDesign::Association
    )
}

/// What the numbers of an effect are counted in; those of slopes say per what.
pub(in crate::report) fn unit_of(effect: &Effect) -> String {
    let unit = match effect.unit() {
        "%" => "percentage points".to_owned(),
        unit => unit_name(unit),
    };
    if !is_slope(effect) {
        return unit;
    }
    let across = match &effect.partial {
        Some(partial) => format!("unit of {}", partial.across),
        None => "unit".to_owned(),
    };
    match unit.is_empty() {
        true => format!("for each further {across}"),
        false => format!("{unit} for each further {across}"),
    }
}
