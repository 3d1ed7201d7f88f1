//! Families of differences, ratios and groups against published numbers, R, scipy and statsmodels.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]
use super::benchmark::against;
use super::family::{Correction, tukey_kramer};
use super::groups::{games_howell, summaries, tukey, welch_anova};
use super::*;
use crate::stats::studentised::MOST;

const INF: f64 = f64::INFINITY;

/// Weights of chicks by feed (McNeil 1977; `chickwts` of R), in R's order: casein, horsebean, linseed, meatmeal, soybean, sunflower.
const CHICKS: [&[f64]; 6] = [
    &[
        368., 390., 379., 260., 404., 318., 352., 359., 216., 222., 283., 332.,
    ],
    &[179., 160., 136., 227., 217., 168., 108., 124., 143., 140.],
    &[
        309., 229., 181., 141., 260., 203., 148., 169., 213., 257., 244., 271.,
    ],
    &[
        325., 257., 303., 315., 380., 153., 263., 242., 206., 344., 258.,
    ],
    &[
        243., 230., 248., 327., 329., 250., 193., 271., 316., 267., 199., 171., 158., 248.,
    ],
    &[
        423., 340., 392., 339., 341., 226., 320., 295., 334., 322., 297., 318.,
    ],
];

fn near(found: f64, expected: f64, within: f64) {
    let off = (found - expected).abs();
    assert!(off < within * expected.abs().max(1.0), "{found} {expected}");
}

fn sample(value: f64, se: f64, df: f64) -> Estimate {
    Estimate::new(value, se, df).unwrap()
}

fn exact(value: f64) -> Estimate {
    Estimate::exact(value).unwrap()
}

/// scipy 1.17.1 `studentized_range.sf` and `.ppf` with Welch's degrees of freedom; p-values and bounds agree with statsmodels 0.15.0
/// `pairwise_tukeyhsd(use_var='unequal')` to the 8 digits it prints.
#[test]
fn games_howell_agrees_with_statsmodels() {
    let expected = [
        (
            0,
            1,
            18.359745096090915,
            92.81665690315168,
            233.95000976351497,
            9.435928088996626e-06,
        ),
        (
            0,
            2,
            21.09735482271993,
            29.95454097183945,
            179.7121256948272,
            0.0031015797743916274,
        ),
        (
            0,
            3,
            20.79857078271798,
            -37.86590003819052,
            131.21438488667528,
            0.5292701319555475,
        ),
        (
            0,
            4,
            21.634509693266235,
            3.638413946702414,
            150.67110986282137,
            0.03604278321922705,
        ),
        (
            0,
            5,
            20.502306225547674,
            -78.51739833388255,
            67.85073166721581,
            0.9999000381154783,
        ),
        (
            1,
            2,
            19.768720454593975,
            -119.61734844972548,
            2.5173484497254606,
            0.06493843242163622,
        ),
        (
            1,
            3,
            16.523518052834103,
            -190.74440611261537,
            -42.67377570556651,
            0.001237408932659445,
        ),
        (
            1,
            4,
            21.995412434764305,
            -145.2101830685732,
            -27.24695978856966,
            0.0019014765155768165,
        ),
        (
            1,
            5,
            19.96371576994358,
            -227.35926893815756,
            -110.07406439517584,
            2.307147981550628e-07,
        ),
        (
            2,
            3,
            19.236095175979663,
            -136.11656140656692,
            19.79837958838506,
            0.22093065736661632,
        ),
        (
            2,
            4,
            23.629516229248757,
            -92.3724048815252,
            37.015262024382366,
            0.7688997002226551,
        ),
        (
            2,
            5,
            21.90112995483383,
            -174.49825806326677,
            -45.835075270066596,
            0.0003042413739001715,
        ),
        (
            3,
            4,
            19.449081226052144,
            -46.22584988841999,
            107.18688884945902,
            0.8059984758190923,
        ),
        (
            3,
            5,
            18.535313966740794,
            -128.41131838895592,
            24.396166873804418,
            0.3030031060820436,
        ),
        (
            4,
            5,
            23.92030869189728,
            -144.96159353511484,
            -20.01459694107568,
            0.005088114977182423,
        ),
    ];
    let found = games_howell(&CHICKS, 0.95).unwrap();
    assert_eq!(found.len(), expected.len());
    for (pair, (first, second, df, low, high, p)) in found.iter().zip(expected) {
        assert_eq!((pair.first, pair.second), (first, second));
        near(pair.alone.df, df, 1e-12);
        near(pair.together.unwrap().0, low, 1e-9);
        near(pair.together.unwrap().1, high, 1e-9);
        near(pair.p, p, 1e-9);
        assert_eq!(pair.differs(0.05), low > 0.0 || high < 0.0);
    }
}

