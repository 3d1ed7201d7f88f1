//! How the days of a column are written: in which order, with which marks, with or without a time.

use super::values::{self, DateFormat};
use super::{month_names, quarters};
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
    /// A quarter, by the number of its pattern.
    Quarter(usize),
    /// A whole number that may be a day of a spreadsheet.
    Serial,
    None,
}

/// Parts of a time with AM or PM behind it, without seconds and with them.
const HALF_DAYS_MINUTES: usize = 4;
const HALF_DAYS_SECONDS: usize = 5;

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
    /// What stands between the name of a weekday and the day; empty without one.
    weekday: &'static str,
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
        let (weekday, (shape, [day_first, month_first])) = match shape(cell) {
            (Shape::None, none) => match month_names::without_weekday(cell) {
                Some((between, day)) => (between, parts(day).unwrap_or_else(|| shape(day))),
                None => ("", (Shape::None, none)),
            },
            found => ("", found),
        };
        // The name of a weekday before what is no day says nothing.
        let weekday = match shape {
            Shape::None | Shape::Serial | Shape::Quarter(_) => "",
            _ => weekday,
        };
        let at = kinds
            .iter()
            .position(|k| k.shape == shape && k.weekday == weekday);
        let at = at.unwrap_or_else(|| {
            kinds.push(Kind {
                shape,
                weekday,
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

    /// Whether some cell settles the order of day and month, in days as nobody writes them with the year first: `28/03/21`.
    pub fn is_clear(&self) -> bool {
        matches!(self.shape, Shape::Parts('/' | '.', false, _, _)) && self.settled().is_some()
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
        let day = self.day(order);
        match self.weekday {
            "" => day,
            between => Some(format!("%A{between}{}", day?)),
        }
    }

    fn day(&self, order: Order) -> Option<String> {
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
                    HALF_DAYS_MINUTES => format!("{day} %I:%M %p"),
                    HALF_DAYS_SECONDS => format!("{day} %I:%M:%S %p"),
                    _ => day,
                })
            }
            Shape::Compact => Some("%Y%m%d".to_owned()),
            Shape::Named(at) => NAMED.get(at).map(|p| (*p).to_owned()),
            Shape::Quarter(at) => quarters::pattern(at),
            _ => None,
        }
    }

    /// Whether it is written as in ISO 8601.
    pub fn read_iso(&self) -> bool {
        self.weekday.is_empty() && matches!(self.shape, Shape::Iso | Shape::IsoTime)
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
    if let Some(at) = quarters::find(cell) {
        return (Shape::Quarter(at), [true, true]);
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
            let half = ["AM", "PM", "am", "pm"];
            let clock = half.iter().find_map(|half| time.strip_suffix(half));
            let parts: Vec<&str> = clock.unwrap_or(time).trim_end().split(':').collect();
            let most = [if clock.is_some() { 13 } else { 24 }, 60, 61];
            let fits = parts
                .iter()
                .zip(most)
                .all(|(part, most)| part.len() <= 2 && part.parse::<u8>().is_ok_and(|n| n < most));
            let known = fits && (2..=3).contains(&parts.len());
            match (known, clock) {
                (false, _) => return None,
                (true, None) => parts.len(),
                (true, Some(_)) => parts.len() + 2,
            }
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
