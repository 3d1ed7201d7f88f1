//! The weighted regression that all of this rests on, at a given variance between programmes, in time proportional to the programmes.

use nalgebra::{DMatrix, DVector};

/// Estimates, their variances, and orthonormal columns that explain them.
pub(super) struct Model<'a> {
    pub y: &'a [f64],
    pub v: &'a [f64],
    /// Row after row, `p` to each.
    columns: Vec<f64>,
    pub p: usize,
    /// Orthonormal columns times this are not the caller's; the caller's columns times this are orthonormal.
    root: DMatrix<f64>,
}

/// The regression with weights 1 / (v + tau2), P being the matrix that turns estimates into weighted residuals:
/// `P = W - WX (X'WX)^-1 X'W`.
pub(super) struct Profile {
    /// (X'WX)^-1 in the orthonormal columns.
    bread: DMatrix<f64>,
    gamma: DVector<f64>,
    pub weights: Vec<f64>,
    /// What the columns leave of each estimate.
    pub residuals: Vec<f64>,
    /// y'Wy.
    pub size: f64,
    /// y'Py: the weighted sum of squared residuals.
    pub q: f64,
    /// y'PPy.
    pub ypp: f64,
    /// y'PPPy.
    pub yppp: f64,
    /// Trace of P.
    pub trace: f64,
    /// Trace of PP.
    pub trace2: f64,
}

