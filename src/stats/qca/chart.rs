//! The chart of a covering problem: rows and columns as bits, what binds, and what falls apart.

use std::collections::BTreeMap;

/// A set of rows or of columns.
pub(super) type Bits = Vec<u64>;

pub(super) fn has(bits: &[u64], i: usize) -> bool {
    bits[i >> 6] >> (i & 63) & 1 == 1
}

pub(super) fn set(bits: &mut [u64], i: usize) {
    bits[i >> 6] |= 1 << (i & 63);
}

pub(super) fn none(n: usize) -> Bits {
    vec![0; n.div_ceil(64)]
}

pub(super) fn members(bits: &[u64]) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(i, word)| {
        let mut word = *word;
        std::iter::from_fn(move || {
            (word != 0).then(|| {
                let b = word.trailing_zeros() as usize;
                word &= word - 1;
                i << 6 | b
            })
        })
    })
}

pub(super) fn inside(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a & !b == 0)
}

pub(super) fn shared(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum()
}

/// A problem without identical columns: rows that have to be covered, and which columns cover each.
pub(super) struct Chart {
    /// For each row, its columns.
    pub rows: Vec<Bits>,
    /// For each column, its rows.
    pub columns: Vec<Bits>,
}

impl Chart {
    pub(super) fn new(rows: usize, columns: &[Vec<usize>]) -> Chart {
        let mut chart = Chart {
            rows: vec![none(columns.len()); rows],
            columns: vec![none(rows); columns.len()],
        };
        for (j, covered) in columns.iter().enumerate() {
            for &i in covered {
                set(&mut chart.rows[i], j);
                set(&mut chart.columns[j], i);
            }
        }
        chart
    }
}

/// Sets of rows that some column covers, of the rows in `kept`, each with the columns that cover it.
pub(super) fn alike(
    columns: &[Vec<usize>],
    kept: impl Fn(usize) -> bool,
) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let mut alike: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (j, column) in columns.iter().enumerate() {
        let mut covered: Vec<usize> = column.iter().copied().filter(|i| kept(*i)).collect();
        covered.sort_unstable();
        if !covered.is_empty() {
            alike.entry(covered).or_default().push(j);
        }
    }
    alike.into_iter().unzip()
}

/// Rows that bind: without those whose columns contain all columns of another row, which any cover of the other covers too.
pub(super) fn binding(rows: usize, columns: &[Vec<usize>]) -> Vec<usize> {
    let chart = Chart::new(rows, columns);
    let mut order: Vec<usize> = (0..rows).collect();
    let size = |i: usize| -> u32 { chart.rows[i].iter().map(|w| w.count_ones()).sum() };
    order.sort_by_key(|i| (size(*i), *i));
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        if !kept.iter().any(|k| inside(&chart.rows[*k], &chart.rows[i])) {
            kept.push(i);
        }
    }
    kept.sort_unstable();
    kept
}

/// Groups of rows that share no column with another group.
pub(super) fn parts(rows: &[usize], columns: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let top = rows.iter().max().map_or(0, |m| m + 1);
    let mut parent: Vec<usize> = (0..top).collect();
    fn root(parent: &mut [usize], mut i: usize) -> usize {
        while parent[i] != i {
            parent[i] = parent[parent[i]];
            i = parent[i];
        }
        i
    }
    let mut kept = vec![false; top];
    for i in rows {
        kept[*i] = true;
    }
    for column in columns {
        let mut on = column.iter().copied().filter(|i| *i < top && kept[*i]);
        if let Some(first) = on.next() {
            for other in on {
                let (a, b) = (root(&mut parent, first), root(&mut parent, other));
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in rows {
        let root = root(&mut parent, *i);
        groups.entry(root).or_default().push(*i);
    }
    groups.into_values().collect()
}

/// The chart of some rows, with the columns that cover any of them; and which columns those are. Columns stay apart though they
/// may have become alike.
pub(super) fn restrict(rows: &[usize], columns: &[Vec<usize>]) -> (Chart, Vec<usize>) {
    let mut names = Vec::new();
    let mut left = Vec::new();
    for (j, column) in columns.iter().enumerate() {
        let on: Vec<usize> = column
            .iter()
            .filter_map(|i| rows.binary_search(i).ok())
            .collect();
        if !on.is_empty() {
            names.push(j);
            left.push(on);
        }
    }
    (Chart::new(rows.len(), &left), names)
}
