//! Variance by replicate weights that came with the data.
//!
//! Variance: scale times the sum over replicates of rscale_r (estimate with the weights r, less the centre) squared.
//!
//! | scheme | scale | rscale | source |
//! |---|---|---|---|
//! | JK1 | (R - 1) / R | 1 | Wolter 2007, ch. 4 |
//! | JKn | 1 | (n_h - 1) / n_h of the stratum whose cluster is left out | Rust & Rao 1996 |
//! | balanced repeated replication | 1 / R | 1 | McCarthy 1969 |
//! | Fay | 1 / (R (1 - rho)^2) | 1 | Judkins 1990 |
//! | bootstrap | 1 / R about the estimate, 1 / (R - 1) about the mean | 1 | Rao, Wu & Yue 1992 |

use crate::stats::{Inference, Refused};
use nalgebra::DMatrix;

/// How the replicate weights were made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scheme<'a> {
    /// One cluster left out at a time, without strata.
    Jk1,
    /// One cluster left out at a time, within strata: (n_h - 1) / n_h of each replicate.
    Jkn(&'a [f64]),
    /// Balanced half samples.
    Brr,
    /// Half samples with weights times 2 - rho and rho instead of 2 and 0: rho.
    Fay(f64),
    /// Clusters drawn with replacement (rescaled).
    Bootstrap,
    /// As the documentation of the data says: scale, and rscale of each replicate.
    Given(f64, &'a [f64]),
}

/// About what the squares are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// The estimate with the full weights: the larger variance, and the default of most documentation.
    Estimate,
    /// The mean of the replicates.
    Mean,
}

/// Variance of an estimate from the estimates with each set of replicate weights.
///
/// # Errors
/// Fewer than two replicates; one that is undefined; factors that don't fit the replicates or make no sense.
pub fn variance(
    value: f64,
    replicates: &[f64],
    scheme: &Scheme<'_>,
    centre: Centre,
) -> Result<f64, Refused> {
    let factors = factors(replicates.len(), scheme, centre)?;
    if let Some(at) = replicates.iter().position(|r| !r.is_finite()) {
        return Err(Refused::new(
            format!(
                "the value is undefined with the replicate weights {}",
                at + 1
            ),
            "Choose a larger group.",
        ));
    }
    let about = match centre {
        Centre::Estimate => value,
        Centre::Mean => replicates.iter().sum::<f64>() / replicates.len() as f64,
    };
    let squares = replicates.iter().zip(factors);
    Ok(squares
        .map(|(r, factor)| factor * (r - about).powi(2))
        .sum())
}

/// What the square of each replicate's difference is multiplied by: scale times its rscale.
///
/// # Errors
/// Fewer than two replicates; factors that don't fit the replicates or make no sense.
pub fn factors(
    replicates: usize,
    scheme: &Scheme<'_>,
    centre: Centre,
) -> Result<Vec<f64>, Refused> {
    if replicates < 2 {
        return Err(Refused::new(
            "there are fewer than two replicate weights",
            "Name all columns of replicate weights.",
        ));
    }
    let count = replicates as f64;
    let (scale, each): (f64, Option<&[f64]>) = match *scheme {
        Scheme::Jk1 => ((count - 1.0) / count, None),
        Scheme::Jkn(each) => (1.0, Some(each)),
        Scheme::Brr => (1.0 / count, None),
        Scheme::Fay(rho) if (0.0..1.0).contains(&rho) => {
            (1.0 / (count * (1.0 - rho).powi(2)), None)
        }
        Scheme::Fay(rho) => {
            return Err(Refused::new(
                format!("Fay's factor of {rho} is not from 0 to below 1"),
                "The documentation of the data gives it; 0.5 and 0.3 are common.",
            ));
        }
        Scheme::Bootstrap if centre == Centre::Mean => (1.0 / (count - 1.0), None),
        Scheme::Bootstrap => (1.0 / count, None),
        Scheme::Given(scale, each) => (scale, Some(each)),
    };
    let sensible = |x: &f64| x.is_finite() && *x >= 0.0;
    if each.is_some_and(|e| e.len() != replicates || !e.iter().all(sensible))
        || !(sensible(&scale) && scale > 0.0)
    {
        return Err(Refused::new(
            format!("the factors of the variance don't fit the {count} replicates"),
            "Give a scale above 0 and one factor of 0 or more for each replicate, as the documentation of the data says.",
        ));
    }
    Ok((0..replicates)
        .map(|at| scale * each.map_or(1.0, |e| e[at]))
        .collect())
}

