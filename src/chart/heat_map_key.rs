//! What the colours and the numbered columns of a heat map mean.

use super::Layout;
use super::canvas::{Anchor, Canvas, Colour, NOTE, PAD, Style};
use super::font::{Weight, width};
use super::heat_map::{BOUNDS, HeatCell, HeatMap, cell, shade};
use super::legend::{Entry, Symbol, legend};
use super::text::wrap;
use super::xml::clean;

const NUMBER: Style = Style::new(11.0, Weight::Regular, Colour::Muted).at(Anchor::Middle);
const NAME: Style = Style::new(12.0, Weight::Regular, Colour::Ink);
const GROUP: Style = Style::new(12.0, Weight::SemiBold, Colour::Ink);
const LINE: f64 = 16.0;

/// The colours from far below to far above zero, where they change, and what cells without a value look like; returns the bottom.
pub(super) fn scale_key(canvas: &mut Canvas, chart: &HeatMap, stripes: bool, top: f64) -> f64 {
    let words = |w: &str| {
        let w = clean(w);
        let block = wrap(&w, NOTE.size, NOTE.weight, 150.0, 1);
        (w, block)
    };
    let (low, high) = (words(&chart.low), words(&chart.high));
    let wide = |w: &(String, super::text::Block)| w.1.width(NOTE.size, NOTE.weight);
    let swatch = 34.0f64;
    let right = PAD + 9.0 * swatch;
    canvas.lines(&low.1, &low.0, (PAD, top + 12.0), LINE, NOTE);
    if PAD + wide(&low) + 12.0 + wide(&high) <= right {
        let style = NOTE.at(Anchor::End);
        canvas.lines(&high.1, &high.0, (right, top + 12.0), LINE, style);
    }
    let y = top + 18.0;
    for (n, step) in (-4..=4).enumerate() {
        let x = PAD + n as f64 * swatch;
        canvas.rect((x, y), (x + swatch - 1.0, y + 14.0), shade(step));
    }
    let bounds = BOUNDS.iter().rev().map(|b| -b).chain(BOUNDS);
    for (n, bound) in bounds.enumerate() {
        let text = clean(&(chart.format)(bound));
        if width(&text, NUMBER.size, NUMBER.weight) <= swatch - 2.0 {
            let x = PAD + (n + 1) as f64 * swatch;
            canvas.text(&text, x - 0.5, y + 26.0, NUMBER, None);
        }
    }
    let count = |wanted: HeatCell| {
        let cells = chart
            .rows
            .iter()
            .flat_map(|r| (0..chart.columns.len()).map(|c| cell(r, c)));
        cells.filter(|c| *c == wanted).count()
    };
    let mut entries = Vec::new();
    if count(HeatCell::Missing) > 0 {
        let symbol = match stripes {
            true => Symbol::Striped,
            false => Symbol::Swatch(Colour::Context),
        };
        entries.push(Entry::new(symbol, "no value"));
    }
    if count(HeatCell::Withheld) > 0 {
        entries.push(Entry::new(Symbol::Swatch(Colour::Axis), "withheld"));
    }
    legend(canvas, &entries, "", y + 34.0)
}

/// Numbers and names of the columns under the names of their groups; returns the bottom.
pub(super) fn columns_key(
    canvas: &mut Canvas,
    chart: &HeatMap,
    layout: Layout,
    groups: &[(usize, usize, String)],
    top: f64,
) -> f64 {
    let columns = match (layout, chart.columns.len()) {
        (Layout::Narrow, _) => 1,
        (_, ..=6) => 1,
        (_, ..=16) => 2,
        _ => 3,
    };
    let room = (canvas.width - 2.0 * PAD) / columns as f64 - 10.0;
    // Heading or entry, with as many lines as it needs.
    let mut entries: Vec<(String, Style)> = Vec::new();
    for (from, to, group) in groups {
        if !group.is_empty() {
            entries.push((group.clone(), GROUP));
        }
        for (c, column) in chart.columns.iter().enumerate().take(*to).skip(*from) {
            entries.push((format!("{}. {}", c + 1, clean(&column.label)), NAME));
        }
    }
    let blocks: Vec<_> = entries
        .iter()
        .map(|(words, style)| wrap(words, style.size, style.weight, room, 2))
        .collect();
    let total: usize = blocks.iter().map(|b| b.lines.len().max(1)).sum();
    let each = total.div_ceil(columns);
    let (mut column, mut used, mut end) = (0, 0, top);
    for ((words, style), block) in entries.iter().zip(&blocks) {
        let lines = block.lines.len().max(1);
        // A heading doesn't stand alone at the bottom.
        let wanted = lines + usize::from(*style == GROUP);
        if used > 0 && used + wanted > each + 1 && column + 1 < columns {
            column += 1;
            used = 0;
        }
        let at = (
            PAD + column as f64 * (room + 10.0),
            top + used as f64 * LINE + 12.0,
        );
        canvas.lines(block, words, at, LINE, *style);
        used += lines;
        end = end.max(top + used as f64 * LINE);
    }
    end
}
