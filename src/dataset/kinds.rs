//! The type of a column from the values in it.

use super::day_forms::{self, Days, Kind, Order};
use super::footnotes;
use super::number_forms::{self, Numbers, Reading};
use super::numbers;
use super::profile::{Open, Profile};
use super::short_years;
use super::values;
use super::words;
use crate::finding::shorten;
use serde_json::{Value, json};

const YES: &[&str] = &[
    "true", "yes", "ja", "oui", "si", "sí", "sì", "sim", "evet", "t", "y",
];
const NO: &[&str] = &[
    "false", "no", "nee", "nein", "non", "não", "nao", "hayır", "f", "n",
];

impl Profile {
    /// Finds the type, or what it is open between.
    pub(super) fn find_kind(&mut self) {
        if self.values.is_empty() {
            self.why = "it has no values".to_owned();
            return;
        }
        let word = |list: &[&str], v: &str| list.contains(&v.to_lowercase().as_str());
        if self.values.len() >= 2 && self.all(|v| word(YES, v) || word(NO, v)) {
            self.kind = "boolean";
            let pick = |list: &[&str]| {
                self.values
                    .keys()
                    .map(|v| v.trim())
                    .filter(|v| word(list, v))
                    .collect::<Vec<_>>()
            };
            let (yes, no) = (json!(pick(YES)), json!(pick(NO)));
            self.options = vec![("trueValues", yes), ("falseValues", no)];
            self.why = "all values are words for yes and no".to_owned();
            return;
        }
        let numbers = number_forms::find(&self.values);
        if numbers.odd.is_empty() {
            self.take_numbers(numbers);
            return;
        }
        let days = day_forms::find(&self.values);
        if self.take_days(&days) {
            return;
        }
        if self.all(|v| values::yearmonth(v).is_some()) {
            self.kind = "yearmonth";
            self.why = "all values are months".to_owned();
            return;
        }
        self.find_list();
        if self.kind == "string" && !words::is_code(&self.name) {
            self.take_some(&days, numbers);
        }
        if self.kind == "string" && words::is_day(&self.name) {
            self.doubt_text(&days);
        }
    }

    /// A column of numbers only.
    fn take_numbers(&mut self, numbers: Numbers) {
        let name = self.name.clone();
        let key = words::is_key(&name);
        if numbers.currencies.len() > 1 {
            let what = format!(
                "`{name}` holds amounts of several currencies ({}) and is kept as text",
                numbers.currencies.join(", ")
            );
            self.doubt(
                what,
                "amounts of different currencies can't be added: put the currency in a column of its own",
            );
            return;
        }
        let Some(reading) = numbers.reading else {
            return;
        };
        if key && reading.format != values::NumberFormat::default() {
            return; // Codes, whatever marks they have.
        }
        if let Some((rows, cell)) = &numbers.percent {
            let (bare, shares) = numbers.bare;
            if bare > 0 && shares {
                let what = format!(
                    "`{name}` is kept as text: {rows} cells have a percent sign as {cell}, {bare} are from 0 to 1 without one"
                );
                self.doubt(
                    what,
                    "shares and percentages can't stand in one column: write all in one way",
                );
                return;
            }
            let what = format!(
                "`{name}` holds percentages: {cell} is read as {}, not as a share of 1",
                cell.trim_matches(|c: char| !c.is_ascii_digit())
            );
            let why = if bare > 0 {
                format!("{rows} cells have a percent sign, {bare} have none")
            } else {
                "its cells have a percent sign; divide by 100 in a formula that gives a share"
                    .to_owned()
            };
            self.doubt(what, why);
        }
        if let Some(currency) = numbers.currencies.first() {
            let what = format!("the amounts of `{name}` are in {currency}");
            self.note(what, "that sign stands at them; it is not kept, so name the currency in your indicators' units");
        }
        let plain = reading.format == values::NumberFormat::default();
        self.decimals = reading.decimals.filter(|_| numbers.other.is_none());
        if let Some(other) = numbers.other {
            self.kind = if reading.whole { "integer" } else { "number" };
            self.open = Open::Marks(Box::new((reading, other)));
            return;
        }
        let years = self.all(|v| values::year(v).is_some_and(|y| (1900.0..=2100.0).contains(&y)));
        if years && plain && words::is_year(&name) {
            self.kind = "year";
            self.why = "all values are such numbers".to_owned();
            return;
        }
        if plain && words::is_day(&name) && self.take_numbered_days() {
            return;
        }
        if years && plain && words::is_day(&name) {
            self.kind = "year";
            self.why = "its name is one of a day, and all values are years".to_owned();
            return;
        }
        self.take_reading(&reading);
    }

