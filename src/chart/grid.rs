//! A table of words on colours: what an evaluation measures, what it asked in vain, and where it is blind.

use super::alt::{counted, opening};
use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, Style};
use super::font::Weight;
use super::legend::{Entry, Symbol, legend};
use super::text::{Block, wrap};
use super::xml::clean;
use super::{ChartError, Layout, Svg, both};

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridCell {
    /// What stands in it.
    pub text: String,
    /// 0 blind (nothing asked), 1 asked but not computable, 2 measured; higher counts as 2.
    pub level: u8,
}

/// A grid; `cells` has one list per row with one cell per column, and missing cells are blind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// Heading.
    pub title: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Cells, row by row.
    pub cells: Vec<Vec<GridCell>>,
}

const CELL: Style = Style::new(12.0, Weight::Regular, Colour::Ink).at(Anchor::Middle);
const HEAD: Style = Style::new(12.0, Weight::SemiBold, Colour::Ink).at(Anchor::Middle);
const LEVELS: [(Colour, &str); 3] = [
    (Colour::Measured, "measured"),
    (Colour::Asked, "asked, not computable"),
    (Colour::Blind, "not asked"),
];
const LINE: f64 = 15.0;

/// Draws a grid.
pub fn grid(chart: &Grid) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

fn colour(level: u8) -> Colour {
    match level {
        0 => Colour::Blind,
        1 => Colour::Asked,
        _ => Colour::Measured,
    }
}

/// Text and colour of a cell.
fn cell(chart: &Grid, row: usize, column: usize) -> (String, Colour) {
    let found = chart.cells.get(row).and_then(|cells| cells.get(column));
    let (text, level) = found.map_or((String::new(), 0), |c| (clean(&c.text), c.level));
    let text = if text.is_empty() {
        "–".to_owned()
    } else {
        text
    };
    (text, colour(level))
}

fn draw(chart: &Grid, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, "", &[]);
    if chart.rows.is_empty() || chart.columns.is_empty() {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    let key = LEVELS.map(|(colour, words)| Entry::new(Symbol::Swatch(colour), words));
    top = legend(&mut canvas, &key, "", top) + 6.0;
    let most = match layout {
        Layout::Wide => 220.0,
        Layout::Narrow => 110.0,
    };
    let labels = |most: f64| {
        let wide = |r: &String| {
            wrap(&clean(r), LABEL.size, LABEL.weight, most, 3).width(LABEL.size, LABEL.weight)
        };
        chart.rows.iter().map(wide).fold(30.0, f64::max).ceil()
    };
    let room =
        |labels: f64| (canvas.width - 2.0 * PAD - labels - 10.0) / chart.columns.len() as f64;
    // A heading broken inside a word, or cells for a few letters, would not be read.
    let longest = chart
        .columns
        .iter()
        .flat_map(|c| clean(c).split(' ').map(wide_head).collect::<Vec<_>>())
        .fold(54.0, f64::max);
    // Names in more lines, before the columns give way.
    let fitting = [most, 110.0]
        .into_iter()
        .map(labels)
        .find(|labels| room(*labels) - 10.0 >= longest);
    let end = if let Some(labels) = fitting {
        let room = room(labels);
        table(&mut canvas, chart, top, labels, room)
    } else {
        list(&mut canvas, chart, top)
    };
    canvas.finish(end + PAD, &chart.title, alt)
}

fn wide_head(word: &str) -> f64 {
    super::font::width(word, HEAD.size, HEAD.weight)
}

/// Rows and columns.
fn table(canvas: &mut Canvas, chart: &Grid, top: f64, labels: f64, room: f64) -> f64 {
    let left = PAD + labels + 10.0;
    let fit = |text: &str, style: Style| wrap(text, style.size, style.weight, room - 10.0, 3);
    let heads: Vec<(String, Block)> = chart
        .columns
        .iter()
        .map(|c| (clean(c), fit(&clean(c), HEAD)))
        .collect();
    let tall = |block: &Block| block.lines.len().max(1) as f64 * LINE;
    let mut y = top + heads.iter().map(|(_, b)| tall(b)).fold(LINE, f64::max) + 6.0;
    for (n, (full, block)) in heads.iter().enumerate() {
        let middle = left + (n as f64 + 0.5) * room;
        let first = y - 6.0 - tall(block) + 12.0;
        canvas.lines(block, full, (middle, first), LINE, HEAD);
    }
    for (r, name) in chart.rows.iter().enumerate() {
        let full = clean(name);
        let label = wrap(&full, LABEL.size, LABEL.weight, labels + 1.0, 3);
        let cells: Vec<(String, Colour, Block)> = (0..chart.columns.len())
            .map(|c| {
                let (text, colour) = cell(chart, r, c);
                let block = fit(&text, CELL);
                (text, colour, block)
            })
            .collect();
        let height = cells
            .iter()
            .map(|(.., b)| tall(b))
            .fold(tall(&label), f64::max)
            + 12.0;
        let centred = |block: &Block| y + (height - tall(block)) / 2.0 + 11.5;
        canvas.lines(&label, &full, (PAD, centred(&label)), LINE, LABEL);
        for (c, (text, colour, block)) in cells.iter().enumerate() {
            let x = left + c as f64 * room;
            let (from, to) = ((x + 1.0, y + 1.0), (x + room - 1.0, y + height - 1.0));
            canvas.rect(from, to, *colour);
            canvas.lines(block, text, (x + room / 2.0, centred(block)), LINE, CELL);
            let column = chart.columns.get(c).map(|c| clean(c)).unwrap_or_default();
            let area = Area(x, y, x + room, y + height);
            canvas.hover(area, &format!("{full}, {column}: {text}"));
        }
        y += height;
    }
    y
}

