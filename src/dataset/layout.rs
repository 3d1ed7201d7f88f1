//! Where the table stands in a text file: what parts its cells, which lines are its header, which rows are none of it.

use super::above::Above;
use super::declare::{Format, TableSpec};
use super::files::DataFile;
use super::header;
use super::numbers;
use super::text::Records;
use super::total_summaries::summary;
use crate::finding::Stop;
use std::collections::BTreeMap;

/// Records that are looked at to find the layout.
const SAMPLE: usize = 5000;

/// Records within which a header is looked for.
const TOP: usize = 25;

/// Words that a row of sums begins with.
const TOTALS: &[&str] = &[
    "total",
    "totals",
    "subtotal",
    "sub-total",
    "grand total",
    "total general",
    "total général",
    "total geral",
    "totaal",
    "subtotaal",
    "eindtotaal",
    "totale",
    "totales",
    "gesamt",
    "gesamtsumme",
    "summe",
    "sum",
    "suma",
    "somme",
    "som",
    "toplam",
    "overall total",
];

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// What parts the cells, where it isn't the usual of the format; and what that rests on.
    pub delimiter: Option<(char, String)>,
    /// What a line `sep=;` says, where the other lines say otherwise.
    pub unlike: Option<char>,
    /// Lines of the header.
    pub header: Vec<u64>,
    /// Lines above the header that hold something.
    pub titles: Vec<String>,
    /// Names of the columns, as the header has them.
    pub names: Vec<String>,
    /// Those of them that are numbers as all cells below are: the line may be none of names.
    pub like_data: Vec<String>,
    /// The last line of the header as it stands in the file.
    last: Vec<String>,
    /// Cells of the records below the header, where all have as many.
    pub width: Option<usize>,
}

/// Rows that are none of the table.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub blank: u64,
    /// Lines of rows that repeat the header, of sums, and their first cell.
    pub repeated: Vec<u64>,
    pub totals: Vec<(u64, String)>,
    /// Numbers of totals that are neither the sum of the rows above nor between the least and the greatest of them: line, column, number, sum.
    pub differs: Vec<(u64, usize, f64, f64)>,
}

impl Left {
    pub fn is_empty(&self) -> bool {
        self.blank == 0 && self.repeated.is_empty() && self.totals.is_empty()
    }
}

/// A record with its line.
struct Row {
    line: u64,
    cells: Vec<String>,
}

impl Row {
    fn filled(&self) -> usize {
        self.cells.iter().filter(|c| !c.trim().is_empty()).count()
    }

    fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |c| c.trim())
    }
}

/// Finds the layout of a text table of which nothing is said.
pub(super) fn find(text: &str, spec: &TableSpec, file: &DataFile) -> Result<Layout, Stop> {
    let mut layout = Layout::default();
    let mut spec = spec.clone();
    let said = separator_line(text);
    if spec.dialect.delimiter.is_none() && spec.format == Format::Csv {
        let (found, why) = delimiter(text, &spec, file);
        layout.delimiter = match said {
            Some(c) if found == c || width_of(text, &spec, file, c).0 > 1 => {
                Some((c, format!("the line `sep={c}` says so")))
            }
            _ => {
                layout.unlike = said;
                (found != ',').then_some((found, why))
            }
        };
        let taken = layout.delimiter.as_ref().map(|(c, _)| c.to_string());
        spec.dialect.delimiter = taken;
    }
    if layout.delimiter.is_none()
        && spec.format == Format::Csv
        && spec.dialect.delimiter.is_none()
        && sample(text, &spec, file, SAMPLE).is_ok_and(|rows| commas_are_decimals(&rows))
    {
        let why = "the header names one column, and a comma stands between two digits in each row";
        layout.delimiter = Some((';', why.to_owned()));
        spec.dialect.delimiter = Some(";".to_owned());
    }
    let mut rows = sample(text, &spec, file, SAMPLE)?;
    if said.is_some() && !rows.is_empty() {
        rows.remove(0);
    }
    let said = spec.dialect.header_rows.as_deref().unwrap_or_default();
    if said.is_empty() && spec.dialect.header != Some(false) {
        header_of(&rows, &mut layout);
        return Ok(layout);
    }
    let last = said.iter().copied().max().unwrap_or(1);
    let lines: Vec<Vec<String>> = rows
        .into_iter()
        .take_while(|row| row.line <= last)
        .filter(|row| said.is_empty() || said.contains(&row.line))
        .map(|row| row.cells)
        .collect();
    let join = spec.dialect.header_join.as_deref().unwrap_or(" ");
    layout.names = header::joined(&lines, join);
    layout.last = lines.last().cloned().unwrap_or_default();
    layout.header = vec![last];
    Ok(layout)
}

