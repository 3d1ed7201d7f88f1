//! Variance by Taylor linearisation: a statistic is replaced by the sum of what each cluster changes in it.
//!
//! Variance: sum over strata h of (1 - n_h / N_h) n_h / (n_h - 1) times the sum over the n_h clusters drawn of (z_i - mean z)
//! squared, where z_i is the derivative of the statistic along the cluster's sums (Woodruff 1971, "A simple method for
//! approximating the variance of a complicated estimate"; Binder 1983; Wolter 2007, ch. 6). A cluster drawn without a row in the
//! domain has z = 0 and counts in n_h.
//!
//! It agrees with the jackknife to first order: exactly for a total, closely for ratios of many clusters. With few clusters of very
//! unequal size linearisation is the smaller of the two and tends to be too small, which is why the jackknife is the default.

use super::sample::{Estimated, Sample, Statistic, Stratum, add, estimated, undefined};
use crate::stats::Refused;

/// Rounding of sums, relative to the value.
const ROUNDING: f64 = 1e-14;
/// Rounding of numerical derivatives, relative to the value.
const DIFFERENCES: f64 = 1e-10;

/// What is estimated from component totals.
#[derive(Clone, Copy)]
pub enum Of<'a> {
    /// The total of a component; the gradient is analytic.
    Total(usize),
    /// The ratio of two components (a mean or share where the denominator is the sum of weights); the gradient is analytic:
    /// z_i = (numerator_i - ratio denominator_i) / denominator.
    Ratio(usize, usize),
    /// Any smooth function of totals; derivatives are numerical.
    ///
    /// z_i is the derivative of the statistic in the weight of cluster i, by a five-point difference (error of fourth order in the
    /// step). Changing the weight of a whole cluster keeps sums that belong together consistent, where changing one component at a
    /// time could make a variance negative. The step is a thousandth of the total, but at most half the cluster.
    Smooth(Statistic<'a>),
}

/// Units drawn within clusters, with a row in the domain.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Units {
    /// Of clusters whose units tell something: units drawn (those without a row in the domain too), what the variance between them is
    /// multiplied by (share of the clusters that were drawn, times the share of the cluster's units that was not), and whether nothing
    /// else tells the error of their stratum.
    pub clusters: Vec<(f64, f64, bool)>,
    /// The units.
    pub units: Vec<Unit>,
}

/// A unit of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Index of its cluster among [`Units::clusters`].
    pub cluster: usize,
    /// Weighted sums of its rows, by component.
    pub totals: Vec<f64>,
}

/// Total of a component.
///
/// # Errors
/// See [`Design::by_stratum`](super::sample::Design::by_stratum); the value does not vary; too few clusters.
pub fn total(sample: &Sample<'_>, component: usize, confidence: f64) -> Result<Estimated, Refused> {
    in_stages(sample, &Units::default(), Of::Total(component), confidence)
}

/// Ratio of two components.
///
/// # Errors
/// See [`Design::by_stratum`](super::sample::Design::by_stratum); the denominator is 0; the value does not vary; too few clusters.
pub fn ratio(
    sample: &Sample<'_>,
    numerator: usize,
    denominator: usize,
    confidence: f64,
) -> Result<Estimated, Refused> {
    let of = Of::Ratio(numerator, denominator);
    in_stages(sample, &Units::default(), of, confidence)
}

/// Any smooth function of component totals.
///
/// # Errors
/// See [`Design::by_stratum`](super::sample::Design::by_stratum); the value is undefined; it does not vary; too few clusters.
pub fn smooth(
    sample: &Sample<'_>,
    statistic: Statistic<'_>,
    confidence: f64,
) -> Result<Estimated, Refused> {
    in_stages(sample, &Units::default(), Of::Smooth(statistic), confidence)
}

