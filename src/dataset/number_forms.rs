//! How the numbers of a column are written: which mark parts decimals, which thousands, and what stands around them.

use super::numbers::{self, Written};
use super::values::{self, NumberFormat};
use std::collections::BTreeMap;

/// Marks of decimals and of thousands that numbers are written with, the simplest first.
const FORMS: [(&str, &str); 8] = [
    (".", ""),
    (",", ""),
    (".", ","),
    (",", "."),
    (".", " "),
    (",", " "),
    (".", "'"),
    (",", "'"),
];

/// The numbers among the cells of a column.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// Rows whose cell is a number, and rows with a value.
    pub rows: (u64, u64),
    /// Cells that are no number as the others are written, with their rows.
    pub odd: Vec<(String, u64)>,
    /// How they are read, as far as it can be said.
    pub reading: Option<Reading>,
    /// The other reading, where all cells fit both: the first has the mark between thousands, this one before decimals.
    pub other: Option<Reading>,
    /// Rows with a percent sign, and one of the cells.
    pub percent: Option<(u64, String)>,
    /// Rows without a percent sign, zeros left out, and whether all of those are shares from 0 to 1.
    pub bare: (u64, bool),
    /// Currencies that occur.
    pub currencies: Vec<String>,
    /// Where a good part of the numbers with marks is written in another way than the others: rows and a cell of either way.
    pub mixed: Option<[(u64, String); 2]>,
}

/// One way to read the numbers of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    pub format: NumberFormat,
    /// Whether all are whole numbers.
    pub whole: bool,
    /// The cell that shows best how it is, and the number it is then.
    pub example: (String, f64),
    /// The mark before decimals, where a cell has decimals.
    pub decimals: Option<char>,
}

/// A cell as far as it can be a number.
struct Core<'a> {
    cell: &'a str,
    rows: u64,
    written: Written<'a>,
    /// Bits of the forms that can read it.
    fits: u8,
}

/// Finds how the numbers of a column are written.
pub(super) fn find(values: &BTreeMap<String, u64>) -> Numbers {
    let mut out = Numbers::default();
    let mut cores: Vec<Core> = Vec::new();
    let mut no: Vec<(String, u64)> = Vec::new();
    for (cell, rows) in values {
        out.rows.1 += rows;
        let fits = |written: &Written| {
            let can = |(at, form): (usize, &(&str, &str))| {
                let read = values::number(written.digits, &format(form, true));
                u8::from(read.is_some()) << at
            };
            FORMS.iter().enumerate().map(can).sum::<u8>()
        };
        // A unit makes no number of it as long as nobody says so: 12 Main Street, 3 bis.
        let written = numbers::apart(cell).filter(|w| w.word.is_empty() && !is_code(w.digits));
        match written.map(|w| (w, fits(&w))) {
            Some((written, fits)) if fits > 0 => cores.push(Core {
                cell: cell.trim(),
                rows: *rows,
                written,
                fits,
            }),
            _ => no.push((cell.trim().to_owned(), *rows)),
        }
    }
    let covered = |at: usize| {
        let fit = cores.iter().filter(|c| c.fits & (1 << at) > 0);
        fit.map(|c| c.rows).sum::<u64>()
    };
    let most = (0..FORMS.len()).map(covered).max().unwrap_or(0);
    out.rows.0 = most;
    if most == 0 {
        out.odd = no;
        return out;
    }
    let best: Vec<usize> = (0..FORMS.len()).filter(|at| covered(*at) == most).collect();
    let taken = |core: &&Core| best.iter().all(|at| core.fits & (1 << at) > 0);
    no.extend(
        cores
            .iter()
            .filter(|c| !taken(c))
            .map(|c| (c.cell.to_owned(), c.rows)),
    );
    out.odd = no;
    let marked = |core: &&Core| core.fits.count_ones() < FORMS.len() as u32;
    let (like, unlike): (Vec<&Core>, Vec<&Core>) = cores.iter().filter(marked).partition(taken);
    let rows = |cores: &[&Core]| cores.iter().map(|c| c.rows).sum::<u64>();
    if let (Some(one), Some(other)) = (like.first(), unlike.first())
        && unlike.len() > 1
        && rows(&unlike) * 20 >= rows(&like)
    {
        out.mixed = Some([
            (rows(&like), one.cell.to_owned()),
            (rows(&unlike), other.cell.to_owned()),
        ]);
    }
    let cores: Vec<&Core> = cores.iter().filter(taken).collect();
    out.rows.0 = cores.iter().map(|c| c.rows).sum();
    about(&cores, &mut out);
    let mut readings: Vec<(Vec<f64>, Reading)> = Vec::new();
    for form in best.iter().filter_map(|at| FORMS.get(*at)) {
        let (numbers, reading) = reading(&cores, form);
        if !readings.iter().any(|(before, _)| *before == numbers) {
            readings.push((numbers, reading));
        }
    }
    let mut readings = readings.into_iter().map(|(_, reading)| reading);
    out.reading = readings.next();
    out.other = readings.next();
    // The simpler form reads a mark as that of decimals; where it may part thousands, that comes first.
    if out.other.is_some() {
        std::mem::swap(&mut out.reading, &mut out.other);
    }
    out
}

