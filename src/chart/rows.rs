//! The frame that dots, bars and targets share: one row per label, values in words at the right, one axis across.
//!
//! Wide: label | marks | value. Narrow: label and value on their own lines, the marks beneath at full width.

use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, STRONG, Style, area};
use super::font::Weight;
use super::legend::{Entry, legend};
use super::pick::Pick;
use super::scale::{Domain, Scale, Tick, across};
use super::text::{Block, wrap};
use super::xml::clean;
use super::{ChartError, Format, Layout};

/// What the frame needs of a row.
#[derive(Default)]
pub(super) struct Row {
    pub label: String,
    pub strong: bool,
    /// The value as it is written at the right; `None` when the row has no value.
    pub written: Option<String>,
    /// Shown in place of the marks when there is no value.
    pub note: String,
    /// Everything about the row in one line, for the pointer.
    pub hover: String,
    /// Heading over this row and those after it, where it is another than that of the row before.
    pub group: String,
    /// A range shaded behind the marks.
    pub band: Option<(f64, f64)>,
}

/// A chart in rows, without its marks.
pub(super) struct Frame<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    pub rows: Vec<Row>,
    pub pick: Pick,
    pub domain: Option<Domain>,
    pub reference: Option<(String, f64)>,
    /// Further upright lines, explained in the key.
    pub lines: &'a [f64],
    pub format: Format<'a>,
    /// A thin rule through each row leads the eye from the label to the mark.
    pub rules: bool,
    /// Stronger line at zero.
    pub zero: bool,
    /// What the marks are, above the rows.
    pub key: Vec<Entry>,
    /// Heading of the values at the right.
    pub heading: &'a str,
    pub notes: Vec<String>,
    /// Lines under the chart.
    pub footnotes: Vec<String>,
    pub alt: &'a str,
}

struct Placed<'a> {
    row: &'a Row,
    index: usize,
    label: Block,
    /// Whether the row's group is written above it.
    headed: bool,
    top: f64,
    bottom: f64,
    /// Where the marks are centred.
    middle: f64,
}

const AXIS: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
const LINE: f64 = 16.0;
/// Height of a group's heading.
const HEADING: f64 = 27.0;

