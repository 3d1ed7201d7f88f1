//! The rows of a table put into classes: rows that no figure tells apart are one. In one pass; memory goes by classes, not by rows.

use super::Reader;
use super::cells::{Codes, column, key};
use super::evaluate::{Batch, Expressions};
use super::masks::{mask, words};
use super::sums::Label;
use super::value::Val;
use crate::dataset::Dataset;
use crate::dataset::typed::piece;
use crate::finding::Stop;
use crate::plan::scan::Scan;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What tells rows apart.
#[derive(Debug, Clone, Default)]
pub struct Telling {
    /// The table, its columns and expressions; by its keys and masks rows are told apart. It has no components.
    pub scan: Scan,
    /// Expressions by which rows are told apart that have another number than zero there.
    pub amounts: Vec<usize>,
    /// Marks by which rows are told apart, by row of the table.
    pub marks: Vec<Vec<bool>>,
    /// Expression that names the person of a row. Without it each row is a person.
    pub person: Option<usize>,
    /// Persons of a class are kept up to this number.
    pub least: usize,
    /// Expressions that name a row. Where there are any, each row is given with its class.
    pub names: Vec<usize>,
}

/// A row with its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Followed {
    /// The row's name as a number.
    pub name: u64,
    /// Its person as a number, the same in every reading of any data; `None` where the row names nobody.
    pub person: Option<u64>,
    /// Its class.
    pub class: u32,
}

/// Rows that nothing tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Code of the label of each key.
    pub key: Vec<u32>,
    /// Bits of the masks, then of the amounts, then of the marks.
    bits: Vec<u64>,
    /// Rows.
    pub rows: u64,
    /// Different persons, each as a number; no more than are asked for.
    pub persons: Vec<u64>,
}

impl Class {
    /// A class without rows, with these of so many bits.
    pub fn new(key: Vec<u32>, has: impl Fn(usize) -> bool, bits: usize) -> Class {
        let mut words = vec![0_u64; bits.div_ceil(64)];
        for bit in (0..bits).filter(|bit| has(*bit)) {
            if let Some(word) = words.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
        Class {
            key,
            bits: words,
            rows: 0,
            persons: vec![],
        }
    }

    /// Counts a row of a person, of whom no more are kept than `most`.
    pub fn count(&mut self, person: u64, most: usize) {
        self.rows += 1;
        add_person(&mut self.persons, person, most);
    }

    /// Whether the rows of the class have a bit.
    pub fn has(&self, bit: usize) -> bool {
        let word = self.bits.get(bit / 64).copied().unwrap_or(0);
        word >> (bit % 64) & 1 == 1
    }
}

/// The classes of a table, in order of first appearance.
#[derive(Debug, Clone, Default)]
pub struct Classes {
    /// Labels of each key.
    pub labels: Vec<Vec<Label>>,
    /// The classes.
    pub list: Vec<Class>,
    /// Whether the values of each amount are 0, 1 or missing.
    pub binary: Vec<bool>,
    /// The rows in order, where they are asked for.
    pub followed: Vec<Followed>,
}

impl Classes {
    /// Label of a key in a class; `None` where it is missing.
    pub fn label(&self, class: usize, key: usize) -> Option<&str> {
        let code = *self.list.get(class)?.key.get(key)? as usize;
        self.labels.get(key)?.get(code)?.as_deref()
    }

