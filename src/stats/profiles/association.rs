//! How two scores of programmes go together: correlation with its interval, and corrected for the noise of both scores.

use crate::stats::{Refused, distribution, random};
use rand::seq::SliceRandom;

/// Up to this many programmes every permutation is counted.
const EXACT: usize = 9;
/// Up to this many, permutations are drawn.
const DRAWN: usize = 100;
/// How many are drawn.
const DRAWS: u32 = 9_999;
/// Below this reliability a score is mostly noise, and a correction by it is refused.
const LEAST_RELIABLE: f64 = 0.3;

/// Which correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correlation {
    /// Of the values: how near they are to a straight line.
    Pearson,
    /// Of the ranks (ties get their mean rank): how nearly one rises wherever the other does (Spearman 1904).
    Spearman,
}

/// Where a p-value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PValue {
    /// From all permutations of one score over the programmes.
    Exact,
    /// From so many permutations drawn, the data counted as one more.
    Permutation(u32),
    /// From Student's t with n - 2 degrees of freedom.
    T,
}

/// A correlation over programmes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Association {
    /// The correlation.
    pub value: f64,
    /// Programmes with both scores.
    pub n: usize,
    /// Interval by Fisher's z; `None` where the correlation is 1 or -1, for which the formula gives an interval of no width.
    pub interval: Option<(f64, f64)>,
    /// Two-sided p-value of "the two are unrelated".
    pub p: f64,
    /// Where it comes from.
    pub p_by: PValue,
}

/// Correlation of two scores over the programmes that have both.
///
/// Interval: Fisher (1915) z, with standard error 1/sqrt(n - 3) for Pearson, and sqrt((1 + r²/2)/(n - 3)) for Spearman (Bonett & Wright
/// 2000). It treats the programmes as a sample of independent programmes from a larger set with scores near normal. P-value: all
/// permutations up to 9 programmes, 9,999 drawn with `seed` up to 100, then t.
///
/// Both scores are taken as they are. Noise in them pulls the correlation towards zero: [`corrected`].
///
/// # Errors
/// Unequal lengths, infinite numbers, a confidence not between 0 and 1; fewer than four programmes with both scores; a score that is
/// the same for all.
pub fn association(
    x: &[Option<f64>],
    y: &[Option<f64>],
    correlation: Correlation,
    confidence: f64,
    seed: u64,
) -> Result<Association, Refused> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return Err(Refused::new(
            "the confidence level is not between 0 and 1",
            "Give a confidence level such as 0.95.",
        ));
    }
    let (x, y) = pairs(x, y)?;
    let (x, y) = match correlation {
        Correlation::Pearson => (x, y),
        Correlation::Spearman => (ranks(&x), ranks(&y)),
    };
    let (x, y) = (unit(&x)?, unit(&y)?);
    let n = x.len();
    let r = dot(&x, &y).clamp(-1.0, 1.0);
    let (p, p_by) = p_value(&x, &y, r, seed);
    let factor = match correlation {
        Correlation::Pearson => 1.0,
        Correlation::Spearman => 1.0 + r * r / 2.0,
    };
    let half =
        distribution::normal_quantile(0.5 + confidence / 2.0) * (factor / (n - 3) as f64).sqrt();
    let straight = 1.0 - r.abs() < 1e-12;
    let interval = (!straight).then(|| ((r.atanh() - half).tanh(), (r.atanh() + half).tanh()));
    Ok(Association {
        value: r,
        n,
        interval,
        p,
        p_by,
    })
}

/// The values of those that have both.
fn pairs(x: &[Option<f64>], y: &[Option<f64>]) -> Result<(Vec<f64>, Vec<f64>), Refused> {
    if x.len() != y.len() {
        return Err(Refused::new(
            "the two scores aren't given for the same programmes",
            "Give both scores one entry per programme, empty where the value is missing.",
        ));
    }
    let both = x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?)));
    let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
    if x.iter().chain(&y).any(|v| !v.is_finite()) {
        return Err(Refused::new(
            "a value is not a finite number",
            "Give a value that isn't known as missing.",
        ));
    }
    if x.len() < 4 {
        return Err(Refused::new(
            format!(
                "{} of the programmes have both scores, and a correlation needs 4",
                x.len()
            ),
            "Describe the programmes one by one.",
        ));
    }
    Ok((x, y))
}

/// Centred and scaled to a length of 1.
fn unit(values: &[f64]) -> Result<Vec<f64>, Refused> {
    let size = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let n = values.len() as f64;
    let mean = values.iter().map(|v| v / n).sum::<f64>();
    let off: Vec<f64> = values.iter().map(|v| v / size - mean / size).collect();
    let length = off.iter().map(|v| v * v).sum::<f64>().sqrt();
    if length.is_nan() || length < 1e-12 {
        return Err(Refused::new(
            "a score is the same for all programmes",
            "Ask for an association with a score that differs between programmes.",
        ));
    }
    Ok(off.iter().map(|v| v / length).collect())
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Ranks from 1, ties at their mean.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut out = vec![0.0; values.len()];
    let mut before = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = before as f64 + (tied.len() + 1) as f64 / 2.0;
        for i in tied {
            out[*i] = rank;
        }
        before += tied.len();
    }
    out
}