/// The estimate with its standard error by replicates and interval by t.
///
/// `df`: those that the documentation of the data gives, else [`degrees_of_freedom`].
///
/// # Errors
/// See [`variance`]; the value does not vary; fewer than one degree of freedom.
pub fn inference(
    value: f64,
    replicates: &[f64],
    scheme: &Scheme<'_>,
    centre: Centre,
    df: f64,
    confidence: f64,
) -> Result<Inference, Refused> {
    let se = variance(value, replicates, scheme, centre)?.sqrt();
    if se <= value.abs() * 1e-14 {
        return Err(Refused::new(
            "the value does not vary between replicates, so its sampling error can't be estimated",
            "For a share of 0 or 100 %, use an interval for proportions with an assumed design effect.",
        ));
    }
    if df.is_nan() || df < 1.0 {
        return Err(Refused::new(
            "there are too few replicates to estimate the sampling error",
            "Give the degrees of freedom of the design, clusters less strata.",
        ));
    }
    Ok(Inference::t(value, se, df, confidence))
}

/// Degrees of freedom by the replicate weights: the rank of their matrix less 1 (as Lumley 2010, "Complex Surveys", counts
/// them). For
/// JK1 and JKn that is clusters less strata.
///
/// `weights`: replicates x rows.
///
/// # Errors
/// Weights of different length, or missing ones.
pub fn degrees_of_freedom(weights: &[&[f64]]) -> Result<f64, Refused> {
    let rows = weights.first().map_or(0, |w| w.len());
    if rows == 0
        || weights
            .iter()
            .any(|w| w.len() != rows || w.iter().any(|x| !x.is_finite()))
    {
        return Err(Refused::new(
            "a replicate weight is missing",
            "Every row needs all replicate weights; 0 stands for left out.",
        ));
    }
    let count = weights.len();
    let length: Vec<f64> = weights
        .iter()
        .map(|w| dot(w, w).sqrt().max(f64::MIN_POSITIVE))
        .collect();
    let products = DMatrix::from_fn(count, count, |i, j| {
        dot(weights[i], weights[j]) / (length[i] * length[j])
    });
    let values = products.symmetric_eigenvalues();
    // The tolerance is that of a rank of the weights themselves at 1e-5, squared.
    let least = values.max() * 1e-10;
    let rank = values.iter().filter(|v| **v > least).count() as f64;
    Ok(rank - 1.0)
}

