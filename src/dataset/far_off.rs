//! Numbers that stand for no answer: 98, 99, 999 or -9 far from all other values of a column.

use super::declare::TableSpec;
use super::rows::Rows;
use super::total_sheet::names_something;
use super::typed::Cells;
use super::{Column, Table, Type, units, words};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::Sampling;
use polars_arrow::array::StaticArray as _;
use std::collections::BTreeMap;

/// Values that are looked at one by one, at most.
const DISTINCT: usize = 4096;

/// Codes that say on a scale of few points what one of them says, even once.
const CODES: [i64; 10] = [77, 88, 97, 98, 99, 888, 997, 998, 999, 9999];

/// Values of a batch among which different ones are counted.
const LOOKED_AT: u64 = 8192;

/// What was seen of a column.
#[derive(Default, Clone)]
struct Seen {
    /// Whole numbers that may be codes, with their rows.
    codes: BTreeMap<i64, u64>,
    /// All other values: least, greatest, rows, and whether all are whole.
    low: Option<f64>,
    high: Option<f64>,
    others: u64,
    broken: bool,
    /// The different ones, as long as they are few.
    values: Vec<u64>,
}

impl Seen {
    fn add(&mut self, value: f64) {
        if let Some(code) = as_code(value) {
            *self.codes.entry(code).or_default() += 1;
            return;
        }
        self.low = Some(self.low.map_or(value, |low| low.min(value)));
        self.high = Some(self.high.map_or(value, |high| high.max(value)));
        self.others += 1;
        self.broken |= value.fract() != 0.0;
        if self.others <= LOOKED_AT
            && self.values.len() < DISTINCT
            && let Err(at) = self.values.binary_search(&value.to_bits())
        {
            self.values.insert(at, value.to_bits());
        }
    }

    fn merge(&mut self, next: &Seen) {
        for (code, rows) in &next.codes {
            *self.codes.entry(*code).or_default() += rows;
        }
        for bits in &next.values {
            if self.values.len() < DISTINCT
                && let Err(at) = self.values.binary_search(bits)
            {
                self.values.insert(at, *bits);
            }
        }
        let least = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let most = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.max(b)),
            (a, b) => a.or(b),
        };
        self.low = least(self.low, next.low);
        self.high = most(self.high, next.high);
        self.others += next.others;
        self.broken |= next.broken;
    }

    /// Those of the codes that lie far off; `answers` where the table holds what persons answered.
    fn far(&self, answers: bool, persons: bool) -> Option<Far> {
        let (least, most) = (self.low?, self.high?);
        let (mut low, mut high) = (least, most);
        let mut values = self.values.len();
        let mut found: BTreeMap<i64, u64> = BTreeMap::new();
        let is_small = |code: i64| code.abs() < 10;
        // Upwards from the other values: what is near is a value, what is far is a code, and so is all beyond it.
        let mut far = false;
        for (code, rows) in self.codes.iter().filter(|(code, _)| **code as f64 > least) {
            let at = *code as f64;
            if at <= high {
                values += 1;
                continue;
            }
            let scale = answers && !self.broken && low >= 0.0 && high <= 6.0 && high - low >= 2.0;
            far = far
                || match is_small(*code) {
                    true => scale && at - high >= 2.0 && *rows >= 3 && self.others >= 20,
                    false => is_far(at - high, high - low, values),
                };
            if far {
                found.insert(*code, *rows);
            } else {
                high = at;
                values += 1;
            }
        }
        let mut far = false;
        for (code, rows) in self
            .codes
            .iter()
            .rev()
            .filter(|(code, _)| (**code as f64) < least)
        {
            let at = *code as f64;
            far = far
                || match is_small(*code) {
                    // A score may fall by one; nobody is minus nine years old.
                    true => low >= 0.0 && !self.broken && (*code <= -7 || (answers && low >= 1.0)),
                    false => low >= 0.0 || is_far(low - at, high - low, values),
                };
            if far {
                found.insert(*code, *rows);
            } else {
                low = at;
                values += 1;
            }
        }
        let rows: u64 = found.values().sum();
        let alone = found.keys().all(|code| {
            let off = (*code as f64 - high).max(low - *code as f64);
            code.abs() >= 100 && off >= 5.0 * (high - low).max(1.0)
        });
        // Nobody answers 99 on a scale of 1 to 5.
        let scale = !self.broken && least >= 0.0 && most <= 10.0 && most - least >= 2.0;
        let off_scale =
            scale && self.others >= 5 && found.keys().all(|code| CODES.contains(&code.abs()));
        // One number alone may be what one person said.
        let enough = rows >= 2 || (rows == 1 && (off_scale || alone && !persons));
        (enough && values > 1).then_some(Far {
            codes: found,
            low,
            high,
        })
    }
}

/// Whether a code is far from values that lie within a range, in which there are so many different ones.
fn is_far(gap: f64, range: f64, values: usize) -> bool {
    let step = range / (values.max(2) - 1) as f64;
    gap >= 0.5 * range && gap >= 5.0 * step.min(range) && gap > 2.0
}

/// Codes far off, with their rows, and the range of all other values.
struct Far {
    codes: BTreeMap<i64, u64>,
    low: f64,
    high: f64,
}