/// Whether a file has one column, of numbers with decimal commas.
fn commas_are_decimals(rows: &[Row]) -> bool {
    let digits = |cell: &str| !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit());
    let mut filled = rows.iter().filter(|row| row.filled() > 0);
    let named = filled
        .next()
        .is_some_and(|row| row.cells.len() == 1 && !is_number(row.cell(0)));
    let mut parted = 0;
    named
        && filled.all(|row| match row.cells.as_slice() {
            [whole] => digits(whole),
            [whole, decimals] => {
                parted += 1;
                digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(decimals)
            }
            _ => false,
        })
        && parted > 1
}

/// What the line `sep=;` says, with which spreadsheets begin some files.
fn separator_line(text: &str) -> Option<char> {
    let line = text.lines().next()?.trim_matches(['"', ' ']);
    let (key, mark) = line.split_at_checked(4)?;
    let mut marks = mark.chars();
    let c = marks.next()?;
    (key.eq_ignore_ascii_case("sep=") && marks.next().is_none_or(|c| c == '"')).then_some(c)
}

/// Whether a record says what parts the cells (`sep=;`), and is no header therefore.
pub(super) fn is_separator(record: &csv::StringRecord) -> bool {
    let first = record.get(0).unwrap_or_default().trim();
    let rest = record.iter().skip(1).all(str::is_empty);
    let key = first
        .get(..4)
        .is_some_and(|key| key.eq_ignore_ascii_case("sep="));
    key && rest && record.len() <= 2 && first.chars().count() <= 5
}

/// Whether a name is a word for a total.
pub(super) fn is_total(name: &str) -> bool {
    let word = name.trim_end_matches([':', '.']).trim_end().to_lowercase();
    TOTALS.contains(&word.as_str())
}

fn with(spec: &TableSpec, delimiter: char) -> TableSpec {
    let mut spec = spec.clone();
    spec.dialect.delimiter = Some(delimiter.to_string());
    spec
}

/// The most frequent number of cells, the share of the lines that have it, and the first of them.
fn width_of(text: &str, spec: &TableSpec, file: &DataFile, delimiter: char) -> (usize, f64, usize) {
    let spec = with(spec, delimiter);
    // A record that has no end is told when the table is read.
    let Ok(mut rows) = sample(text, &spec, file, SAMPLE) else {
        return (1, 0.0, 0);
    };
    if separator_line(text).is_some() && !rows.is_empty() {
        rows.remove(0);
    }
    rows.retain(|row| row.filled() > 0);
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.cells.len() > 1) {
        *widths.entry(row.cells.len()).or_default() += 1;
    }
    let best = widths
        .iter()
        .max_by_key(|(width, count)| (**count, **width));
    let Some((width, count)) = best else {
        return (1, 0.0, 0);
    };
    let first = rows.iter().position(|row| row.cells.len() == *width);
    (
        *width,
        *count as f64 / rows.len() as f64,
        first.unwrap_or(0),
    )
}