/// An estimate whose units were drawn within clusters: to the variance between clusters comes, of each cluster, f1 (1 - f2) m / (m - 1)
/// times the sum over its m units of (z_ij - mean z_i) squared (Cochran 1977, "Sampling Techniques", section 10.3; Sarndal, Swensson
/// & Wretman 1992, section 4.3).
///
/// # Errors
/// As for the others.
pub fn in_stages(
    sample: &Sample<'_>,
    units: &Units,
    of: Of<'_>,
    confidence: f64,
) -> Result<Estimated, Refused> {
    let whole = sample.whole();
    let value = match of {
        Of::Total(component) => whole[component],
        Of::Ratio(top, bottom) => whole[top] / whole[bottom],
        Of::Smooth(statistic) => defined(statistic, &whole)?,
    };
    if !value.is_finite() {
        return Err(undefined());
    }
    let mut sizes = vec![0.0; sample.components];
    if matches!(of, Of::Smooth(_)) {
        for at in 0..sample.strata.len() {
            let magnitudes: Vec<f64> = sample.cluster(at).iter().map(|x| x.abs()).collect();
            add(&mut sizes, &magnitudes, 1.0);
        }
    }
    let influence = |sums: &[f64]| -> Result<f64, Refused> {
        match of {
            Of::Total(component) => Ok(sums[component]),
            Of::Ratio(top, bottom) => Ok((sums[top] - value * sums[bottom]) / whole[bottom]),
            Of::Smooth(statistic) => derivative(statistic, &whole, &sizes, sums),
        }
    };
    let clusters = 0..sample.strata.len();
    let each: Vec<f64> = clusters
        .map(|at| influence(sample.cluster(at)))
        .collect::<Result<_, _>>()?;
    let strata = sample.by_stratum()?;
    let mut variance: f64 = strata.iter().map(|s| between(s, &each)).sum();
    let mut sums = vec![(0.0, 0.0, 0.0); units.clusters.len()];
    for unit in &units.units {
        let z = influence(&unit.totals)?;
        let (sum, squares, count) = &mut sums[unit.cluster];
        (*sum, *squares, *count) = (*sum + z, *squares + z * z, *count + 1.0);
    }
    let mut df = 0.0;
    for ((drawn, factor, alone), (sum, squares, count)) in units.clusters.iter().zip(sums) {
        let spread: f64 = squares - sum * sum / drawn;
        variance += factor * drawn / (drawn - 1.0) * spread.max(0.0);
        df += if *alone {
            (count - 1.0_f64).max(0.0)
        } else {
            0.0
        };
    }
    let noise = match of {
        Of::Smooth(_) => DIFFERENCES,
        _ => ROUNDING,
    };
    estimated(value, variance, (&strata, df), noise, confidence)
}

/// Derivative of a statistic in the weight of some sums.
fn derivative(
    statistic: Statistic<'_>,
    whole: &[f64],
    sizes: &[f64],
    sums: &[f64],
) -> Result<f64, Refused> {
    let share = sums
        .iter()
        .zip(sizes)
        .filter(|(_, size)| **size > 0.0)
        .map(|(x, size)| x.abs() / size)
        .fold(0.0, f64::max);
    if share == 0.0 {
        return Ok(0.0);
    }
    let step = (1e-3 / share).min(0.5) / 2.0;
    let with = |times: f64| {
        let mut changed = whole.to_vec();
        add(&mut changed, sums, times * step);
        defined(statistic, &changed)
    };
    let (near, far) = (with(1.0)? - with(-1.0)?, with(2.0)? - with(-2.0)?);
    Ok((8.0 * near - far) / (12.0 * step))
}

fn defined(statistic: Statistic<'_>, totals: &[f64]) -> Result<f64, Refused> {
    statistic(totals)
        .filter(|v| v.is_finite())
        .ok_or_else(undefined)
}

