//! Noise by cell keys: each row has a fixed random key, a cell has the fraction part of the sum of its rows' keys, and its count is shifted by
//! what a table of chances says for that key. The same rows get the same noise wherever they are counted.
//!
//! Fraser & Wooton 2005, "A proposed method for confidentialising tabular output to protect against differencing"; Thompson,
//! Broadfoot & Elazar 2013, "Methodology for the automatic confidentialisation of statistical outputs from remote servers at the
//! Australian Bureau of Statistics". The chances are those of largest entropy among all with the stated mean, variance and largest deviation
//! (Giessing 2016, "Computational issues in the design of transition probabilities and disclosure risk estimation for additive noise").

use sha2::{Digest, Sha256};

/// Least variance of a count that must not stay as it is, relative to that of its two nearest neighbours alone: above it the chances spread.
const SPREAD: f64 = 1.25;

/// The table of chances.
#[derive(Debug, Clone, PartialEq)]
pub struct Perturbation {
    /// Largest deviation.
    pub deviation: u64,
    /// Variance of the deviation of counts to which all deviations are open.
    pub variance: f64,
    /// For counts from 1 on: deviations with their chances added up. Larger counts are as the last.
    rows: Vec<Vec<(i64, f64)>>,
}

impl Perturbation {
    /// The table for a threshold t of at least 2: deviations up to 2 t with a variance of t - 1; no count of 1 to t - 1 is left.
    pub fn new(threshold: u64) -> Perturbation {
        let threshold = threshold.max(2);
        Perturbation::with(2 * threshold, (threshold - 1) as f64, threshold)
    }

    /// The table with a largest deviation and a variance.
    pub fn with(deviation: u64, variance: f64, threshold: u64) -> Perturbation {
        let row = |count: u64| {
            let allowed: Vec<i64> = (-(deviation as i64)..=deviation as i64)
                .filter(|v| {
                    let shown = count as i64 + v;
                    shown == 0 || shown >= threshold as i64
                })
                .collect();
            // A count below the threshold goes to 0 or beyond it: with mean 0 its variance can't be less than this.
            let least = (count * threshold.saturating_sub(count)) as f64;
            let chances = chances(&allowed, variance.max(SPREAD * least));
            let mut so_far = 0.0;
            let added = allowed.into_iter().zip(chances).map(|(v, chance)| {
                so_far += chance;
                (v, so_far)
            });
            added.collect()
        };
        Perturbation {
            deviation,
            variance,
            rows: (1..=deviation + threshold).map(row).collect(),
        }
    }

    /// A table that is given: for counts from 1 on, deviations with their chances added up.
    #[cfg(test)]
    pub fn given(rows: Vec<Vec<(i64, f64)>>) -> Perturbation {
        Perturbation {
            deviation: 1,
            variance: 1.0,
            rows,
        }
    }

    /// Deviations of a count with their chances added up; nothing for 0, which stays.
    fn row(&self, count: u64) -> &[(i64, f64)] {
        let at = count.min(self.rows.len() as u64).checked_sub(1);
        let row = at.and_then(|at| self.rows.get(at as usize));
        row.map_or(&[], Vec::as_slice)
    }

    /// A count as it is shown, by the key of its cell.
    pub fn shown(&self, count: u64, key: f64) -> u64 {
        let row = self.row(count);
        let found = row.iter().find(|(_, up_to)| key < *up_to).or(row.last());
        count.saturating_add_signed(found.map_or(0, |(v, _)| *v))
    }

    /// Variance of the noise of a count.
    pub fn variance_of(&self, count: u64) -> f64 {
        let mut before = 0.0;
        let mut sum = 0.0;
        for (v, up_to) in self.row(count) {
            sum += (*v * *v) as f64 * (up_to - before);
            before = *up_to;
        }
        sum
    }

