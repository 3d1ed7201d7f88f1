//! Coefficients of reliability from the covariances of items.

use super::Selection;
use crate::outcome::ScaleItem;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

/// Sums of answers and of their products over rows, from which covariances follow. They add up over clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    items: usize,
    rows: f64,
    weight: f64,
    sums: Vec<f64>,
    products: Vec<f64>,
}

impl Moments {
    /// Of no rows yet.
    pub fn new(items: usize) -> Self {
        Moments {
            items,
            rows: 0.0,
            weight: 0.0,
            sums: vec![0.0; items],
            products: vec![0.0; items * items],
        }
    }

    /// Adds a row: its answers (less a number that is the same for all rows, which keeps digits) and its weight.
    pub fn row(&mut self, answers: &[f64], weight: f64) {
        self.rows += 1.0;
        self.weight += weight;
        for (i, x) in answers.iter().enumerate() {
            self.sums[i] += weight * x;
            for (j, y) in answers.iter().enumerate() {
                self.products[i * self.items + j] += weight * x * y;
            }
        }
    }

    /// Adds `factor` times other sums.
    pub fn add(&mut self, other: &Moments, factor: f64) {
        self.rows += factor * other.rows;
        self.weight += factor * other.weight;
        let add = |to: &mut Vec<f64>, from: &[f64]| {
            to.iter_mut().zip(from).for_each(|(a, b)| *a += factor * b);
        };
        add(&mut self.sums, &other.sums);
        add(&mut self.products, &other.products);
    }

    /// Covariances with divisor n - 1, weighted; `None` for fewer than two rows, no weight, or numbers too large to square.
    pub fn covariance(&self) -> Option<DMatrix<f64>> {
        if self.rows < 2.0 || self.weight <= 0.0 {
            return None;
        }
        let n = self.rows;
        let bessel = n / (n - 1.0) / self.weight;
        let of = |i: usize, j: usize| {
            let product = self.products[i * self.items + j];
            bessel * (product - self.sums[i] * self.sums[j] / self.weight)
        };
        let found = DMatrix::from_fn(self.items, self.items, of);
        found.iter().all(|x| x.is_finite()).then_some(found)
    }
}

/// Cronbach's alpha (Cronbach 1951, equation 2): k / (k - 1) (1 - sum of the items' variances / variance of their sum).
/// `None` for fewer than two items, or when the sum does not vary.
pub fn alpha(covariance: &DMatrix<f64>) -> Option<f64> {
    let k = covariance.nrows() as f64;
    let (total, own) = (covariance.sum(), covariance.trace());
    // Sums that should cancel to nothing leave some dust.
    let varies = total > own * 1e-12;
    (k >= 2.0 && varies).then(|| k / (k - 1.0) * (1.0 - own / total))
}

/// Alpha from the covariances of pairs of items, each over all rows that answered both; `None` where a pair has fewer than two.
pub fn pairwise_alpha(
    items: usize,
    answer: &dyn Fn(usize, u32) -> Option<f64>,
    selection: &Selection<'_>,
) -> Option<f64> {
    let mut covariance = DMatrix::zeros(items, items);
    for i in 0..items {
        for j in i..items {
            let both = |row: &u32| {
                let pair = [answer(i, *row)?, answer(j, *row)?];
                Some((pair, selection.weight(*row)))
            };
            let rows: Vec<([f64; 2], f64)> = selection.rows.iter().filter_map(both).collect();
            let origin = rows.first()?.0;
            let mut moments = Moments::new(2);
            for (pair, weight) in &rows {
                moments.row(&[pair[0] - origin[0], pair[1] - origin[1]], *weight);
            }
            let found = moments.covariance()?[(0, 1)];
            covariance[(i, j)] = found;
            covariance[(j, i)] = found;
        }
    }
    alpha(&covariance)
}

/// Correlations; `None` when an item does not vary.
pub fn correlations(covariance: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let sd = covariance.diagonal().map(f64::sqrt);
    let found = DMatrix::from_fn(covariance.nrows(), covariance.ncols(), |i, j| {
        covariance[(i, j)] / (sd[i] * sd[j])
    });
    // An item that does not vary divides nothing by nothing.
    found.iter().all(|x| x.is_finite()).then_some(found)
}

