//! Verdicts on both sides of every boundary, and two one-sided tests against a published example and statsmodels.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]
use super::equivalence::*;
use super::{Estimate, difference};

fn margin(low: f64, high: f64) -> Margin {
    Margin::new(low, high).unwrap()
}

/// A difference with standard error 1 and the normal: 1.645 each way at 90 %, 1.96 at 95 %.
fn judged(value: f64, margin: Margin, direction: Direction) -> Equivalence {
    let difference = Estimate::new(value, 1.0, f64::INFINITY).unwrap();
    equivalence(difference, margin, direction, 0.05).unwrap()
}

/// Moery & Calin-Jageman (2016, study 2) as in Lakens (2017) and the examples of TOSTER: margins ±.43 standard deviations (.384),
/// t(182) = -2.69, p = .004; Welch has 181.13 degrees of freedom.
#[test]
fn organic_food_as_published() {
    let sample = |mean, sd: f64, n: f64| Estimate::new(mean, sd / n.sqrt(), n - 1.0).unwrap();
    let d = difference(sample(5.25, 0.95, 95.0), sample(5.22, 0.83, 89.0)).unwrap();
    assert!((d.df - 181.134).abs() < 1e-3);
    let bound = 0.43 * ((0.95_f64.powi(2) + 0.83_f64.powi(2)) / 2.0).sqrt();
    assert!(((d.value - bound) / d.se + 2.69).abs() < 0.005);
    let found = equivalence(d, margin(-bound, bound), Direction::Neither, 0.05).unwrap();
    assert!((found.p - 0.004).abs() < 5e-4 && found.p == found.p_high);
    assert_eq!((found.shown, found.non_inferior), (Shown::Equivalent, None));
    assert!((found.p_difference - 0.82).abs() < 0.005);
}

/// statsmodels 0.15.0 `ttost_ind(casein, sunflower, low, high, usevar='unequal')` on R's chickwts.
#[test]
fn two_one_sided_tests_agree_with_statsmodels() {
    let casein = [
        368., 390., 379., 260., 404., 318., 352., 359., 216., 222., 283., 332.,
    ];
    let sunflower = [
        423., 340., 392., 339., 341., 226., 320., 295., 334., 322., 297., 318.,
    ];
    let means = super::groups::summaries(&[&casein, &sunflower]).unwrap();
    let d = difference(means[0], means[1]).unwrap();
    let cases = [
        (-60.0, 60.0, 0.014677613884167969, 0.005452835354010064),
        (-50.0, 40.0, 0.0348556349640205, 0.032978747853082),
    ];
    for (low, high, p_low, p_high) in cases {
        let found = equivalence(d, margin(low, high), Direction::HigherIsBetter, 0.05).unwrap();
        assert!((found.p_low - p_low).abs() < 1e-10 && (found.p_high - p_high).abs() < 1e-10);
        assert_eq!(found.verdict, Verdict::Equivalent);
    }
}

/// The cases of the figure of Piaggio et al. (2012), in the order from best to worst, and the equivalent ones.
#[test]
fn every_case_has_its_name() {
    use Direction::{HigherIsBetter, LowerIsBetter, Neither};
    let cases = [
        (9.0, 3.0, Shown::BetterBeyondMargin, true),
        (3.0, 3.0, Shown::Better, true),
        (0.0, 3.0, Shown::Equivalent, true),
        (1.0, 2.0, Shown::NotEstablished, true),
        (2.5, 5.0, Shown::EquivalentButDifferent, true),
        (-2.5, 5.0, Shown::EquivalentButDifferent, true),
        (-1.0, 2.0, Shown::NotEstablished, false),
        (-3.0, 3.0, Shown::Worse, false),
        (-9.0, 3.0, Shown::WorseBeyondMargin, false),
    ];
    for (value, width, shown, non_inferior) in cases {
        let margin = margin(-width, width);
        let found = judged(value, margin, HigherIsBetter);
        assert_eq!(
            (found.shown, found.non_inferior),
            (shown, Some(non_inferior)),
            "{value}"
        );
        assert_eq!(found.verdict, shown.verdict());
        let turned = judged(-value, margin, LowerIsBetter);
        assert_eq!(
            (turned.shown, turned.non_inferior),
            (shown, Some(non_inferior))
        );
        let neither = judged(value, margin, Neither);
        let expected = match shown {
            Shown::Better | Shown::Worse => Shown::Different,
            Shown::BetterBeyondMargin | Shown::WorseBeyondMargin => Shown::DifferentBeyondMargin,
            other => other,
        };
        assert_eq!((neither.shown, neither.non_inferior), (expected, None));
        // Words and tests say the same.
        assert_eq!(found.verdict == Verdict::Equivalent, found.p < 0.05);
        assert_eq!(found.non_inferior, Some(found.p_low < 0.05));
    }
    // A narrow margin: at 90 % the difference would lie above it, at 95 % it has 0 in it; no difference is claimed.
    assert_eq!(
        judged(1.8, margin(-0.1, 0.1), HigherIsBetter).shown,
        Shown::NotEstablished
    );
    // Unequal margins: wide on the good side, narrow on the bad one.
    let wide_above = judged(1.0, margin(-1.0, 9.0), HigherIsBetter);
    assert_eq!(
        (wide_above.shown, wide_above.non_inferior),
        (Shown::Equivalent, Some(true))
    );
    assert_eq!(
        judged(1.0, margin(-1.0, 9.0), LowerIsBetter).non_inferior,
        Some(true)
    );
    assert_eq!(
        judged(1.0, margin(-9.0, 1.0), LowerIsBetter).non_inferior,
        Some(false)
    );
}

/// Two censuses: the words are read off.
#[test]
fn exact_differences_need_no_test() {
    let margin = margin(-2.0, 2.0);
    let shown = |value| shown_exactly(value, margin, Direction::LowerIsBetter).unwrap();
    assert_eq!(shown(0.0), (Shown::Equivalent, Some(true)));
    assert_eq!(shown(1.0), (Shown::EquivalentButDifferent, Some(true)));
    assert_eq!(shown(2.5), (Shown::WorseBeyondMargin, Some(false)));
    assert_eq!(shown(-2.5), (Shown::BetterBeyondMargin, Some(true)));
    assert!(shown_exactly(f64::NAN, margin, Direction::Neither).is_err());
}

#[test]
fn margins_and_levels_without_a_meaning_are_refused() {
    let reason = |low, high| Margin::new(low, high).unwrap_err().reason;
    assert_eq!(
        reason(1.0, 5.0),
        "the margins 1 to 5 do not enclose 0: one has the wrong sign"
    );
    assert!(reason(5.0, -5.0).ends_with("one has the wrong sign"));
    assert!(reason(0.0, 5.0).ends_with("one has the wrong sign"));
    assert_eq!(
        reason(0.0, 0.0),
        "the margins have no width: every difference would matter, so that equality can never be shown"
    );
    assert_eq!(reason(f64::NAN, 1.0), "a margin is not a number");
    let margin = margin(-1.0, 1.0);
    let exact = Estimate::exact(1.0).unwrap();
    assert!(equivalence(exact, margin, Direction::Neither, 0.05).is_err());
    let sample = Estimate::new(1.0, 1.0, 5.0).unwrap();
    for alpha in [0.0, 0.5, f64::NAN] {
        assert!(equivalence(sample, margin, Direction::Neither, alpha).is_err());
    }
}
