//! What an indicator needs from the pass over its table, and where it will find it.

use super::apart::{Among, Overlap};
use super::needs::needs;
use super::scan::{Condition, Key, Picker, Scan, What};
use super::shared::Shared;
use crate::indicator::definition::MissingRule;
use crate::indicator::formula::node::{Aggregate, AggregateFunction, Node, NodeKind, Op, Pick};
use crate::indicator::measure::Rows;

/// Where the parts of an indicator lie in the result of a scan.
#[derive(Debug, Clone)]
pub struct Program {
    /// Component: rows of the table.
    pub all: usize,
    /// Component: rows that match the filter.
    pub matched: usize,
    /// Component: rows for which the filter can't be decided; `None` without a filter.
    pub undecided: Option<usize>,
    /// Component: rows that match and in which nothing is missing.
    pub used: usize,
    /// One per aggregate of the formula.
    pub parts: Vec<Parts>,
    /// Counters: reason why rows were left out, in the order in which they are asked.
    pub reasons: Vec<(String, usize)>,
    /// Counters over the whole table: rows excluded by the filter; rows used.
    pub excluded: Option<usize>,
    /// Counter: rows used.
    pub used_rows: usize,
    /// Collectors of the different values of what must not be added together.
    pub overlapping: Vec<(Overlap, usize)>,
    /// Sums of values of a parent table: a collector of the different rows of it, and a component of the rows that lead to them.
    pub shared: Vec<(Shared, usize, usize)>,
    /// Persons, for the protection of small groups: those in the cell first, then those behind each part of the value.
    /// Each as a collector of persons and a component of rows that name none (each counts as a person).
    pub persons: Vec<(usize, usize)>,
    /// Whether a missing value takes its whole row out.
    pub by_row: bool,
}

/// Where an aggregate finds its sums. `n` counts rows without weights.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Parts {
    Count {
        sum: usize,
    },
    Distinct {
        collector: usize,
        n: usize,
    },
    Sum {
        sum: usize,
        n: usize,
        eligible: usize,
    },
    Average {
        sum: usize,
        weight: usize,
        n: usize,
        eligible: usize,
    },
    Extreme {
        value: usize,
        n: usize,
        eligible: usize,
    },
    Moments {
        weight: usize,
        first: usize,
        second: usize,
        n: usize,
        eligible: usize,
        root: bool,
        least: usize,
        most: usize,
    },
    Correlation {
        weight: usize,
        x: usize,
        y: usize,
        xx: usize,
        yy: usize,
        xy: usize,
        n: usize,
        eligible: usize,
    },
    Quantile {
        collector: usize,
        p: f64,
        n: usize,
        eligible: usize,
    },
    Picked {
        picker: usize,
        programme: Option<usize>,
        function: AggregateFunction,
        n: usize,
        eligible: usize,
    },
}

impl Program {
    /// Components that the formula uses, as indices into the scan's.
    pub fn components(&self) -> Vec<usize> {
        let mut used = vec![self.all, self.matched, self.used];
        used.extend(self.undecided);
        used.extend(self.persons.iter().map(|(_, nameless)| *nameless));
        used.extend(self.shared.iter().map(|(_, _, rows)| *rows));
        for parts in &self.parts {
            match *parts {
                Parts::Count { sum } => used.push(sum),
                Parts::Distinct { n, .. } => used.push(n),
                Parts::Sum { sum, n, eligible } => used.extend([sum, n, eligible]),
                Parts::Average {
                    sum,
                    weight,
                    n,
                    eligible,
                } => used.extend([sum, weight, n, eligible]),
                Parts::Extreme {
                    value, n, eligible, ..
                } => used.extend([value, n, eligible]),
                Parts::Moments {
                    weight,
                    first,
                    second,
                    n,
                    eligible,
                    least,
                    most,
                    ..
                } => {
                    used.extend([weight, first, second, n, eligible, least, most]);
                }
                Parts::Correlation {
                    weight,
                    x,
                    y,
                    xx,
                    yy,
                    xy,
                    n,
                    eligible,
                } => {
                    used.extend([weight, x, y, xx, yy, xy, n, eligible]);
                }
                Parts::Quantile { n, eligible, .. } | Parts::Picked { n, eligible, .. } => {
                    used.extend([n, eligible]);
                }
            }
        }
        used.sort_unstable();
        used.dedup();
        used
    }
}

