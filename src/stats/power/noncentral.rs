//! Noncentral t: probability that an estimate with an estimated standard error passes a threshold.

use crate::stats::distribution::normal;

/// Weight below which a point of the integral no longer counts, against 1 at the mode.
const NEGLIGIBLE: f64 = 1e-18;

/// From so many degrees of freedom on t is the normal, to some 1 / df.
const NORMAL: f64 = 1e10;

/// Probability that a noncentral t with `df` degrees of freedom and noncentrality `shift` exceeds `t`; normal for infinite `df`.
///
/// With s the estimated over the true standard error (df s^2 is chi-squared), P(T > t) = E[Phi(shift - t s)] (Johnson, Kotz &
/// Balakrishnan 1995, ch. 31). The mean is taken by the trapezoidal rule over ln s, which converges exponentially for such
/// integrands (Trefethen & Weideman 2014). NaN where `df` is not above 0, `shift` is infinite or an argument is NaN.
pub fn noncentral_t_above(t: f64, df: f64, shift: f64) -> f64 {
    if df >= NORMAL {
        return normal(shift - t);
    }
    if t.is_nan() || !shift.is_finite() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    let step = step(df, shift, t);
    let (mut sum, mut total) = (0.0, 0.0);
    let mut add = |at: f64| {
        let weight = weight(at, df);
        sum += weight * normal(shift - t * at.exp());
        total += weight;
        weight > NEGLIGIBLE
    };
    add(0.0);
    let mut k = 1.0;
    while add(k * step) {
        k += 1.0;
    }
    k = 1.0;
    while add(-k * step) {
        k += 1.0;
    }
    (sum / total).clamp(0.0, 1.0)
}

/// Power of two one-sided t tests at level 1 - P(t < `critical`): the probability that estimate - critical * se > -margin and
/// estimate + critical * se < margin. `low` = (effect + margin) / se and `high` = (margin - effect) / se in true standard errors.
///
/// E[max(0, Phi(high - critical s) - Phi(critical s - low))], which is Owen's Q form of Phillips (1990); s as in
/// [`noncentral_t_above`]. The integrand has a kink where the two thresholds meet, so Simpson's rule runs up to there.
pub fn equivalence_power(low: f64, high: f64, critical: f64, df: f64) -> f64 {
    let inside = |s: f64| (normal(high - critical * s) - normal(critical * s - low)).max(0.0);
    if df >= NORMAL {
        return inside(1.0);
    }
    if df.is_nan() || df <= 0.0 || !(low + high).is_finite() {
        return f64::NAN;
    }
    let meet = (low + high) / (2.0 * critical);
    if meet <= 0.0 {
        return 0.0;
    }
    let step = step(df, low, critical).min(step(df, high, critical));
    let edge = |direction: f64| {
        let mut at = 0.0;
        while weight(at, df) > NEGLIGIBLE {
            at += direction * step;
        }
        at
    };
    let (left, right) = (edge(-1.0), edge(1.0));
    let end = right.min(meet.ln());
    if end <= left {
        return 0.0;
    }
    let total = simpson(left, right, step / 16.0, |at| weight(at, df));
    let sum = simpson(left, end, step / 16.0, |at| {
        weight(at, df) * inside(at.exp())
    });
    (sum / total).clamp(0.0, 1.0)
}

/// Density of ln s against its mode: exp(df (w - (e^(2w) - 1) / 2)).
fn weight(at: f64, df: f64) -> f64 {
    (df * (at - (2.0 * at).exp_m1() / 2.0)).exp()
}

/// Fine enough for the density (standard deviation 1 / sqrt(2 df) in ln s) and for the normal step at s = shift / t (width 1 / shift;
/// where the density is nothing there, it needs no resolution, and beyond 1000 standard errors it is a jump to either).
fn step(df: f64, shift: f64, t: f64) -> f64 {
    let density = 0.1_f64.min(0.5 / (2.0 * df).sqrt());
    let shift = shift.abs();
    // Ten standard errors to both sides of the step, in ln s.
    let near = ((shift - 10.0).max(0.0) / t.abs()).ln();
    let far = ((shift + 10.0) / t.abs()).ln();
    let outside = (near > 0.0 && weight(near, df) < NEGLIGIBLE)
        || (far < 0.0 && weight(far, df) < NEGLIGIBLE);
    match outside {
        true => density,
        false => density.min(0.5 / shift.min(1000.0)),
    }
}

