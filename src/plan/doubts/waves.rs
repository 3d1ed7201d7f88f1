//! Waves of an effect that do not occur in a column of numbers, days or truth values, and waves in an order that turns time round.

use super::Looked;
use crate::dataset::{Column, Table, Type};
use crate::evaluation::EffectSetting;
use crate::finding::{Finding, Findings};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Waves that are named in a message.
const NAMED: usize = 8;

/// Words of a wave before, and of one after (English, Dutch, French, Spanish, Catalan, German, Italian, Portuguese, Turkish).
const BEFORE: [&str; 16] = [
    "baseline",
    "before",
    "pre",
    "pretest",
    "t0",
    "nulmeting",
    "vooraf",
    "avant",
    "antes",
    "abans",
    "vorher",
    "prima",
    "önce",
    "t-0",
    "start",
    "begin",
];
const AFTER: [&str; 16] = [
    "endline", "after", "post", "posttest", "followup", "follow", "t1", "nameting", "achteraf",
    "après", "apres", "después", "depois", "després", "nachher", "sonra",
];

/// A wave as something that has an order.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Moment {
    Number(f64),
    /// Days since 1970-01-01, or another count in the order of days.
    Day(i64),
}

fn moment(label: &str) -> Option<Moment> {
    let label = label.trim();
    if let Ok(number) = label.parse::<f64>() {
        return number.is_finite().then_some(Moment::Number(number));
    }
    let mut parts = label.split('-');
    let mut part = || parts.next().and_then(|p| p.parse::<i64>().ok());
    let (year, month, day) = (part()?, part()?, part().unwrap_or(1));
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day) && year > 31;
    is_day.then_some(Moment::Day((year * 12 + month) * 31 + day))
}

/// Looks at the waves of an effect over a table.
pub(super) fn look(
    looked: &Looked<'_>,
    effect: &EffectSetting,
    table: &Table,
    findings: &mut Findings,
) {
    let (Some((first, second)), Some(wave)) = (&effect.waves, &table.meaning.wave) else {
        return;
    };
    let Some(column) = table.column(wave) else {
        return;
    };
    if turned(first, second) {
        let message = format!(
            "`waves` of the effect `{}` names `{first}` before `{second}`, which is the earlier: every change would have the opposite sign.",
            effect.name()
        );
        let help = format!(
            "Name the earlier first: waves = [{}, {}].",
            shown(second, column),
            shown(first, column)
        );
        findings.push(
            Finding::warning("evaluation-waves-turned", message, help)
                .in_file("evaluation.toml")
                .in_column("effect.waves"),
        );
    }
    if !matches!(column.r#type, Type::Number | Type::Date | Type::Boolean) {
        return;
    }
    let Some(cells) = looked.texts(table, wave) else {
        return;
    };
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for cell in cells.iter().flatten() {
        *found.entry(cell.clone()).or_default() += 1;
    }
    if found.is_empty() {
        return;
    }
    for label in [first, second] {
        if found.keys().any(|value| is_same(value, label)) {
            continue;
        }
        let mut values: Vec<&str> = found.keys().map(String::as_str).collect();
        values.sort_by(|a, b| {
            let order = moment(a).partial_cmp(&moment(b));
            order.unwrap_or(Ordering::Equal)
        });
        let listed: Vec<String> = values
            .iter()
            .take(NAMED)
            .map(|v| format!("`{v}`"))
            .collect();
        let more = match values.len().saturating_sub(NAMED) {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        let message = format!(
            "`waves` of the effect `{}` asks for `{label}` in the column `{wave}` of table `{}`, which does not occur there. There are {}{more}.",
            effect.name(),
            table.name,
            listed.join(", ")
        );
        let help = "Name two of these, the earlier first.";
        findings.push(
            Finding::warning("evaluation-value-not-there", message, help)
                .in_file("evaluation.toml")
                .in_column("effect.waves")
                .with_value(label),
        );
    }
}

/// A wave as it is written in the evaluation file.
fn shown(label: &str, column: &Column) -> String {
    match column.r#type {
        Type::Text | Type::List => format!("\"{label}\""),
        _ => label.to_owned(),
    }
}

fn is_same(value: &str, label: &str) -> bool {
    value == label.trim() || moment(value).is_some_and(|m| Some(m) == moment(label))
}

/// Whether the first of two waves is the later one, as far as their names tell.
fn turned(first: &str, second: &str) -> bool {
    if let (Some(first), Some(second)) = (moment(first), moment(second)) {
        return first.partial_cmp(&second) == Some(Ordering::Greater);
    }
    let says = |label: &str, words: &[&str]| {
        let lower = label.to_lowercase();
        let mut parts = lower.split(|c: char| !c.is_alphanumeric());
        parts.any(|part| words.contains(&part))
    };
    says(first, &AFTER) && says(second, &BEFORE) && !says(first, &BEFORE) && !says(second, &AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_that_turn_time_round() {
        for (first, second, wrong) in [
            ("2021", "2018", true),
            ("2018", "2021", false),
            ("2021-06-01", "2018-06-01", true),
            ("2018-12", "2019-01", false),
            ("endline", "baseline", true),
            ("baseline", "endline", false),
            ("false", "true", false),
            ("b", "a", false),
        ] {
            assert_eq!(turned(first, second), wrong, "{first} {second}");
        }
        assert!(is_same("2018", "2018.0"));
        assert!(!is_same("2018", "2020"));
    }
}
