//! The regression, reduced to a few numbers by cluster.

use super::Regression;
use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};
use rustc_hash::FxHashMap;

/// Below this share of a column's own length, what other columns leave of it is rounding.
const COLLINEAR: f64 = 1e-10;

/// Scores by cluster, in the coordinates of Q (X = QR, rows times the root of their weight).
///
/// With α = R⁻ᵀr for the combination r, residuals û, and rows g of a cluster: s_g = Q_g'û_g, and p_g = Q_g'Q_g·α. The combination of the
/// bootstrap moves by Σ v_g·(α's_g), and its CR1 variance is f·Σ (v_g·α's_g - p_g'q)², q = Σ v_g·s_g. Imposing r'β = x + r'b (b the
/// free coefficients) replaces s_g by s_g + δ·p_g, δ = -x/α'α.
pub(super) struct Scores {
    /// r'b.
    pub value: f64,
    /// CR1 standard error.
    pub se: f64,
    /// CR1 factor f.
    pub factor: f64,
    /// α'α.
    pub norm: f64,
    /// Length of a row of `scores`, half that of `rows`.
    pub rank: usize,
    /// α's_g and α'p_g.
    pub along: Vec<[f64; 2]>,
    /// s_g then p_g, a row a cluster: what q is summed from, by hypothesis free and slope.
    pub rows: Vec<f64>,
    /// What multiplies q: p_g, a row a cluster.
    pub loads: Vec<f64>,
}

impl Scores {
    pub fn clusters(&self) -> usize {
        self.along.len()
    }

    pub fn new(of: &Regression, combination: &[f64]) -> Result<Scores, Refused> {
        check(of, combination)?;
        let (n, k) = (of.outcome.len(), of.columns.len());
        let root = |i: usize| of.weights.map_or(1.0, |w| w[i].sqrt());
        let x = DMatrix::from_fn(n, k, |i, j| root(i) * of.columns[j][i]);
        let y = DVector::from_fn(n, |i, _| root(i) * of.outcome[i]);
        let lengths: Vec<f64> = x.column_iter().map(|c| c.norm()).collect();
        let qr = x.qr();
        let (q, r) = (qr.q(), qr.r());
        for (j, length) in lengths.iter().enumerate() {
            if r[(j, j)].abs() <= COLLINEAR * length {
                return Err(collinear(of.names[j], j));
            }
        }
        let fitted = q.tr_mul(&y);
        let residuals = &y - &q * &fitted;
        if residuals.norm() <= 1e-12 * y.norm() {
            return Err(Refused::new(
                "the regressors fit the outcome exactly, so that nothing is left to judge uncertainty by",
                "Leave out regressors that are computed from the outcome, or that have a value of their own for each row.",
            ));
        }
        let alpha = r.tr_solve_upper_triangular(&DVector::from_column_slice(combination));
        let alpha = alpha.ok_or_else(|| collinear(of.names[0], 0))?;

        // Clusters in order of their first row.
        let mut places: FxHashMap<usize, usize> = FxHashMap::default();
        let mut s: Vec<DVector<f64>> = Vec::new();
        let mut p: Vec<DVector<f64>> = Vec::new();
        let loads = &q * &alpha;
        for i in 0..n {
            let g = *places.entry(of.clusters[i]).or_insert_with(|| {
                s.push(DVector::zeros(k));
                p.push(DVector::zeros(k));
                s.len() - 1
            });
            let row = q.row(i).transpose();
            s[g].axpy(residuals[i], &row, 1.0);
            p[g].axpy(loads[i], &row, 1.0);
        }
        let clusters = s.len() as f64;
        if s.len() < 2 {
            return Err(Refused::new(
                "there is a single cluster, so that nothing shows how much clusters differ",
                "Name a cluster column with several values, or none.",
            ));
        }
        let along: Vec<[f64; 2]> = s
            .iter()
            .zip(&p)
            .map(|(s, p)| [alpha.dot(s), alpha.dot(p)])
            .collect();
        let factor = clusters / (clusters - 1.0) * (n as f64 - 1.0) / (n - k - of.absorbed) as f64;
        let squares: f64 = along.iter().map(|a| a[0] * a[0]).sum();
        let se = (factor * squares).sqrt();
        let norm = alpha.norm_squared();
        if se.is_nan() || se * se <= 1e-24 * factor * norm * residuals.norm_squared() {
            return Err(Refused::new(
                "the clusters leave no variation: the standard error of the coefficient is zero",
                "Look whether the regressor varies in one cluster only, or each cluster is fitted by a regressor of its own.",
            ));
        }
        let (rank, rows, loads) = compress(&s, &p);
        Ok(Scores {
            value: alpha.dot(&fitted),
            se,
            factor,
            norm,
            rank,
            along,
            rows,
            loads,
        })
    }
}

