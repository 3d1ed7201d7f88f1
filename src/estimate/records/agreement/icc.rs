//! Intraclass correlation of single scores (Shrout & Fleiss 1979, "Intraclass correlations: uses in assessing rater
//! reliability"; McGraw & Wong 1996).

/// Both forms for a single rater.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icc {
    /// ICC(2,1): raters are drawn from many, and their levels must agree.
    pub agreement: f64,
    /// ICC(3,1): raters may differ in level.
    pub consistency: f64,
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
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shrout & Fleiss 1979, table 2: four judges rate six targets; ICC(2,1) .29, ICC(3,1) .71.
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
        let found = icc(&rows).unwrap_or(Icc {
            agreement: f64::NAN,
            consistency: f64::NAN,
        });
        assert!((found.agreement - 0.29).abs() < 0.005, "{found:?}");
        assert!((found.consistency - 0.71).abs() < 0.005, "{found:?}");
    }

    #[test]
    fn nothing_that_varies_is_undefined() {
        assert_eq!(icc(&[(1.0, vec![2.0, 2.0]), (1.0, vec![2.0, 2.0])]), None);
        assert_eq!(icc(&[(1.0, vec![2.0, 3.0])]), None);
    }
}
