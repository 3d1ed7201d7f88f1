//! Profiles against numpy, scipy and scikit-learn; coverage by simulation; refusals.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::association::{Correlation, PValue, association, corrected};
use super::*;
use crate::stats::{distribution::normal_quantile, random};
use rand::RngExt;

fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} {b}");
}

fn sample() -> Vec<Vec<Option<f64>>> {
    let rows = [
        [3.1, 10.0, 200.0],
        [2.4, 12.0, 180.0],
        [5.9, 9.0, 260.0],
        [4.4, 30.0, 210.0],
        [3.7, 11.0, f64::NAN],
        [1.2, 14.0, 150.0],
        [2.9, 10.0, 205.0],
    ];
    let known = |v: f64| (!v.is_nan()).then_some(v);
    rows.iter()
        .map(|r| r.iter().map(|v| known(*v)).collect())
        .collect()
}

const UP: [Better; 3] = [Better::Higher; 3];

fn column(values: &[f64], scaling: Scaling) -> Result<Column, Refused> {
    let rows: Vec<_> = values.iter().map(|v| vec![Some(*v)]).collect();
    standardise(&rows, &[Better::Higher], scaling)
        .unwrap()
        .columns[0]
        .clone()
}

/// numpy 2 and scipy 1.17.1: median, median_abs_deviation(scale="normal"), mean, std(ddof=1).
#[test]
fn columns_are_centred_and_scaled() {
    let robust = standardise(&sample(), &UP, Scaling::Robust).unwrap();
    let plain = standardise(&sample(), &UP, Scaling::Plain).unwrap();
    let expected = [
        (
            3.1,
            1.037_821_552_953_921_6,
            3.371_428_571_428_571,
            1.500_793_440_944_140_4,
        ),
        (
            11.0,
            1.482_602_218_505_602,
            13.714_285_714_285_714,
            7.364_651_739_090_941,
        ),
        (
            202.5,
            22.239_033_277_584_028,
            200.833_333_333_333_34,
            36.389_100_932_376_26,
        ),
    ];
    for (c, (median, mad, mean, sd)) in expected.into_iter().enumerate() {
        let (r, p) = (
            robust.columns[c].clone().unwrap(),
            plain.columns[c].clone().unwrap(),
        );
        near(r.centre, median);
        near(r.spread, mad);
        near(p.centre, mean);
        near(p.spread, sd);
        assert_eq!((r.by, p.by), (Spread::Mad, Spread::Sd));
        assert_eq!(r.n, if c == 2 { 6 } else { 7 });
    }
    assert_eq!(robust.values[4][2], None);
    near(robust.values[3][1].unwrap(), 19.0 / 1.482_602_218_505_602);
}

#[test]
fn above_zero_is_better() {
    let better = [Better::Lower, Better::Neither, Better::Higher];
    let turned = standardise(&sample(), &better, Scaling::Plain).unwrap();
    let plain = standardise(&sample(), &UP, Scaling::Plain).unwrap();
    for (a, b) in turned.values.iter().zip(&plain.values) {
        assert_eq!(a[0], b[0].map(|v| -v));
        assert_eq!(a[1..], b[1..]);
    }
}

/// scipy 1.17.1: the quartiles of the first differ by 1.5 where its median deviation is zero.
#[test]
fn a_spread_of_zero_gives_way_to_the_next() {
    let found = column(&[0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 7.0], Scaling::Robust).unwrap();
    assert_eq!(found.by, Spread::Iqr);
    near(found.spread, 1.111_951_663_879_201_5);
    let mut rare = vec![0.0; 9];
    rare.push(5.0);
    let found = column(&rare, Scaling::Robust).unwrap();
    assert_eq!((found.by, found.centre), (Spread::Sd, 0.0));
    near(found.spread, 2.5f64.sqrt());
}

#[test]
fn columns_that_tell_nothing_are_refused_and_missing() {
    let equal = column(&[0.1 + 0.2, 0.3, 0.3], Scaling::Robust).unwrap_err();
    assert_eq!(equal.reason, "all 3 programmes have the same value");
    let few = column(&[1.0, 2.0], Scaling::Plain).unwrap_err();
    assert_eq!(
        few.reason,
        "2 of the programmes have a value, and a spread needs 3"
    );
    // The other columns stay, and the refused one is missing.
    let rows = vec![
        vec![Some(1.0), Some(4.0)],
        vec![Some(1.0), Some(5.0)],
        vec![Some(1.0), Some(9.0)],
    ];
    let found = standardise(&rows, &UP[..2], Scaling::Robust).unwrap();
    assert!(found.columns[0].is_err() && found.columns[1].is_ok());
    assert!(
        found
            .values
            .iter()
            .all(|r| r[0].is_none() && r[1].is_some())
    );
    assert!(column(&[1e300, -1e300, 5e299], Scaling::Plain).is_ok_and(|c| c.spread.is_finite()));
}

