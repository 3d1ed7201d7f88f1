//! The balance table: means, standardised differences, variance ratios and missing shares by group, before and after adjusting.

use crate::stats::Refused;
use crate::stats::adjust::{both_groups, check_weights};

/// What a difference of means is divided by to compare covariates of different units. The table prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// Standard deviation of the treated.
    Treated,
    /// Standard deviation of the comparison group.
    Comparison,
    /// Root of the mean of both groups' variances (Rosenbaum & Rubin 1985).
    Pooled,
}

/// The values of a covariate.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// Numbers; NaN where missing. A variable of nothing but 0 and 1 counts as a share.
    Numbers(&'a [f64]),
    /// Categories: their names, and the place of each row's among them; none where missing.
    Levels(&'a [String], &'a [Option<usize>]),
}

/// A covariate with its name.
#[derive(Debug, Clone, Copy)]
pub struct Variable<'a> {
    /// Name.
    pub name: &'a str,
    /// Values, one per row.
    pub values: Values<'a>,
}

/// One group's part in a row of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// Rows with a value and a weight above 0.
    pub rows: usize,
    /// Weighted mean, or share for a 0/1 variable or a level; none without rows.
    pub mean: Option<f64>,
    /// Weighted standard deviation, with n-1 in the unweighted case; for a share p, the root of p(1-p). None where undefined.
    pub sd: Option<f64>,
    /// Weighted share of the group's rows that have no value.
    pub missing_share: f64,
}

/// A row of the table: a covariate, or a level of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Name of the covariate.
    pub variable: String,
    /// Level, for categories.
    pub level: Option<String>,
    /// Whether means are shares.
    pub share: bool,
    /// The treated.
    pub treated: Side,
    /// The comparison group.
    pub comparison: Side,
    /// Difference of means over the denominator; none where a group has no value or the denominator is 0.
    pub standardised: Option<f64>,
    /// Variance of the treated over that of the comparison group; none for shares and where undefined.
    pub variance_ratio: Option<f64>,
}

/// Table of balance under `weights` (survey weights; all equal where none).
///
/// With `adjusted` weights (survey weight times inverse probability, or matching weights, 0 for rows left out), gives the table
/// after adjusting: means and variances under `adjusted`, divided by the standard deviations before it, so that a difference
/// shrinks only where the means come closer (Stuart 2010, section 4.1). Call it without for the table before.
/// A weighted variance is sum w (x - mean)^2 / (sum w - sum w^2 / sum w).
///
/// Refused where the treatment doesn't vary, lengths differ, or weights are unusable.
pub fn balance(
    treated: &[bool],
    variables: &[Variable],
    weights: Option<&[f64]>,
    adjusted: Option<&[f64]>,
    denominator: Denominator,
) -> Result<Vec<Row>, Refused> {
    let n = treated.len();
    both_groups(treated)?;
    check_weights(weights, n)?;
    let before = weights.map_or_else(|| vec![1.0; n], <[f64]>::to_vec);
    if let Some(after) = adjusted {
        check_adjusted(treated, after)?;
    }
    let after = adjusted.unwrap_or(&before);
    let mut rows = Vec::new();
    for variable in variables {
        let (levels, length): (&[String], usize) = match variable.values {
            Values::Numbers(values) => (&[], values.len()),
            Values::Levels(levels, codes) => (levels, codes.len()),
        };
        if length != n {
            return Err(Refused::new(
                format!(
                    "{} has {length} values where there are {n} rows",
                    variable.name
                ),
                "Give one value per row.",
            ));
        }
        let row = |level: Option<&String>, share: bool, values: Vec<f64>| -> Row {
            let side = |group, weights| side(&values, treated, group, weights, share);
            let (treated_side, comparison) = (side(true, after), side(false, after));
            let unit = unit(denominator, side(true, &before).sd, side(false, &before).sd);
            let ratio = |a: f64, b: f64| (b > 0.0).then_some(a * a / (b * b));
            Row {
                variable: variable.name.to_owned(),
                level: level.cloned(),
                share,
                standardised: both(treated_side.mean, comparison.mean)
                    .zip(unit)
                    .map(|((a, b), unit)| (a - b) / unit),
                variance_ratio: both(treated_side.sd, comparison.sd)
                    .filter(|_| !share)
                    .and_then(|(a, b)| ratio(a, b)),
                treated: treated_side,
                comparison,
            }
        };
        match variable.values {
            Values::Numbers(values) => {
                let share = values.iter().all(|v| v.is_nan() || *v == 0.0 || *v == 1.0);
                rows.push(row(None, share, values.to_vec()));
            }
            Values::Levels(_, codes) => {
                for (place, level) in levels.iter().enumerate() {
                    let is = |code: &Option<usize>| {
                        code.map_or(f64::NAN, |c| f64::from(u8::from(c == place)))
                    };
                    rows.push(row(Some(level), true, codes.iter().map(is).collect()));
                }
            }
        }
    }
    Ok(rows)
}

