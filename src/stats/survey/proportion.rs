//! Intervals of proportions, from simple and from complex samples.
//!
//! | interval | for what |
//! |---|---|
//! | [`wilson`] | the default: covers near the level for any share, also 0 of n and n of n (Newcombe 1998; Brown, Cai & DasGupta 2001) |
//! | [`clopper_pearson`] | where it must not cover less than the level (in a simple sample it never does); wider |
//! | [`logit`] | where the software that a result is compared with uses it; never for shares of 0 or 1 |
//!
//! The usual value plus and minus t times the standard error leaves 0 to 1, is too short near the ends, and has no width at 0 of n.
//!
//! Measured with 15 clusters of 20 rows and an intra-cluster correlation of .05, nominal level 95 %
//! (`coverage_with_15_clusters`):
//!
//! | true share | Wilson | Clopper-Pearson | logit | plus and minus t |
//! |---|---|---|---|---|
//! | .02 | 97.6 % | 99.5 % | 96.5 % | 87.7 % |
//! | .1 | 94.5 % | 95.5 % | 94.5 % | 93.6 % |
//! | .5 | 95.5 % | 96.0 % | 95.6 % | 95.3 % |
//!
//! From a complex sample, put in the effective number of rows in place of n (Korn & Graubard 1998, "Confidence intervals for
//! proportions with small expected number of positive counts estimated from survey data"; Dean & Pagano 2015 for Wilson): a
//! [`effective_rows`] from the estimated variance, or [`effective_rows_by_deff`] with a design effect where the variance is 0.

use crate::stats::Refused;
use crate::stats::distribution::{beta_quantile, normal_quantile, t_quantile};

/// Lower and upper bound of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Wilson's score interval (1927), without continuity correction, of a share among `rows` (effective rows: any number above 0).
///
/// # Errors
/// No rows; a share outside 0 to 1.
pub fn wilson(share: f64, rows: f64, confidence: f64) -> Result<Bounds, Refused> {
    checked(share, rows)?;
    let z = normal_quantile(f64::midpoint(1.0, confidence));
    let below = 1.0 + z * z / rows;
    let centre = (share + z * z / (2.0 * rows)) / below;
    let half = z / below * (share * (1.0 - share) / rows + z * z / (4.0 * rows * rows)).sqrt();
    // At the ends the bound is the share itself, but for rounding.
    Ok(Bounds {
        low: if share == 0.0 {
            0.0
        } else {
            (centre - half).max(0.0)
        },
        high: if share == 1.0 {
            1.0
        } else {
            (centre + half).min(1.0)
        },
    })
}

/// The interval of Clopper & Pearson (1934) by beta quantiles; with effective rows that of Korn & Graubard (1998).
///
/// # Errors
/// No rows; a share outside 0 to 1.
pub fn clopper_pearson(share: f64, rows: f64, confidence: f64) -> Result<Bounds, Refused> {
    checked(share, rows)?;
    let tail = (1.0 - confidence) / 2.0;
    let (hits, others) = (rows * share, rows * (1.0 - share));
    Ok(Bounds {
        low: if share == 0.0 {
            0.0
        } else {
            beta_quantile(tail, hits, others + 1.0)
        },
        high: if share == 1.0 {
            1.0
        } else {
            beta_quantile(1.0 - tail, hits + 1.0, others)
        },
    })
}

/// The symmetrical interval of log(p / (1 - p)) by t, taken back.
///
/// # Errors
/// A share of 0 or 1, where the logit is infinite; no standard error; fewer than one degree of freedom.
pub fn logit(share: f64, se: f64, df: f64, confidence: f64) -> Result<Bounds, Refused> {
    let varies = share > 0.0 && share < 1.0 && se > 0.0 && se.is_finite();
    let t = t_quantile(f64::midpoint(1.0, confidence), df);
    if !varies || t.is_nan() || df < 1.0 {
        return Err(Refused::new(
            "the logit interval needs a share between 0 and 1 that varies between clusters",
            "Use Wilson's interval.",
        ));
    }
    let centre = (share / (1.0 - share)).ln();
    let half = t * se / (share * (1.0 - share));
    let back = |x: f64| 1.0 / (1.0 + (-x).exp());
    Ok(Bounds {
        low: back(centre - half),
        high: back(centre + half),
    })
}

/// Effective number of rows behind a share with a standard error under the design: share (1 - share) / se^2, times the squared
/// ratio of the t quantiles with `rows` - 1 and with the design's degrees of freedom (Korn & Graubard 1998), and
/// no more than `rows` (a design effect below 1 is more often an accident than a gain; Parker et al. 2017, "National Center for
/// Health Statistics data presentation standards for proportions").
///
/// # Errors
/// A share of 0 or 1, or one that doesn't vary; fewer than two rows or one degree of freedom.
pub fn effective_rows(
    share: f64,
    se: f64,
    rows: f64,
    df: f64,
    confidence: f64,
) -> Result<f64, Refused> {
    let effective = share * (1.0 - share) / (se * se);
    if !(effective.is_finite() && effective > 0.0) {
        return Err(Refused::new(
            "the share does not vary between clusters, so the data can't tell the design effect",
            "Assume one: that of a related indicator, or of the weights and a likely likeness within clusters.",
        ));
    }
    adjusted(effective, rows, df, confidence)
}

