//! Derived indicators that refer to nothing, or to themselves by way of others: found in as many steps as there are references.

use super::{Catalogue, Measure};
use crate::finding::{Finding, Findings, nearest};
use std::collections::BTreeMap;

/// A circle is written out up to so many indicators.
const WRITTEN: usize = 12;

impl Catalogue {
    /// Sorts, and removes derived indicators that refer to nothing or to themselves.
    pub(super) fn finish(&mut self, findings: &mut Findings) {
        self.indicators
            .sort_by(|a, b| (a.kind, &a.dimension, &a.id).cmp(&(b.kind, &b.dimension, &b.id)));
        let web = Web::of(self);
        let mut removed = vec![false; self.indicators.len()];
        let mut wave: Vec<usize> = Vec::new();
        for (at, indicator) in self.indicators.iter().enumerate() {
            let undefined = web.undefined[at].as_deref();
            let fault = undefined
                .map(|id| self.undefined(id))
                .or_else(|| self.circle(&web, at));
            if let Some(finding) = fault {
                findings.push(finding.in_file(&indicator.file).in_column("inputs"));
                wave.push(at);
            }
        }
        // Each wave leaves others without an input.
        while !wave.is_empty() {
            wave.iter().for_each(|at| removed[*at] = true);
            let mut next: Vec<usize> = wave
                .iter()
                .flat_map(|at| &web.users[*at])
                .copied()
                .filter(|at| !removed[*at])
                .collect();
            next.sort_unstable();
            next.dedup();
            for at in &next {
                let Some(id) = web.inputs[*at].iter().find(|i| removed[**i]) else {
                    continue;
                };
                let id = &self.indicators[*id].id;
                let message = format!("It is derived from `{id}`, whose own inputs have a fault.");
                let help = format!("Correct `{id}` first.");
                let finding = Finding::error("definition-unknown-input", message, help);
                let file = &self.indicators[*at].file;
                findings.push(finding.in_file(file).in_column("inputs"));
            }
            wave = next;
        }
        let mut gone = removed.into_iter();
        self.indicators.retain(|_| gone.next() != Some(true));
    }

    fn undefined(&self, id: &str) -> Finding {
        let help = match nearest(id, self.indicators.iter().map(|i| i.id.as_str())) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "`codev indicators list` shows all.".to_owned(),
        };
        let message = format!("It is derived from `{id}`, which is not defined.");
        Finding::error("definition-unknown-input", message, help)
    }

    /// The circle that an indicator is in, if it is in one.
    fn circle(&self, web: &Web, at: usize) -> Option<Finding> {
        let size = web.circles.get(&web.circle[at]).copied().unwrap_or(0);
        let itself = web.inputs[at].contains(&at);
        if size < 2 && !itself {
            return None;
        }
        let id = |i: usize| self.indicators[i].id.as_str();
        let message = match size > WRITTEN {
            true => format!(
                "It is derived from itself: `{}` is in a circle of {size} indicators.",
                id(at)
            ),
            false => {
                let path: Vec<&str> = web.path(at).into_iter().map(id).collect();
                format!("It is derived from itself: {}.", path.join(" → "))
            }
        };
        Some(Finding::error(
            "definition-cycle",
            message,
            "Break the circle: one of them must come from a table.",
        ))
    }
}

/// Which indicators are derived from which, by place in the catalogue.
struct Web {
    inputs: Vec<Vec<usize>>,
    users: Vec<Vec<usize>>,
    /// The first input that is not defined.
    undefined: Vec<Option<String>>,
    /// Number of the circle that each is in; one of one indicator is none, unless it names itself.
    circle: Vec<usize>,
    /// Indicators per circle.
    circles: BTreeMap<usize, usize>,
}

