//! Error rates of families, equivalence and ratios on simulated groups of unequal sizes and variances, with fixed seeds.
#![allow(clippy::unwrap_used)]
use super::benchmark::against;
use super::equivalence::{Direction, Margin, Verdict, equivalence};
use super::family::{Correction, each_alone, ranged};
use super::groups::summaries;
use super::ratio::{RatioSet, fieller};
use super::step_down::{chi_squared_share, normal};
use super::*;
use crate::stats::distribution::t_two_sided;
use crate::stats::random::stream;
use crate::stats::studentised::Studentised;
use rayon::prelude::*;

/// Sizes and standard deviations, the smallest group the noisiest: where one common variance would fail.
const GROUPS: [(usize, f64); 5] = [(6, 4.0), (10, 1.0), (12, 2.0), (20, 0.5), (40, 3.0)];

/// Summaries of one simulated set of the first `count` groups, the first shifted.
fn drawn(what: u64, replicate: u64, count: usize, shift: f64) -> Vec<Estimate> {
    let mut rng = stream(20_04, what, replicate);
    let values: Vec<Vec<f64>> = GROUPS[..count]
        .iter()
        .enumerate()
        .map(|(at, (n, sd))| {
            let centre = if at == 0 { shift } else { 0.0 };
            (0..*n).map(|_| centre + sd * normal(&mut rng)).collect()
        })
        .collect();
    let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    summaries(&slices).unwrap()
}

/// Share of the replicates for which it holds.
fn share(replicates: u64, holds: impl Fn(u64) -> bool + Sync) -> f64 {
    let held = (0..replicates)
        .into_par_iter()
        .filter(|replicate| holds(*replicate))
        .count();
    held as f64 / replicates as f64
}

/// Whether a correction is worth asking for: where no difference has p below .05 by itself, none has it corrected (saves time).
fn worth_asking(means: &[Estimate], pairs: impl Iterator<Item = (usize, usize)>) -> bool {
    let found = |(i, j): (usize, usize)| {
        let d = difference(means[i], means[j]).unwrap();
        t_two_sided(d.value / d.se, d.df) <= 0.05
    };
    pairs.into_iter().any(found)
}

fn every_pair() -> impl Iterator<Item = (usize, usize)> {
    (0..5).flat_map(|i| (i + 1..5).map(move |j| (i, j)))
}

/// 1,500 sets of five groups with one mean: any pair found at 5 % (SE .006).
#[test]
fn games_howell_keeps_the_familywise_error() {
    let range = Studentised::range(5).unwrap();
    let errors = share(1_500, |replicate| {
        let means = drawn(1, replicate, 5, 0.0);
        let mut contrasts: Vec<(usize, usize)> = every_pair().collect();
        contrasts.retain(|pair| worth_asking(&means, std::iter::once(*pair)));
        let alone = each_alone(&means, &contrasts, 0.95).unwrap();
        let pairs = ranged(&contrasts, &alone, &range, std::f64::consts::SQRT_2, 0.95);
        pairs.iter().any(|pair| pair.differs(0.05))
    });
    assert!((errors - 0.05).abs() < 0.018, "{errors}");
}

/// 600 sets of five groups with one mean, 999 draws each: any pair found (SE .009); and of sets with one mean shifted, any pair found
/// among the other four, where a step-down has least to spare.
#[test]
fn the_step_down_keeps_the_familywise_error() {
    for shift in [0.0, 20.0] {
        let errors = share(600, |replicate| {
            let means = drawn(2, replicate, 5, shift);
            let among = every_pair().filter(|(i, _)| shift == 0.0 || *i > 0);
            if !worth_asking(&means, among) {
                return false;
            }
            let correction = Correction::StepDown {
                draws: 999,
                seed: replicate,
            };
            let pairs = all_pairs(&means, correction, 0.95).unwrap();
            let equal = |pair: &&Pair| shift == 0.0 || pair.first > 0;
            pairs.iter().filter(equal).any(|pair| pair.differs(0.05))
        });
        assert!((errors - 0.05).abs() < 0.027, "{shift} {errors}");
    }
}

/// 800 sets of four groups with one mean against the last, one step (SE .008): unequal variances by plug-in.
#[test]
fn one_step_against_a_benchmark_keeps_the_familywise_error() {
    let errors = share(800, |replicate| {
        let means = drawn(3, replicate, 4, 0.0);
        if !worth_asking(&means, (0..3).map(|i| (i, 3))) {
            return false;
        }
        let pairs = against(&means, 3, Correction::Simultaneous, 0.95).unwrap();
        pairs.iter().any(|pair| pair.differs(0.05))
    });
    assert!((errors - 0.05).abs() < 0.023, "{errors}");
}

/// 4,000 pairs of groups of 6 and 10 whose means lie the margin apart: equivalence is found in 5 % at most (SE .0035), and a difference
/// of 0 is called better or worse in 5 % at most.
#[test]
fn equivalence_is_seldom_found_at_the_margin() {
    let margin = Margin::new(-6.0, 6.0).unwrap();
    let judged = |what, replicate, shift| {
        let means = drawn(what, replicate, 2, shift);
        let d = difference(means[0], means[1]).unwrap();
        equivalence(d, margin, Direction::HigherIsBetter, 0.05).unwrap()
    };
    let at_margin = share(4_000, |replicate| {
        judged(4, replicate, 6.0).verdict == Verdict::Equivalent
    });
    let inferior = share(4_000, |replicate| {
        judged(5, replicate, -6.0).non_inferior == Some(true)
    });
    let different = share(4_000, |replicate| {
        let verdict = judged(6, replicate, 0.0).verdict;
        matches!(verdict, Verdict::Better | Verdict::Worse)
    });
    assert!((0.02..0.0605).contains(&at_margin), "{at_margin}");
    assert!((0.035..0.0605).contains(&inferior), "{inferior}");
    assert!(different < 0.0605, "{different}");
}

/// 4,000 ratios of normal estimates with known errors, the denominator only 2 standard errors from 0: Fieller's set covers in 95 %
/// (SE .0035), in all its shapes.
#[test]
fn fiellers_set_covers_whatever_its_shape() {
    let set = |replicate| {
        let mut rng = stream(20_04, 7, replicate);
        let mut estimate =
            |mean| Estimate::new(mean + normal(&mut rng), 1.0, f64::INFINITY).unwrap();
        fieller(estimate(3.0), estimate(2.0), 0.95).unwrap().set
    };
    let covered = share(4_000, |replicate| match set(replicate) {
        RatioSet::Interval { low, high } => (low..=high).contains(&1.5),
        RatioSet::Outside { below, above } => 1.5 <= below || 1.5 >= above,
        RatioSet::Everything => true,
    });
    let bounded = share(4_000, |replicate| {
        matches!(set(replicate), RatioSet::Interval { .. })
    });
    assert!((covered - 0.95).abs() < 0.0105, "{covered}");
    assert!((0.3..0.7).contains(&bounded), "{bounded}");
}

/// Mean 1 and variance 2/df of chi-squared over its degrees of freedom, below and above 2 (20,000 draws; SE .01 of the mean for 1).
#[test]
fn scales_are_drawn_from_chi_squared() {
    for df in [1.0, 1.7, 5.0, 60.0] {
        let mut rng = stream(20_04, 8, 0);
        let drawn: Vec<f64> = (0..20_000)
            .map(|_| chi_squared_share(df, &mut rng))
            .collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean - 1.0).abs() < 0.03 / df.sqrt(), "{df} {mean}");
        assert!((variance * df / 2.0 - 1.0).abs() < 0.1, "{df} {variance}");
    }
}
