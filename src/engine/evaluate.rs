//! Row expressions over a batch of rows, by arrow's kernels. Three-valued logic as in SQL; what is not a finite number is missing.

use super::lists;
use super::value::{
    Texts, Val, fault, map_to_numbers, map_to_texts, map_to_truths, numbers, text_at,
};
use crate::finding::Stop;
use crate::indicator::formula::node::{Node, NodeKind, Op};
use arrow_arith::arity;
use arrow_arith::boolean::{and_kleene, is_not_null, is_null, not, or_kleene};
use arrow_array::types::{Date32Type, Float64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Date32Array, Float64Array, StringArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use arrow_select::nullif::nullif;
use arrow_select::zip::zip;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The columns of a batch by path.
pub struct Batch {
    /// Rows.
    pub rows: usize,
    /// Arrays by path.
    pub columns: FxHashMap<Vec<String>, ArrayRef>,
}

/// Evaluates an expression.
///
/// # Errors
/// A [`Stop`] when a column is absent or of another type than checked before: a fault of the program.
pub fn evaluate(node: &Node, batch: &Batch) -> Result<Val, Stop> {
    Ok(match &node.kind {
        NodeKind::Number(x) => Val::Number(*x),
        NodeKind::Text(text) => Val::Text(text.clone()),
        NodeKind::Boolean(b) => Val::Boolean(*b),
        NodeKind::Date(day) => Val::Date(*day),
        NodeKind::Null => Val::Null,
        NodeKind::Column(path) => {
            let array = batch
                .columns
                .get(path)
                .ok_or_else(|| broken("a column was not read"))?;
            match array.data_type() {
                DataType::Float64 => numbers(Val::Rows(array.clone()).numbers(batch.rows)?),
                _ => Val::Rows(array.clone()),
            }
        }
        NodeKind::Call(op, arguments) => call(*op, arguments, batch)?,
    })
}

fn broken(what: &str) -> Stop {
    fault(&arrow_schema::ArrowError::ComputeError(what.to_owned()))
}

fn call(op: Op, arguments: &[Node], batch: &Batch) -> Result<Val, Stop> {
    let rows = batch.rows;
    let values: Vec<Val> = arguments
        .iter()
        .map(|a| evaluate(a, batch))
        .collect::<Result<_, _>>()?;
    let at = |i: usize| {
        values
            .get(i)
            .ok_or_else(|| broken("an argument is lacking"))
    };
    let truths = |array: BooleanArray| Val::Rows(Arc::new(array));
    Ok(match op {
        Op::Add => arithmetic(at(0)?, at(1)?, rows, |x, y| x + y)?,
        Op::Subtract => arithmetic(at(0)?, at(1)?, rows, |x, y| x - y)?,
        Op::Multiply => arithmetic(at(0)?, at(1)?, rows, |x, y| x * y)?,
        Op::Divide => arithmetic(at(0)?, at(1)?, rows, |x, y| x / y)?,
        Op::Power => arithmetic(at(0)?, at(1)?, rows, f64::powf)?,
        Op::Least => fold(&values, rows, f64::min)?,
        Op::Greatest => fold(&values, rows, f64::max)?,
        Op::Negate => function(at(0)?, rows, |x| -x)?,
        Op::Abs => function(at(0)?, rows, f64::abs)?,
        Op::Round => function(at(0)?, rows, f64::round)?,
        Op::Floor => function(at(0)?, rows, f64::floor)?,
        Op::Ceil => function(at(0)?, rows, f64::ceil)?,
        Op::Sqrt => function(at(0)?, rows, f64::sqrt)?,
        Op::Ln => function(at(0)?, rows, f64::ln)?,
        Op::Exp => function(at(0)?, rows, f64::exp)?,
        Op::Equal
        | Op::NotEqual
        | Op::Less
        | Op::LessOrEqual
        | Op::Greater
        | Op::GreaterOrEqual => truths(compare(op, at(0)?, at(1)?, rows)?),
        Op::In => truths(is_in(&values, rows)?),
        Op::And => {
            truths(and_kleene(&at(0)?.truths(rows)?, &at(1)?.truths(rows)?).map_err(|e| fault(&e))?)
        }
        Op::Or => {
            truths(or_kleene(&at(0)?.truths(rows)?, &at(1)?.truths(rows)?).map_err(|e| fault(&e))?)
        }
        Op::Not => truths(not(&at(0)?.truths(rows)?).map_err(|e| fault(&e))?),
        Op::IsMissing => truths(is_null(&materialise(at(0)?, rows)?).map_err(|e| fault(&e))?),
        Op::IsPresent => truths(is_not_null(&materialise(at(0)?, rows)?).map_err(|e| fault(&e))?),
        Op::Like => match at(1)? {
            Val::Text(pattern) => truths(map_to_truths(&at(0)?.texts(rows)?, |text| {
                like(text, pattern)
            })?),
            _ => return Err(broken("LIKE needs a pattern")),
        },
        Op::Case => case(&values, rows)?,
        Op::Coalesce => coalesce(&values, rows)?,
        Op::NullIf => {
            let same = compare(Op::Equal, at(0)?, at(1)?, rows)?;
            Val::Rows(nullif(&materialise(at(0)?, rows)?, &same).map_err(|e| fault(&e))?)
        }
        Op::Lower => Val::Rows(Arc::new(map_to_texts(
            &at(0)?.texts(rows)?,
            str::to_lowercase,
        )?)),
        Op::Upper => Val::Rows(Arc::new(map_to_texts(
            &at(0)?.texts(rows)?,
            str::to_uppercase,
        )?)),
        Op::Trim => Val::Rows(Arc::new(map_to_texts(&at(0)?.texts(rows)?, |t| {
            t.trim().to_owned()
        })?)),
        Op::Length => numbers(map_to_numbers(&at(0)?.texts(rows)?, |t| {
            t.chars().count() as f64
        })?),
        Op::Has | Op::HasAny => truths(lists::any(&at(0)?.texts(rows)?, &values)?),
        Op::HasCommon => truths(lists::common(&at(0)?.texts(rows)?, &at(1)?.texts(rows)?)),
        Op::Size => numbers(map_to_numbers(&at(0)?.texts(rows)?, lists::size)?),
        Op::SizeDistinct => numbers(map_to_numbers(&at(0)?.texts(rows)?, lists::different)?),
        Op::Year => calendar(at(0)?, rows, |d| f64::from(d.year()))?,
        Op::Quarter => calendar(at(0)?, rows, |d| f64::from((d.month() - 1) / 3 + 1))?,
        Op::Month => calendar(at(0)?, rows, |d| f64::from(d.month()))?,
        Op::Days => days(at(0)?, at(1)?, rows, 1.0)?,
        Op::Years => days(at(0)?, at(1)?, rows, 365.25)?,
    })
}

fn arithmetic(
    left: &Val,
    right: &Val,
    rows: usize,
    f: impl Fn(f64, f64) -> f64,
) -> Result<Val, Stop> {
    Ok(match (left, right) {
        (Val::Number(x), Val::Number(y)) => {
            let value = f(*x, *y);
            if value.is_finite() {
                Val::Number(value)
            } else {
                Val::Null
            }
        }
        (_, Val::Number(y)) => numbers(arity::unary::<Float64Type, _, Float64Type>(
            &left.numbers(rows)?,
            |x| f(x, *y),
        )),
        (Val::Number(x), _) => numbers(arity::unary::<Float64Type, _, Float64Type>(
            &right.numbers(rows)?,
            |y| f(*x, y),
        )),
        _ => {
            let both = arity::binary::<_, _, _, Float64Type>(
                &left.numbers(rows)?,
                &right.numbers(rows)?,
                f,
            );
            numbers(both.map_err(|e| fault(&e))?)
        }
    })
}

fn fold(values: &[Val], rows: usize, f: impl Fn(f64, f64) -> f64 + Copy) -> Result<Val, Stop> {
    let (first, rest) = values.split_first().ok_or_else(|| broken("no arguments"))?;
    rest.iter().try_fold(first.clone(), |result, value| {
        arithmetic(&result, value, rows, f)
    })
}

fn function(value: &Val, rows: usize, f: impl Fn(f64) -> f64) -> Result<Val, Stop> {
    arithmetic(value, &Val::Number(0.0), rows, |x, _| f(x))
}

fn holds<T: PartialOrd>(op: Op, x: &T, y: &T) -> bool {
    match op {
        Op::Equal => x == y,
        Op::NotEqual => x != y,
        Op::Less => x < y,
        Op::LessOrEqual => x <= y,
        Op::Greater => x > y,
        _ => x >= y,
    }
}

/// The same comparison with its sides exchanged.
fn mirrored(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        other => other,
    }
}

