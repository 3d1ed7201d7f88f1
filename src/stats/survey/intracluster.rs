//! Intra-cluster correlation: how alike rows of one cluster are, for planning.

use crate::stats::Refused;
use crate::stats::distribution::{beta_quantile, normal_quantile};
use std::collections::BTreeMap;

/// Rows, sum of y and sum of squares of y of a cluster, unweighted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterMoments {
    /// Rows.
    pub rows: f64,
    /// Sum of y.
    pub first: f64,
    /// Sum of y^2. Shift y by a constant beforehand where its mean is much larger than its spread.
    pub second: f64,
}

/// An intra-cluster correlation with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intracluster {
    /// The estimate; below 0 where rows of a cluster are less alike than rows of different ones (planning then takes 0).
    pub value: f64,
    /// Standard error by Smith (1956).
    pub se: f64,
    /// Lower bound of Searle's interval, and `high` its upper bound: preferred with few clusters.
    pub low: f64,
    /// Upper bound of Searle's interval.
    pub high: f64,
    /// Lower bound of the value plus and minus z times Smith's standard error.
    pub low_smith: f64,
    /// Upper bound of the same.
    pub high_smith: f64,
    /// Mean square between clusters.
    pub between: f64,
    /// Mean square within clusters.
    pub within: f64,
    /// Adjusted mean cluster size n0.
    pub size: f64,
    /// Clusters.
    pub clusters: usize,
}

/// ANOVA estimator for clusters of unequal size (Donner 1986, "A review of inference procedures for the intraclass correlation
/// coefficient in the one-way random effects model"): (MSB - MSW) / (MSB + (n0 - 1) MSW), with
/// n0 = (N - sum n_i^2 / N) / (k - 1).
///
/// The interval is Searle's (1971, "Linear Models"), exact for clusters of equal size under normality; n0 stands in for
/// the size, an approximation, otherwise. The standard error is Smith's (1956), as given by Donner. Sound for 0/1 values
/// too (Ridout, Demétrio & Firth 1999), with intervals that are rough there. Clusters without rows are passed over.
///
/// # Errors
/// Fewer than two clusters; no cluster with two rows; all values the same.
pub fn anova(clusters: &[ClusterMoments], confidence: f64) -> Result<Intracluster, Refused> {
    let used: Vec<&ClusterMoments> = clusters.iter().filter(|c| c.rows > 0.0).collect();
    let sum = |of: &dyn Fn(&ClusterMoments) -> f64| used.iter().map(|c| of(c)).sum::<f64>();
    let k = used.len() as f64;
    let rows = sum(&|c| c.rows);
    if k < 2.0 || rows - k < 1.0 {
        return Err(Refused::new(
            format!(
                "{k} clusters with {rows} rows can't tell likeness within clusters from chance"
            ),
            "At least two clusters are needed, and one of them with two rows or more.",
        ));
    }
    let mean = sum(&|c| c.first) / rows;
    let square_between = sum(&|c| c.rows * (c.first / c.rows - mean).powi(2));
    let square_within = sum(&|c| c.second - c.first * c.first / c.rows).max(0.0);
    let noise = 1e-13 * sum(&|c| c.second);
    if square_between + square_within <= noise {
        return Err(Refused::new(
            "all values are the same",
            "Take the intra-cluster correlation from another measure or study.",
        ));
    }
    let (between, within) = (square_between / (k - 1.0), square_within / (rows - k));
    let squares = sum(&|c| c.rows * c.rows);
    let size = (rows - squares / rows) / (k - 1.0);
    let value = (between - within) / (between + (size - 1.0) * within);

    let cubes = sum(&|c| c.rows.powi(3));
    let unequal = squares - 2.0 * cubes / rows + squares * squares / (rows * rows);
    let variance = 2.0 * (1.0 - value).powi(2) / (size * size)
        * ((1.0 + value * (size - 1.0)).powi(2) / (rows - k)
            + ((k - 1.0) * (1.0 - value) * (1.0 + value * (2.0 * size - 1.0))
                + value * value * unequal)
                / (k - 1.0).powi(2));
    let se = variance.max(0.0).sqrt();

    let tail = (1.0 - confidence) / 2.0;
    let at = |p: f64| {
        if square_within <= noise {
            return 1.0;
        }
        let ratio = between / within / f_quantile(p, k - 1.0, rows - k);
        (ratio - 1.0) / (ratio + size - 1.0)
    };
    let reach = normal_quantile(1.0 - tail) * se;
    Ok(Intracluster {
        value,
        se,
        low: at(1.0 - tail),
        high: at(tail),
        low_smith: value - reach,
        high_smith: value + reach,
        between,
        within,
        size,
        clusters: used.len(),
    })
}

