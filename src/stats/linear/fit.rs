//! Weighted least squares by QR, with collinear columns named.

use super::qr::Qr;
use super::twice::Twice;
use crate::stats::Refused;
use nalgebra::{DMatrix, DVector};
use std::sync::OnceLock;

/// What `fit` gives.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Names of the k columns.
    pub names: Vec<String>,
    /// Coefficients, k.
    pub coefficients: DVector<f64>,
    /// Outcome less what the columns (and absorbed effects) predict, n; not weighted.
    pub residuals: DVector<f64>,
    /// (X'WX)^-1, k x k.
    pub bread: DMatrix<f64>,
    /// A k x k matrix whose product with its transpose is `bread`: W^1/2 X times it has orthonormal columns.
    pub root: DMatrix<f64>,
    /// The columns, n x k; without the absorbed effects where there are any.
    pub x: DMatrix<f64>,
    /// Weights, n; 1 where none were given.
    pub weights: DVector<f64>,
    /// Rows.
    pub n: usize,
    /// Columns.
    pub k: usize,
    /// Effects that were taken out before the fit.
    pub absorbed: Option<Absorbed>,
    /// Share of the outcome's variation that the columns explain: about its mean where the columns span a constant, about 0 where
    /// they don't, and within the absorbed effects where there are any. NaN for an outcome that doesn't vary.
    pub r2: f64,
    /// Whether the columns (or absorbed effects) span a constant.
    pub constant: bool,
    /// Whether the columns predict every row exactly, up to rounding: no standard error can be had from such residuals.
    pub exact: bool,
    qr: Qr,
    /// What absorbed effects add to the leverages, n; none without.
    pub(super) more: Option<DVector<f64>>,
    leverages: OnceLock<DVector<f64>>,
}

/// One set of effects that was taken out of outcome and columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absorbed {
    /// What the effects are of, such as `municipality`.
    pub name: String,
    /// Effect of each row, 0 to `levels` less 1.
    pub codes: Vec<u32>,
    /// Effects.
    pub levels: usize,
    /// Effects with a single row, which tells nothing about the coefficients.
    pub single: usize,
}

impl Fit {
    /// Diagonal of the matrix that turns outcomes into predictions, n; absorbed effects included.
    pub fn leverages(&self) -> &DVector<f64> {
        self.leverages.get_or_init(|| {
            let q = self.qr.q_thin();
            DVector::from_fn(self.n, |i, _| {
                let own = q.row(i).norm_squared().min(1.0);
                match &self.more {
                    Some(more) => (own + more[i]).min(1.0),
                    None => own,
                }
            })
        })
    }

    /// Parameters, absorbed effects included.
    pub fn parameters(&self) -> usize {
        self.k + self.absorbed.as_ref().map_or(0, |a| a.levels)
    }

    /// Sum of weight times squared residual.
    pub fn residual_squares(&self) -> f64 {
        let rows = self.residuals.iter().zip(&self.weights);
        rows.map(|(e, w)| w * e * e).sum()
    }

    /// Residual variance: the above over rows less parameters; NaN where there are no more rows than parameters.
    pub fn residual_variance(&self) -> f64 {
        match self.n.checked_sub(self.parameters()) {
            None | Some(0) => f64::NAN,
            Some(left) => self.residual_squares() / left as f64,
        }
    }

    /// Place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }
}

/// Weighted least squares of `y` (n) on the columns of `x` (n x k), which the caller gives a constant column if there is to be one.
///
/// Weights (n) are analytic or probability weights: their scale doesn't matter. Solved by Householder QR of W^1/2 X with scaled and
/// pivoted columns and, where columns are near dependence, one or two refinements of coefficients and residuals together (Björck
/// 1967) with sums of twice the digits.
///
/// # Errors
/// Fewer rows than columns, values that are not finite, weights that are not positive, columns that others determine (named).
pub fn fit(
    y: &[f64],
    x: &DMatrix<f64>,
    names: &[String],
    weights: Option<&[f64]>,
) -> Result<Fit, Refused> {
    fit_with(y, x.clone(), names, weights)
}

/// As [`fit`](fit()), of columns that are not needed elsewhere.
///
/// # Errors
/// As [`fit`](fit()).
pub fn fit_with(
    y: &[f64],
    x: DMatrix<f64>,
    names: &[String],
    weights: Option<&[f64]>,
) -> Result<Fit, Refused> {
    check(y, &x, names, weights)?;
    fit_checked(y, x, names, weights, names.len())
}

