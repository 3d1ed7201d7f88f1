//! Variance by leaving out one cluster at a time within strata (JKn; JK1 where there is one stratum).
//!
//! Variance: sum over strata h of (1 - n_h / N_h) (n_h - 1) / n_h times the sum over its clusters of (estimate without the
//! cluster, the others of the stratum weighted up by n_h / (n_h - 1), less the full estimate) squared (Rust & Rao 1996,
//! "Variance estimation for complex surveys using replication techniques"; Wolter 2007, ch. 4).

use super::sample::{Estimated, Sample, Statistic, Stratum, add, estimated, undefined};
use crate::stats::Refused;

/// Any function of component totals whose parts add up over clusters.
///
/// # Errors
/// See [`Design::by_stratum`](super::sample::Design::by_stratum); the value is undefined, or is without some
/// cluster; it does not vary; too few clusters.
pub fn jackknife(
    sample: &Sample<'_>,
    statistic: Statistic<'_>,
    confidence: f64,
) -> Result<Estimated, Refused> {
    let strata = sample.by_stratum()?;
    let whole = sample.whole();
    let value = statistic(&whole)
        .filter(|v| v.is_finite())
        .ok_or_else(undefined)?;
    let mut variance = 0.0;
    for stratum in strata.iter().filter(|s| s.correction > 0.0) {
        let mut own = vec![0.0; sample.components];
        for at in &stratum.inside {
            add(&mut own, sample.cluster(*at), 1.0);
        }
        let without = |cluster: Option<usize>| {
            let mut totals = whole.clone();
            add(&mut totals, &own, 1.0 / (stratum.size - 1.0));
            if let Some(at) = cluster {
                let times = -stratum.size / (stratum.size - 1.0);
                add(&mut totals, sample.cluster(at), times);
            }
            statistic(&totals)
                .filter(|v| v.is_finite())
                .ok_or_else(undefined_without)
        };
        let each: Result<Vec<f64>, Refused> =
            stratum.inside.iter().map(|at| without(Some(*at))).collect();
        let outside = (stratum.outside() > 0.0).then(|| without(None));
        variance += spread(stratum, value, &each?, outside.transpose()?);
    }
    estimated(value, variance, (&strata, 0.0), 1e-14, confidence)
}

/// A stratum's part of the variance, from the estimate without each of its clusters with a row in the domain. Every other cluster
/// drawn gives the same replicate, `outside`.
pub(super) fn spread(stratum: &Stratum, value: f64, each: &[f64], outside: Option<f64>) -> f64 {
    let square = |replicate: f64| (replicate - value).powi(2);
    let squares = each.iter().map(|r| square(*r)).sum::<f64>()
        + outside.map_or(0.0, |r| stratum.outside() * square(r));
    stratum.correction * (stratum.size - 1.0) / stratum.size * squares
}

pub(super) fn undefined_without() -> Refused {
    Refused::new(
        "the value is undefined when one cluster is left out, so its sampling error can't be estimated",
        "Use linearisation, or a larger group.",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::cases::{eight, near, own, schools};
    use super::*;

    fn mean(owned: &super::super::cases::Owned) -> Estimated {
        jackknife(&owned.sample(), &|t| Some(t[1] / t[0]), 0.95).unwrap()
    }

    /// Published: mean 5.4481, SE .7413; .616 with finite population correction. Weights are equal within strata and clusters of
    /// one size, where the jackknife is linearisation.
    #[test]
    fn strata_and_finite_population() {
        let i = mean(&eight(false)).inference;
        assert!((i.value - 5.4481).abs() < 5e-5 && (i.se - 0.7413).abs() < 5e-5 && i.df == 6.0);
        assert!((mean(&eight(true)).inference.se - 0.616).abs() < 5e-4);
    }

    /// survey 4.1.1: as.svrepdesign(s, type="JKn", mse=TRUE), svymean of all and of a subset; JK1 of the schools.
    #[test]
    fn as_in_r() {
        near(
            mean(&own(|_| true)).inference.se,
            0.339_474_692_017_3,
            1e-11,
        );
        let part = mean(&own(|r| r.age == 2 && r.cluster != 3));
        near(part.inference.se, 0.744_332_599_163_5, 1e-11);
        assert!(part.inference.df == 3.0 && part.clusters == 6);
        // One stratum is JK1: as.svrepdesign(d0, mse=TRUE) of the schools.
        near(
            mean(&schools(false, false)).inference.se,
            26.599_713_722_1,
            1e-9,
        );
    }

    #[test]
    fn undefined_without_a_cluster() {
        let mut owned = eight(false);
        (1..8).for_each(|at| owned.totals[2 * at] = 0.0);
        let refused = jackknife(&owned.sample(), &|t| Some(t[1] / t[0]), 0.95).unwrap_err();
        assert!(
            refused
                .reason
                .starts_with("the value is undefined when one cluster is left out")
        );
    }
}
