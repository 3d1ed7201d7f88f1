//! Where a value can lie, told from its formula and from what columns declare: an interval that leaves it is no interval of that value.

use super::fit;
use super::interval::{is_truth, share};
use crate::dataset::{Dataset, Table, Type};
use crate::indicator::formula::node::{
    Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Value,
};

/// The scale on which the interval of a value is symmetrical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Its own, and where that would leave the values that can be, their logarithm or logit.
    #[default]
    Own,
    /// The logarithm: standard deviations and variances.
    Log,
    /// The inverse hyperbolic tangent: correlations (Fisher 1921, "On the 'probable error' of a coefficient of correlation").
    Fisher,
}

/// Where a value can lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// Least value, or minus infinity.
    pub low: f64,
    /// Largest value, or infinity.
    pub high: f64,
    /// Scale of its interval.
    pub scale: Scale,
}

impl Default for Reach {
    fn default() -> Self {
        Reach::ANY
    }
}

impl Reach {
    /// Any number.
    pub const ANY: Reach = Reach::of(f64::NEG_INFINITY, f64::INFINITY);
    /// Zero and above.
    pub const POSITIVE: Reach = Reach::of(0.0, f64::INFINITY);
    /// A share.
    pub const SHARE: Reach = Reach::of(0.0, 1.0);
    /// From -1 to 1.
    pub const SIGNED: Reach = Reach::of(-1.0, 1.0);

    /// Between two values.
    pub const fn of(low: f64, high: f64) -> Reach {
        Reach {
            low,
            high,
            scale: Scale::Own,
        }
    }

    fn point(x: f64) -> Reach {
        Reach::of(x, x)
    }

    fn on(self, scale: Scale) -> Reach {
        Reach { scale, ..self }
    }

    fn or(self, other: Reach) -> Reach {
        Reach::of(self.low.min(other.low), self.high.max(other.high))
    }

    /// Of the function of two values that grows or falls in each of them, from its values at the ends. What can't be told (infinity less
    /// infinity) may be anything.
    fn corners(self, other: Reach, f: impl Fn(f64, f64) -> f64) -> Reach {
        let mut found = Reach::of(f64::INFINITY, f64::NEG_INFINITY);
        for a in [self.low, self.high] {
            for b in [other.low, other.high] {
                let x = f(a, b);
                if x.is_nan() {
                    return Reach::ANY;
                }
                found = found.or(Reach::point(x));
            }
        }
        found
    }

    /// Of a function that grows.
    fn grows(self, f: impl Fn(f64) -> f64) -> Reach {
        let (low, high) = (f(self.low), f(self.high));
        let ends = (low, high);
        match (ends.0.is_nan(), ends.1.is_nan()) {
            (false, false) => Reach::of(low, high),
            (true, false) => Reach::of(f64::NEG_INFINITY, high),
            _ => Reach::ANY,
        }
    }
}

