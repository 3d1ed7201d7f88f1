//! Randomisation inference against Gerber & Green, scipy and full refits in numpy; size by simulation, refusals, threads.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use rand::RngExt;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

fn options(draws: usize) -> Options {
    Options {
        draws,
        null: 0.0,
        confidence: 0.95,
        seed: 3,
        what: 1,
    }
}

fn simple<'a>(outcome: &'a [f64], treated: &'a [bool]) -> Experiment<'a> {
    Experiment {
        outcome,
        treated,
        weights: None,
        units: None,
        strata: None,
    }
}

/// Gerber & Green (2012), table 2.2 and section 3.1: difference 6.5, 21 assignments, two-sided p 8/21, upper 5/21.
#[test]
fn gerber_and_green() {
    let treated = [true, false, false, false, false, false, true];
    let outcome = [15.0, 15.0, 20.0, 20.0, 10.0, 15.0, 30.0];
    let found = randomise(
        &simple(&outcome, &treated),
        &Statistic::Difference,
        &options(0),
    )
    .unwrap();
    near(found.value, 6.5, 1e-12);
    assert_eq!((found.exact, found.draws, found.units), (true, 21, 7));
    assert_eq!((found.p, found.upper), (8.0 / 21.0, 5.0 / 21.0));
}

const A: [f64; 5] = [12.0, 15.0, 9.0, 20.0, 17.0];
const B: [f64; 6] = [8.0, 11.0, 14.0, 7.0, 9.0, 10.0];

/// `scipy.stats.permutation_test((a, b), statistic, n_resamples=inf)`, scipy 1.17.1: difference 4.7667, shares greater .0303030, less .9805195,
/// of |difference| as large .0584416; studentised 2.2015638: .0281385, .9761905, .0584416. The sets {x: p(a - x, b) > .05} by bisection of
/// such tests: 0 to 9.5, studentised -.074779635 to 9.676439776
/// (ends are found up to the slack that ties get, 1e-9 of the statistic).
#[test]
fn agrees_with_scipy() {
    let outcome: Vec<f64> = A.into_iter().chain(B).collect();
    let treated: Vec<bool> = (0..11).map(|i| i < 5).collect();
    let experiment = simple(&outcome, &treated);
    let found = randomise(&experiment, &Statistic::Difference, &options(0)).unwrap();
    assert_eq!(found.draws, 462);
    near(found.value, 4.766_666_666_666_666, 1e-12);
    near(found.upper, 0.030_303_030_303_030_304, 1e-12);
    near(found.lower, 0.980_519_480_519_480_5, 1e-12);
    near(found.p, 0.058_441_558_441_558_44, 1e-12);
    let interval = found.inference().unwrap();
    near(interval.low, 0.0, 1e-8);
    near(interval.high, 9.5, 1e-8);

    let found = randomise(&experiment, &Statistic::Studentised, &options(0)).unwrap();
    near(found.upper, 0.028_138_528_138_528_14, 1e-12);
    near(found.lower, 0.976_190_476_190_476_2, 1e-12);
    near(found.p, 0.058_441_558_441_558_44, 1e-12);
    let interval = found.inference().unwrap();
    near(interval.low, -0.074_779_635, 1e-8);
    near(interval.high, 9.676_439_776, 1e-8);
    // The assignment as it was is among the replicates.
    assert!(
        found
            .replicates
            .iter()
            .any(|t| (t - 2.201_563_795_956_256_6).abs() < 1e-9)
    );
}

struct Blocks {
    y: Vec<f64>,
    z: Vec<bool>,
    x: Vec<f64>,
    w: Vec<f64>,
    units: Vec<usize>,
    strata: Vec<usize>,
}

/// In numpy: i = arange(30); u = i//3; s = u >= 6; z = isin(u, [0, 2, 5, 7, 9]); x = 5i % 7 + .5 s; w = 1 + (i % 3)/2;
/// y = round(2 + 1.2 z + .6 x + s + sin(2.3 i), 3).
fn blocks() -> Blocks {
    let units: Vec<usize> = (0..30).map(|i| i / 3).collect();
    let strata: Vec<usize> = units.iter().map(|u| usize::from(*u >= 6)).collect();
    let z: Vec<bool> = units.iter().map(|u| [0, 2, 5, 7, 9].contains(u)).collect();
    let x: Vec<f64> = (0..30)
        .map(|i| ((5 * i) % 7) as f64 + 0.5 * strata[i] as f64)
        .collect();
    let y = |i: usize| {
        let effect = if z[i] { 1.2 } else { 0.0 };
        let y = 2.0 + effect + 0.6 * x[i] + strata[i] as f64 + (2.3 * i as f64).sin();
        (y * 1000.0).round() / 1000.0
    };
    Blocks {
        y: (0..30).map(y).collect(),
        w: (0..30).map(|i| 1.0 + (i % 3) as f64 / 2.0).collect(),
        z,
        x,
        units,
        strata,
    }
}

