//! Bootstrap against scipy and numpy, coverage by simulation, refusals, threads.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::stats::random::stream;
use rand::RngExt;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

/// y and x of 60 clusters: x = 5 + 3 sin(1.1 i) + i mod 7; y = .4 x + cos(.9 i) + .05 (i mod 5)².
fn sixty() -> Vec<f64> {
    let row = |i: u32| {
        let t = f64::from(i);
        let x = 5.0 + 3.0 * (t * 1.1).sin() + f64::from(i % 7);
        [
            0.4 * x + (t * 0.9).cos() + 0.05 * f64::from(i % 5).powi(2),
            x,
        ]
    };
    (0..60).flat_map(row).collect()
}

fn options(replicates: usize) -> Options {
    Options {
        replicates,
        seed: 11,
        what: 1,
        studentised: true,
    }
}

fn one(sums: &[f64], strata: &[usize], options: &Options) -> Result<Resampled, Refused> {
    let data = ClusterSums {
        sums,
        components: 2,
        strata,
    };
    bootstrap(&data, &[Statistic::ratio(0, 1)], options)?.remove(0)
}

/// `scipy.stats.bootstrap((y, x), ratio, paired=True, n_resamples=99999, rng=default_rng(1))`, scipy 1.17.1: BCa .414845 to .463569,
/// percentile .414768 to .463482, SE .012489. scipy draws n clusters, not n - 1, so its spread is smaller by √(59/60): .8 %. Tolerance .0006 is 2.5 % of
/// half the width, for that and for chance. Linearised SE and acceleration from numpy, exactly.
#[test]
fn agrees_with_scipy() {
    let found = one(&sixty(), &[0; 60], &options(80_000)).unwrap();
    near(found.value, 0.438_285_729_283_921_95, 1e-14);
    near(found.linearised_se, 0.012_529_230_778_972_547, 1e-14);
    near(
        found.acceleration.unwrap(),
        0.002_136_295_610_618_645_4,
        1e-12,
    );
    near(found.se, 0.012_488_9 * (60.0_f64 / 59.0).sqrt(), 0.000_2);
    let bca = found.interval(Method::Bca, 0.95, 0.0).unwrap();
    near(bca.low, 0.414_845, 0.000_6);
    near(bca.high, 0.463_569, 0.000_6);
    let percentile = found.interval(Method::Percentile, 0.95, 0.0).unwrap();
    near(percentile.low, 0.414_768, 0.000_6);
    near(percentile.high, 0.463_482, 0.000_6);
    assert_eq!(found.undefined, 0);
}

/// Strata of 20 and 40 clusters, by hand in numpy 2.4.6 (100,000 replicates of n - 1 clusters, own random numbers): SE .012683, percentile
/// .414339 to .464091, studentised .414136 to .464308. Linearised SE and acceleration exactly.
#[test]
fn agrees_with_numpy_within_strata() {
    let strata: Vec<usize> = (0..60).map(|i| if i < 20 { 9 } else { 4 }).collect();
    let found = one(&sixty(), &strata, &options(80_000)).unwrap();
    near(found.linearised_se, 0.012_625_232_483_005_547, 1e-14);
    near(
        found.acceleration.unwrap(),
        0.002_023_617_523_430_458_4,
        1e-12,
    );
    assert_eq!(found.df, 58.0);
    near(found.se, 0.012_683, 0.000_2);
    let percentile = found.interval(Method::Percentile, 0.95, 0.0).unwrap();
    near(percentile.low, 0.414_339, 0.000_5);
    near(percentile.high, 0.464_091, 0.000_5);
    let studentised = found.interval(Method::Studentised, 0.95, 0.0).unwrap();
    near(studentised.low, 0.414_136, 0.000_5);
    near(studentised.high, 0.464_308, 0.000_5);
}

/// Limits of 999 given replicates r = 1 + .3 sin 1.3j + .05 cos .7j + .0001 j, value 1.02, acceleration .05, by
/// `np.quantile(r, level, method='weibull')` (numpy 2.4.6), BCa levels and p from scipy.stats.norm.
#[test]
fn limits_of_given_replicates() {
    let replicates: Vec<f64> = (1..1000)
        .map(|j| {
            let j = f64::from(j);
            1.0 + 0.3 * (1.3 * j).sin() + 0.05 * (0.7 * j).cos() + 0.000_1 * j
        })
        .collect();
    let t = replicates.iter().map(|r| (r - 1.02) / 0.2).collect();
    let mut of = summarise(Resampled {
        value: 1.02,
        se: f64::NAN,
        linearised_se: 0.21,
        df: 8.0,
        replicates,
        t,
        undefined: 0,
        acceleration: Some(0.05),
    })
    .unwrap();
    let check = |method, low, high, p| {
        let found = of.interval(method, 0.95, 0.8).unwrap();
        near(found.low, low, 1e-8);
        near(found.high, high, 1e-8);
        near(found.p, p, 1e-8);
    };
    check(Method::Percentile, 0.710_013_81, 1.388_387_97, 0.342);
    check(Method::Bca, 0.712_918_73, 1.393_036_21, 0.400_630_543_705);
    let studentised = of.interval(Method::Studentised, 0.95, 0.8).unwrap();
    near(studentised.low, 0.633_192_63, 1e-8);
    near(studentised.high, 1.345_485_5, 1e-7);
    let few = of.interval(Method::Percentile, 0.9999, 0.0).unwrap_err();
    assert_eq!(
        few.reason,
        "999 resamples are too few for an interval at this level"
    );
    of.acceleration = None;
    assert!(of.interval(Method::Bca, 0.95, 0.0).is_err());
}

