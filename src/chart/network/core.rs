//! Which actors of a large network are drawn: its core.

/// Most actors with ties that are drawn.
pub(super) const MOST: usize = 400;

/// The actors kept of a network, and what to say of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// In ascending order.
    pub nodes: Vec<usize>,
    /// "each tied with at least 3 of the others"; `None` when all are kept.
    pub words: Option<String>,
}

/// All actors with ties, or of a network with more than [`MOST`] of them the largest k-core (Seidman 1983: everyone is tied with
/// at least k of those kept) that has no more. Where there is no such core of some size, those with the most ties.
pub(super) fn kept(neighbours: &[Vec<usize>]) -> Kept {
    let tied: Vec<usize> = neighbours
        .iter()
        .enumerate()
        .filter(|(_, n)| !n.is_empty())
        .map(|(i, _)| i)
        .collect();
    if tied.len() <= MOST {
        return Kept {
            nodes: tied,
            words: None,
        };
    }
    let degree = |i: usize| neighbours.get(i).map_or(0, Vec::len);
    let core = cores(neighbours);
    let deepest = core.iter().copied().max().unwrap_or(0);
    for least in 1..=deepest {
        let inside: Vec<usize> = (0..core.len())
            .filter(|i| core.get(*i).is_some_and(|k| *k >= least))
            .collect();
        // A handful of nodes would say nothing of a network of hundreds.
        if inside.len() <= MOST && inside.len() >= MOST / 4 {
            let words = format!("each tied with at least {least} of the others drawn");
            return Kept {
                nodes: inside,
                words: Some(words),
            };
        }
    }
    let mut order = tied;
    order.sort_by(|a, b| degree(*b).cmp(&degree(*a)).then(a.cmp(b)));
    order.truncate(MOST);
    order.sort_unstable();
    Kept {
        nodes: order,
        words: Some("those tied with the most others".to_owned()),
    }
}

/// The core number of each node, by taking away a node of least remaining degree again and again (Batagelj & Zaveršnik 2003).
fn cores(neighbours: &[Vec<usize>]) -> Vec<usize> {
    let mut left: Vec<usize> = neighbours.iter().map(Vec::len).collect();
    let mut queue: std::collections::BTreeSet<(usize, usize)> =
        left.iter().enumerate().map(|(i, d)| (*d, i)).collect();
    let mut core = vec![0; neighbours.len()];
    let mut level = 0;
    while let Some((degree, node)) = queue.pop_first() {
        level = level.max(degree);
        if let Some(slot) = core.get_mut(node) {
            *slot = level;
        }
        for next in neighbours.get(node).into_iter().flatten() {
            if let Some(degree) = left.get_mut(*next)
                && queue.remove(&(*degree, *next))
            {
                *degree -= 1;
                queue.insert((*degree, *next));
            }
        }
    }
    core
}

#[cfg(test)]
mod tests {
    use super::super::pack::neighbours;
    use super::*;

    #[test]
    fn core_numbers() {
        // A triangle with a tail of two, and a node alone.
        let found = neighbours(6, &[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)]);
        assert_eq!(cores(&found), [2, 2, 2, 1, 1, 0]);
    }

    #[test]
    fn a_large_network_keeps_its_core_or_its_best_tied() {
        // A ring of 200 whose members are tied with the next two as well, each with three hangers-on.
        let mut ties = Vec::new();
        for i in 0..200 {
            ties.extend([(i, (i + 1) % 200), (i, (i + 2) % 200)]);
            ties.extend((0..3).map(|k| (i, 200 + 3 * i + k)));
        }
        let found = kept(&neighbours(800, &ties));
        assert_eq!(found.nodes, (0..200).collect::<Vec<_>>());
        assert!(found.words.is_some_and(|w| w.contains("at least 2 of")));
        let star: Vec<(usize, usize)> = (1..900).map(|i| (0, i)).collect();
        let found = kept(&neighbours(900, &star));
        assert_eq!(found.nodes, (0..400).collect::<Vec<_>>());
        assert!(found.words.is_some_and(|w| w.contains("most others")));
    }
}