impl Blocks {
    fn experiment(&self) -> Experiment<'_> {
        Experiment {
            outcome: &self.y,
            treated: &self.z,
            weights: Some(&self.w),
            units: Some(&self.units),
            strata: Some(&self.strata),
        }
    }
}

/// All 20 x 6 assignments of clusters within strata, each refitted in full in numpy 2.4.6: weighted coefficient of z beside x and stratum
/// dummies 1.136396202639597, as far from 0 in 2, as high in 1; less .5, in 2; less 1, in 24; spread .08958206. Weighted difference within strata
/// .8055777777777776, as far in 2.
#[test]
fn agrees_with_refits_within_strata() {
    let blocks = blocks();
    let statistic = Statistic::Regression {
        covariates: &[&blocks.x],
        names: &["x"],
    };
    let run = |statistic, null| {
        randomise(
            &blocks.experiment(),
            statistic,
            &Options { null, ..options(0) },
        )
        .unwrap()
    };
    let found = run(&statistic, 0.0);
    near(found.value, 1.136_396_202_639_597, 1e-12);
    near(found.se, 0.089_582_060_081_942_43, 1e-12);
    assert_eq!((found.draws, found.units), (120, 10));
    assert_eq!(
        (found.p, found.upper, found.lower),
        (2.0 / 120.0, 1.0 / 120.0, 1.0)
    );
    near(run(&statistic, 0.5).p, 2.0 / 120.0, 1e-12);
    near(run(&statistic, 1.0).p, 24.0 / 120.0, 1e-12);
    let found = run(&Statistic::Difference, 0.0);
    near(found.value, 0.805_577_777_777_777_6, 1e-12);
    near(found.p, 2.0 / 120.0, 1e-12);
}

/// More than a million assignments are drawn: the share is that of all, near enough (SE .0014), with the observed one counted in.
#[test]
fn draws_where_assignments_are_many() {
    let outcome: Vec<f64> = (0..24).map(|i| f64::from((i * 7) % 24)).collect();
    let treated: Vec<bool> = (0..24).map(|i| i % 2 == 0 || i == 23).collect();
    let mut all = simple(&outcome, &treated);
    let found = randomise(&all, &Statistic::Difference, &options(20_000)).unwrap();
    assert!(!found.exact && found.draws == 20_000);
    // Three strata of the same make exactness possible; one row alone decides nothing.
    let strata: Vec<usize> = (0..24).map(|i| i / 8).collect();
    all.strata = Some(&strata);
    let exact = randomise(&all, &Statistic::Difference, &options(20_000)).unwrap();
    assert!(exact.exact && exact.draws == 70 * 70 * 56);
    let far = [0.0; 12]
        .into_iter()
        .chain([1.0; 12])
        .enumerate()
        .map(|(i, y)| y + 1e-3 * i as f64)
        .collect::<Vec<_>>();
    let treated: Vec<bool> = (0..24).map(|i| i >= 12).collect();
    let least = randomise(
        &simple(&far, &treated),
        &Statistic::Difference,
        &options(999),
    )
    .unwrap();
    assert_eq!(least.p, 1.0 / 1000.0);
}

