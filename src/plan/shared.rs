//! Sums of what several rows share: a value of a parent table, which a sum adds once for each row that leads to it.

use super::resolve::resolve;
use super::scan::{Condition, Scan, What};
use crate::dataset::{Dataset, Table};
use crate::indicator::formula::node::{Aggregate, AggregateFunction, Formula, Node, NodeKind, Op};

/// A sum of values of a parent table.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// The parent table.
    pub parent: String,
    /// The column of the parent table.
    pub column: String,
    /// The column as the formula names it.
    pub path: String,
    /// Which row of the parent a row leads to; missing where it adds nothing.
    pub key: Node,
}

impl Shared {
    /// Has a scan count, of the rows that meet these conditions, those that add something and the different parents that they lead to:
    /// the sum, the collector of the parents, and the component of the rows.
    pub(super) fn counted(
        &self,
        scan: &mut Scan,
        complete: &[Condition],
    ) -> (Shared, usize, usize) {
        let expression = scan.expression(&self.key);
        let mut leading = complete.to_vec();
        leading.push(Condition::Present(expression));
        let mask = scan.mask(leading);
        let rows = scan.component(mask, What::Count, false);
        (self.clone(), scan.collector(mask, expression, true), rows)
    }

    /// Why the sum is none, and what to do.
    pub fn why(&self, table: &str) -> (String, String) {
        let Shared {
            parent,
            column,
            path,
            ..
        } = self;
        (
            format!(
                "Where several rows of {table} lead to one row of {parent}, SUM({path}) would add the {column} of {parent} once for each of them."
            ),
            format!(
                "Use AVG({path}), or an indicator over the table {parent} with SUM({column}), and a derived one where it is set against another."
            ),
        )
    }
}

/// The sums of a formula that add values of a parent table as they are. A value of the row times one of its parent is the row's own.
pub(super) fn shared(formula: &Formula, (dataset, table): (&Dataset, &Table)) -> Vec<Shared> {
    let sums = formula.aggregates.iter();
    let sums = sums.filter(|a| a.function == AggregateFunction::Sum && a.pick.is_none());
    sums.filter_map(|sum| of(sum, (dataset, table))).collect()
}

fn of(sum: &Aggregate, (dataset, table): (&Dataset, &Table)) -> Option<Shared> {
    let argument = sum.arguments.first()?;
    let mut paths = Vec::new();
    added(argument, (dataset, table), &mut paths);
    let path = paths.into_iter().next()?;
    let found = resolve(dataset, table, &path).ok()?;
    let join = found.joins.last()?;
    let mut way: Vec<String> = path.get(..found.joins.len() - 1)?.to_vec();
    way.push(join.column.clone());
    resolve(dataset, table, &way).ok()?;
    let zero = Node::synthetic(NodeKind::Number(0.0));
    let adds = Node::call(Op::NotEqual, vec![argument.clone(), zero]);
    let adds = match &sum.filter {
        Some(filter) => Node::call(Op::And, vec![filter.clone(), adds]),
        None => adds,
    };
    let way = Node::synthetic(NodeKind::Column(way));
    let none = Node::synthetic(NodeKind::Null);
    Some(Shared {
        parent: join.table.clone(),
        column: found.column,
        path: path.join("."),
        key: Node::call(Op::Case, vec![adds, way, none]),
    })
}

/// Columns of parents among what an expression adds up to. Gives whether there is nothing of the row itself in it.
fn added(node: &Node, on: (&Dataset, &Table), found: &mut Vec<Vec<String>>) -> bool {
    let each = |parts: &[Node], found: &mut Vec<Vec<String>>| {
        let of_parents: Vec<bool> = parts.iter().map(|part| added(part, on, found)).collect();
        of_parents.into_iter().all(|of_parent| of_parent)
    };
    match &node.kind {
        NodeKind::Column(path) => {
            let of_parent = resolve(on.0, on.1, path).is_ok_and(|to| !to.joins.is_empty());
            if of_parent {
                found.push(path.clone());
            }
            of_parent
        }
        NodeKind::Call(op, parts) => match (op, parts.as_slice()) {
            // What belongs to the row alone makes the product its own.
            (Op::Multiply | Op::Divide, parts) => {
                let mut inner = Vec::new();
                let of_parent = each(parts, &mut inner);
                if of_parent {
                    found.append(&mut inner);
                }
                of_parent
            }
            (Op::Case, parts) => {
                let results = parts.chunks(2).map(|pair| pair.last());
                let results: Vec<Node> = results.flatten().cloned().collect();
                each(&results, found)
            }
            (Op::NullIf, [first, ..]) => added(first, on, found),
            (
                Op::Add
                | Op::Subtract
                | Op::Negate
                | Op::Abs
                | Op::Round
                | Op::Floor
                | Op::Ceil
                | Op::Coalesce
                | Op::Greatest
                | Op::Least,
                parts,
            ) => each(parts, found),
            _ => false,
        },
        NodeKind::Number(_) | NodeKind::Null => true,
        _ => false,
    }
}
