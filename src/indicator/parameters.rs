//! Parameters of definitions: named values that stand as `{name}` in the texts of a measure and in its words.

use super::source::{Entry, Item, Table};
use crate::finding::nearest;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number, in digits.
    Number(String),
    /// A text.
    Text(String),
    /// A day, as `2020-01-31`.
    Date(String),
}

/// Values by name.
pub type Values = BTreeMap<String, Value>;

/// What is wrong in a text, at which bytes of it, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct BadText {
    /// Code of the finding.
    pub code: &'static str,
    /// The text.
    pub text: String,
    /// Where in it.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Keys of `[measure]` that hold SQL.
const SQL: [&str; 16] = [
    "where", "only", "value", "baseline", "target", "actual", "category", "amount", "group",
    "count", "cases", "rater", "score", "start", "end", "until",
];
/// Keys of `[measure]` that hold names, not SQL. Of other keys, a text that is one parameter as a whole becomes its
/// value, and a longer one is taken as SQL.
const NAMES: [&str; 5] = ["type", "table", "date", "inputs", "items"];
/// Keys beside `[measure]` in which parameters stand as words.
const WORDS: [&str; 9] = [
    "name",
    "question",
    "definition",
    "numerator",
    "denominator",
    "unit",
    "source",
    "limits",
    "verification",
];

/// How values are inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As a reader would write them.
    Plain,
    /// As SQL literals; inside a quoted text or name of SQL, as a part of it.
    Sql,
}

impl Value {
    /// A number, a text or a day; `None` for anything else.
    pub fn new(value: &toml::Value) -> Option<Value> {
        match value {
            toml::Value::Integer(number) => Some(Value::Number(number.to_string())),
            toml::Value::Float(number) if number.is_finite() => {
                Some(Value::Number(number.to_string()))
            }
            toml::Value::String(text) => Some(Value::Text(text.clone())),
            toml::Value::Datetime(time) if time.time.is_none() && time.offset.is_none() => {
                time.date.map(|day| Value::Date(day.to_string()))
            }
            _ => None,
        }
    }

    /// The same of a value in a definition file.
    pub fn of(item: &Item) -> Option<Value> {
        match item {
            Item::Text(text) => Some(Value::Text(text.clone())),
            Item::Literal(text) => {
                let table: toml::Table = toml::from_str(&format!("value = {text}")).ok()?;
                table.get("value").and_then(Value::new)
            }
            Item::Array(_) | Item::Table(_) => None,
        }
    }

    /// As a reader would write it.
    pub fn plain(&self) -> &str {
        match self {
            Value::Number(text) | Value::Text(text) | Value::Date(text) => text,
        }
    }

    /// What kind of value it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::Date(_) => "a date",
        }
    }

    fn sql(&self) -> String {
        match self {
            // `x -{n}` with n = -2 must not become `x --2`, a comment.
            Value::Number(digits) if digits.starts_with('-') => format!("({digits})"),
            Value::Number(digits) => digits.clone(),
            Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Value::Date(day) => format!("DATE '{day}'"),
        }
    }

    fn item(&self) -> Item {
        match self {
            Value::Number(digits) => Item::Literal(digits.clone()),
            Value::Text(text) | Value::Date(text) => Item::Text(text.clone()),
        }
    }
}

/// Whether a parameter may have this name: a letter, then letters, digits and `_`.
pub fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A text with the values in place of `{name}`; `{{` and `}}` stand for braces. Adds the names to `used`.
///
/// # Errors
/// An unknown name, or a brace alone.
pub fn insert(
    text: &str,
    style: Style,
    values: &Values,
    used: &mut BTreeSet<String>,
) -> Result<String, BadText> {
    let bad = |range: Range<usize>, code, message: String, help: String| BadText {
        code,
        text: text.to_owned(),
        range,
        message,
        help,
    };
    let mut out = String::with_capacity(text.len());
    let mut quote: Option<char> = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at + c.len_utf8()..];
        match c {
            '{' | '}' if rest.starts_with(c) => {
                out.push(c);
                at += 2;
                continue;
            }
            '{' => {
                let name = rest.split('}').next().unwrap_or_default();
                let closed = rest.len() > name.len();
                if !closed || !is_name(name) {
                    let message = "A `{` begins the name of a parameter, as in `{years}`.";
                    let help = "Write `{{` for the brace itself.";
                    let range = at..at + 1;
                    return Err(bad(range, "definition-brace", message.into(), help.into()));
                }
                let end = at + name.len() + 2;
                let Some(value) = values.get(name) else {
                    let known: Vec<&str> = values.keys().map(String::as_str).collect();
                    let help = match (nearest(name, known.iter().copied()), known.is_empty()) {
                        (Some(near), _) => format!("Did you mean `{near}`?"),
                        (None, true) => format!(
                            "Give it a value under [parameters], or write `{{{{{name}}}}}` for the text itself."
                        ),
                        (None, false) => format!(
                            "The parameters are: {}. Or write `{{{{{name}}}}}` for the text itself.",
                            known.join(", ")
                        ),
                    };
                    let message = format!("There is no parameter `{name}`.");
                    return Err(bad(at..end, "definition-unknown-parameter", message, help));
                };
                used.insert(name.to_owned());
                match (style, quote) {
                    (Style::Sql, None) => out.push_str(&value.sql()),
                    (Style::Sql, Some(mark)) => {
                        out.push_str(&value.plain().replace(mark, &format!("{mark}{mark}")));
                    }
                    (Style::Plain, _) => out.push_str(value.plain()),
                }
                at = end;
                continue;
            }
            '}' => {
                let message = "A `}` ends the name of a parameter, and none begins before it.";
                let help = "Write `}}` for the brace itself.";
                let range = at..at + 1;
                return Err(bad(range, "definition-brace", message.into(), help.into()));
            }
            '\'' | '"' => match quote {
                Some(open) if open == c => quote = None,
                None => quote = Some(c),
                Some(_) => {}
            },
            _ => {}
        }
        out.push(c);
        at += c.len_utf8();
    }
    Ok(out)
}

