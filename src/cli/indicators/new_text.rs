//! The text of a new definition.

use super::list::{Kind, Side, name};
use super::new::{Direction, New};
use crate::indicator::{Example, Expected, Indicator};
use std::fmt::Write;

fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The definition without examples.
pub fn definition(new: &New) -> String {
    match &new.extends {
        Some(base) => extending(new, base),
        None => whole(new),
    }
}

fn whole(new: &New) -> String {
    let id = new.id.as_deref().unwrap_or_default();
    let filter = match &new.filter {
        Some(filter) => format!("where = {}", quote(filter)),
        None => "# where = \"...\"                           # which rows it speaks of".to_owned(),
    };
    let or = |text: &Option<String>, default: &str| quote(text.as_deref().unwrap_or(default));
    format!(
        r##"#:schema ../../schema.json
id = {id}
name = {name}
kind = {kind}
dimension = {dimension}
side = {side}
question = {question}
unit = {unit}
direction = {direction}
source = {source}

[measure]
type = "formula"
table = {table}
{filter}
value = {value}
"##,
        id = quote(id),
        name = or(&new.name, &spoken(id)),
        kind = quote(&name(new.kind.unwrap_or(Kind::Process))),
        dimension = or(&new.dimension, ""),
        side = quote(&name(new.side.unwrap_or(Side::Both))),
        question = or(&new.question, ""),
        unit = or(&new.unit, "number"),
        direction = quote(&name(new.direction.unwrap_or(Direction::Neither))),
        source = or(&new.source, "Own measure of this evaluation"),
        table = or(&new.table, ""),
        value = or(&new.value, "COUNT(*)"),
    )
}

fn extending(new: &New, base: &str) -> String {
    let id = new.id.as_deref().unwrap_or_default();
    let mut text = format!(
        "#:schema ../../schema.json\n# What is not stated here is taken from `{base}`: `codev indicators show {base}`.\n\
         extends = {}\nid = {}\nname = {}\n",
        quote(base),
        quote(id),
        quote(new.name.as_deref().unwrap_or(&spoken(id)))
    );
    let tops = [
        ("kind", new.kind.map(name)),
        ("dimension", new.dimension.clone()),
        ("side", new.side.map(name)),
        ("question", new.question.clone()),
        ("unit", new.unit.clone()),
        ("direction", new.direction.map(name)),
        ("source", new.source.clone()),
    ];
    keys(&mut text, &tops);
    if !new.set.is_empty() {
        text.push_str("\n[parameters]\n");
        for set in &new.set {
            let (name, value) = set.split_once('=').unwrap_or((set, ""));
            let _ = writeln!(text, "{} = {}", name.trim(), literal(value.trim()));
        }
    }
    let measure = [
        ("table", new.table.clone()),
        ("where", new.filter.clone()),
        ("only", new.only.clone()),
        ("value", new.value.clone()),
    ];
    if measure.iter().any(|(_, value)| value.is_some()) {
        text.push_str("\n[measure]\n");
        keys(&mut text, &measure);
    }
    text
}

fn keys(text: &mut String, keys: &[(&str, Option<String>)]) {
    for (key, value) in keys {
        if let Some(value) = value {
            let _ = writeln!(text, "{key} = {}", quote(value));
        }
    }
}

/// A value as TOML: a number, a date or a quoted text as it is, anything else as a text.
fn literal(value: &str) -> String {
    let parsed: Result<toml::Table, _> = toml::from_str(&format!("value = {value}"));
    match parsed.is_ok_and(|t| t.len() == 1) && !value.contains('\n') {
        true => value.to_owned(),
        false => quote(value),
    }
}

/// An id in words, as a name.
pub fn spoken(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut characters = words.chars();
    characters
        .next()
        .map(|c| c.to_uppercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

/// The first example, without rows.
pub fn without_rows(draft: &Indicator) -> String {
    let mut columns = vec!["programme"];
    let others = draft.columns.iter().map(String::as_str);
    columns.extend(others.filter(|c| *c != "programme"));
    format!(
        r#"
# Add rows and what must come out of them, by programme or as total. An empty cell is missing.
[[example]]
note = "no rows: nothing is known, which is not zero"
rows = """
{}
"""
expect = {{ total = "no-rows" }}
"#,
        columns.join(",")
    )
}

/// The first example, of a few rows that are made up.
pub fn made_up(example: &Example, draft: &Indicator) -> String {
    let expect: Vec<String> = example
        .expect
        .iter()
        .map(|(place, expected)| {
            let value = match expected {
                Expected::Number(x) => x.to_string(),
                Expected::Status(word) => quote(word),
            };
            format!("{} = {value}", key(place))
        })
        .collect();
    let table = draft.table.as_deref().unwrap_or_default();
    format!(
        r#"
# Check this by hand: the rows are made up, and what is expected is only what codev made of them. Then change the
# note, and add what happens when something is missing. An empty cell is missing.
[[example]]
note = "made-up rows of {table}, not yet checked by hand"
rows = """
{}"""
expect = {{ {} }}
"#,
        escaped(&example.rows),
        expect.join(", ")
    )
}

/// A key of TOML, quoted where it must be.
fn key(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => {
            let escaped = escaped(text).replace('\n', "\\n");
            format!("\"{escaped}\"")
        }
    }
}

/// Text inside `"""`.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push('\n'),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