fn compare(op: Op, left: &Val, right: &Val, rows: usize) -> Result<BooleanArray, Stop> {
    let constant = |b: bool| Val::Boolean(b).truths(rows);
    match (left, right) {
        (Val::Null, _) | (_, Val::Null) => Ok(BooleanArray::new_null(rows)),
        (Val::Number(x), Val::Number(y)) => constant(holds(op, x, y)),
        (Val::Text(x), Val::Text(y)) => constant(holds(op, x, y)),
        (Val::Boolean(x), Val::Boolean(y)) => constant(holds(op, x, y)),
        (Val::Date(x), Val::Date(y)) => constant(holds(op, x, y)),
        (Val::Rows(_), Val::Number(y)) => Ok(BooleanArray::from_unary(&left.numbers(rows)?, |x| {
            holds(op, &x, y)
        })),
        (Val::Rows(_), Val::Date(y)) => Ok(BooleanArray::from_unary(&left.dates(rows)?, |x| {
            holds(op, &x, y)
        })),
        (Val::Rows(_), Val::Text(y)) => {
            map_to_truths(&left.texts(rows)?, |x| holds(op, &x, &y.as_str()))
        }
        (Val::Number(_) | Val::Date(_) | Val::Text(_), Val::Rows(_)) => {
            compare(mirrored(op), right, left, rows)
        }
        (Val::Rows(a), _) => match a.data_type() {
            DataType::Float64 => Ok(BooleanArray::from_binary(
                &left.numbers(rows)?,
                &right.numbers(rows)?,
                |x, y| holds(op, &x, &y),
            )),
            DataType::Date32 => Ok(BooleanArray::from_binary(
                &left.dates(rows)?,
                &right.dates(rows)?,
                |x, y| holds(op, &x, &y),
            )),
            DataType::Boolean => Ok(BooleanArray::from_binary(
                &left.truths(rows)?,
                &right.truths(rows)?,
                |x, y| holds(op, &x, &y),
            )),
            _ => {
                let (x, y) = (left.texts(rows)?, right.texts(rows)?);
                let each = |row| Some(holds(op, &text_at(&x, row)?, &text_at(&y, row)?));
                Ok((0..rows).map(each).collect())
            }
        },
        (Val::Boolean(_), Val::Rows(_)) => compare(mirrored(op), right, left, rows),
        _ => Err(broken("sides of a comparison differ in type")),
    }
}