fn p_value(x: &[f64], y: &[f64], r: f64, seed: u64) -> (f64, PValue) {
    let n = x.len();
    // Equal correlations come out in other last bits when added in another order.
    let reached = |y: &[f64]| dot(x, y).abs() >= r.abs() - 1e-9;
    if n <= EXACT {
        let (mut hits, mut all) = (0u32, 0u32);
        each_permutation(y, |y| {
            all += 1;
            hits += u32::from(reached(y));
        });
        return (f64::from(hits) / f64::from(all), PValue::Exact);
    }
    if n <= DRAWN {
        let mut y = y.to_vec();
        let mut generator = random::stream(seed, random::tag("association"), 0);
        let hits = (0..DRAWS)
            .filter(|_| {
                y.shuffle(&mut generator);
                reached(&y)
            })
            .count();
        let p = (hits + 1) as f64 / f64::from(DRAWS + 1);
        return (p, PValue::Permutation(DRAWS));
    }
    let df = (n - 2) as f64;
    let t = r * (df / (1.0 - r * r).max(1e-300)).sqrt();
    (distribution::t_two_sided(t, df), PValue::T)
}

/// Calls `with` for every order of the values (Heap 1963).
fn each_permutation(values: &[f64], mut with: impl FnMut(&[f64])) {
    let mut values = values.to_vec();
    let mut turns = vec![0usize; values.len()];
    with(&values);
    let mut i = 1;
    while i < values.len() {
        if turns[i] < i {
            values.swap(if i % 2 == 0 { 0 } else { turns[i] }, i);
            with(&values);
            turns[i] += 1;
            i = 1;
        } else {
            turns[i] = 0;
            i += 1;
        }
    }
}

/// A correlation corrected for the noise of both scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corrected {
    /// The correlation that is to be expected between the true scores; between -1 and 1.
    pub value: f64,
    /// Interval: that of the observed correlation over the same factor, held at -1 and 1.
    pub interval: Option<(f64, f64)>,
    /// Share of the variance of x and of y between programmes that is not noise.
    pub reliability: (f64, f64),
    /// The correlation as observed, over the same programmes.
    pub observed: Association,
}

/// Pearson correlation corrected for attenuation (Spearman 1904): r / sqrt(reliability of x · reliability of y), where the reliability
/// of a score is 1 - mean(se²) / variance over the programmes.
///
/// Both scores are pairs of value and standard error; programmes without one of the four are left out. What it takes for granted:
/// the noise of x and that of y are unrelated (not so where both come from the same respondents: then it may correct too far), the
/// noise is unrelated to the true scores, and the standard errors are right. The reliabilities are treated as known, so the interval
/// is too narrow where there are few programmes. The p-value of the observed correlation holds for both.
///
/// # Errors
/// As [`association`]; a standard error below zero; a reliability below 0.3, or a corrected correlation beyond 1, since then the
/// standard errors explain more than there is to be explained.
pub fn corrected(
    x: &[Option<(f64, f64)>],
    y: &[Option<(f64, f64)>],
    confidence: f64,
    seed: u64,
) -> Result<Corrected, Refused> {
    let known: Vec<Option<[(f64, f64); 2]>> =
        x.iter().zip(y).map(|(x, y)| Some([(*x)?, (*y)?])).collect();
    let side = |at: usize| -> Vec<Option<f64>> {
        known.iter().map(|k| k.as_ref().map(|k| k[at].0)).collect()
    };
    if x.len() != y.len() {
        return Err(Refused::new(
            "the two scores aren't given for the same programmes",
            "Give both scores one entry per programme, empty where the value is missing.",
        ));
    }
    let errors = known.iter().flatten().flatten().map(|k| k.1);
    if errors.clone().any(|se| !(se.is_finite() && se >= 0.0)) {
        return Err(Refused::new(
            "a standard error is negative or not a finite number",
            "Leave out programmes whose standard errors aren't known.",
        ));
    }
    let observed = association(&side(0), &side(1), Correlation::Pearson, confidence, seed)?;
    let reliability = |at: usize| {
        let pairs: Vec<(f64, f64)> = known.iter().flatten().map(|k| k[at]).collect();
        let n = pairs.len() as f64;
        let mean = pairs.iter().map(|p| p.0 / n).sum::<f64>();
        let variance = pairs.iter().map(|p| (p.0 - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let noise = pairs.iter().map(|p| p.1 * p.1).sum::<f64>() / n;
        1.0 - noise / variance
    };
    let reliability = (reliability(0), reliability(1));
    for (share, name) in [(reliability.0, "first"), (reliability.1, "second")] {
        if share.is_nan() || share < LEAST_RELIABLE {
            return Err(Refused::new(
                format!(
                    "the programmes hardly differ in the {name} score beyond its sampling error"
                ),
                "Report the observed correlation and say that noise pulls it towards zero.",
            ));
        }
    }
    let factor = (reliability.0 * reliability.1).sqrt();
    let value = observed.value / factor;
    if value.abs() > 1.0 {
        return Err(Refused::new(
            "the corrected correlation lies beyond 1",
            "Report the observed correlation; check whether both scores rest on the same persons, or their standard errors are too large.",
        ));
    }
    let held = |v: f64| (v / factor).clamp(-1.0, 1.0);
    Ok(Corrected {
        value,
        interval: observed.interval.map(|(low, high)| (held(low), held(high))),
        reliability,
        observed,
    })
}
