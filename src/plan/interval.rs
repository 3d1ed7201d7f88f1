//! Which intervals fit an indicator, by what its value is: a share, a mean, a quantile or anything else.

use super::cut::Errors;
use super::program::{Parts, Program};
use super::resolve::{formula_type, resolve};
use super::scan::{Scan, What};
use super::{Work, fit};
use crate::dataset::{Dataset, Table};
use crate::evaluation::IntervalMethod;
use crate::finding::Finding;
use crate::indicator::formula::check;
use crate::indicator::formula::node::{
    Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Value,
};
use crate::indicator::measure::{ItemCombine, Rows};
use crate::outcome::Sampling;

/// What a value is, as far as its interval depends on it. Numbers are components of the scan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// A share of rows.
    Share {
        /// Rows of the denominator.
        rows: usize,
        /// Their weights.
        weight: usize,
        /// The squares of their weights, where there are weights.
        squares: Option<usize>,
    },
    /// A mean of rows.
    Mean {
        /// Rows.
        rows: usize,
        /// Their weights.
        weight: usize,
        /// Weighted values less the shift.
        first: usize,
        /// Their squares.
        second: usize,
        /// Least and largest value that a row can have, where known.
        limits: Option<(f64, f64)>,
    },
    /// Anything else whose parts add up.
    Additive,
    /// A quantile.
    Quantile,
    /// A number of different values, an extreme, or something made of these.
    Unadded,
}

impl Shape {
    /// Of a formula whose program is in the scan; adds the components that its interval needs beside, where rows are a sample.
    pub(super) fn of(
        scan: &mut Scan,
        rows: &Rows,
        program: &Program,
        (dataset, table): (&Dataset, &Table),
    ) -> Shape {
        let formula = &rows.formula;
        if let (Value::Aggregate(_), [Parts::Quantile { .. }]) =
            (&formula.value, program.parts.as_slice())
        {
            return Shape::Quantile;
        }
        let adds = |p: &Parts| {
            !matches!(
                p,
                Parts::Distinct { .. }
                    | Parts::Extreme { .. }
                    | Parts::Quantile { .. }
                    | Parts::Picked { .. }
            )
        };
        if !program.parts.iter().all(adds) {
            return Shape::Unadded;
        }
        if table.sampling() == Sampling::Census {
            return Shape::Additive;
        }
        let truth = |node: &Node| is_truth(node, dataset, table);
        if let Some(among) = share(formula, &formula.value, &truth) {
            let mask = match program.parts.get(among) {
                Some(Parts::Count { sum }) => scan.components[*sum].mask,
                Some(Parts::Average { weight, .. }) => scan.components[*weight].mask,
                _ => return Shape::Additive,
            };
            let weights = scan.weight;
            // Calibrated weights without weights of the data: one factor per cell.
            let counted = scan.is_weighted() && weights.is_none();
            return Shape::Share {
                rows: scan.component(mask, What::Count, false),
                weight: scan.component(mask, What::Count, true),
                squares: weights
                    .map(What::Sum)
                    .or(counted.then_some(What::Count))
                    .map(|what| scan.component(mask, what, true)),
            };
        }
        match (&formula.value, program.parts.as_slice()) {
            (Value::Aggregate(0), [Parts::Average { sum, weight, n, .. }]) => {
                let component = &scan.components[*sum];
                let (mask, What::Sum(x)) = (component.mask, component.what) else {
                    return Shape::Additive;
                };
                Shape::Mean {
                    rows: *n,
                    weight: *weight,
                    first: scan.component(mask, What::Shifted(x), true),
                    second: scan.component(mask, What::Product(x, x), true),
                    limits: limits(rows, dataset, table),
                }
            }
            _ => Shape::Additive,
        }
    }
}