fn simpson(from: f64, to: f64, step: f64, f: impl Fn(f64) -> f64) -> f64 {
    let pairs = ((to - from) / (2.0 * step)).ceil().max(1.0);
    let h = (to - from) / (2.0 * pairs);
    let mut sum = f(from) + f(to);
    let mut k = 1.0;
    while k < 2.0 * pairs {
        let factor = if k % 2.0 == 0.0 { 2.0 } else { 4.0 };
        sum += factor * f(from + k * h);
        k += 1.0;
    }
    sum * h / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.17.1: `scipy.stats.nct.sf(t, df, shift)`; the one of df .7 by mpmath.quad of the same integral, as scipy agrees to
    /// ten digits only. Tolerance: absolute 1e-10 (statrs has the normal to some 1e-11), and 1e-9 at df 1e6.
    #[test]
    fn noncentral_t_agrees_with_scipy() {
        let cases = [
            (2.0, 10.0, 1.5, 0.340_845_927_557_809, 1e-10),
            (1.96, 1.0, 3.0, 0.827_399_951_843_391, 1e-10),
            (2.1, 18.0, -1.0, 0.001_815_948_588_504_95, 1e-10),
            (-2.1, 18.0, 2.5, 0.999_992_739_231_124, 1e-10),
            (12.706, 1.0, 20.0, 0.883_400_296_494_49, 1e-10),
            (2.0, 1e6, 2.8, 0.788_144_514_509_404, 1e-9),
            (1.98, 125.0, 2.8, 0.793_204_307_630_739, 1e-10),
            (3.18, 3.0, 10.0, 0.999_966_601_281_787, 1e-10),
            (4.3, 2.0, 0.1, 0.029_159_565_090_474_5, 1e-10),
            (2.5, 0.7, 1.0, 0.375_046_734_858, 1e-10),
            (2.2, 5.5, 35.0, 1.0, 1e-10),
        ];
        for (t, df, shift, expected, within) in cases {
            let got = noncentral_t_above(t, df, shift);
            assert!(
                (got - expected).abs() < within,
                "{t} {df} {shift}: {got} {expected}"
            );
        }
        assert!(noncentral_t_above(1.0, 0.0, 1.0).is_nan());
        assert!(noncentral_t_above(1.0, 3.0, f64::INFINITY).is_nan());
    }

    /// A central t is the noncentral one with shift 0.
    #[test]
    fn without_shift_it_is_student() {
        for df in [0.3, 1.0, 2.5, 7.0, 60.0, 4000.0] {
            for t in [-3.0, -0.5, 0.0, 1.0, 4.0] {
                let expected = 1.0 - crate::stats::distribution::t(t, df);
                let got = noncentral_t_above(t, df, 0.0);
                assert!((got - expected).abs() < 1e-9, "{df} {t}: {got} {expected}");
            }
        }
    }

    /// Bioequivalence in a 2x2 crossover, coefficient of variation .30, ratio .95, limits .80 to 1.25: 40 persons give power .815845
    /// (R package PowerTOST, vignette "ABE", `sampleN.TOST(CV = 0.30)`).
    #[test]
    fn equivalence_agrees_with_powertost() {
        let se = ((1.0_f64 + 0.09).ln() * 2.0 / 40.0).sqrt();
        let (effect, margin) = (0.95_f64.ln(), 1.25_f64.ln());
        let critical = crate::stats::distribution::t_quantile(0.95, 38.0);
        let got = equivalence_power(
            (effect + margin) / se,
            (margin - effect) / se,
            critical,
            38.0,
        );
        assert!((got - 0.815_845).abs() < 5e-7, "{got}");
    }
}
