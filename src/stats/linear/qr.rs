//! Householder QR with column pivoting: the decomposition that all regressions rest on.

use nalgebra::{DMatrix, DVector};

/// A column counts as determined by others where what is left of it, of a length of 1, is shorter than this. NIST's Filip, the worst
/// conditioned of the certified sets, leaves 2e-10; exact dependence leaves some 1e-15.
const DEPENDENT: f64 = 1e-11;

/// `A D P = Q R` for a tall matrix A: D scales the columns to length 1, P orders them (Golub & Van Loan 2013, algorithm 5.4.1).
pub(super) struct Qr {
    /// Householder vectors below the diagonal, R on and above it.
    factor: DMatrix<f64>,
    /// Two over the squared length of each Householder vector, whose first element stands in `heads`.
    betas: Vec<f64>,
    heads: Vec<f64>,
    /// Lengths of A's columns.
    scale: Vec<f64>,
    /// Column of A at each place.
    pub order: Vec<usize>,
    /// Columns that are not determined by others.
    pub rank: usize,
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Four sums, so that the compiler can use wide registers.
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4
        .remainder()
        .iter()
        .zip(b4.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a4.zip(b4) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

fn length(a: &[f64]) -> f64 {
    let largest = a.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    // Powers of two scale without rounding.
    let unit = 2f64.powi(largest.log2() as i32);
    let squares: f64 = a.iter().map(|x| (x / unit) * (x / unit)).sum();
    unit * squares.sqrt()
}

impl Qr {
    /// Decomposes an n x k matrix; columns of zeros are never among the first `rank`.
    pub fn new(mut a: DMatrix<f64>) -> Qr {
        let (n, k) = a.shape();
        let scale: Vec<f64> = (0..k).map(|j| length(a.column(j).as_slice())).collect();
        for (j, &s) in scale.iter().enumerate() {
            if s > 0.0 {
                a.column_mut(j).iter_mut().for_each(|x| *x /= s);
            }
        }
        let mut qr = Qr {
            factor: a,
            betas: Vec::new(),
            heads: Vec::new(),
            scale,
            order: (0..k).collect(),
            rank: 0,
        };
        let mut left = vec![1.0; k];
        for (left, scale) in left.iter_mut().zip(&qr.scale) {
            if *scale == 0.0 {
                *left = 0.0;
            }
        }
        // Length of each column when it was last computed from its elements, to notice when updating has lost its digits.
        let mut known = left.clone();
        while qr.rank < k.min(n) {
            let step = qr.rank;
            let mut best = step;
            for j in step + 1..k {
                if left[j] > left[best] {
                    best = j;
                }
            }
            qr.factor.swap_columns(step, best);
            qr.order.swap(step, best);
            left.swap(step, best);
            known.swap(step, best);
            let norm = length(&qr.factor.column(step).as_slice()[step..]);
            if norm <= DEPENDENT {
                break;
            }
            qr.reflect(step, norm);
            for j in step + 1..k {
                let r = qr.factor[(step, j)];
                let square = left[j] * left[j] - r * r;
                if square <= 1e-8 * known[j] * known[j] {
                    left[j] = length(&qr.factor.column(j).as_slice()[step + 1..]);
                    known[j] = left[j];
                } else {
                    left[j] = square.sqrt();
                }
            }
            qr.rank += 1;
        }
        qr
    }

    /// Reflects what is below `step` in its column onto one element, and the columns after it along.
    fn reflect(&mut self, step: usize, norm: f64) {
        let n = self.factor.nrows();
        let (done, rest) = self.factor.as_mut_slice().split_at_mut((step + 1) * n);
        let vector = &mut done[step * n + step..];
        let diagonal = if vector[0] > 0.0 { -norm } else { norm };
        vector[0] -= diagonal;
        let head = vector[0];
        let beta = 1.0 / (norm * head.abs());
        for column in rest.chunks_exact_mut(n) {
            let column = &mut column[step..];
            let by = beta * dot(vector, column);
            column
                .iter_mut()
                .zip(&*vector)
                .for_each(|(c, v)| *c -= by * v);
        }
        vector[0] = diagonal;
        self.betas.push(beta);
        self.heads.push(head);
    }

    fn apply(&self, step: usize, v: &mut [f64]) {
        let column = self.factor.column(step);
        let below = &column.as_slice()[step + 1..];
        let (head, rest) = (self.heads[step], &mut v[step..]);
        let Some((first, rest)) = rest.split_first_mut() else {
            return;
        };
        let by = self.betas[step] * (head * *first + dot(below, rest));
        *first -= by * head;
        rest.iter_mut().zip(below).for_each(|(r, b)| *r -= by * b);
    }

    /// Q'v in place, of n elements.
    pub fn q_transposed(&self, v: &mut [f64]) {
        (0..self.rank).for_each(|step| self.apply(step, v));
    }

    /// Qv in place, of n elements.
    pub fn q_times(&self, v: &mut [f64]) {
        (0..self.rank).rev().for_each(|step| self.apply(step, v));
    }

    /// The first `rank` columns of Q, n x rank.
    pub fn q_thin(&self) -> DMatrix<f64> {
        let n = self.factor.nrows();
        let mut q = DMatrix::zeros(n, self.rank);
        for (j, column) in q.as_mut_slice().chunks_exact_mut(n).enumerate() {
            column[j] = 1.0;
            (0..=j).rev().for_each(|step| self.apply(step, column));
        }
        q
    }

    /// The smallest diagonal element of R over the first `rank` columns: how near the columns of length 1 are to dependence.
    pub fn least(&self) -> f64 {
        (0..self.rank).fold(1.0, |m: f64, j| m.min(self.factor[(j, j)].abs()))
    }

    /// Solves R u = v in place, over the first `rank` elements, in the scaled and ordered columns.
    pub fn back(&self, v: &mut [f64]) {
        for i in (0..self.rank).rev() {
            let later: f64 = (i + 1..self.rank).map(|j| self.factor[(i, j)] * v[j]).sum();
            v[i] = (v[i] - later) / self.factor[(i, i)];
        }
    }

    /// Solves R'u = v in place, over the first `rank` elements, in the scaled and ordered columns.
    pub fn forward(&self, v: &mut [f64]) {
        for i in 0..self.rank {
            let earlier: f64 = (0..i).map(|j| self.factor[(j, i)] * v[j]).sum();
            v[i] = (v[i] - earlier) / self.factor[(i, i)];
        }
    }

    /// From the scaled and ordered columns to those of A: D P v, for a full rank.
    pub fn unscaled(&self, v: &[f64]) -> DVector<f64> {
        let mut out = DVector::zeros(self.order.len());
        for (&column, value) in self.order.iter().zip(v) {
            out[column] = value / self.scale[column];
        }
        out
    }

    /// The other way round, for a vector v'A: P'D v.
    pub fn scaled(&self, v: &DVector<f64>) -> Vec<f64> {
        let column = self.order.iter();
        column.map(|&c| v[c] / self.scale[c]).collect()
    }

    /// D P R^-1: a k x k matrix whose product with its transpose is (A'A)^-1, and with A from the left Q. For a full rank.
    pub fn root(&self) -> DMatrix<f64> {
        let k = self.order.len();
        let mut root = DMatrix::zeros(k, k);
        for j in 0..k {
            let mut unit = vec![0.0; k];
            unit[j] = 1.0;
            self.back(&mut unit);
            root.set_column(j, &self.unscaled(&unit));
        }
        root
    }

    /// The first column beyond the rank and those that determine it, as columns of A in ascending order; none for a full rank.
    pub fn dependence(&self) -> Option<Vec<usize>> {
        let &column = self.order.get(self.rank)?;
        let mut shares: Vec<f64> = (0..self.rank)
            .map(|i| self.factor[(i, self.rank)])
            .collect();
        self.back(&mut shares);
        let with = shares.iter().zip(&self.order);
        let mut set: Vec<usize> = with
            .filter(|(share, _)| share.abs() > 1e-6)
            .map(|(_, &c)| c)
            .collect();
        set.push(column);
        set.sort_unstable();
        Some(set)
    }
}
