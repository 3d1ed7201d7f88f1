//! Choosing columns that cover all rows: fewest of them, or every choice that can spare none. Exact, by branch and bound.

use super::solutions::Covers;
use crate::stats::Refused;
use std::collections::BTreeMap;

/// Comparisons of words that one search may take: some seconds.
const MOST_WORK: u64 = 1_000_000_000;

/// What covers there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choices {
    /// Columns of each cover, rising.
    pub covers: Vec<Vec<usize>>,
    /// Whether there are no others of the kind asked for.
    pub complete: bool,
}

type Bits = Vec<u64>;

fn has(bits: &[u64], i: usize) -> bool {
    bits[i >> 6] >> (i & 63) & 1 == 1
}

fn set(bits: &mut [u64], i: usize) {
    bits[i >> 6] |= 1 << (i & 63);
}

fn none(n: usize) -> Bits {
    vec![0; n.div_ceil(64)]
}

fn members(bits: &[u64]) -> impl Iterator<Item = usize> {
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

fn meet(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).any(|(a, b)| a & b != 0)
}

fn inside(a: &[u64], b: &[u64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a & !b == 0)
}

fn shared(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum()
}

/// A problem without identical columns: rows that have to be covered, and which columns cover each.
struct Chart {
    /// For each row, its columns.
    rows: Vec<Bits>,
    /// For each column, its rows.
    columns: Vec<Bits>,
}

