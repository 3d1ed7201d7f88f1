//! How the days of a column are written: in which order, with which marks, with or without a time.

use super::month_names;
use super::values::{self, DateFormat};
use std::collections::BTreeMap;

/// Which of the two comes first, where the year stands last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// The way in which cells are written, all of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    Iso,
    IsoTime,
    /// Mark, whether the year stands first, its digits, and parts of the time.
    Parts(char, bool, usize, usize),
    /// `20210531`
    Compact,
    /// A month's name, by the pattern at this place of [`NAMED`].
    Named(usize),
    /// A whole number that may be a day of a spreadsheet.
    Serial,
    None,
}

/// Patterns with the name of a month.
const NAMED: [&str; 7] = [
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b-%y",
];

/// A group of cells that are written alike.
#[derive(Debug, Clone)]
pub(super) struct Kind {
    shape: Shape,
    /// Rows, and those that only one order of day and month can read, and those that none can.
    pub rows: u64,
    day_first: u64,
    month_first: u64,
    neither: u64,
    /// One of the cells; of each order that only fits, too.
    pub example: String,
    sure: [Option<String>; 2],
    two_of_neither: String,
}

/// The days among the cells of a column.
#[derive(Debug)]
pub(super) struct Days {
    /// Most frequent first.
    pub kinds: Vec<Kind>,
    pub rows: u64,
}

/// Finds how the days of a column are written.
pub(super) fn find(cells: &BTreeMap<String, u64>) -> Days {
    let mut kinds: Vec<Kind> = Vec::new();
    let mut all = 0;
    for (cell, rows) in cells {
        all += rows;
        let cell = cell.trim();
        let (shape, [day_first, month_first]) = shape(cell);
        let at = kinds.iter().position(|k| k.shape == shape);
        let at = at.unwrap_or_else(|| {
            kinds.push(Kind {
                shape,
                rows: 0,
                day_first: 0,
                month_first: 0,
                neither: 0,
                example: cell.to_owned(),
                sure: [None, None],
                two_of_neither: String::new(),
            });
            kinds.len() - 1
        });
        let Some(kind) = kinds.get_mut(at) else {
            continue;
        };
        kind.rows += rows;
        match (day_first, month_first) {
            (true, false) => {
                kind.day_first += rows;
                kind.sure[0].get_or_insert_with(|| cell.to_owned());
            }
            (false, true) => {
                kind.month_first += rows;
                kind.sure[1].get_or_insert_with(|| cell.to_owned());
            }
            (false, false) => {
                kind.neither += rows;
                kind.two_of_neither = cell.to_owned();
            }
            (true, true) => {}
        }
    }
    kinds.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.shape.cmp(&b.shape)));
    Days { kinds, rows: all }
}

impl Days {
    /// Rows whose cell is a day of some kind, bare numbers left out.
    pub fn there(&self) -> u64 {
        let days = self
            .kinds
            .iter()
            .filter(|k| !matches!(k.shape, Shape::None | Shape::Serial));
        days.map(|k| k.rows - k.neither).sum()
    }

    /// The kind of all cells, or of at least four fifths of them.
    pub fn main(&self) -> Option<&Kind> {
        let first = self.kinds.first()?;
        let fits = first.rows - first.neither;
        let days = !matches!(first.shape, Shape::None | Shape::Serial);
        (days && fits * 5 >= self.rows * 4).then_some(first)
    }

    /// What kinds there are, in words: `3 as 15/04/2021, 1 as 2021-06-05`.
    pub fn words(&self) -> String {
        let words: Vec<String> = self
            .kinds
            .iter()
            .map(|kind| {
                let what = match kind.shape {
                    Shape::None => "no day",
                    Shape::Serial => {
                        return match values::serial_day(&kind.example) {
                            Some(day) => format!(
                                "{} a number as {} (if it counts a spreadsheet's days: {})",
                                kind.rows,
                                kind.example,
                                values::show_day(day)
                            ),
                            None => format!("{} a number as {}", kind.rows, kind.example),
                        };
                    }
                    _ => "as",
                };
                format!("{} {what} {}", kind.rows, kind.example)
            })
            .collect();
        words.join(", ")
    }
}