fn both(a: Option<f64>, b: Option<f64>) -> Option<(f64, f64)> {
    a.zip(b)
}

fn unit(denominator: Denominator, treated: Option<f64>, comparison: Option<f64>) -> Option<f64> {
    match denominator {
        Denominator::Treated => treated,
        Denominator::Comparison => comparison,
        Denominator::Pooled => {
            both(treated, comparison).map(|(a, b)| ((a * a + b * b) / 2.0).sqrt())
        }
    }
    .filter(|unit| *unit > 0.0)
}

fn side(values: &[f64], treated: &[bool], group: bool, weights: &[f64], share: bool) -> Side {
    let of: Vec<(f64, f64)> = (0..values.len())
        .filter(|&i| treated[i] == group && weights[i] > 0.0)
        .map(|i| (values[i], weights[i]))
        .collect();
    let all: f64 = of.iter().map(|(_, w)| w).sum();
    let rows = of.len();
    let present: Vec<(f64, f64)> = of.into_iter().filter(|(v, _)| !v.is_nan()).collect();
    let sum: f64 = present.iter().map(|(_, w)| w).sum();
    let squares: f64 = present.iter().map(|(_, w)| w * w).sum();
    let mean = (!present.is_empty()).then(|| present.iter().map(|(v, w)| v * w).sum::<f64>() / sum);
    let variance = mean.and_then(|mean| {
        if share {
            return Some(mean * (1.0 - mean));
        }
        let spread: f64 = present
            .iter()
            .map(|(v, w)| w * (v - mean) * (v - mean))
            .sum();
        (present.len() > 1).then(|| spread / (sum - squares / sum))
    });
    Side {
        rows: present.len(),
        mean,
        sd: variance.map(f64::sqrt),
        missing_share: if present.len() == rows {
            0.0
        } else {
            1.0 - sum / all
        },
    }
}

fn check_adjusted(treated: &[bool], weights: &[f64]) -> Result<(), Refused> {
    let n = treated.len();
    let help = "Give every row the weight that the adjustment gave it, 0 where it was left out.";
    if weights.len() != n {
        return Err(Refused::new(
            format!("there are {} adjusted weights for {n} rows", weights.len()),
            help,
        ));
    }
    let bad = weights
        .iter()
        .filter(|w| !(w.is_finite() && **w >= 0.0))
        .count();
    if bad > 0 {
        return Err(Refused::new(
            format!("{bad} of the {n} adjusted weights are missing or negative"),
            help,
        ));
    }
    for (group, words) in [(true, "treated"), (false, "untreated")] {
        if !treated
            .iter()
            .zip(weights)
            .any(|(t, w)| *t == group && *w > 0.0)
        {
            return Err(Refused::new(
                format!("no {words} row has an adjusted weight above 0"),
                help,
            ));
        }
    }
    Ok(())
}