impl Chart {
    fn new(rows: usize, columns: &[Vec<usize>]) -> Chart {
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

/// Covers of `rows` rows by `columns` (the rows that each covers), of the kind `which`, at most `most` of them.
///
/// # Errors
/// A search that would take too long; a row that no column covers.
pub(super) fn covers(
    rows: usize,
    columns: &[Vec<usize>],
    which: Covers,
    most: usize,
) -> Result<Choices, Refused> {
    let kept = binding(rows, &alike(columns, |_| true).0);
    // Columns that cover the same rows are one until the end.
    let (distinct, members) = alike(columns, |i| kept.binary_search(&i).is_ok());
    let mut complete = true;
    // Covers by distinct columns, of one part of the chart after the other.
    let mut found: Vec<Vec<usize>> = vec![Vec::new()];
    for part in parts(&kept, &distinct) {
        let (chart, names) = restrict(&part, &distinct);
        let mut search = Search {
            chart: &chart,
            which,
            most,
            work: 0,
            found: Vec::new(),
        };
        complete &= search.run()?;
        let mut joined = Vec::new();
        for before in &found {
            for cover in &search.found {
                let with = cover.iter().map(|j| names[*j]);
                joined.push(before.iter().copied().chain(with).collect());
            }
            if joined.len() > most {
                break;
            }
        }
        complete &= joined.len() <= most;
        joined.truncate(most);
        found = joined;
    }
    // Each choice among columns that are alike.
    let mut covers: Vec<Vec<usize>> = Vec::new();
    'all: for cover in &found {
        let mut at = vec![0usize; cover.len()];
        loop {
            if covers.len() == most {
                complete = false;
                break 'all;
            }
            let pick = |(c, at): (&usize, &usize)| members[*c][*at];
            let mut one: Vec<usize> = cover.iter().zip(&at).map(pick).collect();
            one.sort_unstable();
            covers.push(one);
            let next = (0..at.len()).find(|p| at[*p] + 1 < members[cover[*p]].len());
            let Some(next) = next else { break };
            at[..next].fill(0);
            at[next] += 1;
        }
    }
    covers.sort_unstable();
    Ok(Choices { covers, complete })
}

/// Sets of rows that some column covers, of the rows in `kept`, each with the columns that cover it.
fn alike(
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
fn binding(rows: usize, columns: &[Vec<usize>]) -> Vec<usize> {
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
fn parts(rows: &[usize], columns: &[Vec<usize>]) -> Vec<Vec<usize>> {
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
fn restrict(rows: &[usize], columns: &[Vec<usize>]) -> (Chart, Vec<usize>) {
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

struct Search<'a> {
    chart: &'a Chart,
    which: Covers,
    most: usize,
    work: u64,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Fills `found`; whether it holds all.
    fn run(&mut self) -> Result<bool, Refused> {
        let uncovered = self.every(self.chart.rows.len());
        let allowed = self.every(self.chart.columns.len());
        if self.which == Covers::Irredundant {
            let finished = self.irredundant(&uncovered, &allowed, &mut Vec::new());
            let whole = finished && self.found.len() <= self.most;
            self.found.truncate(self.most);
            if self.found.is_empty() {
                return Err(too_long());
            }
            return Ok(whole);
        }
        // How many are needed, from columns that lie in no other; then all covers with that many.
        let leading = self.leading();
        let most = self.most;
        let mut size = 0;
        loop {
            size += 1;
            if size > self.chart.rows.len() {
                return Err(too_long());
            }
            self.most = 0;
            let finished = self.of_size(size, &uncovered, &leading, &mut Vec::new());
            if !self.found.is_empty() {
                break;
            }
            if !finished {
                return Err(too_long());
            }
        }
        self.most = most;
        let first = std::mem::take(&mut self.found);
        let finished = self.of_size(size, &uncovered, &allowed, &mut Vec::new());
        let whole = finished && self.found.len() <= most;
        self.found.truncate(most);
        if self.found.is_empty() {
            self.found = first;
        }
        Ok(whole)
    }

    fn every(&self, n: usize) -> Bits {
        let mut bits = none(n);
        (0..n).for_each(|i| set(&mut bits, i));
        bits
    }

    /// Columns that lie in no other column; the first of those that are alike.
    fn leading(&self) -> Bits {
        let columns = &self.chart.columns;
        let mut kept = none(columns.len());
        let mut leaders: Vec<usize> = Vec::new();
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|j| (u32::MAX - shared(&columns[*j], &columns[*j]), *j));
        for j in order {
            if !leaders.iter().any(|l| inside(&columns[j], &columns[*l])) {
                leaders.push(j);
                set(&mut kept, j);
            }
        }
        kept
    }

    /// Adds the covers of `uncovered` by `size` of the columns `allowed` (and no fewer). False where it stopped early: enough
    /// found (more than `most`), or too much work.
    fn of_size(
        &mut self,
        size: usize,
        uncovered: &Bits,
        allowed: &Bits,
        chosen: &mut Vec<usize>,
    ) -> bool {
        if uncovered.iter().all(|w| *w == 0) {
            self.found.push(chosen.clone());
            return self.found.len() <= self.most;
        }
        let columns = &self.chart.columns;
        let width = uncovered.len() as u64;
        self.work += width + allowed.len() as u64;
        if self.work > MOST_WORK {
            return false;
        }
        let Some(row) = self.tightest(uncovered, allowed) else {
            return true;
        };
        if !self.possible(size, uncovered, allowed) {
            return true;
        }
        let mut allowed = allowed.clone();
        let candidates: Vec<usize> = members(&self.chart.rows[row])
            .filter(|j| has(&allowed, *j))
            .collect();
        for j in candidates {
            // From here on without it, so that no choice comes twice.
            allowed[j >> 6] &= !(1 << (j & 63));
            self.work += width;
            let left: Bits = uncovered
                .iter()
                .zip(&columns[j])
                .map(|(u, c)| u & !c)
                .collect();
            if size == 1 && left.iter().any(|w| *w != 0) {
                continue;
            }
            chosen.push(j);
            let go_on = self.of_size(size - 1, &left, &allowed, chosen);
            chosen.pop();
            if !go_on {
                return false;
            }
        }
        true
    }

    /// The uncovered row with the fewest allowed columns; none if one has none.
    fn tightest(&mut self, uncovered: &Bits, allowed: &Bits) -> Option<usize> {
        let mut best: Option<(u32, usize)> = None;
        for i in members(uncovered) {
            self.work += allowed.len() as u64;
            let n = shared(&self.chart.rows[i], allowed);
            if n == 0 {
                return None;
            }
            if best.is_none_or(|b| n < b.0) {
                best = Some((n, i));
            }
        }
        best.map(|b| b.1)
    }

    /// Whether `size` columns may cover the rows left: the largest ones have enough rows, and no more than `size` rows share no
    /// column pairwise.
    fn possible(&mut self, size: usize, uncovered: &Bits, allowed: &Bits) -> bool {
        let width = uncovered.len() as u64;
        let left = shared(uncovered, uncovered);
        if size == 0 {
            return left == 0;
        }
        let mut counts = vec![0u32; left as usize + 1];
        for j in members(allowed) {
            self.work += width;
            counts[shared(&self.chart.columns[j], uncovered) as usize] += 1;
        }
        let (mut needed, mut picks) = (left, size as u32);
        for rows in (1..counts.len()).rev() {
            let take = picks.min(counts[rows]);
            needed = needed.saturating_sub(take * rows as u32);
            picks -= take;
            if needed == 0 || picks == 0 {
                break;
            }
        }
        if needed > 0 {
            return false;
        }
        let mut apart: Vec<Bits> = Vec::new();
        for i in members(uncovered) {
            self.work += allowed.len() as u64 * (apart.len() as u64 + 1);
            let mine = self.chart.rows[i].iter().zip(allowed);
            let mine: Bits = mine.map(|(r, a)| r & a).collect();
            if !apart.iter().any(|other| meet(other, &mine)) {
                apart.push(mine);
                if apart.len() > size {
                    return false;
                }
            }
        }
        true
    }

    /// Adds the covers that can spare no column. False where it stopped early.
    fn irredundant(&mut self, uncovered: &Bits, allowed: &Bits, chosen: &mut Vec<usize>) -> bool {
        let columns = &self.chart.columns;
        self.work += (chosen.len() * chosen.len() * uncovered.len()) as u64 + 1;
        if self.work > MOST_WORK {
            return false;
        }
        // Each chosen column needs a row of its own.
        for (p, j) in chosen.iter().enumerate() {
            let mut own = columns[*j].clone();
            for other in chosen.iter().enumerate().filter(|(q, _)| *q != p) {
                for (own, o) in own.iter_mut().zip(&columns[*other.1]) {
                    *own &= !o;
                }
            }
            if own.iter().all(|w| *w == 0) {
                return true;
            }
        }
        if uncovered.iter().all(|w| *w == 0) {
            self.found.push(chosen.clone());
            return self.found.len() <= self.most;
        }
        let Some(row) = self.tightest(uncovered, allowed) else {
            return true;
        };
        let mut allowed = allowed.clone();
        let candidates: Vec<usize> = members(&self.chart.rows[row])
            .filter(|j| has(&allowed, *j))
            .collect();
        for j in candidates {
            allowed[j >> 6] &= !(1 << (j & 63));
            let left = uncovered.iter().zip(&self.chart.columns[j]);
            let left: Bits = left.map(|(u, c)| u & !c).collect();
            chosen.push(j);
            let go_on = self.irredundant(&left, &allowed, chosen);
            chosen.pop();
            if !go_on {
                return false;
            }
        }
        true
    }
}

fn too_long() -> Refused {
    Refused::new(
        "there are too many ways to combine the prime implicants to be sure of the fewest",
        "Give fewer conditions, or ask more cases of a row.",
    )
}