    /// Numbers under the name of a day: `20210531`, or days counted by a spreadsheet.
    fn take_numbered_days(&mut self) -> bool {
        let days = day_forms::find(&self.values);
        if let Some(kind) = days.main().filter(|kind| kind.rows == days.rows) {
            self.take_pattern(&kind.clone(), Order::DayFirst);
            self.why = "all values are days without marks".to_owned();
            return true;
        }
        if self.all(|v| values::serial_day(v).is_some()) {
            let first = self.values.keys().next().cloned().unwrap_or_default();
            let day = values::serial_day(first.trim()).map(values::show_day);
            let what = format!(
                "`{}` holds numbers, perhaps days as a spreadsheet counts them: {first} would be {}",
                self.name,
                day.unwrap_or_default()
            );
            self.doubt(
                what,
                "format the column as days (2021-12-01) and save the file again",
            );
        }
        false
    }

    /// Takes a reading of its numbers.
    pub(super) fn take_reading(&mut self, reading: &Reading) {
        self.kind = if reading.whole { "integer" } else { "number" };
        self.options = options(reading);
        let (cell, value) = &reading.example;
        self.why = match (reading.format.decimal.as_str(), &reading.format.group) {
            (".", None) if reading.format.bare => "all values are such numbers".to_owned(),
            (",", None) if reading.format.bare => {
                "all values are numbers with a decimal comma".to_owned()
            }
            _ => format!("all values are numbers written so: `{cell}` is {value}"),
        };
    }

    /// Takes a pattern of its days.
    pub(super) fn take_pattern(&mut self, kind: &Kind, order: Order) {
        self.kind = kind.kind();
        self.options.clear();
        if let Some(pattern) = kind.pattern(order) {
            self.why = format!("all values are days of the pattern {pattern}");
            self.options = vec![("format", json!(pattern))];
        } else {
            let what = if self.kind == "date" { "days" } else { "times" };
            self.why = format!("all values are {what}");
        }
        if kind.short_year() && kind.is_clear() {
            let years = "years have two digits: 69 to 99 are 1969 to 1999, the others 2000 to 2068";
            self.why = format!("{}, whose {years}", self.why);
        } else if kind.short_year() {
            let read = kind.read(order).unwrap_or_default();
            let what = format!(
                "the years of `{}` have two digits: {} is read as {read}",
                self.name, kind.example
            );
            self.doubt(
                what,
                "69 to 99 are taken for 1969 to 1999, the others for 2000 to 2068",
            );
        }
    }

    /// Days, where all cells are some, or four fifths are of one kind. Whether it is so.
    fn take_days(&mut self, days: &Days) -> bool {
        let iso = |kind: &Kind| kind.pattern(Order::DayFirst).is_none() && kind.read_iso();
        if days.kinds.iter().all(iso) {
            self.kind = if days.kinds.len() == 1 {
                days.kinds[0].kind()
            } else {
                "datetime"
            };
            let what = if self.kind == "date" { "days" } else { "times" };
            self.why = format!("all values are {what}");
            return true;
        }
        let Some(kind) = days.main() else {
            return self.take_both(days);
        };
        if kind.month_only() {
            return false;
        }
        let years = short_years::year_first(&self.values, kind);
        if let Some(years) = years {
            if years.is_likelier() {
                self.kind = kind.kind();
                self.open = Open::Years(Box::new(years));
                return true;
            }
            if !kind.is_clear() {
                let what = format!("the years of `{}` are taken to stand last", self.name);
                self.doubt(what, years.words());
            }
        }
        if let Some((day, days_first, month, months_first)) = kind.conflict() {
            let what = format!(
                "`{}` is kept as text: {days_first} cells can only have the day first (`{day}`), {months_first} only the month (`{month}`)",
                self.name
            );
            self.doubt(
                what,
                "a column needs one order: write its days as 2021-05-31",
            );
            return true;
        }
        let kind = kind.clone();
        if kind.doubtful() && kind.pattern(Order::DayFirst).is_some() {
            self.kind = kind.kind();
            self.open = Open::Order(Box::new(kind.clone()));
        } else {
            let settled = kind.settled();
            let order = settled.map_or(Order::DayFirst, |(order, _)| order);
            self.order = settled.map(|(order, cell)| (order, cell.to_owned()));
            self.take_pattern(&kind, order);
            if let Some((_, cell)) = &self.order {
                self.why = format!("{}, and `{cell}` can only be so", self.why);
            }
        }
        if let Some((cell, rows)) = kind.no_day() {
            let what = format!(
                "{rows} cells of `{}` are no day of any calendar, as {cell}; they will be missing",
                self.name
            );
            self.doubt(what, "correct them");
        }
        if kind.rows < days.rows {
            let what = format!(
                "the cells of `{}` are not all written alike ({}); those that are not as the most will be missing",
                self.name,
                days.words()
            );
            self.doubt(what, "`codev check` names them; write all as 2021-05-31");
        }
        true
    }