#[test]
fn what_is_no_matrix_is_refused() {
    let bad = |rows: &[Vec<Option<f64>>], better: &[Better]| {
        standardise(rows, better, Scaling::Plain)
            .unwrap_err()
            .reason
    };
    assert_eq!(bad(&[], &[]), "there is no programme or no indicator");
    let ragged = [vec![Some(1.0)], vec![]];
    assert!(bad(&ragged, &UP[..1]).contains("same number of indicators"));
    assert_eq!(
        bad(&[vec![Some(f64::NAN)]], &UP[..1]),
        "a value is not a finite number"
    );
    assert_eq!(
        bad(&sample(), &UP[..1]),
        "1 directions are given for 3 indicators"
    );
}

/// scikit-learn 1.9.1 `nan_euclidean_distances`, numpy `nanmean(abs(a - b))`, over plain standardised rows.
#[test]
fn distances_rest_on_what_both_have() {
    let z = standardise(&sample(), &UP, Scaling::Plain).unwrap().values;
    let euclid = [
        0.770_307_24,
        2.493_569_6,
        2.863_691_08,
        0.517_109_41,
        1.945_693_68,
        0.191_412_6,
    ];
    let mean = [
        0.429_200_852_831_450_4,
        1.216_769_631_706_606_1,
        1.285_563_650_802_357,
        0.267_786_136_728_415_9,
        1.061_056_594_096_681_2,
        0.090_222_207_338_868_17,
    ];
    for i in 1..7 {
        let e = distance(&z[0], &z[i], Metric::Euclidean, 3, 0.5).unwrap();
        assert!((e.value - euclid[i - 1]).abs() < 1e-8);
        let m = distance(&z[0], &z[i], Metric::MeanAbsolute, 3, 0.5).unwrap();
        near(m.value, mean[i - 1]);
        assert_eq!(m.shared, if i == 4 { 2 } else { 3 });
    }
    let refused = distance(&z[0], &z[4], Metric::Euclidean, 3, 0.9).unwrap_err();
    assert_eq!(refused.reason, "the two programmes share 2 of 3 indicators");
    assert_eq!(
        refused.help,
        "Compare programmes that share at least 3 of them."
    );
    assert!(distance(&z[0], &z[1], Metric::Euclidean, 3, 1.5).is_err());
    assert!(distance(&[None], &[Some(1.0)], Metric::Euclidean, 1, 0.0).is_err());
}

#[test]
fn programmes_like_this_one_say_where_they_differ() {
    let mut z = standardise(&sample(), &UP, Scaling::Plain).unwrap().values;
    z.push(vec![None, None, Some(0.0)]);
    let found = nearest(&z, 0, 2, 2, Metric::MeanAbsolute, 0.5).unwrap();
    let rows: Vec<usize> = found.neighbours.iter().map(|n| n.row).collect();
    assert_eq!((rows, found.without), (vec![6, 4], 1));
    let apart = &found.neighbours[0].apart;
    assert_eq!(apart.len(), 2);
    // (205 - 200) / 36.389 and (2.9 - 3.1) / 1.5008.
    assert_eq!((apart[0].0, apart[1].0), (2, 0));
    near(apart[0].1, 5.0 / 36.389_100_932_376_26);
    near(apart[1].1, -0.2 / 1.500_793_440_944_140_4);
    assert!(nearest(&z, 99, 2, 2, Metric::MeanAbsolute, 0.5).is_err());
}

/// scipy 1.17.1: `linkage(pdist(z, "cityblock") / 3, "average")` and `linkage(pdist(z), "average")`.
#[test]
fn the_tree_is_that_of_scipy() {
    let z = standardise(&sample(), &UP, Scaling::Plain).unwrap().values;
    let z: Vec<_> = z.into_iter().filter(|r| r[2].is_some()).collect();
    let groups = [(0, 5), (1, 6), (4, 7), (3, 8), (2, 9)];
    for (metric, heights) in [
        (
            Metric::Euclidean,
            [
                0.191_412_6,
                0.790_350_34,
                1.697_057_98,
                3.031_486_88,
                3.191_717_95,
            ],
        ),
        (
            Metric::MeanAbsolute,
            [
                0.090_222_21,
                0.429_891_01,
                0.918_449_75,
                1.521_999_19,
                1.619_522_32,
            ],
        ),
    ] {
        let found = order(&z, metric, 0.5).unwrap();
        for (k, merge) in found.merges.iter().enumerate() {
            assert_eq!((merge.groups, merge.size), (groups[k], k + 2));
            assert!((merge.height - heights[k]).abs() < 1e-8);
        }
    }
}

