//! Distributions, as far as they are needed: quantiles and probabilities of t, normal, chi-squared, F and beta.

use statrs::distribution::{Beta, ChiSquared, ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// Quantile of Student's t; of the normal for infinite `df`. NaN where `df` is not above 0.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if df.is_infinite() {
        return normal_quantile(p);
    }
    StudentsT::new(0.0, 1.0, df).map_or(f64::NAN, |t| t.inverse_cdf(p))
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
}
