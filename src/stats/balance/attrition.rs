//! Attrition: how many of each group were not seen again in a later wave.

use crate::stats::adjust::{
    both_groups, check_clusters, check_weights, clustered_error, clusters_per_group,
};
use crate::stats::{Inference, Refused};

/// One group's attrition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Rows at the first wave.
    pub rows: usize,
    /// Rows of these that were not seen again.
    pub lost: usize,
    /// Weighted share that was not seen again.
    pub share: f64,
}

/// Attrition by group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attrition {
    /// The treated.
    pub treated: Rate,
    /// The comparison group.
    pub comparison: Rate,
    /// Share lost among the treated less that of the comparison group; t with clusters - 1 degrees of freedom. None where
    /// nobody, or everybody, was lost in both groups: there is nothing to estimate an error from.
    pub difference: Option<Inference>,
}

/// Share of each group that was not seen again (`stayed` false), and their difference by linearisation, added up within
/// clusters (see [`crate::stats::adjust`] for the variance). Rows are those of the first wave.
///
/// Refused where the treatment doesn't vary, a group lies in one cluster, or weights are unusable.
pub fn attrition(
    treated: &[bool],
    stayed: &[bool],
    weights: Option<&[f64]>,
    clusters: Option<&[u32]>,
    confidence: f64,
) -> Result<Attrition, Refused> {
    let n = treated.len();
    check_stayed(treated, stayed, weights, clusters)?;
    let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
    let rate = |group: bool| {
        let rows: Vec<usize> = (0..n).filter(|&i| treated[i] == group).collect();
        let lost: Vec<usize> = rows.iter().copied().filter(|&i| !stayed[i]).collect();
        let all: f64 = rows.iter().map(|&i| weight(i)).sum();
        let share = lost.iter().map(|&i| weight(i)).sum::<f64>() / all;
        (
            Rate {
                rows: rows.len(),
                lost: lost.len(),
                share,
            },
            all,
        )
    };
    let ((of_treated, treated_weight), (of_comparison, comparison_weight)) =
        (rate(true), rate(false));
    let lost = of_treated.lost + of_comparison.lost;
    let difference = if lost == 0 || lost == n {
        None
    } else {
        let influence: Vec<f64> = (0..n)
            .map(|i| {
                let gone = f64::from(u8::from(!stayed[i]));
                if treated[i] {
                    weight(i) * (gone - of_treated.share) / treated_weight
                } else {
                    -weight(i) * (gone - of_comparison.share) / comparison_weight
                }
            })
            .collect();
        let (se, count) = clustered_error(&influence, clusters)?;
        let value = of_treated.share - of_comparison.share;
        // All of one group lost and none of the other: no row departs from its group's share.
        (se > 0.0).then(|| Inference::t(value, se, count as f64 - 1.0, confidence))
    };
    Ok(Attrition {
        treated: of_treated,
        comparison: of_comparison,
        difference,
    })
}

pub(super) fn check_stayed(
    treated: &[bool],
    stayed: &[bool],
    weights: Option<&[f64]>,
    clusters: Option<&[u32]>,
) -> Result<(), Refused> {
    let n = treated.len();
    both_groups(treated)?;
    if stayed.len() != n {
        return Err(Refused::new(
            format!(
                "whether a row was seen again is given for {} of {n} rows",
                stayed.len()
            ),
            "Give one value per row of the first wave.",
        ));
    }
    check_weights(weights, n)?;
    check_clusters(clusters, n)?;
    clusters_per_group(treated, clusters)
}
