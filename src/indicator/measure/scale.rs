//! `scale`: a score from several items. The score is a formula; how well the items hang together is read beside it.

use super::words::line;
use super::{Input, Measure, MeasureFault, Records, Rows, Wants, What, refused};
use crate::indicator::definition::MissingRule;
use crate::indicator::formula::node::{
    Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Span, Value,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A score from several items that ask about the same thing.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleFile {
    /// Role of a table, or a resource's name.
    pub table: String,
    /// Filter, SQL.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Columns or row expressions with the answers: numbers or truth values.
    pub items: Vec<String>,
    /// Those of the items in which a high answer means little: they are turned round.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reverse: Vec<String>,
    /// How answers become the score of a row.
    #[serde(default)]
    pub combine: ItemCombine,
    /// So many items at least must be answered; half of them, rounded up, where not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<usize>,
    /// Lowest and highest answer, where the columns don't declare them. Other answers count as missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// Column that places a row in time, where it is not the table's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// How answers become the score of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ItemCombine {
    /// Mean of the items answered.
    #[default]
    Mean,
    /// Mean of the items answered times the number of items, so that an item left out is not a zero.
    Sum,
}

/// The measure, checked. Its input has one field per item, as answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// How answers become the score of a row.
    pub combine: ItemCombine,
    /// Items that must be answered.
    pub minimum: usize,
    /// Whether each item is turned round.
    pub reverse: Vec<bool>,
    /// Lowest and highest answer of every item, where the definition says them.
    pub range: Option<(f64, f64)>,
}

/// Lowest and highest answer of an item, where known.
pub type Limits = Option<(f64, f64)>;