/// Adds to `scan` what `rows` needs.
pub fn program(
    scan: &mut Scan,
    rows: &Rows,
    programme: Option<usize>,
    (overlapping, shared): (&[Overlap], &[Shared]),
    persons: &[Node],
) -> Program {
    let everything = scan.mask(vec![]);
    let all = scan.component(everything, What::Count, false);
    let filter = rows.filter.as_ref().map(|(_, node)| scan.expression(node));
    let matches: Vec<Condition> = filter.iter().map(|f| Condition::True(*f)).collect();
    let matched_mask = scan.mask(matches.clone());
    let matched = scan.component(matched_mask, What::Count, false);
    let undecided_mask = filter.map(|f| scan.mask(vec![Condition::Missing(f)]));
    let undecided = undecided_mask.map(|mask| scan.component(mask, What::Count, false));
    // With a single aggregate both rules use the same rows; by row, those left out are counted as missing.
    let by_row = rows.missing == MissingRule::Row || rows.formula.aggregates.len() == 1;

    let mut complete = matches;
    let mut reasons = Vec::new();
    if let (Some(mask), Some((_, node))) = (undecided_mask, &rows.filter) {
        reasons.push((
            format!("filter can't be decided: {} missing", list_columns(node)),
            scan.counter(mask),
        ));
    }
    if by_row {
        needs(scan, rows, &mut complete, &mut reasons);
    }
    if let Some(weight) = scan.weight {
        let node = scan.expressions[weight].clone();
        let above = Node::call(
            Op::Greater,
            vec![node, Node::synthetic(NodeKind::Number(0.0))],
        );
        let above = scan.expression(&above);
        for condition in [Condition::Missing(weight), Condition::False(above)] {
            let mut failing = complete.clone();
            failing.push(condition);
            let mask = scan.mask(failing);
            let reason = "weight missing or not above zero".to_owned();
            reasons.push((reason, scan.counter(mask)));
        }
        complete.push(Condition::True(above));
    }
    let used_mask = scan.mask(complete.clone());
    let used = scan.component(used_mask, What::Count, false);
    let used_rows = scan.counter(used_mask);
    let excluded = filter.map(|f| {
        let mask = scan.mask(vec![Condition::False(f)]);
        scan.counter(mask)
    });
    let parts = rows
        .formula
        .aggregates
        .iter()
        .map(|a| parts(scan, a, programme, &complete, by_row))
        .collect();
    let overlapping = overlapping
        .iter()
        .map(|overlap| {
            let expression = scan.expression(&overlap.node);
            let mask = match overlap.among {
                Among::All => everything,
                Among::Used => used_mask,
                Among::Aggregate(at) => match rows.formula.aggregates.get(at) {
                    Some(aggregate) => added(scan, aggregate, &complete),
                    None => used_mask,
                },
            };
            (overlap.clone(), scan.collector(mask, expression, true))
        })
        .collect();
    let shared = shared
        .iter()
        .map(|sum| sum.counted(scan, &complete))
        .collect();
    let mut counted = Vec::new();
    for node in persons {
        let expression = scan.expression(node);
        let mut masks = vec![everything, used_mask];
        masks.extend(
            rows.formula
                .aggregates
                .iter()
                .map(|a| rests_on(scan, a, &complete, by_row)),
        );
        masks.dedup();
        counted.extend(masks.into_iter().map(|mask| {
            let mut nameless = scan.masks[mask].clone();
            nameless.push(Condition::Missing(expression));
            let nameless = scan.mask(nameless);
            (
                scan.collector(mask, expression, true),
                scan.component(nameless, What::Count, false),
            )
        }));
    }
    Program {
        all,
        matched,
        undecided,
        used,
        parts,
        reasons,
        excluded,
        used_rows,
        overlapping,
        shared,
        persons: counted,
        by_row,
    }
}

