//! The largest of several standardised differences over an estimated scale: studentised range (Tukey) and many to one (Dunnett).
//!
//! Both are P(M > q·s), with M the largest of normal statistics and s² an independent chi-squared over its degrees of freedom.
//! The tail of M is computed once, on Chebyshev points, and kept; each probability for given degrees of freedom is then one sum
//! over the logarithm of s. So the 124,750 pairs of 500 programmes, each with degrees of freedom of its own, take a moment.

use super::Refused;
use super::distribution::{normal, t_quantile};
use rayon::prelude::*;
use statrs::function::gamma::ln_gamma;

/// The most groups or differences a family may have.
pub const MOST: usize = 1_000;

/// Points of the polynomial on each stretch of length 1.
const POINTS: usize = 14;

/// Widest step and end of the sum over the normal variable that all statistics share.
const STEP: f64 = 0.1;
const REACH: f64 = 9.0;

/// Distribution of the largest of a family of statistics, for any degrees of freedom of the scale.
#[derive(Debug, Clone)]
pub struct Studentised {
    /// Tail of the largest statistic with the scale known, as Chebyshev series on [0, 1], [1, 2], ...
    tail: Vec<[f64; POINTS]>,
    /// Differences in the family, for Bonferroni's upper bound.
    differences: f64,
    /// What the statistic is divided by to be comparable with |t|: √2 for a range, 1 for a difference from a benchmark.
    per_t: f64,
    /// Half the logarithmic distance over which the tail falls from .84 to .16.
    sharpness: f64,
}

impl Studentised {
    /// Studentised range of `groups` means: the largest minus the smallest of independent means of one variance, over the
    /// estimated standard error of one mean (Tukey 1953; Copenhaver & Holland 1988 for the integrals).
    ///
    /// # Errors
    /// Fewer than 2 or more than [`MOST`] groups.
    pub fn range(groups: usize) -> Result<Studentised, Refused> {
        if !(2..=MOST).contains(&groups) {
            return Err(size(groups, 2, "groups"));
        }
        let others = (groups - 1) as f64;
        // k φ(z) Φ(z)^(k-1), and Φ(z), at each z.
        let nodes: Vec<(f64, f64, f64)> = grid(-REACH, STEP)
            .map(|z| {
                let below = normal(z);
                (z, below, (others * below.ln() + density(z).ln()).exp())
            })
            .filter(|node| node.2 > 1e-300)
            .collect();
        // The largest is at z: the others are all below it, less that they are all within w of it.
        let tail = |w: f64| {
            let sum: f64 = nodes
                .iter()
                .map(|&(z, below, weight)| {
                    -weight * (others * (-normal(z - w) / below).ln_1p()).exp_m1()
                })
                .sum();
            sum * STEP * groups as f64
        };
        let differences = groups as f64 * others / 2.0;
        Ok(Studentised::kept(
            tail,
            differences,
            std::f64::consts::SQRT_2,
        ))
    }

    /// Largest of |differences from one benchmark|, each over its standard error.
    ///
    /// `shared`: for each difference the share of its standard error that is the benchmark's, se(benchmark)/se(difference), 0 to 1;
    /// two differences are correlated by the product of theirs (Dunnett 1955, 1964). A share above .99875 is taken as that: the tail
    /// is then a little too high, never too low (Slepian's inequality), where the sum over the shared part would lose its digits.
    ///
    /// # Errors
    /// No difference, more than [`MOST`], or a share outside 0 to 1.
    pub fn benchmark(shared: &[f64]) -> Result<Studentised, Refused> {
        if !(1..=MOST).contains(&shared.len()) {
            return Err(size(shared.len(), 1, "differences from a benchmark"));
        }
        if !shared.iter().all(|s| (0.0..=1.0).contains(s)) {
            return Err(Refused::new(
                "the benchmark's part in a standard error is not between 0 and 1",
                "Give standard errors that are numbers above 0.",
            ));
        }
        let own: Vec<(f64, f64)> = shared
            .iter()
            .map(|s| {
                let own = (1.0 - s * s).sqrt().max(0.05);
                ((1.0 - own * own).sqrt(), own)
            })
            .collect();
        // As fine as the sharpest turn; z and -z give the same, 0 counts once.
        let step = own.iter().fold(STEP, |step, (_, own)| step.min(*own));
        let nodes: Vec<(f64, f64)> = grid(0.0, step)
            .map(|z| (z, if z == 0.0 { 1.0 } else { 2.0 } * step * density(z)))
            .collect();
        let tail = |w: f64| {
            let sum: f64 = nodes
                .iter()
                .map(|&(z, weight)| {
                    let within: f64 = own
                        .iter()
                        .map(|(s, own)| {
                            let outside = normal((s * z - w) / own) + normal((-s * z - w) / own);
                            (-outside.min(1.0)).ln_1p()
                        })
                        .sum();
                    -weight * within.exp_m1()
                })
                .sum();
            sum
        };
        Ok(Studentised::kept(tail, shared.len() as f64, 1.0))
    }

