//! Row expressions over a batch of rows, as operations on polars arrays. Three-valued logic as in SQL; what is not a finite number is missing.

use super::calendar::{calendar, days, years};
use super::compare::{both, compare, is_in};
use super::lists;
use super::truths::{and, or};
use super::value::{
    Val, fault, map_to_numbers, map_to_texts, map_to_truths, numbers, recoded, truth,
};
use crate::dataset::typed::{self, piece};
use crate::finding::Stop;
use crate::indicator::formula::node::{Node, NodeKind, Op};
use polars::prelude::arity::{binary_elementwise_values, unary_elementwise_values};
use polars::prelude::*;
use polars_arrow::array::Array as _;
use polars_arrow::bitmap::Bitmap;
use rustc_hash::FxHashMap;

/// The columns of a batch by path.
pub struct Batch {
    /// Rows.
    pub rows: usize,
    /// Columns by path.
    pub columns: FxHashMap<Vec<String>, Val>,
}

impl Batch {
    /// The rows `order` of some of its columns, in that order.
    ///
    /// # Errors
    /// As [`Val::take`].
    pub fn take(&self, order: &[u32], columns: &[&[String]]) -> Result<Batch, Stop> {
        let mut taken = FxHashMap::default();
        for path in columns {
            if let Some(value) = self.columns.get(*path) {
                taken.insert(path.to_vec(), value.take(order)?);
            }
        }
        Ok(Batch {
            rows: order.len(),
            columns: taken,
        })
    }
}

/// Expressions taken apart: what several of them hold is worked out once in a batch.
pub struct Expressions {
    steps: Vec<Step>,
    /// Step that gives each expression.
    roots: Vec<usize>,
}

enum Step {
    Column(Vec<String>),
    One(Val),
    Call(Op, Vec<usize>),
}

impl Expressions {
    /// Takes expressions apart. Equal texts are equal expressions.
    pub fn new(nodes: &[Node]) -> Expressions {
        let mut all = Expressions {
            steps: Vec::new(),
            roots: Vec::new(),
        };
        let mut known = FxHashMap::default();
        for node in nodes {
            let root = all.step(node, &mut known);
            all.roots.push(root);
        }
        all
    }

    fn step(&mut self, node: &Node, known: &mut FxHashMap<String, usize>) -> usize {
        let text = node.to_string();
        if let Some(at) = known.get(&text) {
            return *at;
        }
        let step = match &node.kind {
            NodeKind::Number(x) => Step::One(Val::Number(*x)),
            NodeKind::Text(text) => Step::One(Val::Text(text.clone())),
            NodeKind::Boolean(b) => Step::One(Val::Boolean(*b)),
            NodeKind::Date(day) => Step::One(Val::Date(*day)),
            NodeKind::Null => Step::One(Val::Null),
            NodeKind::Column(path) => Step::Column(path.clone()),
            NodeKind::Call(op, arguments) => {
                let arguments = arguments.iter().map(|a| self.step(a, known)).collect();
                Step::Call(*op, arguments)
            }
        };
        self.steps.push(step);
        known.insert(text, self.steps.len() - 1);
        self.steps.len() - 1
    }

    /// Columns that the expressions read that are wanted.
    pub fn columns(&self, wanted: &[bool]) -> Vec<&[String]> {
        let used = self.used(wanted);
        let mut columns = Vec::new();
        for (step, used) in self.steps.iter().zip(used) {
            if let (Step::Column(path), true) = (step, used) {
                columns.push(path.as_slice());
            }
        }
        columns
    }

    /// Whether each step is needed.
    fn used(&self, wanted: &[bool]) -> Vec<bool> {
        let mut used = vec![false; self.steps.len()];
        for (root, wanted) in self.roots.iter().zip(wanted) {
            used[*root] |= *wanted;
        }
        // A step stands after its arguments.
        for at in (0..self.steps.len()).rev() {
            if let (true, Step::Call(_, arguments)) = (used[at], &self.steps[at]) {
                arguments.iter().for_each(|a| used[*a] = true);
            }
        }
        used
    }

