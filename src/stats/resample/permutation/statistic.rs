//! The statistics of an assignment, from sums over its treated units.

use super::assignment::Lottery;
use super::units::Units;
use super::{Curve, Experiment, interacted};
use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};

/// What compares treated with others.
#[derive(Debug, Clone, Copy)]
pub enum Statistic<'a> {
    /// Difference in (weighted) means within strata, averaged with the strata's share of all weight (Gerber & Green 2012, eq. 3.10).
    Difference,
    /// The same divided by its standard error: units as clusters, each arm of each stratum with its own variance m/(m - 1)·Σ(s -
    /// mean·w)²/W². Still near its level if effects differ between units (Chung & Romano 2013). Two units by arm and stratum at least.
    Studentised,
    /// Coefficient of the treatment in a (weighted) regression with a constant for each stratum and covariates. The outcome and covariates stay
    /// where they are and the treatment moves: the regression is that of each assignment in full, by partialling out the covariates once
    /// (Frisch & Waugh 1933). Covariates must come from before the treatment.
    Regression {
        /// Covariates by row, without a constant.
        covariates: &'a [&'a [f64]],
        /// Their names, for refusals.
        names: &'a [&'a str],
    },
    /// Difference, at the mean of the covariates, of a (weighted) regression of each arm of the assignment: the coefficient of the treatment in a
    /// regression with the covariates about their means and times the treatment (Lin 2013). No constants for strata.
    Interacted {
        /// Covariates by row, without a constant.
        covariates: &'a [&'a [f64]],
        /// Their names, for refusals.
        names: &'a [&'a str],
    },
}

/// Below this share of its own length, what is left of a column is rounding.
const COLLINEAR: f64 = 1e-10;

/// Products of deviations that a studentised difference sums: of s, z, w (outcome, treatment as it was, weight).
const PRODUCTS: [(usize, usize); 6] = [(0, 0), (0, 1), (1, 1), (0, 2), (1, 2), (2, 2)];

/// Sums by unit, ready for any assignment.
pub(super) struct Prepared {
    pub units: Units,
    pub studentised: bool,
    /// Typical size of an outcome's deviation from the mean.
    pub length: f64,
    regression: bool,
    /// Parameters of an arm's own regression; 0 for other statistics.
    pub interacted: usize,
    /// Numbers by unit: outcome, treatment, weight (all weighted sums), then products, or coordinates of covariates; see
    /// [`super::interacted`] for regressions by arm.
    columns: usize,
    rows: Vec<f64>,
    /// Sums of `rows` by stratum.
    totals: Vec<f64>,
}

impl Prepared {
    pub fn new(of: &Experiment, statistic: &Statistic) -> Result<Prepared, Refused> {
        let units = Units::new(of)?;
        let studentised = matches!(statistic, Statistic::Studentised);
        if studentised
            && units
                .strata
                .iter()
                .any(|s| s.treated < 2 || s.units - s.treated < 2)
        {
            return Err(Refused::new(
                "a studentised difference needs two treated and two other units in every stratum",
                "Take the difference in means itself.",
            ));
        }
        let weight = |i: usize| of.weights.map_or(1.0, |w| w[i]);
        let all: f64 = (0..of.outcome.len()).map(weight).sum();
        // A difference does not change with the level; without it, fewer digits cancel.
        let mean = of
            .outcome
            .iter()
            .enumerate()
            .map(|(i, y)| weight(i) * y)
            .sum::<f64>()
            / all;
        let squares: f64 = of
            .outcome
            .iter()
            .enumerate()
            .map(|(i, y)| weight(i) * (y - mean).powi(2))
            .sum();
        let treated = |i: usize| if of.treated[i] { 1.0 } else { 0.0 };
        let mut sums = match statistic {
            Statistic::Regression { covariates, names } => {
                residual_sums(of, &units, covariates, names)?
            }
            Statistic::Interacted { covariates, names } => {
                check_covariates(of, covariates, names)?;
                interacted::sums(of, &units, covariates)
            }
            _ => vec![
                units.sums(|i| weight(i) * (of.outcome[i] - mean)),
                units.sums(|i| weight(i) * treated(i)),
                units.sums(weight),
            ],
        };
        if studentised {
            for (k, l) in PRODUCTS {
                let product = sums[k].iter().zip(&sums[l]).map(|(a, b)| a * b).collect();
                sums.push(product);
            }
        }
        let columns = sums.len();
        let rows: Vec<f64> = (0..units.count())
            .flat_map(|u| sums.iter().map(move |s| s[u]))
            .collect();
        let mut totals = vec![0.0; units.strata.len() * columns];
        let mut start = 0;
        for (stratum, total) in units.strata.iter().zip(totals.chunks_exact_mut(columns)) {
            for row in rows[start * columns..]
                .chunks_exact(columns)
                .take(stratum.units)
            {
                add(total, row, 1.0);
            }
            start += stratum.units;
        }
        Ok(Prepared {
            units,
            studentised,
            length: (squares / all).sqrt(),
            regression: matches!(statistic, Statistic::Regression { .. }),
            interacted: match statistic {
                Statistic::Interacted { covariates, .. } => covariates.len() + 1,
                _ => 0,
            },
            columns,
            rows,
            totals,
        })
    }

