//! Numbers and statuses as the reader meets them. The only place of the package that rounds.

use crate::outcome::{Estimate, IndicatorResult, Status};

/// A true minus sign, as wide as a plus.
const MINUS: char = '\u{2212}';

/// How a language writes numbers (after the Unicode CLDR).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    decimal: char,
    group: char,
    /// Whole numbers with fewer digits than this are not grouped (Spanish writes 1234, but 12.345).
    group_from: usize,
    before_percent: &'static str,
    after_percent: &'static str,
}

impl Locale {
    /// Languages that reports can be written for.
    pub const CODES: [&'static str; 9] = ["en", "nl", "fr", "es", "ca", "de", "it", "tr", "pt"];

    /// The conventions of a language; English ones where the code is not known (the evaluation file is checked earlier).
    pub fn of(code: &str) -> Locale {
        let (decimal, group, group_from, before_percent, after_percent) = match code {
            "nl" | "it" | "pt" => (',', '.', 4, "", "%"),
            "fr" => (',', '\u{202f}', 4, "", "\u{202f}%"),
            "es" => (',', '.', 5, "", "\u{a0}%"),
            "ca" | "de" => (',', '.', 4, "", "\u{a0}%"),
            "tr" => (',', '.', 4, "%", ""),
            _ => ('.', ',', 4, "", "%"),
        };
        Locale {
            decimal,
            group,
            group_from,
            before_percent,
            after_percent,
        }
    }

    /// `value` with so many decimals. What is not zero never reads as zero: it is written `<0.01`.
    pub fn number(&self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return "not a number".to_owned();
        }
        let digits = rounded_digits(value.abs(), decimals);
        if value != 0.0 && digits.bytes().all(|b| b == b'0') {
            let least = self.place(&format!("{:0>width$}", 1, width = decimals + 1), decimals);
            return if value > 0.0 {
                format!("<{least}")
            } else {
                format!(">{MINUS}{least}")
            };
        }
        let placed = self.place(&digits, decimals);
        if value < 0.0 {
            format!("{MINUS}{placed}")
        } else {
            placed
        }
    }

    /// A count.
    pub fn count(&self, value: u64) -> String {
        self.place(&value.to_string(), 0)
    }

    /// A count that may be rounded to multiples of a number: `~350`.
    pub fn about(&self, value: u64, rounded: Option<u64>) -> String {
        let sign = if rounded.is_some() { "~" } else { "" };
        format!("{sign}{}", self.count(value))
    }

    /// A proportion as a percentage.
    pub fn percent(&self, proportion: f64, decimals: usize) -> String {
        self.with_sign(&self.number(tidy(proportion * 100.0), decimals))
    }

    fn with_sign(&self, number: &str) -> String {
        format!("{}{number}{}", self.before_percent, self.after_percent)
    }

    /// Puts decimal sign and thousands separators into a run of digits, the last `decimals` of which follow the sign.
    fn place(&self, digits: &str, decimals: usize) -> String {
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        let mut out = String::with_capacity(padded.len() + 8);
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && whole.len() >= self.group_from && (whole.len() - at).is_multiple_of(3) {
                out.push(self.group);
            }
            out.push(digit);
        }
        if decimals > 0 {
            out.push(self.decimal);
            out.push_str(fraction);
        }
        out
    }
}

/// `value` (not negative) times 10^`decimals`, rounded half away from zero as people round, as digits.
fn rounded_digits(value: f64, decimals: usize) -> String {
    let scaled = tidy(value * 10f64.powi(decimals as i32));
    if scaled < 1e15 {
        format!("{:.0}", scaled.round())
    } else {
        format!("{value:.decimals$}").replace('.', "")
    }
}

/// Takes the noise of binary fractions off (0.145 x 100 is 14.499999999999998) so that ties round as people expect.
fn tidy(value: f64) -> f64 {
    format!("{value:.12e}").parse().unwrap_or(value)
}

/// How the values of one indicator are written: the same decimals everywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The language.
    pub locale: Locale,
    decimals: usize,
    part_decimals: usize,
    percent: bool,
}

impl Style {
    /// No column has more decimals than this; what is smaller reads `<0.000001`.
    const MOST: i32 = 6;

