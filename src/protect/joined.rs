//! The rows of several readings of a table as classes over all of them: each row is told apart by what every reading says of it, and
//! by which of them it is in.

use super::figures::{Made, Measuring};
use super::reading::{Bit, Part, Reading, Term};
use super::summed::Summed;
use crate::dataset::{Dataset, Table, Type};
use crate::engine::classes::{Class, Classes, classes};
use crate::engine::sums::Label;
use crate::finding::Stop;
use crate::indicator::formula::node::{Node, NodeKind};
use crate::plan::resolve::resolve;
use crate::plan::scan::Scan;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A table as one evaluation reads it.
pub struct Read<'a> {
    /// The data.
    pub dataset: &'a Dataset,
    /// What its figures are told apart by.
    pub reading: Reading,
    /// How its indicators read the table.
    pub measured: Vec<Measuring<'a>>,
}

/// Several readings as one.
pub struct Joined<'a> {
    /// What tells the classes apart.
    pub reading: Reading,
    /// The classes.
    pub classes: Classes,
    /// How the indicators of each reading read it.
    pub measured: Vec<Vec<Measuring<'a>>>,
    /// Of each class, which of the readings its rows are in.
    pub present: Vec<Vec<bool>>,
    /// Of each reading, its keys.
    pub keys: Vec<std::ops::Range<usize>>,
}

/// Label of a key in rows that a reading does not have.
const ABSENT: &str = "\0";

/// Joins readings of one table. A row is the same in two of them where its primary key is, and without one where all values of the
/// columns are that both have; of rows that are alike the first is the same as the first, the second as the second.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub fn join(reads: Vec<Read<'_>>) -> Result<Joined<'_>, Stop> {
    let names = names(&reads);
    let mut reads = reads;
    let mut found = Vec::with_capacity(reads.len());
    for read in &mut reads {
        name_rows(read, &names);
        found.push(classes(read.dataset, &read.reading.telling)?);
    }
    let mut joined = Joined {
        reading: Reading::default(),
        classes: Classes::default(),
        measured: vec![],
        present: vec![],
        keys: vec![],
    };
    let mut expressions: Vec<String> = Vec::new();
    let mut amounts: Vec<(String, usize)> = Vec::new();
    let shifts: Vec<Shift> = reads
        .iter()
        .map(|read| Shift::new(read, &mut joined, &mut expressions, &mut amounts))
        .collect();
    rows(&mut joined, &reads, &found);
    for classes in &found {
        let labels = classes.labels.iter().map(|labels| {
            let mut labels = labels.clone();
            labels.push(Some(Arc::from(ABSENT)));
            labels
        });
        joined.classes.labels.extend(labels);
    }
    // What is 0 or 1 in one reading alone is a sum.
    let binary: Vec<bool> = found
        .iter()
        .flat_map(|c| c.binary.iter().copied())
        .collect();
    let all = |text: &str| {
        let of = amounts.iter().zip(&binary);
        of.filter(|((other, _), _)| other == text).all(|(_, b)| *b)
    };
    joined.classes.binary = amounts.iter().map(|(text, _)| all(text)).collect();
    for (read, shift) in reads.into_iter().zip(&shifts) {
        let measured = read.measured.into_iter().map(|m| shift.measuring(m));
        joined.measured.push(measured.collect());
    }
    Ok(joined)
}