    /// Room for the sums of an assignment.
    pub fn work(&self) -> Vec<f64> {
        vec![0.0; self.totals.len()]
    }

    /// Sums over the treated units, by stratum.
    pub fn add_up(&self, lottery: &Lottery, picked: &[u32], sums: &mut [f64]) {
        let mut start = 0;
        let strata = sums
            .chunks_exact_mut(self.columns)
            .zip(self.totals.chunks_exact(self.columns));
        for ((side, own), (sum, total)) in lottery.sides(picked).zip(strata) {
            sum.fill(0.0);
            for unit in own {
                let place = (start + *unit as usize) * self.columns;
                add(sum, &self.rows[place..place + self.columns], 1.0);
            }
            if !side.treated {
                for (sum, total) in sum.iter_mut().zip(total) {
                    *sum = total - *sum;
                }
            }
            start += side.units;
        }
    }

    /// The assignment as it was.
    pub fn observed(&self) -> Curve {
        let mut sums = self.work();
        let mut start = 0;
        for (stratum, sum) in self
            .units
            .strata
            .iter()
            .zip(sums.chunks_exact_mut(self.columns))
        {
            let end = start + stratum.units;
            let rows =
                self.rows[start * self.columns..end * self.columns].chunks_exact(self.columns);
            for (row, treated) in rows.zip(&self.units.treated[start..end]) {
                if *treated {
                    add(sum, row, 1.0);
                }
            }
            start = end;
        }
        self.curve(&sums)
    }

    /// The statistic of outcomes less x for those who were treated, as a function of x.
    pub fn curve(&self, sums: &[f64]) -> Curve {
        if self.interacted > 0 {
            interacted::curve(self.interacted, self.columns, sums, &self.totals)
        } else if self.regression {
            self.coefficient(sums)
        } else {
            self.difference(sums)
        }
    }

    /// Root of the mean square, over assignments, of effect less `value` if everyone's effect is `value`.
    pub fn spread(&self, curves: &[Curve], value: f64) -> f64 {
        let effect = |curve: &Curve| {
            if self.studentised {
                curve.a + curve.b * value
            } else {
                curve.at(value)
            }
        };
        let (mut squares, mut n) = (0.0, 0.0);
        for effect in curves.iter().map(effect).filter(|e| e.is_finite()) {
            squares += effect * effect;
            n += 1.0;
        }
        (squares / n).sqrt()
    }

    fn difference(&self, sums: &[f64]) -> Curve {
        let mut curve = Curve {
            a: 0.0,
            b: 0.0,
            v: [1.0, 0.0, 0.0],
        };
        if self.studentised {
            curve.v = [0.0; 3];
        }
        let weight: f64 = self.totals.chunks_exact(self.columns).map(|t| t[2]).sum();
        let strata = sums
            .chunks_exact(self.columns)
            .zip(self.totals.chunks_exact(self.columns));
        for ((ours, total), stratum) in strata.zip(&self.units.strata) {
            let share = total[2] / weight;
            let (w1, w0) = (ours[2], total[2] - ours[2]);
            let treated = [ours[0] / w1, ours[1] / w1];
            let others = [(total[0] - ours[0]) / w0, (total[1] - ours[1]) / w0];
            curve.a += share * (treated[0] - others[0]);
            curve.b -= share * (treated[1] - others[1]);
            if self.studentised {
                let theirs: Vec<f64> = total.iter().zip(ours).map(|(t, s)| t - s).collect();
                for (sums, means, units) in [
                    (ours, treated, stratum.treated),
                    (&theirs, others, stratum.units - stratum.treated),
                ] {
                    let m = units as f64;
                    let factor = share * share * m / (m - 1.0) / (sums[2] * sums[2]);
                    let variance = arm(sums, means);
                    curve.v[0] += factor * variance[0];
                    curve.v[1] -= factor * variance[1];
                    curve.v[2] += factor * variance[2];
                }
            }
        }
        curve
    }

    /// z'My / z'Mz with the treatment z of the assignment and M the residuals on strata and covariates.
    fn coefficient(&self, sums: &[f64]) -> Curve {
        let (mut top, mut slope, mut bottom, mut weight) = (0.0, 0.0, 0.0, 0.0);
        let mut coordinates = vec![0.0; self.columns - 3];
        for (ours, total) in sums
            .chunks_exact(self.columns)
            .zip(self.totals.chunks_exact(self.columns))
        {
            top += ours[0];
            slope += ours[1];
            bottom += ours[2] * (total[2] - ours[2]) / total[2];
            weight += total[2];
            add(&mut coordinates, &ours[3..], 1.0);
        }
        bottom -= coordinates.iter().map(|c| c * c).sum::<f64>();
        let defined = bottom > COLLINEAR * weight;
        Curve {
            a: top,
            b: -slope,
            v: [if defined { bottom * bottom } else { 0.0 }, 0.0, 0.0],
        }
    }
}