/// The same from a design effect: for shares of 0 and 1, with that of a related indicator, or an
/// [assumed](super::design_effect::assumed) one.
///
/// # Errors
/// A design effect that is not above 0; fewer than two rows or one degree of freedom.
pub fn effective_rows_by_deff(
    rows: f64,
    deff: f64,
    df: f64,
    confidence: f64,
) -> Result<f64, Refused> {
    if !(deff > 0.0 && deff.is_finite()) {
        return Err(Refused::new(
            "the design effect is not above 0",
            "Give a design effect of 1 or more.",
        ));
    }
    adjusted(rows / deff, rows, df, confidence)
}

fn adjusted(effective: f64, rows: f64, df: f64, confidence: f64) -> Result<f64, Refused> {
    if rows < 2.0 || df < 1.0 {
        return Err(Refused::new(
            "there are too few rows or clusters to estimate the sampling error",
            "At least one stratum needs two clusters with rows here; merge groups or strata.",
        ));
    }
    let p = f64::midpoint(1.0, confidence);
    let ratio = t_quantile(p, rows - 1.0) / t_quantile(p, df);
    Ok((effective * ratio * ratio).min(rows))
}

fn checked(share: f64, rows: f64) -> Result<(), Refused> {
    if !(rows > 0.0 && rows.is_finite()) {
        return Err(Refused::new(
            "there are no rows",
            "Choose a group with rows.",
        ));
    }
    if !(0.0..=1.0).contains(&share) {
        return Err(Refused::new(
            format!("{share} is not a share between 0 and 1"),
            "Use the interval of a ratio.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::cases::{near, schools};
    use super::super::design_effect::assumed;
    use super::super::linearisation::ratio;
    use super::*;
    use crate::stats::random::stream;
    use rand::RngExt;

    /// Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, methods 3 and 5, to his four places
    /// (15 of 148 has .0624 and .1605; .0578 and .1617, and so on).
    #[test]
    fn published_by_newcombe() {
        let table = [
            (81.0, 263.0, [0.2553, 0.3662], [0.2527, 0.3676]),
            (15.0, 148.0, [0.0624, 0.1605], [0.0578, 0.1617]),
            (0.0, 20.0, [0.0, 0.1611], [0.0, 0.1684]),
            (1.0, 29.0, [0.0061, 0.1718], [0.0009, 0.1776]),
        ];
        for (hits, rows, score, exact) in table {
            let pairs = [
                (wilson(hits / rows, rows, 0.95), score),
                (clopper_pearson(hits / rows, rows, 0.95), exact),
            ];
            for (found, [low, high]) in pairs {
                let found = found.unwrap();
                assert!((found.low - low).abs() <= 5.1e-5, "{found:?} {low}");
                assert!((found.high - high).abs() <= 5.1e-5, "{found:?} {high}");
            }
        }
    }

    /// scipy 1.17.1: `binomtest(k, n).proportion_ci(.95, "wilson")`, "exact", and exact at .9; within 1e-8.
    #[test]
    fn as_in_scipy() {
        let cases = [
            (
                81.0,
                263.0,
                [0.255_288_519_878_274_2, 0.366_209_576_982_800_04],
                [0.252_736_745_585_042_67, 0.367_621_922_601_347_46],
                0.261_055_746_009_061_95,
            ),
            (
                15.0,
                148.0,
                [0.062_386_399_530_736_29, 0.160_487_241_723_308_03],
                [0.057_844_010_083_448_01, 0.161_650_490_349_478_95],
                0.063_518_448_819_350_93,
            ),
            (
                0.0,
                20.0,
                [0.0, 0.161_125_158_052_819_35],
                [0.0, 0.168_433_470_983_085_48],
                0.0,
            ),
            (
                1.0,
                29.0,
                [0.006_113_214_292_762_667, 0.171_755_218_793_202_82],
                [0.000_872_646_883_597_107_2, 0.177_644_295_488_414_65],
                0.001_767_171_000_549_539_3,
            ),
            (
                29.0,
                29.0,
                [0.883_030_201_500_259_2, 1.0],
                [0.880_555_130_930_278_8, 1.0],
                0.901_855_372_322_704_3,
            ),
            (
                7.0,
                7.0,
                [0.645_669_564_933_312_6, 1.0],
                [0.590_383_602_774_951_4, 1.0],
                0.651_836_344_868_839_1,
            ),
        ];
        for (hits, rows, score, exact, low_90) in cases {
            let w = wilson(hits / rows, rows, 0.95).unwrap();
            let c = clopper_pearson(hits / rows, rows, 0.95).unwrap();
            let c90 = clopper_pearson(hits / rows, rows, 0.9).unwrap();
            for (a, b) in [
                (w.low, score[0]),
                (w.high, score[1]),
                (c.low, exact[0]),
                (c.high, exact[1]),
                (c90.low, low_90),
            ] {
                assert!((a - b).abs() < 1e-8, "{a} {b}");
            }
        }
    }

    /// survey 4.1.1: svyciprop(~I(stype=="H"), d, method="beta") and "logit", 14 of 183 schools in 15 clusters.
    #[test]
    fn complex_sample_as_in_r() {
        let owned = schools(false, false);
        let i = ratio(&owned.sample(), 4, 0, 0.95).unwrap().inference;
        near(i.se, 0.027_079_855_929_2, 1e-10);
        let rows = effective_rows(i.value, i.se, 183.0, i.df, 0.95).unwrap();
        let exact = clopper_pearson(i.value, rows, 0.95).unwrap();
        near(exact.low, 0.029_283_521_653_8, 1e-7);
        near(exact.high, 0.157_058_498_761_5, 1e-7);
        let logit = logit(i.value, i.se, i.df, 0.95).unwrap();
        near(logit.low, 0.035_130_315_599_1, 1e-9);
        near(logit.high, 0.158_590_350_955_6, 1e-9);
        // A design effect below 1 counts as no gain: the share that met the target has .70.
        let i = ratio(&owned.sample(), 3, 0, 0.95).unwrap().inference;
        assert!(effective_rows(i.value, i.se, 183.0, i.df, 0.95).unwrap() == 183.0);
    }

    #[test]
    fn refused_in_words() {
        assert!(wilson(0.5, 0.0, 0.95).is_err() && clopper_pearson(0.5, f64::NAN, 0.95).is_err());
        assert!(
            wilson(1.2, 10.0, 0.95)
                .unwrap_err()
                .reason
                .contains("1.2 is not a share")
        );
        assert!(
            logit(0.0, 0.0, 10.0, 0.95)
                .unwrap_err()
                .help
                .contains("Wilson")
        );
        assert!(logit(0.5, 0.1, 0.0, 0.95).is_err());
        let flat = effective_rows(1.0, 0.0, 20.0, 5.0, 0.95).unwrap_err();
        assert!(flat.reason.contains("does not vary"));
        assert!(effective_rows_by_deff(20.0, 0.0, 5.0, 0.95).is_err());
        assert!(effective_rows_by_deff(20.0, 2.0, 0.0, 0.95).is_err());
        assert!(effective_rows_by_deff(20.0, 2.0, 5.0, 0.95).unwrap() < 10.0);
    }

    /// Coverage at 15 clusters of 20 rows, intra-cluster correlation .05 (beta-binomial by Polya's urn), where the
    /// variance is estimated or, at 0 of n, the design effect is assumed from the true correlation.
    #[test]
    fn coverage_with_15_clusters() {
        let (clusters, rows, icc, repetitions) = (15_usize, 20_usize, 0.05, 2_000_u64);
        let n = (clusters * rows) as f64;
        let mut found = vec![];
        for (at, share) in [0.02, 0.1, 0.5].into_iter().enumerate() {
            let (a, b) = (share * (1.0 / icc - 1.0), (1.0 - share) * (1.0 / icc - 1.0));
            let mut covered = [0_u32; 4];
            for repetition in 0..repetitions {
                let mut random = stream(4, at as u64, repetition);
                let mut hits = vec![0.0; clusters];
                for hit in &mut hits {
                    for drawn in 0..rows {
                        let chance = (a + *hit) / (a + b + drawn as f64);
                        *hit += f64::from(u8::from(random.random::<f64>() < chance));
                    }
                }
                let p = hits.iter().sum::<f64>() / n;
                let size = rows as f64;
                let squares: f64 = hits.iter().map(|h| (h / size - p).powi(2)).sum();
                let k = clusters as f64;
                let (se, df) = ((squares / (k * (k - 1.0))).sqrt(), k - 1.0);
                let effective = effective_rows(p, se, n, df, 0.95).unwrap_or_else(|_| {
                    let deff = assumed(1.0, &vec![size; clusters], icc);
                    effective_rows_by_deff(n, deff, df, 0.95).unwrap()
                });
                let half = t_quantile(0.975, df) * se;
                let bounds = [
                    Some(wilson(p, effective, 0.95).unwrap()),
                    Some(clopper_pearson(p, effective, 0.95).unwrap()),
                    logit(p, se, df, 0.95).ok(),
                    Some(Bounds {
                        low: p - half,
                        high: p + half,
                    }),
                ];
                for (count, bounds) in covered.iter_mut().zip(bounds) {
                    *count += u32::from(bounds.is_some_and(|b| b.low <= share && share <= b.high));
                }
            }
            found.push(covered.map(|c| f64::from(c) / repetitions as f64));
        }
        // Plain intervals miss where shares are small; the others don't, and Clopper-Pearson's is the cautious one.
        let expected = [
            [0.976, 0.995, 0.965, 0.877],
            [0.945, 0.955, 0.945, 0.936],
            [0.955, 0.960, 0.956, 0.953],
        ];
        for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
            assert!((found - expected).abs() < 0.002, "{found} {expected}");
        }
    }
}
