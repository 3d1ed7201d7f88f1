//! Largest studentised difference of each error from all others in one draw, without looking at every pair.

/// Squares of max over k of |a(j) - a(k)| / √(v(j) + v(k)), for each j.
///
/// For fixed j, (a(j) - a)² / (v(j) + v) is a convex function of the point (a, v) (a square over a linear function) that falls
/// with v, so that its maximum over all k lies on a corner of the lower convex hull of the points (a(k), v(k)). Of 500 points
/// some ten are corners.
pub(super) struct Extremes {
    right: Vec<(f64, f64)>,
    left: Vec<(f64, f64)>,
}

impl Extremes {
    pub fn new() -> Extremes {
        Extremes {
            right: Vec::new(),
            left: Vec::new(),
        }
    }

    /// Writes the squares into `largest`. `first` gives the entries by rising standard error; `a` are errors, `v` squared
    /// standard errors. Two estimates without error differ by 0 here.
    pub fn squares(&mut self, first: &[u16], a: &[f64], v: &[f64], largest: &mut [f64]) {
        self.right.clear();
        self.left.clear();
        for &k in first {
            let k = usize::from(k);
            insert(&mut self.right, a[k], v[k]);
            insert(&mut self.left, -a[k], v[k]);
        }
        corners(&mut self.right);
        corners(&mut self.left);
        largest.fill(0.0);
        let left = self.left.iter().map(|&(a, v)| (-a, v));
        for (corner, variance) in self.right.iter().copied().chain(left) {
            // Two estimates without error: 0 / smallest number = 0.
            let variance = variance.max(f64::MIN_POSITIVE);
            for ((m, a), v) in largest.iter_mut().zip(a).zip(v) {
                let d = a - corner;
                let square = d * d / (v + variance);
                *m = if square > *m { square } else { *m };
            }
        }
    }
}

/// Keeps the points that no other beats in both: as far out with no larger variance. By rising variance, and so by rising `a`.
fn insert(front: &mut Vec<(f64, f64)>, a: f64, v: f64) {
    let mut place = front.len();
    while place > 0 && front[place - 1].1 >= v {
        place -= 1;
    }
    let beaten = |point: Option<&(f64, f64)>| point.is_some_and(|p| p.1 <= v && p.0 >= a);
    let before = place.checked_sub(1).and_then(|i| front.get(i));
    if beaten(before) || beaten(front.get(place)) {
        return;
    }
    let mut end = place;
    while end < front.len() && front[end].0 <= a {
        end += 1;
    }
    front.splice(place..end, [(a, v)]);
}

/// Of such a front, the points where variance as a function of `a` is convex.
fn corners(front: &mut Vec<(f64, f64)>) {
    let mut kept = 0;
    for i in 0..front.len() {
        let (a2, v2) = front[i];
        while kept >= 2 {
            let (a0, v0) = front[kept - 2];
            let (a1, v1) = front[kept - 1];
            if (v1 - v0) * (a2 - a1) < (v2 - v1) * (a1 - a0) {
                break;
            }
            kept -= 1;
        }
        front[kept] = (a2, v2);
        kept += 1;
    }
    front.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random;
    use rand::RngExt;

    /// Against all pairs, over standard errors from equal to 1 : 10,000, some of them 0.
    #[test]
    fn corners_find_the_largest_of_all_pairs() {
        let mut extremes = Extremes::new();
        for round in 0..400_u64 {
            let mut stream = random::stream(1, 2, round);
            let k = 2 + (round as usize * 7) % 60;
            let range = [0.0, 0.5, 3.0, 9.2][round as usize % 4];
            let se: Vec<f64> = (0..k)
                .map(|j| match round % 5 {
                    0 if j % 4 == 0 => 0.0,
                    _ => (range * stream.random::<f64>()).exp(),
                })
                .collect();
            let a: Vec<f64> = se
                .iter()
                .map(|s| s * 3.0 * (stream.random::<f64>() + stream.random::<f64>() - 1.0))
                .collect();
            let v: Vec<f64> = se.iter().map(|s| s * s).collect();
            // Any order of entry must do: with finite degrees of freedom variances aren't sorted.
            let first: Vec<u16> = (0..k as u16).collect();
            let mut largest = vec![0.0; k];
            extremes.squares(&first, &a, &v, &mut largest);
            for j in 0..k {
                let all = (0..k)
                    .filter(|&i| v[i] + v[j] > 0.0)
                    .map(|i| (a[i] - a[j]).powi(2) / (v[i] + v[j]))
                    .fold(0.0, f64::max);
                assert!((largest[j] - all).abs() <= 1e-12 * all, "round {round}");
            }
        }
    }
}
