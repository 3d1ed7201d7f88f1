//! Householder QR with column pivoting: the decomposition that all regressions rest on.

use nalgebra::{DMatrix, DVector};

/// A column counts as determined by others where what is left of it, of a length of 1, is shorter than this. NIST's Filip, the worst
/// conditioned of the certified sets, leaves 2e-10; exact dependence leaves some 1e-15.
const DEPENDENT: f64 = 1e-11;

/// Squares within these bounds neither overflow nor lose digits, nor do those that they are the sum of.
const PLAIN: std::ops::Range<f64> = 1e-140..1e140;

/// `A D P = Q R` for a tall matrix A: D scales the columns to length 1, P orders them (Golub & Van Loan 2013, algorithm 5.4.1).
#[derive(Debug, Clone)]
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

/// As [`dot`] with each of two.
fn dots(a: &[f64], b: &[f64], c: &[f64]) -> (f64, f64) {
    let (mut first, mut second) = ([0.0; 4], [0.0; 4]);
    let (a4, b4, c4) = (a.chunks_exact(4), b.chunks_exact(4), c.chunks_exact(4));
    let ends = (a4.remainder(), b4.remainder(), c4.remainder());
    for ((x, y), z) in a4.zip(b4).zip(c4) {
        for lane in 0..4 {
            first[lane] += x[lane] * y[lane];
            second[lane] += x[lane] * z[lane];
        }
    }
    let rest = |end: &[f64]| -> f64 { ends.0.iter().zip(end).map(|(x, y)| x * y).sum() };
    let whole = |sums: [f64; 4], rest: f64| (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest;
    (whole(first, rest(ends.1)), whole(second, rest(ends.2)))
}

fn length(a: &[f64]) -> f64 {
    length_of(a, a.iter().map(|x| x * x).sum())
}

/// Lengths of the columns of n elements each; of four at a time, as one sum waits for each of its additions.
fn lengths(a: &[f64], n: usize) -> Vec<f64> {
    let mut found = Vec::with_capacity(a.len() / n.max(1));
    let mut four = a.chunks_exact(4 * n);
    for columns in &mut four {
        let (one, rest) = columns.split_at(n);
        let (two, rest) = rest.split_at(n);
        let (three, last) = rest.split_at(n);
        let mut sums = [-0.0; 4];
        let rows = one.iter().zip(two).zip(three).zip(last);
        for (((a, b), c), d) in rows {
            for (sum, x) in sums.iter_mut().zip([a, b, c, d]) {
                *sum += x * x;
            }
        }
        let columns = columns.chunks_exact(n).zip(sums);
        found.extend(columns.map(|(column, sum)| length_of(column, sum)));
    }
    found.extend(four.remainder().chunks_exact(n).map(length));
    found
}

/// Length from the sum of squares, which is taken again with a scale where it left the numbers that have all digits.
fn length_of(a: &[f64], squares: f64) -> f64 {
    if PLAIN.contains(&squares) {
        return squares.sqrt();
    }
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
        let scale = match n {
            0 => vec![0.0; k],
            _ => lengths(a.as_slice(), n),
        };
        for (column, &s) in a.as_mut_slice().chunks_exact_mut(n.max(1)).zip(&scale) {
            if s > 0.0 {
                column.iter_mut().for_each(|x| *x /= s);
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
        let mut two = rest.chunks_exact_mut(2 * n);
        for columns in &mut two {
            let (one, other) = columns.split_at_mut(n);
            let (one, other) = (&mut one[step..], &mut other[step..]);
            let (first, second) = dots(vector, one, other);
            let (first, second) = (beta * first, beta * second);
            let rows = one.iter_mut().zip(other).zip(&*vector);
            rows.for_each(|((c, d), v)| {
                *c -= first * v;
                *d -= second * v;
            });
        }
        for column in two.into_remainder().chunks_exact_mut(n) {
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
        for step in (0..self.rank).rev() {
            let column = self.factor.column(step);
            let below = &column.as_slice()[step + 1..];
            let (head, beta) = (self.heads[step], self.betas[step]);
            let later = &mut q.as_mut_slice()[step * n..];
            let (first, later) = later.split_at_mut(n);
            // The unit vector, of which nothing stands below.
            let by = beta * head;
            first[step] = 1.0 - by * head;
            let rest = first[step + 1..].iter_mut().zip(below);
            rest.for_each(|(r, b)| *r = 0.0 - by * b);
            let mut two = later.chunks_exact_mut(2 * n);
            for columns in &mut two {
                let (one, other) = columns.split_at_mut(n);
                let (one, other) = (&mut one[step..], &mut other[step..]);
                let (Some((c, one)), Some((d, other))) =
                    (one.split_first_mut(), other.split_first_mut())
                else {
                    continue;
                };
                let (first, second) = dots(below, one, other);
                let first = beta * (head * *c + first);
                let second = beta * (head * *d + second);
                *c -= first * head;
                *d -= second * head;
                let rows = one.iter_mut().zip(other).zip(below);
                rows.for_each(|((c, d), b)| {
                    *c -= first * b;
                    *d -= second * b;
                });
            }
            for column in two.into_remainder().chunks_exact_mut(n) {
                self.apply(step, column);
            }
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