impl Kind {
    /// Whether all cells fit both orders of day and month.
    pub fn doubtful(&self) -> bool {
        matches!(self.shape, Shape::Parts(_, false, _, _))
            && self.day_first == 0
            && self.month_first == 0
    }

    /// Cells that can be read only one way, where others can be read only the other way.
    pub fn conflict(&self) -> Option<(&str, u64, &str, u64)> {
        match &self.sure {
            [Some(day), Some(month)] => Some((day, self.day_first, month, self.month_first)),
            _ => None,
        }
    }

    /// The order that a cell settles, with that cell.
    pub fn settled(&self) -> Option<(Order, &str)> {
        match &self.sure {
            [Some(cell), None] => Some((Order::DayFirst, cell)),
            [None, Some(cell)] => Some((Order::MonthFirst, cell)),
            _ => None,
        }
    }

    /// A cell that is written so and is no day.
    pub fn no_day(&self) -> Option<(&str, u64)> {
        (self.neither > 0).then_some((self.two_of_neither.as_str(), self.neither))
    }

    /// Whether the year has two digits.
    pub fn short_year(&self) -> bool {
        matches!(self.shape, Shape::Parts(_, _, 2, _))
            || self
                .pattern(Order::DayFirst)
                .is_some_and(|p| p.contains("%y"))
    }

    /// Type word and pattern; no pattern for days as in ISO 8601.
    pub fn kind(&self) -> &'static str {
        match self.shape {
            Shape::IsoTime | Shape::Parts(_, _, _, 2..) => "datetime",
            _ => "date",
        }
    }

    /// The pattern of strptime, with day and month in this order.
    pub fn pattern(&self, order: Order) -> Option<String> {
        match self.shape {
            Shape::Parts(mark, year_first, digits, time) => {
                let year = if digits == 2 { "%y" } else { "%Y" };
                let day = match (year_first, order) {
                    (true, _) => format!("{year}{mark}%m{mark}%d"),
                    (false, Order::DayFirst) => format!("%d{mark}%m{mark}{year}"),
                    (false, Order::MonthFirst) => format!("%m{mark}%d{mark}{year}"),
                };
                Some(match time {
                    2 => format!("{day} %H:%M"),
                    3 => format!("{day} %H:%M:%S"),
                    _ => day,
                })
            }
            Shape::Compact => Some("%Y%m%d".to_owned()),
            Shape::Named(at) => NAMED.get(at).map(|p| (*p).to_owned()),
            _ => None,
        }
    }

    /// Whether it is written as in ISO 8601.
    pub fn read_iso(&self) -> bool {
        matches!(self.shape, Shape::Iso | Shape::IsoTime)
    }

    /// The day that a cell is, in this order.
    pub fn read(&self, order: Order) -> Option<String> {
        let format = DateFormat::Pattern(self.pattern(order)?);
        values::date(&self.example, &format).map(values::show_day)
    }

    /// Whether it is a month without a day, as spreadsheets shorten days: `Nov-22`.
    pub fn month_only(&self) -> bool {
        matches!(self.shape, Shape::Named(at) if NAMED.get(at) == Some(&"%b-%y"))
    }
}

/// How a cell is written, and whether it is a day with the day first and with the month first.
fn shape(cell: &str) -> (Shape, [bool; 2]) {
    let iso = DateFormat::Iso;
    if values::date(cell, &iso).is_some() {
        return (Shape::Iso, [true, true]);
    }
    if values::datetime(cell, &iso).is_some() {
        return (Shape::IsoTime, [true, true]);
    }
    if let Some(found) = parts(cell) {
        return found;
    }
    let day =
        |pattern: &str| values::date(cell, &DateFormat::Pattern(pattern.to_owned())).is_some();
    if !cell.is_empty() && cell.bytes().all(|b| b.is_ascii_digit()) {
        let compact =
            cell.len() == 8 && (cell.starts_with("19") || cell.starts_with("20")) && day("%Y%m%d");
        return match values::serial_day(cell) {
            _ if compact => (Shape::Compact, [true, true]),
            Some(_) => (Shape::Serial, [true, true]),
            None => (Shape::None, [false, false]),
        };
    }
    if cell.len() <= 30
        && cell.contains(char::is_alphabetic)
        && cell.contains(|c: char| c.is_ascii_digit())
    {
        let month = |at: usize| NAMED.get(at) == Some(&"%b-%y") && month_and_year(cell);
        if let Some(at) = (0..NAMED.len()).find(|at| day(NAMED[*at]) || month(*at)) {
            return (Shape::Named(at), [true, true]);
        }
    }
    (Shape::None, [false, false])
}