/// [`anova`] within cells: clusters are compared with those of their own cell (stratum, group) alone, so that differences between
/// cells don't count as likeness. `cell[i]` is that of cluster i. Degrees of freedom are lost by cell: k - C between, N - k within;
/// n0 = (N - sum over cells of sum n_i^2 / N_cell) / (k - C). The standard error is Smith's with k - C + 1 for the clusters.
///
/// # Errors
/// As [`anova`], with two clusters in one cell at least.
pub fn anova_within(
    clusters: &[ClusterMoments],
    cell: &[u32],
    confidence: f64,
) -> Result<Intracluster, Refused> {
    let mut cells: BTreeMap<u32, (f64, f64, f64)> = BTreeMap::new();
    let used = || {
        let all = clusters.iter().zip(cell);
        all.filter(|(c, _)| c.rows > 0.0)
    };
    for (c, cell) in used() {
        let place = cells.entry(*cell).or_default();
        place.0 += c.rows;
        place.1 += c.first;
        place.2 += c.rows * c.rows;
    }
    let (mut k, mut rows, mut square_between, mut square_within) = (0.0, 0.0, 0.0, 0.0);
    for (c, cell) in used() {
        let mean = cells.get(cell).map_or(0.0, |(n, sum, _)| sum / n);
        k += 1.0;
        rows += c.rows;
        square_between += c.rows * (c.first / c.rows - mean).powi(2);
        square_within += (c.second - c.first * c.first / c.rows).max(0.0);
    }
    let free = k - cells.len() as f64;
    if free < 1.0 || rows - k < 1.0 {
        return Err(Refused::new(
            format!(
                "{k} clusters with {rows} rows in {} cells can't tell likeness within clusters from chance",
                cells.len()
            ),
            "At least two clusters of one stratum and group are needed, and one of them with two rows or more.",
        ));
    }
    let noise = 1e-13 * used().map(|(c, _)| c.second).sum::<f64>();
    if square_between + square_within <= noise {
        return Err(Refused::new(
            "all values are the same",
            "Take the intra-cluster correlation from another measure or study.",
        ));
    }
    let (between, within) = (square_between / free, square_within / (rows - k));
    let size = (rows
        - cells
            .values()
            .map(|(n, _, squares)| squares / n)
            .sum::<f64>())
        / free;
    let value = (between - within) / (between + (size - 1.0) * within);
    let variance = 2.0 * (1.0 - value).powi(2) / (size * size)
        * ((1.0 + value * (size - 1.0)).powi(2) / (rows - k)
            + (1.0 - value) * (1.0 + value * (2.0 * size - 1.0)) / free);
    let se = variance.max(0.0).sqrt();
    let tail = (1.0 - confidence) / 2.0;
    let at = |p: f64| {
        if square_within <= noise {
            return 1.0;
        }
        let ratio = between / within / f_quantile(p, free, rows - k);
        (ratio - 1.0) / (ratio + size - 1.0)
    };
    let reach = normal_quantile(1.0 - tail) * se;
    Ok(Intracluster {
        value,
        se,
        low: at(1.0 - tail),
        high: at(tail),
        low_smith: value - reach,
        high_smith: value + reach,
        between,
        within,
        size,
        clusters: k as usize,
    })
}

