//! Pooled means, influence and shrinkage against published results and R's metafor 3.8-1.
#![allow(clippy::unwrap_used)]

use super::cases::{bcg, calendars, near, options};
use super::*;

/// reference-cases: the BCG trials with REML and Hartung-Knapp, to the digits given there.
#[test]
fn bcg_trials_as_published() {
    let d = bcg();
    let all = pool(&d.y, &d.v, &Options::default()).unwrap();
    let h = all.heterogeneity;
    near(h.tau2, 0.3132, 5e-5);
    near(all.mean.value, -0.7145, 5e-5);
    near(all.mean.se, 0.1808, 5e-5);
    near(all.mean.value / all.mean.se, -3.9522, 5e-5);
    near(all.mean.p, 0.0019, 5e-5);
    near(all.mean.low, -1.1084, 5e-5);
    near(all.mean.high, -0.3206, 5e-5);
    near(h.i2, 92.22, 5e-5);
    near(h.h2, 12.86, 5e-4);
    near(h.q.statistic, 152.2330, 1e-6);
    near(all.mean.value.exp(), 0.49, 5e-3);
    let prediction = all.prediction.unwrap();
    near(prediction.low.exp(), 0.14, 5e-3);
    near(prediction.high.exp(), 1.76, 5e-3);
    assert_eq!(prediction.df, 12.0);
    assert!(!all.narrower_than_normal);
}

/// `rma(yi, vi, method, test)` with `threshold = 1e-14` (Paule-Mandel: `tol = 1e-16`): tau2, mean, SE under normal and Hartung-Knapp errors, p under both, I2, H2,
/// and the prediction interval under Hartung-Knapp.
#[test]
fn every_estimator_as_in_metafor() {
    use Between::*;
    let d = bcg();
    #[rustfmt::skip]
    let cases = [
        (DerSimonianLaird, [0.308760262862, -0.714117222073, 0.178742089535, 0.180696628336, 6.4629243047e-05, 0.00192076676705, 92.1173468546,
            12.6860840069, -1.98720696343, 0.558972519284]),
        (Reml, [0.313243258136, -0.714532342158, 0.179781516105, 0.180791744093, 7.05425810164e-05, 0.00192001509606, 92.2213845213,
            12.8557582353, -1.9960168342, 0.56695214988]),
        (PauleMandel, [0.318068452205, -0.7149681534934, 0.1808921915376, 0.1808921915376, 7.735364607903e-05, 0.001919271831278, 92.33033795415,
            13.0383841429, -2.005425922928, 0.5754896159412]),
        (SidikJonkman, [0.345515701599, -0.717248592558, 0.187059458416, 0.181428451528, 0.000125904552046, 0.00191620341446, 92.8963240955,
            14.0772188012, -2.05758508367, 0.623087898556]),
        (Hedges, [0.328563857996, -0.715878588759, 0.183279985989, 0.181104069191, 9.38641214117e-05, 0.00191787656896, 92.5570974066,
            13.4356185299, -2.02563788654, 0.593880709027]),
    ];
    for (between, [tau2, mean, z_se, t_se, z_p, t_p, i2, h2, low, high]) in cases {
        let normal = pool(&d.y, &d.v, &options(between, Errors::Normal)).unwrap();
        let t = pool(&d.y, &d.v, &options(between, Errors::HartungKnapp)).unwrap();
        let tolerance = 2e-7;
        near(t.heterogeneity.tau2, tau2, tolerance);
        near(t.mean.value, mean, tolerance);
        near(normal.mean.se, z_se, tolerance);
        near(t.mean.se, t_se, tolerance);
        assert!((normal.mean.p / z_p - 1.0).abs() < 1e-5);
        near(t.mean.p, t_p, tolerance);
        near(t.heterogeneity.i2, i2, tolerance);
        near(t.heterogeneity.h2, h2, tolerance);
        let prediction = t.prediction.unwrap();
        near(prediction.low, low, tolerance);
        near(prediction.high, high, tolerance);
        // Under normal errors by t on 11 degrees of freedom (scipy 1.17: t.ppf(.975, 11) = 2.200985160082949).
        let prediction = normal.prediction.unwrap();
        let half = 2.200985160082949 * (tau2 + z_se * z_se).sqrt();
        near(prediction.low, mean - half, 1e-6);
        assert_eq!(prediction.df, 11.0);
        // Hartung-Knapp's variance is smaller than the normal one for some of these; the modified one is never.
        let modified = options(between, Errors::HartungKnappModified);
        let modified = pool(&d.y, &d.v, &modified).unwrap();
        near(modified.mean.se, z_se.max(t_se), tolerance);
        assert_eq!(modified.mean.df, 12.0);
    }
}