/// R 4.2.2 `TukeyHSD(aov(weight ~ feed, chickwts))`, groups of 10 to 14; R's `qtukey` stops at some 1e-8 here.
#[test]
fn tukey_kramer_agrees_with_r() {
    let found = tukey(&CHICKS, 0.95).unwrap();
    let r = [
        (
            0,
            1,
            163.38333333333,
            94.4197904622,
            232.34687620445,
            0.000000030702,
        ),
        (
            0,
            4,
            77.15476190476,
            13.7924696701,
            140.51705413943,
            0.008365308683,
        ),
        (
            1,
            2,
            -58.55,
            -127.5135428711,
            10.41354287111,
            0.141332894457,
        ),
        (
            3,
            5,
            -52.00757575758,
            -119.2395399564,
            15.22438844123,
            0.220696236210,
        ),
    ];
    for (first, second, value, low, high, p) in r {
        let pair = found
            .iter()
            .find(|f| (f.first, f.second) == (first, second));
        let pair = pair.unwrap();
        near(pair.alone.value, value, 1e-11);
        near(pair.together.unwrap().0, low, 1e-7);
        near(pair.together.unwrap().1, high, 1e-7);
        near(pair.p, p, 1e-9);
    }
    assert!(tukey_kramer(&[1.0, 2.0], &[3, 0], 1.0, 4.0, 0.95).is_err());
    assert!(tukey_kramer(&[1.0, 2.0], &[3, 3], 0.0, 4.0, 0.95).is_err());
}

/// R 4.2.2: `oneway.test` on chickwts and on InsectSprays (its help page: F = 36.065 on 5 and 30.043, p = 7.999e-12).
#[test]
fn welch_anova_agrees_with_r() {
    let found = welch_anova(&CHICKS).unwrap();
    near(found.f, 19.6617243608369, 1e-12);
    near(found.df2, 29.9520363861042, 1e-12);
    assert!(
        (found.p / 1.17705971606649e-08 - 1.0).abs() < 1e-6,
        "{}",
        found.p
    );
    let sprays: [&[f64]; 6] = [
        &[10., 7., 20., 14., 14., 12., 10., 23., 17., 20., 14., 13.],
        &[11., 17., 21., 11., 16., 14., 17., 17., 19., 21., 7., 13.],
        &[0., 1., 7., 2., 3., 1., 2., 1., 3., 0., 1., 4.],
        &[3., 5., 12., 6., 4., 3., 5., 5., 5., 5., 2., 4.],
        &[3., 5., 3., 5., 3., 6., 1., 1., 3., 2., 6., 4.],
        &[11., 9., 15., 22., 15., 16., 13., 10., 26., 26., 24., 13.],
    ];
    let found = welch_anova(&sprays).unwrap();
    assert!((found.f - 36.065).abs() < 5e-4 && (found.df2 - 30.043).abs() < 5e-4);
    assert!((found.p - 7.999e-12).abs() < 5e-15);
}

/// Of two groups it is Welch's t-test: F = t², the same p.
#[test]
fn welch_anova_of_two_groups_is_welch_t() {
    let two = &CHICKS[..2];
    let anova = welch_anova(two).unwrap();
    let means = summaries(two).unwrap();
    let pair = difference(means[0], means[1]).unwrap().inference(0.95);
    near(anova.f, (pair.value / pair.se).powi(2), 1e-12);
    near(anova.p, pair.p, 1e-12);
    near(games_howell(two, 0.95).unwrap()[0].p, pair.p, 1e-10);
}

#[test]
fn groups_that_say_nothing_are_refused() {
    let reason = |groups: &[&[f64]]| welch_anova(groups).unwrap_err().reason;
    assert_eq!(reason(&[&[1.0, 2.0]]), "there are fewer than two groups");
    assert_eq!(
        reason(&[&[1.0, 2.0], &[1.0]]),
        "group 2 has fewer than two values"
    );
    assert_eq!(
        reason(&[&[3.0, 3.0], &[1.0, 2.0]]),
        "all values of group 1 are the same"
    );
    assert_eq!(
        reason(&[&[3.0, f64::NAN], &[1.0, 2.0]]),
        "group 1 has a value that is not a number"
    );
    assert!(tukey(&[&[1.0], &[]], 0.95).is_err());
    assert!(tukey(&[&[1.0, 1.0], &[2.0]], 0.95).is_err());
    assert_eq!(tukey(&[&[1.0, 1.5], &[2.0]], 0.95).unwrap().len(), 1);
}