    /// Values of the expressions that are wanted.
    ///
    /// # Errors
    /// A [`Stop`] when a column is absent or of another type than checked before: a fault of the program.
    pub fn values(&self, batch: &Batch, wanted: &[bool]) -> Result<Vec<Option<Val>>, Stop> {
        let used = self.used(wanted);
        let mut values: Vec<Val> = Vec::with_capacity(self.steps.len());
        for (step, used) in self.steps.iter().zip(used) {
            values.push(match step {
                _ if !used => Val::Null,
                Step::One(value) => value.clone(),
                Step::Column(path) => {
                    let column = batch.columns.get(path);
                    column
                        .cloned()
                        .ok_or_else(|| fault(&"a column was not read"))?
                }
                Step::Call(op, arguments) => {
                    let arguments: Vec<&Val> =
                        arguments.iter().filter_map(|a| values.get(*a)).collect();
                    call(*op, &arguments, batch.rows)?
                }
            });
        }
        let value = |(root, wanted): (&usize, &bool)| wanted.then(|| values[*root].clone());
        Ok(self.roots.iter().zip(wanted).map(value).collect())
    }
}

fn call(op: Op, values: &[&Val], rows: usize) -> Result<Val, Stop> {
    let at = |i: usize| {
        let value = values.get(i).copied();
        value.ok_or_else(|| fault(&"an argument is lacking"))
    };
    Ok(match op {
        Op::Add => arithmetic(at(0)?, at(1)?, rows, |x, y| x + y)?,
        Op::Subtract => arithmetic(at(0)?, at(1)?, rows, |x, y| x - y)?,
        Op::Multiply => arithmetic(at(0)?, at(1)?, rows, |x, y| x * y)?,
        Op::Divide => arithmetic(at(0)?, at(1)?, rows, |x, y| x / y)?,
        Op::Power => arithmetic(at(0)?, at(1)?, rows, f64::powf)?,
        Op::Least => fold(values, rows, f64::min)?,
        Op::Greatest => fold(values, rows, f64::max)?,
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
        | Op::GreaterOrEqual => Val::Truths(compare(op, at(0)?, at(1)?, rows)?),
        Op::In => Val::Truths(is_in(values, rows)?),
        Op::And => Val::Truths(and(&at(0)?.truths(rows)?, &at(1)?.truths(rows)?)?),
        Op::Or => Val::Truths(or(&at(0)?.truths(rows)?, &at(1)?.truths(rows)?)?),
        Op::Not => {
            let truths = at(0)?.truths(rows)?;
            let truths = piece(&truths)?;
            Val::Truths(truth(!truths.values(), truths.validity().cloned()))
        }
        Op::IsMissing => {
            let present = at(0)?.present(rows)?;
            let missing = present.map_or_else(|| Bitmap::new_zeroed(rows), |p| !&p);
            Val::Truths(truth(missing, None))
        }
        Op::IsPresent => {
            let present = at(0)?.present(rows)?;
            Val::Truths(truth(
                present.unwrap_or_else(|| Bitmap::new_with_value(true, rows)),
                None,
            ))
        }
        Op::Like => match at(1)? {
            Val::Text(pattern) => Val::Truths(map_to_truths(&at(0)?.texts(rows)?, |text| {
                like(text, pattern)
            })?),
            _ => return Err(fault(&"LIKE needs a pattern")),
        },
        Op::Case => case(values, rows)?,
        Op::Coalesce => coalesce(values, rows)?,
        Op::NullIf => {
            let same = certain(&compare(Op::Equal, at(0)?, at(1)?, rows)?)?;
            without(&column(at(0)?, rows)?, &same)?
        }
        Op::Lower => Val::Texts(map_to_texts(&at(0)?.texts(rows)?, |t| {
            Some(t.to_lowercase())
        })?),
        Op::Upper => Val::Texts(map_to_texts(&at(0)?.texts(rows)?, |t| {
            Some(t.to_uppercase())
        })?),
        Op::Trim => Val::Texts(map_to_texts(&at(0)?.texts(rows)?, |t| {
            Some(t.trim().to_owned())
        })?),
        Op::Length => numbers(map_to_numbers(&at(0)?.texts(rows)?, |t| {
            t.chars().count() as f64
        })?)?,
        Op::Has | Op::HasAny => {
            let codes: Vec<Val> = values.iter().copied().cloned().collect();
            Val::Truths(lists::any(&at(0)?.texts(rows)?, &codes)?)
        }
        Op::HasCommon => Val::Truths(lists::common(&at(0)?.texts(rows)?, &at(1)?.texts(rows)?)?),
        Op::Size => numbers(map_to_numbers(&at(0)?.texts(rows)?, lists::size)?)?,
        Op::SizeDistinct => numbers(map_to_numbers(&at(0)?.texts(rows)?, lists::different)?)?,
        Op::Year => calendar(at(0)?, rows, |d| f64::from(d.year()))?,
        Op::Quarter => calendar(at(0)?, rows, |d| f64::from((d.month() - 1) / 3 + 1))?,
        Op::Month => calendar(at(0)?, rows, |d| f64::from(d.month()))?,
        Op::Days => days(at(0)?, at(1)?, rows)?,
        Op::Years => years(at(0)?, at(1)?, rows)?,
    })
}