    /// Puts in a class, or adds to the one that is there. Gives its number.
    fn add(
        &mut self,
        known: &mut FxHashMap<(Vec<u32>, Vec<u64>), usize>,
        new: Class,
        most: usize,
    ) -> usize {
        let signature = (new.key.clone(), new.bits.clone());
        let at = *known.entry(signature).or_insert(self.list.len());
        match self.list.get_mut(at) {
            None => self.list.push(new),
            Some(class) => {
                class.rows += new.rows;
                for person in new.persons {
                    add_person(&mut class.persons, person, most);
                }
            }
        }
        at
    }
}

fn add_person(persons: &mut Vec<u64>, person: u64, most: usize) {
    if persons.len() < most && !persons.contains(&person) {
        persons.push(person);
    }
}

/// Classes of a batch, with the labels of its keys.
struct Piece {
    labels: Vec<Vec<Label>>,
    list: Vec<Class>,
    binary: Vec<bool>,
    followed: Vec<Followed>,
}

/// Puts the rows of a table into classes.
///
/// # Errors
/// A [`Stop`] when a file can't be read, or a parent's key repeats.
pub fn classes(dataset: &Dataset, telling: &Telling) -> Result<Classes, Stop> {
    let scan = &telling.scan;
    let Some(table) = dataset.tables.get(scan.table) else {
        return Ok(Classes::default());
    };
    let reader = Reader::new(dataset, table, scan)?;
    let expressions = Expressions::new(&scan.expressions);
    let numbered = reader.units(table)?;
    let pieces: Vec<Result<Vec<Piece>, Stop>> = numbered
        .par_iter()
        .map(|(first, unit)| {
            let mut at = *first;
            let mut pieces = Vec::new();
            for batch in unit.read()? {
                let batch = reader.batch(&batch?)?;
                pieces.push(piece_of(telling, &expressions, &batch, at)?);
                at += batch.rows as u64;
            }
            Ok(pieces)
        })
        .collect();
    let mut all = Classes {
        labels: vec![vec![]; scan.keys.len()],
        list: vec![],
        binary: vec![true; telling.amounts.len()],
        followed: vec![],
    };
    let mut known = FxHashMap::default();
    let mut codes: Vec<FxHashMap<Label, u32>> = vec![FxHashMap::default(); scan.keys.len()];
    for pieces in pieces {
        for piece in pieces? {
            for (all, here) in all.binary.iter_mut().zip(&piece.binary) {
                *all &= here;
            }
            let mut renamed: Vec<Vec<u32>> = Vec::with_capacity(piece.labels.len());
            let known_labels = all.labels.iter_mut().zip(&mut codes);
            for ((labels, codes), here) in known_labels.zip(piece.labels) {
                let code = |label: Label| {
                    *codes.entry(label.clone()).or_insert_with(|| {
                        labels.push(label);
                        (labels.len() - 1) as u32
                    })
                };
                renamed.push(here.into_iter().map(code).collect());
            }
            let mut places: Vec<u32> = Vec::with_capacity(piece.list.len());
            for mut class in piece.list {
                for (code, names) in class.key.iter_mut().zip(&renamed) {
                    *code = names.get(*code as usize).copied().unwrap_or_default();
                }
                places.push(all.add(&mut known, class, telling.least) as u32);
            }
            let place = |row: Followed| Followed {
                class: places.get(row.class as usize).copied().unwrap_or_default(),
                ..row
            };
            all.followed.extend(piece.followed.into_iter().map(place));
        }
    }
    Ok(all)
}

fn piece_of(
    telling: &Telling,
    expressions: &Expressions,
    batch: &Batch,
    first: u64,
) -> Result<Piece, Stop> {
    let (scan, rows) = (&telling.scan, batch.rows);
    let values = expressions.values(batch, &vec![true; scan.expressions.len()])?;
    let value = |at: usize| {
        let found = values.get(at).and_then(Option::as_ref);
        found.unwrap_or(&Val::Null)
    };
    let keys: Vec<Codes> = scan
        .keys
        .iter()
        .map(|k| key(k, &values, rows, first))
        .collect::<Result<_, _>>()?;
    let bits = scan.masks.len() + telling.amounts.len() + telling.marks.len();
    let wide = bits.div_ceil(64);
    // Row after row: the codes of its keys, then its bits.
    let stride = keys.len() + wide;
    let mut signatures = vec![0_u64; rows * stride];
    for (at, codes) in keys.iter().enumerate() {
        for (signature, code) in signatures.chunks_exact_mut(stride).zip(&codes.of_row) {
            signature[at] = u64::from(*code);
        }
    }
    let mut set = |bit: usize, row: usize| {
        if let Some(word) = signatures.get_mut(row * stride + keys.len() + bit / 64) {
            *word |= 1 << (bit % 64);
        }
    };
    let mut known = FxHashMap::default();
    for (bit, conditions) in scan.masks.iter().enumerate() {
        match mask(conditions, &values, rows, &mut known)? {
            None => (0..rows).for_each(|row| set(bit, row)),
            Some(mask) => {
                for (at, word) in words(&mask).into_iter().enumerate() {
                    let mut left = word;
                    while left != 0 {
                        set(bit, at * 64 + left.trailing_zeros() as usize);
                        left &= left - 1;
                    }
                }
            }
        }
    }
    let mut binary = vec![true; telling.amounts.len()];
    for (at, (expression, binary)) in telling.amounts.iter().zip(&mut binary).enumerate() {
        let numbers = value(*expression).numbers(rows)?;
        for (row, x) in piece(&numbers)?.iter().enumerate() {
            match x {
                Some(x) if *x != 0.0 => {
                    set(scan.masks.len() + at, row);
                    *binary &= *x == 1.0;
                }
                _ => {}
            }
        }
    }
    for (at, marks) in telling.marks.iter().enumerate() {
        let here = marks.iter().skip(first as usize).take(rows);
        for (row, _) in here.enumerate().filter(|(_, mark)| **mark) {
            set(scan.masks.len() + telling.amounts.len() + at, row);
        }
    }
    let persons = telling
        .person
        .map(|at| column(value(at), rows))
        .transpose()?;
    let named: Vec<Option<u64>> = persons.iter().flat_map(|p| &p.labels).map(name).collect();
    let person = |row: usize| -> Option<u64> {
        let code = persons.as_ref().and_then(|p| p.of_row.get(row));
        code.and_then(|code| named.get(*code as usize).copied().flatten())
    };
    let names: Vec<Codes> = telling
        .names
        .iter()
        .map(|at| column(value(*at), rows))
        .collect::<Result<_, _>>()?;
    let mut followed = Vec::new();
    let mut list: Vec<Class> = Vec::new();
    let mut places: FxHashMap<&[u64], usize> = FxHashMap::default();
    if stride == 0 {
        // Nothing tells rows apart.
        signatures = vec![];
    }
    let empty: &[u64] = &[];
    for row in 0..rows {
        let signature = signatures
            .get(row * stride..(row + 1) * stride)
            .unwrap_or(empty);
        let at = *places.entry(signature).or_insert_with(|| {
            let (key, bits) = signature.split_at(keys.len().min(signature.len()));
            list.push(Class {
                key: key.iter().map(|code| *code as u32).collect(),
                bits: bits.to_vec(),
                rows: 0,
                persons: vec![],
            });
            list.len() - 1
        });
        let person = person(row);
        if let Some(class) = list.get_mut(at) {
            // Numbers of rows that name nobody are even, those of persons odd.
            class.count(person.unwrap_or((first + row as u64) << 1), telling.least);
        }
        if !names.is_empty() {
            followed.push(Followed {
                name: row_name(&names, row),
                person,
                class: at as u32,
            });
        }
    }
    Ok(Piece {
        labels: keys.into_iter().map(|k| k.labels).collect(),
        list,
        binary,
        followed,
    })
}

/// A number for a row by the values that name it, the same in every reading of any data.
fn row_name(names: &[Codes], row: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    for codes in names {
        let code = codes.of_row.get(row);
        code.and_then(|code| codes.labels.get(*code as usize))
            .hash(&mut hasher);
    }
    hasher.finish()
}

/// A number for a person, the same in every batch. Two persons with one number would count as one, which errs on the safe side.
fn name(label: &Label) -> Option<u64> {
    let label = label.as_ref()?;
    let mut hasher = FxHasher::default();
    label.hash(&mut hasher);
    Some(hasher.finish() | 1)
}
