//! Rows of a table read one by one, with the keys that place them: for measures that sums don't give.

use super::apart::Overlap;
use super::resolve::{formula_type, resolve};
use super::scan::Scan;
use super::{add_column, column, lower_first};
use crate::dataset::{Dataset, Table};
use crate::finding::Finding;
use crate::indicator::fault_finding;
use crate::indicator::formula::check;
use crate::indicator::formula::node::{Fault, Node, NodeKind};
use crate::indicator::measure::{Field, Input, Wants};

/// What is read of each row of a table.
#[derive(Debug, Clone, Default)]
pub struct Extract {
    /// The table, its columns, expressions and keys. It has no components: nothing is added up.
    pub scan: Scan,
    /// Expression of the filter.
    pub filter: Option<usize>,
    /// Fields: expression, and the type to read it as.
    pub fields: Vec<(usize, Wants)>,
    /// Whether a row without the field is left out, with the reason then given.
    pub required: Vec<Option<String>>,
    /// Values of which rows that are put together may have one only, by field.
    pub overlapping: Vec<(Overlap, usize)>,
    /// Key of the programme, where the table says which one a row belongs to.
    pub programme: Option<usize>,
}

/// Adds to `extract` what an input reads.
pub fn read(extract: &mut Extract, input: &Input, dataset: &Dataset, table: &Table) {
    let columns = |path: &[String]| {
        resolve(dataset, table, path)
            .map(|found| formula_type(found.r#type))
            .map_err(|unresolved| (unresolved.message, unresolved.help))
    };
    let is_there = |field: &&Field| {
        let found = check::of(&field.node, &columns);
        !field.if_there || found.is_ok_and(|found| field.wants.takes(found))
    };
    let more = input.fields.iter().filter(|f| f.if_there);
    let more = more.filter(is_there).map(|f| &f.node);
    for node in input.nodes().chain(more) {
        let mut paths = Vec::new();
        node.columns(&mut paths);
        for path in paths {
            if let Ok(found) = resolve(dataset, table, &path) {
                add_column(&mut extract.scan, path, found);
            }
        }
    }
    extract.filter = input
        .filter
        .as_ref()
        .map(|(_, node)| extract.scan.expression(node));
    for field in &input.fields {
        let expression = match is_there(&field) {
            true => extract.scan.expression(&field.node),
            false => extract.scan.expression(&Node::synthetic(NodeKind::Null)),
        };
        extract.fields.push((expression, field.wants));
        let reason = format!("{} missing or unusable", field.node);
        extract.required.push(field.required.then_some(reason));
    }
}

/// Adds fields with values that must not meet.
pub fn keep_apart(
    extract: &mut Extract,
    overlapping: Vec<Overlap>,
    dataset: &Dataset,
    table: &Table,
) {
    for overlap in overlapping {
        let mut paths = Vec::new();
        overlap.node.columns(&mut paths);
        for path in paths {
            if let Ok(found) = resolve(dataset, table, &path) {
                add_column(&mut extract.scan, path, found);
            }
        }
        let expression = extract.scan.expression(&overlap.node);
        extract.overlapping.push((overlap, extract.fields.len()));
        extract.fields.push((expression, Wants::Label));
        extract.required.push(None);
    }
}

/// Key of the programme of a table's rows.
pub fn programme_key(scan: &mut Scan, dataset: &Dataset, table: &Table) -> Option<usize> {
    let name = super::resolve::programme_column(dataset, table)?;
    let expression = column(scan, dataset, table, &[name])?;
    Some(scan.key(super::scan::Key::Column(expression)))
}

/// Checks columns and types of an input against its table.
///
/// # Errors
/// A finding with the expression underlined.
pub fn check_input(input: &Input, dataset: &Dataset, table: &Table) -> Result<(), Box<Finding>> {
    let columns = |path: &[String]| {
        resolve(dataset, table, path)
            .map(|found| formula_type(found.r#type))
            .map_err(|unresolved| (unresolved.message, unresolved.help))
    };
    if let Some((text, node)) = &input.filter {
        check::filter(node, &columns)
            .map_err(|fault| Box::new(fault_finding(&fault, text, input.filter_key)))?;
    }
    for field in input.fields.iter().filter(|f| !f.if_there) {
        let fault = match check::of(&field.node, &columns) {
            Err(fault) => fault,
            Ok(found) if field.wants.takes(found) => continue,
            Ok(found) => Fault::new(
                "formula-type",
                field.node.span,
                format!("Expected {}, found a {}.", field.wants.name(), found.name()),
                format!(
                    "`{}` needs {}: name another column, or an expression that gives one.",
                    field.key,
                    field.wants.name()
                ),
            ),
        };
        return Err(Box::new(fault_finding(&fault, &field.text, field.key)));
    }
    Ok(())
}

/// The reason of a finding as part of a sentence.
pub fn reason(finding: &Finding) -> String {
    lower_first(finding.message.trim_end_matches('.'))
}