fn arithmetic(
    left: &Val,
    right: &Val,
    rows: usize,
    f: impl Fn(f64, f64) -> f64,
) -> Result<Val, Stop> {
    match (left, right) {
        (Val::Number(x), Val::Number(y)) => {
            let value = f(*x, *y);
            Ok(if value.is_finite() {
                Val::Number(value)
            } else {
                Val::Null
            })
        }
        (_, Val::Number(y)) => {
            numbers(unary_elementwise_values(&left.numbers(rows)?, |x| f(x, *y)))
        }
        (Val::Number(x), _) => numbers(unary_elementwise_values(&right.numbers(rows)?, |y| {
            f(*x, y)
        })),
        _ => {
            let (left, right) = (left.numbers(rows)?, right.numbers(rows)?);
            numbers(binary_elementwise_values(&left, &right, f))
        }
    }
}

fn fold(values: &[&Val], rows: usize, f: impl Fn(f64, f64) -> f64 + Copy) -> Result<Val, Stop> {
    let (first, rest) = values.split_first().ok_or_else(|| fault(&"no arguments"))?;
    rest.iter().try_fold((*first).clone(), |result, value| {
        arithmetic(&result, value, rows, f)
    })
}

fn function(value: &Val, rows: usize, f: impl Fn(f64) -> f64) -> Result<Val, Stop> {
    arithmetic(value, &Val::Number(0.0), rows, |x, _| f(x))
}

/// A value as one per row; `NULL` as numbers.
fn column(value: &Val, rows: usize) -> Result<Val, Stop> {
    Ok(match value {
        Val::Number(_) | Val::Null => Val::Numbers(value.numbers(rows)?),
        Val::Text(_) => Val::Texts(value.texts(rows)?),
        Val::Boolean(_) => Val::Truths(value.truths(rows)?),
        Val::Date(_) => Val::Days(value.days(rows)?),
        rows => rows.clone(),
    })
}

/// True where the condition is true; missing counts as not true.
fn certain(truths: &BooleanChunked) -> Result<Bitmap, Stop> {
    let truths = piece(truths)?;
    Ok(match truths.validity() {
        None => truths.values().clone(),
        Some(valid) => truths.values() & valid,
    })
}

