//! Controlled rounding: every figure of a table of counts goes to a multiple of a base beside it, so that the rounded figures still add up,
//! with the least sum of distances.
//!
//! In a two-way table with its margins this is a flow: what goes into a row leaves it through its cells, and what comes out of the columns
//! is the total (Cox 1987, "A constructive procedure for unbiased controlled rounding"; Kelly, Golden & Assad 1990). Every figure is an arc
//! with a convex cost, and the cheapest flow is found by shortest paths. Tables that share figures are rounded one after the other; a figure that
//! is rounded already costs more to change than anything else, and one step beyond the neighbouring multiples is taken where the shared figures
//! leave no other way.

use std::collections::VecDeque;

/// What a step beyond the neighbouring multiples costs, in distances.
const FURTHER: i64 = 100_000;
/// What it costs to change a figure that is rounded already, by a step.
const CHANGED: i64 = 1_000_000_000;

/// A count with what it was rounded to before, as a multiple of the base.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// The count.
    pub count: u64,
    /// Multiples of the base that it is shown as elsewhere.
    pub known: Option<u64>,
}

/// A two-way table of counts with its margins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its rows, each with a cell for every column.
    pub cells: Vec<Vec<Count>>,
    /// Sums of the rows.
    pub rows: Vec<Count>,
    /// Sums of the columns.
    pub columns: Vec<Count>,
    /// The total.
    pub total: Count,
}

/// A table rounded, in multiples of the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rounded {
    /// Its rows.
    pub cells: Vec<Vec<u64>>,
    /// Sums of the rows.
    pub rows: Vec<u64>,
    /// Sums of the columns.
    pub columns: Vec<u64>,
    /// The total.
    pub total: u64,
}

/// A figure as an arc: multiples flow along it.
struct Arc {
    from: usize,
    to: usize,
    count: i64,
    known: Option<i64>,
    low: i64,
    high: i64,
    flow: i64,
}

impl Arc {
    fn new((from, to): (usize, usize), count: Count, base: i64) -> Arc {
        let known = count.known.map(|k| k as i64);
        let count = count.count as i64;
        let (floor, ceiling) = (
            count / base,
            count.div_euclid(base) + i64::from(count % base > 0),
        );
        let (mut low, mut high) = match count {
            0 => (0, 0),
            _ => ((floor - 1).max(0), ceiling + 1),
        };
        if let Some(known) = known {
            (low, high) = (low.min(known), high.max(known));
        }
        let mut arc = Arc {
            from,
            to,
            count,
            known,
            low,
            high,
            flow: 0,
        };
        let cheapest = (low..=high).min_by_key(|flow| arc.cost(*flow, base));
        arc.flow = cheapest.unwrap_or(floor);
        arc
    }

    /// Cost of a flow; convex in it.
    fn cost(&self, flow: i64, base: i64) -> i64 {
        let distance = (flow * base - self.count).abs();
        let changed = self.known.map_or(0, |known| (flow - known).abs());
        // Beyond the neighbouring multiples, the distance is a base or more.
        let steps = distance / base;
        distance + FURTHER * steps + CHANGED * changed
    }
}

/// Rounds a table; `None` where no flow keeps all figures within a step beyond their neighbouring multiples.
pub fn round_table(table: &Table, base: u64) -> Option<Rounded> {
    let (rows, columns) = (table.rows.len(), table.columns.len());
    let (source, sink) = (0, rows + columns + 1);
    let base = base.max(1) as i64;
    let mut arcs = vec![Arc::new((sink, source), table.total, base)];
    for (row, count) in table.rows.iter().enumerate() {
        arcs.push(Arc::new((source, row + 1), *count, base));
    }
    for (column, count) in table.columns.iter().enumerate() {
        arcs.push(Arc::new((rows + 1 + column, sink), *count, base));
    }
    for (row, cells) in table.cells.iter().enumerate() {
        for (column, count) in cells.iter().enumerate() {
            arcs.push(Arc::new((row + 1, rows + 1 + column), *count, base));
        }
    }
    balance(&mut arcs, sink + 1, base)?;
    let mut flows = arcs.iter().map(|arc| arc.flow as u64);
    let total = flows.next()?;
    let of_rows: Vec<u64> = flows.by_ref().take(rows).collect();
    let of_columns: Vec<u64> = flows.by_ref().take(columns).collect();
    let mut cells = Vec::with_capacity(rows);
    for _ in 0..rows {
        cells.push(flows.by_ref().take(columns).collect());
    }
    Some(Rounded {
        cells,
        rows: of_rows,
        columns: of_columns,
        total,
    })
}

/// Makes what flows into each node equal to what flows out of it, one unit after the other along the cheapest way. The flows at the start are
/// the cheapest of each arc, so no way has a negative cost and the result is the cheapest of all.
fn balance(arcs: &mut [Arc], nodes: usize, base: i64) -> Option<()> {
    let mut surplus = vec![0_i64; nodes];
    let mut at_node: Vec<Vec<usize>> = vec![vec![]; nodes];
    for (at, arc) in arcs.iter().enumerate() {
        *surplus.get_mut(arc.to)? += arc.flow;
        *surplus.get_mut(arc.from)? -= arc.flow;
        at_node.get_mut(arc.from)?.push(at);
        at_node.get_mut(arc.to)?.push(at);
    }
    while surplus.iter().any(|s| *s > 0) {
        // Cheapest way from any node with too much to each other one.
        let mut costs: Vec<Option<i64>> = surplus.iter().map(|s| (*s > 0).then_some(0)).collect();
        let mut by: Vec<Option<usize>> = vec![None; nodes];
        let mut waiting: VecDeque<usize> =
            (0..nodes).filter(|n| surplus.get(*n) > Some(&0)).collect();
        while let Some(node) = waiting.pop_front() {
            let so_far = costs.get(node).copied().flatten()?;
            for at in at_node.get(node)? {
                let arc = arcs.get(*at)?;
                let is_forward = arc.from == node;
                let (next, flow) = match is_forward {
                    true => (arc.to, arc.flow + 1),
                    false => (arc.from, arc.flow - 1),
                };
                if flow < arc.low || flow > arc.high {
                    continue;
                }
                let cost = so_far + arc.cost(flow, base) - arc.cost(arc.flow, base);
                let known = costs.get_mut(next)?;
                if known.is_none_or(|k| cost < k) {
                    *known = Some(cost);
                    *by.get_mut(next)? = Some(*at);
                    if !waiting.contains(&next) {
                        waiting.push_back(next);
                    }
                }
            }
        }
        let short = (0..nodes).filter(|n| surplus.get(*n) < Some(&0));
        let reached = short.filter_map(|n| Some((costs.get(n).copied().flatten()?, n)));
        let (_, end) = reached.min()?;
        let mut node = end;
        while let Some(at) = by.get(node).copied().flatten() {
            let arc = arcs.get_mut(at)?;
            if arc.to == node {
                arc.flow += 1;
                node = arc.from;
            } else {
                arc.flow -= 1;
                node = arc.to;
            }
        }
        *surplus.get_mut(node)? -= 1;
        *surplus.get_mut(end)? += 1;
    }
    Some(())
}

/// The nearest multiple of a base, as a multiple: of what stands in no table that adds up.
pub fn nearest(count: u64, base: u64) -> u64 {
    let base = base.max(1);
    count.saturating_add(base / 2) / base
}

#[cfg(test)]
#[path = "controlled_tests.rs"]
mod tests;