/// Where the columns would be too narrow: each row as a heading, its cells beneath it, as many side by side as fit.
fn list(canvas: &mut Canvas, chart: &Grid, top: f64) -> f64 {
    let mut y = top;
    let room = canvas.width - 2.0 * PAD;
    let style = Style::new(12.0, Weight::Regular, Colour::Ink);
    let words = |row: usize, column: usize| {
        let (text, colour) = cell(chart, row, column);
        let name = chart.columns.get(column).map(|c| clean(c));
        (format!("{}: {text}", name.unwrap_or_default()), colour)
    };
    let longest = (0..chart.rows.len())
        .flat_map(|r| (0..chart.columns.len()).map(move |c| (r, c)))
        .map(|(r, c)| super::font::width(&words(r, c).0, style.size, style.weight))
        .fold(60.0, f64::max);
    let beside = ((room / (longest + 16.0)).floor() as usize).clamp(1, chart.columns.len().max(1));
    let wide = room / beside as f64;
    for (r, name) in chart.rows.iter().enumerate() {
        let full = clean(name);
        let bold = Style::new(13.0, Weight::SemiBold, Colour::Ink);
        let label = wrap(&full, bold.size, bold.weight, room, 2);
        canvas.lines(&label, &full, (PAD, y + 16.0), LINE, bold);
        y += label.lines.len().max(1) as f64 * LINE + 8.0;
        for first in (0..chart.columns.len()).step_by(beside) {
            let cells: Vec<(String, Colour, Block)> = (first
                ..(first + beside).min(chart.columns.len()))
                .map(|c| {
                    let (words, colour) = words(r, c);
                    let block = wrap(&words, style.size, style.weight, wide - 14.0, 3);
                    (words, colour, block)
                })
                .collect();
            let tallest = cells
                .iter()
                .map(|(.., b)| b.lines.len())
                .fold(1, usize::max);
            let height = tallest as f64 * LINE + 6.0;
            for (n, (words, colour, block)) in cells.iter().enumerate() {
                let x = PAD + n as f64 * wide;
                let gap = if n + 1 < beside { 2.0 } else { 0.0 };
                canvas.rect((x, y), (x + wide - gap, y + height - 1.0), *colour);
                canvas.lines(block, words, (x + 7.0, y + 14.0), LINE, style);
            }
            y += height;
        }
        y += 6.0;
    }
    y
}

/// How many cells of each level, and which rows are blind throughout.
fn alt_text(chart: &Grid) -> String {
    let mut out = opening("Grid", &chart.title, "");
    let (mut counts, mut dark) = ([0usize; 3], Vec::new());
    for (r, name) in chart.rows.iter().enumerate() {
        let mut blind = true;
        for c in 0..chart.columns.len() {
            let (_, colour) = cell(chart, r, c);
            let slot = match colour {
                Colour::Blind => 2,
                Colour::Asked => 1,
                _ => 0,
            };
            blind &= slot == 2;
            if let Some(count) = counts.get_mut(slot) {
                *count += 1;
            }
        }
        if blind {
            dark.push(super::alt::name(name));
        }
    }
    let [measured, asked, blind] = counts;
    out.push_str(&format!(
        " {}, {}: {measured} measured, {asked} asked but not computable, {blind} not asked.",
        counted(chart.rows.len(), "row"),
        counted(chart.columns.len(), "column")
    ));
    if !dark.is_empty() && !chart.columns.is_empty() {
        let more = dark.len().saturating_sub(8);
        dark.truncate(8);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        out.push_str(&format!(" Nothing asked in: {}{more}.", dark.join(", ")));
    }
    out
}
