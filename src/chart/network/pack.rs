//! The parts of a network that no tie joins, laid out one by one and put beside each other.

use super::layout::{Place, places};

/// Free space around each part, in edge lengths.
const GAP: f64 = 1.0;

/// Places of all nodes with ties; nodes without are in `alone`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Packed {
    /// One place per node, in edge lengths; `None` for nodes without ties. The smallest x and y are 0.
    pub places: Vec<Option<Place>>,
    pub width: f64,
    pub height: f64,
    /// Nodes without ties, in the order given.
    pub alone: Vec<usize>,
}

/// Neighbours of each node without repetition, in ascending order; ties of a node with itself don't count.
pub(super) fn neighbours(nodes: usize, ties: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); nodes];
    for (a, b) in ties {
        if a == b || *a >= nodes || *b >= nodes {
            continue;
        }
        for (from, to) in [(*a, *b), (*b, *a)] {
            if let Some(list) = out.get_mut(from) {
                list.push(to);
            }
        }
    }
    for list in &mut out {
        list.sort_unstable();
        list.dedup();
    }
    out
}

/// The parts of a network, each in ascending order: the largest first, then by first node.
pub(super) fn components(neighbours: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; neighbours.len()];
    let mut out: Vec<Vec<usize>> = Vec::new();
    for start in 0..neighbours.len() {
        let mut part = Vec::new();
        let mut stack = vec![start];
        while let Some(node) = stack.pop() {
            let Some(slot @ false) = seen.get_mut(node) else {
                continue;
            };
            *slot = true;
            part.push(node);
            stack.extend(neighbours.get(node).into_iter().flatten());
        }
        if !part.is_empty() {
            part.sort_unstable();
            out.push(part);
        }
    }
    out.sort_by(|a, b| b.len().cmp(&a.len()).then(a.first().cmp(&b.first())));
    out
}

/// Every part laid out on its own.
pub(super) struct Laid {
    nodes: usize,
    /// Nodes of each part and their places.
    parts: Vec<(Vec<usize>, Vec<Place>)>,
    /// Nodes without ties, in the order given.
    pub alone: Vec<usize>,
}

impl Laid {
    /// Lays out a network given each node's neighbours.
    pub fn new(neighbours: &[Vec<usize>]) -> Laid {
        let mut alone = Vec::new();
        let mut parts = Vec::new();
        for part in components(neighbours) {
            if part.len() == 1 {
                alone.extend(part);
                continue;
            }
            let inside: Vec<Vec<usize>> = part
                .iter()
                .map(|node| {
                    let all = neighbours.get(*node).into_iter().flatten();
                    all.filter_map(|n| part.binary_search(n).ok()).collect()
                })
                .collect();
            parts.push((part, places(&inside)));
        }
        alone.sort_unstable();
        Laid {
            nodes: neighbours.len(),
            parts,
            alone,
        }
    }

    /// Packs the boxes of the parts into a box that is about `aspect` times as wide as high.
    pub fn pack(&self, aspect: f64) -> Packed {
        let mut parts = self.parts.clone();
        let boxes: Vec<(f64, f64)> = parts
            .iter_mut()
            .map(|(_, places)| to_corner(places, aspect))
            .collect();
        let padded: Vec<(f64, f64)> = boxes.iter().map(|b| (b.0 + GAP, b.1 + GAP)).collect();
        let corners = best(&padded, aspect);
        let mut out = Packed {
            places: vec![None; self.nodes],
            width: 0.0,
            height: 0.0,
            alone: self.alone.clone(),
        };
        for (((nodes, places), size), corner) in parts.iter().zip(&boxes).zip(&corners) {
            out.width = out.width.max(corner.0 + size.0);
            out.height = out.height.max(corner.1 + size.1);
            for (node, place) in nodes.iter().zip(places) {
                if let Some(slot) = out.places.get_mut(*node) {
                    *slot = Some((place.0 + corner.0, place.1 + corner.1));
                }
            }
        }
        out
    }
}

/// Moves places so that their box starts at zero, turned upright where the box to fill is upright; returns the box's size.
fn to_corner(places: &mut [Place], aspect: f64) -> (f64, f64) {
    if aspect < 1.0 {
        places.iter_mut().for_each(|p| *p = (p.1, -p.0));
    }
    let least = |of: &dyn Fn(&Place) -> f64| places.iter().map(of).fold(f64::INFINITY, f64::min);
    let (x, y) = (least(&|p| p.0), least(&|p| p.1));
    let mut size = (0.0f64, 0.0f64);
    for place in places {
        *place = (place.0 - x, place.1 - y);
        size = (size.0.max(place.0), size.1.max(place.1));
    }
    size
}