/// Quantile of F by that of the beta distribution.
fn f_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    let x = beta_quantile(p, df1 / 2.0, df2 / 2.0);
    df2 * x / (df1 * (1.0 - x))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::cases::near;
    use super::*;
    use crate::stats::random::stream;
    use rand::RngExt;

    fn of(clusters: &[Vec<f64>]) -> Vec<ClusterMoments> {
        clusters
            .iter()
            .map(|c| ClusterMoments {
                rows: c.len() as f64,
                first: c.iter().sum(),
                second: c.iter().map(|y| y * y).sum(),
            })
            .collect()
    }

    /// Two cells of the same clusters, the second shifted: what lies between cells must not count; degrees of freedom double.
    #[test]
    fn cells_that_differ_do_not_make_clusters_alike() {
        let first = vec![
            vec![9.0, 2.0, 5.0],
            vec![6.0, 1.0, 3.0, 2.0],
            vec![8.0, 4.0, 6.0, 8.0, 7.0],
        ];
        let shifted = first
            .iter()
            .map(|c| c.iter().map(|y| y + 50.0).collect())
            .collect::<Vec<Vec<f64>>>();
        let one = anova(&of(&first), 0.95).unwrap();
        let alone = anova_within(&of(&first), &[7, 7, 7], 0.95).unwrap();
        for (a, b) in [
            (alone.value, one.value),
            (alone.low, one.low),
            (alone.high, one.high),
            (alone.size, one.size),
        ] {
            near(a, b, 1e-12);
        }
        let both = [first, shifted].concat();
        let within = anova_within(&of(&both), &[0, 0, 0, 1, 1, 1], 0.95).unwrap();
        near(within.value, one.value, 1e-9);
        near(within.between, one.between, 1e-9);
        assert!(within.high - within.low < one.high - one.low);
        assert!(anova(&of(&both), 0.95).unwrap().value > 0.99);
        assert!(anova_within(&of(&both), &[0, 1, 2, 3, 4, 5], 0.95).is_err());
    }

    /// Shrout & Fleiss 1979, "Intraclass correlations: uses in assessing rater reliability", their example: ICC(1, 1) = .17,
    /// mean squares 11.24 and 6.26. The interval by scipy 1.17.1: (F / f.ppf(q, 5, 18) - 1) / (F / f.ppf(q, 5, 18) + 3).
    #[test]
    fn published_by_shrout_and_fleiss() {
        let targets = [
            vec![9.0, 2.0, 5.0, 8.0],
            vec![6.0, 1.0, 3.0, 2.0],
            vec![8.0, 4.0, 6.0, 8.0],
            vec![7.0, 1.0, 2.0, 6.0],
            vec![10.0, 5.0, 6.0, 9.0],
            vec![6.0, 2.0, 4.0, 7.0],
        ];
        let icc = anova(&of(&targets), 0.95).unwrap();
        assert!((icc.between - 11.24).abs() < 5e-3 && (icc.within - 6.26).abs() < 5e-3);
        assert!((icc.value - 0.17).abs() < 5e-3 && icc.size == 4.0);
        near(icc.low, -0.132_932_324_874_750_98, 1e-8);
        near(icc.high, 0.722_560_062_328_121_1, 1e-8);
        // Clusters of one size: Smith's variance is 2 (1 - r)^2 (1 + (n - 1) r)^2 / n^2 (1 / (N - k) + ...), of which Fisher's
        // 2 (1 - r)^2 (1 + (n - 1) r)^2 / (n (n - 1) (k - 1)) is the limit for many clusters.
        let many: Vec<Vec<f64>> = (0..500).flat_map(|_| targets.clone()).collect();
        let icc = anova(&of(&many), 0.95).unwrap();
        let r = icc.value;
        let fisher = 2.0 * ((1.0 - r) * (1.0 + 3.0 * r)).powi(2) / (12.0 * 2999.0);
        near(icc.se, fisher.sqrt(), 2e-3);
    }

    /// numpy 2 and scipy 1.17.1, the formulas written out on clusters of 3, 5, 2, 7 and 4 rows:
    /// `[[(i*37+j*11)%13 + 3*i for j in range(m)] for i, m in enumerate([3,5,2,7,4])]`.
    #[test]
    fn unequal_clusters_as_in_scipy() {
        let clusters: Vec<Vec<f64>> = [3, 5, 2, 7, 4]
            .iter()
            .enumerate()
            .map(|(i, m)| {
                (0..*m)
                    .map(|j| ((i * 37 + j * 11) % 13 + 3 * i) as f64)
                    .collect()
            })
            .collect();
        let icc = anova(&of(&clusters), 0.95).unwrap();
        let expected = [
            (icc.size, 4.023_809_523_809_524),
            (icc.between, 71.360_119_047_619_05),
            (icc.within, 16.820_684_523_809_526),
            (icc.value, 0.446_230_120_049_715_74),
            (icc.se, 0.263_143_218_291_120_7),
            (icc.low, 0.033_054_413_267_286_24),
            (icc.high, 0.898_508_322_165_943_8),
        ];
        expected.iter().for_each(|(a, b)| near(*a, *b, 1e-8));
    }

    /// Normal values with a correlation of .1 in 40 clusters of 5 to 25 rows: the estimate is right on average, Smith's standard
    /// error is that of the estimates, and Searle's interval covers.
    #[test]
    fn recovers_the_truth() {
        let (truth, repetitions) = (0.1_f64, 1_000_u64);
        let (mut values, mut errors, mut covered) = (vec![], 0.0, 0);
        for repetition in 0..repetitions {
            let mut random = stream(6, 0, repetition);
            let mut normal = || normal_quantile(random.random_range(1e-12..1.0));
            let clusters: Vec<Vec<f64>> = (0..40)
                .map(|c| {
                    let shared = truth.sqrt() * normal();
                    (0..5 + c % 21)
                        .map(|_| shared + (1.0 - truth).sqrt() * normal())
                        .collect()
                })
                .collect();
            let icc = anova(&of(&clusters), 0.95).unwrap();
            values.push(icc.value);
            errors += icc.se / repetitions as f64;
            covered += i32::from(icc.low <= truth && truth <= icc.high);
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let sd =
            (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        assert!((mean - truth).abs() < 0.005, "{mean}");
        assert!((errors / sd - 1.0).abs() < 0.06, "{errors} {sd}");
        assert!((930..=970).contains(&covered), "{covered}");
    }

    #[test]
    fn refused_in_words() {
        let reason = |clusters: &[Vec<f64>]| anova(&of(clusters), 0.95).unwrap_err().reason;
        assert!(reason(&[vec![1.0, 2.0]]).starts_with("1 clusters with 2 rows"));
        assert!(reason(&[vec![1.0], vec![2.0]]).starts_with("2 clusters with 2 rows"));
        assert!(reason(&[vec![3.1, 3.1], vec![3.1, 3.1]]).starts_with("all values are the same"));
        // All the same within clusters: perfectly alike.
        let alike = anova(&of(&[vec![1.0, 1.0], vec![2.0, 2.0]]), 0.95).unwrap();
        assert!(alike.value == 1.0 && alike.low == 1.0 && alike.se == 0.0);
    }
}