/// A number that questionnaires use for no answer: nines, eights, sevens (99, 98, 888, 9997), one digit below zero, or 7, 8, 9.
fn as_code(value: f64) -> Option<i64> {
    let size = value.abs();
    let one_digit = (7.0..=9.0).contains(&value) || (-9.0..0.0).contains(&value);
    let several = (66.0..1e10).contains(&size);
    if !(one_digit || several) || value.fract() != 0.0 {
        return None;
    }
    let code = value as i64;
    if size < 10.0 {
        return Some(code);
    }
    let mut rest = code.unsigned_abs();
    let last = rest % 10;
    rest /= 10;
    let (mut nines, mut same, mut coded) = (true, true, (7..=9).contains(&last));
    while rest > 0 {
        let digit = rest % 10;
        nines &= digit == 9;
        same &= digit == last;
        coded &= (7..=9).contains(&digit);
        rest /= 10;
    }
    (nines || coded || (same && last >= 6)).then_some(code)
}

/// Finds codes for no answer that are not declared as such.
pub(super) fn check(
    table: &Table,
    spec: &TableSpec,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let meaning = &table.meaning;
    let is_weight = |c: &Column| {
        let replicate = meaning.replicate_weights.as_ref();
        meaning.weight.as_ref() == Some(&c.name)
            || replicate.is_some_and(|r| r.columns.names(&c.name))
    };
    // Numbers of a vocabulary are labels, whatever their size.
    let is_name = |c: &Column| names_something(c, table, spec) || words::is_label(&c.name);
    let columns: Vec<&Column> = table
        .columns
        .iter()
        .filter(|c| c.r#type == Type::Number && !is_weight(c) && !is_name(c))
        .collect();
    let names: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let answers = meaning.role == "responses" || meaning.sampling == Some(Sampling::Sample);
    let pieces = units::each_column_seen(table, &names, |cells| {
        let mut seen = Seen::default();
        if let Cells::Numbers(numbers) = cells {
            numbers.iter().flatten().for_each(|value| seen.add(*value));
        }
        seen
    })?;
    let mut all: Vec<Seen> = vec![Seen::default(); names.len()];
    for piece in &pieces {
        all.iter_mut()
            .zip(piece)
            .for_each(|(all, next)| all.merge(next));
    }
    for (column, seen) in columns.iter().zip(&all) {
        let (name, declared) = (&column.name, column.limits);
        let Some(mut far) = seen.far(answers, table.of_persons()) else {
            continue;
        };
        // What is declared as a value is one.
        let meant = |code: &i64| declared.is_some_and(|(l, h)| (l..=h).contains(&(*code as f64)));
        far.codes.retain(|code, _| !meant(code));
        if !far.codes.is_empty() {
            tell(table, name, &far, rows, findings)?;
        }
    }
    Ok(())
}

/// What so many rows share tells nothing about one person.
const SHARED: u64 = 5;

fn tell(
    table: &Table,
    name: &str,
    far: &Far,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let mut places: Vec<u64> = Vec::new();
    units::scan_seen(table, &[name.to_owned()], |first, frame| {
        let Some(Cells::Numbers(numbers)) = frame.columns().first().map(Cells::of).transpose()?
        else {
            return Ok(());
        };
        for row in 0..frame.height() {
            if places.len() == 3 {
                break;
            }
            let value = numbers.get(row);
            if value
                .and_then(as_code)
                .is_some_and(|code| far.codes.contains_key(&code))
            {
                places.push(first + row as u64);
            }
        }
        Ok(())
    })?;
    let Some(first) = places.first().copied() else {
        return Ok(());
    };
    let few = far.codes.values().any(|rows| *rows < SHARED);
    if table.of_persons() && few {
        // It may be what one person has.
        let message = format!(
            "A number far from all other values is in `{name}` ({}): it may stand for no answer, and is used as a number.",
            rows.named(&places)
        );
        let help = "List it in `missingValues` of the field if it means that there is no value; otherwise nothing has to change.";
        let finding = Finding::warning("data-likely-missing-code", message, help);
        findings.push(rows.place(first).on(finding).in_column(name));
        return Ok(());
    }
    let shown: Vec<String> = far.codes.keys().map(i64::to_string).collect();
    let count: u64 = far.codes.values().sum();
    let row = if count == 1 { "row" } else { "rows" };
    let more = if count > 3 { "for example " } else { "" };
    let (listed, are, may, if_so) = match shown.as_slice() {
        [before @ .., last] if !before.is_empty() => (
            format!("{} and {last}", before.join(", ")),
            "are",
            "they may stand for no answer, and are used as numbers",
            "if they mean that there is no value",
        ),
        _ => (
            shown.join(", "),
            "is",
            "it may stand for no answer, and is used as a number",
            "if it means that there is no value",
        ),
    };
    let others = match table.of_persons() {
        true => "far from all other values".to_owned(),
        false => format!(
            "and all other values lie between {} and {}",
            far.low, far.high
        ),
    };
    let message = format!(
        "{listed} {are} in {count} {row} of `{name}` ({more}{}), {others}: {may}.",
        rows.named(&places)
    );
    let missing: Vec<String> = shown.iter().map(|code| format!("\"{code}\"")).collect();
    let help = format!(
        "Write `\"missingValues\": [\"\", {}]` in the field {if_so}; otherwise nothing has to change.",
        missing.join(", ")
    );
    let finding = Finding::warning("data-likely-missing-code", message, help);
    findings.push(
        rows.place(first)
            .on(finding)
            .in_column(name)
            .with_value(&shown.join(", ")),
    );
    Ok(())
}
