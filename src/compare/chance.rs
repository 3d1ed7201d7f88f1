//! Figures that were recorded in full, taken as one of the courses that the time could have taken.
//!
//! League tables of institutions are read as if what was recorded would repeat itself; a share of 2 in 4 would not. The usual
//! answer takes the counts as binomial or Poisson (Goldstein & Spiegelhalter 1996, "League tables and their limitations").

use super::gather::Error;
use crate::outcome::{Estimate, IntervalKind};
use crate::stats::distribution::normal_quantile;

/// Rounding allowed when a float is taken for a count.
const WHOLE: f64 = 1e-9;

/// Error of a share of single rows: Wilson's score interval, its half width over the quantile for standard error.
///
/// `part` of `whole` rows; `None` where these are no counts (weights, amounts, other denominators).
pub(super) fn share(value: f64, parts: (f64, f64), rows: u64, confidence: f64) -> Option<Error> {
    let (part, whole) = parts;
    let counts = counted(part) && counted(whole) && part <= whole && whole > 0.0;
    if !counts || whole != rows as f64 || (value - part / whole).abs() > WHOLE {
        return None;
    }
    let z = normal_quantile(0.5 + confidence / 2.0);
    let n = whole;
    let middle = (value + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (value * (1.0 - value) / n + z * z / (4.0 * n * n)).sqrt();
    Some(Error {
        se: half / z,
        df: None,
        interval: ((middle - half).max(0.0), (middle + half).min(1.0)),
    })
}

/// Rows that, drawn one by one, would tell a share from a sample as well: those at which its variance is p (1 - p) / (n - 1), as a
/// sample of persons without weights has it. Where nobody or everybody does, those behind the bound of its interval; where that is of
/// another make, the clusters. `None` without an interval, or for what is no share of rows.
pub(super) fn effective_rows(estimate: &Estimate, confidence: f64) -> Option<f64> {
    let (value, interval) = (estimate.value?, estimate.interval?);
    let by_kind = matches!(
        interval.kind,
        IntervalKind::Wilson | IntervalKind::ClopperPearson
    );
    let of_rows = |(part, whole): (f64, f64)| part >= 0.0 && part <= whole && whole > 0.0;
    if !(0.0..=1.0).contains(&value) || !(by_kind || estimate.parts.is_some_and(of_rows)) {
        return None;
    }
    let rows = if value > 0.0 && value < 1.0 {
        1.0 + value * (1.0 - value) / (interval.se * interval.se)
    } else {
        let bound = if value == 0.0 {
            interval.high
        } else {
            1.0 - interval.low
        };
        let tail = (1.0 - confidence) / 2.0;
        let z = normal_quantile(1.0 - tail);
        match interval.kind {
            IntervalKind::Wilson => z * z * (1.0 - bound) / bound,
            IntervalKind::ClopperPearson => tail.ln() / (1.0 - bound).ln(),
            _ => interval.clusters.min(estimate.n) as f64,
        }
    };
    (rows.is_finite() && rows > 0.0).then_some(rows)
}

/// Whether a definition, in the text that a result carries of it, counts single rows: `COUNT(*)`, perhaps with a `FILTER`.
pub(super) fn counts_rows(formula: &str) -> bool {
    let value = formula
        .lines()
        .find_map(|line| line.strip_prefix("value: "));
    let Some(rest) = value.and_then(|v| v.trim().strip_prefix("COUNT(*)")) else {
        return false;
    };
    let rest = rest.trim();
    if rest.is_empty() {
        return true;
    }
    let Some(condition) = rest.strip_prefix("FILTER").map(str::trim) else {
        return false;
    };
    // Nothing may follow the bracket that closes the condition.
    let mut depth = 0;
    let closes = condition.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        depth == 0
    });
    condition.starts_with('(') && closes.is_some_and(|(at, _)| at + 1 == condition.len())
}

/// Error of a count of rows: the score interval of a Poisson mean.
pub(super) fn count(value: f64, rows: u64, confidence: f64) -> Option<Error> {
    if !counted(value) || value != rows as f64 {
        return None;
    }
    let z = normal_quantile(0.5 + confidence / 2.0);
    let middle = value + z * z / 2.0;
    let half = z * (value + z * z / 4.0).sqrt();
    Some(Error {
        se: half / z,
        df: None,
        interval: ((middle - half).max(0.0), middle + half),
    })
}

fn counted(x: f64) -> bool {
    x >= 0.0 && (x - x.round()).abs() < WHOLE
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_counted_rows_has_the_interval_of_wilson() {
        // statsmodels 0.14 proportion_confint(2, 4, method="wilson") and (0, 10).
        let half = share(0.5, (2.0, 4.0), 4, 0.95).unwrap();
        assert!(
            (half.interval.0 - 0.150_039).abs() < 1e-6
                && (half.interval.1 - 0.849_961).abs() < 1e-6
        );
        let none = share(0.0, (0.0, 10.0), 10, 0.95).unwrap();
        assert!(none.interval.0.abs() < 1e-12 && (none.interval.1 - 0.277_533).abs() < 1e-6);
        assert!(none.se > 0.0);
    }

    #[test]
    fn amounts_and_other_denominators_are_left_alone() {
        assert_eq!(share(0.5, (2.5, 5.0), 5, 0.95), None);
        assert_eq!(share(0.5, (2.0, 4.0), 9, 0.95), None);
        assert_eq!(share(2.0, (4.0, 2.0), 2, 0.95), None);
        assert_eq!(count(12.5, 12, 0.95), None);
        assert_eq!(count(120.0, 12, 0.95), None);
    }

    #[test]
    fn rows_are_counted_by_count_alone() {
        for counted in [
            "value: COUNT(*)\ntable: ties",
            "value: COUNT(*) FILTER (WHERE a = 'b' AND (c OR d))\ntable: ties",
        ] {
            assert!(counts_rows(counted), "{counted}");
        }
        for other in [
            "value: SUM(budget)\ntable: ties",
            "value: COUNT(*) FILTER (WHERE a) / COUNT(*)",
            "value: COUNT(DISTINCT x)",
            "value: COUNT(*) - 1",
            "table: ties",
        ] {
            assert!(!counts_rows(other), "{other}");
        }
    }

    #[test]
    fn a_count_has_the_score_interval_of_poisson() {
        // (x - mu)^2 = z^2 mu at both ends.
        let nine = count(9.0, 9, 0.95).unwrap();
        let z2 = 1.959_963_984_540_054_f64.powi(2);
        for end in [nine.interval.0, nine.interval.1] {
            assert!(((9.0 - end).powi(2) - z2 * end).abs() < 1e-9);
        }
    }
}