    /// Noise of a quantity by the key of its cell, with mean 0 and variance 1, and no more than the largest deviation over the root of the
    /// variance: the deviation of large counts, spread evenly between its neighbours.
    pub fn noise(&self, key: f64) -> f64 {
        let row = self.rows.last().map_or(&[][..], Vec::as_slice);
        let at = row.iter().position(|(_, up_to)| key < *up_to);
        let Some((at, (v, up_to))) = at.and_then(|at| Some((at, row.get(at)?))) else {
            return 0.0;
        };
        let before = at.checked_sub(1).and_then(|b| row.get(b));
        let from = before.map_or(0.0, |(_, up_to)| *up_to);
        let within = (key - from) / (up_to - from);
        (*v as f64 + within - 0.5) / (self.variance + 1.0 / 12.0).sqrt()
    }
}

/// Chances of deviations with mean 0, a variance, and the largest entropy: proportional to exp(a v + b v^2), with a and b by Newton's method.
fn chances(allowed: &[i64], variance: f64) -> Vec<f64> {
    // Measured in standard deviations, so that both unknowns are of one size.
    let scale = variance.sqrt();
    let points: Vec<f64> = allowed.iter().map(|v| *v as f64 / scale).collect();
    let weights = |a: f64, b: f64| {
        let powers: Vec<f64> = points.iter().map(|x| a * x + b * x * x).collect();
        let most = powers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = powers.iter().map(|p| (p - most).exp()).collect();
        let sum: f64 = weights.iter().sum();
        // What is to be made small: the logarithm of the sum, less b (the variance is 1).
        let target = most + sum.ln() - b;
        (
            weights.into_iter().map(|w| w / sum).collect::<Vec<f64>>(),
            target,
        )
    };
    let (mut a, mut b) = (0.0, -0.5);
    let (mut found, mut target) = weights(a, b);
    for _ in 0..500 {
        let moment =
            |k: i32| -> f64 { found.iter().zip(&points).map(|(p, x)| p * x.powi(k)).sum() };
        let (m1, m2, m3, m4) = (moment(1), moment(2), moment(3), moment(4));
        let (off, wide) = (m1, m2 - 1.0);
        if off.abs() < 1e-13 && wide.abs() < 1e-13 {
            break;
        }
        let (aa, ab, bb) = (m2 - m1 * m1, m3 - m1 * m2, m4 - m2 * m2);
        let determinant = aa * bb - ab * ab;
        let (step_a, step_b) = (
            (bb * off - ab * wide) / determinant,
            (aa * wide - ab * off) / determinant,
        );
        let mut part = 1.0;
        // So near, the whole step is right, and what it gains is lost in rounding.
        let is_near = off.abs() + wide.abs() < 1e-4;
        loop {
            let (next, value) = weights(a - part * step_a, b - part * step_b);
            if is_near || value.is_finite() && value <= target || part < 1e-9 {
                (a, b) = (a - part * step_a, b - part * step_b);
                (found, target) = (next, value);
                break;
            }
            part /= 2.0;
        }
    }
    found
}

/// Key of a row: the first 64 bits of SHA-256 over the secret, the number of the row's name, and how many rows of that name came before it.
pub fn record_key(secret: &[u8], name: u64, before: u64) -> u64 {
    let mut hash = Sha256::new();
    hash.update((secret.len() as u64).to_le_bytes());
    hash.update(secret);
    hash.update(name.to_le_bytes());
    hash.update(before.to_le_bytes());
    first(&hash.finalize())
}

/// Key of a cell for one of several figures of the same rows: of each another one, by what is added up.
pub fn key_for(sum: u64, what: &str) -> f64 {
    if what.is_empty() {
        return fraction(sum);
    }
    let mut hash = Sha256::new();
    hash.update(sum.to_le_bytes());
    hash.update(what.as_bytes());
    fraction(first(&hash.finalize()))
}

/// The fraction part of a sum of keys, where keys are parts of 2^64 and their sum wraps around.
pub fn fraction(sum: u64) -> f64 {
    // As many bits as a float between 0 and 1 holds.
    (sum >> 11) as f64 / (1_u64 << 53) as f64
}

fn first(digest: &[u8]) -> u64 {
    let bytes = digest.iter().take(8);
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
#[path = "cell_key_tests.rs"]
mod tests;