impl<'a> Model<'a> {
    /// A mean alone.
    pub fn mean(y: &'a [f64], v: &'a [f64]) -> Model<'a> {
        let root = 1.0 / (y.len() as f64).sqrt();
        Model {
            y,
            v,
            columns: vec![root; y.len()],
            p: 1,
            root: DMatrix::from_element(1, 1, root),
        }
    }

    /// Columns of `x` (k x p); `root` (p x p) makes them orthonormal.
    pub fn new(y: &'a [f64], v: &'a [f64], x: &DMatrix<f64>, root: &DMatrix<f64>) -> Model<'a> {
        // The transpose lies in memory row after row.
        let columns = (x * root).transpose().as_slice().to_vec();
        Model {
            y,
            v,
            columns,
            p: x.ncols(),
            root: root.clone(),
        }
    }

    pub fn k(&self) -> usize {
        self.y.len()
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.columns[i * self.p..(i + 1) * self.p]
    }

    /// The regression at `tau2`, without the programme `skip` if there is one. None where weights leave columns undetermined.
    pub fn at(&self, tau2: f64, skip: Option<usize>) -> Option<Profile> {
        let mut weights: Vec<f64> = self.v.iter().map(|v| 1.0 / (v + tau2)).collect();
        if let Some(skipped) = skip.and_then(|i| weights.get_mut(i)) {
            *skipped = 0.0;
        }
        self.with(weights)
    }

    /// The regression with weights of any origin, 0 for those left out.
    pub fn with(&self, weights: Vec<f64>) -> Option<Profile> {
        if self.p == 1 {
            return self.with_one(weights);
        }
        let p = self.p;
        let (mut s1, mut s2, mut s3) = (vec![0.0; p * p], vec![0.0; p * p], vec![0.0; p * p]);
        let (mut w1, mut w2, mut size) = (0.0, 0.0, 0.0);
        let mut right = DVector::zeros(p);
        for ((row, &w), &y) in self.columns.chunks_exact(p).zip(&weights).zip(self.y) {
            let ww = w * w;
            w1 += w;
            w2 += ww;
            size += w * y * y;
            for a in 0..p {
                let (wa, wwa) = (w * row[a], ww * row[a]);
                right[a] += wa * y;
                for b in 0..=a {
                    s1[a * p + b] += wa * row[b];
                    s2[a * p + b] += wwa * row[b];
                    s3[a * p + b] += w * wwa * row[b];
                }
            }
        }
        let full = |s: Vec<f64>| DMatrix::from_fn(p, p, |a, b| s[a.max(b) * p + a.min(b)]);
        let (s1, s2, s3) = (full(s1), full(s2), full(s3));
        let bread = s1.cholesky()?.inverse();
        let gamma = &bread * right;
        let half = &bread * &s2;
        let trace = w1 - half.trace();
        let trace2 = w2 - 2.0 * (&bread * s3).trace() + (&half * &half).trace();
        let mut residuals = Vec::with_capacity(self.k());
        let (mut q, mut ypp, mut zwz) = (0.0, 0.0, 0.0);
        let mut xwz = DVector::zeros(p);
        for ((row, &w), &y) in self.columns.chunks_exact(p).zip(&weights).zip(self.y) {
            let fitted: f64 = row.iter().zip(&gamma).map(|(x, g)| x * g).sum();
            let e = y - fitted;
            residuals.push(e);
            let z = w * e;
            q += z * e;
            ypp += z * z;
            zwz += w * z * z;
            for (sum, x) in xwz.iter_mut().zip(row) {
                *sum += x * w * z;
            }
        }
        let yppp = zwz - xwz.dot(&(&bread * &xwz));
        Some(Profile {
            bread,
            gamma,
            weights,
            residuals,
            size,
            q,
            ypp,
            yppp,
            trace,
            trace2,
        })
    }

    /// The same for one column, without matrices.
    fn with_one(&self, weights: Vec<f64>) -> Option<Profile> {
        let (mut s1, mut s2, mut s3) = (0.0, 0.0, 0.0);
        let (mut w1, mut w2, mut size, mut right) = (0.0, 0.0, 0.0, 0.0);
        let rows = || self.columns.iter().zip(&weights).zip(self.y);
        for ((&x, &w), &y) in rows() {
            let wxx = w * x * x;
            w1 += w;
            w2 += w * w;
            size += w * y * y;
            right += w * x * y;
            s1 += wxx;
            s2 += w * wxx;
            s3 += w * w * wxx;
        }
        if s1 <= 0.0 {
            return None;
        }
        let (gamma, half) = (right / s1, s2 / s1);
        let mut residuals = Vec::with_capacity(self.k());
        let (mut q, mut ypp, mut zwz, mut xwz) = (0.0, 0.0, 0.0, 0.0);
        for ((&x, &w), &y) in rows() {
            let e = y - x * gamma;
            residuals.push(e);
            let z = w * e;
            q += z * e;
            ypp += z * z;
            zwz += w * z * z;
            xwz += x * w * z;
        }
        Some(Profile {
            bread: DMatrix::from_element(1, 1, 1.0 / s1),
            gamma: DVector::from_element(1, gamma),
            weights,
            residuals,
            size,
            q,
            ypp,
            yppp: zwz - xwz * xwz / s1,
            trace: w1 - half,
            trace2: w2 - 2.0 * s3 / s1 + half * half,
        })
    }

    /// Coefficients of the caller's columns.
    pub fn coefficients(&self, at: &Profile) -> DVector<f64> {
        &self.root * &at.gamma
    }

    /// (X'WX)^-1 of the caller's columns.
    pub fn bread(&self, at: &Profile) -> DMatrix<f64> {
        &self.root * &at.bread * self.root.transpose()
    }

    /// Share of programme `i`'s estimate in its own prediction.
    pub fn hat(&self, at: &Profile, i: usize) -> f64 {
        let row = self.row(i);
        let terms = row.iter().enumerate().map(|(a, x)| {
            let inner = row.iter().enumerate().map(|(b, y)| at.bread[(a, b)] * y);
            x * inner.sum::<f64>()
        });
        at.weights[i] * terms.sum::<f64>()
    }
}

impl Profile {
    /// Restricted log-likelihood, but for a constant.
    pub fn likelihood(&self) -> f64 {
        let logs: f64 = self
            .weights
            .iter()
            .filter(|w| **w > 0.0)
            .map(|w| w.ln())
            .sum();
        let determinant = self.bread.determinant();
        0.5 * (logs + determinant.ln() - self.q)
    }
}
