//! Tables of newline-delimited JSON: each line is an object, and a row.

use super::cells::{Fault, Notes, Slot};
use super::declare::TableSpec;
use super::files;
use super::header;
use super::text::{Frames, TextTable};
use super::values::{NumberFormat, Parse};
use super::{LIST_SEPARATOR, Type, surplus};
use crate::finding::{Finding, Stop, nearest};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// Most keys that are looked at.
const MOST_KEYS: usize = 4096;

/// A value that is neither a text, a number, a truth value nor a list of them.
const NESTED: Fault = (
    "data-not-readable",
    "a text, a number, true, false or a list of them",
);

/// Reads the files of a table, one after the other.
pub(super) fn read(spec: &TableSpec) -> Result<TextTable, Stop> {
    let mut slots: Vec<Slot> = spec.fields.iter().map(Slot::new).collect();
    let plain: Vec<Parse> = spec.fields.iter().map(|f| plain(&f.parse)).collect();
    let places: FxHashMap<&str, usize> = spec
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| (field.column.name.as_str(), at))
        .collect();
    let mut out = TextTable::default();
    let mut frames = Frames::default();
    for file in &spec.files {
        let read = files::read_table(file, spec.encoding.as_deref())?;
        out.hashes.push(read.hash);
        if let Some(finding) = read.finding {
            out.findings.push(finding);
        }
        out.rows.start_file(&file.shown);
        let mut notes = Notes::new(file, spec.fields.len());
        for slot in &mut slots {
            header::take_partition(slot, file, &mut out.findings);
        }
        let mut left = surplus::Left::default();
        let mut met = vec![false; slots.len()];
        let mut extra: Vec<String> = Vec::new();
        let mut seen: FxHashSet<String> = FxHashSet::default();
        let mut objects = 0_u64;
        let mut found: Vec<Option<&str>> = vec![None; slots.len()];
        for (line, text) in lines(&read.text) {
            found.fill(None);
            let members = members(text);
            // In a table of one column each line is a row.
            let nothing = |(_, raw): &Member<'_>| *raw == "null" || is_blank(raw);
            if slots.len() > 1 && members.as_ref().is_ok_and(|m| m.iter().all(nothing)) {
                objects += 1;
                left.push(surplus::NoRow::Blank, line);
                continue;
            }
            let row = out.rows.push(line);
            match members {
                Ok(members) => {
                    objects += 1;
                    for (key, raw) in members {
                        if let Some(at) = places.get(key.as_ref()) {
                            // Of two keys with one name the last counts.
                            found[*at] = Some(raw);
                            met[*at] = true;
                        } else if !seen.contains(key.as_ref()) && seen.len() < MOST_KEYS {
                            seen.insert(key.clone().into_owned());
                            extra.push(key.into_owned());
                        }
                    }
                }
                Err(why) => notes.no_object(&why, text, line, row),
            }
            frames.push(&mut slots, &mut notes, (line, row), |at, slot| {
                let raw = found.get(at).copied().flatten();
                let fault = match (raw, plain.get(at)) {
                    (Some(raw), Some(plain)) => push(slot, plain, raw),
                    _ => slot.push_constant(),
                };
                (raw.unwrap_or_default(), fault)
            })?;
        }
        frames.flush(&mut slots)?;
        notes.close(&mut out.findings);
        left.close(&file.shown, "line", &mut out.findings);
        for (slot, met) in slots.iter().zip(&met) {
            let name = &slot.spec.column.name;
            let given = file.partitions.iter().any(|(known, _)| known == name);
            if *met && given {
                out.findings.push(super::paths::both(name, file));
            } else if !met && !given && objects > 0 && !header::may_lack(spec.fields_match) {
                let help = match nearest(name, extra.iter().map(String::as_str)) {
                    Some(near) => format!(
                        "Did you mean `{near}`, which the file has and the manifest does not declare?"
                    ),
                    None => "Correct the schema; a key that may be left out in every line is declared with `\"fieldsMatch\": \"superset\"`.".to_owned(),
                };
                let message = format!(
                    "No line of the file has the key `{name}`; it is missing in every row."
                );
                out.findings.push(
                    Finding::error("data-missing-column", message, help)
                        .in_file(&file.shown)
                        .in_column(name),
                );
            }
        }
        let extra: Vec<&str> = extra.iter().map(String::as_str).collect();
        if let Some(finding) = header::undeclared(&extra, spec.fields_match) {
            out.findings.push(finding.in_file(&file.shown));
        }
    }
    out.frames = frames.finish();
    out.counts = slots.iter().map(|s| (s.missing, s.invalid)).collect();
    Ok(out)
}

/// Whether a value is a text without anything in it.
fn is_blank(raw: &str) -> bool {
    decoded(raw).is_some_and(|text| text.trim().is_empty())
}

/// The keys of a file in the order in which they come first, and whether there is a list under one.
pub(super) fn keys(text: &str) -> Vec<(String, bool)> {
    let mut keys: Vec<(String, bool)> = Vec::new();
    let mut places: FxHashMap<String, usize> = FxHashMap::default();
    for (_, text) in lines(text) {
        for (key, raw) in members(text).unwrap_or_default() {
            let list = raw.starts_with('[');
            match places.get(key.as_ref()) {
                Some(at) => keys[*at].1 |= list,
                None if keys.len() < MOST_KEYS => {
                    places.insert(key.clone().into_owned(), keys.len());
                    keys.push((key.into_owned(), list));
                }
                None => {}
            }
        }
    }
    keys
}