fn is_in(values: &[Val], rows: usize) -> Result<BooleanArray, Stop> {
    let (value, list) = values.split_first().ok_or_else(|| broken("no arguments"))?;
    let words: Option<Vec<&str>> = list
        .iter()
        .map(|v| {
            if let Val::Text(t) = v {
                Some(t.as_str())
            } else {
                None
            }
        })
        .collect();
    if let (Val::Rows(_), Some(words)) = (value, words) {
        return map_to_truths(&value.texts(rows)?, |text| words.contains(&text));
    }
    let mut found = Val::Boolean(false).truths(rows)?;
    for item in list {
        found =
            or_kleene(&found, &compare(Op::Equal, value, item, rows)?).map_err(|e| fault(&e))?;
    }
    Ok(found)
}

/// A value as an array of its type.
fn materialise(value: &Val, rows: usize) -> Result<ArrayRef, Stop> {
    Ok(match value {
        Val::Rows(array) => array.clone(),
        Val::Number(_) => Arc::new(value.numbers(rows)?),
        Val::Text(_) => Arc::new(value.texts(rows)?),
        Val::Boolean(_) => Arc::new(value.truths(rows)?),
        Val::Date(_) => Arc::new(value.dates(rows)?),
        Val::Null => Arc::new(Float64Array::new_null(rows)),
    })
}

