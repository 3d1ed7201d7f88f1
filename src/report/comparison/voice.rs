//! How one comparison speaks: names, numbers with their units, and words for what stands beside each other.

use crate::outcome::comparison::{
    Between, Compared, Comparison, DifferenceScale, Entry, PairDifference, PoolScale,
};
use crate::outcome::{Direction, Evidence};
use crate::report::cells::{column_name, unit_name};
use crate::report::effects::numbers::Numbers;
use crate::report::format::{Locale, Style};
use crate::report::title::level;

/// Writes what belongs to one comparison.
pub(super) struct Voice<'a> {
    pub compared: &'a Compared,
    pub of: &'a Comparison,
    pub locale: Locale,
    /// `95%`.
    pub level: String,
    levels: Style,
    /// For means, which are more exact than what they are made of.
    means: Option<Style>,
    differences: Numbers,
    /// The same for means of effects.
    mean_differences: Option<Numbers>,
}

impl<'a> Voice<'a> {
    pub fn new(compared: &'a Compared, of: &'a Comparison) -> Voice<'a> {
        let locale = Locale::of(&compared.locale);
        let unit = of.measure.unit.as_str();
        let values: Vec<f64> = of.entries.iter().map(|e| e.value).collect();
        let widths: Vec<f64> = of
            .entries
            .iter()
            .filter_map(|e| e.interval)
            .map(|i| (i.1 - i.0) / 2.0)
            .collect();
        let parts: Vec<(f64, f64)> = of.entries.iter().filter_map(|e| e.parts).collect();
        let (mut errors, mut gaps) = (Vec::new(), Vec::new());
        if let Some(differences) = &of.differences
            && differences.scale == DifferenceScale::Difference
        {
            errors.extend(differences.pairs.iter().filter_map(|p| p.se));
            gaps.extend(differences.pairs.iter().map(|p| p.value));
        }
        if let Some(equivalence) = &of.equivalence {
            errors.extend(equivalence.rows.iter().filter_map(|r| r.se));
            gaps.extend([equivalence.margin.0, equivalence.margin.1]);
        }
        if errors.is_empty() {
            errors.extend(of.entries.iter().filter_map(|e| e.se));
        }
        if gaps.is_empty() {
            gaps.clone_from(&values);
        }
        let pooled = of.pooled.as_ref();
        let half = pooled.map(|p| {
            let (low, high) = p.mean.interval;
            ((back(high, p.scale) - back(low, p.scale)) / 2.0).abs()
        });
        let mean = pooled.map(|p| back(p.mean.value, p.scale));
        let fine = mean.zip(half);
        let differences = Numbers::other(locale, unit, &errors, &gaps);
        let levels = Style::of_column(locale, unit == "%", &values, &widths, &parts);
        Voice {
            means: fine.map(|(m, h)| Style::of_column(locale, unit == "%", &[m], &[h], &[])),
            mean_differences: fine.map(|(m, h)| Numbers::other(locale, unit, &[h / 2.0], &[m])),
            compared,
            of,
            locale,
            level: level(compared.confidence, &locale),
            levels: telling(levels, &values, differences.places()),
            differences,
        }
    }

    /// Whether effects stand beside each other, and not levels.
    pub fn is_effect(&self) -> bool {
        self.of.measure.effect.is_some()
    }

    /// Name of an entry.
    pub fn name(&self, entry: usize) -> &'a str {
        self.of.entries.get(entry).map_or("?", |e| e.name.as_str())
    }

    /// A value as tables have it.
    pub fn value(&self, value: f64) -> String {
        match self.is_effect() {
            true => self.differences.signed(value),
            false => self.levels.value(value),
        }
    }

    /// A value as sentences have it, with its unit.
    pub fn amount(&self, value: f64) -> String {
        if self.is_effect() {
            return self.gap(value);
        }
        let unit = match self.of.measure.unit.as_str() {
            "%" | "index" => String::new(),
            unit => unit_name(unit)
                .split(" (")
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
        match unit.as_str() {
            "" => self.value(value),
            unit => format!("{} {unit}", self.value(value)),
        }
    }

    /// `12% to 18%`.
    pub fn bounds(&self, (low, high): (f64, f64)) -> String {
        format!("{} to {}", self.value(low), self.value(high))
    }

    /// A mean of what is compared, with as many decimals as its own interval allows.
    pub fn mean(&self, value: f64) -> String {
        match (&self.mean_differences, &self.means) {
            (Some(numbers), _) if self.is_effect() => numbers.signed(value),
            (_, Some(style)) if !self.is_effect() => style.value(value),
            _ => self.value(value),
        }
    }

    /// A mean as sentences have it, with its unit.
    pub fn mean_amount(&self, value: f64) -> String {
        let short = self.amount(value);
        let unit = short.strip_prefix(&self.value(value)).unwrap_or_default();
        format!("{}{unit}", self.mean(value))
    }

    /// A margin as it was stated, with its unit: `−0.1 to +0.1 points`.
    pub fn margin(&self, (low, high): (f64, f64)) -> String {
        let range = format!("{} to {}", self.tick(low), self.tick(high));
        self.differences.with_unit(&range)
    }

    /// A difference as tables have it, with its sign.
    pub fn signed(&self, value: f64) -> String {
        self.differences.signed(value)
    }

    /// A difference as sentences have it: `+4.1 percentage points`.
    pub fn gap(&self, value: f64) -> String {
        self.differences.with_unit(&self.differences.signed(value))
    }

    /// A size without a sign, with its unit.
    pub fn size(&self, value: f64) -> String {
        self.differences.with_unit(&self.differences.size(value))
    }

    /// A size without sign and unit.
    pub fn bare_size(&self, value: f64) -> String {
        self.differences.size(value)
    }

    /// `−0.1 to +0.3`.
    pub fn range(&self, ends: (f64, f64)) -> String {
        self.differences.range(ends)
    }

    /// A number on an axis of differences.
    pub fn tick(&self, value: f64) -> String {
        self.differences.tick(value)
    }

    /// A value on an axis.
    pub fn axis(&self, value: f64) -> String {
        match self.is_effect() {
            true => self.differences.tick(value),
            false => self.differences.level_alone(value),
        }
    }

    /// Unit of values, for the head of a chart or a column; may be empty.
    pub fn unit(&self) -> String {
        match self.is_effect() {
            true => self.differences.unit.clone(),
            false => unit_name(&self.of.measure.unit),
        }
    }

    /// Unit of differences.
    pub fn gap_unit(&self) -> String {
        self.differences.unit.clone()
    }

    /// The unit that cells of data are counted in: `%` for proportions.
    pub fn data_unit(&self) -> &'a str {
        self.of.measure.unit.as_str()
    }

    /// A pair's value: a difference, or how many times.
    pub fn pair(&self, value: f64, scale: DifferenceScale) -> String {
        match scale {
            DifferenceScale::Difference => self.signed(value),
            DifferenceScale::Ratio => format!("× {}", self.locale.number(value, 2)),
        }
    }

    /// Ends of a pair's interval.
    pub fn pair_range(&self, (low, high): (f64, f64), scale: DifferenceScale) -> String {
        match scale {
            DifferenceScale::Difference => self.range((low, high)),
            DifferenceScale::Ratio => format!(
                "{} to {}",
                self.locale.number(low, 2),
                self.locale.number(high, 2)
            ),
        }
    }

    /// A p-value.
    pub fn p(&self, p: f64) -> String {
        self.differences.p(p)
    }

    /// `p = 0.034`, `p <0.001`.
    pub fn p_words(&self, p: f64) -> String {
        match self.p(p) {
            small if small.starts_with('<') => format!("p {small}"),
            other => format!("p = {other}"),
        }
    }

    /// A rank, or the middle of several.
    pub fn rank(&self, rank: f64) -> String {
        let digits = usize::from(rank.fract() != 0.0);
        self.locale.number(rank, digits)
    }

    /// A count.
    pub fn count(&self, count: usize) -> String {
        self.locale.count(count as u64)
    }

    /// What stands beside each other, for one and for several.
    pub fn noun(&self, count: usize) -> &'static str {
        noun(&self.of.between, count)
    }

    /// `24 programmes`.
    pub fn counted(&self, count: usize) -> String {
        format!("{} {}", self.count(count), self.noun(count))
    }

    /// Whether a pair is shown to differ, its p-value allowing for the number of pairs where it does; `None` without a test.
    pub fn shown(&self, pair: &PairDifference) -> Option<bool> {
        let p = pair.adjusted.or(pair.p)?;
        Some(p < 1.0 - self.compared.confidence)
    }

    /// `higher`, `lower`.
    pub fn higher(&self, up: bool) -> &'static str {
        if up { "higher" } else { "lower" }
    }

    /// Whether up is the better direction; `None` where neither is.
    pub fn better(&self, up: bool) -> Option<bool> {
        match self.of.measure.direction {
            Direction::HigherIsBetter => Some(up),
            Direction::LowerIsBetter => Some(!up),
            Direction::Neither => None,
        }
    }

    /// Entries whose figure is recorded in full and taken as it is.
    pub fn recorded(&self) -> impl Iterator<Item = (usize, &'a Entry)> {
        let all = self.of.entries.iter().enumerate();
        all.filter(|(_, e)| e.exact())
    }

    /// Entries whose error is not known.
    pub fn unknown(&self) -> impl Iterator<Item = (usize, &'a Entry)> {
        let all = self.of.entries.iter().enumerate();
        all.filter(|(_, e)| e.error_unknown())
    }

    /// From the pooling scale to the measure's own.
    pub fn back(&self, value: f64, scale: PoolScale) -> f64 {
        back(value, scale)
    }

    /// What the compared numbers may be called, by the design behind them.
    pub fn claim(&self) -> &'static str {
        match self.of.measure.effect {
            None => "value",
            Some((_, Evidence::Randomised)) => "effect",
            Some((_, Evidence::QuasiExperimental)) => "estimate consistent with an effect",
            Some((_, Evidence::BeforeAfter)) => "change",
            Some((_, Evidence::Comparison)) => "difference from those not treated",
            Some((_, Evidence::Descriptive)) => "association",
        }
    }
}

