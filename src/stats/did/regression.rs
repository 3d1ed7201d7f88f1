//! Difference-in-differences as one coefficient of a regression: two periods, and two-way fixed effects.

use crate::stats::Refused;
use crate::stats::linear::absorb::{Effects, fit_absorbing};
use crate::stats::linear::{self, Fit};
use nalgebra::DMatrix;

/// A regression, and which of its coefficients is the effect; every covariance of [`crate::stats::linear`] applies to it.
#[derive(Debug, Clone)]
pub struct Regression {
    /// The regression.
    pub fit: Fit,
    /// Column of the effect.
    pub effect: usize,
}

/// Rows before and after, of a treated and a comparison group.
#[derive(Debug, Clone, Copy)]
pub struct TwoPeriods<'a> {
    /// The outcome.
    pub outcome: &'a [f64],
    /// Whether the row is of the treated group (in both periods).
    pub treated: &'a [bool],
    /// Whether the row is of the later period.
    pub after: &'a [bool],
    /// Weight above 0.
    pub weight: Option<&'a [f64]>,
    /// Covariates by name.
    pub covariates: &'a [(&'a str, &'a [f64])],
}

/// y = a + b treated + c after + effect treated x after (+ covariates). Without covariates the effect is the difference of
/// the two changes of means, whether the rows are a panel or two cross-sections; cluster by unit in a panel.
///
/// # Errors
/// A group or period without rows; what [`linear::fit()`] refuses.
pub fn two_period(rows: &TwoPeriods) -> Result<Regression, Refused> {
    let n = rows.outcome.len();
    same_length(n, &[rows.treated.len(), rows.after.len()], rows.covariates)?;
    for (treated, group) in [(true, "treated"), (false, "comparison")] {
        for (after, period) in [(false, "earlier"), (true, "later")] {
            if !(0..n).any(|i| rows.treated[i] == treated && rows.after[i] == after) {
                return Err(Refused::new(
                    format!("the {group} group has no row in the {period} period"),
                    "A difference in differences needs both groups in both periods.",
                ));
            }
        }
    }
    let one = |is: bool| f64::from(u8::from(is));
    let x = DMatrix::from_fn(n, 4 + rows.covariates.len(), |i, j| match j {
        0 => 1.0,
        1 => one(rows.treated[i]),
        2 => one(rows.after[i]),
        3 => one(rows.treated[i] && rows.after[i]),
        _ => rows.covariates[j - 4].1[i],
    });
    let mut names: Vec<String> = ["constant", "treated", "after", "treated x after"]
        .map(str::to_owned)
        .to_vec();
    names.extend(rows.covariates.iter().map(|(name, _)| name.to_string()));
    Ok(Regression {
        fit: linear::fit(rows.outcome, &x, &names, rows.weight)?,
        effect: 3,
    })
}

/// Rows of a panel with a treatment that may be on or off in each.
#[derive(Debug, Clone, Copy)]
pub struct TwoWay<'a> {
    /// The outcome.
    pub outcome: &'a [f64],
    /// Whether the unit is treated in the period of the row.
    pub treated: &'a [bool],
    /// Unit.
    pub unit: &'a [u32],
    /// Period.
    pub period: &'a [u32],
    /// Weight above 0.
    pub weight: Option<&'a [f64]>,
    /// Covariates by name.
    pub covariates: &'a [(&'a str, &'a [f64])],
}

/// y = unit + period + effect treated (+ covariates).
///
/// Where treatment starts at different times *and* effects differ, the coefficient weights the effects oddly, some of them
/// negatively (Goodman-Bacon 2021; de Chaisemartin & D'Haultfoeuille 2020): use [`super::group_time`] or
/// [`super::sun_abraham`] then.
///
/// # Errors
/// A treatment that doesn't vary within units; one period; what [`fit_absorbing`] refuses.
pub fn two_way(rows: &TwoWay) -> Result<Regression, Refused> {
    let n = rows.outcome.len();
    let lengths = [rows.treated.len(), rows.unit.len(), rows.period.len()];
    same_length(n, &lengths, rows.covariates)?;
    let treated = rows.treated.iter().filter(|t| **t).count();
    if treated == 0 || treated == n {
        let all = if treated == 0 { "untreated" } else { "treated" };
        return Err(Refused::new(
            format!("the treatment does not vary: all {n} rows are {all}"),
            "Add rows before the treatment, or units without it.",
        ));
    }
    if rows.period.iter().all(|p| Some(p) == rows.period.first()) {
        return Err(Refused::new(
            "there is one period only, so no change to compare",
            "Give data of two periods at least.",
        ));
    }
    let x = DMatrix::from_fn(n, 1 + rows.covariates.len(), |i, j| match j {
        0 => f64::from(u8::from(rows.treated[i])),
        _ => rows.covariates[j - 1].1[i],
    });
    let mut names = vec!["treated".to_owned()];
    names.extend(rows.covariates.iter().map(|(name, _)| name.to_string()));
    let effects = [
        Effects {
            name: "unit",
            codes: rows.unit,
        },
        Effects {
            name: "period",
            codes: rows.period,
        },
    ];
    Ok(Regression {
        fit: fit_absorbing(rows.outcome, &x, &names, rows.weight, &effects)?,
        effect: 0,
    })
}

fn same_length(n: usize, lengths: &[usize], covariates: &[(&str, &[f64])]) -> Result<(), Refused> {
    let covariates = covariates.iter().map(|(_, values)| values.len());
    if lengths.iter().copied().chain(covariates).any(|l| l != n) {
        return Err(Refused::new(
            "the columns have different numbers of rows",
            "Give one value per row in every column.",
        ));
    }
    Ok(())
}
