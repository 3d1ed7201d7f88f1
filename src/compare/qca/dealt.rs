//! How seldom rows of a truth table are contradictory by luck: the outcome dealt out to the cases at random.

use crate::stats::qca::Table;

/// Most cases that are counted out.
const MOST: usize = 500;

/// Chance that at most as many rows hold cases of both sides as were seen, were the outcome dealt out at random to the cases that lie in
/// a row and on a side of it; of all deals with as many cases in the outcome. `None` with all cases on one side, or too many to count.
///
/// With hardly more cases than rows, few rows have two cases that could contradict each other (Marx & Dusa 2011 show the same by simulation).
pub(super) fn chance(table: &Table) -> Option<f64> {
    let sizes: Vec<(usize, usize)> = table
        .rows
        .iter()
        .map(|r| (r.with_outcome.len(), r.without_outcome.len()))
        .collect();
    let cases: usize = sizes.iter().map(|(with, without)| with + without).sum();
    let with: usize = sizes.iter().map(|(with, _)| with).sum();
    if with == 0 || with == cases || cases > MOST {
        return None;
    }
    let mixed = sizes.iter().filter(|(w, o)| *w > 0 && *o > 0).count();
    let rows: Vec<usize> = sizes.iter().map(|(w, o)| w + o).collect();
    Some(at_most(&rows, with, mixed))
}

/// Share of the ways to mark `with` of the cases in rows of these sizes that leave at most `mixed` rows with marked and unmarked ones.
fn at_most(rows: &[usize], with: usize, mixed: usize) -> f64 {
    // ways[m][s]: ways with m mixed rows and s marked cases so far, over a scale that keeps them in range.
    let mut ways = vec![vec![0.0f64; with + 1]; rows.len() + 1];
    ways[0][0] = 1.0;
    for (done, size) in rows.iter().enumerate() {
        let mut next = vec![vec![0.0f64; with + 1]; rows.len() + 1];
        for m in 0..=done {
            for s in 0..=with {
                let so_far = ways[m][s];
                if so_far == 0.0 {
                    continue;
                }
                let mut choices = 1.0;
                for marked in 0..=(*size).min(with - s) {
                    let both = usize::from(marked > 0 && marked < *size);
                    next[m + both][s + marked] += so_far * choices;
                    choices *= (size - marked) as f64 / (marked + 1) as f64;
                }
            }
        }
        let most = next.iter().flatten().copied().fold(0.0, f64::max);
        if most > 0.0 {
            next.iter_mut().flatten().for_each(|w| *w /= most);
        }
        ways = next;
    }
    let of = |m: usize| ways[m][with];
    let all: f64 = (0..=rows.len()).map(of).sum();
    let few: f64 = (0..=mixed.min(rows.len())).map(of).sum();
    few / all
}

#[cfg(test)]
mod tests {
    use super::at_most;

    /// By hand: 4 cases in 2 rows of 2, two of them marked: 6 ways, of which 2 mark a row wholly and 4 mix both rows.
    #[test]
    fn small_tables_by_hand() {
        assert!((at_most(&[2, 2], 2, 0) - 2.0 / 6.0).abs() < 1e-15);
        assert!((at_most(&[2, 2], 2, 1) - 2.0 / 6.0).abs() < 1e-15);
        assert!((at_most(&[2, 2], 2, 2) - 1.0).abs() < 1e-15);
        // Rows of one case can't be mixed.
        assert!((at_most(&[1, 1, 1], 2, 0) - 1.0).abs() < 1e-15);
        // 3 and 1, one marked: in the row of one (1 of 4 ways) nothing is mixed.
        assert!((at_most(&[3, 1], 1, 0) - 0.25).abs() < 1e-15);
    }

    /// All ways of 12 cases in rows of 5, 4, 2 and 1 with 5 marked, one by one.
    #[test]
    fn as_counted_one_by_one() {
        let rows = [5usize, 4, 2, 1];
        let mut counts = [0u32; 5];
        for marks in 0u32..1 << 12 {
            if marks.count_ones() != 5 {
                continue;
            }
            let mut from = 0;
            let mut mixed = 0;
            for size in rows {
                let here = (marks >> from & ((1 << size) - 1)).count_ones() as usize;
                mixed += usize::from(here > 0 && here < size);
                from += size;
            }
            counts[mixed] += 1;
        }
        let all: u32 = counts.iter().sum();
        for most in 0..5 {
            let few: u32 = counts[..=most].iter().sum();
            let wanted = f64::from(few) / f64::from(all);
            assert!((at_most(&rows, 5, most) - wanted).abs() < 1e-12);
        }
    }

    /// Hundreds of cases stay in range.
    #[test]
    fn many_cases_stay_in_range() {
        let share = at_most(&[100, 150, 250], 250, 3);
        assert!((share - 1.0).abs() < 1e-12);
        assert!(at_most(&[100, 150, 250], 250, 0) < 1e-12);
    }
}
