//! Sets of rows as sums over classes: how many rows, by which number they are known again, and the key of their cell.

use super::cell_key::record_key;
use crate::engine::classes::{Class, Classes};
use crate::evaluation::secret::Secret;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Some rows of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Set {
    /// How many they are.
    pub count: u64,
    /// Equal for the same rows; two sets of other rows have the same with a chance of 2^-128.
    pub mark: u128,
    /// Sum of the keys of the rows.
    pub key: u64,
}

impl Set {
    /// These and other rows.
    fn and(self, other: Set) -> Set {
        Set {
            count: self.count + other.count,
            mark: self.mark.wrapping_add(other.mark),
            key: self.key.wrapping_add(other.key),
        }
    }

    /// The rows that are not in a part of it.
    pub fn without(self, part: Set) -> Option<Set> {
        Some(Set {
            count: self.count.checked_sub(part.count)?,
            mark: self.mark.wrapping_sub(part.mark),
            key: self.key.wrapping_sub(part.key),
        })
    }
}

/// The classes of a table as sets.
pub struct Sets {
    of_class: Vec<Set>,
    /// Persons of the rows of each class, by a number from 0 on. A row that names nobody is of a person of its own, and has none.
    persons: Vec<Vec<u32>>,
    /// Rows of each person, while they are counted.
    counted: RefCell<Vec<u32>>,
}

impl Sets {
    /// With the keys that a secret gives to the rows, where there is one.
    pub fn new(classes: &Classes, secret: Option<&Secret>) -> Sets {
        let set = |(at, class): (usize, &Class)| Set {
            count: class.rows,
            mark: mark(at as u64),
            key: 0,
        };
        let mut of_class: Vec<Set> = classes.list.iter().enumerate().map(set).collect();
        if let Some(secret) = secret {
            // Rows of one name can't be told apart, so it does not matter which of them comes first.
            let mut seen: FxHashMap<u64, u64> = FxHashMap::default();
            for row in &classes.followed {
                let before = seen.entry(row.name).or_default();
                let key = record_key(secret.bytes(), row.name, *before);
                *before += 1;
                if let Some(set) = of_class.get_mut(row.class as usize) {
                    set.key = set.key.wrapping_add(key);
                }
            }
        }
        let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
        let mut persons: Vec<Vec<u32>> = vec![vec![]; of_class.len()];
        for row in &classes.followed {
            if let (Some(person), Some(of)) = (row.person, persons.get_mut(row.class as usize)) {
                let next = numbers.len() as u32;
                of.push(*numbers.entry(person).or_insert(next));
            }
        }
        Sets {
            of_class,
            persons,
            counted: RefCell::new(vec![0; numbers.len()]),
        }
    }

    /// The largest number of rows that one person has among those of some classes that are members; 1 at least.
    pub fn most_rows(&self, classes: &[u32], members: &[bool]) -> u64 {
        let chosen = || {
            let chosen = classes
                .iter()
                .filter(|c| members.get(**c as usize) == Some(&true));
            chosen
                .filter_map(|c| self.persons.get(*c as usize))
                .flatten()
        };
        let mut counted = self.counted.borrow_mut();
        let mut most = 1;
        for person in chosen() {
            if let Some(count) = counted.get_mut(*person as usize) {
                *count += 1;
                most = most.max(*count);
            }
        }
        for person in chosen() {
            if let Some(count) = counted.get_mut(*person as usize) {
                *count = 0;
            }
        }
        u64::from(most)
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.of_class.len()
    }

    /// The rows of those of some classes that are members.
    pub fn of(&self, classes: &[u32], members: &[bool]) -> Set {
        let chosen = classes
            .iter()
            .filter(|c| members.get(**c as usize) == Some(&true));
        chosen
            .filter_map(|c| self.of_class.get(*c as usize))
            .fold(Set::default(), |sum, set| sum.and(*set))
    }
}

/// A number for a class that looks random (the finaliser of SplitMix64, Steele, Lea & Flood 2014), twice.
fn mark(class: u64) -> u128 {
    let mix = |x: u64| {
        let x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ x >> 31
    };
    let step = 0x9e37_79b9_7f4a_7c15_u64;
    let first = mix((2 * class + 1).wrapping_mul(step));
    let second = mix((2 * class + 2).wrapping_mul(step));
    u128::from(first) << 64 | u128::from(second)
}