#[test]
fn like_rows_stand_together_whatever_their_order() {
    // Points on a line, shuffled: every join keeps neighbours side by side, so they come out sorted, the highest first.
    let points = [3.0, 0.0, 10.0, 1.0, 11.5, 4.2, 20.0, 0.4];
    let rows: Vec<_> = points.iter().map(|v| vec![Some(*v), Some(*v)]).collect();
    let found = order(&rows, Metric::MeanAbsolute, 0.5).unwrap().rows;
    let sorted: Vec<f64> = found.iter().map(|i| points[*i]).collect();
    assert_eq!(sorted, [20.0, 11.5, 10.0, 4.2, 3.0, 1.0, 0.4, 0.0]);
    // A row that shares nothing comes last; equal rows stay in their order.
    let rows = vec![
        vec![None],
        vec![Some(1.0)],
        vec![Some(1.0)],
        vec![Some(1.0)],
    ];
    assert_eq!(
        order(&rows, Metric::MeanAbsolute, 0.5).unwrap().rows,
        [1, 2, 3, 0]
    );
    assert_eq!(
        order(&rows[..1], Metric::MeanAbsolute, 0.5).unwrap().rows,
        [0]
    );
    let columns = transposed(&sample()).unwrap();
    assert_eq!((columns.len(), columns[2][4]), (3, None));
}

#[test]
fn five_hundred_programmes_are_each_there_once() {
    let cell = |r: usize, c: usize| {
        (!(r * 31 + c * 17 + r * c).is_multiple_of(11)).then(|| ((r * c * 7 + r) % 97) as f64)
    };
    let rows: Vec<Vec<_>> = (0..500)
        .map(|r| (0..80).map(|c| cell(r, c)).collect())
        .collect();
    let found = order(&rows, Metric::MeanAbsolute, 0.5).unwrap();
    let mut all = found.rows.clone();
    all.sort_unstable();
    assert_eq!(all, (0..500).collect::<Vec<_>>());
    assert!(found.merges.windows(2).all(|m| m[0].height <= m[1].height));
}

fn some(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().map(|v| Some(*v)).collect()
}

const X: [f64; 7] = [2.0, 4.0, 1.0, 7.0, 5.0, 9.0, 3.0];
const Y: [f64; 7] = [1.0, 3.0, 2.0, 8.0, 4.0, 6.0, 6.0];

/// scipy 1.17.1 `pearsonr` with its Fisher interval and `spearmanr`; p counted over all 5,040 permutations in numpy.
#[test]
fn few_programmes_get_the_exact_p() {
    let (mut x, mut y) = (some(&X), some(&Y));
    x.push(Some(1.0));
    y.push(None);
    let found = association(&x, &y, Correlation::Pearson, 0.95, 1).unwrap();
    near(found.value, 0.736_940_822_169_96);
    let (low, high) = found.interval.unwrap();
    near(low, -0.036_215_307_564_969_62);
    near(high, 0.958_223_773_253_338);
    assert_eq!((found.n, found.p_by), (7, PValue::Exact));
    near(found.p, 312.0 / 5040.0);
    let found = association(&x, &y, Correlation::Spearman, 0.95, 1).unwrap();
    near(found.value, 0.756_787_468_664_269_6);
    near(found.p, 292.0 / 5040.0);
    let (low, high) = found.interval.unwrap();
    near(low, -0.122_208_576_849_509_06);
    near(high, 0.970_459_441_934_890_8);
}

/// scipy 1.17.1 `pearsonr`, `spearmanr`: t from 101 programmes on; a drawn p is near it (0.00091 at 20), and the same each time.
#[test]
fn many_programmes_get_t_and_those_between_a_drawn_p() {
    let x: Vec<f64> = (0..120).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|v| (v * 37.0) % 120.0 + 0.2 * v).collect();
    let found = association(&some(&x), &some(&y), Correlation::Pearson, 0.95, 1).unwrap();
    near(found.value, 0.261_203_798_871_131_9);
    near(found.p, 0.003_956_660_618_710_657);
    let found = association(&some(&x), &some(&y), Correlation::Spearman, 0.95, 1).unwrap();
    near(found.value, 0.251_121_200_894_272_53);
    near(found.p, 0.005_664_774_713_214_663);
    let x: Vec<f64> = (0..20).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|v| (v * 7.0) % 20.0 + 0.5 * v).collect();
    let drawn = |seed| association(&some(&x), &some(&y), Correlation::Pearson, 0.95, seed).unwrap();
    let found = drawn(5);
    near(found.value, 0.682_628_763_121_9);
    assert_eq!(found.p_by, PValue::Permutation(9_999));
    assert!((found.p - 0.000_91).abs() < 0.001, "{}", found.p);
    assert_eq!(drawn(5), found);
    assert!((1..9).any(|seed| drawn(seed).p != found.p));
}