/// The vectors row by row. Only the products p_g's_h and p_g'p_h matter; with more columns than clusters these products themselves are
/// the shorter vectors (and the loads then pick one each).
fn compress(s: &[DVector<f64>], p: &[DVector<f64>]) -> (usize, Vec<f64>, Vec<f64>) {
    let clusters = s.len();
    let columns = s.first().map_or(0, |s| s.len());
    let (mut rows, mut loads) = (Vec::new(), Vec::new());
    if columns <= clusters {
        for (s, p) in s.iter().zip(p) {
            rows.extend(s.iter().chain(p));
            loads.extend(p.iter());
        }
        return (columns, rows, loads);
    }
    for (h, (s, p_h)) in s.iter().zip(p).enumerate() {
        rows.extend(p.iter().map(|p| p.dot(s)));
        rows.extend(p.iter().map(|p| p.dot(p_h)));
        loads.extend((0..clusters).map(|g| if g == h { 1.0 } else { 0.0 }));
    }
    (clusters, rows, loads)
}

fn collinear(name: &str, column: usize) -> Refused {
    Refused::new(
        if column == 0 {
            format!("\"{name}\" is zero in all rows")
        } else {
            format!("\"{name}\" follows from the regressors before it (perfect collinearity)")
        },
        format!("Leave out \"{name}\", or one of those it follows from."),
    )
}

fn check(of: &Regression, combination: &[f64]) -> Result<(), Refused> {
    let (n, k) = (of.outcome.len(), of.columns.len());
    let fits = of.columns.iter().all(|c| c.len() == n)
        && of.weights.is_none_or(|w| w.len() == n)
        && of.clusters.len() == n
        && of.names.len() == k
        && combination.len() == k;
    if !fits {
        return Err(Refused::new(
            format!("columns of unequal length were given for {n} rows and {k} regressors"),
            "Give every column the same rows, every regressor a name and a factor.",
        ));
    }
    if n <= k + of.absorbed {
        return Err(Refused::new(
            format!("{n} rows are too few for {} parameters", k + of.absorbed),
            "Use fewer covariates or more data.",
        ));
    }
    let mut values = of
        .outcome
        .iter()
        .chain(of.columns.iter().copied().flatten());
    if !values.all(|x| x.is_finite()) {
        return Err(Refused::new(
            "an outcome or regressor is missing",
            "Leave out rows with missing values first, and say how many.",
        ));
    }
    if let Some(bad) = of
        .weights
        .and_then(|w| w.iter().find(|w| !(w.is_finite() && **w > 0.0)))
    {
        return Err(Refused::new(
            format!("a weight is {bad}; weights must be above 0"),
            "Leave out rows without weight, and correct negative ones.",
        ));
    }
    if !combination.iter().all(|c| c.is_finite()) || combination.iter().all(|c| *c == 0.0) {
        return Err(Refused::new(
            "the combination of coefficients to be tested is empty",
            "Give at least one coefficient a factor other than 0.",
        ));
    }
    Ok(())
}