/// The columns that name the rows of all readings.
fn names(reads: &[Read<'_>]) -> Vec<String> {
    let tables: Vec<&Table> = reads
        .iter()
        .filter_map(|read| read.dataset.tables.get(read.reading.telling.scan.table))
        .collect();
    let Some(first) = tables.first() else {
        return vec![];
    };
    let is_key = !first.primary_key.is_empty()
        && tables
            .iter()
            .all(|t| t.primary_key == first.primary_key && t.repeated_keys == 0);
    if is_key {
        return first.primary_key.clone();
    }
    let all_have = |name: &str| {
        tables.iter().all(|t| {
            let column = t.column(name);
            column.is_some_and(|c| c.r#type != Type::List)
        })
    };
    let columns = first.columns.iter().map(|c| c.name.clone());
    columns.filter(|name| all_have(name)).collect()
}

/// Has the rows of a reading named.
fn name_rows(read: &mut Read<'_>, names: &[String]) {
    let Some(table) = read.dataset.tables.get(read.reading.telling.scan.table) else {
        return;
    };
    for name in names {
        let path = vec![name.clone()];
        let Ok(found) = resolve(read.dataset, table, &path) else {
            continue;
        };
        let from = Scan {
            columns: vec![(path.clone(), found)],
            ..Scan::default()
        };
        let node = Node::synthetic(NodeKind::Column(path));
        let at = read.reading.expression(&node, &from);
        read.reading.telling.names.push(at);
    }
}

/// Puts the rows of all readings in classes.
fn rows(joined: &mut Joined<'_>, reads: &[Read<'_>], found: &[Classes]) {
    type Places = Vec<Option<u32>>;
    let mut rows: FxHashMap<(u64, u32), (Places, Option<u64>)> = FxHashMap::default();
    let mut order: Vec<(u64, u32)> = Vec::new();
    for (at, classes) in found.iter().enumerate() {
        let mut times: FxHashMap<u64, u32> = FxHashMap::default();
        for row in &classes.followed {
            let time = times.entry(row.name).or_default();
            let name = (row.name, *time);
            *time += 1;
            let entry = rows.entry(name).or_insert_with(|| {
                order.push(name);
                (vec![None; found.len()], None)
            });
            if let Some(place) = entry.0.get_mut(at) {
                *place = Some(row.class);
            }
            entry.1 = entry.1.or(row.person);
        }
    }
    let telling = &joined.reading.telling;
    let bits = telling.scan.masks.len() + telling.amounts.len() + telling.marks.len();
    let mut known: FxHashMap<Places, usize> = FxHashMap::default();
    for name in order {
        let Some((places, person)) = rows.get(&name) else {
            continue;
        };
        let at = *known.entry(places.clone()).or_insert_with(|| {
            let class = class(reads, found, places, bits);
            joined.classes.list.push(class);
            joined
                .present
                .push(places.iter().map(Option::is_some).collect());
            joined.classes.list.len() - 1
        });
        let alone = || {
            let mut hasher = DefaultHasher::new();
            name.hash(&mut hasher);
            hasher.finish() << 1
        };
        if let Some(class) = joined.classes.list.get_mut(at) {
            class.count(person.unwrap_or_else(alone), telling.least);
        }
    }
}

/// A class of rows that are in these classes of the readings.
fn class(reads: &[Read<'_>], found: &[Classes], places: &[Option<u32>], bits: usize) -> Class {
    let mut key = Vec::new();
    // Bits of the masks of all readings, then of their amounts, then of their marks.
    let mut of_kind: [Vec<bool>; 3] = Default::default();
    for ((read, classes), place) in reads.iter().zip(found).zip(places) {
        let telling = &read.reading.telling;
        let class = place.and_then(|at| classes.list.get(at as usize));
        match class {
            Some(class) => key.extend(&class.key),
            None => key.extend(classes.labels.iter().map(|labels| labels.len() as u32)),
        }
        let counts = [
            telling.scan.masks.len(),
            telling.amounts.len(),
            telling.marks.len(),
        ];
        let mut first = 0;
        for (kind, count) in of_kind.iter_mut().zip(counts) {
            let has = |bit: usize| class.is_some_and(|c| c.has(bit));
            kind.extend((first..first + count).map(has));
            first += count;
        }
    }
    let flat: Vec<bool> = of_kind.concat();
    Class::new(key, |bit| flat.get(bit) == Some(&true), bits)
}

/// Where what one reading numbers stands in all of them together.
struct Shift {
    keys: usize,
    masks: usize,
    amounts: usize,
    marks: usize,
    /// Of each of its expressions, the number of those that say the same.
    expressions: Vec<usize>,
    /// Of each of its amounts, the first that says the same.
    sums: Vec<usize>,
    /// Number of the reading.
    number: usize,
}

/// Numbers of pickers, one reading's after another's.
const PICKERS: usize = 1 << 20;

impl Shift {
    fn new(
        read: &Read<'_>,
        joined: &mut Joined<'_>,
        expressions: &mut Vec<String>,
        amounts: &mut Vec<(String, usize)>,
    ) -> Shift {
        let own = &read.reading.telling;
        let all = &mut joined.reading.telling;
        let mut numbered = |node: &Node| {
            let text = node.to_string();
            let known = expressions.iter().position(|e| *e == text);
            known.unwrap_or_else(|| {
                expressions.push(text);
                expressions.len() - 1
            })
        };
        let mut shift = Shift {
            keys: all.scan.keys.len(),
            masks: all.scan.masks.len(),
            amounts: all.amounts.len(),
            marks: all.marks.len(),
            expressions: own.scan.expressions.iter().map(&mut numbered).collect(),
            sums: vec![],
            number: joined.keys.len(),
        };
        for at in &own.amounts {
            let text = own.scan.expressions.get(*at).map(Node::to_string);
            let text = text.unwrap_or_default();
            let known = amounts.iter().find(|(other, _)| *other == text);
            let first = known.map_or(amounts.len(), |(_, at)| *at);
            shift.sums.push(first);
            amounts.push((text, first));
        }
        all.least = all.least.max(own.least);
        joined
            .keys
            .push(shift.keys..shift.keys + own.scan.keys.len());
        all.scan.keys.extend(own.scan.keys.iter().cloned());
        all.scan.masks.extend(own.scan.masks.iter().cloned());
        all.amounts.extend(&own.amounts);
        all.marks.extend(own.marks.iter().map(|_| vec![]));
        shift
    }

    fn bit(&self, bit: Bit) -> Bit {
        match bit {
            Bit::Mask(at) => Bit::Mask(self.masks + at),
            Bit::Amount(at) => Bit::Amount(self.amounts + at),
            Bit::Mark(at) => Bit::Mark(self.marks + at),
        }
    }

    fn term(&self, term: Term) -> Term {
        let expression = |at: usize| self.expressions.get(at).copied().unwrap_or(at);
        match term {
            Term::Sum(at, weighted) => {
                Term::Sum(self.sums.get(at).copied().unwrap_or(at), weighted)
            }
            Term::Product(x, y, weighted) => Term::Product(expression(x), expression(y), weighted),
            // Of expressions that are not in common, each reading's are its own.
            Term::Unadded(words, at) => Term::Unadded(words, self.number * PICKERS + at),
            Term::Rows | Term::Weight => term,
        }
    }

    fn part(&self, part: Part) -> Part {
        Part {
            term: self.term(part.term),
            bits: part
                .bits
                .into_iter()
                .map(|(bit, with)| (self.bit(bit), with))
                .collect(),
            factor: part.factor,
        }
    }

    fn measuring<'a>(&self, measuring: Measuring<'a>) -> Measuring<'a> {
        let keys: BTreeMap<usize, usize> = measuring
            .keys
            .into_iter()
            .map(|(key, at)| (key, self.keys + at))
            .collect();
        let made = match measuring.made {
            Made::Records(mark) => Made::Records(self.marks + mark),
            Made::Formula {
                formula,
                aggregates,
                rows,
            } => Made::Formula {
                formula,
                aggregates: aggregates.into_iter().map(|a| self.summed(a)).collect(),
                rows: rows.into_iter().map(|bit| self.bit(bit)).collect(),
            },
        };
        Measuring {
            keys,
            made,
            ..measuring
        }
    }

    fn summed(&self, summed: Summed) -> Summed {
        let parts = |parts: Vec<Part>| parts.into_iter().map(|p| self.part(p)).collect();
        Summed {
            parts: summed.parts.into_iter().map(parts).collect(),
            ..summed
        }
    }
}

/// Labels of the keys by which a class is told apart in the readings that its rows are in, each once.
pub fn labels(joined: &Joined<'_>, class: usize) -> Vec<String> {
    let label = |key: usize| -> Label {
        let label = joined.classes.label(class, key)?;
        (label != ABSENT).then(|| Arc::from(label))
    };
    let mut found: Vec<String> = Vec::new();
    for label in joined
        .keys
        .iter()
        .flat_map(|keys| keys.clone())
        .filter_map(label)
    {
        if !found.contains(&label.to_string()) {
            found.push(label.to_string());
        }
    }
    found
}