/// Correlation of an item with the sum of the others (the corrected item-total correlation).
pub fn item_rest(covariance: &DMatrix<f64>, item: usize) -> Option<f64> {
    let own = covariance[(item, item)];
    let with_all = covariance.row(item).sum();
    let rest = covariance.sum() - 2.0 * with_all + own;
    let scale = (own * rest).sqrt();
    (own > 0.0 && rest > covariance.trace() * 1e-12).then(|| (with_all - own) / scale)
}

/// Alpha of the other items.
pub fn alpha_without(covariance: &DMatrix<f64>, item: usize) -> Option<f64> {
    alpha(&covariance.clone().remove_row(item).remove_column(item))
}

/// Interval of alpha for a simple random sample of `rows` (Feldt 1965, "The approximate sampling distribution of
/// Kuder-Richardson reliability coefficient twenty"; Feldt, Woodruff & Salih 1987): (1 - alpha) / (1 - its
/// estimate) has an F distribution with n - 1 and (n - 1)(k - 1) degrees of freedom.
pub fn feldt(alpha: f64, rows: u64, items: usize, confidence: f64) -> Option<(f64, f64)> {
    let n = rows as f64 - 1.0;
    let f = FisherSnedecor::new(n, n * (items as f64 - 1.0)).ok()?;
    let bound = |p: f64| 1.0 - (1.0 - alpha) * f.inverse_cdf(p);
    let tail = (1.0 - confidence) / 2.0;
    Some((bound(1.0 - tail), bound(tail)))
}

/// Which items point away from most others: negative on the first principal component of the correlations.
pub fn away(correlations: &DMatrix<f64>) -> Vec<bool> {
    let (_, vectors) = sorted(correlations.clone());
    let first = vectors.column(0);
    let turn = if first.sum() < 0.0 { -1.0 } else { 1.0 };
    first.iter().map(|x| turn * x < 0.0).collect()
}

/// Eigenvalues from the largest, and their vectors.
fn sorted(matrix: DMatrix<f64>) -> (Vec<f64>, DMatrix<f64>) {
    let eigen = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|a, b| eigen.eigenvalues[*b].total_cmp(&eigen.eigenvalues[*a]));
    let values = order.iter().map(|at| eigen.eigenvalues[*at]).collect();
    (values, eigen.eigenvectors.select_columns(&order))
}

/// One factor behind the items.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// McDonald's omega.
    pub omega: f64,
    /// Correlation of each item with the factor.
    pub loadings: Vec<f64>,
    /// Share of each item's variance that the factor leaves.
    pub uniqueness: Vec<f64>,
    /// Root mean square of the correlations that it leaves between items.
    pub residual: f64,
}

/// Why there is no factor model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFactor {
    /// Fewer than three items: not identified.
    FewItems,
    /// An item does not vary, or follows from the others.
    Singular,
    /// The unique variance of this item came out as nothing (a Heywood case).
    Heywood(usize),
    /// The search for the largest likelihood did not settle.
    Unsettled,
}

/// Unique variances below this share of an item's variance are taken for nothing.
const LEAST_UNIQUENESS: f64 = 0.005;