#[test]
fn associations_that_say_nothing_are_refused() {
    let reason = |x: &[f64], y: &[f64]| {
        let found = association(&some(x), &some(y), Correlation::Spearman, 0.95, 1);
        found.unwrap_err().reason
    };
    assert!(reason(&X[..3], &Y[..3]).starts_with("3 of the programmes have both scores"));
    assert_eq!(
        reason(&[2.0; 5], &Y[..5]),
        "a score is the same for all programmes"
    );
    assert!(reason(&X, &Y[..5]).contains("same programmes"));
    assert!(association(&some(&X), &some(&Y), Correlation::Pearson, 1.0, 1).is_err());
    // On a straight line there is a correlation and no interval.
    let line = association(&some(&X), &some(&X), Correlation::Pearson, 0.95, 1).unwrap();
    assert_eq!((line.value, line.interval), (1.0, None));
}

#[test]
fn the_correction_divides_by_the_reliabilities() {
    let noisy = |v: &[f64], se: f64| v.iter().map(|v| Some((*v, se))).collect::<Vec<_>>();
    let variance = |v: &[f64]| {
        let mean = v.iter().sum::<f64>() / 7.0;
        v.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 6.0
    };
    let found = corrected(&noisy(&X, 1.0), &noisy(&Y, 0.5), 0.95, 1).unwrap();
    near(found.reliability.0, 1.0 - 1.0 / variance(&X));
    near(found.reliability.1, 1.0 - 0.25 / variance(&Y));
    let factor = (found.reliability.0 * found.reliability.1).sqrt();
    near(found.value * factor, 0.736_940_822_169_96);
    assert!(found.interval.unwrap().1 <= 1.0);
    // Without noise nothing is corrected.
    let clean = corrected(&noisy(&X, 0.0), &noisy(&Y, 0.0), 0.95, 1).unwrap();
    assert_eq!(clean.value, clean.observed.value);
    let mostly_noise = corrected(&noisy(&X, 2.6), &noisy(&Y, 0.5), 0.95, 1).unwrap_err();
    assert_eq!(
        mostly_noise.reason,
        "the programmes hardly differ in the first score beyond its sampling error"
    );
    let beyond = corrected(&noisy(&X, 1.8), &noisy(&Y, 1.5), 0.95, 1).unwrap_err();
    assert_eq!(beyond.reason, "the corrected correlation lies beyond 1");
    assert!(corrected(&noisy(&X, -1.0), &noisy(&Y, 0.5), 0.95, 1).is_err());
}

/// True correlation 0.5, reliability 0.7 of both: the observed one is near 0.35, the corrected one is near 0.5, and its interval covers.
#[test]
fn the_correction_is_right_on_average() {
    let (reps, n) = (200, 120);
    let (mut observed, mut value, mut covered, mut done) = (0.0, 0.0, 0, 0);
    for rep in 0..reps {
        let mut g = random::stream(9, 4, rep);
        let mut normal = || normal_quantile(g.random_range(1e-12..1.0 - 1e-12));
        let se = (0.3f64 / 0.7).sqrt();
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for _ in 0..n {
            let a = normal();
            let b = 0.5 * a + 0.75f64.sqrt() * normal();
            x.push(Some((a + se * normal(), se)));
            y.push(Some((b + se * normal(), se)));
        }
        let Ok(found) = corrected(&x, &y, 0.95, rep) else {
            continue;
        };
        done += 1;
        observed += found.observed.value;
        value += found.value;
        let (low, high) = found.interval.unwrap();
        covered += usize::from(low <= 0.5 && 0.5 <= high);
    }
    let n = f64::from(done);
    assert!(done >= 198);
    assert!((observed / n - 0.35).abs() < 0.02, "{}", observed / n);
    assert!((value / n - 0.5).abs() < 0.03, "{}", value / n);
    assert!(covered as f64 / n > 0.9, "{covered}");
}
