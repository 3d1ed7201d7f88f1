//! An order in which like rows stand together: the leaves of an average-linkage tree.

use super::columns_of;
use super::distance::{Metric, all};
use crate::stats::Refused;

/// Two groups that became one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Merge {
    /// The groups: rows are 0 to n - 1, the group made by merge k is n + k; the smaller number first.
    pub groups: (usize, usize),
    /// Mean distance between the members of the two; infinite where no pair of them has a distance.
    pub height: f64,
    /// Rows in the new group.
    pub size: usize,
}

/// An order of rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Numbers of the rows as given, in their new order.
    pub rows: Vec<usize>,
    /// The tree, lowest merge first.
    pub merges: Vec<Merge>,
}

/// Puts like rows of a standardised matrix together: average linkage (Sokal & Michener 1958) by nearest-neighbour chains, over the
/// pairs that share enough to have a distance. Where two groups join, they are turned so that the rows that meet are as near as
/// can be; the whole begins with the end whose mean value is the higher one. Rows without any distance come last, as given.
///
/// The order is a way to read a heat map, not a finding: turning any group of the tree leaves it as true. Deterministic: equal distances
/// are taken in the order of the rows. Time grows with the square of the rows.
///
/// # Errors
/// A matrix that isn't one; a share outside 0 to 1.
pub fn order(rows: &[Vec<Option<f64>>], metric: Metric, least: f64) -> Result<Order, Refused> {
    let columns = columns_of(rows)?;
    let known = all(rows, columns, metric, least)?;
    let merges = linkage(&known);
    let leaves = leaves(&merges, &known);
    let alone = |i: &usize| known[*i].iter().all(Option::is_none);
    let (last, mut ordered): (Vec<usize>, Vec<usize>) =
        leaves.into_iter().partition(|i| alone(i) && rows.len() > 1);
    let mean = |i: &usize| {
        let own: Vec<f64> = rows[*i].iter().filter_map(|v| *v).collect();
        own.iter().sum::<f64>() / own.len().max(1) as f64
    };
    // The halves and not the single rows at the ends: one row says little.
    let half = ordered.len() / 2;
    let sum = |part: &[usize]| part.iter().map(mean).sum::<f64>();
    if sum(&ordered[..half]) < sum(&ordered[ordered.len() - half..]) {
        ordered.reverse();
    }
    let mut last = last;
    last.sort_unstable();
    ordered.extend(last);
    Ok(Order {
        rows: ordered,
        merges,
    })
}

/// Columns as rows, to order them in the same way.
///
/// # Errors
/// A matrix that isn't one.
pub fn transposed(rows: &[Vec<Option<f64>>]) -> Result<Vec<Vec<Option<f64>>>, Refused> {
    let columns = columns_of(rows)?;
    Ok((0..columns)
        .map(|c| rows.iter().map(|r| r[c]).collect())
        .collect())
}

/// Average linkage by nearest-neighbour chains (Murtagh 1983): right, since a merged group is never nearer to another than its
/// nearer part was. Sums and counts of known pairs are kept, so that missing distances are left out of the mean.
fn linkage(known: &[Vec<Option<f64>>]) -> Vec<Merge> {
    let n = known.len();
    let mut sums: Vec<Vec<(f64, f64)>> = known
        .iter()
        .map(|row| {
            let pair = |d: &Option<f64>| d.map_or((0.0, 0.0), |d| (d, 1.0));
            row.iter().map(pair).collect()
        })
        .collect();
    let apart = |(sum, count): (f64, f64)| {
        if count > 0.0 {
            sum / count
        } else {
            f64::INFINITY
        }
    };
    let mut active = vec![true; n];
    let mut sizes = vec![1usize; n];
    let mut raw: Vec<(usize, usize, f64)> = Vec::with_capacity(n.saturating_sub(1));
    let mut chain: Vec<usize> = Vec::new();
    while raw.len() + 1 < n {
        let tip = match chain.last() {
            Some(tip) => *tip,
            None => {
                let Some(first) = active.iter().position(|a| *a) else {
                    break;
                };
                chain.push(first);
                first
            }
        };
        let before = chain.len().checked_sub(2).map(|k| chain[k]);
        // The one before wins ties, else the chain could go round.
        let mut best = before.map(|b| (b, apart(sums[tip][b])));
        for other in (0..n).filter(|o| active[*o] && *o != tip) {
            let d = apart(sums[tip][other]);
            if best.is_none_or(|(_, nearest)| d < nearest) {
                best = Some((other, d));
            }
        }
        let Some((next, height)) = best else { break };
        if Some(next) != before {
            chain.push(next);
            continue;
        }
        chain.truncate(chain.len() - 2);
        let (keep, gone) = (tip.min(next), tip.max(next));
        active[gone] = false;
        sizes[keep] += sizes[gone];
        for other in (0..n).filter(|o| active[*o] && *o != keep) {
            let (a, b) = (sums[keep][other], sums[gone][other]);
            let joined = (a.0 + b.0, a.1 + b.1);
            sums[keep][other] = joined;
            sums[other][keep] = joined;
        }
        raw.push((keep, gone, height));
    }
    numbered(raw, n)
}

/// Merges from the lowest up, with the numbers of the groups.
fn numbered(mut raw: Vec<(usize, usize, f64)>, n: usize) -> Vec<Merge> {
    raw.sort_by(|a, b| a.2.total_cmp(&b.2));
    let mut group: Vec<usize> = (0..n).collect();
    let mut parent: Vec<usize> = (0..n).collect();
    let mut sizes = vec![1usize; n];
    let mut out = Vec::with_capacity(raw.len());
    for (k, (a, b, height)) in raw.into_iter().enumerate() {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        let (x, y) = (group[a], group[b]);
        parent[b] = a;
        group[a] = n + k;
        sizes[a] += sizes[b];
        out.push(Merge {
            groups: (x.min(y), x.max(y)),
            height,
            size: sizes[a],
        });
    }
    out
}

fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}

/// Leaves from one end to the other.
fn leaves(merges: &[Merge], known: &[Vec<Option<f64>>]) -> Vec<usize> {
    let n = known.len();
    let mut groups: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    for merge in merges {
        let mut a = std::mem::take(&mut groups[merge.groups.0]);
        let mut b = std::mem::take(&mut groups[merge.groups.1]);
        if b.iter().min() < a.iter().min() {
            std::mem::swap(&mut a, &mut b);
        }
        let gap = |i: Option<&usize>, j: Option<&usize>| match (i, j) {
            (Some(i), Some(j)) => known[*i][*j].unwrap_or(f64::INFINITY),
            _ => f64::INFINITY,
        };
        let ways = [
            (gap(a.last(), b.first()), false, false),
            (gap(a.last(), b.last()), false, true),
            (gap(a.first(), b.first()), true, false),
            (gap(a.first(), b.last()), true, true),
        ];
        let mut best = ways[0];
        for way in ways {
            if way.0 < best.0 {
                best = way;
            }
        }
        if best.1 {
            a.reverse();
        }
        if best.2 {
            b.reverse();
        }
        a.extend(b);
        groups.push(a);
    }
    groups.into_iter().flatten().collect()
}