/// Values as arrays of one type, `NULL` taking the type of the others; texts as plain strings.
fn unified(values: &[Val], rows: usize) -> Result<Vec<ArrayRef>, Stop> {
    let typed = values.iter().find(|v| !matches!(v, Val::Null));
    let kind = match typed.map(|v| materialise(v, rows)).transpose()? {
        Some(array) => array.data_type().clone(),
        None => DataType::Float64,
    };
    let mut arrays = Vec::new();
    for value in values {
        let array: ArrayRef = match (value, &kind) {
            (Val::Null, DataType::Boolean) => Arc::new(BooleanArray::new_null(rows)),
            (Val::Null, DataType::Date32) => Arc::new(Date32Array::new_null(rows)),
            (Val::Null, DataType::Dictionary(..)) => Arc::new(StringArray::new_null(rows)),
            _ => materialise(value, rows)?,
        };
        arrays.push(match array.data_type() {
            DataType::Dictionary(..) => cast(&array, &DataType::Utf8).map_err(|e| fault(&e))?,
            _ => array,
        });
    }
    Ok(arrays)
}

fn encoded(array: ArrayRef) -> Result<Val, Stop> {
    if array.data_type() == &DataType::Utf8 {
        let kind = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        return Ok(Val::Rows(cast(&array, &kind).map_err(|e| fault(&e))?));
    }
    Ok(Val::Rows(array))
}

/// True where the condition is true; missing counts as not true.
fn certain(truths: &BooleanArray) -> BooleanArray {
    match truths.nulls() {
        None => truths.clone(),
        Some(nulls) => BooleanArray::new(truths.values() & nulls.inner(), None),
    }
}

fn case(values: &[Val], rows: usize) -> Result<Val, Stop> {
    let (otherwise, pairs) = values.split_last().ok_or_else(|| broken("an empty CASE"))?;
    let mut results: Vec<Val> = pairs.chunks_exact(2).map(|pair| pair[1].clone()).collect();
    results.push(otherwise.clone());
    let mut arrays = unified(&results, rows)?;
    let mut result = arrays.pop().ok_or_else(|| broken("an empty CASE"))?;
    for (pair, array) in pairs.chunks_exact(2).zip(arrays).rev() {
        let mask = certain(&pair[0].truths(rows)?);
        result = zip(&mask, &array, &result).map_err(|e| fault(&e))?;
    }
    encoded(result)
}

fn coalesce(values: &[Val], rows: usize) -> Result<Val, Stop> {
    let mut arrays = unified(values, rows)?;
    let mut result = arrays.pop().ok_or_else(|| broken("no arguments"))?;
    for array in arrays.into_iter().rev() {
        let mask = is_not_null(&array).map_err(|e| fault(&e))?;
        result = zip(&mask, &array, &result).map_err(|e| fault(&e))?;
    }
    encoded(result)
}

/// SQL's LIKE: `%` is any text, `_` any character.
fn like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) =
        (text.chars().collect(), pattern.chars().collect());
    let (mut t, mut p) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('%') => {
                back = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '_' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match back {
                Some((star, from)) => {
                    back = Some((star, from + 1));
                    p = star + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '%')
}

/// The civil date of a day number, where the calendar reaches.
pub fn civil(day: i32) -> Option<jiff::civil::Date> {
    jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().try_days(i64::from(day)).ok()?)
        .ok()
}

fn calendar(value: &Val, rows: usize, f: impl Fn(jiff::civil::Date) -> f64) -> Result<Val, Stop> {
    let mut known: FxHashMap<i32, f64> = FxHashMap::default();
    let dates = value.dates(rows)?;
    let look = |day: i32| {
        *known
            .entry(day)
            .or_insert_with(|| civil(day).map_or(f64::NAN, &f))
    };
    let mut look = look;
    let values: Vec<f64> = dates.values().iter().map(|d| look(*d)).collect();
    Ok(numbers(Float64Array::new(
        values.into(),
        dates.nulls().cloned(),
    )))
}

fn days(from: &Val, to: &Val, rows: usize, unit: f64) -> Result<Val, Stop> {
    let between = |a: i32, b: i32| (f64::from(b) - f64::from(a)) / unit;
    let both = arity::binary::<Date32Type, Date32Type, _, Float64Type>(
        &from.dates(rows)?,
        &to.dates(rows)?,
        between,
    );
    Ok(numbers(both.map_err(|e| fault(&e))?))
}

/// The texts of a value, for grouping.
pub fn as_texts(value: &Val, rows: usize) -> Result<Option<Texts>, Stop> {
    match value {
        Val::Text(_) => value.texts(rows).map(Some),
        Val::Rows(array) if matches!(array.data_type(), DataType::Dictionary(..)) => {
            value.texts(rows).map(Some)
        }
        _ => Ok(None),
    }
}
