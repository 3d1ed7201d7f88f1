//! A heat map of profiles: programmes by indicators, above and below the middle of all, missing and withheld told apart from zero.

use super::canvas::{Anchor, Area, Canvas, Colour, NOTE, PAD, Style};
use super::font::{Weight, width};
use super::heat_map_alt::{alt_text, ends};
use super::heat_map_key::{columns_key, scale_key};
use super::legend::striped;
use super::scale::usable;
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HeatCell {
    /// A standardised value; zero is the middle of all programmes.
    Value(f64),
    /// No value.
    Missing,
    /// There is a value, and it is withheld.
    Withheld,
}

/// One column: an indicator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatColumn {
    /// Its name.
    pub label: String,
    /// Kind or dimension; neighbours of one group stand under one heading. Empty: none.
    pub group: String,
}

/// One row: a programme. Cells that are not given are missing.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatRow {
    /// Its name.
    pub label: String,
    /// One cell per column.
    pub cells: Vec<HeatCell>,
}

/// A heat map, rows and columns in the order to be drawn.
pub struct HeatMap<'a> {
    /// Heading.
    pub title: String,
    /// What the values are, under the heading ("distance from the median, in median absolute deviations").
    pub unit: String,
    /// What far below zero means ("worse").
    pub low: String,
    /// What far above zero means ("better").
    pub high: String,
    /// The columns.
    pub columns: Vec<HeatColumn>,
    /// The rows.
    pub rows: Vec<HeatRow>,
    /// Writes a value.
    pub format: Format<'a>,
}

const CELL: Style = Style::new(12.0, Weight::Regular, Colour::Ink).at(Anchor::Middle);
const HEAD: Style = Style::new(12.0, Weight::SemiBold, Colour::Ink).at(Anchor::Middle);
const SMALL: Style = Style::new(11.0, Weight::Regular, Colour::Muted).at(Anchor::Middle);
const LABEL: Style = Style::new(12.0, Weight::Regular, Colour::Ink);
const LINE: f64 = 14.0;
/// Between groups of columns.
const GAP: f64 = 5.0;
/// Above this many rows they are thin, and only some are named.
const THICK: usize = 60;

/// Where the colours change, to both sides of zero.
pub(super) const BOUNDS: [f64; 4] = [0.5, 1.0, 1.5, 2.0];

/// The colour of a step: -4 to 4.
pub(super) fn shade(step: i32) -> Colour {
    match step {
        0 => Colour::Heat(0),
        1.. => Colour::Heat([1, 2, 4, 5][(step as usize - 1).min(3)]),
        _ => Colour::Against(step.unsigned_abs().min(4) as u8),
    }
}

fn step(value: f64) -> i32 {
    let beyond = BOUNDS.iter().filter(|b| value.abs() >= **b).count() as i32;
    if value < 0.0 { -beyond } else { beyond }
}

pub(super) fn cell(row: &HeatRow, column: usize) -> HeatCell {
    match row.cells.get(column) {
        Some(HeatCell::Value(v)) => usable(Some(*v)).map_or(HeatCell::Missing, HeatCell::Value),
        Some(other) => *other,
        None => HeatCell::Missing,
    }
}

/// Draws a heat map.
pub fn heat_map(chart: &HeatMap) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// How large things are.
pub(super) struct Plan {
    labels: f64,
    left: f64,
    /// Width of a cell.
    room: f64,
    /// Height of a row with one line.
    high: f64,
    /// Values are written into the cells.
    words: bool,
    /// Columns have numbers, and their names stand in a key.
    numbered: bool,
    /// Stripes fit into a cell.
    pub striped: bool,
}

fn plan(chart: &HeatMap, layout: Layout) -> Plan {
    let most = match layout {
        Layout::Wide => 190.0,
        Layout::Narrow => 100.0,
    };
    let label = |r: &HeatRow| {
        wrap(&clean(&r.label), LABEL.size, LABEL.weight, most, 2).width(LABEL.size, LABEL.weight)
    };
    let labels = chart.rows.iter().map(label).fold(30.0, f64::max).ceil();
    let count = chart.columns.len().max(1) as f64;
    let left = PAD + labels + 8.0;
    let gaps = groups(chart).len().saturating_sub(1) as f64 * GAP;
    let room = ((layout.width() - PAD - left - gaps) / count).min(96.0);
    let written = chart
        .rows
        .iter()
        .flat_map(|r| (0..chart.columns.len()).map(|c| cell(r, c)));
    let widest = written
        .filter_map(|c| match c {
            HeatCell::Value(v) => Some(width(&clean(&(chart.format)(v)), CELL.size, CELL.weight)),
            _ => None,
        })
        .fold(0.0, f64::max);
    let word = |c: &HeatColumn| {
        let label = clean(&c.label);
        let words = label
            .split([' ', '-', '/'])
            .map(|w| width(w, HEAD.size, HEAD.weight));
        words.fold(0.0, f64::max) + 10.0
    };
    let numbered = chart.columns.iter().map(word).fold(0.0, f64::max) > room;
    let thick = chart.rows.len() <= THICK;
    let words = thick && widest + 6.0 <= room;
    let high = match (thick, words) {
        (true, true) => 26.0,
        (true, false) => 18.0,
        (false, _) if chart.rows.len() <= 150 => 6.0,
        (false, _) => 3.0,
    };
    Plan {
        labels,
        left,
        room,
        high,
        words,
        numbered,
        striped: room >= 9.0 && high >= 9.0,
    }
}