/// `fit` of what was checked already; where columns are collinear, one of the first `own` is named as determined by the others,
/// if there is one among them.
pub(super) fn fit_checked(
    y: &[f64],
    x: DMatrix<f64>,
    names: &[String],
    weights: Option<&[f64]>,
    own: usize,
) -> Result<Fit, Refused> {
    let (n, k) = x.shape();
    let roots: Option<Vec<f64>> = weights.map(|w| w.iter().map(|w| w.sqrt()).collect());
    let roots = roots.as_deref();
    let weights = match weights {
        Some(weights) => DVector::from_column_slice(weights),
        None => DVector::from_element(n, 1.0),
    };
    let qr = Qr::new(rooted(&x, roots));
    if let Some(set) = qr.dependence() {
        return Err(collinear(set, names, own));
    }
    let mut b = y.to_vec();
    if let Some(roots) = roots {
        b.iter_mut().zip(roots).for_each(|(y, r)| *y *= r);
    }
    let (scaled, rest) = solve(&qr, &x, roots, &b);
    let root = qr.root();
    let total: f64 = weights.sum();
    let constant = constant(&x) || {
        let mut ones = match roots {
            Some(roots) => roots.to_vec(),
            None => vec![1.0; n],
        };
        qr.q_transposed(&mut ones);
        let outside: f64 = ones[k..].iter().map(|x| x * x).sum();
        outside <= 1e-20 * total
    };
    // Four sums at once, as each waits for its own additions.
    let (mut rss, mut sum, mut size) = (-0.0, -0.0, -0.0);
    for ((e, y), w) in rest.iter().zip(y).zip(&weights) {
        rss += e * e;
        sum += y * w;
        size += w * y * y;
    }
    let about = if constant { sum / total } else { 0.0 };
    let rows = y.iter().zip(&weights);
    let tss: f64 = rows.map(|(y, w)| w * (y - about) * (y - about)).sum();
    // Rounding alone leaves some 1e-16 of each outcome.
    let exact = rss <= 1e-26 * size;
    let mut residuals = rest;
    if let Some(roots) = roots {
        residuals.iter_mut().zip(roots).for_each(|(e, r)| *e /= r);
    }
    Ok(Fit {
        names: names.to_vec(),
        coefficients: scaled,
        residuals: DVector::from_vec(residuals),
        bread: &root * root.transpose(),
        root,
        x,
        weights,
        n,
        k,
        absorbed: None,
        r2: if tss > 0.0 { 1.0 - rss / tss } else { f64::NAN },
        constant,
        exact,
        qr,
        more: None,
        leverages: OnceLock::new(),
    })
}

/// W^1/2 X.
fn rooted(x: &DMatrix<f64>, roots: Option<&[f64]>) -> DMatrix<f64> {
    let mut a = x.clone();
    if let Some(roots) = roots {
        for column in a.as_mut_slice().chunks_exact_mut(roots.len()) {
            column.iter_mut().zip(roots).for_each(|(x, r)| *x *= r);
        }
    }
    a
}

/// Whether a column is the same in all rows, and not 0.
fn constant(x: &DMatrix<f64>) -> bool {
    let same = |column: &[f64]| match column.split_first() {
        Some((first, rest)) => *first != 0.0 && rest.iter().all(|x| x == first),
        None => false,
    };
    x.column_iter().any(|column| same(column.as_slice()))
}

/// Coefficients and weighted residuals.
fn solve(qr: &Qr, x: &DMatrix<f64>, roots: Option<&[f64]>, b: &[f64]) -> (DVector<f64>, Vec<f64>) {
    let k = x.ncols();
    let mut rotated = b.to_vec();
    qr.q_transposed(&mut rotated);
    let mut head = rotated[..k].to_vec();
    qr.back(&mut head);
    let mut coefficients = qr.unscaled(&head);
    rotated[..k].fill(0.0);
    qr.q_times(&mut rotated);
    let mut residuals = rotated;
    // Without near dependence ten digits are there already.
    let rounds = match qr.least() {
        least if least > 0.01 => 0,
        least if least > 1e-7 => 2,
        _ => 3,
    };
    if rounds == 0 {
        return (coefficients, residuals);
    }
    let a = rooted(x, roots);
    for _ in 0..rounds {
        // The augmented system r + A x = b, A'r = 0: its residuals f and g in twice the digits, its correction by the same QR.
        let mut f = remainder(&a, b, &residuals, &coefficients);
        let g = DVector::from_iterator(
            k,
            a.column_iter()
                .map(|c| -exact_dot(c.as_slice(), &residuals)),
        );
        let mut h = qr.scaled(&g);
        qr.forward(&mut h);
        qr.q_transposed(&mut f);
        let mut step: Vec<f64> = f.iter().zip(&h).map(|(d, h)| d - h).collect();
        qr.back(&mut step);
        f[..k].copy_from_slice(&h);
        qr.q_times(&mut f);
        coefficients += qr.unscaled(&step);
        residuals.iter_mut().zip(&f).for_each(|(r, f)| *r += f);
    }
    (coefficients, residuals)
}

