//! Degrees of freedom of a combination of coefficients where the autocorrelation was estimated from the same rows (Satterthwaite 1946).

use super::design::Design;
use super::errors::Whitened;
use nalgebra::{DMatrix, DVector};

/// Gaps of more steps are as good as a new series: what is left of an autocorrelation below .99 after them can't be told from none.
const LONGEST: i64 = 10_000;

/// What the degrees of freedom of any combination follow from: the information on the logarithm of the variance and on the
/// autocorrelation under restricted likelihood (Kenward & Roger 1997), and how the coefficients' variance changes with the latter.
#[derive(Debug, Clone)]
pub(super) struct Degrees {
    /// Variance of the coefficients where that of the errors is 1.
    bread: DMatrix<f64>,
    /// Change of its inverse with the autocorrelation.
    change: DMatrix<f64>,
    /// Inverse of the information: variance of the logarithm, covariance, variance of the autocorrelation.
    spread: [f64; 3],
}

/// One row's part of the precision of the errors, s² (e_i - p e_j)(e_i - p e_j)', j being the row before: weights of ii, ij and jj, each
/// with its first and second derivative by the autocorrelation.
struct Part {
    own: [f64; 3],
    across: [f64; 3],
    before: [f64; 3],
}

/// Value and derivatives of a product.
fn product(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[0] * b[0],
        a[1] * b[0] + a[0] * b[1],
        a[2] * b[0] + 2.0 * a[1] * b[1] + a[0] * b[2],
    ]
}

/// `rho` to the power of so many steps, with its derivatives.
fn power(rho: f64, steps: i64) -> [f64; 3] {
    let d = steps as f64;
    let at = |less: i64| match steps - less {
        0 => 1.0,
        left if left < 0 => 0.0,
        left => rho.powi(i32::try_from(left).unwrap_or(i32::MAX)),
    };
    [at(0), d * at(1), d * (d - 1.0) * at(2)]
}

impl Part {
    /// Of a row so many steps after the one before in its series; none for the first.
    fn new(rho: f64, since: Option<i64>) -> Part {
        let first = [1.0 - rho * rho, -2.0 * rho, -2.0];
        let Some(steps) = since.filter(|steps| *steps <= LONGEST) else {
            return Part {
                own: first,
                across: [0.0; 3],
                before: [0.0; 3],
            };
        };
        // (1 - rho²) / (1 - rho^2d) is one over the sum of the even powers below 2d.
        let mut sum = [0.0; 3];
        for step in 0..steps {
            let term = power(rho, 2 * step);
            sum.iter_mut().zip(term).for_each(|(sum, x)| *sum += x);
        }
        let own = [
            1.0 / sum[0],
            -sum[1] / sum[0].powi(2),
            2.0 * sum[1].powi(2) / sum[0].powi(3) - sum[2] / sum[0].powi(2),
        ];
        let kept = power(rho, steps);
        let across = product(own, kept).map(|x| -x);
        Part {
            own,
            across,
            before: product(product(own, kept), kept),
        }
    }
}

impl Degrees {
    /// After an autoregression was taken out by restricted likelihood; none where the rows say nothing of it.
    pub(super) fn new(design: &Design, white: &Whitened) -> Option<Degrees> {
        let (rho, bread) = (white.rho, white.fit.bread.clone());
        let (n, k) = (design.x.nrows(), design.x.ncols());
        let parts: Vec<Part> = (0..n).map(|i| Part::new(rho, design.since(i))).collect();
        let whole = 1.0 / (1.0 - rho * rho);
        // T' X, where T is the inverse of the errors' correlations; and traces of the errors' correlations times T' and T''.
        let mut steep = DMatrix::zeros(n, k);
        let (mut first, mut second, mut curvature) = (0.0, 0.0, 0.0);
        for (i, part) in parts.iter().enumerate() {
            let [own, across, before] = [part.own[1], part.across[1], part.before[1]];
            let kept = match design.since(i) {
                Some(steps) if steps <= LONGEST => power(rho, steps)[0] * whole,
                _ => 0.0,
            };
            let j = i.saturating_sub(1);
            for column in 0..k {
                let (x, x_before) = (design.x[(i, column)], design.x[(j, column)]);
                steep[(i, column)] += own * x + across * x_before;
                steep[(j, column)] += across * x + before * x_before;
            }
            let along = |d: usize| {
                part.own[d] * whole + 2.0 * part.across[d] * kept + part.before[d] * whole
            };
            first += along(1);
            second += along(2);
            curvature += part.own[2] / part.own[0] - (part.own[1] / part.own[0]).powi(2);
        }
        let change = design.x.transpose() * &steep;
        let squared = steep.transpose() * correlated(design, rho, &steep);
        let moved = &bread * &change;
        // tr(P R'), and tr(P R' P R'), where P takes the lines out: from the derivatives of log |T|.
        let one = moved.trace() - first;
        let two = second - curvature - 2.0 * (&bread * squared).trace() + (&moved * &moved).trace();
        let free = n.checked_sub(k)? as f64;
        let [a, b, d] = [free / 2.0, one / 2.0, two / 2.0];
        let determinant = a * d - b * b;
        (determinant > 0.0).then(|| Degrees {
            bread,
            change,
            spread: [d / determinant, -b / determinant, a / determinant],
        })
    }

    /// Degrees of freedom of a combination of the coefficients.
    pub(super) fn of(&self, weight: &DVector<f64>) -> f64 {
        let through = &self.bread * weight;
        let variance = weight.dot(&through);
        let steep = -through.dot(&(&self.change * &through)) / variance;
        let [of_variance, both, of_rho] = self.spread;
        2.0 / (of_variance + 2.0 * steep * both + steep * steep * of_rho)
    }
}

/// The correlations of the errors (over their unexplained part) times a matrix: one pass forwards and one back in each series.
fn correlated(design: &Design, rho: f64, m: &DMatrix<f64>) -> DMatrix<f64> {
    let n = m.nrows();
    let kept = |i: usize| match design.since(i) {
        Some(steps) if steps <= LONGEST => power(rho, steps)[0],
        _ => 0.0,
    };
    let (mut forth, mut back) = (m.clone(), m.clone());
    for column in 0..m.ncols() {
        for i in 1..n {
            let more = kept(i) * forth[(i - 1, column)];
            forth[(i, column)] += more;
        }
        for i in (1..n).rev() {
            let more = kept(i) * back[(i, column)];
            back[(i - 1, column)] += more;
        }
    }
    (forth + back - m) / (1.0 - rho * rho)
}