/// statsmodels 0.15.0, `combine_effects(method_re="chi2", use_t=True)`: DerSimonian-Laird with the Hartung-Knapp interval, and
/// fixed effects.
#[test]
fn moments_as_in_statsmodels() {
    let d = bcg();
    let moments = options(Between::DerSimonianLaird, Errors::HartungKnapp);
    let t = pool(&d.y, &d.v, &moments).unwrap();
    near(t.heterogeneity.tau2, 0.3087602628623013, 1e-9);
    near(t.mean.value, -0.7141172220728784, 1e-9);
    near(t.mean.se, 0.18069662833545155, 1e-9);
    near(t.mean.low, -1.10782135, 1e-8);
    near(t.mean.high, -0.32041309, 1e-8);
    let fixed = pool(&d.y, &d.v, &options(Between::Fixed, Errors::HartungKnapp)).unwrap();
    assert_eq!(fixed.errors, Errors::Normal);
    near(fixed.mean.value, -0.430285163654, 1e-9);
    near(fixed.mean.se, 0.0404987517109, 1e-9);
    near(fixed.mean.low, -0.509661258426, 1e-9);
    near(fixed.heterogeneity.i2, 92.1173468546, 1e-9);
    near(fixed.heterogeneity.h2, 12.6860840069, 1e-9);
    assert_eq!(fixed.prediction, None);
    assert!((fixed.heterogeneity.q.p / 1.99676459085e-26 - 1.0).abs() < 1e-6);
}

/// `rma(...)$se.tau2`, `confint(control = list(tol = 1e-15))` and `weights`.
#[test]
fn tau2_has_its_standard_error_and_interval() {
    let d = bcg();
    let all = pool(&d.y, &d.v, &Options::default()).unwrap();
    let h = all.heterogeneity;
    near(h.tau2_se.unwrap(), 0.166425752837, 1e-8);
    let check = |range: Option<Range>, low: f64, high: f64, tolerance: f64| {
        near(range.unwrap().low, low, tolerance);
        near(range.unwrap().high, high, tolerance);
    };
    check(h.tau2_interval, 0.119718361141, 1.111479084061, 1e-9);
    check(h.i2_interval, 81.920574558597, 97.678074957887, 1e-9);
    check(h.h2_interval, 5.531149223968, 43.067712430982, 1e-9);
    // What defines the bounds: Q there is a quantile of chi-squared (scipy 1.17, chi2.ppf([.975, .025], 12)).
    let q = |tau2: f64| {
        let w: Vec<f64> = d.v.iter().map(|v| 1.0 / (v + tau2)).collect();
        let mean = w.iter().zip(&d.y).map(|(w, y)| w * y).sum::<f64>() / w.iter().sum::<f64>();
        let squares = w.iter().zip(&d.y);
        squares
            .map(|(w, y)| w * (y - mean) * (y - mean))
            .sum::<f64>()
    };
    let range = h.tau2_interval.unwrap();
    near(q(range.low), 23.336664158645338, 1e-8);
    near(q(range.high), 4.403788506981706, 1e-8);
    near(all.weights[0], 5.05948273437, 1e-8);
    near(all.weights[11], 3.82162906299, 1e-8);
    near(all.weights.iter().sum(), 100.0, 1e-12);
    let (y, v, _) = calendars();
    let all = pool(&y, &v, &Options::default()).unwrap();
    near(all.heterogeneity.tau2, 0.0884384765488, 1e-9);
    near(all.heterogeneity.tau2_se.unwrap(), 0.0201735654596, 1e-9);
    near(all.mean.value, 0.1279320583649, 1e-9);
    near(all.mean.se, 0.0433407428797, 1e-9);
    check(
        all.heterogeneity.tau2_interval,
        0.056466102690,
        0.138806890464,
        1e-9,
    );
}