fn exact_dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = Twice::default();
    a.iter().zip(b).for_each(|(a, b)| sum.add_product(*a, *b));
    sum.value()
}

/// b - r - A x.
fn remainder(a: &DMatrix<f64>, b: &[f64], r: &[f64], x: &DVector<f64>) -> Vec<f64> {
    let mut sums = vec![Twice::default(); b.len()];
    for (sum, (b, r)) in sums.iter_mut().zip(b.iter().zip(r)) {
        sum.add(*b);
        sum.add(-r);
    }
    for (column, x) in a.column_iter().zip(x.iter()) {
        for (sum, a) in sums.iter_mut().zip(column.iter()) {
            sum.add_product(*a, -x);
        }
    }
    sums.into_iter().map(Twice::value).collect()
}

/// The shapes and values that a regression can be made from.
pub(super) fn check(
    y: &[f64],
    x: &DMatrix<f64>,
    names: &[String],
    weights: Option<&[f64]>,
) -> Result<(), Refused> {
    let (n, k) = x.shape();
    let lengths = y.len() == n && names.len() == k && weights.is_none_or(|w| w.len() == n);
    if !lengths {
        return Err(Refused::new(
            "outcome, columns, names and weights differ in length",
            "Give one outcome and one weight per row, and one name per column.",
        ));
    }
    if k == 0 {
        return Err(Refused::new(
            "there is no column to explain the outcome",
            "Give at least a constant.",
        ));
    }
    if n < k {
        return Err(Refused::new(
            format!("{n} rows can't tell {k} columns apart"),
            "Leave out covariates, or add rows.",
        ));
    }
    if let Some(row) = unknown(y) {
        return Err(Refused::new(
            format!("the outcome has no value in row {}", row + 1),
            "Leave out rows with missing values.",
        ));
    }
    for (column, name) in x.column_iter().zip(names) {
        if let Some(row) = unknown(column.as_slice()) {
            return Err(Refused::new(
                format!("`{name}` has no value in row {}", row + 1),
                "Leave out rows with missing values.",
            ));
        }
    }
    let bad = weights.and_then(|w| w.iter().find(|w| !(w.is_finite() && **w > 0.0)));
    if let Some(weight) = bad {
        return Err(Refused::new(
            format!("a weight is {weight}"),
            "Weights are above 0; leave out rows that are not to count.",
        ));
    }
    Ok(())
}

/// The first place without a finite number. All are looked at before a place is searched for, which several at a time is faster.
fn unknown(values: &[f64]) -> Option<usize> {
    match values.iter().fold(true, |all, v| all & v.is_finite()) {
        true => None,
        false => values.iter().position(|v| !v.is_finite()),
    }
}

/// Words for columns that determine each other: the last of the first `own` by the others.
fn collinear(mut set: Vec<usize>, names: &[String], own: usize) -> Refused {
    let place = set.iter().rposition(|&c| c < own).unwrap_or(set.len() - 1);
    let name = |c: usize| format!("`{}`", names[c]);
    let last = name(set.remove(place));
    if set.is_empty() {
        return Refused::new(
            format!("{last} is 0 in every row"),
            format!("Leave out {last}."),
        );
    }
    let mut listed: Vec<String> = set.iter().take(6).map(|&c| name(c)).collect();
    if set.len() > 6 {
        listed.push(format!("{} more", set.len() - 6));
    }
    Refused::new(
        format!("{last} is determined by {}", listed.join(", ")),
        format!("Leave out {last} or one of the others."),
    )
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