#[test]
fn refuses_in_words() {
    let refused = |change: &dyn Fn(&mut Blocks), statistic: &Statistic| {
        let mut blocks = blocks();
        change(&mut blocks);
        randomise(&blocks.experiment(), statistic, &options(99))
            .unwrap_err()
            .reason
    };
    let difference = &Statistic::Difference;
    assert_eq!(
        refused(&|b| b.z.fill(true), difference),
        "the treatment does not vary: all 30 rows are treated"
    );
    assert_eq!(
        refused(&|b| b.z.fill(false), difference),
        "the treatment does not vary: none of 30 rows is treated"
    );
    assert_eq!(
        refused(&|b| b.z[0] = false, difference),
        "a cluster that is said to be drawn as a whole has treated and others among its rows"
    );
    assert_eq!(
        refused(&|b| b.strata[0] = 1, difference),
        "a cluster that is said to be drawn as a whole has several strata among its rows"
    );
    assert_eq!(
        refused(&|b| b.z[18..].fill(true), difference),
        "in stratum 2 of 2 all of the units were treated, so that it compares nothing"
    );
    assert_eq!(
        refused(&|b| b.w[3] = -1.0, difference),
        "a weight is -1; weights must be above 0"
    );
    assert!(refused(&|b| b.y.fill(4.0), difference).starts_with("the outcome does not vary"));
    let constant = vec![7.0; 30];
    let collinear = Statistic::Regression {
        covariates: &[&constant],
        names: &["size"],
    };
    assert_eq!(
        refused(&|_| (), &collinear),
        "\"size\" follows from the strata and the covariates before it (perfect collinearity)"
    );
    let blocks = blocks();
    let z: Vec<f64> = blocks
        .z
        .iter()
        .map(|z| if *z { 2.0 } else { 1.0 })
        .collect();
    let same = Statistic::Regression {
        covariates: &[&z],
        names: &["copy"],
    };
    assert_eq!(
        refused(&|_| (), &same),
        "the treatment follows from strata and covariates (perfect collinearity)"
    );
    // Two of six units: 15 assignments, so p can't fall below 1/15.
    let few = randomise(
        &simple(&B, &[true, true, false, false, false, false]),
        difference,
        &options(0),
    )
    .unwrap();
    assert_eq!(
        few.confidence_set.unwrap_err().reason,
        "no effect can be ruled out: there are 15 assignments only"
    );
}

#[test]
fn threads_change_nothing() {
    let outcome: Vec<f64> = (0..60).map(|i| (1.3 * f64::from(i)).sin()).collect();
    let treated: Vec<bool> = (0..60).map(|i| i % 3 == 0).collect();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            randomise(
                &simple(&outcome, &treated),
                &Statistic::Studentised,
                &options(3_000),
            )
        })
        .unwrap()
    };
    let (one, two) = (run(1), run(2));
    let bits = |r: &Randomisation| r.replicates.iter().map(|t| t.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&one), bits(&two));
    assert_eq!(one, two);
}

/// Share of experiments without effect in which that is rejected at 5 %, and of intervals that hold a constant effect of .3:
/// 12 clusters in two strata, exponential outcomes with a cluster shock, 3 of 6 treated.
fn size(samples: u64, statistic: &Statistic) -> [f64; 2] {
    let units: Vec<usize> = (0..48).map(|i| i / 4).collect();
    let strata: Vec<usize> = units.iter().map(|u| u / 6).collect();
    let mut found = [0.0; 2];
    for sample in 0..samples {
        let mut stream = random::stream(2026, 9, sample);
        let lottery = Lottery::new(
            &[units::Stratum {
                units: 6,
                treated: 3,
            }; 2],
        );
        let mut picked = lottery.work();
        lottery.sample(&mut stream, &mut picked);
        let drawn: Vec<u32> = lottery
            .sides(&picked)
            .enumerate()
            .flat_map(|(s, (_, p))| p.iter().map(move |u| u + 6 * s as u32).collect::<Vec<_>>())
            .collect();
        let treated: Vec<bool> = units.iter().map(|u| drawn.contains(&(*u as u32))).collect();
        let mut exponential = || -(1.0 - stream.random::<f64>()).ln();
        let shocks: Vec<f64> = (0..12).map(|_| exponential()).collect();
        let noise: Vec<f64> = units.iter().map(|u| shocks[*u] + exponential()).collect();
        let outcome: Vec<f64> = noise
            .iter()
            .zip(&treated)
            .map(|(y, z)| if *z { y + 0.3 } else { *y })
            .collect();
        let experiment = Experiment {
            outcome: &outcome,
            treated: &treated,
            weights: None,
            units: Some(&units),
            strata: Some(&strata),
        };
        let result = randomise(
            &experiment,
            statistic,
            &Options {
                null: 0.3,
                ..options(0)
            },
        )
        .unwrap();
        let interval = result.inference().unwrap();
        found[0] += f64::from(u8::from(result.p <= 0.05));
        found[1] += f64::from(u8::from(interval.low <= 0.3 && 0.3 <= interval.high));
    }
    found.map(|f| f / samples as f64)
}

/// 400 assignments: exact level 20/400 = .05. 400 experiments, within 3.5 standard errors; 20,000 gave size .052 and coverage .948 (SE .0015),
/// studentised too.
#[test]
fn keeps_its_level_exactly() {
    let [size, coverage] = size(400, &Statistic::Difference);
    near(size, 0.05, 0.038);
    near(coverage, 0.95, 0.038);
}