/// The key of a text (`value`, `name`), and what is wrong in it, with the place of the text.
pub type BadEntry = Box<(String, Range<usize>, BadText)>;

/// Inserts values into a definition, and says which were used in its measure.
///
/// # Errors
/// The first text that names an unknown parameter, or has a brace alone.
pub fn fill(tree: &mut Table, values: &Values) -> Result<BTreeSet<String>, BadEntry> {
    let mut in_words = BTreeSet::new();
    for key in WORDS {
        if let Some((_, entry)) = tree.get_mut(key)
            && let Item::Text(text) = &entry.item
        {
            let text = insert(text, Style::Plain, values, &mut in_words)
                .map_err(|bad| Box::new((key.to_owned(), entry.span.clone(), bad)))?;
            entry.item = Item::Text(text);
        }
    }
    let mut used = BTreeSet::new();
    if let Some((_, entry)) = tree.get_mut("measure")
        && let Item::Table(measure) = &mut entry.item
    {
        for (key, (_, entry)) in measure.iter_mut() {
            fill_entry(key, entry, values, &mut used)?;
        }
    }
    Ok(used)
}

fn fill_entry(
    key: &str,
    entry: &mut Entry,
    values: &Values,
    used: &mut BTreeSet<String>,
) -> Result<(), BadEntry> {
    match &mut entry.item {
        Item::Literal(_) => {}
        Item::Array(list) => {
            for each in list {
                fill_entry(key, each, values, used)?;
            }
        }
        Item::Table(table) => {
            for (_, each) in table.values_mut() {
                fill_entry(key, each, values, used)?;
            }
        }
        Item::Text(text) => {
            let whole = text
                .strip_prefix('{')
                .and_then(|t| t.strip_suffix('}'))
                .and_then(|name| values.get_key_value(name));
            entry.item = match whole {
                Some((name, value)) if !SQL.contains(&key) => {
                    used.insert(name.clone());
                    value.item()
                }
                _ => {
                    let style = if NAMES.contains(&key) {
                        Style::Plain
                    } else {
                        Style::Sql
                    };
                    let filled = insert(text, style, values, used)
                        .map_err(|bad| Box::new((key.to_owned(), entry.span.clone(), bad)))?;
                    Item::Text(filled)
                }
            };
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values {
        let text = "n = -2\nx = 0.5\nname = \"l'Hospitalet\"\nday = 2020-01-31\nbig = 1_000\n";
        let table: toml::Table = toml::from_str(text).unwrap_or_default();
        let each =
            |(name, value): (&String, &toml::Value)| Some((name.clone(), Value::new(value)?));
        table.iter().filter_map(each).collect()
    }

    fn sql(text: &str) -> Result<String, String> {
        insert(text, Style::Sql, &values(), &mut BTreeSet::new()).map_err(|bad| bad.message)
    }

    #[test]
    fn values_are_literals_in_sql() {
        let cases = [
            ("a -{n}", "a -(-2)"),
            ("a > {x}", "a > 0.5"),
            ("a > {big}", "a > 1000"),
            ("town = {name}", "town = 'l''Hospitalet'"),
            ("town = '{name}'", "town = 'l''Hospitalet'"),
            ("town LIKE '%{name} %'", "town LIKE '%l''Hospitalet %'"),
            ("SUM(\"{name}\")", "SUM(\"l'Hospitalet\")"),
            ("'it''s' || {name}", "'it''s' || 'l''Hospitalet'"),
            ("day < {day}", "day < DATE '2020-01-31'"),
            ("day = '{day}'", "day = '2020-01-31'"),
            ("note = '{{x}}'", "note = '{x}'"),
        ];
        for (text, wanted) in cases {
            assert_eq!(sql(text).as_deref(), Ok(wanted));
        }
    }

    #[test]
    fn values_are_plain_in_words() {
        let text = "within {n} of {name} since {day}, {{or}} not";
        let filled = insert(text, Style::Plain, &values(), &mut BTreeSet::new());
        assert_eq!(
            filled.ok().as_deref(),
            Some("within -2 of l'Hospitalet since 2020-01-31, {or} not")
        );
    }

    #[test]
    fn braces_alone_and_unknown_names_are_refused() {
        assert_eq!(sql("a > {nn}"), Err("There is no parameter `nn`.".into()));
        for text in ["a > {", "a > { x }", "a > x}", "a > {}", "{{{"] {
            assert!(sql(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_text_or_day_is_no_value() {
        let text = "a = inf\nb = true\nc = [1]\nd = 2020-01-31T10:00:00\n";
        let table: toml::Table = toml::from_str(text).unwrap_or_default();
        assert_eq!(table.len(), 4);
        assert!(table.values().all(|v| Value::new(v).is_none()));
    }
}
