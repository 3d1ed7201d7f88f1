//! Standard errors from influence values: how far each row moved the estimate.

use crate::stats::Refused;
use rustc_hash::FxHashMap;

/// Standard error and degrees of freedom of an estimate whose error is about the sum of `influence`.
///
/// Influence values are added within clusters (rows where there are none); with G of them the variance is G/(G-1) times the
/// sum of their squares, and the degrees of freedom are G-1 (the sandwich of an M-estimator, Stefanski & Boos 2002, eq. 10,
/// with clusters as the independent units). Also gives G. Refused with fewer than two clusters or without any variation.
pub(in crate::stats) fn clustered_error(
    influence: &[f64],
    clusters: Option<&[u32]>,
) -> Result<(f64, usize), Refused> {
    let sums = match clusters {
        None => influence.to_vec(),
        Some(clusters) => {
            // In order of first appearance, so that the sum has the same bits in every run.
            let mut place = FxHashMap::default();
            let mut sums: Vec<f64> = Vec::new();
            for (value, cluster) in influence.iter().zip(clusters) {
                let at = *place.entry(*cluster).or_insert_with(|| {
                    sums.push(0.0);
                    sums.len() - 1
                });
                sums[at] += value;
            }
            sums
        }
    };
    let count = sums.len();
    if count < 2 {
        return Err(Refused::new(
            "all rows are in one cluster, so how clusters differ is unknown",
            "Name smaller clusters, or gather data from more clusters.",
        ));
    }
    let g = count as f64;
    let squares: f64 = sums.iter().map(|u| u * u).sum();
    Ok(((squares * g / (g - 1.0)).sqrt(), count))
}