    /// The style for all values of an indicator: totals, programmes, groups, periods and targets.
    pub fn of(locale: Locale, result: &IndicatorResult) -> Style {
        let percent = result.definition.unit == "%";
        let scale = if percent { 100.0 } else { 1.0 };
        let shown = || {
            result
                .estimates
                .iter()
                .filter(|e| e.status == Status::Value)
        };
        let values: Vec<f64> = shown()
            .filter_map(|e| e.value)
            .map(|v| tidy(v * scale))
            .collect();
        let widths: Vec<f64> = shown()
            .filter_map(|e| e.interval)
            .map(|i| (i.high - i.low) / 2.0 * scale)
            .filter(|w| *w > 0.0)
            .collect();
        let parts: Vec<(f64, f64)> = shown().filter_map(|e| e.parts).collect();
        let mut decimals = decimals(&values, &widths, &parts, scale);
        for target in &result.targets {
            // A target of 12.5 % would otherwise stand as 13 % beside an actual of 12 %.
            if !exact(tidy(target.value * scale), decimals) && decimals == 0 {
                decimals = 1;
            }
        }
        let whole = parts.iter().all(|(a, b)| exact(*a, 0) && exact(*b, 0));
        Style {
            locale,
            decimals,
            part_decimals: usize::from(!whole),
            percent,
        }
    }

    /// The style of values that stand beside each other: by their size, their spread and their precision. `half_widths`: of their
    /// intervals; `parts`: numerators and denominators of ratios. `percent`: values are proportions, shown times 100.
    pub fn of_column(
        locale: Locale,
        percent: bool,
        values: &[f64],
        half_widths: &[f64],
        parts: &[(f64, f64)],
    ) -> Style {
        let scale = if percent { 100.0 } else { 1.0 };
        let scaled = |all: &[f64]| all.iter().map(|v| tidy(v * scale)).collect::<Vec<f64>>();
        let mut widths = scaled(half_widths);
        widths.retain(|w| *w > 0.0);
        // The first width is that of a total elsewhere; here the middle one stands for all.
        widths.sort_by(f64::total_cmp);
        let middle = widths.get(widths.len() / 2).copied();
        let widths: Vec<f64> = middle.into_iter().collect();
        let whole = parts.iter().all(|(a, b)| exact(*a, 0) && exact(*b, 0));
        Style {
            locale,
            decimals: decimals(&scaled(values), &widths, parts, scale),
            part_decimals: usize::from(!whole),
            percent,
        }
    }

    /// How many decimals it writes.
    pub fn places(&self) -> usize {
        self.decimals
    }

    /// The same with so many decimals.
    pub fn with_places(mut self, decimals: usize) -> Style {
        self.decimals = decimals.min(Style::MOST as usize);
        self
    }

    /// A style with fixed decimals, for scores.
    pub fn fixed(locale: Locale, decimals: usize) -> Style {
        Style {
            locale,
            decimals,
            part_decimals: 0,
            percent: false,
        }
    }

    /// The style of differences: with as many decimals as write a typical standard error with two digits; where there is none,
    /// a typical value with three. Both in the scale shown.
    pub fn of_errors(locale: Locale, errors: &[f64], values: &[f64]) -> Style {
        let positive = |all: &[f64]| {
            let sizes = all.iter().map(|v| v.abs()).filter(|v| *v > 0.0);
            quantile(sizes, 0.5)
        };
        let wanted = match (positive(errors), positive(values)) {
            (Some(error), _) => 1 - order(tidy(error)),
            (None, Some(value)) => 2 - order(tidy(value)),
            (None, None) => 0,
        };
        Style::fixed(locale, wanted.clamp(0, Style::MOST) as usize)
    }

    /// A value.
    pub fn value(&self, value: f64) -> String {
        // A true zero has no decimals to it, so that nobody takes it for a small value cut down.
        let decimals = if value == 0.0 { 0 } else { self.decimals };
        if self.percent {
            self.locale.percent(value, decimals)
        } else {
            self.locale.number(value, decimals)
        }
    }

    /// Numerator and denominator: `15/100`.
    pub fn parts(&self, (numerator, denominator): (f64, f64)) -> String {
        // A tenth of a person adds nothing to a hundred of them, nor to the numerator beside it.
        let large = numerator.abs().max(denominator.abs()) >= 100.0;
        let decimals = if large { 0 } else { self.part_decimals };
        let write = |part| self.locale.number(part, decimals);
        format!("{}/{}", write(numerator), write(denominator))
    }

