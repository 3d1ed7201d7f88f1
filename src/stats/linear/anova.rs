//! One-way analysis of variance.

use super::cluster::groups;
use super::moments::{average, shifted, squares};
use crate::stats::{Refused, distribution};

/// Variation between and within groups.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Anova {
    /// Values.
    pub n: usize,
    /// Groups.
    pub groups: usize,
    /// Squares of the groups' means about the mean of all, times their sizes; groups - 1 degrees of freedom.
    pub between: f64,
    /// Squares of values about their group's mean; n - groups degrees of freedom.
    pub within: f64,
    /// Mean square between over mean square within.
    pub f: f64,
    /// Probability of a larger F if the groups have the same mean.
    pub p: f64,
    /// Share of the variation that lies between groups.
    pub r2: f64,
    /// Square root of the mean square within.
    pub within_sd: f64,
}

/// One-way analysis of variance of `values` (n) by `codes` (n), about a shift as in [`moments`](super::moments::moments()).
///
/// # Errors
/// Fewer than two groups; one value per group; values that are constant within every group, or not finite.
pub fn anova(values: &[f64], codes: &[u32]) -> Result<Anova, Refused> {
    if values.len() != codes.len() {
        return Err(Refused::new(
            "values and groups differ in number",
            "Give one group per value.",
        ));
    }
    let (_, deviations) = shifted(values)?;
    let groups = groups(codes);
    let (n, g) = (values.len(), groups.len());
    if g < 2 {
        return Err(Refused::new(
            "all values are in one group",
            "Compare at least two groups.",
        ));
    }
    if n == g {
        return Err(Refused::new(
            format!("each of the {g} groups has a single value"),
            "Give at least one group several values.",
        ));
    }
    let all = average(&deviations);
    let (mut between, mut within) = (0.0, 0.0);
    for rows in &groups {
        let part: Vec<f64> = rows.iter().map(|&i| deviations[i]).collect();
        let mean = average(&part);
        let about: Vec<f64> = part.iter().map(|d| d - mean).collect();
        within += squares(&about);
        between += rows.len() as f64 * (mean - all) * (mean - all);
    }
    // Rounding alone leaves some 1e-16 of each deviation.
    if within <= 1e-26 * (between + within) || within <= 0.0 {
        return Err(Refused::new(
            "the values are the same within every group",
            "Look whether the group repeats the value.",
        ));
    }
    let (df1, df2) = ((g - 1) as f64, (n - g) as f64);
    let f = (between / df1) / (within / df2);
    Ok(Anova {
        n,
        groups: g,
        between,
        within,
        f,
        p: distribution::f_above(f, df1, df2),
        r2: between / (between + within),
        within_sd: (within / df2).sqrt(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    /// By hand: means 2, 5, 3.5; between 3 * (2.25 + 2.25) less nothing, within 2 + 2.
    #[test]
    fn two_groups_by_hand() {
        let table = anova(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[7, 7, 7, 2, 2, 2]).unwrap();
        assert_eq!((table.n, table.groups), (6, 2));
        assert!((table.between - 13.5).abs() < 1e-14 && (table.within - 4.0).abs() < 1e-14);
        assert!((table.f - 13.5).abs() < 1e-13 && (table.within_sd - 1.0).abs() < 1e-15);
        assert!((table.r2 - 13.5 / 17.5).abs() < 1e-15);
        // scipy 1.17.1: f_oneway([1,2,3],[4,5,6]).pvalue
        assert!(
            (table.p - 0.021_311_641_128_756_8).abs() < 1e-12,
            "{}",
            table.p
        );
    }

    #[test]
    fn refusals_in_words() {
        let reason = |v: &[f64], g: &[u32]| anova(v, g).unwrap_err().reason;
        assert_eq!(reason(&[1.0, 2.0], &[1, 1]), "all values are in one group");
        assert_eq!(
            reason(&[1.0, 2.0], &[1, 2]),
            "each of the 2 groups has a single value"
        );
        assert_eq!(
            reason(&[0.1, 0.1, 0.3, 0.3], &[1, 1, 2, 2]),
            "the values are the same within every group"
        );
    }
}