/// A column, missing where `gone` is set.
fn without(value: &Val, gone: &Bitmap) -> Result<Val, Stop> {
    fn cut<T: PolarsDataType>(
        array: &ChunkedArray<T>,
        gone: &Bitmap,
    ) -> Result<ChunkedArray<T>, Stop> {
        let cells = piece(array)?;
        let there = !gone;
        let valid = both(cells.validity(), Some(&there));
        Ok(ChunkedArray::with_chunk(
            PlSmallStr::EMPTY,
            cells.clone().with_validity_typed(valid),
        ))
    }
    Ok(match value {
        Val::Numbers(numbers) => Val::Numbers(cut(numbers, gone)?),
        Val::Truths(truths) => Val::Truths(cut(truths, gone)?),
        Val::Days(days) => Val::Days(cut(days, gone)?),
        Val::Texts(texts) => Val::Texts(typed::coded(cut(&texts.phys, gone)?, texts.dtype.clone())),
        other => other.clone(),
    })
}

/// For each row the first of several values whose condition is set; the last one where none is.
fn choose(pairs: &[(Bitmap, &Val)], last: &Val, rows: usize) -> Result<Val, Stop> {
    let values = || pairs.iter().map(|(_, value)| *value).chain([last]);
    let conditions: Vec<BooleanChunked> = pairs
        .iter()
        .map(|(bits, _)| truth(bits.clone(), None))
        .collect();
    // `NULL` takes the type of the others.
    let typed = values().find(|v| !v.is_never());
    Ok(match typed.map(|v| column(v, rows)).transpose()? {
        None => Val::Numbers(Val::Null.numbers(rows)?),
        Some(Val::Truths(_)) => {
            let arrays = values().map(|v| v.truths(rows)).collect::<Result<_, _>>()?;
            Val::Truths(zip(&conditions, arrays)?)
        }
        Some(Val::Days(_)) => {
            let arrays = values().map(|v| v.days(rows)).collect::<Result<_, _>>()?;
            Val::Days(zip(&conditions, arrays)?)
        }
        Some(Val::Texts(_)) => {
            let kind = typed::words();
            let codes = |v: &Val| recoded(&v.texts(rows)?, &kind, |t| Some(t.to_owned()));
            let arrays = values().map(codes).collect::<Result<_, _>>()?;
            Val::Texts(typed::coded(zip(&conditions, arrays)?, kind))
        }
        Some(_) => {
            let arrays = values()
                .map(|v| v.numbers(rows))
                .collect::<Result<_, _>>()?;
            Val::Numbers(zip(&conditions, arrays)?)
        }
    })
}

/// Rows of the first of several arrays whose condition holds; there is one array more than conditions.
fn zip<T: PolarsDataType>(
    conditions: &[BooleanChunked],
    mut arrays: Vec<ChunkedArray<T>>,
) -> Result<ChunkedArray<T>, Stop>
where
    ChunkedArray<T>: ChunkZip<T>,
{
    let mut result = arrays.pop().ok_or_else(|| fault(&"no arguments"))?;
    for (condition, array) in conditions.iter().zip(arrays).rev() {
        result = array.zip_with(condition, &result).map_err(|e| fault(&e))?;
    }
    Ok(result)
}

fn case(values: &[&Val], rows: usize) -> Result<Val, Stop> {
    let (otherwise, pairs) = values.split_last().ok_or_else(|| fault(&"an empty CASE"))?;
    let mut chosen = Vec::with_capacity(pairs.len() / 2);
    for pair in pairs.chunks_exact(2) {
        chosen.push((certain(&pair[0].truths(rows)?)?, pair[1]));
    }
    choose(&chosen, otherwise, rows)
}

fn coalesce(values: &[&Val], rows: usize) -> Result<Val, Stop> {
    let (last, first) = values.split_last().ok_or_else(|| fault(&"no arguments"))?;
    let mut chosen = Vec::with_capacity(first.len());
    for value in first {
        let present = value.present(rows)?;
        chosen.push((
            present.unwrap_or_else(|| Bitmap::new_with_value(true, rows)),
            *value,
        ));
    }
    choose(&chosen, last, rows)
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

/// The texts of a value, for grouping.
pub fn as_texts(value: &Val, rows: usize) -> Result<Option<typed::Texts>, Stop> {
    match value {
        Val::Text(_) | Val::Texts(_) => value.texts(rows).map(Some),
        _ => Ok(None),
    }
}