/// The aggregate that a share is a share of: `COUNT(...) FILTER (...) / COUNT(...)` where all that is counted above is counted
/// below, the mean of a truth value, or one less a share.
pub(super) fn share(
    formula: &Formula,
    value: &Value,
    truth: &dyn Fn(&Node) -> bool,
) -> Option<usize> {
    let aggregate = |at: usize| formula.aggregates.get(at);
    match value {
        Value::Aggregate(at) => {
            let mean = aggregate(*at)?;
            let [x] = mean.arguments.as_slice() else {
                return None;
            };
            (mean.function == AggregateFunction::Average && truth(x)).then_some(*at)
        }
        Value::Call(Op::Divide, parts) => match parts.as_slice() {
            [Value::Aggregate(part), Value::Aggregate(whole)] => {
                counts_some_of(aggregate(*part)?, aggregate(*whole)?).then_some(*whole)
            }
            _ => None,
        },
        Value::Call(Op::Subtract, parts) => match parts.as_slice() {
            [Value::Number(one), rest] if *one == 1.0 => share(formula, rest, truth),
            _ => None,
        },
        _ => None,
    }
}

/// Whether every row that the first counts is counted by the second.
fn counts_some_of(part: &Aggregate, whole: &Aggregate) -> bool {
    let counted = match (part.function, whole.function) {
        (AggregateFunction::CountRows | AggregateFunction::Count, AggregateFunction::CountRows) => {
            true
        }
        (AggregateFunction::Count, AggregateFunction::Count) => {
            text(&part.arguments) == text(&whole.arguments)
        }
        _ => false,
    };
    let conditions = |aggregate: &Aggregate| {
        let mut found = Vec::new();
        if let Some(filter) = &aggregate.filter {
            conjuncts(filter, &mut found);
        }
        found
    };
    let narrower = conditions(part);
    counted && conditions(whole).iter().all(|c| narrower.contains(c))
}

fn text(nodes: &[Node]) -> Vec<String> {
    nodes.iter().map(ToString::to_string).collect()
}

fn conjuncts(node: &Node, found: &mut Vec<String>) {
    match &node.kind {
        NodeKind::Call(Op::And, sides) => sides.iter().for_each(|side| conjuncts(side, found)),
        _ => found.push(node.to_string()),
    }
}

