//! Tables that are no plain ones become one: years that stand as columns, keys packed into one column, flags behind
//! numbers, and names of rows without a name of their own.

use super::declare::TableSpec;
use super::files::DataFile;
use super::infer::{Asks, Question};
use super::layout::{self, Layout};
use super::numbers;
use super::periods::{self, Grain, Timed};
use crate::finding::{Finding, Stop};
use std::collections::BTreeSet;

/// Letters of the flags that statistical offices put behind numbers (Eurostat: b break in series, c confidential,
/// d definition differs, e estimated, f forecast, i imputed, n not significant, p provisional, r revised, s, u unreliable,
/// z not applicable).
const FLAGS: &str = "bcdefinprsuz";

/// A table written anew.
#[derive(Debug)]
pub(super) struct Made {
    /// What the file's name ends with, behind that of the source.
    pub suffix: &'static str,
    /// As CSV.
    pub text: String,
    /// What was done, and why.
    pub done: Vec<(String, String)>,
}

/// What stands in the cells of a column.
#[derive(Debug, Clone, Default)]
struct Content {
    numbers: u64,
    flagged: u64,
    others: u64,
    flags: BTreeSet<String>,
}

impl Content {
    fn add(&mut self, cell: &str) {
        match flagged(cell.trim()) {
            Some((value, flag)) => {
                self.numbers += u64::from(value != ":" || !flag.is_empty());
                if !flag.is_empty() {
                    self.flagged += 1;
                    self.flags.insert(flag.to_owned());
                }
            }
            None => self.others += u64::from(!cell.trim().is_empty()),
        }
    }

    fn join(mut self, other: &Content) -> Content {
        self.numbers += other.numbers;
        self.flagged += other.flagged;
        self.others += other.others;
        self.flags.extend(other.flags.iter().cloned());
        self
    }

    /// Whether flags stand behind some of the numbers: one and the same behind all would be their unit.
    fn has_flags(&self) -> bool {
        self.flagged > 0
            && self.others == 0
            && (self.flagged < self.numbers || self.flags.len() > 1)
    }
}

/// A number or a colon, and the flag behind it.
fn flagged(cell: &str) -> Option<(&str, &str)> {
    if cell.is_empty() {
        return None;
    }
    let is_flag =
        |flag: &str| (1..=3).contains(&flag.len()) && flag.chars().all(|c| FLAGS.contains(c));
    if let Some(flag) = cell.strip_prefix(':') {
        let flag = flag.trim();
        return (flag.is_empty() || is_flag(flag)).then_some((":", flag));
    }
    let is_value =
        |value: &str| value == "-" || numbers::apart(value).is_some_and(|w| w.word.is_empty());
    if is_value(cell) {
        return Some((cell, ""));
    }
    let (value, flag) = cell.rsplit_once([' ', '\u{a0}'])?;
    let value = value.trim();
    (is_flag(flag) && is_value(value)).then_some((value, flag))
}

/// Writes a table anew where it needs it; `None` where it is a plain one, or whoever was asked wants it as it is.
pub(super) fn reshape(
    text: &str,
    spec: &TableSpec,
    file: &DataFile,
    layout: &Layout,
    by_unit: bool,
    ask: &mut Asks<'_>,
) -> Result<Option<Made>, Stop> {
    let mut names = layout.names.clone();
    let mut done = Vec::new();
    let row_names = layout.width == Some(names.len() + 1);
    let mut contents: Vec<Content> = vec![Content::default(); names.len() + 1];
    let packed = packed(&names);
    let mut all_packed = packed.is_some();
    let count = packed.as_ref().map_or(0, |(keys, _)| keys.len());
    layout::rows(text, spec, file, layout, &mut |record| {
        for (content, cell) in contents.iter_mut().zip(record) {
            content.add(cell);
        }
        all_packed &= record.get(0).is_some_and(|c| c.split(',').count() == count);
    })?;
    // R's write.table names no column for the names of the rows, so all names stand one column too far to the left.
    if row_names {
        let last = contents.last().cloned().unwrap_or_default();
        if last.numbers + last.others == 0 {
            return Ok(None);
        }
        names.insert(0, unused("row", &names));
        done.push((
            format!(
                "the first column, which the header doesn't name, is called `{}`",
                names[0]
            ),
            "the header has one name less than the rows have cells, as R writes the names of rows"
                .to_owned(),
        ));
    }
    let packed = packed.filter(|_| all_packed && !row_names);
    let mut timed = periods::timed(&names).filter(|_| !by_unit);
    let wanted = match &timed {
        None => false,
        Some((_, columns)) => {
            let cells = columns.iter().filter_map(|c| contents.get(c.at));
            let all = cells.fold(Content::default(), Content::join);
            let numbers = all.numbers > 0 && all.numbers >= all.others;
            numbers && (packed.is_some() || wants_rows(columns, &names, file, ask)?)
        }
    };
    if !wanted {
        timed = None;
    }
    let has_flags = |at: usize| contents.get(at).is_some_and(Content::has_flags);
    let any_flags = (0..names.len()).any(has_flags);
    if done.is_empty() && packed.is_none() && timed.is_none() && !any_flags {
        return Ok(None);
    }
    let plan = plan(&names, packed, timed, &contents, &mut done);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut fault = writer.write_record(&plan.header).err();
    layout::rows(text, spec, file, layout, &mut |record| {
        for row in plan.rows(record) {
            if fault.is_none() {
                fault = writer.write_record(&row).err();
            }
        }
    })?;
    let bytes = writer.into_inner().ok().filter(|_| fault.is_none());
    let text = bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| {
            let message = "The table can't be written as a plain one.";
            Finding::error(
                "data-not-reshaped",
                message,
                "Save it with one row for each value.",
            )
            .in_file(&file.shown)
        })?;
    let suffix = if plan.long { "-long" } else { "-tidy" };
    Ok(Some(Made { suffix, text, done }))
}

