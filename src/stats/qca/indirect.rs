//! Calibration by the indirect method: memberships that values predict from a grouping of cases by judgement.

use super::calibrate::finite;
use super::sets::check;
use crate::stats::Refused;
use nalgebra::{Matrix3, Vector3};

/// Powers that a fractional polynomial may take (Royston & Altman 1994); 0 is the logarithm.
const POWERS: [f64; 8] = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0];

/// Most steps of a regression, which take 5 to 20 where there is a maximum.
const STEPS: usize = 100;

/// Two powers of a fractional polynomial: x^first + x^second, x^0 being ln x, and x^p + x^p ln x if they are equal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Powers {
    /// The first power.
    pub first: f64,
    /// The second power, at least the first.
    pub second: f64,
}

/// Memberships by the indirect method.
#[derive(Debug, Clone, PartialEq)]
pub struct Indirect {
    /// Predicted membership of each case, n.
    pub memberships: Vec<f64>,
    /// The powers that fit best.
    pub powers: Powers,
    /// Deviance of the binomial quasi-likelihood: 0 if each judgement is met.
    pub deviance: f64,
    /// Added to each value, so that the smallest is positive; 0 if it was.
    pub shift: f64,
    /// Whether memberships never fall, or never rise, as values rise. A polynomial may turn; such memberships need a look.
    pub monotone: bool,
}

/// Memberships by the indirect method (Ragin 2008, chapter 5): `judged` (n) are preliminary memberships by qualitative
/// category, such as 0, .2, .4, .6, .8 and 1. They are regressed on `values` (n) by a fractional logit (Papke & Wooldridge
/// 1996) of a fractional polynomial with two powers (Royston & Altman 1994), that of least deviance among all 36 pairs; the
/// predictions are the memberships. Where the least value isn't positive, all are shifted so that it equals the least gap between two
/// values, as Royston & Altman propose.
///
/// # Errors
/// A value that isn't a finite number, a judgement outside 0 to 1, lengths that differ; fewer than 4 different values or 3
/// different judgements; no regression with a maximum.
pub fn indirect(values: &[f64], judged: &[f64]) -> Result<Indirect, Refused> {
    finite(values)?;
    check("the judged set", judged, values.len())?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let gap = |pair: &[f64]| Some(pair[1] - pair[0]).filter(|gap| *gap > 0.0);
    let gaps: Vec<f64> = sorted.windows(2).filter_map(gap).collect();
    let mut categories = judged.to_vec();
    categories.sort_by(f64::total_cmp);
    categories.dedup();
    if gaps.len() < 3 || categories.len() < 3 {
        return Err(Refused::new(
            format!(
                "there are {} different values and {} categories",
                if values.is_empty() { 0 } else { gaps.len() + 1 },
                categories.len()
            ),
            "Group the cases into at least 3 categories over 4 values, or use the direct method.",
        ));
    }
    let least_gap = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    let shift = if sorted[0] > 0.0 {
        0.0
    } else {
        least_gap - sorted[0]
    };
    // The scale of values doesn't change the predictions, only the conditioning.
    let scale = sorted[sorted.len() / 2] + shift;
    let x: Vec<f64> = values.iter().map(|v| (v + shift) / scale).collect();
    let mut best: Option<(f64, Powers, Vec<f64>)> = None;
    for (i, first) in POWERS.iter().enumerate() {
        for second in &POWERS[i..] {
            let powers = Powers {
                first: *first,
                second: *second,
            };
            let Some((deviance, predicted)) = regress(&x, judged, powers) else {
                continue;
            };
            // By more than rounding, so that the choice doesn't hang on it.
            if best.as_ref().is_none_or(|b| deviance < b.0 - 1e-9) {
                best = Some((deviance, powers, predicted));
            }
        }
    }
    let Some((deviance, powers, memberships)) = best else {
        return Err(Refused::new(
            "no regression of the judgements on the values has a maximum",
            "Look whether the values tell full members from the others without exception; use the direct method then.",
        ));
    };
    let monotone = is_monotone(values, &memberships);
    Ok(Indirect {
        memberships,
        powers,
        deviance,
        shift,
        monotone,
    })
}

fn is_monotone(values: &[f64], memberships: &[f64]) -> bool {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let steps = order
        .windows(2)
        .map(|pair| memberships[pair[1]] - memberships[pair[0]]);
    let (mut rises, mut falls) = (false, false);
    for step in steps {
        rises |= step > 1e-12;
        falls |= step < -1e-12;
    }
    !(rises && falls)
}

fn power(x: f64, p: f64) -> f64 {
    if p == 0.0 { x.ln() } else { x.powf(p) }
}

/// Deviance and predictions of the fractional logit, by Newton's method with halved steps; none where it has no maximum.
fn regress(x: &[f64], y: &[f64], powers: Powers) -> Option<(f64, Vec<f64>)> {
    let mut rows: Vec<Vector3<f64>> = x
        .iter()
        .map(|x| {
            let a = power(*x, powers.first);
            let b = if powers.first == powers.second {
                a * x.ln()
            } else {
                power(*x, powers.second)
            };
            Vector3::new(1.0, a, b)
        })
        .collect();
    // Columns of mean 0 and standard deviation 1 next to the constant: the same predictions, better conditioned.
    for j in 1..3 {
        let n = rows.len() as f64;
        let mean = rows.iter().map(|r| r[j]).sum::<f64>() / n;
        let sd = (rows.iter().map(|r| (r[j] - mean).powi(2)).sum::<f64>() / n).sqrt();
        if !sd.is_finite() || sd <= 0.0 {
            return None;
        }
        for row in &mut rows {
            row[j] = (row[j] - mean) / sd;
        }
    }
    let mut at = Vector3::zeros();
    let mut reached = deviance(&rows, y, &at);
    for _ in 0..STEPS {
        let mut information = Matrix3::zeros();
        let mut score = Vector3::zeros();
        for (row, y) in rows.iter().zip(y) {
            let p = logistic(row.dot(&at));
            information += row * row.transpose() * (p * (1.0 - p));
            score += row * (y - p);
        }
        let step = information.cholesky()?.solve(&score);
        let mut by = 1.0;
        let (moved, now) = loop {
            let moved = at + step * by;
            let now = deviance(&rows, y, &moved);
            if now <= reached + 1e-10 || by < 1e-6 {
                break (moved, now);
            }
            by /= 2.0;
        };
        (at, reached) = (moved, now);
        if at.amax() > 1e3 {
            return None;
        }
        if step.amax() <= 1e-10 * at.amax().max(1.0) {
            let predicted = rows.iter().map(|row| logistic(row.dot(&at)));
            return Some((reached, predicted.collect()));
        }
    }
    None
}

fn logistic(eta: f64) -> f64 {
    1.0 / (1.0 + (-eta).exp())
}

/// Twice the binomial quasi-likelihood lost against predictions equal to `y`.
fn deviance(rows: &[Vector3<f64>], y: &[f64], at: &Vector3<f64>) -> f64 {
    let entropy = |y: f64| if y > 0.0 { y * y.ln() } else { 0.0 };
    let of = |(row, y): (&Vector3<f64>, &f64)| {
        let eta = row.dot(at);
        // -ln p and -ln (1 - p) without overflow.
        let (ln_p, ln_q) = (
            (-eta).max(0.0) + (-eta.abs()).exp().ln_1p(),
            eta.max(0.0) + (-eta.abs()).exp().ln_1p(),
        );
        2.0 * (entropy(*y) + entropy(1.0 - y) + y * ln_p + (1.0 - y) * ln_q)
    };
    rows.iter().zip(y).map(of).sum()
}