    /// Bounds: `12% to 18%`.
    pub fn bounds(&self, low: f64, high: f64) -> String {
        format!("{} to {}", self.value(low), self.value(high))
    }

    /// Value and parts, `15% (15/100)`, or the words for a cell without a value.
    pub fn estimate(&self, estimate: &Estimate, small_cells: u64) -> String {
        match (estimate.status, estimate.value, estimate.parts) {
            (Status::Value, Some(value), Some(parts)) => {
                format!("{} ({})", self.value(value), self.parts(parts))
            }
            (Status::Value, Some(value), None) => self.value(value),
            (status, ..) => status_words(status, small_cells),
        }
    }
}

/// A value that stands alone, as the result of an example does: in full up to three decimals, else three significant
/// digits. `percent`: it is a proportion, shown times 100.
pub fn single(value: f64, percent: bool, locale: &Locale) -> String {
    let shown = tidy(if percent { value * 100.0 } else { value });
    let decimals = (0..=3).find(|d| exact(shown, *d)).unwrap_or_else(|| {
        let digits = 2 - order(shown.abs());
        digits.clamp(0, Style::MOST) as usize
    });
    let number = locale.number(shown, decimals);
    if percent {
        locale.with_sign(&number)
    } else {
        number
    }
}

/// Words for a cell without a value; each status has its own.
pub fn status_words(status: Status, small_cells: u64) -> String {
    match status {
        Status::Value => "value not recorded".to_owned(),
        Status::NoRows => "no rows".to_owned(),
        Status::NoMatch => "none matched".to_owned(),
        Status::AllMissing => "all missing".to_owned(),
        Status::Undefined => "undefined".to_owned(),
        Status::Suppressed if small_cells > 0 => format!("suppressed (fewer than {small_cells})"),
        Status::Suppressed => "suppressed".to_owned(),
        Status::Refused => "not added".to_owned(),
    }
}

/// Decimals for a column of values (already in the scale shown), from their size, their precision and their spread.
fn decimals(values: &[f64], half_widths: &[f64], parts: &[(f64, f64)], scale: f64) -> usize {
    let sizes = || values.iter().map(|v| v.abs()).filter(|v| *v > 0.0);
    let (Some(typical), Some(large)) = (quantile(sizes(), 0.5), quantile(sizes(), 0.75)) else {
        return 0;
    };
    // Three significant digits at most, in most of the column.
    let most = 2 - order(large);
    let wanted = if let Some(width) = quantile(half_widths.iter().copied(), 0.5) {
        // Digits that the interval leaves open are not shown: one digit of its half width is; of the total's, which comes
        // first, where that is narrower, since its bounds would otherwise read as the same.
        -order(half_widths.first().map_or(width, |total| width.min(*total)))
    } else if let Some(denominator) =
        quantile(parts.iter().map(|p| p.1.abs()).filter(|d| *d > 0.0), 0.5)
        && parts.iter().all(|p| exact(p.0, 0))
    {
        // One more in the numerator moves the ratio by one step of 1/denominator.
        (-order(scale / denominator)).max(-order(typical))
    } else {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let by_spread = if high > low {
            1 - order(high - low)
        } else {
            most
        };
        by_spread.max(-order(typical))
    };
    let mut decimals = wanted.min(most).clamp(0, Style::MOST) as usize;
    while decimals > 0 && values.iter().all(|v| exact(*v, decimals - 1)) {
        decimals -= 1;
    }
    decimals
}

/// Power of ten of the leading digit.
fn order(value: f64) -> i32 {
    if value > 0.0 && value.is_finite() {
        value.log10().floor() as i32
    } else {
        0
    }
}

/// Whether so many decimals write the value in full.
fn exact(value: f64, decimals: usize) -> bool {
    let scaled = tidy(value * 10f64.powi(decimals as i32));
    scaled == scaled.round()
}

fn quantile(values: impl Iterator<Item = f64>, at: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * at).round() as usize).copied()
}

#[cfg(test)]
#[path = "format_tests.rs"]
mod tests;
