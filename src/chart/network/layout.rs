//! Where the nodes of a connected network stand: distances on paper as near as can be to distances in the network.
//!
//! Stress majorisation (Gansner, Koren & North 2004, "Graph drawing by stress majorization", eq. 2 and section 2.3) from the
//! classical scaling of the distances (Torgerson 1952). Only sums, products, quotients and square roots are used, which every
//! machine rounds alike, and no random numbers: the same network is always drawn the same.

/// A place on paper.
pub(super) type Place = (f64, f64);

/// Rounds of the power iteration that finds the two main axes.
const AXES: usize = 60;
/// Most rounds of majorisation.
const ROUNDS: usize = 250;
/// A round that moves no node further than this (in edge lengths) is the last one.
const STILL: f64 = 2e-3;

/// Places for the nodes of a connected network, given each node's neighbours: one edge is about one unit long, the middle is at
/// zero, and the longest extent lies across.
pub(super) fn places(neighbours: &[Vec<usize>]) -> Vec<Place> {
    let distances: Vec<Vec<f64>> = (0..neighbours.len())
        .map(|from| hops(neighbours, from))
        .collect();
    let mut places = scaling(&distances);
    majorise(&distances, &mut places);
    level(&mut places);
    places
}

/// Edges on the shortest path from one node to each; what can't be reached counts as the farthest node and one more.
fn hops(neighbours: &[Vec<usize>], from: usize) -> Vec<f64> {
    let mut found: Vec<Option<usize>> = vec![None; neighbours.len()];
    let mut queue = std::collections::VecDeque::from([(from, 0)]);
    let mut farthest = 0;
    while let Some((node, far)) = queue.pop_front() {
        let Some(slot @ None) = found.get_mut(node) else {
            continue;
        };
        *slot = Some(far);
        farthest = far;
        let next = neighbours.get(node).into_iter().flatten();
        queue.extend(next.map(|n| (*n, far + 1)));
    }
    let far = |hops: Option<usize>| hops.unwrap_or(farthest + 1) as f64;
    found.into_iter().map(far).collect()
}

/// Numbers in -0.5..0.5 that differ from each other, spread evenly: the multiples of an irrational number.
fn spread(i: usize, irrational: f64) -> f64 {
    let turned = (i as f64 + 1.0) * irrational;
    turned - turned.floor() - 0.5
}