/// Chickens against casein, each with its own variance: sums over a fine grid in numpy 2.4.6 of the product of normal probabilities, mixed
/// over scipy's `chi` with Simpson's rule.
#[test]
fn differences_from_a_benchmark_agree_with_numpy() {
    let expected = [
        3.1932029375658e-06,
        0.0010869172976654443,
        0.28852672805452295,
        0.01353848804346735,
        0.9992393563601114,
    ];
    let means = summaries(&CHICKS).unwrap();
    let found = against(&means, 0, Correction::Simultaneous, 0.95).unwrap();
    for (pair, p) in found.iter().zip(expected) {
        near(pair.p, p, 1e-8);
        let (low, high) = pair.together.unwrap();
        assert!(low < pair.alone.low && high > pair.alone.high);
        assert_eq!(pair.differs(0.05), low > 0.0 || high < 0.0);
    }
    // A benchmark set by decision shares no error: the differences are independent, and this is Sidak's correction.
    let (base, a) = (exact(0.0), sample(2.3, 1.0, INF));
    let found = against(&[base, a, a, a], 0, Correction::Simultaneous, 0.95).unwrap();
    near(found[0].p, 1.0 - (1.0 - found[0].alone.p).powi(3), 1e-10);
}

/// Holm and Benjamini-Hochberg are those of the resampling module; the step-down finds at least what one step finds, gives the same bits
/// again, and comes near Games-Howell in one step.
#[test]
fn corrections_agree_with_each_other() {
    let means = summaries(&CHICKS).unwrap();
    let with = |correction| all_pairs(&means, correction, 0.95).unwrap();
    let single: Vec<f64> = with(Correction::Holm)
        .iter()
        .map(|pair| pair.alone.p)
        .collect();
    let holm = crate::stats::resample::multiplicity::holm(&single).unwrap();
    for (pair, p) in with(Correction::Holm).iter().zip(holm) {
        assert!(pair.p == p && pair.together.is_none());
    }
    let stepped = Correction::StepDown {
        draws: 4_999,
        seed: 3,
    };
    let (down, one, found) = (
        with(stepped),
        with(Correction::Simultaneous),
        with(Correction::FalseDiscovery),
    );
    assert_eq!(down, with(stepped));
    for ((down, one), found) in down.iter().zip(&one).zip(&found) {
        assert!(down.p <= one.p + 0.02, "{down:?} {one:?}");
        assert!(found.p <= one.p + 0.02 || one.p > 0.9);
        let width = |pair: &Pair| pair.together.unwrap().1 - pair.together.unwrap().0;
        near(width(down) / width(one), 1.0, 0.05);
    }
    let bench = against(&means, 0, stepped, 0.95).unwrap();
    let exactly = against(&means, 0, Correction::Simultaneous, 0.95).unwrap();
    for (down, one) in bench.iter().zip(exactly) {
        assert!(down.p <= one.p + 0.02);
        near(down.together.unwrap().0, one.together.unwrap().0, 0.05);
    }
}

#[test]
fn families_without_a_meaning_are_refused() {
    let a = sample(1.0, 0.5, 5.0);
    let reason = |estimates: &[Estimate], correction| {
        all_pairs(estimates, correction, 0.95).unwrap_err().reason
    };
    assert_eq!(
        reason(&[a], Correction::Holm),
        format!("1 estimates can't be compared in pairs: 2 to {MOST} can")
    );
    assert!(
        reason(&[a, exact(1.0), exact(2.0)], Correction::Simultaneous).starts_with("two or more")
    );
    assert!(reason(&[a, a], Correction::StepDown { draws: 10, seed: 1 }).starts_with("10 draws"));
    assert!(all_pairs(&[a, a], Correction::Holm, 1.0).is_err());
    assert!(against(&[a, a], 2, Correction::Holm, 0.95).is_err());
    assert!(against(&[exact(1.0), a, exact(2.0)], 0, Correction::Holm, 0.95).is_err());
    assert_eq!(
        against(&[exact(1.0), a, a], 0, Correction::Holm, 0.95)
            .unwrap()
            .len(),
        2
    );
    for (value, se, df) in [
        (f64::NAN, 1.0, 5.0),
        (1.0, -1.0, 5.0),
        (1.0, 1.0, 0.5),
        (1.0, INF, 5.0),
    ] {
        assert!(Estimate::new(value, se, df).is_err());
        assert!(difference(a, Estimate { value, se, df }).is_err());
    }
    assert!(Estimate::new(1.0, 0.0, 5.0).is_err() && Estimate::exact(INF).is_err());
    assert!(difference(exact(3.0), exact(1.0)).unwrap().is_exact());
    let tiny = difference(sample(1.0, 1e-170, 9.0), sample(1.0, 1e-170, 9.0)).unwrap();
    near(tiny.df, 18.0, 1e-12);
}
