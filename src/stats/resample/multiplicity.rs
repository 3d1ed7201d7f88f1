//! P-values corrected for the number of hypotheses: Holm, Benjamini-Hochberg, and Romano-Wolf from joint replicates.

use crate::stats::Refused;
use rayon::prelude::*;

/// Adjusted p-values by Holm (1979): the probability of any false rejection stays below the level, whatever the dependence.
///
/// The i-th smallest p of m (from 1) becomes the largest of (m - j + 1)·p(j) over j up to i, and 1 at most. In the order given.
///
/// # Errors
/// A p-value outside 0 to 1, or none.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, Refused> {
    let order = rising(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut highest = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        highest = highest.max((p.len() - rank) as f64 * p[i]).min(1.0);
        adjusted[i] = highest;
    }
    Ok(adjusted)
}

/// Adjusted p-values by Benjamini & Hochberg (1995): the expected share of false among all rejections stays below the level, for
/// independent or positively dependent statistics.
///
/// The i-th smallest p of m becomes the smallest of m/j·p(j) over j from i. In the order given.
///
/// # Errors
/// A p-value outside 0 to 1, or none.
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, Refused> {
    let order = rising(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut lowest = 1.0_f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        lowest = lowest.min(p.len() as f64 / (rank + 1) as f64 * p[i]);
        adjusted[i] = lowest;
    }
    Ok(adjusted)
}

fn rising(p: &[f64]) -> Result<Vec<usize>, Refused> {
    if p.is_empty() || !p.iter().all(|p| (0.0..=1.0).contains(p)) {
        return Err(Refused::new(
            "a p-value to be corrected is missing or not between 0 and 1",
            "Correct over the hypotheses that were tested, and leave out those that could not be.",
        ));
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&i, &j| p[i].total_cmp(&p[j]));
    Ok(order)
}

/// Adjusted two-sided p-values by the step-down of Romano & Wolf (2005; p-values 2016, algorithm 4.2): as Holm, and sharper where the
/// statistics go together.
///
/// `observed`: t statistics of the hypotheses. `draws`: replicates of them under the null (centred), one row after the other
/// (draws x hypotheses), each row drawn jointly. Hypotheses are taken from the largest |t| down; each p is the share of rows whose
/// largest |t*| among this and the remaining ones reaches |t|, with the data as one more row, and never below the p before it.
///
/// # Errors
/// Sizes that don't fit, or a statistic or replicate that is not a number.
pub fn romano_wolf(observed: &[f64], draws: &[f64]) -> Result<Vec<f64>, Refused> {
    let hypotheses = observed.len();
    if hypotheses == 0 || draws.is_empty() || !draws.len().is_multiple_of(hypotheses) {
        return Err(Refused::new(
            format!(
                "{} replicates do not belong to {hypotheses} hypotheses",
                draws.len()
            ),
            "Give the same number of joint replicates for every hypothesis, one at least.",
        ));
    }
    if observed.iter().chain(draws).any(|t| t.is_nan()) {
        return Err(Refused::new(
            "a test statistic or one of its replicates is not defined",
            "Leave out the hypotheses that could not be tested.",
        ));
    }
    let rows = draws.len() / hypotheses;
    let copy = |row: usize, to: &mut [f64]| {
        to.copy_from_slice(&draws[row * hypotheses..(row + 1) * hypotheses]);
    };
    Ok(step_down(observed, rows, copy)?.adjusted)
}

/// How often each is reached, the largest of each draw, and whether any is no number.
type Counted = (Vec<usize>, Vec<f64>, bool);

/// What a step-down gives.
#[derive(Debug, Clone, PartialEq)]
pub struct SteppedDown {
    /// Adjusted p-values in the order given.
    pub adjusted: Vec<f64>,
    /// The largest |t*| of each draw, rising: quantiles of it bound all hypotheses at once.
    pub largest: Vec<f64>,
}