/// The two main axes of the doubly centred squared distances, by power iteration, each times the root of its eigenvalue.
/// Equal nodes would coincide, so each is moved a little.
fn scaling(distances: &[Vec<f64>]) -> Vec<Place> {
    let n = distances.len();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n.max(1) as f64;
    let squared: Vec<Vec<f64>> = distances
        .iter()
        .map(|row| row.iter().map(|d| d * d).collect())
        .collect();
    let rows: Vec<f64> = squared.iter().map(|row| mean(row)).collect();
    let all = mean(&rows);
    let roots = [2f64.sqrt(), 3f64.sqrt()];
    let mut axes: Vec<Vec<f64>> = Vec::new();
    for root in roots {
        let mut axis: Vec<f64> = (0..n).map(|i| spread(i, root)).collect();
        let mut length = 0.0;
        for _ in 0..AXES {
            for other in &axes {
                let share = dot(&axis, other) / dot(other, other).max(f64::MIN_POSITIVE);
                axis.iter_mut()
                    .zip(other)
                    .for_each(|(a, o)| *a -= share * o);
            }
            let unit = dot(&axis, &axis).sqrt().max(f64::MIN_POSITIVE);
            axis.iter_mut().for_each(|a| *a /= unit);
            let (sum, weighted) = (axis.iter().sum::<f64>(), dot(&axis, &rows));
            let next: Vec<f64> = squared
                .iter()
                .zip(&rows)
                .map(|(row, mean)| -0.5 * (dot(row, &axis) - mean * sum - weighted + all * sum))
                .collect();
            // The eigenvalue is the length of what comes out of a unit vector.
            length = dot(&next, &next).sqrt();
            if length < 1e-9 {
                break;
            }
            axis = next;
        }
        let unit = dot(&axis, &axis).sqrt().max(f64::MIN_POSITIVE);
        let factor = length.sqrt() / unit;
        axes.push(axis.iter().map(|a| a * factor).collect());
    }
    let along = |axis: usize, i: usize| {
        let found = axes.get(axis).and_then(|a: &Vec<f64>| a.get(i));
        found.copied().unwrap_or(0.0) + 0.2 * spread(i, roots[1 - axis] + 2.0)
    };
    (0..n).map(|i| (along(0, i), along(1, i))).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Moves one node after the other to the place where its own stress against all others, weighted by distance to the power of
/// -2, is least by the majorising function; the total stress never grows.
fn majorise(distances: &[Vec<f64>], places: &mut [Place]) {
    for _ in 0..ROUNDS {
        let mut moved: f64 = 0.0;
        for (i, row) in distances.iter().enumerate() {
            let Some(here) = places.get(i).copied() else {
                continue;
            };
            let (mut x, mut y, mut weights) = (0.0, 0.0, 0.0);
            for (j, (far, there)) in row.iter().zip(places.iter()).enumerate() {
                if i == j || *far <= 0.0 {
                    continue;
                }
                let weight = 1.0 / (far * far);
                let (dx, dy) = (here.0 - there.0, here.1 - there.1);
                let apart = (dx * dx + dy * dy).sqrt();
                let pull = if apart > 1e-12 { far / apart } else { 0.0 };
                x += weight * (there.0 + pull * dx);
                y += weight * (there.1 + pull * dy);
                weights += weight;
            }
            if weights > 0.0 {
                let next = (x / weights, y / weights);
                moved = moved.max((next.0 - here.0).abs().max((next.1 - here.1).abs()));
                if let Some(slot) = places.get_mut(i) {
                    *slot = next;
                }
            }
        }
        if moved < STILL {
            break;
        }
    }
}

/// Moves the middle to zero and turns the longest extent (the first principal axis) across.
fn level(places: &mut [Place]) {
    let n = places.len().max(1) as f64;
    let sum = |of: &dyn Fn(&Place) -> f64| places.iter().map(of).sum::<f64>() / n;
    let (mx, my) = (sum(&|p| p.0), sum(&|p| p.1));
    let (xx, yy) = (
        sum(&|p| (p.0 - mx) * (p.0 - mx)),
        sum(&|p| (p.1 - my) * (p.1 - my)),
    );
    let xy = sum(&|p| (p.0 - mx) * (p.1 - my));
    // First eigenvector of the covariance; without correlation the wider of the two axes.
    let half = (xx - yy) / 2.0;
    let root = (half * half + xy * xy).sqrt();
    let (cos, sin) = if xy.abs() < 1e-9 {
        if xx >= yy { (1.0, 0.0) } else { (0.0, 1.0) }
    } else {
        let (a, b) = (xy, root - half);
        let unit = (a * a + b * b).sqrt();
        (a / unit, b / unit)
    };
    for place in places {
        let (x, y) = (place.0 - mx, place.1 - my);
        *place = (x * cos + y * sin, y * cos - x * sin);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn graph(n: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
        let mut out = vec![Vec::new(); n];
        for (a, b) in edges {
            out[*a].push(*b);
            out[*b].push(*a);
        }
        out
    }

    fn far(a: Place, b: Place) -> f64 {
        (a.0 - b.0).hypot(a.1 - b.1)
    }

    #[test]
    fn a_path_is_a_straight_line_of_unit_steps() {
        let path: Vec<(usize, usize)> = (0..9).map(|i| (i, i + 1)).collect();
        let found = places(&graph(10, &path));
        for i in 0..9 {
            assert!(
                (far(found[i], found[i + 1]) - 1.0).abs() < 0.02,
                "{found:?}"
            );
        }
        assert!((far(found[0], found[9]) - 9.0).abs() < 0.1);
        assert!(found.iter().all(|p| p.1.abs() < 0.1), "lies across");
    }

    #[test]
    fn equal_nodes_stand_apart() {
        let ring: Vec<(usize, usize)> = (0..12).map(|i| (i, (i + 1) % 12)).collect();
        let star: Vec<(usize, usize)> = (1..20).map(|i| (0, i)).collect();
        let mut all = Vec::new();
        for i in 0..10 {
            all.extend((0..i).map(|j| (i, j)));
        }
        let square = [(0, 1), (1, 2), (2, 3), (3, 0)];
        for (n, edges) in [(12, &ring[..]), (20, &star), (10, &all), (4, &square)] {
            let found = places(&graph(n, edges));
            for i in 0..n {
                assert!(found[i].0.is_finite() && found[i].1.is_finite());
                for j in 0..i {
                    assert!(far(found[i], found[j]) > 0.2, "{n} nodes: {i} on {j}");
                }
            }
        }
        let found = places(&graph(4, &square));
        let (side, diagonal) = (far(found[0], found[1]), far(found[0], found[2]));
        // The least stress of a square: sides s, diagonals s times the root of two.
        assert!((diagonal / side - 2f64.sqrt()).abs() < 0.02, "{found:?}");
    }

    #[test]
    fn one_node_and_none() {
        assert_eq!(places(&[]), []);
        assert_eq!(places(&[vec![]]), [(0.0, 0.0)]);
        let pair = places(&graph(2, &[(0, 1)]));
        assert!((far(pair[0], pair[1]) - 1.0).abs() < 1e-6);
    }
}