impl Web {
    fn of(catalogue: &Catalogue) -> Web {
        let all = &catalogue.indicators;
        let places: BTreeMap<&str, usize> = all.iter().map(|i| i.id.as_str()).zip(0..).collect();
        let mut web = Web {
            inputs: vec![vec![]; all.len()],
            users: vec![vec![]; all.len()],
            undefined: vec![None; all.len()],
            circle: vec![],
            circles: BTreeMap::new(),
        };
        for (at, indicator) in all.iter().enumerate() {
            let Measure::Derived { inputs, .. } = &indicator.measure else {
                continue;
            };
            for (_, id) in inputs {
                match places.get(id.as_str()) {
                    Some(input) => {
                        web.inputs[at].push(*input);
                        web.users[*input].push(at);
                    }
                    None => web.undefined[at] = web.undefined[at].take().or(Some(id.clone())),
                }
            }
        }
        web.circle = components(&web.inputs);
        for circle in &web.circle {
            *web.circles.entry(*circle).or_default() += 1;
        }
        web
    }

    /// A way from an indicator back to itself, within its circle.
    fn path(&self, from: usize) -> Vec<usize> {
        let mut seen = vec![false; self.inputs.len()];
        // Each with the next of its inputs to be tried.
        let mut path = vec![(from, 0)];
        while let Some((at, next)) = path.last_mut() {
            let (at, tried) = (*at, *next);
            *next += 1;
            match self.inputs[at].get(tried) {
                None => {
                    path.pop();
                }
                Some(input) if *input == from => {
                    let ids = path.iter().map(|(at, _)| *at);
                    return ids.chain([from]).collect();
                }
                Some(input) if !seen[*input] && self.circle[*input] == self.circle[from] => {
                    seen[*input] = true;
                    path.push((*input, 0));
                }
                Some(_) => {}
            }
        }
        vec![from, from]
    }
}

/// Number of the strongly connected component of each (Tarjan 1972, Depth-first search and linear graph algorithms, SIAM Journal on
/// Computing 1), with a stack of its own: chains of references may be longer than the program's.
fn components(edges: &[Vec<usize>]) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let n = edges.len();
    let (mut index, mut low, mut component) = (vec![NONE; n], vec![0; n], vec![NONE; n]);
    let (mut open, mut count, mut number) = (Vec::new(), 0, 0);
    for root in 0..n {
        if index[root] != NONE {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((at, next)) = work.last_mut() {
            let (at, tried) = (*at, *next);
            if tried == 0 {
                index[at] = count;
                low[at] = count;
                count += 1;
                open.push(at);
            }
            *next += 1;
            if let Some(to) = edges[at].get(tried).copied() {
                if index[to] == NONE {
                    work.push((to, 0));
                } else if component[to] == NONE {
                    low[at] = low[at].min(index[to]);
                }
                continue;
            }
            if low[at] == index[at] {
                while let Some(member) = open.pop() {
                    component[member] = number;
                    if member == at {
                        break;
                    }
                }
                number += 1;
            }
            work.pop();
            if let Some((above, _)) = work.last() {
                low[*above] = low[*above].min(low[at]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn circles_are_told_from_chains() {
        // 0 → 1 → 2 → 0, 3 → 0, 4 → 3, 5 → 5.
        let found = components(&[vec![1], vec![2], vec![0], vec![0], vec![3], vec![5]]);
        assert!(found[0] == found[1] && found[1] == found[2]);
        let others: std::collections::BTreeSet<usize> = found.iter().copied().collect();
        assert_eq!(others.len(), 4);
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_has_no_end_of_the_stack() {
        let chain: Vec<Vec<usize>> = (0..100_000_usize)
            .map(|i| if i == 0 { vec![] } else { vec![i - 1] })
            .collect();
        let found = components(&chain);
        let last = found.iter().copied().max();
        assert_eq!(last, Some(99_999));
        // The other way round the walk is as deep as the chain is long.
        let turned: Vec<Vec<usize>> = (0..100_000_usize)
            .map(|i| if i == 99_999 { vec![] } else { vec![i + 1] })
            .collect();
        assert_eq!(components(&turned).len(), 100_000);
    }
}
