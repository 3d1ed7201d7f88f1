//! What the figures about the rows of a table rest on: which rows, and what is added up over them.

use crate::engine::classes::Telling;
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::plan::scan::{Component, Condition, Key, Scan, What};

/// An unknown of every class.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// Its rows.
    Rows,
    /// The sum of their weights.
    Weight,
    /// The sum of an expression, each row times its weight where the second says so.
    Sum(usize, bool),
    /// The sum of a product of two expressions.
    Product(usize, usize, bool),
    /// What different values, or the last rows of series, add to a figure: by the number of the collector or picker.
    Unadded(bool, usize),
}

/// Something by which rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bit {
    /// They are in a mask.
    Mask(usize),
    /// An expression has another number than zero there.
    Amount(usize),
    /// They have a mark.
    Mark(usize),
}

/// A part of a sum: a term over the rows that have all these bits, or have them not.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What is added up.
    pub term: Term,
    /// What tells the rows: with a bit, or without it.
    pub bits: Vec<(Bit, bool)>,
    /// What it is multiplied by.
    pub factor: f64,
}

/// What the figures of one table are told apart by, gathered from the scans and extracts that read it.
#[derive(Default)]
pub struct Reading {
    /// What is asked of the pass over the table.
    pub telling: Telling,
}

impl Reading {
    /// Index of an expression of another scan of the same table.
    pub fn expression(&mut self, node: &Node, from: &Scan) -> usize {
        let mut paths = Vec::new();
        node.columns(&mut paths);
        let scan = &mut self.telling.scan;
        for path in paths {
            let known = scan.columns.iter().any(|(p, _)| *p == path);
            let found = from.columns.iter().find(|(p, _)| *p == path);
            if let (false, Some(found)) = (known, found) {
                scan.columns.push(found.clone());
            }
        }
        scan.expression(node)
    }

    fn imported(&mut self, at: usize, from: &Scan) -> usize {
        let null = Node::synthetic(NodeKind::Null);
        let node = from.expressions.get(at).unwrap_or(&null).clone();
        self.expression(&node, from)
    }

    /// Index of a key of another scan.
    pub fn key(&mut self, at: usize, from: &Scan) -> Option<usize> {
        let key = match from.keys.get(at)? {
            Key::Column(e) => Key::Column(self.imported(*e, from)),
            Key::Period(e, period) => Key::Period(self.imported(*e, from), *period),
            Key::Row => Key::Row,
        };
        Some(self.telling.scan.key(key))
    }

    /// Index of a mask of another scan.
    pub fn mask(&mut self, at: usize, from: &Scan) -> usize {
        let conditions = from.masks.get(at).cloned().unwrap_or_default();
        let mut own = |e: usize| self.imported(e, from);
        let conditions = conditions
            .into_iter()
            .map(|condition| match condition {
                Condition::True(e) => Condition::True(own(e)),
                Condition::False(e) => Condition::False(own(e)),
                Condition::Missing(e) => Condition::Missing(own(e)),
                Condition::Present(e) => Condition::Present(own(e)),
                Condition::PresentWhere(e, f) => Condition::PresentWhere(own(e), own(f)),
                Condition::MissingWhere(e, f) => Condition::MissingWhere(own(e), own(f)),
            })
            .collect();
        self.telling.scan.mask(conditions)
    }

    /// What a component of another scan adds up; nothing for the smallest and largest value.
    pub fn component(&mut self, component: &Component, from: &Scan) -> Vec<Part> {
        let mask = (Bit::Mask(self.mask(component.mask, from)), true);
        let weighted = component.weighted && from.is_weighted();
        let one = |term| Part {
            term,
            bits: vec![mask],
            factor: 1.0,
        };
        match component.what {
            What::Count if weighted => vec![one(Term::Weight)],
            What::Count => vec![one(Term::Rows)],
            What::Sum(e) | What::Shifted(e) => {
                let null = Node::synthetic(NodeKind::Null);
                let node = from.expressions.get(e).unwrap_or(&null).clone();
                let mut parts = Vec::new();
                self.sum(&node, from, (vec![mask], 1.0), weighted, &mut parts);
                parts
            }
            What::Product(x, y) => {
                let (x, y) = (self.imported(x, from), self.imported(y, from));
                vec![one(Term::Product(x, y, weighted))]
            }
            What::Minimum(_) | What::Maximum(_) => vec![],
        }
    }