/// As [`romano_wolf`], with draws made one at a time where all of them would not fit into memory.
///
/// `draw` writes the joint replicate of the given number (from 0) over the hypotheses; the same number must give the same one.
///
/// # Errors
/// No hypothesis, no draw, or a statistic or replicate that is not a number.
pub fn step_down(
    observed: &[f64],
    draws: usize,
    draw: impl Fn(usize, &mut [f64]) + Sync,
) -> Result<SteppedDown, Refused> {
    let hypotheses = observed.len();
    let undefined = || {
        Refused::new(
            "a test statistic or one of its replicates is not defined",
            "Leave out the hypotheses that could not be tested.",
        )
    };
    if hypotheses == 0 || draws == 0 || observed.iter().any(|t| t.is_nan()) {
        return Err(undefined());
    }
    let mut order: Vec<usize> = (0..hypotheses).collect();
    order.sort_by(|&i, &j| observed[j].abs().total_cmp(&observed[i].abs()));
    let none = || -> Counted { (vec![0; hypotheses], Vec::new(), false) };
    let count = |((mut counts, mut maxima, mut bad), mut row): (Counted, Vec<f64>), number| {
        draw(number, &mut row);
        let mut largest = 0.0_f64;
        for (count, &i) in counts.iter_mut().zip(&order).rev() {
            bad |= row[i].is_nan();
            largest = largest.max(row[i].abs());
            *count += usize::from(largest >= observed[i].abs());
        }
        maxima.push(largest);
        ((counts, maxima, bad), row)
    };
    let (counts, mut largest, bad) = (0..draws)
        .into_par_iter()
        .fold(|| (none(), vec![0.0; hypotheses]), count)
        .map(|(counted, _)| counted)
        .reduce(none, |(mut a, mut largest, bad), (b, more, worse)| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            largest.extend(more);
            (a, largest, bad || worse)
        });
    if bad {
        return Err(undefined());
    }
    largest.sort_by(f64::total_cmp);
    let mut adjusted = vec![0.0; hypotheses];
    let mut highest = 0.0_f64;
    for (count, i) in counts.into_iter().zip(order) {
        highest = highest.max((1 + count) as f64 / (1.0 + draws as f64));
        adjusted[i] = highest;
    }
    Ok(SteppedDown { adjusted, largest })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::stats::random::stream;
    use rand::RngExt;

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 1e-12, "{found:?}");
        }
    }

    /// `multipletests([.001, .04, .03, .005, .2, .04], method='holm')` and `'fdr_bh'`, statsmodels 0.15.0.
    #[test]
    fn agree_with_statsmodels() {
        let p = [0.001, 0.04, 0.03, 0.005, 0.2, 0.04];
        near(&holm(&p).unwrap(), &[0.006, 0.12, 0.12, 0.025, 0.2, 0.12]);
        near(
            &benjamini_hochberg(&p).unwrap(),
            &[0.006, 0.048, 0.048, 0.015, 0.2, 0.048],
        );
        assert_eq!(holm(&[0.3]).unwrap(), [0.3]);
        for bad in [&[][..], &[0.1, f64::NAN], &[1.5]] {
            assert!(holm(bad).is_err() && benjamini_hochberg(bad).is_err());
        }
    }

    /// By hand in numpy 2.4.6, with t* = 2.2 sin(j (1.1 + .37 h)) + .3 h cos(.31 j) for draws j = 1..500 and hypotheses h = 0..3:
    /// for each rank `(1 + (abs(d[:, order[rank:]]).max(1) >= abs(t)).sum()) / 501`, then the running maximum.
    #[test]
    fn romano_wolf_agrees_with_numpy() {
        let draw = |j: u32, h: u32| {
            let (j, h) = (f64::from(j), f64::from(h));
            2.2 * (j * (1.1 + 0.37 * h)).sin() + 0.3 * h * (j * 0.31).cos()
        };
        let draws: Vec<f64> = (1..=500)
            .flat_map(|j| (0..4).map(move |h| draw(j, h)))
            .collect();
        let found = romano_wolf(&[1.9, -2.6, 0.4, 2.3], &draws).unwrap();
        near(&found, &[271.0, 76.0, 474.0, 161.0].map(|c| c / 501.0));
        assert!(romano_wolf(&[1.0, 2.0, 3.0], &draws[..7]).is_err());
        assert!(romano_wolf(&[1.0, f64::NAN], &draws[..8]).is_err());
    }

    /// Shares of 1,500 families of five with any false rejection at 5 %, statistics correlated .8 and one hypothesis false (t shifted by 4): Romano-Wolf
    /// stays at the level (SE .006) where Holm, which can't see the correlation, stays far below. And finds the false one at least as often.
    #[test]
    fn romano_wolf_keeps_the_familywise_error() {
        let family = |stream: &mut rand_pcg::Pcg64| -> Vec<f64> {
            let mut normal = || {
                let (u, v): (f64, f64) = (stream.random(), stream.random());
                (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
            };
            let common = 0.8_f64.sqrt() * normal();
            (0..5).map(|_| common + 0.2_f64.sqrt() * normal()).collect()
        };
        let draws: Vec<f64> = (0..999)
            .flat_map(|j| family(&mut stream(1, 2, j)))
            .collect();
        let (mut errors, mut found) = ([0.0; 2], [0.0; 2]);
        for sample in 0..1_500 {
            let mut t = family(&mut stream(1, 3, sample));
            t[0] += 4.0;
            let single: Vec<f64> = t
                .iter()
                .map(|t| crate::stats::distribution::t_two_sided(*t, f64::INFINITY))
                .collect();
            let adjusted = [romano_wolf(&t, &draws).unwrap(), holm(&single).unwrap()];
            for (k, p) in adjusted.iter().enumerate() {
                errors[k] += f64::from(u8::from(p[1..].iter().any(|p| *p <= 0.05))) / 1_500.0;
                found[k] += f64::from(u8::from(p[0] <= 0.05)) / 1_500.0;
            }
        }
        assert!((errors[0] - 0.05).abs() < 0.025, "{errors:?}");
        assert!(
            errors[1] < errors[0] && found[0] > found[1] && found[0] > 0.9,
            "{errors:?} {found:?}"
        );
    }
}