/// What parts the cells, by the numbers of cells that the lines then have.
fn delimiter(text: &str, spec: &TableSpec, file: &DataFile) -> (char, String) {
    let mut best = (',', 0.0, 1);
    for c in [',', ';', '\t', '|'] {
        let (width, share, first) = width_of(text, spec, file, c);
        // A mark that parts the data but not the header stands inside cells.
        let score = if first == 0 { share } else { share * 0.9 };
        if score > best.1 || (score == best.1 && width > best.2) {
            best = (c, score, width);
        }
    }
    let (_, share, _) = width_of(text, spec, file, best.0);
    let lines = if share >= 1.0 {
        "all lines".to_owned()
    } else {
        format!("{:.0} of 100 lines", (share * 100.0).floor())
    };
    (best.0, format!("{lines} have {} cells then", best.2))
}

fn sample(text: &str, spec: &TableSpec, file: &DataFile, most: usize) -> Result<Vec<Row>, Stop> {
    let mut reader = Records::new(text, spec, file);
    let mut rows = Vec::new();
    while rows.len() < most && reader.next()? {
        let cells = reader.record.iter().map(str::to_owned).collect();
        let line = reader.line();
        rows.push(Row { line, cells });
    }
    Ok(rows)
}

/// Whether a cell holds a number.
fn is_number(cell: &str) -> bool {
    numbers::apart(cell).is_some_and(|w| w.digits.bytes().all(|b| !b.is_ascii_alphabetic()))
}

/// Finds the header: the first line that names most columns, the groups above it, or the names below it.
fn header_of(rows: &[Row], layout: &mut Layout) {
    let columns = rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
    let used: Vec<usize> = (0..columns)
        .filter(|at| rows.iter().any(|r| !r.cell(*at).is_empty()))
        .collect();
    let enough = used.len().div_ceil(2).max(2);
    let top = rows.iter().take(TOP);
    let at = if used.len() < 2 {
        0
    } else {
        top.clone().position(|r| r.filled() >= enough).unwrap_or(0)
    };
    let Some(main) = rows.get(at) else {
        layout.header = vec![1];
        return;
    };
    let mut lines: Vec<&Row> = vec![main];
    let mut first = at;
    let texts = |row: &Row| {
        let mut cells = row.cells.iter().filter(|c| !c.trim().is_empty());
        cells.all(|c| !is_number(c))
    };
    // Groups stand above, line by line as far as they leave the first column to the names.
    let mut groups = rows.get(..at).unwrap_or_default().iter().rev();
    while let (Some(group), Some(top)) = (groups.next(), lines.first())
        && group.filled() > 0
        && group.cell(0).is_empty()
        && group.line + 1 == top.line
    {
        lines.insert(0, group);
        first -= 1;
    }
    let mut next = at + 1;
    if main.cell(0).is_empty() {
        // All so far are groups, if the line below names the first column.
        if let Some(below) = rows.get(next)
            && names_the_first(main, below, rows.get(next + 1..).unwrap_or_default(), &used)
        {
            lines.push(below);
        }
    } else {
        while let Some(below) = rows.get(next).filter(|r| r.filled() > 0 && texts(r))
            && names_below(main, below, rows.get(next + 1..).unwrap_or_default(), &used)
        {
            lines.push(below);
            next += 1;
        }
    }
    layout.header = lines.iter().map(|r| r.line).collect();
    let cells: Vec<Vec<String>> = lines.iter().map(|r| r.cells.clone()).collect();
    layout.names = header::joined(&cells, " ");
    layout.last = cells.last().cloned().unwrap_or_default();
    let titles = rows.iter().take(first).filter(|r| r.filled() > 0);
    layout.titles = titles
        .filter_map(|r| r.cells.iter().map(|c| c.trim()).find(|c| !c.is_empty()))
        .map(str::to_owned)
        .collect();
    if let [line] = lines.as_slice() {
        let data = rows.get(at + 1..).unwrap_or_default();
        let is_data = |at: &&usize| {
            let name = line.cell(**at);
            let mut below = data.iter().map(|r| r.cell(**at)).filter(|c| !c.is_empty());
            let year = name.parse().is_ok_and(|y| (1900..=2100_u16).contains(&y));
            is_number(name) && !year && below.next().is_some() && below.all(is_number)
        };
        let found = used
            .iter()
            .filter(is_data)
            .map(|at| line.cell(*at).to_owned());
        layout.like_data = found.collect();
    }
    let last = layout.header.last().copied().unwrap_or(1);
    let mut widths = rows
        .iter()
        .filter(|r| r.line > last && r.filled() > 0)
        .map(|r| r.cells.len());
    let width = widths.next();
    layout.width = width.filter(|w| widths.all(|other| other == *w));
}