    /// Keeps the tail up to where Bonferroni's bound says that it is below 1e-16.
    fn kept(tail: impl Fn(f64) -> f64 + Sync, differences: f64, per_t: f64) -> Studentised {
        let mut stretches = 1;
        while 2.0 * differences * normal(-(stretches as f64) / per_t) > 1e-16 {
            stretches += 1;
        }
        let kept = (0..stretches)
            .into_par_iter()
            .map(|left| series(|x| tail(left as f64 + x).clamp(0.0, 1.0)))
            .collect();
        let mut made = Studentised {
            tail: kept,
            differences,
            per_t,
            sharpness: 0.0,
        };
        let first_below = |share: f64| {
            (1..100 * stretches)
                .map(|i| i as f64 / 100.0)
                .find(|w| made.known(*w) < share)
                .unwrap_or(1.0)
        };
        made.sharpness = (first_below(0.16) / first_below(0.84)).ln() / 2.0;
        made
    }

    /// Probability that the largest statistic exceeds `w` where the scale is known.
    fn known(&self, w: f64) -> f64 {
        if w <= 0.0 {
            return 1.0;
        }
        let Some(terms) = self.tail.get(w as usize) else {
            return 0.0;
        };
        sum(terms, w.fract()).clamp(0.0, 1.0)
    }

    /// Probability that the largest statistic over a scale with `df` degrees of freedom (infinite: known) exceeds `q`. Agrees with
    /// independent integration to 1e-9 for 1 degree of freedom and more; NaN for less.
    pub fn above(&self, q: f64, df: f64) -> f64 {
        if q.is_nan() || df.is_nan() || df < 1.0 {
            return f64::NAN;
        }
        if q <= 0.0 {
            return 1.0;
        }
        if df > 1e8 {
            return self.known(q);
        }
        // Over x = ln s the density of s times s is exp(c + df·(x - e^2x/2)): smooth, with its top at 0, so that equal steps
        // converge faster than any power as long as they are finer than the density and than the tail.
        let half = df / 2.0;
        let constant = half * half.ln() - ln_gamma(half) + std::f64::consts::LN_2;
        let spread = 1.0 / (2.0 * df).sqrt();
        let step = (0.5 * spread).min(0.6 * self.sharpness).min(0.14);
        let log_density = |x: f64| constant + df * (x - (2.0 * x).exp() / 2.0);
        let (mut sum, least) = (0.0, -34.0);
        for direction in [-1.0, 1.0] {
            let mut i = if direction < 0.0 { 0 } else { 1 };
            loop {
                let x = direction * step * f64::from(i);
                let log = log_density(x);
                if log < least {
                    break;
                }
                sum += log.exp() * self.known(q * x.exp());
                i += 1;
            }
        }
        (sum * step).clamp(0.0, 1.0)
    }

