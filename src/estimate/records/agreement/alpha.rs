//! Krippendorff's alpha (Krippendorff 2004, "Content Analysis: An Introduction to Its Methodology", ch. 11; 2011,
//! "Computing Krippendorff's Alpha-Reliability").

use super::Scores;
use crate::indicator::measure::Level;
use std::collections::BTreeMap;

/// 1 - observed over expected disagreement; `None` without two scores of a case, or when all scores are equal.
pub fn alpha(scores: &Scores, level: Level) -> Option<f64> {
    let mut values: Vec<f64> = Vec::new();
    let paired = || scores.cases.iter().filter(|(_, scored)| scored.len() > 1);
    values.extend(paired().flat_map(|(_, scored)| scored.iter().map(|(_, x)| *x)));
    values.sort_by(f64::total_cmp);
    values.dedup();
    let place = |x: f64| values.partition_point(|v| *v < x);
    // Coincidences: each ordered pair of a case's m scores counts 1 / (m - 1).
    let mut together: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (weight, scored) in paired() {
        let share = weight / (scored.len() - 1) as f64;
        for (i, (_, a)) in scored.iter().enumerate() {
            for (j, (_, b)) in scored.iter().enumerate() {
                if i != j {
                    *together.entry((place(*a), place(*b))).or_default() += share;
                }
            }
        }
    }
    let mut margin = vec![0.0; values.len()];
    for ((c, _), count) in &together {
        margin[*c] += count;
    }
    let n: f64 = margin.iter().sum();
    let difference = |c: usize, k: usize| match level {
        Level::Nominal => 1.0,
        Level::Ordinal => {
            let between: f64 = margin[c.min(k)..=c.max(k)].iter().sum();
            (between - f64::midpoint(margin[c], margin[k])).powi(2)
        }
        Level::Interval => (values[c] - values[k]).powi(2),
        Level::Ratio => {
            let sum = values[c] + values[k];
            if sum == 0.0 {
                0.0
            } else {
                ((values[c] - values[k]) / sum).powi(2)
            }
        }
    };
    let observed: f64 = together
        .iter()
        .filter(|((c, k), _)| c != k)
        .map(|((c, k), count)| count * difference(*c, *k))
        .sum();
    let mut expected = 0.0;
    for c in 0..values.len() {
        for k in (0..values.len()).filter(|k| *k != c) {
            expected += margin[c] * margin[k] * difference(c, k);
        }
    }
    (expected > 0.0 && n > 1.0).then(|| 1.0 - (n - 1.0) * observed / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores of raters over the same units; `.` is missing.
    fn of(raters: &[&str]) -> Scores {
        let rows: Vec<Vec<Option<f64>>> = raters
            .iter()
            .map(|r| r.split_whitespace().map(|x| x.parse().ok()).collect())
            .collect();
        let case = |unit: usize| {
            let scored = rows.iter().enumerate();
            let found = scored.filter_map(|(r, row)| Some((r, row.get(unit).copied().flatten()?)));
            (1.0, found.collect())
        };
        Scores {
            raters: (0..rows.len()).map(|r| r.to_string()).collect(),
            cases: (0..rows[0].len()).map(case).collect(),
            rows: vec![],
            all: vec![],
            repeated: 0,
        }
    }

    /// Hayes & Krippendorff 2007, "Answering the Call for a Standard Reliability Measure for Coding Data", to the three
    /// digits published.
    #[test]
    fn alpha_of_four_observers_as_published() {
        let scores = of(&[
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        ]);
        for (level, published) in [
            (Level::Nominal, 0.743),
            (Level::Ordinal, 0.815),
            (Level::Interval, 0.849),
            (Level::Ratio, 0.797),
        ] {
            let got = alpha(&scores, level).unwrap_or(f64::NAN);
            assert!((got - published).abs() < 0.0005, "{level:?}: {got}");
        }
    }

    #[test]
    fn equal_scores_everywhere_leave_alpha_undefined() {
        assert_eq!(alpha(&of(&["3 3 3", "3 3 3"]), Level::Interval), None);
        assert_eq!(alpha(&of(&["1 2 3", ". . ."]), Level::Interval), None);
    }

    #[test]
    fn perfect_agreement_is_one() {
        assert_eq!(
            alpha(&of(&["1 2 3 1", "1 2 3 1"]), Level::Ordinal),
            Some(1.0)
        );
    }
}