/// Digits with a zero in front are a code.
fn is_code(digits: &str) -> bool {
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

fn format((decimal, group): &(&str, &str), bare: bool) -> NumberFormat {
    NumberFormat {
        decimal: (*decimal).to_owned(),
        group: Some((*group).to_owned()).filter(|g| !g.is_empty()),
        bare,
    }
}

fn reading(cores: &[&Core], form: &(&str, &str)) -> (Vec<f64>, Reading) {
    let bare = cores.iter().all(|c| c.written.bare);
    let format = format(form, bare);
    let mut numbers = Vec::with_capacity(cores.len());
    let mut example: Option<(&str, f64)> = None;
    let mut decimals = None;
    for core in cores {
        let value = values::number(core.cell, &format).unwrap_or(f64::NAN);
        let marked =
            |cell: &str| cell.contains([',', '.', ' ', '\'', '\u{a0}', '\u{202f}', '\u{2019}']);
        if example.is_none_or(|(cell, _)| !marked(cell) && marked(core.written.digits)) {
            example = Some((core.cell, value));
        }
        if core.written.digits.contains(form.0) {
            decimals = form.0.chars().next();
        }
        numbers.push(value);
    }
    let whole = numbers
        .iter()
        .all(|v| v.fract() == 0.0 && v.abs() <= values::EXACT);
    let (cell, value) = example.unwrap_or(("", f64::NAN));
    let reading = Reading {
        format,
        whole,
        example: (cell.to_owned(), value),
        decimals,
    };
    (numbers, reading)
}

/// Percent signs and currencies.
fn about(cores: &[&Core], out: &mut Numbers) {
    out.bare.1 = true;
    for core in cores {
        if core.written.percent {
            let (rows, _) = out.percent.get_or_insert((0, core.cell.to_owned()));
            *rows += core.rows;
        } else {
            let value: f64 = core
                .written
                .digits
                .replace(',', ".")
                .parse()
                .unwrap_or(f64::NAN);
            if value != 0.0 {
                out.bare.0 += core.rows;
                out.bare.1 &= value <= 1.0;
            }
        }
        let currency = core.written.currency.trim_end_matches('.').to_owned();
        if !currency.is_empty() && !out.currencies.contains(&currency) {
            out.currencies.push(currency);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Numbers {
        find(&cells.iter().map(|c| ((*c).to_owned(), 1)).collect())
    }

    fn marks(cells: &[&str]) -> Vec<(String, String)> {
        let found = of(cells);
        assert!(found.odd.is_empty(), "{cells:?}: {:?}", found.odd);
        [found.reading, found.other]
            .into_iter()
            .flatten()
            .map(|r| (r.format.decimal, r.format.group.unwrap_or_default()))
            .collect()
    }

    #[test]
    fn marks_of_a_column() {
        let sure = |cells: &[&str], decimal: &str, group: &str| {
            assert_eq!(
                marks(cells),
                [(decimal.to_owned(), group.to_owned())],
                "{cells:?}"
            );
        };
        sure(&["1", "20"], ".", "");
        sure(&["1.5", "20"], ".", "");
        sure(&["1,5", "20"], ",", "");
        sure(&["1,250.50", "3"], ".", ",");
        sure(&["1.234,00 €", "3,50 €"], ",", ".");
        sure(&["1,250", "1,250,000"], ".", ",");
        sure(&["1,250", "12,5"], ",", "");
        sure(&["1.200", "4,0"], ",", ".");
        sure(&["0.758", "1.177"], ".", "");
        sure(&["0,758", "1,177"], ",", "");
        sure(&["1 200", "950"], ".", " ");
        sure(&["1\u{a0}200,5"], ",", " ");
        sure(&["1\u{2019}200.50"], ".", "'");
        sure(&["1,20,000", "500"], ".", ",");
        sure(&["1250,500", "2,125"], ",", "");
        for cells in [
            &["1,250", "950"][..],
            &["1.200", "3.500"],
            &["120,000", "85,500"],
        ] {
            let both = marks(cells);
            assert_eq!(both.len(), 2, "{cells:?}");
            assert!(!both[0].1.is_empty() && both[1].1.is_empty(), "{both:?}");
        }
    }

    #[test]
    fn two_ways_of_writing_numbers_are_told() {
        let cells = [
            "36,46", "8,84", "43,5", "5,250", "10,500", "1.6", "32.1", "7",
        ];
        let (like, unlike) = match of(&cells).mixed {
            Some([like, unlike]) => (like.0, unlike.0),
            None => panic!("not told"),
        };
        assert_eq!((like, unlike), (5, 2));
        // One that was mistyped is one.
        assert_eq!(of(&["1.5", "2.5", "3,5", "4.5"]).mixed, None);
        assert_eq!(of(&["1,250", "12,5", "7"]).mixed, None);
    }

    #[test]
    fn odd_cells_are_kept_apart() {
        let found = of(&["1", "2", "<5", "10k", "7"]);
        assert_eq!(found.rows, (3, 5));
        assert_eq!(found.odd, [("10k".to_owned(), 1), ("<5".to_owned(), 1)]);
    }
}
