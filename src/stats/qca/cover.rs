//! Choosing columns that cover all rows: fewest of them, or every choice that can spare none. Exact, by branch and bound.

use super::chart::{
    Bits, Chart, alike, binding, has, inside, members, none, parts, restrict, set, shared,
};
use super::prices::prices;
use super::solutions::Covers;
use crate::stats::Refused;

/// Steps over words that it may take to prove how many columns are needed: some seconds.
const PROOF: u64 = 1_000_000_000;

/// Steps over words that it may take to list the covers, after which the list is incomplete.
const LISTING: u64 = 150_000_000;

/// What covers there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choices {
    /// Columns of each cover, rising.
    pub covers: Vec<Vec<usize>>,
    /// Whether there are no others of the kind asked for.
    pub complete: bool,
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
            left: PROOF,
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

struct Search<'a> {
    chart: &'a Chart,
    which: Covers,
    most: usize,
    /// Steps left.
    left: u64,
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
        // How many are needed, then all covers with that many.
        let most = std::mem::replace(&mut self.most, 0);
        let mut size = 1;
        while self.of_size(size, &uncovered, &allowed, &mut Vec::new()) {
            size += 1;
        }
        if self.found.is_empty() {
            return Err(too_long());
        }
        self.most = most;
        self.left = LISTING;
        let first = std::mem::take(&mut self.found);
        let finished = self.of_size(size, &uncovered, &allowed, &mut Vec::new());
        let whole = finished && self.found.len() <= most;
        self.found.truncate(most);
        if self.found.is_empty() {
            self.found = first;
        }
        Ok(whole)
    }

    /// Takes `steps` off what is left; false where there aren't as many.
    fn spend(&mut self, steps: usize) -> bool {
        let steps = steps as u64;
        let enough = self.left >= steps;
        self.left = self.left.saturating_sub(steps);
        enough
    }

    fn every(&self, n: usize) -> Bits {
        let mut bits = none(n);
        (0..n).for_each(|i| set(&mut bits, i));
        bits
    }

    /// Adds the covers of `uncovered` by `size` of the columns `allowed` (and no fewer); if `most` is 0 only whether there is one. False
    /// where it stopped early: more than `most` found, or no steps left.
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
        if size == 0 {
            return true;
        }
        if size == 1 {
            return self.last(uncovered, allowed, chosen);
        }
        let mut allowed = allowed.clone();
        if size > 2 {
            let Some(leading) = self.leading(uncovered, &allowed) else {
                return false;
            };
            let bounds = prices(uncovered, &leading);
            let within = |total: f64| total <= size as f64 + 1e-9;
            if bounds.iter().any(|b| !within(b.total)) {
                return true;
            }
            if self.most == 0 {
                // Whoever takes a column that lies in another could take the other.
                allowed = none(self.chart.columns.len());
                leading.iter().for_each(|(j, _)| set(&mut allowed, *j));
            }
            // A column underpaid by the prices of its rows raises what a cover with it needs by the difference.
            let columns = &self.chart.columns;
            let affordable = |j: &usize| {
                let rest = bounds
                    .iter()
                    .map(|b| b.total + b.slack(&columns[*j], uncovered));
                rest.fold(0.0, f64::max)
            };
            let dear: Vec<usize> = members(&allowed)
                .filter(|j| !within(affordable(j)))
                .collect();
            for j in dear {
                allowed[j >> 6] &= !(1 << (j & 63));
            }
        }
        if !self.spend(uncovered.len() + allowed.len()) {
            return false;
        }
        let Some(row) = self.tightest(uncovered, &allowed) else {
            return true;
        };
        let columns = &self.chart.columns;
        let mut candidates: Vec<usize> = members(&self.chart.rows[row])
            .filter(|j| has(&allowed, *j))
            .collect();
        // Large ones first: the later branches go without them and end soon.
        candidates.sort_by_key(|j| (u32::MAX - shared(&columns[*j], uncovered), *j));
        for j in candidates {
            // From here on without it, so that no choice comes twice.
            allowed[j >> 6] &= !(1 << (j & 63));
            let left = uncovered.iter().zip(&columns[j]);
            let left: Bits = left.map(|(u, c)| u & !c).collect();
            chosen.push(j);
            let go_on = self.of_size(size - 1, &left, &allowed, chosen);
            chosen.pop();
            if !go_on {
                return false;
            }
        }
        true
    }

    /// The end of [`Search::of_size`]: columns that cover all that is left.
    fn last(&mut self, uncovered: &Bits, allowed: &Bits, chosen: &[usize]) -> bool {
        let mut common = allowed.clone();
        for i in members(uncovered) {
            if !self.spend(common.len()) {
                return false;
            }
            let mut any = 0;
            for (c, r) in common.iter_mut().zip(&self.chart.rows[i]) {
                *c &= r;
                any |= *c;
            }
            if any == 0 {
                return true;
            }
        }
        for j in members(&common) {
            self.found.push([chosen, &[j]].concat());
            if self.found.len() > self.most {
                return false;
            }
        }
        true
    }

    /// Columns, as far as they cover `uncovered`, that lie in no other; the first of those that are alike. None where no steps are
    /// left.
    fn leading(&mut self, uncovered: &Bits, allowed: &Bits) -> Option<Vec<(usize, Bits)>> {
        let columns = &self.chart.columns;
        let mut order: Vec<(u32, usize, Bits)> = Vec::new();
        for j in members(allowed) {
            let on: Bits = columns[j]
                .iter()
                .zip(uncovered)
                .map(|(c, u)| c & u)
                .collect();
            let size: u32 = on.iter().map(|w| w.count_ones()).sum();
            if size > 0 {
                order.push((u32::MAX - size, j, on));
            }
        }
        order.sort_unstable_by_key(|(size, j, _)| (*size, *j));
        let mut leading: Vec<(usize, Bits)> = Vec::new();
        let mut steps = 0;
        for (_, j, on) in order {
            steps += (leading.len() + 4) * on.len();
            if !leading.iter().any(|(_, other)| inside(&on, other)) {
                leading.push((j, on));
            }
        }
        self.spend(steps).then_some(leading)
    }

    /// The uncovered row with the fewest allowed columns; none if one has none.
    fn tightest(&mut self, uncovered: &Bits, allowed: &Bits) -> Option<usize> {
        let mut best: Option<(u32, usize)> = None;
        for i in members(uncovered) {
            self.left = self.left.saturating_sub(allowed.len() as u64);
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

    /// Adds the covers that can spare no column. False where it stopped early.
    fn irredundant(&mut self, uncovered: &Bits, allowed: &Bits, chosen: &mut Vec<usize>) -> bool {
        let columns = &self.chart.columns;
        if !self.spend(chosen.len() * chosen.len() * uncovered.len() + 1) {
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