    /// Days as in ISO 8601 beside days with the day first, of which one settles the order.
    fn take_both(&mut self, days: &Days) -> bool {
        let known = |kind: &Kind| {
            kind.kind() == "date"
                && kind.no_day().is_none()
                && (kind.read_iso()
                    || kind
                        .settled()
                        .is_some_and(|(order, _)| order == Order::DayFirst && !kind.short_year()))
        };
        if !days.kinds.iter().all(known) {
            return false;
        }
        self.kind = "date";
        self.options = vec![("format", json!("any"))];
        self.why = format!("its values are days of two kinds: {}", days.words());
        true
    }

    /// A column with the name of a day that stays text, though its cells have digits: says which of them are no days.
    fn doubt_text(&mut self, days: &Days) {
        let digits = |cell: &&String| cell.bytes().any(|b| b.is_ascii_digit());
        let unread: Vec<&String> = self.values.keys().filter(digits).collect();
        if unread.len() * 2 < self.values.len() || days.there() * 2 >= days.rows {
            return;
        }
        let some: Vec<String> = unread
            .iter()
            .take(3)
            .map(|cell| format!("`{}`", shorten(cell, 30)))
            .collect();
        let what = format!(
            "`{}` has the name of a day and is kept as text: {} can't be read as days",
            self.name,
            some.join(", ")
        );
        self.doubt(
            what,
            "write days as 2021-05-31 and months as 2021-05, or set `type` to `date` and `format` to the pattern of its days",
        );
    }

    /// A column of text in which there are numbers or days, too.
    fn take_some(&mut self, days: &Days, numbers: Numbers) {
        let name = self.name.clone();
        if days.there() * 2 >= days.rows {
            let what = format!(
                "`{name}` is kept as text, since its cells are not written alike: {}",
                days.words()
            );
            self.doubt(
                what,
                "write all days as 2021-05-31, and give the column the type `date`",
            );
            return;
        }
        let (rows, all) = numbers.rows;
        if rows * 10 < all * 3 || rows < 2 || numbers.currencies.len() > 1 {
            return;
        }
        if let Some([(some, one), (others, other)]) = &numbers.mixed {
            let what = format!(
                "`{}` is kept as text, since its numbers are not written alike: {some} cells as `{one}`, {others} as `{other}`",
                self.name
            );
            self.doubt(
                what,
                "write all with the same marks, say which with `decimalChar` and `groupChar`, and set the type to `number`",
            );
            return;
        }
        let odd: Vec<String> = numbers
            .odd
            .iter()
            .map(|(cell, _)| format!("`{cell}`"))
            .collect();
        let odd = shorten(&odd.join(", "), 120);
        if numbers.odd.iter().all(|(cell, _)| is_code(cell)) {
            return; // 01, 02, ..., 10, or house numbers with letters.
        }
        let codes = numbers.odd.iter().any(|(cell, _)| is_code(cell));
        let reading = numbers
            .reading
            .filter(|_| rows * 5 >= all * 4 && !codes && numbers.other.is_none());
        let Some(reading) = reading else {
            let what = format!(
                "`{name}` is kept as text: {rows} of its {all} cells are numbers, the others are not ({odd})"
            );
            let noted = |(cell, _): &(String, _)| {
                let number = footnotes::without(cell);
                number.is_some_and(|number| numbers::apart(number).is_some())
            };
            if numbers.odd.iter().all(noted) {
                let what = format!(
                    "`{name}` is kept as text: {rows} of its {all} cells are numbers, the others have the mark of a footnote behind ({odd})"
                );
                let why = "set its type to `number` and write `\"bareNumber\": false` to have them read without the mark";
                self.doubt(what, why);
                return;
            }
            self.doubt(
                what,
                "if it should be numbers, correct or empty the others and set its type to `number`",
            );
            return;
        };
        self.take_reading(&reading);
        self.decimals = reading.decimals;
        self.why = format!("{rows} of {all} cells are such numbers");
        let what = format!(
            "{} cells of `{name}` are no numbers and will be missing: {odd}",
            all - rows
        );
        self.doubt(
            what,
            "`codev check` names them; correct them, or list them in `missingValues`",
        );
    }
}

/// A code rather than a number that went wrong: `14a`, `X05`.
fn is_code(cell: &str) -> bool {
    let letters: String = cell.chars().filter(|c| c.is_alphabetic()).collect();
    let digits = cell.chars().any(|c| c.is_ascii_digit());
    let one_word = cell
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let zeros = cell.starts_with('0') && cell.len() > 1 && letters.is_empty();
    one_word
        && digits
        && (zeros || !letters.is_empty() && !matches!(letters.as_str(), "k" | "K" | "M" | "m"))
}

/// What the manifest says of the form of numbers.
fn options(reading: &Reading) -> Vec<(&'static str, Value)> {
    let mut out = Vec::new();
    if reading.format.decimal != "." {
        out.push(("decimalChar", json!(reading.format.decimal)));
    }
    if let Some(group) = &reading.format.group {
        out.push(("groupChar", json!(group)));
    }
    if !reading.format.bare {
        out.push(("bareNumber", json!(false)));
    }
    out
}
