//! Intraclass correlation of single scores and of means of scores (Shrout & Fleiss 1979, "Intraclass correlations: uses in assessing
//! rater reliability"; McGraw & Wong 1996).

/// The two-way forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icc {
    /// ICC(2,1): raters are drawn from many, and their levels must agree.
    pub agreement: f64,
    /// ICC(3,1): raters may differ in level.
    pub consistency: f64,
    /// ICC(2,k): the mean of all raters.
    pub agreement_of_mean: f64,
    /// ICC(3,k): the same where raters may differ in level.
    pub consistency_of_mean: f64,
}

/// From rows of complete scores with a weight, one row per case; `None` with fewer than two cases or raters, or when
/// nothing varies.
pub fn icc(rows: &[(f64, Vec<f64>)]) -> Option<Icc> {
    let k = rows.first()?.1.len();
    let n: f64 = rows.iter().map(|(w, _)| w).sum();
    if k < 2 || rows.len() < 2 || n <= 1.0 {
        return None;
    }
    let raters = k as f64;
    let mean = rows
        .iter()
        .map(|(w, r)| w * r.iter().sum::<f64>())
        .sum::<f64>()
        / (n * raters);
    let of_case = |r: &[f64]| r.iter().sum::<f64>() / raters;
    let between_cases: f64 = rows
        .iter()
        .map(|(w, r)| w * raters * (of_case(r) - mean).powi(2))
        .sum();
    let between_raters: f64 = (0..k)
        .map(|j| {
            let level = rows.iter().map(|(w, r)| w * r[j]).sum::<f64>() / n;
            n * (level - mean).powi(2)
        })
        .sum();
    let total: f64 = rows
        .iter()
        .map(|(w, r)| w * r.iter().map(|x| (x - mean).powi(2)).sum::<f64>())
        .sum();
    let cases = between_cases / (n - 1.0);
    let levels = between_raters / (raters - 1.0);
    let error = (total - between_cases - between_raters) / ((n - 1.0) * (raters - 1.0));
    let consistency = (cases - error) / (cases + (raters - 1.0) * error);
    let apart = cases + (raters - 1.0) * error + raters * (levels - error) / n;
    let agreement = (cases - error) / apart;
    (consistency.is_finite() && agreement.is_finite()).then_some(Icc {
        agreement,
        consistency,
        agreement_of_mean: (cases - error) / (cases + (levels - error) / n),
        consistency_of_mean: (cases - error) / cases,
    })
}

/// One-way forms, ICC(1,1) and ICC(1,k): each case is scored by other raters, who need no names. From the scores of each case that has
/// two or more, with its weight; where cases differ in how many they have, by the effective number of scores of a case,
/// (N - sum of k_i^2 / N) / (n - 1) (Snedecor & Cochran 1989, "Statistical Methods", section 13.6).
/// `None` with fewer than two cases, or when nothing varies.
pub fn one_way(cases: &[(f64, Vec<f64>)]) -> Option<(f64, f64)> {
    let n: f64 = cases.iter().map(|(w, _)| w).sum();
    if cases.len() < 2 || n <= 1.0 {
        return None;
    }
    let size = |scores: &[f64]| scores.len() as f64;
    let scores: f64 = cases.iter().map(|(w, s)| w * size(s)).sum();
    let squares: f64 = cases.iter().map(|(w, s)| w * size(s).powi(2)).sum();
    let sum = |s: &[f64]| s.iter().sum::<f64>();
    let mean = cases.iter().map(|(w, s)| w * sum(s)).sum::<f64>() / scores;
    let (mut between, mut within) = (0.0, 0.0);
    for (w, s) in cases {
        let own = sum(s) / size(s);
        between += w * size(s) * (own - mean).powi(2);
        within += w * s.iter().map(|x| (x - own).powi(2)).sum::<f64>();
    }
    let between = between / (n - 1.0);
    let within = within / (scores - n);
    let each = (scores - squares / scores) / (n - 1.0);
    let single = (between - within) / (between + (each - 1.0) * within);
    let of_mean = (between - within) / between;
    single.is_finite().then_some((single, of_mean))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Shrout & Fleiss 1979, tables 2 and 4: four judges rate six targets; ICC(1,1) .17, (2,1) .29, (3,1) .71, (1,4) .44, (2,4) .62,
    /// (3,4) .91. More digits from pingouin 0.5.5, `intraclass_corr`.
    #[test]
    fn four_judges_of_six_targets_as_published() {
        let rows = [
            [9.0, 2.0, 5.0, 8.0],
            [6.0, 1.0, 3.0, 2.0],
            [8.0, 4.0, 6.0, 8.0],
            [7.0, 1.0, 2.0, 6.0],
            [10.0, 5.0, 6.0, 9.0],
            [6.0, 2.0, 4.0, 7.0],
        ];
        let rows: Vec<(f64, Vec<f64>)> = rows.iter().map(|r| (1.0, r.to_vec())).collect();
        let found = icc(&rows).unwrap();
        let (single, of_mean) = one_way(&rows).unwrap();
        for (got, published, digits) in [
            (single, 0.17, 0.165_742),
            (found.agreement, 0.29, 0.289_764),
            (found.consistency, 0.71, 0.714_841),
            (of_mean, 0.44, 0.442_797),
            (found.agreement_of_mean, 0.62, 0.620_051),
            (found.consistency_of_mean, 0.91, 0.909_316),
        ] {
            assert!((got - published).abs() < 0.005, "{got} {published}");
            assert!((got - digits).abs() < 1e-6, "{got} {digits}");
        }
    }

    /// By hand, from the mean squares of the one-way analysis of variance.
    #[test]
    fn cases_with_different_numbers_of_scores() {
        let cases = [
            (1.0, vec![1.0, 2.0]),
            (1.0, vec![4.0, 5.0, 6.0]),
            (1.0, vec![8.0, 6.0]),
        ];
        // Means 1.5, 5, 7 around 32 / 7; between (2 * 9.4337 + 3 * .1837 + 2 * 5.8980) / 2 = 15.6071; within (.5 + 2 + 2) / 4.
        let (single, of_mean) = one_way(&cases).unwrap();
        let (between, within, each) = (15.607_142_857, 1.125, (7.0 - 17.0 / 7.0) / 2.0);
        assert!((single - (between - within) / (between + (each - 1.0) * within)).abs() < 1e-9);
        assert!((of_mean - (1.0 - within / between)).abs() < 1e-9);
    }

    #[test]
    fn nothing_that_varies_is_undefined() {
        assert_eq!(icc(&[(1.0, vec![2.0, 2.0]), (1.0, vec![2.0, 2.0])]), None);
        assert_eq!(icc(&[(1.0, vec![2.0, 3.0])]), None);
    }
}
