//! Data of published meta-analyses that the tests share.

use super::{Between, Errors, Options};

/// The BCG vaccine trials (Colditz et al. 1994, JAMA 271; the tables as in metafor's `dat.bcg`): cases and others among the
/// vaccinated, cases and others among the controls, absolute latitude, year, allocation (0 random, 1 alternate, 2 systematic).
const BCG: [([f64; 4], f64, f64, usize); 13] = [
    ([4.0, 119.0, 11.0, 128.0], 44.0, 1948.0, 0),
    ([6.0, 300.0, 29.0, 274.0], 55.0, 1949.0, 0),
    ([3.0, 228.0, 11.0, 209.0], 42.0, 1960.0, 0),
    ([62.0, 13536.0, 248.0, 12619.0], 52.0, 1977.0, 0),
    ([33.0, 5036.0, 47.0, 5761.0], 13.0, 1973.0, 1),
    ([180.0, 1361.0, 372.0, 1079.0], 44.0, 1953.0, 1),
    ([8.0, 2537.0, 10.0, 619.0], 19.0, 1973.0, 0),
    ([505.0, 87886.0, 499.0, 87892.0], 13.0, 1980.0, 0),
    ([29.0, 7470.0, 45.0, 7232.0], 27.0, 1968.0, 0),
    ([17.0, 1699.0, 65.0, 1600.0], 42.0, 1961.0, 2),
    ([186.0, 50448.0, 141.0, 27197.0], 18.0, 1974.0, 2),
    ([5.0, 2493.0, 3.0, 2338.0], 33.0, 1969.0, 2),
    ([27.0, 16886.0, 29.0, 17825.0], 33.0, 1976.0, 2),
];

/// Estimates with their variances and moderators.
pub(super) struct Case {
    pub y: Vec<f64>,
    pub v: Vec<f64>,
    pub latitude: Vec<f64>,
    pub year: Vec<f64>,
    pub allocation: Vec<usize>,
}

/// Log risk ratios of the BCG trials.
pub(super) fn bcg() -> Case {
    let ratio = |[a, b, c, d]: [f64; 4]| (a / (a + b) / (c / (c + d))).ln();
    let variance = |[a, b, c, d]: [f64; 4]| 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d);
    Case {
        y: BCG.iter().map(|t| ratio(t.0)).collect(),
        v: BCG.iter().map(|t| variance(t.0)).collect(),
        latitude: BCG.iter().map(|t| t.1).collect(),
        year: BCG.iter().map(|t| t.2).collect(),
        allocation: BCG.iter().map(|t| t.3).collect(),
    }
}

/// School calendars (Konstantopoulos 2011; metafor's `dat.konstantopoulos2011`): 56 schools in 11 districts. Estimates,
/// variances, districts.
pub(super) fn calendars() -> (Vec<f64>, Vec<f64>, Vec<usize>) {
    let y = vec![
        -0.18, -0.22, 0.23, -0.3, 0.13, -0.26, 0.19, 0.32, 0.45, 0.38, 0.29, 0.16, 0.65, 0.36, 0.6,
        0.08, 0.04, 0.19, -0.06, -0.18, 0.0, 0.0, -0.28, -0.04, -0.3, 0.07, 0.0, 0.05, -0.08,
        -0.09, 0.3, 0.98, 1.19, -0.07, -0.05, -0.01, 0.02, -0.03, 0.0, 0.01, -0.1, 0.5, 0.66, 0.2,
        0.0, 0.05, 0.07, -0.52, 0.7, -0.03, 0.27, -0.34, 0.12, 0.61, 0.04, -0.05,
    ];
    let v = vec![
        0.118, 0.118, 0.144, 0.144, 0.014, 0.014, 0.015, 0.024, 0.023, 0.043, 0.012, 0.02, 0.004,
        0.004, 0.007, 0.019, 0.007, 0.005, 0.004, 0.02, 0.018, 0.019, 0.022, 0.02, 0.021, 0.006,
        0.007, 0.007, 0.007, 0.007, 0.015, 0.011, 0.01, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001,
        0.001, 0.001, 0.01, 0.011, 0.01, 0.009, 0.013, 0.013, 0.031, 0.031, 0.03, 0.03, 0.03,
        0.087, 0.082, 0.067, 0.067,
    ];
    let sizes = [
        (11, 4),
        (12, 4),
        (18, 3),
        (27, 4),
        (56, 4),
        (58, 11),
        (71, 3),
        (86, 8),
        (91, 6),
        (108, 5),
        (644, 4),
    ];
    let districts = sizes.iter().flat_map(|&(d, n)| std::iter::repeat_n(d, n));
    (y, v, districts.collect())
}

pub(super) fn options(between: Between, errors: Errors) -> Options {
    Options {
        between,
        errors,
        confidence: 0.95,
    }
}

/// Asserts that `found` is `expected`, to a share `tolerance` of it or that much.
#[track_caller]
pub(super) fn near(found: f64, expected: f64, tolerance: f64) {
    let apart = (found - expected).abs();
    assert!(
        apart <= tolerance * expected.abs().max(1.0),
        "{found} {expected}"
    );
}