    /// Takes a sum apart into sums that other figures may know: of the branches of a condition, of the terms of a sum.
    fn sum(
        &mut self,
        node: &Node,
        from: &Scan,
        (bits, factor): (Vec<(Bit, bool)>, f64),
        weighted: bool,
        parts: &mut Vec<Part>,
    ) {
        let count = if weighted { Term::Weight } else { Term::Rows };
        match &node.kind {
            NodeKind::Null => {}
            NodeKind::Number(x) => {
                if *x != 0.0 {
                    parts.push(Part {
                        term: count,
                        bits,
                        factor: factor * x,
                    });
                }
            }
            NodeKind::Call(Op::Case, branches) => {
                let mut rest = bits;
                let pairs = branches.chunks_exact(2);
                let otherwise = pairs.remainder().first();
                for pair in pairs {
                    let [condition, result] = pair else { continue };
                    let condition = self.expression(condition, from);
                    let mask = self.telling.scan.mask(vec![Condition::True(condition)]);
                    let mut here = rest.clone();
                    here.push((Bit::Mask(mask), true));
                    self.sum(result, from, (here, factor), weighted, parts);
                    rest.push((Bit::Mask(mask), false));
                }
                if let Some(otherwise) = otherwise {
                    self.sum(otherwise, from, (rest, factor), weighted, parts);
                }
            }
            NodeKind::Call(Op::Negate, arguments) => {
                for argument in arguments {
                    self.sum(argument, from, (bits.clone(), -factor), weighted, parts);
                }
            }
            NodeKind::Call(op @ (Op::Add | Op::Subtract), arguments) => {
                for (at, argument) in arguments.iter().enumerate() {
                    let sign = if at > 0 && *op == Op::Subtract {
                        -1.0
                    } else {
                        1.0
                    };
                    self.sum(
                        argument,
                        from,
                        (bits.clone(), sign * factor),
                        weighted,
                        parts,
                    );
                }
            }
            NodeKind::Call(Op::Multiply, arguments) => match arguments.as_slice() {
                [
                    Node {
                        kind: NodeKind::Number(x),
                        ..
                    },
                    other,
                ]
                | [
                    other,
                    Node {
                        kind: NodeKind::Number(x),
                        ..
                    },
                ] => {
                    self.sum(other, from, (bits, factor * x), weighted, parts);
                }
                _ => self.amount(node, from, (bits, factor), weighted, parts),
            },
            _ => self.amount(node, from, (bits, factor), weighted, parts),
        }
    }

    /// Index of an expression of another scan among those that are added up.
    pub fn amount_of(&mut self, node: &Node, from: &Scan) -> usize {
        let expression = self.expression(node, from);
        let amounts = &mut self.telling.amounts;
        match amounts.iter().position(|e| *e == expression) {
            Some(at) => at,
            None => {
                amounts.push(expression);
                amounts.len() - 1
            }
        }
    }

    /// The sum of an expression that is not taken apart: over the rows in which it is not zero.
    fn amount(
        &mut self,
        node: &Node,
        from: &Scan,
        (mut bits, factor): (Vec<(Bit, bool)>, f64),
        weighted: bool,
        parts: &mut Vec<Part>,
    ) {
        let at = self.amount_of(node, from);
        bits.push((Bit::Amount(at), true));
        parts.push(Part {
            term: Term::Sum(at, weighted),
            bits,
            factor,
        });
    }
}
