//! A heat map of numbers by two sets of categories: who is tied with whom, which answers go together.

use super::alt::{counted, name, opening};
use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, Style};
use super::font::{Weight, width};
use super::legend::{Entry, Symbol, legend, striped};
use super::scale::usable;
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One cell of a matrix.
#[derive(Debug, Clone, PartialEq)]
pub enum MatrixCell {
    /// A number; zero is a number.
    Value(f64),
    /// No number, and why ("withheld", "no pairs").
    Without(String),
}

/// A matrix; `cells` has one list per row with one cell per column, and missing cells have no number.
pub struct Matrix<'a> {
    /// Heading.
    pub title: String,
    /// What the numbers are, under the heading.
    pub unit: String,
    /// What the rows are ("from", "respondents").
    pub row_title: String,
    /// What the columns are.
    pub column_title: String,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Names of the columns. Where they are the names of the rows, the cells of a category with itself have a rim.
    pub columns: Vec<String>,
    /// Cells, row by row.
    pub cells: Vec<Vec<MatrixCell>>,
    /// Writes a number.
    pub format: Format<'a>,
}

const CELL: Style = Style::new(12.0, Weight::Regular, Colour::Ink).at(Anchor::Middle);
const HEAD: Style = Style::new(12.0, Weight::SemiBold, Colour::Ink).at(Anchor::Middle);
const HEIGHT: f64 = 26.0;
const LINE: f64 = 15.0;
const STEPS: usize = 6;

/// Draws a matrix.
pub fn matrix(chart: &Matrix) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// The number of a cell, or why there is none.
fn cell<'c>(chart: &'c Matrix, row: usize, column: usize) -> Result<f64, &'c str> {
    match chart.cells.get(row).and_then(|cells| cells.get(column)) {
        Some(MatrixCell::Value(value)) => usable(Some(*value)).ok_or("no value"),
        Some(MatrixCell::Without(why)) if !clean(why).is_empty() => Err(why),
        _ => Err("no value"),
    }
}

/// All cells with a number: row, column, number.
fn values(chart: &Matrix) -> Vec<(usize, usize, f64)> {
    let all = (0..chart.rows.len()).flat_map(|r| (0..chart.columns.len()).map(move |c| (r, c)));
    all.filter_map(|(r, c)| Some((r, c, cell(chart, r, c).ok()?)))
        .collect()
}

/// How the numbers become colours.
struct Shades {
    low: f64,
    high: f64,
}

impl Shades {
    /// From zero, unless a number is below it, to the highest.
    fn of(values: &[(usize, usize, f64)]) -> Shades {
        let all = || values.iter().map(|(.., v)| *v);
        Shades {
            low: all().fold(0.0, f64::min),
            high: all().fold(0.0, f64::max),
        }
    }

    /// Zero has a step of its own where it is the lowest; the others are equally wide.
    fn step(&self, value: f64) -> u8 {
        let share = (value - self.low) / (self.high - self.low);
        if !share.is_finite() || share <= 0.0 {
            return 0;
        }
        (share * (STEPS - 1) as f64).ceil().min((STEPS - 1) as f64) as u8
    }
}

/// Widths of a matrix on some canvas, and whether names give way to numbers.
struct Plan {
    /// Columns in each block.
    per: usize,
    /// Width of a cell.
    room: f64,
    /// Width of the row labels.
    labels: f64,
    /// Columns are numbered, and named in a key.
    numbered: bool,
}

fn plan(chart: &Matrix, layout: Layout) -> Plan {
    let (most, blocks) = match layout {
        Layout::Wide => (190.0, 1),
        Layout::Narrow => (104.0, 2),
    };
    let written = |v: f64| width(&clean(&(chart.format)(v)), CELL.size, CELL.weight) + 7.0;
    let number = values(chart).into_iter().map(|(.., v)| written(v));
    let number = number.fold(30.0, f64::max).min(110.0);
    let head = |words: &String| {
        let longest = |words: &str| {
            let words = words.split([' ', '-', '/']);
            let wide = words.map(|w| width(w, HEAD.size, HEAD.weight) + 14.0);
            wide.fold(0.0, f64::max)
        };
        longest(&clean(words))
    };
    let named = chart.columns.iter().map(head).fold(number, f64::max);
    let label = |numbered: bool| {
        let all = chart.rows.iter().enumerate();
        all.map(|(r, words)| {
            let words = row_name(chart, r, words, numbered);
            wrap(&words, LABEL.size, LABEL.weight, most, 2).width(LABEL.size, LABEL.weight)
        })
        .fold(20.0, f64::max)
        .ceil()
    };
    let count = chart.columns.len().max(1);
    let canvas = layout.width() - 2.0 * PAD - 10.0;
    let fit = |labels: f64, need: f64| ((canvas - labels) / need).floor().max(1.0) as usize;
    let (mut numbered, mut labels) = (false, label(false));
    let mut per = fit(labels, named);
    if count.div_ceil(per) > blocks || named > 130.0 {
        numbered = true;
        labels = label(true);
        per = fit(labels, number);
    }
    // Blocks of equal size look better than a full one and a rest.
    let per = count.div_ceil(count.div_ceil(per));
    let room = ((canvas - labels) / per as f64).min(110.0).floor();
    Plan {
        per,
        room,
        labels,
        numbered,
    }
}

