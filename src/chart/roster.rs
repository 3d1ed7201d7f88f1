//! The frame of charts that compare programmes: rows with columns of words at the right, thin rows for the many between.
//!
//! Wide: label | marks | columns. Narrow: label, words and marks beneath each other.

use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, STRONG, Style};
use super::font::{Weight, width};
use super::legend::{Entry, legend};
use super::pen::Stroke;
use super::roster_place::{Placed, place};
use super::scale::{Domain, Scale, Tick, across};
use super::symbol::{Fill, Shape, node};
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout};

/// One row.
#[derive(Default)]
pub(super) struct Item {
    pub label: String,
    pub strong: bool,
    /// Whether there is something to draw; else the note stands in its place.
    pub drawn: bool,
    /// Words in the columns at the right, as many as there are columns.
    pub cells: Vec<String>,
    /// A sign before the words of the last column.
    pub sign: Option<(Shape, Colour, Fill)>,
    pub note: String,
    /// Lines over the whole width beneath the row.
    pub under: String,
    /// Heading above the row.
    pub heading: String,
    /// Everything about the row in one line, for the pointer.
    pub hover: String,
    /// Without label and words, as low as can be.
    pub thin: bool,
}

/// A column of words.
pub(super) struct Column {
    /// Heading in the wide layout.
    pub heading: String,
    /// What stands before its words in the narrow one, where columns have no headings.
    pub before: String,
}

/// Gives the ticks of a scale on a canvas of a width.
pub(super) type Ticks<'a> = &'a dyn Fn(&Scale, f64) -> Vec<Tick>;

/// A chart in rows, without its marks.
pub(super) struct Roster<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    pub items: Vec<Item>,
    pub columns: Vec<Column>,
    pub domain: Option<Domain>,
    /// Ticks other than round numbers.
    pub ticks: Option<Ticks<'a>>,
    pub format: Format<'a>,
    /// Shaded from one value to another, over all rows.
    pub zone: Option<(f64, f64)>,
    pub uprights: Vec<(f64, Stroke)>,
    /// Words over the left and the right end of the axis.
    pub sides: [String; 2],
    pub key: Vec<Entry>,
    pub notes: Vec<String>,
    /// Lines under the chart.
    pub footnotes: Vec<String>,
    pub alt: &'a str,
}

pub(super) const AXIS: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
pub(super) const CELL: Style = Style::new(12.0, Weight::Regular, Colour::Ink);
const CELL_STRONG: Style = Style::new(12.0, Weight::SemiBold, Colour::Ink);
pub(super) const LINE: f64 = 16.0;
/// Space between columns.
const BETWEEN: f64 = 14.0;
/// Room of a sign before words.
pub(super) const SIGN: f64 = 17.0;

/// Where things stand across.
pub(super) struct Across {
    pub layout: Layout,
    pub width: f64,
    /// Room of a label.
    pub labels: f64,
    /// Left and right end of each column (wide layout only).
    pub columns: Vec<(f64, f64)>,
    /// In the narrow layout: words stand beside the label and not under it, with so much room.
    pub beside: Option<f64>,
    pub from: f64,
    pub to: f64,
}

pub(super) fn label_style(item: &Item) -> Style {
    if item.strong { STRONG } else { LABEL }
}

fn cell_style(item: &Item) -> Style {
    if item.strong { CELL_STRONG } else { CELL }
}