fn list_columns(node: &Node) -> String {
    let mut columns = Vec::new();
    node.columns(&mut columns);
    columns
        .iter()
        .map(|path| path.join("."))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Rows that change the value of an aggregate: those that its filter takes and that add something to a sum.
fn added(scan: &mut Scan, aggregate: &Aggregate, complete: &[Condition]) -> usize {
    let mut conditions = complete.to_vec();
    if let Some(node) = &aggregate.filter {
        conditions.push(Condition::True(scan.expression(node)));
    }
    for argument in &aggregate.arguments {
        conditions.push(Condition::Present(scan.expression(argument)));
        if aggregate.function == AggregateFunction::Sum {
            let zero = Node::synthetic(NodeKind::Number(0.0));
            let other = Node::call(Op::NotEqual, vec![argument.clone(), zero]);
            conditions.push(Condition::True(scan.expression(&other)));
        }
    }
    scan.mask(conditions)
}

/// Rows that the value of an aggregate rests on; for a count, the rows counted among.
fn rests_on(scan: &mut Scan, aggregate: &Aggregate, complete: &[Condition], by_row: bool) -> usize {
    let mut conditions = complete.to_vec();
    let counts = matches!(
        aggregate.function,
        AggregateFunction::CountRows | AggregateFunction::Count | AggregateFunction::CountDistinct
    );
    if !counts {
        if let Some(node) = &aggregate.filter {
            conditions.push(Condition::True(scan.expression(node)));
        }
        if !by_row {
            for argument in &aggregate.arguments {
                conditions.push(Condition::Present(scan.expression(argument)));
            }
        }
    }
    scan.mask(conditions)
}

fn parts(
    scan: &mut Scan,
    aggregate: &Aggregate,
    programme: Option<usize>,
    complete: &[Condition],
    by_row: bool,
) -> Parts {
    let mut conditions = complete.to_vec();
    if let Some(node) = &aggregate.filter {
        let filter = scan.expression(node);
        conditions.push(Condition::True(filter));
    }
    let eligible_mask = scan.mask(conditions.clone());
    let expressions: Vec<usize> = aggregate
        .arguments
        .iter()
        .map(|a| scan.expression(a))
        .collect();
    let counts_presence = matches!(
        aggregate.function,
        AggregateFunction::Count | AggregateFunction::CountDistinct
    );
    if !by_row || counts_presence {
        conditions.extend(expressions.iter().map(|e| Condition::Present(*e)));
    }
    if let Some(pick) = &aggregate.pick {
        conditions.push(Condition::Present(scan.expression(&pick.order)));
    }
    let mask = scan.mask(conditions);
    let eligible = scan.component(eligible_mask, What::Count, false);
    let n = scan.component(mask, What::Count, false);
    let x = expressions.first().copied().unwrap_or_default();
    if let Some(pick) = &aggregate.pick {
        // A series never leaves its programme; where all rows are one, they are so over programmes.
        let programme = programme.filter(|_| !pick.series.is_empty());
        return Parts::Picked {
            picker: picker(scan, pick, mask, x),
            programme,
            function: aggregate.function,
            n,
            eligible,
        };
    }
    match aggregate.function {
        AggregateFunction::CountRows | AggregateFunction::Count => Parts::Count {
            sum: scan.component(mask, What::Count, true),
        },
        AggregateFunction::CountDistinct => Parts::Distinct {
            collector: scan.collector(mask, x, true),
            n,
        },
        AggregateFunction::Sum => Parts::Sum {
            sum: scan.component(mask, What::Sum(x), true),
            n,
            eligible,
        },
        AggregateFunction::Average => Parts::Average {
            sum: scan.component(mask, What::Sum(x), true),
            weight: scan.component(mask, What::Count, true),
            n,
            eligible,
        },
        AggregateFunction::Minimum => Parts::Extreme {
            value: scan.component(mask, What::Minimum(x), false),
            n,
            eligible,
        },
        AggregateFunction::Maximum => Parts::Extreme {
            value: scan.component(mask, What::Maximum(x), false),
            n,
            eligible,
        },
        AggregateFunction::Variance | AggregateFunction::StandardDeviation => Parts::Moments {
            weight: scan.component(mask, What::Count, true),
            first: scan.component(mask, What::Shifted(x), true),
            second: scan.component(mask, What::Product(x, x), true),
            n,
            eligible,
            least: scan.component(mask, What::Minimum(x), false),
            most: scan.component(mask, What::Maximum(x), false),
            root: aggregate.function == AggregateFunction::StandardDeviation,
        },
        AggregateFunction::Correlation => {
            let y = expressions.get(1).copied().unwrap_or_default();
            Parts::Correlation {
                weight: scan.component(mask, What::Count, true),
                x: scan.component(mask, What::Shifted(x), true),
                y: scan.component(mask, What::Shifted(y), true),
                xx: scan.component(mask, What::Product(x, x), true),
                yy: scan.component(mask, What::Product(y, y), true),
                xy: scan.component(mask, What::Product(x, y), true),
                n,
                eligible,
            }
        }
        AggregateFunction::Quantile(p) => Parts::Quantile {
            collector: scan.collector(mask, x, false),
            p,
            n,
            eligible,
        },
        // These are never without a pick.
        AggregateFunction::First | AggregateFunction::Last => Parts::Extreme {
            value: scan.component(mask, What::Maximum(x), false),
            n,
            eligible,
        },
    }
}

/// Adds the rows that a pick takes.
fn picker(scan: &mut Scan, pick: &Pick, mask: usize, x: usize) -> usize {
    let picker = Picker {
        mask,
        expression: x,
        order: scan.expression(&pick.order),
        last: pick.last,
        series: pick
            .series
            .iter()
            .map(|node| Key::Column(scan.expression(node)))
            .collect(),
        except: pick.except.as_ref().map(|node| scan.expression(node)),
    };
    scan.picker(picker)
}