/// Whether the columns are the rows: a matrix of a set with itself.
fn square(chart: &Matrix) -> bool {
    chart.rows == chart.columns
}

/// A row's label, with its number where the columns are numbered and are the same categories.
fn row_name(chart: &Matrix, row: usize, words: &str, numbered: bool) -> String {
    if numbered && square(chart) {
        return clean(&format!("{}. {words}", row + 1));
    }
    clean(words)
}

fn draw(chart: &Matrix, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut notes = Vec::new();
    let (rows, columns) = (clean(&chart.row_title), clean(&chart.column_title));
    if !rows.is_empty() && !columns.is_empty() && rows != columns {
        notes.push(format!("Rows: {rows}. Columns: {columns}."));
    }
    let mut top = canvas.header(&chart.title, &chart.unit, &notes);
    if chart.rows.is_empty() || chart.columns.is_empty() {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    let values = values(chart);
    let shades = Shades::of(&values);
    let plan = plan(chart, layout);
    top = key(&mut canvas, chart, &shades, &values, top) + 4.0;
    let count = chart.columns.len();
    let mut first = 0;
    while first < count {
        let last = (first + plan.per).min(count);
        top = block(&mut canvas, chart, &plan, &shades, first..last, top) + 10.0;
        first = last;
    }
    let mut end = top - 4.0;
    if plan.numbered && !square(chart) {
        for (n, words) in chart.columns.iter().enumerate() {
            end = canvas.paragraph(&format!("{}. {}", n + 1, clean(words)), end + 1.0, NOTE, 2);
        }
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

/// The colours from the lowest to the highest number, and what cells without one say.
fn key(
    canvas: &mut Canvas,
    chart: &Matrix,
    shades: &Shades,
    values: &[(usize, usize, f64)],
    top: f64,
) -> f64 {
    let mut y = top;
    if !values.is_empty() {
        let low = clean(&(chart.format)(shades.low));
        let high = clean(&(chart.format)(shades.high));
        let mut x = PAD;
        canvas.text(&low, x, y + 12.0, NOTE, None);
        x += width(&low, NOTE.size, NOTE.weight) + 6.0;
        for step in 0..STEPS as u8 {
            canvas.rect((x, y + 1.0), (x + 22.0, y + 15.0), Colour::Heat(step));
            x += 24.0;
        }
        let most = canvas.width - PAD - x - 4.0;
        if width(&high, NOTE.size, NOTE.weight) <= most {
            canvas.text(&high, x + 4.0, y + 12.0, NOTE, None);
        }
        y += 20.0;
    }
    let mut why: Vec<(String, usize)> = Vec::new();
    for r in 0..chart.rows.len() {
        for c in 0..chart.columns.len() {
            if let Err(words) = cell(chart, r, c) {
                let words = clean(words);
                match why.iter_mut().find(|(w, _)| *w == words) {
                    Some((_, count)) => *count += 1,
                    None => why.push((words, 1)),
                }
            }
        }
    }
    let entries: Vec<Entry> = why
        .iter()
        .map(|(words, count)| {
            let words = format!("{words}: {}", counted(*count, "cell"));
            Entry::new(Symbol::Striped, words)
        })
        .collect();
    legend(canvas, &entries, "", y)
}

/// A run of columns under their heads, with the names of all rows; returns the bottom.
fn block(
    canvas: &mut Canvas,
    chart: &Matrix,
    plan: &Plan,
    shades: &Shades,
    columns: std::ops::Range<usize>,
    top: f64,
) -> f64 {
    let left = PAD + plan.labels + 10.0;
    let centre = |c: usize| left + ((c - columns.start) as f64 + 0.5) * plan.room;
    let heads: Vec<_> = columns
        .clone()
        .filter_map(|c| {
            let full = clean(chart.columns.get(c)?);
            let shown = match plan.numbered {
                true => (c + 1).to_string(),
                false => full.clone(),
            };
            let block = wrap(&shown, HEAD.size, HEAD.weight, plan.room - 6.0, 3);
            Some((c, full, block))
        })
        .collect();
    let tall = |lines: usize| lines.max(1) as f64 * LINE;
    let high = heads.iter().map(|(.., b)| tall(b.lines.len()));
    let mut y = top + high.fold(LINE, f64::max) + 4.0;
    for (c, full, block) in &heads {
        let first = y - 4.0 - tall(block.lines.len()) + 12.0;
        canvas.lines(block, full, (centre(*c), first), LINE, HEAD);
    }
    for (r, words) in chart.rows.iter().enumerate() {
        let full = row_name(chart, r, words, plan.numbered);
        let label = wrap(&full, LABEL.size, LABEL.weight, plan.labels + 1.0, 2);
        let height = HEIGHT.max(tall(label.lines.len()) + 6.0);
        let first = y + (height - tall(label.lines.len())) / 2.0 + 11.5;
        canvas.lines(&label, &full, (PAD, first), LINE, LABEL);
        for (c, column, _) in &heads {
            let x = left + (c - columns.start) as f64 * plan.room;
            let (from, to) = ((x + 1.0, y + 1.0), (x + plan.room - 1.0, y + height - 1.0));
            let said = match cell(chart, r, *c) {
                Ok(value) => {
                    let written = clean(&(chart.format)(value));
                    canvas.rect(from, to, Colour::Heat(shades.step(value)));
                    let room = plan.room - 4.0;
                    let block = wrap(&written, CELL.size, CELL.weight, room, 1);
                    let at = (centre(*c), y + height / 2.0 + 4.0);
                    canvas.lines(&block, &written, at, LINE, CELL);
                    written
                }
                Err(why) => {
                    striped(canvas, from, to);
                    clean(why)
                }
            };
            if square(chart) && r == *c {
                rim(canvas, from, to);
            }
            let area = Area(x, y, x + plan.room, y + height);
            canvas.hover(area, &format!("{}, {column}: {said}", clean(words)));
        }
        y += height;
    }
    y
}

/// A rim around the cell of a category with itself.
fn rim(canvas: &mut Canvas, from: (f64, f64), to: (f64, f64)) {
    let around = [
        (from.0, from.1),
        (to.0, from.1),
        (to.0, to.1),
        (from.0, to.1),
        (from.0, from.1),
    ];
    let stroke = super::pen::Stroke::new(Colour::Axis, 1.0, "");
    canvas.stroke(&around, stroke);
}

/// How large the matrix is, its highest and lowest cells, and how many have no number.
fn alt_text(chart: &Matrix) -> String {
    let mut out = opening("Matrix", &chart.title, &chart.unit);
    let titled = |count: usize, noun: &str, title: &str| {
        let title = clean(title);
        match title.is_empty() {
            true => counted(count, noun),
            false => format!("{} ({title})", counted(count, noun)),
        }
    };
    out.push_str(&format!(
        " {}, {}.",
        titled(chart.rows.len(), "row", &chart.row_title),
        titled(chart.columns.len(), "column", &chart.column_title)
    ));
    let mut values = values(chart);
    let all = chart.rows.len() * chart.columns.len();
    let missing = all - values.len();
    // Equal numbers stay in the order of the rows.
    values.sort_by(|a, b| b.2.total_cmp(&a.2));
    let say = |(r, c, value): &(usize, usize, f64)| {
        let row = chart.rows.get(*r).map(|w| name(w)).unwrap_or_default();
        let column = chart.columns.get(*c).map(|w| name(w)).unwrap_or_default();
        format!("{row}, {column} {}", clean(&(chart.format)(*value)))
    };
    match values.as_slice() {
        [] => {}
        [.., last] if values.len() > 3 => {
            let best: Vec<String> = values.iter().take(3).map(say).collect();
            out.push_str(&format!(" Highest: {}.", best.join("; ")));
            let zeros = values.iter().filter(|(.., v)| *v == 0.0).count();
            if zeros > 1 && last.2 == 0.0 {
                let are = if zeros == 1 { "is" } else { "are" };
                out.push_str(&format!(" {} {are} zero.", counted(zeros, "cell")));
            } else {
                out.push_str(&format!(" Lowest: {}.", say(last)));
            }
        }
        few => {
            let few: Vec<String> = few.iter().map(say).collect();
            out.push_str(&format!(" {}.", few.join("; ")));
        }
    }
    if missing > 0 && missing == all {
        out.push_str(" None has a value.");
    } else if missing > 0 {
        let has = if missing == 1 { "has" } else { "have" };
        out.push_str(&format!(" {} {has} no value.", counted(missing, "cell")));
    }
    out
}
