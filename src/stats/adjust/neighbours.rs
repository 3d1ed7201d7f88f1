//! Nearest neighbours of rows among other rows, ties kept, without a matrix of all distances.

use crate::stats::Refused;
use rayon::prelude::*;

/// Most rows that matching takes: every row is compared with every other, so time grows with their square (memory doesn't).
pub const GREATEST_ROWS: usize = 50_000;

/// Relative difference below which two distances count as tied: rounding of the scaled coordinates, no more.
const TIE: f64 = 1e-9;

/// Rows as points; the distance of two is the Euclidean one of their coordinates.
pub(super) struct Points<'a> {
    /// Coordinates, those of a row side by side.
    pub coordinates: Vec<f64>,
    /// Coordinates per row, at least 1.
    pub dimensions: usize,
    /// Values that two rows must share to be neighbours at all, one number per row; all equal where none.
    pub exact: Option<&'a [u32]>,
}

impl Points<'_> {
    fn point(&self, row: usize) -> &[f64] {
        &self.coordinates[row * self.dimensions..(row + 1) * self.dimensions]
    }

    /// The `count` nearest of `candidates` to each of `rows` and all that tie with the last of them, no farther than
    /// `caliper`; never the row itself. Fewer where there are fewer.
    pub fn nearest(
        &self,
        rows: &[usize],
        candidates: &[usize],
        count: usize,
        caliper: f64,
    ) -> Vec<Vec<usize>> {
        rows.par_iter()
            .map_init(Vec::new, |distances, &row| {
                self.nearest_to(row, candidates, count, caliper, distances)
            })
            .collect()
    }

    fn nearest_to(
        &self,
        row: usize,
        candidates: &[usize],
        count: usize,
        caliper: f64,
        distances: &mut Vec<(f64, usize)>,
    ) -> Vec<usize> {
        let own = self.point(row);
        distances.clear();
        for &other in candidates {
            if other == row || self.exact.is_some_and(|e| e[other] != e[row]) {
                continue;
            }
            let squares: f64 = own
                .iter()
                .zip(self.point(other))
                .map(|(a, b)| (a - b) * (a - b))
                .sum();
            let distance = squares.sqrt();
            if distance <= caliper {
                distances.push((distance, other));
            }
        }
        if distances.len() > count {
            let (_, last, _) =
                distances.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0));
            let limit = last.0 + TIE * (1.0 + last.0);
            distances.retain(|(distance, _)| *distance <= limit);
        }
        let mut found: Vec<usize> = distances.iter().map(|(_, other)| *other).collect();
        found.sort_unstable();
        found
    }
}

/// Refused beyond [`GREATEST_ROWS`].
pub(super) fn check_size(rows: usize) -> Result<(), Refused> {
    if rows <= GREATEST_ROWS {
        return Ok(());
    }
    Err(Refused::new(
        format!(
            "{rows} rows are more than the {GREATEST_ROWS} that matching compares with each other"
        ),
        "Use inverse probability weighting or the doubly robust estimator, which take any number of rows.",
    ))
}
