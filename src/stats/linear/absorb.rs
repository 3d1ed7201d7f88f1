//! Regression with effects of units and periods taken out first.

use super::cluster::groups;
use super::fit::{Absorbed, Fit, check, fit_checked};
use super::twice::Twice;
use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};

/// A set of effects, one for each value of a code.
#[derive(Debug, Clone, Copy)]
pub struct Effects<'a> {
    /// What they are of, such as `municipality`.
    pub name: &'a str,
    /// The code of each row.
    pub codes: &'a [u32],
}

/// Largest number of elements of all columns, those of the second set of effects included.
const LARGEST: usize = 200_000_000;

/// Weighted least squares of `y` (n) on the columns of `x` (n x k, without a constant) and one or two sets of effects.
///
/// The first set is taken out by subtracting its weighted means from outcome and columns (Frisch, Waugh & Lovell), the second
/// becomes columns named `name = code` behind those of `x`, so that two sets are solved exactly however unbalanced. Name first what
/// has many values and is nested in the clusters, such as the unit. Leverages and residuals are those of the whole regression. One column is left out for each part of the data that shares no effects with
/// the others.
///
/// # Errors
/// As for [`fit`](super::fit()); a column that doesn't vary within the effects; other than one or two sets; a second set that
/// needs more than 200 million elements.
pub fn fit_absorbing(
    y: &[f64],
    x: &DMatrix<f64>,
    names: &[String],
    weights: Option<&[f64]>,
    effects: &[Effects<'_>],
) -> Result<Fit, Refused> {
    let n = y.len();
    let (taken, columns) = match effects {
        [one] => (Level::new(one), None),
        [one, two] => (Level::new(one), Some(Level::new(two))),
        _ => {
            return Err(Refused::new(
                format!("{} sets of effects were asked for", effects.len()),
                "Name one or two, such as the unit and the period.",
            ));
        }
    };
    if effects.iter().any(|e| e.codes.len() != n) || x.nrows() != n || names.len() != x.ncols() {
        return Err(Refused::new(
            "outcome, columns, names and effects differ in length",
            "Give one outcome and one code per row, and one name per column.",
        ));
    }
    let mut names = names.to_vec();
    let own = names.len();
    let mut all = x.clone();
    if let Some(second) = &columns {
        let kept = second.kept(&taken);
        let columns = own + kept.len();
        if columns.saturating_mul(n) > LARGEST {
            return Err(Refused::new(
                format!(
                    "`{}` has {} values, too many beside those of `{}`",
                    second.name,
                    second.groups.len(),
                    taken.name
                ),
                "Group the values of one of them.",
            ));
        }
        all = all.resize_horizontally(columns, 0.0);
        for (j, &level) in kept.iter().enumerate() {
            names.push(format!("{} = {}", second.name, second.values[level]));
            for &i in &second.groups[level] {
                all[(i, own + j)] = 1.0;
            }
        }
    }
    check(y, &all, &names, weights)?;
    for (column, name) in all.as_mut_slice().chunks_exact_mut(n).zip(&names).take(own) {
        let before = length(column);
        taken.take_out(column, weights);
        if length(column) <= 1e-12 * before {
            return Err(Refused::new(
                format!("`{name}` doesn't vary within any value of `{}`", taken.name),
                format!(
                    "Leave out `{name}`: its effect can't be told from those of `{}`.",
                    taken.name
                ),
            ));
        }
    }
    for column in all.as_mut_slice().chunks_exact_mut(n).skip(own) {
        taken.take_out(column, weights);
    }
    let mut outcome = y.to_vec();
    taken.take_out(&mut outcome, weights);
    let mut fit = fit_checked(&outcome, all, &names, weights, own)?;
    // Against the outcome itself: what is left of one that the effects explain is rounding.
    let rows = y.iter().zip(&fit.weights);
    let size: f64 = rows.map(|(y, w)| w * y * y).sum();
    fit.exact = fit.residual_squares() <= 1e-26 * size;
    fit.constant = true;
    let mut more = DVector::zeros(fit.n);
    for rows in &taken.groups {
        let total: f64 = rows.iter().map(|&i| fit.weights[i]).sum();
        for &i in rows {
            more[i] = fit.weights[i] / total;
        }
    }
    fit.more = Some(more);
    let single = taken.groups.iter().filter(|rows| rows.len() == 1).count();
    fit.absorbed = Some(Absorbed {
        name: taken.name.to_owned(),
        levels: taken.groups.len(),
        single,
        codes: taken.codes,
    });
    Ok(fit)
}

fn length(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// A set of effects by its levels, 0 to their number less 1 in the order of the codes.
struct Level<'a> {
    name: &'a str,
    /// Rows of each level.
    groups: Vec<Vec<usize>>,
    /// Code of each level.
    values: Vec<u32>,
    /// Level of each row.
    codes: Vec<u32>,
}

impl<'a> Level<'a> {
    fn new(effects: &Effects<'a>) -> Level<'a> {
        let groups = groups(effects.codes);
        let mut codes = vec![0; effects.codes.len()];
        let mut values = Vec::with_capacity(groups.len());
        for (level, rows) in (0u32..).zip(&groups) {
            rows.iter().for_each(|&i| codes[i] = level);
            values.extend(rows.first().map(|&i| effects.codes[i]));
        }
        Level {
            name: effects.name,
            groups,
            values,
            codes,
        }
    }

    /// Levels that become columns beside the effects of `other`: all but the first of each connected part of the data (Abowd,
    /// Creecy & Kramarz 2002).
    fn kept(&self, other: &Level<'_>) -> Vec<usize> {
        let mut reached = vec![false; self.groups.len()];
        let mut seen = vec![false; other.groups.len()];
        let mut kept = Vec::new();
        for first in 0..self.groups.len() {
            if reached[first] {
                kept.push(first);
                continue;
            }
            reached[first] = true;
            let mut waiting = vec![first];
            while let Some(level) = waiting.pop() {
                for &i in &self.groups[level] {
                    let across = other.codes[i] as usize;
                    if seen[across] {
                        continue;
                    }
                    seen[across] = true;
                    for &j in &other.groups[across] {
                        let next = self.codes[j] as usize;
                        if !reached[next] {
                            reached[next] = true;
                            waiting.push(next);
                        }
                    }
                }
            }
        }
        kept
    }

    /// Subtracts the weighted mean of each level.
    fn take_out(&self, column: &mut [f64], weights: Option<&[f64]>) {
        let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
        for rows in &self.groups {
            let mut sum = Twice::default();
            rows.iter()
                .for_each(|&i| sum.add_product(column[i], weight(i)));
            let total: f64 = rows.iter().map(|&i| weight(i)).sum();
            let mean = sum.value() / total;
            rows.iter().for_each(|&i| column[i] -= mean);
        }
    }
}

#[cfg(test)]
#[path = "absorb_tests.rs"]
mod tests;