/// Whether the line below the header names the columns that the header leaves without a name, and numbers stand there.
fn names_below(main: &Row, below: &Row, data: &[Row], used: &[usize]) -> bool {
    let unnamed: Vec<usize> = used
        .iter()
        .copied()
        .filter(|at| main.cell(*at).is_empty())
        .collect();
    !unnamed.is_empty()
        && unnamed.iter().all(|at| !below.cell(*at).is_empty())
        && below.cell(0).is_empty()
        && unnamed
            .iter()
            .any(|at| data.iter().any(|r| is_number(r.cell(*at))))
}

/// Whether the line below groups names the first column, which they leave without a name, and the others too: its words stand over numbers.
fn names_the_first(main: &Row, below: &Row, data: &[Row], used: &[usize]) -> bool {
    let is_year = |cell: &str| {
        cell.parse()
            .is_ok_and(|year| (1900..2100_u16).contains(&year))
    };
    let over = |at: usize| {
        let mut cells = data.iter().map(|r| r.cell(at)).filter(|c| !c.is_empty());
        // A year names a column of other numbers.
        let own = below.cell(at);
        let names = !is_number(own) || is_year(own) && cells.clone().all(|c| !is_year(c));
        names && cells.clone().next().is_some() && cells.all(is_number)
    };
    let named: Vec<usize> = used
        .iter()
        .copied()
        .filter(|at| *at > 0 && !below.cell(*at).is_empty())
        .collect();
    !below.cell(0).is_empty()
        && !is_number(below.cell(0))
        && named.iter().any(|at| over(*at))
        && named
            .iter()
            .all(|at| over(*at) || main.cell(*at).is_empty() && !is_number(below.cell(*at)))
}

/// Goes through the rows below the header: gives those of the table to `each`, and says which are none of it.
pub(super) fn rows(
    text: &str,
    spec: &TableSpec,
    file: &DataFile,
    layout: &Layout,
    each: &mut dyn FnMut(&csv::StringRecord),
) -> Result<Left, Stop> {
    let mut left = Left::default();
    let mut above = Above::default();
    let mut reader = Records::new(text, spec, file);
    let header = layout.header.last().copied().unwrap_or(1);
    let mut below = false;
    let commented = spec.dialect.comment_rows.as_deref().unwrap_or_default();
    while reader.next()? {
        let line = reader.line();
        if !below || commented.contains(&line) {
            below = below || line >= header;
            continue;
        }
        let mut cells = reader.record.iter().map(str::trim);
        let Some(start) = cells.find(|c| !c.is_empty()) else {
            left.blank += 1;
            continue;
        };
        let names = layout.last.iter().map(|c| c.trim());
        if layout.last.len() > 1 && names.eq(reader.record.iter().map(str::trim)) {
            left.repeated.push(line);
            continue;
        }
        // A total has its word in the first column, or in a later one where those before are empty, and numbers behind it.
        let summary = || summary(start).is_some_and(|(_, sure)| sure);
        if (is_total(start) || summary()) && reader.record.iter().any(is_number) {
            if is_total(start) {
                let differs = above.differs(&reader.record);
                let here = differs
                    .into_iter()
                    .map(|(at, said, sum)| (line, at, said, sum));
                left.differs.extend(here);
                above.totals();
            }
            left.totals.push((line, start.to_owned()));
            continue;
        }
        above.add(&reader.record);
        each(&reader.record);
    }
    Ok(left)
}
