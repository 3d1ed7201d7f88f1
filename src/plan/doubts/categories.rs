//! Values in filters, treatments and waves that do not occur in the data.

use super::{Looked, waves};
use crate::dataset::{Column, Table, Type};
use crate::finding::{Finding, Findings, nearest};
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::indicator::formula::parse;
use std::collections::BTreeSet;

/// Values of a column that are named in a message.
const NAMED: usize = 8;

/// A value that so many rows about persons share tells of none of them.
const SHARED: usize = 5;

/// So many values of persons are looked at.
const MOST_LOOKED_AT: usize = 100;

/// A text that an expression compares a column with.
struct Compared<'n> {
    path: &'n [String],
    /// LOWER or UPPER around the column.
    changed: Option<Op>,
    text: &'n str,
}

/// Every text that a column is compared with, as its whole value.
fn compared<'n>(node: &'n Node, found: &mut Vec<Compared<'n>>) {
    let NodeKind::Call(op, arguments) = &node.kind else {
        return;
    };
    if matches!(op, Op::Equal | Op::NotEqual | Op::In | Op::Has | Op::HasAny) {
        let columns = arguments.iter().filter_map(|a| plain(a, None));
        let texts = arguments.iter().filter_map(|a| match &a.kind {
            NodeKind::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let texts: Vec<&str> = texts.collect();
        let columns: Vec<(&[String], Option<Op>)> = columns.collect();
        // Of two columns it is not known which is to have the value.
        if let [(path, changed)] = columns.as_slice() {
            found.extend(texts.into_iter().map(|text| Compared {
                path,
                changed: *changed,
                text,
            }));
        }
    }
    arguments.iter().for_each(|a| compared(a, found));
}

/// The column that an expression is but for the case of its letters.
fn plain(node: &Node, changed: Option<Op>) -> Option<(&[String], Option<Op>)> {
    match &node.kind {
        NodeKind::Column(path) => Some((path, changed)),
        NodeKind::Call(op @ (Op::Lower | Op::Upper | Op::Trim), arguments) => {
            let changed = if *op == Op::Trim { changed } else { Some(*op) };
            plain(arguments.first()?, changed)
        }
        _ => None,
    }
}

/// A value without what people write in different ways.
fn loose(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.collect::<String>().to_lowercase()
}

/// Where a value is asked for.
struct Where<'w> {
    words: String,
    file: &'w str,
    key: String,
    /// Whether only values that are there in another spelling are told: the library asks for what many programmes don't have.
    spelling: bool,
}

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    let mut told = BTreeSet::new();
    for item in looked.items() {
        let indicator = &item.indicator;
        let place = Where {
            words: format!("`{}`", indicator.id),
            file: &indicator.file,
            key: "measure".to_owned(),
            spelling: indicator.builtin,
        };
        for (table, node) in looked.nodes(&indicator.measure) {
            ask(looked, table, node, &place, &mut told, findings);
        }
    }
    for effect in &looked.evaluation.effects {
        let patterns = effect.indicators.iter();
        let mut ids = patterns
            .filter_map(|p| looked.catalogue.matching(p).ok())
            .flatten();
        let Some(table) = ids.find_map(|i| looked.dataset.table(i.table.as_deref()?)) else {
            continue;
        };
        waves::look(looked, effect, table, findings);
        if let (Some((first, second)), Some(wave)) = (&effect.waves, &table.meaning.wave) {
            for label in [first, second] {
                let column = Node::synthetic(NodeKind::Column(vec![wave.clone()]));
                let text = Node::synthetic(NodeKind::Text(label.clone()));
                let place = Where {
                    words: format!("`waves` of the effect `{}`", effect.name()),
                    file: "evaluation.toml",
                    key: "effect.waves".to_owned(),
                    spelling: false,
                };
                let node = Node::call(Op::Equal, vec![column, text]);
                ask(looked, table, &node, &place, &mut told, findings);
            }
        }
        let texts = [
            ("treated", &effect.treated),
            ("where", &effect.filter),
            ("before", &effect.before),
            ("after", &effect.after),
            ("control", &effect.control),
        ];
        for (key, text) in texts {
            let Some(Ok(node)) = text.as_ref().map(|t| parse::row(t)) else {
                continue;
            };
            let place = Where {
                words: format!("`{key}` of the effect `{}`", effect.name()),
                file: "evaluation.toml",
                key: format!("effect.{key}"),
                spelling: false,
            };
            ask(looked, table, &node, &place, &mut told, findings);
        }
    }
}

