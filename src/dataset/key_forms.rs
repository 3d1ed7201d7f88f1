//! Keys that are meant to be those of another table and are written in another way; and programmes that no table knows.

use super::load::Loaded;
use super::rows::Rows;
use super::typed::{self, Cells};
use super::{Column, Source, Table, Type, files, keys, units};
use crate::finding::{Finding, Findings, Stop, nearest};
use polars_arrow::array::PrimitiveArray;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization as _;

/// Keys of a column as they are to be read.
pub(super) type Mended = FxHashMap<String, String>;

/// A column with keys of another table.
struct Pointer {
    column: String,
    target: usize,
    key: String,
    /// Whether a foreign key says so; otherwise it is the programme.
    declared: bool,
}

/// Rows with a key that the other table does not have.
#[derive(Default)]
struct Stray {
    rows: u64,
    first: Vec<u64>,
}

/// Takes keys that differ from those of the table that they point to only by case, blanks or leading zeros for these, with a
/// finding; programmes that are in no row of the programmes have one, too.
pub(super) fn mend(loaded: &mut [Loaded], findings: &mut Findings) -> Result<(), Stop> {
    let tables: Vec<Table> = loaded.iter().map(|l| l.table.clone()).collect();
    let found: Vec<Result<Findings, Stop>> = loaded
        .par_iter_mut()
        .enumerate()
        .map(|(at, one)| {
            let mut found = Findings::new();
            for pointer in pointers(&tables, at, one) {
                follow(&tables, &pointer, &mut one.table, &one.rows, &mut found)?;
            }
            Ok(found)
        })
        .collect();
    for found in found {
        findings.extend(found?);
    }
    Ok(())
}

/// The columns of a table that hold keys of others.
fn pointers(tables: &[Table], at: usize, one: &Loaded) -> Vec<Pointer> {
    let mut found: Vec<Pointer> = Vec::new();
    for reference in &one.spec.references {
        let ([column], [key]) = (reference.fields.as_slice(), reference.keys.as_slice()) else {
            continue;
        };
        let target = tables.iter().position(|t| t.name == reference.table);
        if let Some(target) = target.filter(|t| *t != at) {
            found.push(Pointer {
                column: column.clone(),
                target,
                key: key.clone(),
                declared: true,
            });
        }
    }
    let programmes = tables.iter().position(|t| t.meaning.role == "programmes");
    let Some(target) = programmes.filter(|target| *target != at) else {
        return found;
    };
    let known = tables
        .get(target)
        .and_then(|t| match t.primary_key.as_slice() {
            [key] => Some(key.clone()),
            _ => None,
        });
    let by_key = |found: &[Pointer]| found.iter().any(|p| p.target == target);
    let said = one.table.meaning.programme.clone();
    let usual = || one.table.column("programme").map(|c| c.name.clone());
    let column = match said {
        Some(said) => Some(said).filter(|c| !found.iter().any(|p| p.column == *c)),
        None if by_key(&found) => None,
        None => usual(),
    };
    if let (Some(key), Some(column)) = (known, column) {
        found.push(Pointer {
            column,
            target,
            key,
            declared: false,
        });
    }
    found
}