/// Whether years are to become rows, asked where somebody can answer.
fn wants_rows(
    columns: &[Timed],
    names: &[String],
    file: &DataFile,
    ask: &mut Asks<'_>,
) -> Result<bool, Stop> {
    let name = |c: Option<&Timed>| c.and_then(|c| names.get(c.at)).cloned().unwrap_or_default();
    let question = Question {
        file: file.shown.clone(),
        text: format!(
            "The columns `{}` to `{}` are periods. How shall the table be read?",
            name(columns.first()),
            name(columns.last())
        ),
        options: vec![
            (
                "rows".to_owned(),
                "a row for each period, in a file of its own".to_owned(),
            ),
            (
                "columns".to_owned(),
                "as it is: a row for each line".to_owned(),
            ),
        ],
        usual: 0,
    };
    Ok(ask(&question)?.unwrap_or(question.usual) == 0)
}

/// The keys that a first column such as `freq,unit,geo\TIME_PERIOD` packs, and the name of what its other columns are.
fn packed(names: &[String]) -> Option<(Vec<String>, String)> {
    let (keys, time) = names.first()?.split_once('\\')?;
    let keys: Vec<String> = keys.split(',').map(|k| k.trim().to_owned()).collect();
    keys.iter()
        .all(|k| !k.is_empty())
        .then(|| (keys, time.trim().to_owned()))
}

/// How a row of the file becomes rows of the table.
struct Plan {
    header: Vec<String>,
    /// Whether the first cell is several keys.
    packed: bool,
    /// Columns that each row keeps, and whether a flag is taken off.
    kept: Vec<(usize, bool)>,
    /// Per period: its word, and the column of each measure.
    periods: Vec<(String, Vec<Option<usize>>)>,
    /// Whether each measure has flags.
    flags: Vec<bool>,
    long: bool,
}