impl Roster<'_> {
    /// Draws the frame and calls `mark` for every row that has something to draw, with its index, the scale and its height.
    pub fn draw(
        &self,
        layout: Layout,
        mark: &dyn Fn(&mut Canvas, usize, &Scale, f64),
    ) -> Result<String, ChartError> {
        let mut canvas = Canvas::new(layout.width());
        let mut top = canvas.header(self.title, self.unit, &self.notes);
        if self.domain.is_none() {
            top = canvas.paragraph("No values to show.", top, NOTE, 1) + 6.0;
        }
        let across_ = self.across(layout);
        let scale = self.domain.map(|domain| Scale {
            domain,
            from: across_.from,
            to: across_.to,
        });
        let mut ticks = Vec::new();
        if let Some(scale) = scale {
            top = legend(&mut canvas, &self.key, "", top);
            top = self.headings(&mut canvas, &across_, top);
            ticks = match self.ticks {
                Some(ticks) => ticks(&scale, canvas.width),
                None => across(&scale, self.format, AXIS.size, canvas.width),
            };
            top = axis(&mut canvas, &ticks, top);
        }
        let (placed, runs, bottom) = place(&self.items, &across_, |item| self.joined(item), top);
        if let Some(scale) = scale {
            let bands = match layout {
                Layout::Wide => vec![(top, bottom)],
                Layout::Narrow => {
                    let full = placed.iter().filter(|p| !p.item.thin);
                    let full = full.map(|p| (p.middle - 9.0, p.middle + 10.0));
                    full.chain(runs.iter().copied()).collect()
                }
            };
            self.grid(&mut canvas, &scale, &ticks, &placed, &bands);
        }
        for p in &placed {
            self.write(&mut canvas, &across_, p);
            if let (true, Some(scale)) = (p.item.drawn, scale) {
                mark(&mut canvas, p.index, &scale, p.middle);
            }
        }
        let mut end = bottom;
        if bottom - top > 330.0 {
            end = axis(&mut canvas, &ticks, end + 2.0);
        }
        for words in &self.footnotes {
            end = canvas.paragraph(words, end + 4.0, NOTE, 8);
        }
        canvas.finish(end + PAD, self.title, self.alt)
    }

    /// The words of a row as one line, for the narrow layout.
    fn joined(&self, item: &Item) -> String {
        let cells = item.cells.iter().zip(&self.columns);
        let cells = cells.filter(|(cell, _)| !matches!(cell.as_str(), "" | "–"));
        let cells: Vec<String> = cells
            .map(|(cell, column)| format!("{}{cell}", column.before))
            .collect();
        cells.join(" · ")
    }

    fn across(&self, layout: Layout) -> Across {
        let page = layout.width();
        let full = || self.items.iter().filter(|i| !i.thin);
        if layout == Layout::Narrow {
            let words = full().map(|i| {
                let sign = if i.sign.is_some() { SIGN } else { 0.0 };
                width(&self.joined(i), CELL.size, Weight::SemiBold) + sign
            });
            let words = words.fold(0.0, f64::max).ceil();
            let beside = (words <= 120.0).then_some(words);
            return Across {
                layout,
                width: page,
                labels: page - 2.0 * PAD - beside.map_or(0.0, |w| w + 12.0),
                columns: Vec::new(),
                beside,
                from: PAD + 8.0,
                to: page - PAD - 8.0,
            };
        }
        let mut right = page - PAD;
        let last = self.columns.len().saturating_sub(1);
        let signed = full().any(|i| i.sign.is_some());
        let mut columns = Vec::new();
        for (n, column) in self.columns.iter().enumerate().rev() {
            let cells = full().filter_map(|i| Some((i, i.cells.get(n)?)));
            let cells = cells.map(|(i, cell)| width(cell, CELL.size, cell_style(i).weight));
            let most = if n == 0 { 190.0 } else { 120.0 };
            let heading = wrap(&clean(&column.heading), AXIS.size, AXIS.weight, 90.0, 2);
            let sign = if n == last && signed { SIGN } else { 0.0 };
            let wide = cells
                .fold(heading.width(AXIS.size, AXIS.weight), f64::max)
                .min(most)
                .ceil()
                + sign;
            columns.push((right - wide, right));
            right -= wide + BETWEEN;
        }
        columns.reverse();
        let labels = full().map(|i| {
            let style = label_style(i);
            wrap(&clean(&i.label), style.size, style.weight, 290.0, 2)
                .width(style.size, style.weight)
        });
        // The marks have the last word.
        let most = (right - PAD - 32.0 - 230.0).clamp(120.0, 290.0);
        let labels = labels.fold(40.0, f64::max).min(most).ceil();
        Across {
            layout,
            width: page,
            labels: labels + 1.0,
            columns,
            beside: None,
            from: PAD + labels + 16.0,
            to: right - 4.0,
        }
    }

    /// Headings of the columns and words over the ends of the axis.
    fn headings(&self, canvas: &mut Canvas, across: &Across, top: f64) -> f64 {
        let mut lines = 0_usize;
        let last = self.columns.len().saturating_sub(1);
        let signed = self.items.iter().any(|i| i.sign.is_some() && !i.thin);
        for (n, ((left, right), column)) in across.columns.iter().zip(&self.columns).enumerate() {
            let heading = clean(&column.heading);
            let block = wrap(&heading, AXIS.size, AXIS.weight, right - left + 0.5, 2);
            // Words after a sign begin at the left.
            let (x, style) = match n == last && signed {
                true => (left + SIGN, AXIS),
                false => (*right, AXIS.at(Anchor::End)),
            };
            canvas.lines(&block, &heading, (x, top + 12.0), 15.0, style);
            lines = lines.max(block.lines.len());
        }
        let [low, high] = &self.sides;
        let alone = low.is_empty() || high.is_empty();
        let room = (across.to - across.from) / if alone { 1.0 } else { 2.0 } - 8.0;
        for (words, x, anchor) in [
            (low, across.from, Anchor::Start),
            (high, across.to, Anchor::End),
        ] {
            let words = clean(words);
            let block = wrap(&words, AXIS.size, AXIS.weight, room, 2);
            canvas.lines(&block, &words, (x, top + 12.0), 15.0, AXIS.at(anchor));
            lines = lines.max(block.lines.len());
        }
        top + lines as f64 * 15.0 + if lines > 0 { 3.0 } else { 0.0 }
    }

    /// Label, words, note and lines beneath of a row, and what the pointer shows.
    fn write(&self, canvas: &mut Canvas, across: &Across, p: &Placed) {
        let item = p.item;
        canvas.hover(
            Area(0.0, p.top, canvas.width, p.bottom),
            &clean(&item.hover),
        );
        if item.thin {
            return;
        }
        if !item.heading.is_empty() {
            let heading = clean(&item.heading);
            let room = canvas.width - 2.0 * PAD;
            let block = wrap(&heading, STRONG.size, STRONG.weight, room, 1);
            canvas.lines(&block, &heading, (PAD, p.top - 7.0), LINE, STRONG);
        }
        let style = label_style(item);
        let full = clean(&item.label);
        let full = p.label.shortened.then_some(full.as_str());
        for (n, line) in p.label.lines.iter().enumerate() {
            canvas.text_over(line, PAD, p.first + n as f64 * LINE, style, full);
        }
        for (n, line) in p.under.lines.iter().enumerate() {
            let full = p.under.shortened.then_some(item.under.as_str());
            canvas.text_over(line, PAD, p.under_first + n as f64 * 15.0, NOTE, full);
        }
        if !item.drawn {
            let room = across.width - PAD - across.from;
            let note = clean(&item.note);
            let block = wrap(&note, NOTE.size, NOTE.weight, room, 1);
            let full = block.shortened.then_some(note.as_str());
            let line = block.lines.first().map_or("", String::as_str);
            canvas.text_over(line, across.from, p.middle + 4.0, NOTE, full);
            return;
        }
        let style = cell_style(item);
        let cell = |canvas: &mut Canvas, words: &str, at: (f64, f64), room: f64, style: Style| {
            let block = wrap(words, style.size, style.weight, room + 0.5, 1);
            let full = block.shortened.then_some(words);
            let line = block.lines.first().map_or("", String::as_str);
            canvas.text_over(line, at.0, at.1, style, full);
        };
        let sign = |canvas: &mut Canvas, x: f64, y: f64| {
            if let Some((shape, colour, fill)) = item.sign {
                node(canvas, (x + 6.0, y - 4.5), 5.0, shape, colour, fill);
            }
        };
        let signed = if item.sign.is_some() { SIGN } else { 0.0 };
        if across.layout == Layout::Wide {
            let y = p.middle + 4.5;
            for (n, ((left, right), words)) in across.columns.iter().zip(&item.cells).enumerate() {
                if signed > 0.0 && n + 1 == across.columns.len() {
                    sign(canvas, *left, y);
                    let room = right - left - signed;
                    cell(canvas, words, (left + signed, y), room, style);
                } else {
                    let at = (*right, y);
                    cell(canvas, words, at, right - left, style.at(Anchor::End));
                }
            }
            return;
        }
        let words = self.joined(item);
        let right = across.width - PAD;
        match across.beside {
            Some(room) => {
                let at = (right, p.first);
                cell(canvas, &words, at, room, style.at(Anchor::End));
                let wide = width(&words, style.size, style.weight);
                sign(canvas, right - wide - SIGN, p.first);
            }
            None => {
                sign(canvas, PAD, p.words);
                let at = (PAD + signed, p.words);
                cell(canvas, &words, at, right - PAD - signed, style);
            }
        }
    }

    /// Zone, rules and uprights beneath the marks; in the narrow layout only where no words stand.
    fn grid(
        &self,
        canvas: &mut Canvas,
        scale: &Scale,
        ticks: &[Tick],
        placed: &[Placed],
        bands: &[(f64, f64)],
    ) {
        for (top, bottom) in bands.iter().copied() {
            if let Some((low, high)) = self.zone {
                let (from, to) = (scale.at(low), scale.at(high));
                canvas.rect((from, top), (to, bottom), Colour::Measured);
            }
            for tick in ticks {
                canvas.line((tick.at, top), (tick.at, bottom), 1, Colour::Rule);
            }
        }
        for p in placed.iter().filter(|p| p.item.drawn && !p.item.thin) {
            let (from, to) = ((scale.from, p.middle), (scale.to, p.middle));
            canvas.line(from, to, 1, Colour::Rule);
        }
        for (value, stroke) in &self.uprights {
            for (top, bottom) in bands.iter().filter(|_| scale.shows(*value)) {
                let at = scale.at(*value).round() + 0.5;
                canvas.stroke(&[(at, *top), (at, *bottom)], *stroke);
            }
        }
    }
}

/// Writes the labels of the ticks and returns the line beneath.
fn axis(canvas: &mut Canvas, ticks: &[Tick], top: f64) -> f64 {
    if ticks.is_empty() {
        return top;
    }
    for tick in ticks {
        canvas.text_over(&tick.label, tick.start, top + 12.0, AXIS, None);
    }
    top + 20.0
}
