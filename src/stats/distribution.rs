//! Distributions, as far as they are needed: quantiles and probabilities of t, normal, chi-squared, F and beta.

use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// Quantile of Student's t; of the normal for infinite `df`. NaN where `df` is not above 0.
///
/// From 1000 degrees of freedom by the expansion about the normal (Abramowitz & Stegun 1964, 26.7.5), exact to 1e-12 there: statrs
/// 0.19 inverts t to some 1e-11 below, but is off by 7e-6 at 1e5 and never ends at 1e9.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return normal_quantile(p);
    }
    if df.is_nan() || df < 1000.0 {
        return StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |t| t.inverse_cdf(p));
    }
    let z = normal_quantile(p);
    let z2 = z * z;
    let terms = [
        z * (z2 + 1.0) / 4.0,
        z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
        z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| (sum + term) / df) + z
}

/// Probability of a value as far from 0 as `t` or farther; normal for infinite `df`. NaN where undefined.
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    if t.is_nan() {
        return f64::NAN;
    }
    if df.is_infinite() {
        return 2.0 * normal(-t.abs());
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| 2.0 * d.cdf(-t.abs()))
}

/// Probability that t is at most `t`.
pub fn t(t: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return normal(t);
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |d| d.cdf(t))
}

/// Standard normal probability of at most `z`.
pub fn normal(z: f64) -> f64 {
    Normal::standard().cdf(z)
}

/// Quantile of the standard normal.
pub fn normal_quantile(p: f64) -> f64 {
    Normal::standard().inverse_cdf(p)
}

/// Probability that chi-squared exceeds `x`. NaN where `df` is not above 0.
pub fn chi_squared_above(x: f64, df: f64) -> f64 {
    ChiSquared::new(df).map_or(f64::NAN, |d| d.sf(x))
}

/// Probability that F exceeds `x`. NaN where a degree of freedom is not above 0.
pub fn f_above(x: f64, df1: f64, df2: f64) -> f64 {
    if df2.is_infinite() {
        return chi_squared_above(x * df1, df1);
    }
    FisherSnedecor::new(df1, df2).map_or(f64::NAN, |d| d.sf(x))
}

/// Quantile of the beta distribution. NaN where a parameter is not above 0.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    Beta::new(a, b).map_or(f64::NAN, |d| d.inverse_cdf(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against scipy.stats: t.ppf(.975, 7), norm.ppf(.975), and what has no value.
    #[test]
    fn agree_with_scipy() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(t_quantile(0.975, 7.0), 2.364_624_251_592_785);
        near(normal_quantile(0.975), 1.959_963_984_540_054);
        near(t_two_sided(0.0, 5.0), 1.0);
        assert!(t_quantile(0.975, 0.0).is_nan());
        assert!(t_quantile(0.975, f64::INFINITY) < 1.96);
    }

    /// scipy 1.17.1: `t.ppf(p, df)`; tolerance 1e-9.
    #[test]
    fn quantiles_hold_for_many_degrees_of_freedom() {
        let cases = [
            (0.975, 18.0, 2.100_922_040_241_038),
            (0.975, 1000.0, 1.962_339_080_826_408),
            (0.975, 1e5, 1.959_987_707_534_61),
            (0.975, 1e6, 1.959_966_356_814_107),
            (0.975, 1e9, 1.959_963_986_912_325),
        ];
        for (p, df, expected) in cases {
            let got = t_quantile(p, df);
            assert!((got - expected).abs() < 1e-9, "{df}: {got} {expected}");
        }
    }
}