fn between(stratum: &Stratum, influence: &[f64]) -> f64 {
    if stratum.correction == 0.0 {
        return 0.0;
    }
    let n = stratum.size;
    if n < 2.0 {
        return 0.0;
    }
    let inside = || stratum.inside.iter().map(|at| influence[*at]);
    let mean = inside().sum::<f64>() / n;
    let squares =
        inside().map(|z| (z - mean).powi(2)).sum::<f64>() + stratum.outside() * mean * mean;
    stratum.correction * n / (n - 1.0) * squares
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::cases::{eight, near, own, schools};
    use super::*;

    fn mean_error(owned: &super::super::cases::Owned, y: usize) -> (f64, f64, f64) {
        let i = ratio(&owned.sample(), y, 0, 0.95).unwrap().inference;
        (i.value, i.se, i.df)
    }

    /// Published: mean 5.4481, SE .7413; .616 with finite population correction.
    #[test]
    fn strata_and_finite_population() {
        let (mean, se, df) = mean_error(&eight(false), 1);
        assert!((mean - 5.4481).abs() < 5e-5 && (se - 0.7413).abs() < 5e-5 && df == 6.0);
        let (_, se, _) = mean_error(&eight(true), 1);
        assert!((se - 0.616).abs() < 5e-4);
    }

    /// Published with R's survey package: mean api00 644.17 (23.54). All digits: R 4.2, survey 4.1.1, 1e-9.
    #[test]
    fn clusters_of_schools() {
        let (mean, se, df) = mean_error(&schools(true, false), 1);
        near(mean, 644.169_398_907_104, 1e-12);
        near(se, 23.542_240_693_8, 1e-9);
        assert!(df == 14.0);
        near(
            mean_error(&schools(false, false), 1).1,
            23.779_010_720_9,
            1e-9,
        );
        // svyratio(~api.stu, ~enroll) and confint(df=14).
        let pupils = schools(true, false);
        let tested = ratio(&pupils.sample(), 6, 7, 0.95).unwrap().inference;
        near(tested.value, 0.849_708_741_724_49, 1e-12);
        near(tested.se, 0.008_386_297_169_39, 1e-9);
        let free = schools(false, false);
        let tested = ratio(&free.sample(), 6, 7, 0.95).unwrap().inference;
        near(tested.low, 0.831_541_025_396, 1e-9);
        near(tested.high, 0.867_876_458_053, 1e-9);
        // svytotal(~enroll).
        let enrolled = total(&pupils.sample(), 7, 0.95).unwrap().inference;
        near(enrolled.value, 3_404_940.134_529, 1e-9);
        near(enrolled.se, 932_235.027_041, 1e-9);
    }

    /// High schools, which 8 of the 15 clusters have: survey 4.1.1, svymean(~api00, subset(d, stype=="H")), degf 7.
    #[test]
    fn clusters_without_a_row_in_the_domain_count() {
        for (correct, expected) in [(false, 38.402_628_232_7), (true, 38.020_249_359_4)] {
            let owned = schools(correct, true);
            let high = ratio(&owned.sample(), 5, 4, 0.95).unwrap();
            near(high.inference.value, 618.571_428_571_4, 1e-12);
            near(high.inference.se, expected, 1e-9);
            assert!(high.inference.df == 7.0 && high.clusters == 8 && high.strata == 1);
        }
    }

    /// survey 4.1.1: svymean, svymean of a subset, the same with fpc 20, 4, 9 (a complete stratum), svyratio(~y, ~I(1+age)).
    #[test]
    fn strata_of_clusters_of_rows() {
        let (mean, se, df) = mean_error(&own(|_| true), 1);
        near(mean, 7.600_446_428_571_4, 1e-12);
        near(se, 0.339_713_506_917_5, 1e-11);
        assert!(df == 9.0);
        let mut corrected = own(|_| true);
        corrected.population = Some(vec![20.0, 4.0, 9.0]);
        let (_, se, df) = mean_error(&corrected, 1);
        near(se, 0.281_974_042_826_9, 1e-11);
        // The complete stratum has no say in the variance, and none in its degrees of freedom.
        assert!(df == 6.0);
        let (mean, se, df) = mean_error(&own(|r| r.age == 2 && r.cluster != 3), 1);
        near(mean, 7.559_782_608_695_7, 1e-12);
        near(se, 0.686_546_743_604_7, 1e-11);
        assert!(df == 3.0);
        let i = ratio(&own(|_| true).sample(), 1, 3, 0.95)
            .unwrap()
            .inference;
        near(i.value, 4.365_384_615_384_6, 1e-12);
        near(i.se, 0.261_278_287_417_2, 1e-11);
    }

    /// Numerical derivatives agree with analytic ones, and with survey 4.1.1 on a variance: svyvar(~y, s).
    #[test]
    fn any_smooth_function() {
        for owned in [own(|_| true), own(|r| r.age == 2), schools(true, false)] {
            let analytic = ratio(&owned.sample(), 1, 0, 0.95).unwrap();
            let numerical = smooth(&owned.sample(), &|t| Some(t[1] / t[0]), 0.95).unwrap();
            near(numerical.inference.se, analytic.inference.se, 1e-10);
            assert!(numerical.inference.df == analytic.inference.df);
        }
        let spread = |t: &[f64]| Some((t[2] / t[0] - (t[1] / t[0]).powi(2)) * 48.0 / 47.0);
        let i = smooth(&own(|_| true).sample(), &spread, 0.95)
            .unwrap()
            .inference;
        near(i.value, 9.282_628_975_792, 1e-12);
        near(i.se, 1.451_468_064_944, 1e-10);
        // A standard deviation that is tiny beside the mean: derivatives stay in the domain.
        let far = 1e4;
        let spread = |t: &[f64]| {
            let (mean, second) = (
                t[1] / t[0] + far,
                t[2] / t[0] + 2.0 * far * t[1] / t[0] + far * far,
            );
            Some((second - mean * mean).sqrt())
        };
        let near_zero = |t: &[f64]| Some((t[2] / t[0] - (t[1] / t[0]).powi(2)).sqrt());
        let a = smooth(&own(|_| true).sample(), &spread, 0.95)
            .unwrap()
            .inference;
        let b = smooth(&own(|_| true).sample(), &near_zero, 0.95)
            .unwrap()
            .inference;
        near(a.se, b.se, 1e-5);
    }

    fn refused(owned: &super::super::cases::Owned) -> Refused {
        ratio(&owned.sample(), 1, 0, 0.95).unwrap_err()
    }

    #[test]
    fn refused_in_words() {
        let mut owned = own(|_| true);
        owned.sizes = vec![4, 4, 3];
        assert_eq!(
            refused(&owned).reason,
            "stratum 3 has 4 clusters with rows but a size of 3"
        );
        let mut owned = eight(false);
        owned.strata = vec![0, 0, 0, 0, 0, 0, 0, 1];
        owned.sizes = vec![7, 1];
        let single = refused(&owned);
        assert_eq!(
            single.reason,
            "stratum 2 has a single cluster, so its sampling error can't be estimated"
        );
        assert!(single.help.contains("Merge") && single.help.contains("certainty"));
        // One of one: it was drawn with certainty.
        owned.population = Some(vec![70.0, 1.0]);
        let certain = ratio(&owned.sample(), 1, 0, 0.95).unwrap();
        assert!(certain.inference.df == 6.0 && certain.strata == 2);
        owned.population = Some(vec![7.0, 1.0]);
        assert!(
            refused(&owned)
                .reason
                .starts_with("all clusters of the population")
        );
        owned.population = Some(vec![6.0, 1.0]);
        assert!(
            refused(&owned)
                .reason
                .contains("7 clusters in the sample but 6 in the population")
        );
        let mut owned = eight(false);
        (0..8).for_each(|at| owned.totals[2 * at + 1] = 0.1 * owned.totals[2 * at]);
        assert!(
            refused(&owned)
                .reason
                .starts_with("the value does not vary")
        );
        let constant = smooth(&owned.sample(), &|t| Some(t[1] / t[0]), 0.95).unwrap_err();
        assert!(constant.reason.starts_with("the value does not vary"));
        (0..8).for_each(|at| owned.totals[2 * at] = 0.0);
        assert!(refused(&owned).reason.starts_with("the value is undefined"));
        let mut one = eight(false);
        (one.sizes, one.strata, one.totals) = (vec![5, 3], vec![0], vec![3.0, 8.0]);
        assert!(
            total(&one.sample(), 1, 0.95)
                .unwrap_err()
                .reason
                .starts_with("there are too few")
        );
        (one.strata, one.totals) = (vec![], vec![]);
        assert!(refused(&one).reason.starts_with("the value is undefined"));
    }
}