/// Sums over the units of an arm of products of deviations from its means: of outcome, outcome and treatment, treatment.
fn arm(sums: &[f64], [y, z]: [f64; 2]) -> [f64; 3] {
    let [ss, sz, zz, sw, zw, ww] = [3, 4, 5, 6, 7, 8].map(|k| sums[k]);
    [
        ss - 2.0 * y * sw + y * y * ww,
        sz - y * zw - z * sw + y * z * ww,
        zz - 2.0 * z * zw + z * z * ww,
    ]
}

/// Refuses covariates of another length, and missing ones.
fn check_covariates(of: &Experiment, covariates: &[&[f64]], names: &[&str]) -> Result<(), Refused> {
    let n = of.outcome.len();
    if covariates.len() != names.len() || covariates.iter().any(|c| c.len() != n) {
        return Err(Refused::new(
            format!("covariates of unequal length were given for {n} rows"),
            "Give every covariate the same rows, and a name.",
        ));
    }
    if !covariates.iter().all(|c| c.iter().all(|x| x.is_finite())) {
        return Err(Refused::new(
            "a covariate is missing for some rows",
            "Leave out rows with missing values first, and say how many by group.",
        ));
    }
    Ok(())
}

/// Residuals of outcome and treatment on strata and covariates, weights, and the covariates' orthonormal coordinates: sums by unit.
fn residual_sums(
    of: &Experiment,
    units: &Units,
    covariates: &[&[f64]],
    names: &[&str],
) -> Result<Vec<Vec<f64>>, Refused> {
    check_covariates(of, covariates, names)?;
    let n = of.outcome.len();
    let weight = |i: usize| of.weights.map_or(1.0, |w| w[i]);
    let within = |column: &dyn Fn(usize) -> f64| -> DVector<f64> {
        let mut sums = vec![[0.0; 2]; units.strata.len()];
        for i in 0..n {
            let sum = &mut sums[units.stratum_of_row[i]];
            sum[0] += weight(i) * column(i);
            sum[1] += weight(i);
        }
        let mean = |i: usize| sums[units.stratum_of_row[i]][0] / sums[units.stratum_of_row[i]][1];
        DVector::from_fn(n, |i, _| weight(i).sqrt() * (column(i) - mean(i)))
    };
    let mut x = DMatrix::zeros(n, covariates.len());
    let mut lengths = Vec::new();
    for (j, covariate) in covariates.iter().enumerate() {
        x.set_column(j, &within(&|i| covariate[i]));
        // Against the raw length, so that a constant leaves rounding only.
        lengths.push(
            (0..n)
                .map(|i| weight(i) * covariate[i].powi(2))
                .sum::<f64>()
                .sqrt(),
        );
    }
    let rows_for = n > covariates.len() + units.strata.len();
    let qr = if rows_for { Some(x.qr()) } else { None };
    let Some(qr) = qr else {
        return Err(Refused::new(
            format!(
                "{n} rows are too few for {} covariates and {} strata",
                covariates.len(),
                units.strata.len()
            ),
            "Use fewer covariates.",
        ));
    };
    let (q, r) = (qr.q(), qr.r());
    for (j, length) in lengths.iter().enumerate() {
        if r[(j, j)].abs() <= COLLINEAR * length {
            return Err(Refused::new(
                format!(
                    "\"{}\" follows from the strata and the covariates before it (perfect collinearity)",
                    names[j]
                ),
                format!("Leave out \"{}\".", names[j]),
            ));
        }
    }
    let residual = |v: DVector<f64>| &v - &q * q.tr_mul(&v);
    let y = residual(within(&|i| of.outcome[i]));
    let z = within(&|i| if of.treated[i] { 1.0 } else { 0.0 });
    let (before, z) = (z.norm(), residual(z));
    if z.norm_squared() <= COLLINEAR * before * before {
        return Err(Refused::new(
            "the treatment follows from strata and covariates (perfect collinearity)",
            "Leave out covariates that are made from the treatment.",
        ));
    }
    let root = |i: usize| weight(i).sqrt();
    let mut sums = vec![
        units.sums(|i| root(i) * y[i]),
        units.sums(|i| root(i) * z[i]),
        units.sums(weight),
    ];
    sums.extend(q.column_iter().map(|c| units.sums(|i| root(i) * c[i])));
    Ok(sums)
}

fn add(to: &mut [f64], row: &[f64], factor: f64) {
    for (to, x) in to.iter_mut().zip(row) {
        *to += factor * x;
    }
}