/// Runs of columns of one group: first, after the last, name.
pub(super) fn groups(chart: &HeatMap) -> Vec<(usize, usize, String)> {
    let mut out: Vec<(usize, usize, String)> = Vec::new();
    for (c, column) in chart.columns.iter().enumerate() {
        let name = clean(&column.group);
        match out.last_mut() {
            Some((_, end, last)) if *last == name => *end = c + 1,
            _ => out.push((c, c + 1, name)),
        }
    }
    out
}

fn draw(chart: &HeatMap, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    if chart.rows.is_empty() || chart.columns.is_empty() {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    let plan = plan(chart, layout);
    let groups = groups(chart);
    let mut edges: Vec<f64> = Vec::with_capacity(chart.columns.len());
    for (n, (from, to, _)) in groups.iter().enumerate() {
        let start = plan.left + n as f64 * GAP;
        edges.extend((*from..*to).map(|c| start + c as f64 * plan.room));
    }
    top = scale_key(&mut canvas, chart, plan.striped, top) + 4.0;
    top = heads(&mut canvas, chart, &plan, &groups, &edges, top);
    let mut end = match chart.rows.len() <= THICK {
        true => thick(&mut canvas, chart, &plan, &edges, top),
        false => thin(&mut canvas, chart, &plan, &edges, top),
    };
    if let (true, Some((high, low))) = (chart.rows.len() > THICK, ends(chart, 5)) {
        for (word, names) in [("Highest", high), ("Lowest", low)] {
            let words = format!("{word} on average of what is known: {}.", names.join("; "));
            end = canvas.paragraph(&words, end + 4.0, NOTE, 8);
        }
    }
    if plan.numbered {
        end = columns_key(&mut canvas, chart, layout, &groups, end + 8.0);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Names of groups and names or numbers of columns; returns the bottom.
fn heads(
    canvas: &mut Canvas,
    chart: &HeatMap,
    plan: &Plan,
    groups: &[(usize, usize, String)],
    edges: &[f64],
    top: f64,
) -> f64 {
    let mut y = top;
    let edge = |c: usize| edges.get(c).copied().unwrap_or(plan.left);
    if groups.iter().any(|g| !g.2.is_empty()) {
        let fit = |g: &(usize, usize, String)| {
            let room = (g.1 - g.0) as f64 * plan.room - 2.0;
            let block = wrap(&g.2, SMALL.size, SMALL.weight, room, 2);
            // In a key beneath names are whole; pieces of a word above narrow columns say nothing.
            let whole =
                g.2.split(' ')
                    .all(|w| width(w, SMALL.size, SMALL.weight) <= room);
            (!plan.numbered || (whole && !block.shortened)).then_some(block)
        };
        let blocks: Vec<_> = groups.iter().map(fit).collect();
        let tall = blocks
            .iter()
            .flatten()
            .map(|b| b.lines.len())
            .max()
            .unwrap_or(0) as f64;
        for (group, block) in groups.iter().zip(&blocks) {
            let (from, to) = (edge(group.0), edge(group.1 - 1) + plan.room);
            if let Some(block) = block {
                let first = y + 11.0 + (tall - block.lines.len() as f64) * LINE;
                let at = ((from + to) / 2.0, first);
                canvas.lines(block, &group.2, at, LINE, SMALL);
            }
            let rule = y + tall * LINE + 4.0;
            canvas.rect(
                (from + 1.0, rule - 1.0),
                (to - 1.0, rule + 1.0),
                Colour::Axis,
            );
        }
        y += tall * LINE + 8.0;
    }
    if plan.numbered {
        let wide = width(&chart.columns.len().to_string(), SMALL.size, SMALL.weight) + 3.0;
        let every = [1, 2, 5, 10, 20, 50]
            .into_iter()
            .find(|n| *n as f64 * plan.room >= wide)
            .unwrap_or(100);
        let mut free = 0.0;
        for (c, left) in edges.iter().enumerate() {
            let middle = left + plan.room / 2.0;
            if (c == 0 || (c + 1).is_multiple_of(every)) && middle - wide / 2.0 >= free {
                canvas.text(&(c + 1).to_string(), middle, y + 11.0, SMALL, None);
                free = middle + wide / 2.0;
            }
        }
        return y + 16.0;
    }
    let blocks: Vec<_> = chart
        .columns
        .iter()
        .map(|c| {
            let full = clean(&c.label);
            let block = wrap(&full, HEAD.size, HEAD.weight, plan.room - 6.0, 4);
            (full, block)
        })
        .collect();
    let tall = blocks.iter().map(|b| b.1.lines.len()).max().unwrap_or(1) as f64;
    for ((full, block), left) in blocks.iter().zip(edges) {
        let first = y + 12.0 + (tall - block.lines.len() as f64) * LINE;
        let at = (left + plan.room / 2.0, first);
        canvas.lines(block, full, at, LINE, HEAD);
    }
    y + tall * LINE + 6.0
}

fn said(chart: &HeatMap, cell: HeatCell) -> String {
    match cell {
        HeatCell::Value(v) => clean(&(chart.format)(v)),
        HeatCell::Missing => "no value".to_owned(),
        HeatCell::Withheld => "withheld".to_owned(),
    }
}

/// Colour of a cell that is drawn plain.
pub(super) fn colour(cell: HeatCell) -> Colour {
    match cell {
        HeatCell::Value(v) => shade(step(v)),
        HeatCell::Missing => Colour::Context,
        HeatCell::Withheld => Colour::Axis,
    }
}

/// Rows with a name each.
fn thick(canvas: &mut Canvas, chart: &HeatMap, plan: &Plan, edges: &[f64], top: f64) -> f64 {
    let mut y = top;
    for row in &chart.rows {
        let full = clean(&row.label);
        let label = wrap(&full, LABEL.size, LABEL.weight, plan.labels + 1.0, 2);
        let lines = label.lines.len().max(1) as f64;
        let high = plan.high.max(lines * LINE + 4.0);
        let first = y + (high - lines * LINE) / 2.0 + 11.0;
        canvas.lines(&label, &full, (PAD, first), LINE, LABEL);
        for ((c, column), left) in chart.columns.iter().enumerate().zip(edges) {
            let found = cell(row, c);
            let gap = if plan.room >= 12.0 { 1.0 } else { 0.5 };
            let (from, to) = (
                (left + gap, y + 1.0),
                (left + plan.room - gap, y + high - 1.0),
            );
            match found {
                HeatCell::Missing if plan.striped => striped(canvas, from, to),
                _ => canvas.rect(from, to, colour(found)),
            }
            let words = said(chart, found);
            if let (true, HeatCell::Value(_)) = (plan.words, found) {
                let at = (left + plan.room / 2.0, y + high / 2.0 + 4.0);
                canvas.text(&words, at.0, at.1, CELL, None);
            }
            let area = Area(*left, y, left + plan.room, y + high);
            canvas.hover(area, &format!("{full}, {}: {words}", clean(&column.label)));
        }
        y += high;
    }
    y
}

/// Rows as thin lines, every so many with its name; neighbours of one colour are one line.
fn thin(canvas: &mut Canvas, chart: &HeatMap, plan: &Plan, edges: &[f64], top: f64) -> f64 {
    let every = (15.0 / plan.high).ceil() as usize;
    let mut lines: Vec<(Colour, (f64, f64), f64)> = Vec::new();
    for (r, row) in chart.rows.iter().enumerate() {
        let y = top + r as f64 * plan.high;
        let middle = (y + plan.high / 2.0).floor();
        let full = clean(&row.label);
        if r.is_multiple_of(every) && r + every <= chart.rows.len() + every / 2 {
            let label = wrap(&full, 11.0, LABEL.weight, plan.labels + 1.0, 1);
            let style = Style::new(11.0, LABEL.weight, Colour::Ink);
            canvas.lines(&label, &full, (PAD, middle + 4.0), LINE, style);
            let from = PAD + plan.labels + 2.0;
            canvas.line((from, middle), (plan.left - 1.0, middle), 1, Colour::Axis);
        }
        let cells: Vec<(Colour, f64)> = edges
            .iter()
            .enumerate()
            .map(|(c, left)| (colour(cell(row, c)), *left))
            .collect();
        // A gap between groups ends a run.
        let joined =
            |a: &(Colour, f64), b: &(Colour, f64)| a.0 == b.0 && b.1 - a.1 < plan.room + GAP / 2.0;
        for run in cells.chunk_by(joined) {
            if let ([first, ..], [.., last]) = (run, run) {
                lines.push((first.0, (first.1, last.1 + plan.room), middle));
            }
        }
        let known = (0..chart.columns.len())
            .filter(|c| matches!(cell(row, *c), HeatCell::Value(_)))
            .count();
        let words = format!("{full}: {known} of {} with a value", chart.columns.len());
        canvas.hover(Area(0.0, y, canvas.width, y + plan.high), &words);
    }
    // Lines of one colour after each other become one path.
    lines.sort_by_key(|line| line.0.hex());
    for (colour, (from, to), y) in lines {
        canvas.line((from, y), (to, y), plan.high as u32, colour);
    }
    top + chart.rows.len() as f64 * plan.high + 2.0
}