impl Frame<'_> {
    /// Draws the frame and calls `mark` for every shown row that has a value with its index, the scale and its height.
    pub fn draw(
        &self,
        layout: Layout,
        mark: &dyn Fn(&mut Canvas, usize, &Scale, f64),
    ) -> Result<String, ChartError> {
        let mut canvas = Canvas::new(layout.width());
        let mut notes = self.notes.clone();
        notes.extend(self.pick.words());
        let mut top = canvas.header(self.title, self.unit, &notes);
        if self.domain.is_none() {
            top = canvas.paragraph("No values to show.", top, NOTE, 1) + 6.0;
        }
        let values = self.value_width(layout);
        let labels = self.label_width(layout);
        let scale = self
            .domain
            .map(|domain| self.scale(layout, domain, labels, values));
        if scale.is_some() {
            top = legend(&mut canvas, &self.key, self.heading, top);
        }
        let ticks = scale
            .map(|scale| across(&scale, self.format, AXIS.size, canvas.width))
            .unwrap_or_default();
        if let (Some(scale), Some((words, value))) = (scale, &self.reference) {
            top = self.reference_label(&mut canvas, &scale, words, *value, top);
        }
        top = axis(&mut canvas, &ticks, top);
        let (placed, gap, bottom) = self.place(layout, labels, values, top);
        if let Some(scale) = scale {
            let bands: Vec<(f64, f64)> = match layout {
                Layout::Wide => vec![(top, bottom)],
                Layout::Narrow => placed
                    .iter()
                    .map(|p| (p.middle - 9.0, p.middle + 10.0))
                    .collect(),
            };
            self.grid(&mut canvas, &scale, &ticks, &placed, &bands);
        }
        if let Some(y) = gap {
            let words = format!("… {} more between …", self.pick.hidden);
            let middle = canvas.width / 2.0;
            canvas.text_over(&words, middle, y, NOTE.at(Anchor::Middle), None);
        }
        let x = scale.map_or(PAD + labels + 16.0, |scale| scale.from + 6.0);
        for p in &placed {
            self.write(&mut canvas, layout, p, values, x);
            if let (Some(_), Some(scale)) = (&p.row.written, scale) {
                mark(&mut canvas, p.index, &scale, p.middle);
            }
        }
        let mut end = bottom;
        if placed.len() > 15 {
            end = axis(&mut canvas, &ticks, end + 2.0);
        }
        for words in &self.footnotes {
            end = canvas.paragraph(words, end + 4.0, NOTE, 4);
        }
        canvas.finish(end + PAD, self.title, self.alt)
    }

    fn style(row: &Row) -> Style {
        if row.strong { STRONG } else { LABEL }
    }

    /// Width of the column of values, within reason.
    fn value_width(&self, layout: Layout) -> f64 {
        let most = match layout {
            Layout::Wide => 150.0,
            Layout::Narrow => 150.0,
        };
        let rows = self.pick.shown.iter().filter_map(|i| self.rows.get(*i));
        rows.filter_map(|row| {
            let written = row.written.as_deref()?;
            Some(super::font::width(written, 13.0, Weight::SemiBold))
        })
        .fold(0.0, f64::max)
        .min(most)
        .ceil()
    }

    /// Width of the column of labels in the wide layout; 0 in the narrow one, where labels have their own lines.
    fn label_width(&self, layout: Layout) -> f64 {
        if layout == Layout::Narrow {
            return 0.0;
        }
        let rows = self.pick.shown.iter().filter_map(|i| self.rows.get(*i));
        rows.map(|row| {
            let style = Self::style(row);
            wrap(&clean(&row.label), style.size, style.weight, 290.0, 2)
                .width(style.size, style.weight)
        })
        .fold(40.0, f64::max)
        .ceil()
    }

    fn scale(&self, layout: Layout, domain: Domain, labels: f64, values: f64) -> Scale {
        let width = layout.width();
        match layout {
            Layout::Wide => Scale {
                domain,
                from: PAD + labels + 16.0,
                to: width - PAD - values - 16.0,
            },
            Layout::Narrow => Scale {
                domain,
                from: PAD + 8.0,
                to: width - PAD - 8.0,
            },
        }
    }

    /// Gives every shown row its place; returns also the baseline of the gap note and the bottom.
    fn place(
        &self,
        layout: Layout,
        labels: f64,
        values: f64,
        top: f64,
    ) -> (Vec<Placed<'_>>, Option<f64>, f64) {
        let mut out = Vec::new();
        let mut gap = None;
        let mut y = top;
        let mut group = "";
        for (n, index) in self.pick.shown.iter().enumerate() {
            let Some(row) = self.rows.get(*index) else {
                continue;
            };
            if self.pick.gap == Some(n) {
                gap = Some(y + 20.0);
                y += 32.0;
            }
            let headed = row.group != group;
            if headed {
                group = &row.group;
                y += HEADING;
            }
            let style = Self::style(row);
            let room = match layout {
                Layout::Wide => labels + 1.0,
                Layout::Narrow => layout.width() - 2.0 * PAD - values - 12.0,
            };
            let label = wrap(&clean(&row.label), style.size, style.weight, room, 2);
            let lines = label.lines.len().max(1) as f64 * LINE;
            let (height, middle) = match layout {
                Layout::Wide => {
                    let height = (lines + 6.0).max(21.0);
                    (height, y + height / 2.0)
                }
                Layout::Narrow => (lines + 26.0, y + lines + 12.0),
            };
            out.push(Placed {
                row,
                index: *index,
                label,
                headed,
                top: y,
                bottom: y + height,
                middle: middle.round(),
            });
            y += height;
        }
        (out, gap, y)
    }

    /// Label, value or note of a row, and what the pointer shows.
    fn write(&self, canvas: &mut Canvas, layout: Layout, p: &Placed, values: f64, x: f64) {
        let style = Self::style(p.row);
        let full = clean(&p.row.label);
        let full = p.label.shortened.then_some(full.as_str());
        let lines = p.label.lines.len().max(1) as f64;
        let first = match layout {
            Layout::Wide => p.middle - (lines - 1.0) * LINE / 2.0 + 4.5,
            Layout::Narrow => p.top + 14.0,
        };
        for (n, line) in p.label.lines.iter().enumerate() {
            canvas.text_over(line, PAD, first + n as f64 * LINE, style, full);
        }
        if p.headed {
            let group = clean(&p.row.group);
            let room = canvas.width - 2.0 * PAD;
            let block = wrap(&group, STRONG.size, STRONG.weight, room, 1);
            let shown = block.lines.first().map_or("", String::as_str);
            let full = block.shortened.then_some(group.as_str());
            canvas.text_over(shown, PAD, p.top - 7.0, STRONG, full);
        }
        let right = canvas.width - PAD;
        match &p.row.written {
            Some(written) => {
                let block = wrap(written, style.size, style.weight, values, 1);
                let shown = block.lines.first().map_or("", String::as_str);
                let full = block.shortened.then_some(written.as_str());
                let y = match layout {
                    Layout::Wide => p.middle + 4.5,
                    Layout::Narrow => first,
                };
                canvas.text_over(shown, right, y, style.at(Anchor::End), full);
            }
            None => {
                let block = wrap(&p.row.note, NOTE.size, NOTE.weight, right - x, 1);
                let shown = block.lines.first().map_or("", String::as_str);
                let full = block.shortened.then_some(p.row.note.as_str());
                canvas.text_over(shown, x, p.middle + 4.0, NOTE, full);
            }
        }
        canvas.hover(Area(0.0, p.top, canvas.width, p.bottom), &p.row.hover);
    }

    /// Rules, zero line and reference line beneath the marks; in the narrow layout only where no label stands.
    fn grid(
        &self,
        canvas: &mut Canvas,
        scale: &Scale,
        ticks: &[Tick],
        placed: &[Placed],
        bands: &[(f64, f64)],
    ) {
        for p in placed {
            let Some((low, high)) = p.row.band else {
                continue;
            };
            let (top, bottom) = match bands {
                [_] if placed.len() != 1 => (p.top, p.bottom),
                _ => (p.middle - 9.0, p.middle + 10.0),
            };
            let (from, to) = (scale.at(low), scale.at(high));
            canvas.rect((from, top), (to, bottom), Colour::Measured);
        }
        for (top, bottom) in bands.iter().copied() {
            for tick in ticks {
                canvas.line((tick.at, top), (tick.at, bottom), 1, Colour::Rule);
            }
            if self.zero && scale.shows(0.0) {
                let at = scale.at(0.0);
                canvas.line((at, top), (at, bottom), 1, Colour::Axis);
            }
            for value in self.lines.iter().filter(|v| scale.shows(**v)) {
                let at = scale.at(*value);
                canvas.line((at, top), (at, bottom), 1, Colour::Vermilion);
            }
            if let Some((_, value)) = &self.reference {
                let at = scale.at(*value);
                canvas.line((at, top), (at, bottom), 1, Colour::Vermilion);
            }
        }
        if self.rules {
            for p in placed.iter().filter(|p| p.row.written.is_some()) {
                let (from, to) = ((scale.from, p.middle), (scale.to, p.middle));
                canvas.line(from, to, 1, Colour::Rule);
            }
        }
    }

    /// Writes what the reference line means above it.
    fn reference_label(
        &self,
        canvas: &mut Canvas,
        scale: &Scale,
        words: &str,
        value: f64,
        top: f64,
    ) -> f64 {
        let text = clean(&format!("{} {}", words, (self.format)(value)));
        let style = AXIS;
        let block = wrap(&text, style.size, style.weight, canvas.width - 2.0 * PAD, 1);
        let shown = block.lines.first().map_or("", String::as_str);
        let box_ = area(shown, 0.0, 0.0, style);
        let wide = box_.2 - box_.0;
        let x = (scale.at(value) - wide / 2.0)
            .min(canvas.width - PAD - wide)
            .max(PAD);
        let full = block.shortened.then_some(text.as_str());
        canvas.text_over(shown, x, top + 12.0, style, full);
        top + 18.0
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