fn plan(
    names: &[String],
    packed: Option<(Vec<String>, String)>,
    timed: Option<(Grain, Vec<Timed>)>,
    contents: &[Content],
    done: &mut Vec<(String, String)>,
) -> Plan {
    let has_flags = |at: usize| contents.get(at).is_some_and(Content::has_flags);
    let columns: &[Timed] = timed.as_ref().map_or(&[], |(_, columns)| columns);
    let is_timed = |at: usize| columns.iter().any(|c| c.at == at);
    let mut out = Plan {
        header: Vec::new(),
        packed: packed.is_some(),
        kept: Vec::new(),
        periods: Vec::new(),
        flags: Vec::new(),
        long: timed.is_some(),
    };
    if let Some((keys, _)) = &packed {
        let what = format!("the first column is cut into {}", keys.join(", "));
        done.push((
            what,
            format!("its name is `{}`", names.first().map_or("", String::as_str)),
        ));
    }
    for (at, name) in names.iter().enumerate() {
        if is_timed(at) || (out.packed && at == 0) {
            continue;
        }
        if out.long && layout::is_total(name) {
            let what = format!("the column `{name}` is left out");
            done.push((
                what,
                "it is the total of the columns that became rows".to_owned(),
            ));
            continue;
        }
        if name.is_empty() && contents.get(at).is_none_or(|c| c.numbers + c.others == 0) {
            continue;
        }
        out.kept.push((at, has_flags(at)));
    }
    if let Some((keys, _)) = &packed {
        out.header.extend(keys.iter().cloned());
    }
    for (at, flags) in &out.kept {
        let name = names.get(*at).cloned().unwrap_or_default();
        if *flags {
            done.push((
                format!("flags behind the numbers of `{name}` are in `{name}_flag`"),
                flag_words(contents.get(*at)),
            ));
            out.header.push(name.clone());
            out.header.push(unused(&format!("{name}_flag"), names));
        } else {
            out.header.push(name);
        }
    }
    let Some((grain, _)) = &timed else {
        return out;
    };
    let word = packed.map(|(_, time)| time).filter(|t| !t.is_empty());
    let word = word.unwrap_or_else(|| {
        match grain {
            Grain::Year => "year",
            Grain::Quarter => "quarter",
            Grain::Month => "month",
            Grain::Double => "period",
        }
        .to_owned()
    });
    let time = unused(&word, &out.header);
    out.header.push(time.clone());
    let mut measures: Vec<&str> = Vec::new();
    for column in columns {
        if !measures.contains(&column.measure.as_str()) {
            measures.push(&column.measure);
        }
        if !out.periods.iter().any(|(p, _)| *p == column.period) {
            out.periods.push((column.period.clone(), Vec::new()));
        }
    }
    for (period, places) in &mut out.periods {
        let at = |measure: &&str| {
            columns
                .iter()
                .find(|c| c.period == *period && c.measure == **measure)
                .map(|c| c.at)
        };
        *places = measures.iter().map(at).collect();
    }
    let mut said = Vec::new();
    for measure in &measures {
        let of = columns
            .iter()
            .filter(|c| c.measure == *measure)
            .filter_map(|c| contents.get(c.at));
        let all = of.fold(Content::default(), Content::join);
        let base = if measure.is_empty() { "value" } else { measure };
        let name = unused(base, &out.header);
        out.header.push(name.clone());
        said.push(format!("`{name}`"));
        out.flags.push(all.has_flags());
        if all.has_flags() {
            let flag = unused(
                &if measure.is_empty() {
                    "flag".to_owned()
                } else {
                    format!("{measure}_flag")
                },
                &out.header,
            );
            done.push((
                format!("flags behind the numbers are in `{flag}`"),
                flag_words(Some(&all)),
            ));
            out.header.push(flag);
        }
    }
    let (first, last) = (out.periods.first(), out.periods.last());
    let name =
        |p: Option<&(String, Vec<Option<usize>>)>| p.map(|p| p.0.clone()).unwrap_or_default();
    done.push((
        format!(
            "each row has one period, in `{time}`, with its {}",
            said.join(", ")
        ),
        format!(
            "the periods {} to {} stand as columns",
            name(first),
            name(last)
        ),
    ));
    out
}

fn flag_words(content: Option<&Content>) -> String {
    let (mut some, mut rows) = (String::new(), 0);
    if let Some(content) = content {
        some = content.flags.iter().cloned().collect::<Vec<_>>().join(", ");
        rows = content.flagged;
    }
    format!("{rows} cells have letters behind the number or colon: {some}")
}

impl Plan {
    fn rows(&self, record: &csv::StringRecord) -> Vec<Vec<String>> {
        let mut kept: Vec<String> = Vec::new();
        if self.packed {
            kept.extend(
                record
                    .get(0)
                    .unwrap_or_default()
                    .split(',')
                    .map(|k| k.trim().to_owned()),
            );
        }
        for (at, flags) in &self.kept {
            push(&mut kept, record.get(*at).unwrap_or_default(), *flags);
        }
        if !self.long {
            return vec![kept];
        }
        let mut rows = Vec::with_capacity(self.periods.len());
        for (period, places) in &self.periods {
            let mut row = kept.clone();
            row.push(period.clone());
            for (place, flags) in places.iter().zip(&self.flags) {
                let cell = place.and_then(|at| record.get(at)).unwrap_or_default();
                push(&mut row, cell, *flags);
            }
            rows.push(row);
        }
        rows
    }
}

fn push(row: &mut Vec<String>, cell: &str, flags: bool) {
    if !flags {
        row.push(cell.trim().to_owned());
        return;
    }
    let (value, flag) = flagged(cell.trim()).unwrap_or((cell.trim(), ""));
    row.push(value.to_owned());
    row.push(flag.to_owned());
}

/// A name that no column has yet.
fn unused(name: &str, names: &[String]) -> String {
    let taken = |name: &str| names.iter().any(|n| n == name);
    if !taken(name) {
        return name.to_owned();
    }
    (2..)
        .map(|n| format!("{name}_{n}"))
        .find(|n| !taken(n))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_behind_numbers() {
        for (cell, value, flag) in [
            ("1610 bp", "1610", "bp"),
            (": c", ":", "c"),
            (":", ":", ""),
            (":c", ":", "c"),
            ("12.3 ", "12.3", ""),
            ("0 n", "0", "n"),
            ("-", "-", ""),
            ("1 610 b", "1 610", "b"),
        ] {
            assert_eq!(flagged(cell.trim()), Some((value, flag)), "{cell}");
        }
        for no in ["abc", "12 km", "12 X", "a b"] {
            assert_eq!(flagged(no), None, "{no}");
        }
    }
}
