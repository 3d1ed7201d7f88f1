//! Ratios against root finding and the delta method written out.
#![allow(clippy::unwrap_used, clippy::excessive_precision)]
use super::Estimate;
use super::ratio::{RatioSet, fieller, log_ratio};

const INF: f64 = f64::INFINITY;

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

/// Bounds found by scipy 1.17.1 `brentq` as zeros of (a - r b)² - t² (se(a)² + r² se(b)²), t from `scipy.stats.t` at Satterthwaite's degrees.
#[test]
fn fieller_agrees_with_root_finding() {
    let set = |a, b| fieller(a, b, 0.95).unwrap().set;
    let is = |found: RatioSet, kind: &str, low: f64, high: f64| {
        let (name, a, b) = match found {
            RatioSet::Interval { low, high } => ("interval", low, high),
            RatioSet::Outside { below, above } => ("outside", below, above),
            RatioSet::Everything => ("everything", 0.0, 0.0),
        };
        assert_eq!(name, kind);
        near(a, low, 1e-10);
        near(b, high, 1e-10);
    };
    let a = sample(1.84, 0.42, 12.0);
    is(
        set(a, sample(0.9, 0.2, 20.0)),
        "interval",
        0.9901360517370567,
        4.160982251238337,
    );
    is(
        set(a, sample(0.9, 0.5, 20.0)),
        "outside",
        -14.219944358839639,
        0.7549287508175321,
    );
    let b = sample(0.3, 0.2, INF);
    is(
        set(sample(-3.0, 1.0, INF), b),
        "outside",
        -2.622607999632204,
        30.89855169032282,
    );
    is(set(sample(0.5, 0.42, INF), b), "everything", 0.0, 0.0);
    // An exact denominator only rescales; an exact numerator turns the interval of the denominator over.
    is(
        set(sample(6.0, 1.0, INF), exact(2.0)),
        "interval",
        3.0 - 0.9799819922700271,
        3.9799819922700271,
    );
    let turned = 1.959963984540054;
    is(
        set(exact(1.0), sample(4.0, 1.0, INF)),
        "interval",
        1.0 / (4.0 + turned),
        1.0 / (4.0 - turned),
    );
    // A denominator of 0: c/p r² with p = -t² se(b)², so bounds at ±√((a² - t² se(a)²)/(t² se(b)²)), t = 2.085963 (20 degrees).
    let t = 2.0859634472658364_f64;
    let end = ((1.84_f64.powi(2) - (t * 0.42).powi(2)) / (t * t)).sqrt();
    is(set(a, sample(0.0, 1.0, 20.0)), "outside", -end, end);
    assert!(fieller(a, exact(0.0), 0.95).is_err());
    assert!(fieller(exact(1.0), exact(2.0), 0.95).is_err());
}

/// The delta method written out in numpy 2.4.6 and scipy 1.17.1.
#[test]
fn log_ratios_agree_with_scipy() {
    let (a, b) = (sample(1.84, 0.42, 12.0), sample(0.9, 0.2, 20.0));
    let found = log_ratio(a, b, 0.95).unwrap();
    near(found.df, 29.58227121412722, 1e-12);
    near(found.log_se, 0.3185682668189848, 1e-12);
    near(found.low, 1.0662389147526317, 1e-9);
    near(found.high, 3.9200905431119613, 1e-9);
    near(found.p, 0.03241716477527936, 1e-9);
    let reason = |a, b| log_ratio(a, b, 0.95).unwrap_err().reason;
    assert_eq!(
        reason(a, sample(-0.9, 0.2, 20.0)),
        "the denominator of the ratio is not above 0, so that it has no logarithm"
    );
    assert_eq!(
        reason(a, sample(0.9, 0.5, 20.0)),
        "the denominator of the ratio can't be told from 0"
    );
    assert_eq!(
        reason(sample(0.1, 0.5, 20.0), b),
        "the numerator of the ratio can't be told from 0"
    );
    assert!(log_ratio(exact(1.0), exact(2.0), 0.95).is_err());
}