/// Checks replicate weights against the full ones: factors in place of weights are the usual mistake.
///
/// # Errors
/// A negative weight, or replicate weights whose sum is less than half or more than twice that of the full weights.
pub fn check(full: &[f64], weights: &[&[f64]]) -> Result<(), Refused> {
    let total: f64 = full.iter().sum();
    for (at, replicate) in weights.iter().enumerate() {
        if let Some(negative) = replicate.iter().find(|w| **w < 0.0) {
            return Err(Refused::new(
                format!(
                    "the replicate weights {} have a negative weight, {negative}",
                    at + 1
                ),
                "Check the columns of replicate weights.",
            ));
        }
        let ratio = replicate.iter().sum::<f64>() / total;
        if !(0.5..=2.0).contains(&ratio) {
            return Err(Refused::new(
                format!(
                    "the replicate weights {} add up to {ratio:.3} of the full weights",
                    at + 1
                ),
                "Where the columns hold factors, multiply them by the full weight; give all strata's rows in every replicate.",
            ));
        }
    }
    Ok(())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::cases::{Row, near, rows};
    use super::*;

    /// Balanced half samples and Fay's of 4 strata of 2 clusters (the first 8 clusters of the rows), as means of y with the
    /// replicate weights of survey 4.1.1, as.svrepdesign(s2, type="BRR") and "Fay" with fay.rho=.3; errors about the estimate
    /// (mse=TRUE) and about the mean.
    #[test]
    fn half_samples_as_in_r() {
        let value = 7.527_777_777_778;
        let brr = [
            7.939_252_336_448_60,
            7.575_555_555_555_56,
            6.928_888_888_888_89,
            7.196_759_259_259_26,
            8.160_714_285_714_29,
            7.802_127_659_574_47,
            7.182_978_723_404_26,
            7.449_115_044_247_79,
        ];
        let fay = [
            7.811_435_803_037_28,
            7.561_222_222_222_22,
            7.108_555_555_555_56,
            7.298_925_468_678_56,
            7.970_240_748_996_88,
            7.722_306_034_482_76,
            7.283_297_413_793_10,
            7.472_640_673_460_35,
        ];
        let se = |r: &[f64], scheme, centre| variance(value, r, &scheme, centre).unwrap().sqrt();
        near(
            se(&brr, Scheme::Brr, Centre::Estimate),
            0.393_825_133_083_1,
            1e-9,
        );
        near(
            se(&brr, Scheme::Brr, Centre::Mean),
            0.393_821_692_523_3,
            1e-9,
        );
        near(
            se(&fay, Scheme::Fay(0.3), Centre::Estimate),
            0.393_222_729_034_4,
            1e-9,
        );
        near(
            se(&fay, Scheme::Fay(0.3), Centre::Mean),
            0.393_221_067_357_3,
            1e-9,
        );
        let given = Scheme::Given(0.125, &[1.0; 8]);
        near(se(&brr, given, Centre::Estimate), 0.393_825_133_083_1, 1e-9);
        let i = inference(value, &brr, &Scheme::Brr, Centre::Estimate, 4.0, 0.95).unwrap();
        // t of .975 with 4 degrees of freedom is 2.776445.
        near(i.high - value, 2.776_445 * 0.393_825_133, 1e-6);
    }

    /// Weights without each cluster, others of the stratum weighted up: JKn of the rows as in survey 4.1.1 (mse=TRUE), by weights
    /// that a user brings; 9 degrees of freedom.
    fn left_out() -> (Vec<Row>, Vec<Vec<f64>>) {
        let rows = rows();
        let without = |cluster: usize| {
            let factor = |r: &Row| match (r.cluster == cluster, r.cluster / 4 == cluster / 4) {
                (true, _) => 0.0,
                (_, true) => 4.0 / 3.0,
                _ => 1.0,
            };
            rows.iter().map(|r| r.weight * factor(r)).collect()
        };
        let weights = (0..12).map(without).collect();
        (rows, weights)
    }

    #[test]
    fn jackknife_weights_as_in_r() {
        let (rows, weights) = left_out();
        let mean = |w: &[f64]| {
            let sum: f64 = rows.iter().zip(w).map(|(r, w)| r.y * w).sum();
            sum / w.iter().sum::<f64>()
        };
        let full: Vec<f64> = rows.iter().map(|r| r.weight).collect();
        let each: Vec<f64> = weights.iter().map(|w| mean(w)).collect();
        let scheme = Scheme::Jkn(&[0.75; 12]);
        let v = variance(mean(&full), &each, &scheme, Centre::Estimate).unwrap();
        near(v.sqrt(), 0.339_474_692_017_3, 1e-11);
        let by_replicate: Vec<&[f64]> = weights.iter().map(Vec::as_slice).collect();
        assert!(degrees_of_freedom(&by_replicate).unwrap() == 9.0);
        assert!(check(&full, &by_replicate).is_ok());
    }

    /// By hand: 1, 2, 3 and an estimate of 2.5: squares about it 2.25 + .25 + .25, about the mean 2.
    #[test]
    fn scales_by_hand() {
        let v = |scheme, centre| variance(2.5, &[1.0, 2.0, 3.0], &scheme, centre).unwrap();
        near(v(Scheme::Jk1, Centre::Estimate), 2.75 * 2.0 / 3.0, 1e-14);
        near(v(Scheme::Bootstrap, Centre::Estimate), 2.75 / 3.0, 1e-14);
        near(v(Scheme::Bootstrap, Centre::Mean), 1.0, 1e-14);
        near(
            v(Scheme::Given(0.5, &[1.0, 2.0, 4.0]), Centre::Estimate),
            0.5 * (2.25 + 0.5 + 1.0),
            1e-14,
        );
    }

    #[test]
    fn refused_in_words() {
        let reason = |r: &[f64], scheme| {
            inference(2.0, r, &scheme, Centre::Estimate, 5.0, 0.95)
                .unwrap_err()
                .reason
        };
        assert!(reason(&[1.0], Scheme::Jk1).contains("fewer than two"));
        assert!(reason(&[1.0, f64::NAN], Scheme::Jk1).contains("replicate weights 2"));
        assert!(reason(&[1.0, 2.0], Scheme::Fay(1.0)).contains("Fay's factor of 1"));
        assert!(reason(&[1.0, 2.0], Scheme::Jkn(&[0.5])).contains("don't fit the 2 replicates"));
        assert!(reason(&[2.0, 2.0], Scheme::Brr).contains("does not vary"));
        let few = inference(2.0, &[1.0, 3.0], &Scheme::Brr, Centre::Mean, 0.0, 0.95);
        assert!(few.unwrap_err().reason.contains("too few"));
        let factors: Vec<f64> = vec![0.0, 1.5, 1.5];
        let wrong = check(&[100.0, 120.0, 90.0], &[&factors]).unwrap_err();
        assert!(wrong.help.contains("multiply them by the full weight"));
        assert!(
            check(&[1.0, 1.0], &[&[-1.0, 3.0]])
                .unwrap_err()
                .reason
                .contains("negative")
        );
        assert!(degrees_of_freedom(&[&[1.0, 2.0], &[1.0]]).is_err());
    }
}