/// `leave1out`, `influence` and `blup` under `test = "knha"` and `"z"`, rows 4, 8 and 12.
#[test]
fn influence_and_shrinkage_as_in_metafor() {
    let d = bcg();
    let o = Options::default();
    let left = leave_one_out(&d.y, &d.v, &o).unwrap();
    #[rustfmt::skip]
    let expected = [
        (3, [-0.62840937, 0.18193719, 0.00538998, -1.02885043, -0.22796831, 96.56259497, 0.26275815, 90.41246393]),
        (7, [-0.79476760, 0.18229511, 0.00113670, -1.19599643, -0.39353878, 67.98581150, 0.27318293, 87.03136274]),
        (11, [-0.75981210, 0.17889764, 0.00137220, -1.15356316, -0.36606104, 150.78683454, 0.30816221, 92.67820596]),
    ];
    for (i, values) in expected {
        let l = left[i];
        let m = l.mean;
        let found = [
            m.value,
            m.se,
            m.p,
            m.low,
            m.high,
            l.q.statistic,
            l.tau2,
            l.i2,
        ];
        found
            .iter()
            .zip(values)
            .for_each(|(f, e)| near(*f, e, 1e-7));
    }
    let z = options(Between::Reml, Errors::Normal);
    let under_z = influence(&d.y, &d.v, &z).unwrap();
    #[rustfmt::skip]
    let expected = [
        (3, [-1.4512006643, -0.5200509885, 0.2294816391, 0.9651264851, 0.2627581481, 96.5625949714, 0.0969874702, 9.6987470189]),
        (7, [1.4500805246, 0.4774600074, 0.1991775917, 1.0010701389, 0.2731829294, 67.9858114991, 0.1018943904, 10.1894390371]),
        (11, [1.2898409681, 0.2526198948, 0.0634334163, 1.0258569350, 0.3081622148, 150.7868345411, 0.0382162906, 3.8216290630]),
    ];
    for (i, values) in expected {
        let i = under_z[i];
        let found = [
            i.residual,
            i.dffits,
            i.cook,
            i.covariance_ratio,
            i.tau2,
            i.q,
            i.hat,
            i.weight,
        ];
        found
            .iter()
            .zip(values)
            .for_each(|(f, e)| near(*f, e, 2e-7));
        assert!(!i.influential);
    }
    // Under Hartung-Knapp errors metafor multiplies v + tau2 by their factor too, in residuals and DFFITS, where the paper has none.
    let under_t = influence(&d.y, &d.v, &o).unwrap();
    for (i, cook, ratio) in [
        (3, 0.2269242096, 1.0127116240),
        (11, 0.0627264905, 0.9791563594),
    ] {
        near(under_t[i].cook, cook, 2e-7);
        near(under_t[i].covariance_ratio, ratio, 2e-7);
        near(under_t[i].dffits, under_z[i].dffits, 1e-12);
        let l = left[i];
        let apart = (d.y[i] - l.mean.value) / (d.v[i] + l.tau2 + l.mean.se.powi(2)).sqrt();
        near(under_t[i].residual, apart, 1e-9);
    }
    #[rustfmt::skip]
    let cases = [
        (o, 3, [-1.3978976965, 0.1375731888, -1.6976439253, -1.0981514677]),
        (o, 11, [-0.2847337129, 0.4584579916, -1.2836278669, 0.7141604412]),
        (z, 3, [-1.3978976965, 0.1375684157, -1.6675268366, -1.1282685564]),
    ];
    for (o, i, values) in cases {
        let s = shrunken(&d.y, &d.v, &o).unwrap()[i].value;
        let found = [s.value, s.se, s.low, s.high];
        found
            .iter()
            .zip(values)
            .for_each(|(f, e)| near(*f, e, 1e-8));
    }
}
