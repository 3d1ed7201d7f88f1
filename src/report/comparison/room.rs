//! Which figures a page has room for: a report must open on a phone, whatever it compares.

use super::figures::{ComparedFigure, weight};
use super::{PartView, figures};
use crate::outcome::comparison::Part;

/// Bytes of charts in the comparisons one by one at most.
const MOST: usize = 5_000_000;
/// Bytes of a single figure at most.
const LARGEST: usize = 2_000_000;

/// How many figures each comparison bears on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// All.
    All,
    /// The one that says most: verdicts, ranks or a mean. Plain values have their table.
    One,
    /// None: they are in files of their own.
    None,
}

/// Bytes of a figure on the page.
fn size(figure: &ComparedFigure) -> usize {
    figure.svg.wide.len() + figure.svg.narrow.len()
}

impl Room {
    /// As many figures as there is room for. `folded`: one at most.
    pub fn of(figures: &[ComparedFigure], folded: bool) -> Room {
        let single = || {
            figures
                .iter()
                .filter(|f| f.of.is_some() && f.part != Part::Qca)
        };
        let all: usize = single().map(size).sum();
        if !folded && all <= MOST {
            return Room::All;
        }
        let mut ones = 0;
        let mut last = None;
        for figure in single() {
            if figure.of != last {
                last = figure.of;
                ones += Room::One
                    .chosen(figures, figure.of)
                    .map(size)
                    .sum::<usize>();
            }
        }
        match ones <= MOST {
            true => Room::One,
            false => Room::None,
        }
    }

    /// The figures of a comparison that the page has room for.
    pub fn chosen<'f>(
        self,
        all: &'f [ComparedFigure],
        of: Option<usize>,
    ) -> impl Iterator<Item = &'f ComparedFigure> {
        let own = || {
            all.iter()
                .filter(move |f| f.of == of && f.part != Part::Qca)
        };
        let best = own()
            .filter(|f| weight(f.part) <= figures::TELLING)
            .min_by_key(|f| weight(f.part))
            .map(|f| f.stem.as_str());
        own().filter(move |f| match self {
            Room::All => true,
            Room::One => best == Some(f.stem.as_str()),
            Room::None => false,
        })
    }
}

/// Puts a figure into its part, or says where it is.
pub(super) fn place(part: &mut PartView, figure: &ComparedFigure) {
    match size(figure) <= LARGEST {
        true => part.figures.push(figure.figure()),
        false => part.said.push(format!(
            "The figure “{}” is too large for a page; it is among the charts as {}.svg.",
            figure.title, figure.stem
        )),
    }
}
