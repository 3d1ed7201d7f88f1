//! Covariates that one of the compared groups lacks altogether.

use super::Looked;
use crate::dataset::Table;
use crate::finding::{Finding, Findings};
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::indicator::formula::parse;
use std::rc::Rc;

pub(super) fn look(looked: &Looked<'_>, findings: &mut Findings) {
    for effect in &looked.evaluation.effects {
        let treated = effect.treated.as_ref().and_then(|t| parse::row(t).ok());
        let patterns = effect.indicators.iter();
        let mut found = patterns
            .filter_map(|p| looked.catalogue.matching(p).ok())
            .flatten();
        let table = found.find_map(|i| looked.dataset.table(i.table.as_deref()?));
        let (Some(treated), Some(table)) = (treated, table) else {
            continue;
        };
        let Some(groups) = groups(looked, table, &treated) else {
            continue;
        };
        for name in &effect.covariates {
            let Some(cells) = looked.texts(table, name) else {
                continue;
            };
            for (group, words) in [(true, "who had the programme"), (false, "who had it not")] {
                let of = |own: bool| {
                    let rows = groups.iter().zip(cells.iter());
                    rows.filter(move |(g, _)| **g == Some(own))
                };
                let rows = of(group).count();
                let known = of(group).filter(|(_, cell)| cell.is_some()).count();
                let others = of(!group).filter(|(_, cell)| cell.is_some()).count();
                if rows == 0 || known > 0 || others == 0 {
                    continue;
                }
                let message = format!(
                    "The covariate `{name}` of the effect `{}` is missing in all {rows} rows of those {words}, so that no row of theirs can be compared.",
                    effect.name()
                );
                let help = "Fill it in, or leave it out of `covariates`.";
                findings.push(
                    Finding::warning("evaluation-covariate-missing", message, help)
                        .in_file("evaluation.toml")
                        .in_column("effect.covariates")
                        .with_value(name),
                );
            }
        }
    }
}

/// Group of each row; `None` where the condition asks for more than columns of the table against values.
fn groups(looked: &Looked<'_>, table: &Table, treated: &Node) -> Option<Vec<Option<bool>>> {
    let mut paths = Vec::new();
    treated.columns(&mut paths);
    let mut columns = Vec::with_capacity(paths.len());
    for path in &paths {
        let [name] = path.as_slice() else {
            return None;
        };
        columns.push((name.as_str(), looked.texts(table, name)?));
    }
    let rows = columns.first()?.1.len();
    (0..rows).map(|row| truth(treated, &columns, row)).collect()
}

type Columns<'a> = [(&'a str, Rc<Vec<Option<String>>>)];

/// Whether a condition holds in a row (`Some(None)`: it can't be decided); `None` where it is of another kind.
fn truth(node: &Node, columns: &Columns<'_>, row: usize) -> Option<Option<bool>> {
    let cell = |node: &Node| -> Option<Option<String>> {
        match &node.kind {
            NodeKind::Column(path) => {
                let (_, cells) = columns
                    .iter()
                    .find(|(name, _)| Some(*name) == path.last().map(String::as_str))?;
                cells.get(row).cloned()
            }
            NodeKind::Text(text) => Some(Some(text.clone())),
            NodeKind::Number(x) => Some(Some(x.to_string())),
            NodeKind::Boolean(b) => Some(Some(if *b { "yes" } else { "no" }.to_owned())),
            _ => None,
        }
    };
    match &node.kind {
        NodeKind::Column(_) => Some(match cell(node)?.as_deref() {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        }),
        NodeKind::Call(op, arguments) => match (op, arguments.as_slice()) {
            (Op::Not, [inner]) => Some(truth(inner, columns, row)?.map(|t| !t)),
            (Op::Equal | Op::NotEqual, [left, right]) => {
                let (left, right) = (cell(left)?, cell(right)?);
                let same = left.zip(right).map(|(a, b)| a == b);
                Some(same.map(|t| t == (*op == Op::Equal)))
            }
            (Op::In, [value, rest @ ..]) => {
                let value = cell(value)?;
                let all: Option<Vec<Option<String>>> = rest.iter().map(cell).collect();
                Some(value.clone().zip(all).map(|(_, all)| all.contains(&value)))
            }
            (Op::And | Op::Or, [left, right]) => {
                let (left, right) = (truth(left, columns, row)?, truth(right, columns, row)?);
                let decides = *op == Op::Or;
                Some(match (left, right) {
                    (Some(t), _) | (_, Some(t)) if t == decides => Some(decides),
                    (Some(_), Some(_)) => Some(!decides),
                    _ => None,
                })
            }
            (Op::IsMissing, [inner]) => Some(Some(cell(inner)?.is_none())),
            (Op::IsPresent, [inner]) => Some(Some(cell(inner)?.is_some())),
            _ => None,
        },
        _ => None,
    }
}
