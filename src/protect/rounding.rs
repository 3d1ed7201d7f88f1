//! Counts of persons are shown rounded: exact ones, of many indicators over the same rows, would tell persons apart.

use crate::outcome::{IndicatorResult, TableQuality};

/// Counts are shown as multiples of this.
pub const BASE: u64 = 5;

/// A count as it is shown: the nearest multiple of [`BASE`], but never zero for what is not.
pub fn rounded(count: u64) -> u64 {
    match count {
        0 => 0,
        _ => (count.saturating_add(BASE / 2) / BASE * BASE).max(BASE),
    }
}

/// A count of what is missing as it is shown: 0 may be one or two.
pub fn rounded_missing(count: u64) -> u64 {
    count.saturating_add(BASE / 2) / BASE * BASE
}

/// Rounds the counts of an indicator about persons.
pub fn round(result: &mut IndicatorResult) {
    for estimate in &mut result.estimates {
        estimate.n = rounded(estimate.n);
        estimate.missing = rounded_missing(estimate.missing);
    }
    if let Some(rows) = &mut result.rows {
        rows.total = rounded(rows.total);
        rows.used = rounded(rows.used);
        rows.excluded = rounded_missing(rows.excluded);
        for (_, count) in &mut rows.missing {
            *count = rounded_missing(*count);
        }
        rows.missing.retain(|(_, count)| *count > 0);
    }
    result.rounded = Some(BASE);
}

/// Rounds the counts of a table about persons.
pub fn round_quality(table: &mut TableQuality) {
    table.rows = rounded(table.rows);
    table.refused = rounded_missing(table.refused);
    for column in &mut table.columns {
        column.missing = rounded_missing(column.missing);
        column.invalid = rounded_missing(column.invalid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_to_the_nearest_five() {
        let shown = [0, 1, 2, 3, 7, 8, 347, 348].map(rounded);
        assert_eq!(shown, [0, 5, 5, 5, 5, 10, 345, 350]);
        let missing = [0, 1, 2, 3, 7, 8].map(rounded_missing);
        assert_eq!(missing, [0, 0, 0, 5, 5, 10]);
    }
}