/// Lines that are not empty, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let lines = text.split('\n').zip(1..);
    lines
        .map(|(text, line)| (line, text.trim()))
        .filter(|(_, text)| !text.is_empty())
}

/// How a number or a truth value of JSON is read in a column: its point is a point, whatever numbers in texts have.
fn plain(parse: &Parse) -> Parse {
    match parse {
        Parse::Number(_) => Parse::Number(NumberFormat::default()),
        Parse::Integer(_) => Parse::Integer(NumberFormat::default()),
        Parse::Boolean(..) => Parse::Boolean(vec!["true".to_owned()], vec!["false".to_owned()]),
        other => other.clone(),
    }
}

/// Puts a value, as it is written, into a column.
fn push(slot: &mut Slot<'_>, plain: &Parse, raw: &str) -> Option<Fault> {
    match raw.as_bytes().first() {
        Some(b'n') => slot.push(None),
        Some(b'"') => match decoded(raw) {
            Some(text) => slot.push(Some(&text)),
            None => slot.refuse(NESTED),
        },
        Some(b'[') if matches!(slot.spec.column.r#type, Type::Text | Type::List) => {
            match entries(raw) {
                Some(joined) => slot.push_entries(&joined),
                None => slot.refuse(NESTED),
            }
        }
        Some(b'[') => slot.refuse(("data-not-readable", "one value")),
        Some(b'{') => slot.refuse(NESTED),
        Some(b't' | b'f') => slot.push_as(Some(raw), plain),
        _ if matches!(plain, Parse::Boolean(..)) => slot.push(Some(raw)),
        _ => slot.push_as(Some(raw), plain),
    }
}

/// The entries of a list, joined; `None` where there is more than texts, numbers and truth values.
fn entries(raw: &str) -> Option<String> {
    let mut scan = Scan { text: raw, at: 1 };
    let mut joined = String::new();
    let mut first = true;
    while scan.comes(b']') == Some(false) {
        let raw = scan.value();
        let entry = match raw.as_bytes().first()? {
            b'{' | b'[' => return None,
            b'"' => decoded(raw)?,
            b'n' => Cow::Borrowed(""),
            _ => Cow::Borrowed(raw),
        };
        if !entry.is_empty() {
            if !first {
                joined.push(LIST_SEPARATOR);
            }
            first = false;
            joined.push_str(&entry);
        }
    }
    Some(joined)
}

/// A text as it is meant; `None` where it is none.
fn decoded(raw: &str) -> Option<Cow<'_, str>> {
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') {
        return serde_json::from_str::<String>(raw).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inside))
}

/// A member of an object: its key, and its value as it is written.
type Member<'t> = (Cow<'t, str>, &'t str);

/// The members of an object in a line, or what is wrong with the line.
fn members(line: &str) -> Result<Vec<Member<'_>>, String> {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(line) {
        let full = error.to_string();
        let what = full.split(" at line ").next().unwrap_or(&full);
        return Err(format!("{what} at character {}", error.column()));
    }
    if !line.starts_with('{') {
        return Err("it is a value of another kind".to_owned());
    }
    // From here on the line is known to be an object of JSON, and only its parts are to be found.
    let mut scan = Scan { text: line, at: 1 };
    let mut members = Vec::new();
    while scan.comes(b'}') == Some(false) {
        let key = decoded(scan.value()).ok_or("a key is no text")?;
        members.push((key, scan.value()));
    }
    Ok(members)
}

/// Goes through JSON that is known to be right.
struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n' | b',' | b':') = self.byte() {
            self.at += 1;
        }
    }

    /// Whether a character comes next; `None` at the end.
    fn comes(&mut self, wanted: u8) -> Option<bool> {
        self.blanks();
        self.byte().map(|byte| byte == wanted)
    }

    /// The next value, as it is written.
    fn value(&mut self) -> &'t str {
        self.blanks();
        let from = self.at;
        let mut depth = 0_usize;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                b'}' | b']' => break,
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => break,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            if depth == 0 {
                break;
            }
        }
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.byte() {
            self.at += match byte {
                b'\\' => 2,
                _ => 1,
            };
            if byte == b'"' {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_object_are_as_they_are_written() {
        let line = r#"{ "a" : 1.10, "b\u0041":"x\"}" , "c":{"d":[1,{}]},"e":[ "p,q",2 , null,true],"f":null,"":-1e400 }"#;
        let found = members(line).unwrap_or_default();
        let found: Vec<(&str, &str)> = found.iter().map(|(k, v)| (k.as_ref(), *v)).collect();
        assert_eq!(
            found,
            [
                ("a", "1.10"),
                ("bA", r#""x\"}""#),
                ("c", r#"{"d":[1,{}]}"#),
                ("e", r#"[ "p,q",2 , null,true]"#),
                ("f", "null"),
                ("", "-1e400"),
            ]
        );
        assert_eq!(entries(found[3].1).as_deref(), Some("p,q\u{1f}2\u{1f}true"));
        assert_eq!(entries("[[1]]"), None);
        assert_eq!(entries("[]").as_deref(), Some(""));
        assert!(members("{}").is_ok_and(|m| m.is_empty()));
        for bad in [
            "[1]",
            "1",
            "{\"a\":1",
            "{\"a\":1} {}",
            "{a:1}",
            "\u{feff}{}",
        ] {
            assert!(members(bad).is_err(), "{bad}");
        }
    }
}
