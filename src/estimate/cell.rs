//! The value of a formula from component sums, and why there is none when there is none.

use super::latest;
use crate::indicator::formula::node::{AggregateFunction, Op, Value};
use crate::outcome::Status;
use crate::plan::program::{Parts, Program};

/// A value or the reason why there is none.
pub type Outcome = Result<f64, Status>;

/// Gives a component's sum by its index in the scan.
pub type Get<'a> = &'a dyn Fn(usize) -> f64;

/// Gives what does not add up: the number of different values, or a quantile, of a collector.
pub trait Unadded {
    /// Different values in a collector.
    fn distinct(&self, collector: usize) -> f64;
    /// Quantile of a collector's values.
    fn quantile(&self, collector: usize, p: f64) -> Option<f64>;
    /// Numbers with their weights of the rows that count of a picker.
    fn picked(&self, picker: usize, programme: Option<usize>) -> Vec<(f64, f64)>;
}

/// Whether a cell has rows to speak of; the truth table of `docs/formats.md`.
///
/// # Errors
/// The status of a cell without rows, or in which every row lacks something.
pub fn rows_to_speak_of(program: &Program, get: Get<'_>) -> Result<(), Status> {
    let (all, matched, used) = (get(program.all), get(program.matched), get(program.used));
    let undecided = program.undecided.map_or(0.0, get);
    if all == 0.0 {
        return Err(Status::NoRows);
    }
    if used == 0.0 && (matched > 0.0 || undecided == all) {
        return Err(Status::AllMissing);
    }
    Ok(())
}

/// Value of an aggregate.
pub fn aggregate(parts: &Parts, by_row: bool, get: Get<'_>, unadded: &dyn Unadded) -> Outcome {
    let lacking = |n: usize, eligible: usize| {
        if get(n) > 0.0 {
            return Ok(());
        }
        Err(if !by_row && get(eligible) > 0.0 {
            Status::AllMissing
        } else {
            Status::NoMatch
        })
    };
    match *parts {
        Parts::Count { sum } => finite(get(sum)),
        Parts::Distinct { collector, .. } => Ok(unadded.distinct(collector)),
        Parts::Sum { sum, n, eligible } => match lacking(n, eligible) {
            Err(Status::AllMissing) => Err(Status::AllMissing),
            _ => finite(get(sum)),
        },
        Parts::Average {
            sum,
            weight,
            n,
            eligible,
        } => {
            lacking(n, eligible)?;
            finite(get(sum) / get(weight))
        }
        Parts::Extreme {
            value, n, eligible, ..
        } => {
            lacking(n, eligible)?;
            finite(get(value))
        }
        Parts::Moments {
            weight,
            first,
            second,
            n,
            eligible,
            root,
            least,
            most,
        } => {
            lacking(n, eligible)?;
            let variance = match scatter(get(second), get(first), get(first), get(weight)) {
                Some(scatter) => scatter / get(weight) * bessel(get(n)),
                None if get(least) == get(most) && get(n) > 1.0 => 0.0,
                None => return Err(Status::Undefined),
            };
            finite(if root { variance.sqrt() } else { variance })
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
            lacking(n, eligible)?;
            let w = get(weight);
            let spread = |square: usize, sum: usize| {
                scatter(get(square), get(sum), get(sum), w).ok_or(Status::Undefined)
            };
            let (sxx, syy) = (spread(xx, x)?, spread(yy, y)?);
            let r = (get(xy) - get(x) * get(y) / w) / (sxx * syy).sqrt();
            finite(r.clamp(-1.0, 1.0))
        }
        Parts::Quantile {
            collector,
            p,
            n,
            eligible,
        } => {
            lacking(n, eligible)?;
            unadded.quantile(collector, p).ok_or(Status::Undefined)
        }
        Parts::Picked {
            picker,
            programme,
            function,
            n,
            eligible,
        } => {
            let adds = matches!(function, AggregateFunction::Sum | AggregateFunction::Count);
            match lacking(n, eligible) {
                Err(Status::NoMatch) if adds => return Ok(0.0),
                other => other?,
            }
            finite(latest::value(function, &unadded.picked(picker, programme)))
        }
    }
}

/// Sum of squared deviations from the mean, from sums of shifted values; `None` where so little is left of them that
/// it could be rounding error (values that don't vary, or a mean too far from the shift).
fn scatter(square: f64, x: f64, y: f64, weight: f64) -> Option<f64> {
    let scatter = square - x * y / weight;
    (scatter > 1e-10 * square.abs()).then_some(scatter)
}

/// n / (n - 1); undefined for one row.
fn bessel(n: f64) -> f64 {
    if n > 1.0 { n / (n - 1.0) } else { f64::NAN }
}

fn finite(x: f64) -> Outcome {
    if x.is_finite() {
        Ok(x)
    } else {
        Err(Status::Undefined)
    }
}

/// Value of arithmetic on leaves (aggregates or inputs).
pub fn value(tree: &Value, leaf: &dyn Fn(usize) -> Outcome) -> Outcome {
    match tree {
        Value::Aggregate(at) | Value::Input(at) => leaf(*at),
        Value::Number(x) => Ok(*x),
        Value::Call(op, arguments) => call(*op, arguments, leaf),
    }
}

fn call(op: Op, arguments: &[Value], leaf: &dyn Fn(usize) -> Outcome) -> Outcome {
    let each = || arguments.iter().map(|a| value(a, leaf));
    if op == Op::Coalesce {
        let mut last = Err(Status::Undefined);
        for outcome in each() {
            match outcome {
                Ok(x) => return Ok(x),
                Err(status @ (Status::Suppressed | Status::Refused | Status::NoRows)) => {
                    return Err(status);
                }
                Err(status) => last = Err(status),
            }
        }
        return last;
    }
    let values: Vec<f64> = each().collect::<Result<_, _>>()?;
    let result = match (op, values.as_slice()) {
        (Op::Add, [a, b]) => a + b,
        (Op::Subtract, [a, b]) => a - b,
        (Op::Multiply, [a, b]) => a * b,
        (Op::Divide, [a, b]) => a / b,
        (Op::Power, [a, b]) => a.powf(*b),
        (Op::NullIf, [a, b]) => {
            if a == b {
                return Err(Status::Undefined);
            }
            *a
        }
        (Op::Negate, [a]) => -a,
        (Op::Abs, [a]) => a.abs(),
        (Op::Round, [a]) => a.round(),
        (Op::Floor, [a]) => a.floor(),
        (Op::Ceil, [a]) => a.ceil(),
        (Op::Sqrt, [a]) => a.sqrt(),
        (Op::Ln, [a]) => a.ln(),
        (Op::Exp, [a]) => a.exp(),
        (Op::Least, all) => all.iter().copied().fold(f64::INFINITY, f64::min),
        (Op::Greatest, all) => all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        _ => return Err(Status::Undefined),
    };
    finite(result)
}