impl ScaleFile {
    pub(super) fn parse(&self) -> Result<Measure, MeasureFault> {
        self.check()?;
        let mut input = Input::new("rows", &self.table, &self.filter)?;
        input.date.clone_from(&self.date);
        for item in &self.items {
            input.field("items", item, Wants::Number, false)?;
        }
        let scale = Scale {
            combine: self.combine,
            minimum: self.least(),
            reverse: self
                .items
                .iter()
                .map(|item| self.reverse.contains(item))
                .collect(),
            range: self.range,
        };
        let nodes: Vec<Node> = input.fields.iter().map(|f| f.node.clone()).collect();
        let (formula, conditions) = scale.score(&nodes, &vec![self.range; nodes.len()]);
        let mut texts: Vec<(&'static str, String)> =
            self.items.iter().map(|i| ("items", i.clone())).collect();
        texts.extend(self.filter.iter().map(|f| ("where", f.clone())));
        Ok(Measure::Formula(Box::new(Rows {
            table: self.table.clone(),
            filter: input.filter.clone(),
            formula,
            conditions,
            missing: MissingRule::Row,
            date: self.date.clone(),
            texts,
            beside: Some(Box::new(Records {
                inputs: vec![input],
                what: What::Scale(scale),
            })),
            reports: Default::default(),
            without_baseline: None,
        })))
    }

    /// Items that must be answered: at least half, as in the EORTC scoring manual (Fayers et al. 2001) and the SF-36.
    fn least(&self) -> usize {
        self.minimum.unwrap_or(self.items.len().div_ceil(2))
    }

    fn check(&self) -> Result<(), MeasureFault> {
        let all = self.items.join(", ");
        let count = self.items.len();
        if count < 2 {
            return refused(
                "items",
                &all,
                "measure-one-item",
                "A scale needs two items at least.",
                "Name more items, or use type = \"formula\" with AVG(...) for a single one.",
            );
        }
        if let Some(twice) = self.items.iter().enumerate().find_map(|(at, item)| {
            let before = self.items.get(..at)?;
            before.contains(item).then_some(item)
        }) {
            return refused(
                "items",
                twice,
                "measure-repeated-item",
                &format!("The item `{twice}` is named twice."),
                "Name each item once: an item that counts twice would make the scale look more reliable than it is.",
            );
        }
        if let Some(other) = self.reverse.iter().find(|r| !self.items.contains(r)) {
            let near = crate::finding::nearest(other, self.items.iter().map(String::as_str));
            let help = match near {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("The items are {all}."),
            };
            let message = format!("`{other}` is to be turned round but is none of the items.");
            return refused("reverse", other, "measure-unknown-item", &message, &help);
        }
        if let Some(minimum) = self.minimum.filter(|m| *m < 1 || *m > count) {
            return refused(
                "minimum",
                &minimum.to_string(),
                "measure-minimum",
                &format!(
                    "The minimum of answered items must lie between 1 and {count}, the number of items."
                ),
                "Leave it out for half of the items, rounded up.",
            );
        }
        if let Some((low, high)) = self.range
            && !(low < high && high.is_finite() && low.is_finite())
        {
            return refused(
                "range",
                &format!("[{low}, {high}]"),
                "measure-range",
                "The range must go from the lowest to the highest answer.",
                "Write range = [1, 5] for answers from 1 to 5.",
            );
        }
        Ok(())
    }

    pub(super) fn in_words(&self, among: &str) -> String {
        let what = match self.combine {
            ItemCombine::Mean => "Mean over the rows of each row's mean answer",
            ItemCombine::Sum => "Mean over the rows of each row's sum of answers",
        };
        let round = match self.reverse.as_slice() {
            [] => String::new(),
            round => format!(", {} turned round", round.join(" and ")),
        };
        format!(
            "{what} to {} items ({}){round}{among}; {}",
            self.items.len(),
            self.items.join(", "),
            self.policy()
        )
    }

    /// What becomes of rows with items missing.
    fn policy(&self) -> String {
        let (least, all) = (self.least(), self.items.len());
        if least == all {
            return format!("rows count that answer all {all}.");
        }
        let rest = match self.combine {
            ItemCombine::Mean => "the mean is that of the items answered",
            ItemCombine::Sum => "an item left out counts as the mean of those answered",
        };
        format!("rows count that answer at least {least} of the {all}, and {rest}.")
    }

    pub(super) fn as_text(&self) -> Vec<String> {
        let combine = match self.combine {
            ItemCombine::Mean => "mean of the items",
            ItemCombine::Sum => "sum of the items",
        };
        let mut lines = vec![format!("scale: {combine}"), line("table", &self.table)];
        lines.extend(self.filter.iter().map(|f| line("where", f)));
        lines.push(line("items", &self.items.join(", ")));
        if !self.reverse.is_empty() {
            lines.push(line("reverse", &self.reverse.join(", ")));
        }
        if let Some((low, high)) = self.range {
            lines.push(format!("range: {low} to {high}"));
        }
        lines.push(line("missing", &self.policy()));
        lines
    }
}

impl Scale {
    /// The score as a formula over items with the given limits, and the condition under which a row has one.
    pub fn score(&self, items: &[Node], limits: &[Limits]) -> (Formula, Vec<(Node, String)>) {
        let number = |x: f64| Node::synthetic(NodeKind::Number(x));
        let null = || Node::synthetic(NodeKind::Null);
        let usable = |(at, item): (usize, &Node)| -> Node {
            let Some((low, high)) = limits.get(at).copied().flatten() else {
                return item.clone();
            };
            let within = Node::call(
                Op::And,
                vec![
                    Node::call(Op::GreaterOrEqual, vec![item.clone(), number(low)]),
                    Node::call(Op::LessOrEqual, vec![item.clone(), number(high)]),
                ],
            );
            let counted = if self.reverse.get(at) == Some(&true) {
                Node::call(Op::Subtract, vec![number(low + high), item.clone()])
            } else {
                item.clone()
            };
            Node::call(Op::Case, vec![within, counted, null()])
        };
        let usable: Vec<Node> = items.iter().enumerate().map(usable).collect();
        let add = |nodes: Vec<Node>| {
            let added = nodes
                .into_iter()
                .reduce(|sum, x| Node::call(Op::Add, vec![sum, x]));
            added.unwrap_or_else(null)
        };
        let total = add(usable
            .iter()
            .map(|x| Node::call(Op::Coalesce, vec![x.clone(), number(0.0)]))
            .collect());
        let answered = add(usable
            .iter()
            .map(|x| {
                let is_there = Node::call(Op::IsPresent, vec![x.clone()]);
                Node::call(Op::Case, vec![is_there, number(1.0), number(0.0)])
            })
            .collect());
        let mean = Node::call(Op::Divide, vec![total, answered.clone()]);
        let score = match self.combine {
            ItemCombine::Mean => mean,
            ItemCombine::Sum => Node::call(Op::Multiply, vec![mean, number(items.len() as f64)]),
        };
        let enough = Node::call(
            Op::GreaterOrEqual,
            vec![answered, number(self.minimum as f64)],
        );
        let reason = format!(
            "fewer than {} of the {} items answered",
            self.minimum,
            items.len()
        );
        let formula = Formula {
            text: String::new(),
            aggregates: vec![Aggregate {
                function: AggregateFunction::Average,
                arguments: vec![score],
                filter: None,
                pick: None,
                span: Span::default(),
            }],
            value: Value::Aggregate(0),
        };
        (formula, vec![(enough, reason)])
    }
}

impl Rows {
    /// The scale that the measure is, with what it reads; `None` for another measure.
    pub fn scale(&self) -> Option<(&Scale, &Input)> {
        let records = self.beside.as_deref()?;
        match &records.what {
            What::Scale(scale) => Some((scale, records.inputs.first()?)),
            _ => None,
        }
    }
}