/// With two clusters by stratum the plain bootstrap would have half the variance of a total: the rescaled one has all of it.
#[test]
fn two_clusters_by_stratum_keep_the_variance() {
    let mut stream = stream(5, 0, 0);
    let sums: Vec<f64> = (0..60).map(|_| stream.random::<f64>()).collect();
    let strata: Vec<usize> = (0..60).map(|i| i / 2).collect();
    let data = ClusterSums {
        sums: &sums,
        components: 1,
        strata: &strata,
    };
    let plain = Options {
        studentised: false,
        ..options(20_000)
    };
    let found = bootstrap(&data, &[Statistic::total(0)], &plain)
        .unwrap()
        .remove(0)
        .unwrap();
    let exact: f64 = sums.chunks(2).map(|p| (p[0] - p[1]).powi(2)).sum();
    near(found.linearised_se, exact.sqrt(), 1e-12);
    near(found.se / exact.sqrt(), 1.0, 0.02);
    let refused = bootstrap(&data, &[Statistic::total(0)], &options(99)).unwrap_err();
    assert_eq!(
        refused.reason,
        "stratum 1 of 30 has two clusters, and a studentised interval needs three"
    );
}

/// A ratio as a function of totals has the same replicates, and its gradient by differences the same standard errors but for 1e-6.
#[test]
fn functions_agree_with_ratios() {
    let sums = sixty();
    let data = ClusterSums {
        sums: &sums,
        components: 2,
        strata: &[0; 60],
    };
    let all = [
        Statistic::ratio(0, 1),
        Statistic::function(vec![1, 0], |t| t[1] / t[0]),
    ];
    let found: Vec<Resampled> = bootstrap(&data, &all, &options(200))
        .unwrap()
        .into_iter()
        .map(Result::unwrap)
        .collect();
    assert_eq!(found[0].replicates, found[1].replicates);
    for (a, b) in found[0].t.iter().zip(&found[1].t) {
        near(a / b, 1.0, 1e-6);
    }
}

#[test]
fn refuses_in_words() {
    let ratio =
        |sums: &[f64], strata: &[usize]| one(sums, strata, &options(999)).unwrap_err().reason;
    let sums = sixty();
    let mut alone = [0; 60];
    alone[7] = 1;
    assert_eq!(
        ratio(&sums, &alone),
        "stratum 2 of 2 has a single cluster, so that nothing shows how much clusters differ"
    );
    assert_eq!(
        ratio(&[1.0, 2.0].repeat(5), &[0; 5]),
        "it is the same in all clusters, so that resampling says nothing about its uncertainty"
    );
    assert_eq!(
        ratio(&[0.0, 0.0].repeat(5), &[0; 5]),
        "it has no value for the data as they are"
    );
    // A denominator in one cluster of 40 only: (39/40)^39 = 37 % of the resamples miss it.
    let mut rare = [0.5, 0.0].repeat(40);
    rare[1] = 3.0;
    let reason = ratio(&rare, &[0; 40]);
    assert!(
        reason.ends_with("of 999 resamples have no value: it rests on few clusters"),
        "{reason}"
    );
    assert_eq!(
        ratio(&[f64::NAN, 1.0, 1.0, 1.0], &[0; 2]),
        "a sum of a cluster is missing or infinite"
    );
    assert_eq!(ratio(&[], &[]), "there are no clusters");
    assert_eq!(
        ratio(&[1.0, 2.0, 3.0], &[0; 2]),
        "3 sums are not 2 clusters of 2 components"
    );
}

#[test]
fn threads_change_nothing() {
    let sums = sixty();
    let strata: Vec<usize> = (0..60).map(|i| i % 3).collect();
    let bits = |threads| -> Vec<u64> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        let found = pool.install(|| one(&sums, &strata, &options(999))).unwrap();
        found
            .replicates
            .iter()
            .chain(&found.t)
            .chain([&found.se])
            .map(|x| x.to_bits())
            .collect()
    };
    assert_eq!(bits(1), bits(2));
}

/// Shares of simulated samples whose interval holds the truth, by method. A ratio with a skewed numerator, `clusters` of unequal size.
pub(super) fn coverage(clusters: usize, samples: u64, replicates: usize) -> [f64; 3] {
    let strata = vec![0; clusters];
    let mut hits = [0.0; 3];
    for sample in 0..samples {
        let mut stream = stream(2024, 7, sample);
        let mut sums = Vec::new();
        for _ in 0..clusters {
            let size = 10.0 + 20.0 * stream.random::<f64>();
            // An exponential cluster rate with mean .5: the ratio's truth.
            let rate = -0.5 * (1.0 - stream.random::<f64>()).ln();
            sums.extend([size * rate, size]);
        }
        let found = one(
            &sums,
            &strata,
            &Options {
                replicates,
                seed: sample,
                what: 3,
                studentised: true,
            },
        )
        .unwrap();
        for (hits, method) in
            hits.iter_mut()
                .zip([Method::Percentile, Method::Bca, Method::Studentised])
        {
            let i = found.interval(method, 0.95, 0.0).unwrap();
            *hits += f64::from(u8::from(i.low <= 0.5 && 0.5 <= i.high));
        }
    }
    hits.map(|h| h / samples as f64)
}

/// 95 % intervals of a ratio, 40 clusters, exponential cluster rates, 400 samples: within 3.5 standard errors (.011) of the long run of
/// 20,000 samples by 1,999 replicates: percentile .926, BCa .932, studentised .948
/// (with 10 clusters: .874, .888, .944).
#[test]
fn intervals_cover() {
    let found = coverage(40, 400, 999);
    for (found, expected) in found.into_iter().zip([0.926, 0.932, 0.948]) {
        near(found, expected, 0.038);
    }
}