/// Product at the ends, where nothing times infinity is nothing.
fn times(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

/// Of arithmetic on things whose reach is known.
fn call(op: Op, parts: &[Reach]) -> Reach {
    match (op, parts) {
        (Op::Add, [a, b]) => Reach::of(a.low + b.low, a.high + b.high),
        (Op::Subtract, [a, b]) => Reach::of(a.low - b.high, a.high - b.low),
        (Op::Multiply, [a, b]) => a.corners(*b, times),
        (Op::Divide, [a, b]) if b.low > 0.0 || b.high < 0.0 => a.corners(*b, |x, y| x / y),
        // The denominator isn't zero where there is a value.
        (Op::Divide, [a, b]) if b.low >= 0.0 => Reach::of(
            if a.low >= 0.0 { 0.0 } else { f64::NEG_INFINITY },
            if a.high <= 0.0 { 0.0 } else { f64::INFINITY },
        ),
        (Op::Power, [a, b]) if b.low == b.high && b.low > 0.0 => match a.low >= 0.0 {
            true => a.grows(|x| x.powf(b.low)),
            false if b.low % 2.0 == 0.0 => Reach::POSITIVE,
            false => Reach::ANY,
        },
        (Op::Power, [a, _]) if a.low >= 0.0 => Reach::POSITIVE,
        (Op::Negate, [a]) => Reach::of(-a.high, -a.low),
        (Op::Abs, [a]) => match a.low < 0.0 {
            true if a.high <= 0.0 => Reach::of(-a.high, -a.low),
            true => Reach::of(0.0, a.high.max(-a.low)),
            false => *a,
        },
        (Op::Round, [a]) => a.grows(f64::round),
        (Op::Floor, [a]) => a.grows(f64::floor),
        (Op::Ceil, [a]) => a.grows(f64::ceil),
        (Op::Sqrt, [a]) => Reach::of(a.low.max(0.0).sqrt(), a.high.max(0.0).sqrt()),
        (Op::Ln, [a]) => Reach::of(a.low.max(0.0), a.high.max(0.0)).grows(f64::ln),
        (Op::Exp, [a]) => a.grows(f64::exp),
        (Op::NullIf, [a, ..]) => *a,
        (Op::Least, [first, rest @ ..]) => rest.iter().fold(*first, |a, b| {
            Reach::of(a.low.min(b.low), a.high.min(b.high))
        }),
        (Op::Greatest, [first, rest @ ..]) => rest.iter().fold(*first, |a, b| {
            Reach::of(a.low.max(b.low), a.high.max(b.high))
        }),
        (Op::Coalesce, [first, rest @ ..]) => rest.iter().fold(*first, |a, b| a.or(*b)),
        (Op::Length | Op::Size | Op::SizeDistinct, _) => Reach::POSITIVE,
        (Op::Quarter, _) => Reach::of(1.0, 4.0),
        (Op::Month, _) => Reach::of(1.0, 12.0),
        _ => Reach::ANY,
    }
}

/// Of a value made of leaves (aggregates or inputs).
pub fn of_value(tree: &Value, leaf: &dyn Fn(usize) -> Reach) -> Reach {
    match tree {
        Value::Aggregate(at) | Value::Input(at) => leaf(*at),
        Value::Number(x) => Reach::point(*x),
        Value::Call(op, parts) => {
            let parts: Vec<Reach> = parts.iter().map(|p| of_value(p, leaf)).collect();
            call(*op, &parts)
        }
    }
}

/// Of the value of a formula over a table.
pub(super) fn of_formula(
    formula: &Formula,
    mean: Option<(f64, f64)>,
    (dataset, table): (&Dataset, &Table),
) -> Reach {
    let truth = |node: &Node| is_truth(node, dataset, table);
    let leaf = |at: usize| {
        let found = formula.aggregates.get(at);
        found.map_or(Reach::ANY, |a| of_aggregate(a, dataset, table))
    };
    let found = tree(formula, &formula.value, &truth, &leaf);
    match (mean, &formula.value) {
        // What the items of a scale declare says more than their columns do.
        (Some((low, high)), Value::Aggregate(_)) => Reach::of(low, high),
        _ => found,
    }
}

/// As [`of_value`], where shares of rows are known to be shares.
fn tree(
    formula: &Formula,
    value: &Value,
    truth: &dyn Fn(&Node) -> bool,
    leaf: &dyn Fn(usize) -> Reach,
) -> Reach {
    if share(formula, value, truth).is_some() {
        return Reach::SHARE;
    }
    match value {
        // `100 * a / b` is a hundred times what `a / b` can be.
        Value::Call(Op::Divide, parts)
            if let [Value::Call(Op::Multiply, factors), below] = parts.as_slice()
                && let [Value::Number(times), above] = factors.as_slice() =>
        {
            let ratio = Value::Call(Op::Divide, vec![above.clone(), below.clone()]);
            let ratio = tree(formula, &ratio, truth, leaf);
            call(Op::Multiply, &[Reach::point(*times), ratio])
        }
        Value::Call(op, parts) => {
            let parts: Vec<Reach> = parts
                .iter()
                .map(|p| tree(formula, p, truth, leaf))
                .collect();
            call(*op, &parts)
        }
        other => of_value(other, leaf),
    }
}

fn of_aggregate(aggregate: &Aggregate, dataset: &Dataset, table: &Table) -> Reach {
    use AggregateFunction as F;
    let first = aggregate.arguments.first();
    let x = first.map_or(Reach::ANY, |node| of_node(node, dataset, table));
    let width = x.high - x.low;
    match aggregate.function {
        F::CountRows | F::Count | F::CountDistinct => Reach::POSITIVE,
        F::Sum => Reach::of(
            if x.low >= 0.0 { 0.0 } else { f64::NEG_INFINITY },
            if x.high <= 0.0 { 0.0 } else { f64::INFINITY },
        ),
        // Of two rows at the ends of the scale it is its width over the root of 2; of more it is less.
        F::StandardDeviation => Reach::of(0.0, width / std::f64::consts::SQRT_2).on(Scale::Log),
        F::Variance => Reach::of(0.0, width * width / 2.0).on(Scale::Log),
        F::Correlation => Reach::SIGNED.on(Scale::Fisher),
        // Means, extremes, quantiles: one of the values, or between two.
        _ => x,
    }
}

/// Of a row expression.
fn of_node(node: &Node, dataset: &Dataset, table: &Table) -> Reach {
    match &node.kind {
        NodeKind::Number(x) => Reach::point(*x),
        NodeKind::Boolean(_) => Reach::SHARE,
        NodeKind::Column(_) => {
            let column = fit::column(node, dataset, table);
            match column {
                Some(c) if c.r#type == Type::Boolean => Reach::SHARE,
                Some(c) => Reach::of(c.bounds.0, c.bounds.1),
                None => Reach::ANY,
            }
        }
        NodeKind::Call(Op::Case, parts) => {
            // Condition, result, ..., otherwise.
            let last = parts.len().saturating_sub(1);
            let results = parts.iter().enumerate();
            let results = results.filter(|(at, _)| at % 2 == 1 || *at == last);
            let known = results.filter(|(_, r)| !matches!(r.kind, NodeKind::Null));
            let each = known.map(|(_, r)| of_node(r, dataset, table));
            each.reduce(Reach::or).unwrap_or_default()
        }
        NodeKind::Call(..) if is_truth(node, dataset, table) => Reach::SHARE,
        NodeKind::Call(op, parts) => {
            let parts: Vec<Reach> = parts.iter().map(|p| of_node(p, dataset, table)).collect();
            call(*op, &parts)
        }
        _ => Reach::ANY,
    }
}