/// A model of one factor by maximum likelihood, and omega from it: (sum of the loadings)^2 / ((sum of the loadings)^2 + sum
/// of the unique variances), in the units of the items (McDonald 1999, Test Theory, ch. 6).
///
/// The likelihood is maximised over the logarithms of the unique variances by scoring (Joreskog 1967, "Some contributions to
/// maximum likelihood factor analysis", with the approximate second derivatives given there; Lawley & Maxwell 1971, ch. 4).
///
/// # Errors
/// Why there is no such model.
pub fn one_factor(covariance: &DMatrix<f64>) -> Result<Factor, NoFactor> {
    let k = covariance.nrows();
    if k < 3 {
        return Err(NoFactor::FewItems);
    }
    let r = correlations(covariance).ok_or(NoFactor::Singular)?;
    let inverse = r.clone().cholesky().ok_or(NoFactor::Singular)?.inverse();
    if inverse
        .diagonal()
        .iter()
        .any(|d| !d.is_finite() || *d > 1e8)
    {
        return Err(NoFactor::Singular);
    }
    let start = 1.0 - 0.5 / k as f64;
    let mut x = inverse.diagonal().map(|d| (start / d).ln());
    let mut now = Likelihood::at(&r, &x);
    let mut settled = false;
    for _ in 0..500 {
        let slope = now.slope();
        if slope.amax() < 1e-10 {
            settled = true;
            break;
        }
        let Some(step) = now.curvature().lu().solve(&slope) else {
            break;
        };
        let mut shrink = 1.0;
        let better = loop {
            // A unique variance on its way to nothing is stopped, and told below.
            let next = (&x - &step * shrink).map(|v| v.max(-14.0));
            let found = Likelihood::at(&r, &next);
            if found.value <= now.value {
                break Some((next, found));
            }
            shrink /= 2.0;
            if shrink < 1e-10 {
                break None;
            }
        };
        match better {
            Some((next, found)) => {
                let moved = (&next - &x).amax();
                (x, now) = (next, found);
                if moved < 1e-13 {
                    settled = now.slope().amax() < 1e-6;
                    break;
                }
            }
            None => {
                settled = now.slope().amax() < 1e-6;
                break;
            }
        }
    }
    let uniqueness: Vec<f64> = x.iter().map(|v| v.exp()).collect();
    if let Some(at) = uniqueness.iter().position(|u| *u < LEAST_UNIQUENESS) {
        return Err(NoFactor::Heywood(at));
    }
    if !settled {
        return Err(NoFactor::Unsettled);
    }
    let length = (now.values[0] - 1.0).max(0.0).sqrt();
    let first = now.vectors.column(0);
    let turn = if first.sum() < 0.0 { -1.0 } else { 1.0 };
    let loadings: Vec<f64> = (0..k)
        .map(|i| turn * uniqueness[i].sqrt() * length * first[i])
        .collect();
    let sd = covariance.diagonal().map(f64::sqrt);
    let common = (0..k).map(|i| loadings[i] * sd[i]).sum::<f64>().powi(2);
    let own: f64 = (0..k).map(|i| uniqueness[i] * covariance[(i, i)]).sum();
    let mut left = 0.0;
    for i in 0..k {
        for j in 0..i {
            left += (r[(i, j)] - loadings[i] * loadings[j]).powi(2);
        }
    }
    Ok(Factor {
        omega: common / (common + own),
        residual: (left / (k * (k - 1) / 2) as f64).sqrt(),
        loadings,
        uniqueness,
    })
}

/// The likelihood as a function of the logarithms of the unique variances.
struct Likelihood {
    /// What is made small.
    value: f64,
    /// Eigenvalues and vectors of the correlations divided by the roots of the unique variances.
    values: Vec<f64>,
    vectors: DMatrix<f64>,
}

impl Likelihood {
    fn at(r: &DMatrix<f64>, x: &DVector<f64>) -> Likelihood {
        let root = x.map(|v| (-v / 2.0).exp());
        let scaled = DMatrix::from_fn(r.nrows(), r.ncols(), |i, j| r[(i, j)] * root[i] * root[j]);
        let (values, vectors) = sorted(scaled);
        let value = values.iter().skip(1).map(|v| v - v.ln() - 1.0).sum();
        Likelihood {
            value,
            values,
            vectors,
        }
    }

    fn slope(&self) -> DVector<f64> {
        DVector::from_fn(self.values.len(), |i, _| {
            let others = self.values.iter().enumerate().skip(1);
            others
                .map(|(m, v)| (1.0 - v) * self.vectors[(i, m)].powi(2))
                .sum()
        })
    }

    fn curvature(&self) -> DMatrix<f64> {
        let k = self.values.len();
        DMatrix::from_fn(k, k, |i, j| {
            let shared: f64 = (1..k)
                .map(|m| self.vectors[(i, m)] * self.vectors[(j, m)])
                .sum();
            shared * shared
        })
    }
}

/// Why there is no model of one factor.
pub fn in_words(why: NoFactor, items: &[ScaleItem]) -> String {
    match why {
        NoFactor::FewItems => {
            "two items don't tell one factor; the Spearman-Brown coefficient takes omega's place"
                .to_owned()
        }
        NoFactor::Singular => "an item does not vary, or follows from the others".to_owned(),
        NoFactor::Heywood(at) => format!(
            "one factor would leave {} no variance of its own (a Heywood case), so the model does not fit",
            items.get(at).map_or("an item", |i| i.item.as_str())
        ),
        NoFactor::Unsettled => "the model of one factor did not converge".to_owned(),
    }
}