/// A style with as many decimals as tell values apart that differ, so that two in an order are not written as the same; at most as many
/// as differences are written with.
fn telling(style: Style, values: &[f64], most: usize) -> Style {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let alike = |style: &Style| {
        let mut pairs = sorted.windows(2);
        pairs.any(|p| p[0] != p[1] && style.value(p[0]) == style.value(p[1]))
    };
    let mut told = style;
    while told.places() < most && alike(&told) {
        let more = told.places() + 1;
        told = told.with_places(more);
    }
    told
}

/// From the pooling scale to the measure's own.
fn back(value: f64, scale: PoolScale) -> f64 {
    match scale {
        PoolScale::Own => value,
        PoolScale::Logit => 1.0 / (1.0 + (-value).exp()),
        PoolScale::Log => value.exp(),
    }
}

/// What stands beside each other, for one and for several.
pub(super) fn noun(between: &Between, count: usize) -> &'static str {
    let (one, many) = match between {
        Between::Programmes => ("programme", "programmes"),
        Between::Evaluations => ("evaluation", "evaluations"),
        Between::Column(_) => ("group", "groups"),
        Between::Periods => ("period", "periods"),
    };
    if count == 1 { one } else { many }
}

/// `between programmes`, `between groups by type`.
pub(super) fn between_words(between: &Between) -> String {
    match between {
        Between::Programmes => "between programmes".to_owned(),
        Between::Evaluations => "between evaluations as a whole".to_owned(),
        Between::Column(column) => format!("between groups of programmes by {}", by_name(column)),
        Between::Periods => "between periods, all programmes together".to_owned(),
    }
}

/// A column of the programmes as words: `programme.type` is `type`.
pub(super) fn by_name(column: &str) -> String {
    column_name(column.strip_prefix("programme.").unwrap_or(column))
}