    /// The value that the largest statistic exceeds with probability `alpha`, to 1e-10 of itself. NaN where `alpha` is not between
    /// 0 and 1 or `df` below 1.
    pub fn critical(&self, alpha: f64, df: f64) -> f64 {
        if !(alpha > 0.0 && alpha < 1.0) || df.is_nan() || df < 1.0 {
            return f64::NAN;
        }
        // One difference alone is exceeded less often than the largest, Bonferroni's bound more seldom.
        let single = |alpha: f64| self.per_t * t_quantile(1.0 - alpha / 2.0, df);
        let off = |q: f64| (self.above(q, df) / alpha).ln();
        let (mut low, mut high) = (single(alpha), single(alpha / self.differences));
        let (mut at_low, mut at_high) = (off(low), off(high));
        if self.differences <= 1.0 || at_low <= 0.0 {
            return low;
        }
        while at_high > 0.0 {
            high *= 1.1;
            at_high = off(high);
        }
        // Illinois: false position, halving the end that stays.
        for _ in 0..100 {
            let next = (low * at_high - high * at_low) / (at_high - at_low);
            let value = off(next);
            if value.abs() < 1e-11 || (high - low) < 1e-11 * high {
                return next;
            }
            if value > 0.0 {
                (low, at_low) = (next, value);
                at_high /= 2.0;
            } else {
                (high, at_high) = (next, value);
                at_low /= 2.0;
            }
        }
        f64::midpoint(low, high)
    }

    /// [`Studentised::critical`] for many degrees of freedom: from some hundred on by a smooth curve over 1/df, to 1e-8 of itself.
    pub fn critical_values(&self, alpha: f64, degrees: &[f64]) -> Vec<f64> {
        // Stretches of 1/df, from 1 down by halves; the last holds all from 128 to infinite degrees of freedom.
        let ends = |stretch: i32| {
            let top = 0.5_f64.powi(stretch);
            (if stretch == 7 { 0.0 } else { top / 2.0 }, top)
        };
        if degrees.len() <= 8 * POINTS {
            return degrees.iter().map(|df| self.critical(alpha, *df)).collect();
        }
        let curves: Vec<[f64; POINTS]> = (0..8)
            .into_par_iter()
            .map(|stretch| {
                let (low, high) = ends(stretch);
                series(|x| self.critical(alpha, 1.0 / (low + x * (high - low))).ln())
            })
            .collect();
        let value = |df: &f64| {
            if df.is_nan() || *df < 1.0 {
                return f64::NAN;
            }
            let stretch = df.log2().floor().min(7.0) as i32;
            let (low, high) = ends(stretch);
            curves.get(stretch as usize).map_or(f64::NAN, |curve| {
                sum(curve, (1.0 / df - low) / (high - low)).exp()
            })
        };
        degrees.iter().map(value).collect()
    }
}

fn size(given: usize, least: usize, what: &str) -> Refused {
    Refused::new(
        format!("{given} {what} can't be compared at once: {least} to {MOST} can"),
        "Compare within parts of the set, or against a benchmark.",
    )
}

fn density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()
}

/// From `from` to the end in equal steps, through 0.
fn grid(from: f64, step: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((from / step).round() as i32, (REACH / step).round() as i32);
    (first..=last).map(move |i| f64::from(i) * step)
}

/// Chebyshev series of a function on 0 to 1 (the first term counts half), from its values at the Chebyshev points.
fn series(f: impl Fn(f64) -> f64) -> [f64; POINTS] {
    let angle = |i: usize| (2 * i + 1) as f64 * std::f64::consts::PI / (2 * POINTS) as f64;
    let values: [f64; POINTS] = std::array::from_fn(|i| f((1.0 - angle(i).cos()) / 2.0));
    std::array::from_fn(|j| {
        let sum: f64 = values
            .iter()
            .enumerate()
            .map(|(i, value)| value * (j as f64 * angle(i)).cos())
            .sum();
        sum * 2.0 / POINTS as f64
    })
}

/// Sum of a Chebyshev series at `x` of 0 to 1 (Clenshaw 1955).
fn sum(terms: &[f64; POINTS], x: f64) -> f64 {
    let twice = 2.0 * (1.0 - 2.0 * x);
    let (mut one, mut two) = (0.0, 0.0);
    for term in terms.iter().skip(1).rev() {
        (one, two) = (twice * one + (term - two), one);
    }
    twice / 2.0 * one + terms[0] / 2.0 - two
}

#[cfg(test)]
#[path = "studentised_tests.rs"]
mod tests;