/// Looks at the keys of a column.
fn follow(
    tables: &[Table],
    pointer: &Pointer,
    table: &mut Table,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let own = table.column(&pointer.column).map(|c| c.r#type);
    let (Some(from), Some(target)) = (own, tables.get(pointer.target)) else {
        return Ok(());
    };
    let to = target.column(&pointer.key).map(|c| c.r#type);
    let keyed = matches!(from, Type::Text | Type::Number);
    if !keyed || !matches!(to, Some(Type::Text | Type::Number)) || target.rows == 0 {
        return Ok(());
    }
    let known = known(target, &pointer.key)?;
    let strays = strays(table, &pointer.column, &known)?;
    if strays.is_empty() {
        return Ok(());
    }
    let forms = forms(&known);
    let mut mended = Mended::default();
    let aim = format!("{}.{}", target.name, pointer.key);
    let names = if pointer.declared {
        BTreeMap::new()
    } else {
        labels(target, &pointer.key)?
    };
    let mut candidates: Vec<&str> = match known.len() {
        0..=10_000 => known.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    candidates.sort_unstable();
    let is_key = table.primary_key.as_slice() == [pointer.column.clone()];
    // A number can't be told apart from the same number with zeros in front, so it must become a text.
    let can = !is_key && (from == Type::Text || to == Some(Type::Text));
    let hidden = table.of_persons() || target.of_persons();
    for (value, stray) in &strays {
        let meant = forms
            .get(&form(value))
            .and_then(Option::as_ref)
            .filter(|_| can);
        let count = match stray.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        let places = rows.named(&stray.first);
        let finding = match meant {
            Some(key) => {
                mended.insert(value.clone(), key.clone());
                let of = match hidden {
                    true => "one there".to_owned(),
                    false => format!("`{key}`"),
                };
                let message = format!(
                    "The key is in {count} ({places}) and none of `{aim}`; but for {} it is {of}, and the rows are taken for it.",
                    unlike(value, key)
                );
                let help = "Write both the same way; codes with zeros in front are `string` in the schema and text in a spreadsheet.";
                Finding::warning("data-key-form", message, help)
            }
            // Foreign keys to nowhere are told row by row.
            None if pointer.declared => continue,
            None => {
                let near = nearest(value, candidates.iter().copied());
                let help = match (names.get(value), near) {
                    _ if hidden => format!("Add it to `{}`, or correct it.", target.name),
                    (Some(key), _) => format!("It is the name of `{key}`: write the key."),
                    (None, Some(near)) => format!(
                        "Did you mean `{near}`? Otherwise add it to `{}`.",
                        target.name
                    ),
                    (None, None) => format!("Add it to `{}`, or correct it.", target.name),
                };
                let message = format!(
                    "The programme is in {count} ({places}) and none of `{aim}`; it counts as one more programme."
                );
                Finding::warning("data-unknown-programme", message, help)
            }
        };
        let finding = match stray.first.first() {
            Some(first) => rows.place(*first).on(finding),
            None => finding,
        };
        let finding = finding.in_column(&pointer.column);
        findings.push(match hidden {
            true => finding,
            false => finding.with_value(value),
        });
    }
    if !mended.is_empty() {
        rewrite(table, &pointer.column, mended)?;
    }
    Ok(())
}

/// The keys of a table.
fn known(target: &Table, key: &str) -> Result<FxHashSet<String>, Stop> {
    let mut known = FxHashSet::default();
    let mut text = String::new();
    units::scan(target, &[key.to_owned()], |_, frame| {
        if let Some(cells) = frame.columns().first().map(Cells::of).transpose()? {
            for row in 0..frame.height() {
                text.clear();
                if keys::write_cell(&cells, row, &mut text) && !known.contains(text.as_str()) {
                    known.insert(text.clone());
                }
            }
        }
        Ok(())
    })?;
    Ok(known)
}

/// Names of programmes, with their key.
fn labels(target: &Table, key: &str) -> Result<BTreeMap<String, String>, Stop> {
    let label = target
        .meaning
        .label
        .clone()
        .filter(|l| target.column(l).is_some());
    let Some(label) = label else {
        return Ok(BTreeMap::new());
    };
    let rows = target.texts(&[label, key.to_owned()], 10_000)?;
    let pair = |row: Vec<Option<String>>| match <[Option<String>; 2]>::try_from(row) {
        Ok([Some(label), Some(key)]) => Some((label, key)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}

/// Values of a column that are no keys, with their rows.
fn strays(
    table: &Table,
    column: &str,
    known: &FxHashSet<String>,
) -> Result<BTreeMap<String, Stray>, Stop> {
    let mut strays: BTreeMap<String, Stray> = BTreeMap::new();
    let mut places: FxHashMap<u64, Option<String>> = FxHashMap::default();
    units::scan(table, &[column.to_owned()], |first, frame| {
        let mut add = |value: &str, row: usize| {
            let at = first + row as u64;
            match strays.get_mut(value) {
                Some(stray) => {
                    stray.rows += 1;
                    if stray.first.len() < 3 {
                        stray.first.push(at);
                    }
                }
                None => {
                    let stray = Stray {
                        rows: 1,
                        first: vec![at],
                    };
                    strays.insert(value.to_owned(), stray);
                }
            }
        };
        match frame.columns().first().map(Cells::of).transpose()? {
            Some(Cells::Texts(words)) => {
                let bad = words.each(|word| (!known.contains(word)).then_some(word));
                if !bad.any(Option::is_some) {
                    return Ok(());
                }
                for (row, code) in words.codes.iter().enumerate() {
                    if let Some(Some(word)) = code.and_then(|code| bad.get(*code)) {
                        add(word, row);
                    }
                }
            }
            Some(Cells::Numbers(numbers)) => {
                for (row, value) in numbers.iter().enumerate() {
                    let Some(value) = value else { continue };
                    let stray = places.entry(value.to_bits()).or_insert_with(|| {
                        let text = value.to_string();
                        (!known.contains(&text)).then_some(text)
                    });
                    if let Some(text) = stray {
                        add(text, row);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(strays)
}

/// Each key by its form; none where several keys have it.
fn forms(known: &FxHashSet<String>) -> FxHashMap<String, Option<String>> {
    let mut forms: FxHashMap<String, Option<String>> = FxHashMap::default();
    let mut keys: Vec<&String> = known.iter().collect();
    keys.sort_unstable();
    for key in keys {
        forms
            .entry(form(key))
            .and_modify(|one| *one = None)
            .or_insert_with(|| Some(key.clone()));
    }
    forms
}

/// A key in small letters, without blanks around it or twice inside, numbers in it without zeros in front, and letters with marks as
/// one character each, where there is one.
fn form(key: &str) -> String {
    zeros(&composed(&blanks(key)).to_lowercase())
}

/// Letters with marks as one character each (Unicode normal form C): `é` and not `e` with an accent behind it.
fn composed(key: &str) -> String {
    key.nfc().collect()
}

/// Blanks of all kinds as one space, and dashes as one kind.
fn blanks(key: &str) -> String {
    let words: Vec<&str> = key
        .split(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
        .filter(|w| !w.is_empty())
        .collect();
    let dash = |c| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c => c,
    };
    words.join(" ").chars().map(dash).collect()
}

/// Without zeros in front of numbers, nor `.0` behind a whole number.
fn zeros(key: &str) -> String {
    let whole = key.strip_suffix(".0").or_else(|| key.strip_suffix(".00"));
    let key = whole
        .filter(|k| !k.is_empty() && k.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or(key);
    let mut out = String::with_capacity(key.len());
    let mut chars = key.chars().peekable();
    let mut inside = false;
    while let Some(c) = chars.next() {
        let more = chars.peek().is_some_and(char::is_ascii_digit);
        if c == '0' && !inside && more {
            continue;
        }
        inside = c.is_ascii_digit() || (inside && c == '.');
        out.push(c);
    }
    out
}

/// In what two keys of one form differ.
fn unlike(one: &str, other: &str) -> String {
    let mut said = Vec::new();
    if zeros(one) != one || zeros(other) != other {
        let bare = |key: &str| composed(&blanks(key)).to_lowercase();
        if bare(one) != bare(other) {
            said.push("zeros");
        }
    }
    let plain = |key: &str| zeros(&composed(&blanks(key)));
    if plain(one) != plain(other) {
        said.push("upper and lower case");
    }
    if blanks(one) != one || blanks(other) != other {
        said.push("blanks");
    }
    if composed(one) != one || composed(other) != other {
        said.push("how letters with accents are stored (Unicode normal forms)");
    }
    match said.as_slice() {
        [] => "its form".to_owned(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Reads the keys of a column as those that are meant. A column of numbers becomes one of texts.
fn rewrite(table: &mut Table, name: &str, mended: Mended) -> Result<(), Stop> {
    let numbers = table.column(name).is_some_and(|c| c.r#type == Type::Number);
    let as_text = |column: &mut Column| {
        if column.r#type != Type::Text {
            column.r#type = Type::Text;
            column.declared = "string".to_owned();
            column.limits = None;
        }
    };
    let fault = |error| files::unreadable(name, &error);
    match &mut table.source {
        Source::Files(files) => files.mend_keys(name, numbers, Arc::new(mended)),
        Source::Memory(frames) => {
            let kind = typed::words();
            let Some(words) = typed::shared_words(&kind) else {
                return Ok(());
            };
            for frame in frames {
                let column = frame.column(name).map_err(fault)?.rechunk();
                let cells = Cells::of(&column)?;
                let code = |text: &str| {
                    let meant = mended.get(text).map_or(text, String::as_str);
                    words.insert_cat(meant).map_err(fault)
                };
                let codes: Result<PrimitiveArray<u32>, Stop> = match &cells {
                    Cells::Texts(own) => {
                        let codes = own.each(code);
                        let code = |c: Option<&u32>| match c.and_then(|c| codes.get(*c)) {
                            Some(Ok(code)) => Ok(Some(*code)),
                            Some(Err(stop)) => Err(stop.clone()),
                            None => Ok(None),
                        };
                        own.codes.iter().map(code).collect()
                    }
                    Cells::Numbers(values) => {
                        let mut known: FxHashMap<u64, u32> = FxHashMap::default();
                        let mut number = |value: Option<&f64>| -> Result<Option<u32>, Stop> {
                            let Some(value) = value else { return Ok(None) };
                            if let Some(code) = known.get(&value.to_bits()) {
                                return Ok(Some(*code));
                            }
                            let new = code(&value.to_string())?;
                            known.insert(value.to_bits(), new);
                            Ok(Some(new))
                        };
                        values.iter().map(&mut number).collect()
                    }
                    _ => return Ok(()),
                };
                let column = typed::coded_column(name, codes?, kind.clone());
                frame.replace(name, column).map_err(fault)?;
            }
        }
    }
    table
        .columns
        .iter_mut()
        .filter(|c| c.name == name)
        .for_each(as_text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_form_and_others() {
        for (one, other, unlikeness) in [
            ("1", "01", "zeros"),
            ("P1", "P001", "zeros"),
            ("p1", "P1", "upper and lower case"),
            (" P1 ", "P1", "blanks"),
            ("1.0", "1", "zeros"),
            (
                "north\u{a0}west",
                "North  West",
                "upper and lower case and blanks",
            ),
            ("p 7", "P 07", "zeros and upper and lower case"),
        ] {
            assert_eq!(form(one), form(other), "{one} {other}");
            assert_eq!(unlike(one, other), unlikeness, "{one} {other}");
        }
        for (one, other) in [
            ("1", "10"),
            ("P1", "P11"),
            ("100", "1"),
            ("0", ""),
            ("1.05", "1.5"),
            ("A", "B"),
        ] {
            assert_ne!(form(one), form(other), "{one} {other}");
        }
    }
}
