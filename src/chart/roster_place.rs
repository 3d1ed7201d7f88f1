//! Where the rows of a roster stand: full ones with their words, thin ones close together.

use super::Layout;
use super::canvas::{NOTE, PAD};
use super::roster::{Across, Item, LINE, label_style};
use super::text::{Block, wrap};
use super::xml::clean;

/// Height of a heading over rows.
const HEADING: f64 = 27.0;
/// Height of all thin rows together, as far as each has between half and six pixels.
const THIN: f64 = 1000.0;

/// A row and its place.
pub(super) struct Placed<'a> {
    pub item: &'a Item,
    pub index: usize,
    pub label: Block,
    pub under: Block,
    pub top: f64,
    pub bottom: f64,
    /// Where the marks are centred.
    pub middle: f64,
    /// Baseline of the label's first line.
    pub first: f64,
    /// Baseline of the words under the label (narrow layout).
    pub words: f64,
    /// Baseline of the first line beneath the marks.
    pub under_first: f64,
}

/// Height of a thin row in a chart with so many of them.
pub(super) fn pitch(thin: usize) -> f64 {
    (THIN / thin.max(1) as f64).clamp(0.5, 6.0)
}

/// Gives every row its place; returns also the top and bottom of each run of thin rows, and the bottom of all.
pub(super) fn place<'a>(
    items: &'a [Item],
    across: &Across,
    joined: impl Fn(&Item) -> String,
    top: f64,
) -> (Vec<Placed<'a>>, Vec<(f64, f64)>, f64) {
    let thin = pitch(items.iter().filter(|i| i.thin).count());
    let mut out: Vec<Placed> = Vec::new();
    let mut runs = Vec::new();
    let mut run: Option<f64> = None;
    let mut y = top;
    let nothing = || Block {
        lines: Vec::new(),
        shortened: false,
    };
    for (index, item) in items.iter().enumerate() {
        if item.thin {
            if run.is_none() {
                y += 4.0;
                run = Some(y);
            }
            out.push(Placed {
                item,
                index,
                label: nothing(),
                under: nothing(),
                top: y,
                bottom: y + thin,
                middle: y + thin / 2.0,
                first: y,
                words: y,
                under_first: y,
            });
            y += thin;
            continue;
        }
        if let Some(from) = run.take() {
            runs.push((from, y));
            y += 4.0;
        }
        if !item.heading.is_empty() {
            y += HEADING;
        }
        let style = label_style(item);
        let label = wrap(
            &clean(&item.label),
            style.size,
            style.weight,
            across.labels,
            3,
        );
        let room = across.width - 2.0 * PAD;
        let under = wrap(&clean(&item.under), NOTE.size, NOTE.weight, room, 5);
        let lines = label.lines.len().max(1) as f64;
        let (height, middle, first, words) = match across.layout {
            Layout::Wide => {
                let height = (lines * LINE + 6.0).max(21.0);
                let middle = y + height / 2.0;
                (
                    height,
                    middle,
                    middle - (lines - 1.0) * LINE / 2.0 + 4.5,
                    middle,
                )
            }
            Layout::Narrow => {
                let own = across.beside.is_none() && item.drawn && !joined(item).is_empty();
                let text = lines * LINE + if own { LINE } else { 0.0 };
                (
                    text + 26.0,
                    y + text + 12.0,
                    y + 14.0,
                    y + lines * LINE + 13.0,
                )
            }
        };
        let beneath = match under.lines.len() {
            0 => 0.0,
            lines => lines as f64 * 15.0 + 5.0,
        };
        out.push(Placed {
            item,
            index,
            label,
            under,
            top: y,
            bottom: y + height + beneath,
            middle: middle.round(),
            first,
            words,
            under_first: y + height + 11.0,
        });
        y += height + beneath;
    }
    if let Some(from) = run {
        runs.push((from, y));
        y += 4.0;
    }
    (out, runs, y)
}
