//! Indicators with different units on one scale: how many spreads a programme lies from the middle of all programmes.

use super::columns_of;
use crate::stats::Refused;
use crate::stats::distribution::normal_quantile;

/// Fewest values of a column that allow to speak of a middle and a spread.
const FEWEST: usize = 3;

/// Which way an indicator is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better: the sign stays.
    Higher,
    /// Less is better: the sign is turned, so that above zero is better.
    Lower,
    /// Neither: the sign stays, and says more or less, not better or worse.
    Neither,
}

impl Better {
    fn sign(self) -> f64 {
        match self {
            Better::Lower => -1.0,
            Better::Higher | Better::Neither => 1.0,
        }
    }
}

/// Middle and spread to standardise with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// Median, and median absolute deviation: a few extreme programmes don't press the others together.
    Robust,
    /// Mean and standard deviation (divisor n - 1).
    Plain,
}

/// The spread that a column was divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Median absolute deviation from the median over 0.6745, consistent for the standard deviation of a normal (Hampel 1974).
    Mad,
    /// Interquartile range over 1.349; where half of the values or more equal the median, so that their median deviation is zero.
    Iqr,
    /// Standard deviation; asked for, or where the interquartile range is zero too.
    Sd,
}

impl Spread {
    /// The spread in words, as a report says it.
    pub fn words(self) -> &'static str {
        match self {
            Spread::Mad => "median absolute deviation",
            Spread::Iqr => {
                "interquartile range, since half of the programmes or more have the median value"
            }
            Spread::Sd => "standard deviation",
        }
    }
}

/// How a column was standardised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Median or mean, in the unit of the indicator.
    pub centre: f64,
    /// What one unit of the standardised value is, in the unit of the indicator.
    pub spread: f64,
    /// Which spread that is.
    pub by: Spread,
    /// Programmes with a value.
    pub n: usize,
}

/// A standardised matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Standardised {
    /// Rows as given: (value - centre) / spread, turned where less is better. Missing stays missing; columns that were refused are
    /// missing throughout.
    pub values: Vec<Vec<Option<f64>>>,
    /// One entry per column.
    pub columns: Vec<Result<Column, Refused>>,
}

/// Standardises each column over the programmes that have a value. `better`: one entry per column.
///
/// Standardised values say where a programme lies among those at hand: with other programmes they are others.
///
/// # Errors
/// A matrix that isn't one, infinite numbers, another number of directions than columns. A column with fewer than three values, or
/// whose values are all equal, is refused on its own in [`Standardised::columns`].
pub fn standardise(
    rows: &[Vec<Option<f64>>],
    better: &[Better],
    scaling: Scaling,
) -> Result<Standardised, Refused> {
    let count = columns_of(rows)?;
    if better.len() != count {
        return Err(Refused::new(
            format!(
                "{} directions are given for {count} indicators",
                better.len()
            ),
            "Give one direction per indicator.",
        ));
    }
    let mut columns = Vec::with_capacity(count);
    let mut values = vec![vec![None; count]; rows.len()];
    for (c, better) in better.iter().enumerate() {
        let known: Vec<f64> = rows.iter().filter_map(|r| *r.get(c)?).collect();
        let column = column(known, scaling);
        if let Ok(found) = &column {
            for (from, to) in rows.iter().zip(&mut values) {
                if let (Some(Some(v)), Some(slot)) = (from.get(c), to.get_mut(c)) {
                    *slot = Some(better.sign() * (v - found.centre) / found.spread + 0.0);
                }
            }
        }
        columns.push(column);
    }
    Ok(Standardised { values, columns })
}

fn column(mut known: Vec<f64>, scaling: Scaling) -> Result<Column, Refused> {
    let n = known.len();
    if n < FEWEST {
        return Err(Refused::new(
            format!("{n} of the programmes have a value, and a spread needs {FEWEST}"),
            "Leave this indicator out of the profiles, or compare programmes that have it.",
        ));
    }
    known.sort_by(f64::total_cmp);
    let (low, high) = (known[0], known[n - 1]);
    // Halved before subtracting, so that the range of two huge numbers doesn't overflow.
    let size = low.abs().max(high.abs());
    if high / 2.0 - low / 2.0 <= 1e-12 * size {
        return Err(Refused::new(
            format!("all {n} programmes have the same value"),
            "Leave this indicator out of the profiles: it tells no programme from another.",
        ));
    }
    let mean = known.iter().map(|v| v / n as f64).sum::<f64>();
    let sd = |centre: f64| {
        let squares: f64 = known.iter().map(|v| ((v - centre) / size).powi(2)).sum();
        size * (squares / (n - 1) as f64).sqrt()
    };
    let tiny = 1e-12 * size;
    let found = match scaling {
        Scaling::Plain => (mean, sd(mean), Spread::Sd),
        Scaling::Robust => {
            let quartile = normal_quantile(0.75);
            let median = quantile(&known, 0.5);
            let mut off: Vec<f64> = known.iter().map(|v| (v - median).abs()).collect();
            off.sort_by(f64::total_cmp);
            let mad = quantile(&off, 0.5);
            let iqr = quantile(&known, 0.75) - quantile(&known, 0.25);
            match (mad > tiny, iqr > tiny) {
                (true, _) => (median, mad / quartile, Spread::Mad),
                (false, true) => (median, iqr / (2.0 * quartile), Spread::Iqr),
                (false, false) => (median, sd(mean), Spread::Sd),
            }
        }
    };
    let (centre, spread, by) = found;
    if !(centre.is_finite() && spread.is_finite() && spread > 0.0) {
        return Err(Refused::new(
            "the values are too large or too small to compute a spread",
            "Give the indicator in a larger or smaller unit.",
        ));
    }
    Ok(Column {
        centre,
        spread,
        by,
        n,
    })
}

/// Quantile of sorted values by linear interpolation (Hyndman & Fan 1996, type 7).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    below + (above - below) * at.fract()
}