fn ask<'a>(
    looked: &Looked<'a>,
    table: &'a Table,
    node: &Node,
    place: &Where<'_>,
    told: &mut BTreeSet<(String, String, String)>,
    findings: &mut Findings,
) {
    let mut texts = Vec::new();
    compared(node, &mut texts);
    for asked in texts {
        let Some((holder, column)) = looked.column(table, asked.path) else {
            continue;
        };
        let key = (
            holder.name.clone(),
            column.name.clone(),
            format!("{} {}", place.words, asked.text),
        );
        if !told.contains(&key)
            && let Some(finding) = missing(looked, holder, column, &asked, place)
        {
            told.insert(key);
            findings.push(finding);
        }
    }
}

fn missing(
    looked: &Looked<'_>,
    table: &Table,
    column: &Column,
    asked: &Compared<'_>,
    place: &Where<'_>,
) -> Option<Finding> {
    if !matches!(column.r#type, Type::Text | Type::List) {
        return None;
    }
    // What is declared may occur: that it does not is known to who declared it.
    if column
        .categories
        .iter()
        .any(|(value, _)| value == asked.text)
    {
        return None;
    }
    let cells = looked.texts(table, &column.name)?;
    let values: BTreeSet<&str> = cells.iter().flatten().map(String::as_str).collect();
    let same = |value: &str| match asked.changed {
        Some(Op::Lower) => value.to_lowercase() == asked.text,
        Some(Op::Upper) => value.to_uppercase() == asked.text,
        _ => value == asked.text,
    };
    let is_list = column.r#type == Type::List;
    let occurs = |value: &&str| same(value) || (is_list && value.contains(asked.text));
    if values.is_empty() || values.iter().any(occurs) {
        return None;
    }
    let spelt = values
        .iter()
        .find(|v| loose(v) == loose(asked.text))
        .copied();
    if place.spelling && spelt.is_none() {
        return None;
    }
    // What few persons have is not named.
    let hidden = table.of_persons();
    let shared = |value: &&str| {
        let rows = cells
            .iter()
            .flatten()
            .filter(|cell| cell.as_str() == *value);
        rows.take(SHARED).count() == SHARED
    };
    let values: BTreeSet<&str> = match hidden {
        true => values
            .into_iter()
            .take(MOST_LOOKED_AT)
            .filter(shared)
            .collect(),
        false => values,
    };
    let spelt = spelt.filter(|spelt| values.contains(spelt));
    let shown: Vec<String> = values
        .iter()
        .take(NAMED)
        .map(|v| format!("`{v}`"))
        .collect();
    let more = match values.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let there = match shown.is_empty() {
        true => String::new(),
        false => format!(" There are {}{more}.", shown.join(", ")),
    };
    let message = format!(
        "{} asks for `{}` in the column `{}` of table `{}`, which does not occur there.{there}",
        place.words, asked.text, column.name, table.name,
    );
    let near = spelt.or_else(|| nearest(asked.text, values.iter().copied()));
    let help = match near {
        Some(near) if place.spelling => format!(
            "Write `{}` in the data in place of `{near}`, or use a definition of your own.",
            asked.text
        ),
        Some(near) => format!("Did you mean `{near}`?"),
        None => "Use a value that occurs, or leave the condition out.".to_owned(),
    };
    let finding = Finding::warning("evaluation-value-not-there", message, help);
    Some(
        finding
            .in_file(place.file)
            .in_column(&place.key)
            .with_value(asked.text),
    )
}
