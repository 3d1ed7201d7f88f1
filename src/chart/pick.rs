//! Which rows of a long chart are shown.

use super::scale::usable;

/// Above this many rows only the ends are shown.
const MOST: usize = 60;
/// How many of the highest and of the lowest rows are shown then.
const ENDS: usize = 25;

/// Which rows are shown, and what to say of the others.
pub(super) struct Pick {
    pub shown: Vec<usize>,
    pub hidden: usize,
    /// Position in `shown` before which all hidden rows lie, when they lie together.
    pub gap: Option<usize>,
}

impl Pick {
    /// All rows, or above [`MOST`] the [`ENDS`] highest and lowest by value and the strong ones, in the order given.
    pub fn of(rows: &[(Option<f64>, bool)]) -> Pick {
        if rows.len() <= MOST {
            return Pick {
                shown: (0..rows.len()).collect(),
                hidden: 0,
                gap: None,
            };
        }
        let mut plain: Vec<(usize, f64)> = rows
            .iter()
            .enumerate()
            .filter(|(_, (_, strong))| !strong)
            .filter_map(|(i, (value, _))| Some((i, usable(*value)?)))
            .collect();
        plain.sort_by(|a, b| a.1.total_cmp(&b.1));
        let from_low = plain.iter().take(ENDS);
        let from_high = plain.iter().rev().take(ENDS);
        let mut shown: Vec<usize> = from_low.chain(from_high).map(|(i, _)| *i).collect();
        let strong = rows.iter().enumerate().filter(|(_, (_, strong))| *strong);
        shown.extend(strong.map(|(i, _)| i));
        // Where hardly any row has a value, the first of the others say so.
        let others = (0..rows.len()).filter(|i| !plain.iter().any(|(j, _)| j == i));
        let room = (2 * ENDS).saturating_sub(shown.len());
        shown.extend(others.take(room));
        shown.sort_unstable();
        shown.dedup();
        let mut breaks = shown
            .windows(2)
            .enumerate()
            .filter(|(_, w)| matches!(w, [a, b] if b - a > 1))
            .map(|(i, _)| i + 1);
        let inside = shown.first() == Some(&0) && shown.last() == Some(&(rows.len() - 1));
        let gap = match (breaks.next(), breaks.next()) {
            (Some(only), None) if inside => Some(only),
            _ => None,
        };
        Pick {
            hidden: rows.len() - shown.len(),
            gap,
            shown,
        }
    }

    /// What to say of the hidden rows, for the picture and the alt text; `None` when there are none.
    pub fn words(&self) -> Option<String> {
        (self.hidden > 0).then(|| {
            format!(
                "Shown are the {ENDS} highest and {ENDS} lowest rows; {} more between.",
                self.hidden
            )
        })
    }
}
