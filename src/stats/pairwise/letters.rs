//! Compact letter display: two share a letter exactly where they are not shown to differ.

use crate::stats::Refused;

/// The most that can be lettered.
pub const MOST_LETTERED: usize = 1_000;

/// The most letters tried along the way: one table can't be read with more, and some patterns need exponentially many.
pub const MOST_LETTERS: usize = 2_000;

/// Which of them carry which letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letters {
    /// For each letter the positions that carry it, rising; letters in the order of their first positions.
    pub columns: Vec<Vec<usize>>,
    count: usize,
}

impl Letters {
    /// The letters (positions in `columns`) of each of those lettered, in their order.
    pub fn of_each(&self) -> Vec<Vec<usize>> {
        let mut each = vec![Vec::new(); self.count];
        for (letter, column) in self.columns.iter().enumerate() {
            for &i in column {
                each[i].push(letter);
            }
        }
        each
    }

    /// The letters of each as text: `ab`, or `a aa ab` with spaces where there are more than 26.
    pub fn texts(&self) -> Vec<String> {
        let between = if self.columns.len() > 26 { " " } else { "" };
        let text = |letters: Vec<usize>| {
            let names: Vec<String> = letters.into_iter().map(name).collect();
            names.join(between)
        };
        self.of_each().into_iter().map(text).collect()
    }
}

/// a to z, then aa, ab, ... as the columns of a spreadsheet.
fn name(letter: usize) -> String {
    let last = char::from(b'a' + (letter % 26) as u8);
    match letter / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", name(more - 1)),
    }
}

/// Letters for `count` estimates of which the pairs in `differ` are shown to differ: insert, absorb and sweep (Piepho 2004).
///
/// Give the estimates in the order of their values, so that a is the letter of the first. No letter, and no letter of any one, can be
/// left out of the result; that no other set of letters is smaller is not promised.
///
/// # Errors
/// More than [`MOST_LETTERED`] estimates, a pattern that takes more than [`MOST_LETTERS`] letters, or a pair that is not one of two
/// among them.
pub fn letters(count: usize, differ: &[(usize, usize)]) -> Result<Letters, Refused> {
    if count > MOST_LETTERED {
        return Err(Refused::new(
            format!(
                "letters for {count} estimates are more than the {MOST_LETTERED} that can be lettered"
            ),
            "Show intervals or rank sets instead.",
        ));
    }
    if differ.iter().any(|&(i, j)| i == j || i.max(j) >= count) {
        return Err(Refused::new(
            "a pair said to differ is not of two of the estimates",
            "Give pairs of different positions, counted from 0.",
        ));
    }
    let mut pairs: Vec<(usize, usize)> =
        differ.iter().map(|&(i, j)| (i.min(j), i.max(j))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut columns = insert_and_absorb(count, &pairs)?;
    sweep(count, &mut columns);
    let mut columns: Vec<Vec<usize>> = columns.iter().map(Set::members).collect();
    columns.sort_unstable();
    Ok(Letters { columns, count })
}

/// Starts from one letter for all; each differing pair splits the letters that both carry, into one without the first and one without
/// the second. What is within another is absorbed. All pairs of one first position are inserted together, which gives the same: of a
/// letter without several seconds only the one without all of them is left.
fn insert_and_absorb(count: usize, pairs: &[(usize, usize)]) -> Result<Vec<Set>, Refused> {
    let mut columns = if count == 0 {
        Vec::new()
    } else {
        vec![Set::full(count)]
    };
    for of_one in pairs.chunk_by(|a, b| a.0 == b.0) {
        let Some(&(first, _)) = of_one.first() else {
            continue;
        };
        let seconds = Set::of(count, of_one.iter().map(|pair| pair.1));
        let (split, mut kept): (Vec<Set>, Vec<Set>) = columns
            .into_iter()
            .partition(|column| column.has(first) && column.meets(&seconds));
        let first = Set::of(count, std::iter::once(first));
        // A column not split can't be within a part of one that was, so that only the parts may be absorbed.
        let whole = kept.len();
        for column in split {
            for without in [&first, &seconds] {
                let part = column.without(without);
                if kept.iter().any(|other| part.within(other)) {
                    continue;
                }
                let mut at = 0;
                kept.retain(|other| {
                    at += 1;
                    at <= whole || !other.within(&part)
                });
                kept.push(part);
            }
            if kept.len() > MOST_LETTERS {
                return Err(Refused::new(
                    format!("the differences make a pattern of more than {MOST_LETTERS} letters"),
                    "Show intervals or rank sets instead, or compare fewer.",
                ));
            }
        }
        columns = kept;
    }
    Ok(columns)
}

/// Takes a letter from one that shares it with nobody by this letter alone, and letters that are left with nobody.
fn sweep(count: usize, columns: &mut Vec<Set>) {
    let mut shared = vec![0_u32; count * count];
    for column in columns.iter() {
        let members = column.members();
        for &i in &members {
            for &j in &members {
                shared[i * count + j] += 1;
            }
        }
    }
    for column in columns.iter_mut() {
        for i in column.members() {
            // With itself too: everyone keeps a letter.
            let members = column.members();
            if members.iter().all(|j| shared[i * count + j] > 1) {
                for j in members {
                    shared[i * count + j] -= 1;
                    if i != j {
                        shared[j * count + i] -= 1;
                    }
                }
                *column = column.without(&Set::of(count, std::iter::once(i)));
            }
        }
    }
    columns.retain(|column| !column.is_empty());
}

/// A set of positions, one bit each.
#[derive(Debug, Clone)]
struct Set(Vec<u64>);

impl Set {
    fn full(count: usize) -> Set {
        let mut words = vec![u64::MAX; count.div_ceil(64)];
        if let (Some(last), odd @ 1..) = (words.last_mut(), count % 64) {
            *last = (1 << odd) - 1;
        }
        Set(words)
    }

    fn has(&self, i: usize) -> bool {
        self.0
            .get(i / 64)
            .is_some_and(|word| word >> (i % 64) & 1 == 1)
    }

    fn of(count: usize, members: impl Iterator<Item = usize>) -> Set {
        let mut words = vec![0; count.div_ceil(64)];
        for i in members {
            if let Some(word) = words.get_mut(i / 64) {
                *word |= 1 << (i % 64);
            }
        }
        Set(words)
    }

    fn without(&self, other: &Set) -> Set {
        Set(self.0.iter().zip(&other.0).map(|(a, b)| a & !b).collect())
    }

    fn meets(&self, other: &Set) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    fn within(&self, other: &Set) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a & !b == 0)
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    fn members(&self) -> Vec<usize> {
        let mut members = Vec::new();
        for (at, word) in self.0.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                members.push(at * 64 + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
        members
    }
}