/// Corners of the packing that fills the wanted shape best, of several widths tried.
fn best(boxes: &[(f64, f64)], aspect: f64) -> Vec<(f64, f64)> {
    let widest = boxes.iter().map(|b| b.0).fold(1e-9, f64::max);
    let area: f64 = boxes.iter().map(|b| b.0 * b.1).sum();
    let mut found: Option<(f64, Vec<(f64, f64)>)> = None;
    for step in 0..16 {
        let width = widest.max((area * aspect).sqrt() * (0.6 + 0.1 * f64::from(step)));
        let corners = skyline(boxes, width);
        let (mut w, mut h) = (0.0f64, 0.0f64);
        for (corner, size) in corners.iter().zip(boxes) {
            w = w.max(corner.0 + size.0);
            h = h.max(corner.1 + size.1);
        }
        // Height of a box of the wanted shape that holds everything: the smaller, the larger the drawing.
        let need = h.max(w / aspect);
        if found.as_ref().is_none_or(|(least, _)| need < *least - 1e-9) {
            found = Some((need, corners));
        }
    }
    found.map(|(_, corners)| corners).unwrap_or_default()
}

/// Puts each box, in the order given, as high up (smallest y) as those before it allow, in a strip of the given width.
fn skyline(boxes: &[(f64, f64)], width: f64) -> Vec<(f64, f64)> {
    // Left edge and depth of each step of the lower edge of what is placed; the last step ends at `width`.
    let mut steps: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    let mut out = Vec::new();
    for (w, h) in boxes {
        let mut place = (0.0, f64::INFINITY);
        for (left, _) in &steps {
            if left + w > width + 1e-9 {
                continue;
            }
            let depth = depth(&steps, *left, left + w);
            if depth < place.1 - 1e-9 {
                place = (*left, depth);
            }
        }
        if !place.1.is_finite() {
            place = (0.0, depth(&steps, 0.0, width));
        }
        let right = place.0 + w;
        let after = steps
            .iter()
            .rev()
            .find(|(left, _)| *left <= right + 1e-9)
            .map_or(0.0, |step| step.1);
        steps.retain(|(left, _)| *left < place.0 - 1e-9 || *left > right + 1e-9);
        steps.push((place.0, place.1 + h));
        if right < width - 1e-9 {
            steps.push((right, after));
        }
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        out.push(place);
    }
    out
}

/// The deepest step between two x.
fn depth(steps: &[(f64, f64)], from: f64, to: f64) -> f64 {
    let ends = steps.iter().skip(1).map(|s| s.0).chain([f64::INFINITY]);
    steps
        .iter()
        .zip(ends)
        .filter(|((left, _), end)| *left < to - 1e-9 && *end > from + 1e-9)
        .map(|((_, depth), _)| *depth)
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn boxes_never_overlap_and_stay_in_the_strip() {
        let boxes: Vec<(f64, f64)> = (0..40)
            .map(|i| (1.0 + (i * 7 % 5) as f64, 1.0 + (i * 3 % 4) as f64))
            .collect();
        for width in [5.0, 9.5, 30.0] {
            let corners = skyline(&boxes, width);
            for i in 0..boxes.len() {
                let (a, s) = (corners[i], boxes[i]);
                assert!(a.0 + s.0 <= width + 1e-6);
                for j in 0..i {
                    let (b, t) = (corners[j], boxes[j]);
                    let apart = a.0 + s.0 <= b.0 + 1e-6
                        || b.0 + t.0 <= a.0 + 1e-6
                        || a.1 + s.1 <= b.1 + 1e-6
                        || b.1 + t.1 <= a.1 + 1e-6;
                    assert!(apart, "{i} on {j} at {width}");
                }
            }
        }
    }

    #[test]
    fn parts_and_lone_nodes() {
        let found = neighbours(7, &[(4, 5), (5, 6), (1, 2), (2, 1), (3, 3), (9, 0)]);
        assert_eq!(
            components(&found),
            [vec![4, 5, 6], vec![1, 2], vec![0], vec![3]]
        );
        let packed = Laid::new(&found).pack(1.5);
        assert_eq!(packed.alone, [0, 3]);
        assert!(packed.places[0].is_none() && packed.places[4].is_some());
        assert!(packed.places.iter().flatten().all(|p| p.0 >= 0.0
            && p.1 >= 0.0
            && p.0 <= packed.width + 1e-9
            && p.1 <= packed.height + 1e-9));
    }
}