/// `Nov-22`
fn month_and_year(cell: &str) -> bool {
    let whole = format!("1-{cell}");
    values::date(&whole, &DateFormat::Pattern("%d-%b-%y".to_owned())).is_some()
}

/// Three numbers between two like marks, perhaps with a time behind.
fn parts(cell: &str) -> Option<(Shape, [bool; 2])> {
    let (day, time) = match cell.split_once([' ', 'T']) {
        Some((day, time)) => (day, Some(time.trim())),
        None => (cell, None),
    };
    let mark = day.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(mark, '/' | '-' | '.') {
        return None;
    }
    let numbers: Vec<&str> = day.split(mark).collect();
    let [a, b, c] = numbers.as_slice() else {
        return None;
    };
    let digits = |part: &str| {
        !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !(digits(a) && digits(b) && digits(c) && b.len() <= 2) {
        return None;
    }
    let clock = match time {
        None => 0,
        Some(time) => {
            let parts: Vec<&str> = time.split(':').collect();
            let most = [24, 60, 61];
            let fits = parts
                .iter()
                .zip(most)
                .all(|(part, most)| part.len() <= 2 && part.parse::<u8>().is_ok_and(|n| n < most));
            (fits && (2..=3).contains(&parts.len())).then_some(parts.len())?
        }
    };
    let (year_first, year) = match (a.len(), c.len()) {
        (4, 1 | 2) => (true, 4),
        (1 | 2, 4) => (false, 4),
        (1 | 2, 2) => (false, 2),
        _ => return None,
    };
    let number = |part: &str| part.parse::<i32>().ok();
    let full = |part: &str| number(part).map(|y| if year == 2 { y + 2000 } else { y });
    let is_day = |y: Option<i32>, m: Option<i32>, d: Option<i32>| match (y, m, d) {
        (Some(y), Some(m), Some(d)) => y >= 1000 && values::is_day(y, m, d),
        _ => false,
    };
    let fits = if year_first {
        let fits = is_day(number(a), number(b), number(c));
        [fits, fits]
    } else {
        [
            is_day(full(c), number(b), number(a)),
            is_day(full(c), number(a), number(b)),
        ]
    };
    Some((Shape::Parts(mark, year_first, year, clock), fits))
}

/// Why a cell that is written as a day is none; `None` where it is written otherwise.
pub(super) fn no_day(cell: &str, format: &DateFormat) -> Option<String> {
    let cell = cell.trim();
    let order = match format {
        DateFormat::Iso | DateFormat::Any => "Ymd",
        DateFormat::Pattern(pattern) => match pattern.as_str() {
            "%d/%m/%Y" | "%d-%m-%Y" | "%d.%m.%Y" => "dmY",
            "%m/%d/%Y" | "%m-%d-%Y" | "%m.%d.%Y" => "mdY",
            "%Y-%m-%d" | "%Y/%m/%d" | "%Y.%m.%d" => "Ymd",
            _ => return None,
        },
    };
    let mark = cell.chars().find(|c| !c.is_ascii_digit())?;
    if let DateFormat::Pattern(pattern) = format {
        pattern.contains(mark).then_some(())?;
    }
    let day = cell.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(mark).collect();
    let order = match (format, parts.first()?.len()) {
        (DateFormat::Any, 1 | 2) => "dmY",
        _ => order,
    };
    if parts.len() != 3 || (*format == DateFormat::Iso && mark != '-') {
        return None;
    }
    let part = |letter: char| {
        let text = parts.get(order.find(letter)?)?;
        let fits = if letter == 'Y' {
            text.len() == 4
        } else {
            (1..=2).contains(&text.len())
        };
        text.parse::<i32>()
            .ok()
            .filter(|_| fits && text.bytes().all(|b| b.is_ascii_digit()))
    };
    let (year, month, day) = (part('Y')?, part('m')?, part('d')?);
    if values::is_day(year, month, day) {
        return None;
    }
    if !(1..=12).contains(&month) {
        let swapped = values::is_day(year, day, month);
        let also = if swapped {
            ", though it is one with day and month the other way round"
        } else {
            ""
        };
        return Some(format!("there is no month {month}{also}"));
    }
    let name = month_names::ENGLISH.get(usize::try_from(month - 1).ok()?)?;
    let last = (28..=31)
        .rev()
        .find(|last| values::is_day(year, month, *last))?;
    Some(format!("{name} {year} has {last} days"))
}

/// A day by a pattern.
pub(super) fn shown(pattern: &str) -> String {
    let time = jiff::civil::date(2019, 5, 31).at(12, 0, 0, 0);
    jiff::fmt::strtime::format(pattern, time).unwrap_or_else(|_| pattern.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(cells: &[&str]) -> Days {
        find(&cells.iter().map(|c| ((*c).to_owned(), 1)).collect())
    }

    #[test]
    fn orders_and_shapes() {
        let both = of(&["03/04/2021", "05/06/2021"]);
        let kind = both.main().unwrap();
        assert!(kind.doubtful());
        assert_eq!(kind.read(Order::DayFirst).as_deref(), Some("2021-04-03"));
        assert_eq!(kind.read(Order::MonthFirst).as_deref(), Some("2021-03-04"));
        let day = of(&["03/04/2021", "28/06/2021"]);
        assert_eq!(
            day.main().unwrap().settled(),
            Some((Order::DayFirst, "28/06/2021"))
        );
        let conflict = of(&["03/14/2021", "28/06/2021"]);
        assert!(conflict.main().unwrap().conflict().is_some());
        for (cell, kind, pattern) in [
            ("2021/05/31", "date", "%Y/%m/%d"),
            ("31.5.2021", "date", "%d.%m.%Y"),
            ("31/5/21", "date", "%d/%m/%y"),
            ("05/11/24 23:00:00", "datetime", "%d/%m/%y %H:%M:%S"),
            ("31/12/2021 9:30", "datetime", "%d/%m/%Y %H:%M"),
            ("5 Nov 2021", "date", "%d %b %Y"),
            ("05-Nov-2021", "date", "%d-%b-%Y"),
            ("20210531", "date", "%Y%m%d"),
        ] {
            let found = of(&[cell]);
            let main = found.main().unwrap();
            assert_eq!(
                (main.kind(), main.pattern(Order::DayFirst).as_deref()),
                (kind, Some(pattern)),
                "{cell}"
            );
            let format = DateFormat::Pattern(pattern.to_owned());
            assert!(values::date(cell, &format).is_some(), "{cell}");
        }
    }

    #[test]
    fn a_day_that_no_calendar_has_is_told() {
        let why = |cell: &str, pattern: &str| match pattern {
            "" => no_day(cell, &DateFormat::Iso),
            "any" => no_day(cell, &DateFormat::Any),
            _ => no_day(cell, &DateFormat::Pattern(pattern.to_owned())),
        };
        let february = Some("February 2023 has 28 days".to_owned());
        assert_eq!(why("31/02/2023", "%d/%m/%Y"), february);
        assert_eq!(why("2023-02-31", ""), february);
        assert_eq!(why("31.02.2023", "any"), february);
        let swapped = why("04/14/2023", "%d/%m/%Y").unwrap();
        assert!(swapped.contains("no month 14") && swapped.contains("other way round"));
        for (cell, pattern) in [
            ("Nov-22", "%d/%m/%Y"),
            ("31-02-2023", "%d/%m/%Y"),
            ("x", ""),
            ("31/02/2023", ""),
            ("2023-02-28", ""),
        ] {
            assert_eq!(why(cell, pattern), None, "{cell}");
        }
        assert_eq!(shown("%d/%m/%Y"), "31/05/2019");
    }

    #[test]
    fn mixed_cells_are_counted_by_kind() {
        let mixed = of(&["15/04/2021", "2021-06-05", "44531", "Nov-22", "2/5/22"]);
        assert!(mixed.main().is_none());
        let words = mixed.words();
        for part in [
            "1 as 15/04/2021",
            "1 as 2021-06-05",
            "2021-12-01",
            "1 as Nov-22",
            "1 as 2/5/22",
        ] {
            assert!(words.contains(part), "{words}");
        }
        assert_eq!(mixed.there(), 4);
        assert!(of(&["1.2.3", "12:30", "abc"]).main().is_none());
    }
}