/// Whether an expression is 0 or 1 in every row.
pub(super) fn is_truth(node: &Node, dataset: &Dataset, table: &Table) -> bool {
    let is = |node: &Node, x: f64| matches!(node.kind, NodeKind::Number(n) if n == x);
    if let NodeKind::Call(Op::Case, parts) = &node.kind {
        // Condition, result, ..., otherwise.
        let results = parts.iter().enumerate();
        let last = parts.len().saturating_sub(1);
        let mut results = results.filter(|(at, _)| at % 2 == 1 || *at == last);
        let missing = |node: &Node| matches!(node.kind, NodeKind::Null);
        return parts.len() >= 3 && results.all(|(_, r)| is(r, 0.0) || is(r, 1.0) || missing(r));
    }
    let columns = |path: &[String]| {
        resolve(dataset, table, path)
            .map(|found| formula_type(found.r#type))
            .map_err(|unresolved| (unresolved.message, unresolved.help))
    };
    matches!(check::of(node, &columns), Ok(check::Type::Boolean))
}

/// Least and largest value of the rows whose mean is taken, as the column or the items of the scale declare them.
pub(super) fn limits(rows: &Rows, dataset: &Dataset, table: &Table) -> Option<(f64, f64)> {
    if let Some((scale, input)) = rows.scale() {
        let items = fit::limits(scale, input, dataset, table);
        let each: Vec<(f64, f64)> = items.iter().copied().collect::<Option<_>>()?;
        let least = each.iter().map(|l| l.0).fold(f64::INFINITY, f64::min);
        let most = each.iter().map(|l| l.1).fold(f64::NEG_INFINITY, f64::max);
        let times = match scale.combine {
            ItemCombine::Mean => 1.0,
            ItemCombine::Sum => each.len() as f64,
        };
        return (least < most).then_some((least * times, most * times));
    }
    let [mean] = rows.formula.aggregates.as_slice() else {
        return None;
    };
    let [x] = mean.arguments.as_slice() else {
        return None;
    };
    fit::declared_limits(x, dataset, table)
}

/// The method asked for, where it fits the work, which rests on a sample.
///
/// # Errors
/// In words, why it does not.
pub(super) fn fits(asked: IntervalMethod, work: &Work) -> Result<IntervalMethod, String> {
    use IntervalMethod as M;
    let errors = match work {
        Work::Rows(work) => work.cut.errors,
        Work::Records(work) => work.cut.errors,
        // As its inputs have it.
        Work::Derived(_) if asked == M::ReplicateWeights => return Ok(asked),
        Work::Derived(_) => Errors::LeftOut,
    };
    match errors {
        Errors::Replicates => return with_replicates(asked, work),
        Errors::Calibrated if asked == M::Linearisation || asked.is_bootstrap() => {
            return Err(
                "its weights are calibrated, and only the jackknife calibrates them again each time"
                    .to_owned(),
            );
        }
        _ if asked == M::ReplicateWeights => {
            return Err("its table names no `replicate_weights`".to_owned());
        }
        _ => {}
    }
    let (shape, corrected) = match work {
        Work::Derived(_) => {
            return match asked {
                M::Auto | M::Jackknife => Ok(asked),
                _ => Err(
                    "it is computed from other indicators, for which there is the jackknife only"
                        .to_owned(),
                ),
            };
        }
        Work::Records(_) => {
            return match asked {
                M::Auto | M::Jackknife => Ok(asked),
                _ => Err("it is read row by row, for which there is the jackknife only".to_owned()),
            };
        }
        Work::Rows(work) => (work.shape, work.cut.population.is_some()),
    };
    let needed = match (asked, shape) {
        (M::Auto, _)
        | (M::Woodruff, Shape::Quantile)
        | (M::Wilson | M::ClopperPearson | M::Logit, Shape::Share { .. })
        | (
            M::Logit,
            Shape::Mean {
                limits: Some(_), ..
            },
        ) => return Ok(asked),
        (_, Shape::Unadded) => {
            return Err(
                "a count of different values or an extreme of a sample says little about the population"
                    .to_owned(),
            );
        }
        (M::Woodruff, _) => "it is for quantiles, and this is none",
        (_, Shape::Quantile) => "a quantile has the interval of Woodruff only",
        (M::Wilson | M::ClopperPearson, _) => {
            "it is for shares of rows, such as COUNT(*) FILTER (WHERE ...) / COUNT(*), and this is none"
        }
        (M::Logit, Shape::Mean { .. }) => {
            "the lowest and the highest value are not declared for what its mean is of"
        }
        (M::Logit, _) => {
            "it is for shares of rows and means on a scale with known ends, and this is neither"
        }
        (asked, _) if asked.is_bootstrap() && corrected => {
            "the bootstrap takes clusters as drawn with replacement, but the table declares its `population`"
        }
        _ => return Ok(asked),
    };
    Err(needed.to_owned())
}

/// The same for a table with replicate weights, which alone tell how its sample varies.
fn with_replicates(asked: IntervalMethod, work: &Work) -> Result<IntervalMethod, String> {
    use IntervalMethod as M;
    let shape = match work {
        Work::Rows(work) => work.shape,
        Work::Records(_) | Work::Derived(_) => Shape::Additive,
    };
    match (asked, shape) {
        (M::Auto | M::ReplicateWeights, _)
        | (M::Wilson | M::ClopperPearson | M::Logit, Shape::Share { .. })
        | (
            M::Logit,
            Shape::Mean {
                limits: Some(_), ..
            },
        ) => Ok(asked),
        (M::Jackknife | M::Linearisation | M::Woodruff, _) => Err(
            "its table has replicate weights, which say how the sample varies; clusters are not left out beside them"
                .to_owned(),
        ),
        (asked, _) if asked.is_bootstrap() => Err(
            "its table has replicate weights, which say how the sample varies; nothing is drawn beside them"
                .to_owned(),
        ),
        _ => Err(
            "it is for shares of rows or means on a scale with known ends, and this is neither"
                .to_owned(),
        ),
    }
}

/// A finding on a method that does not fit.
pub(super) fn refused(
    indicator: &str,
    asked: IntervalMethod,
    reason: &str,
    by_override: bool,
) -> Finding {
    let message = format!(
        "`{indicator}` gets no interval by the method `{}`: {reason}.",
        asked.word()
    );
    let (help, place) = if by_override {
        (
            "Remove `interval` of its override, or write interval = \"auto\".",
            "override.interval",
        )
    } else {
        (
            "Set interval = \"auto\" in an [[override]] of the indicator, or for the whole evaluation.",
            "interval",
        )
    };
    Finding::error("evaluation-interval", message, help)
        .in_file("evaluation.toml")
        .in_column(place)
}
