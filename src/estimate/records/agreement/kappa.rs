//! Cohen's kappa of two raters (Cohen 1960, "A coefficient of agreement for nominal scales"; 1968, weighted).

use std::collections::BTreeMap;

/// How agreement falls with the distance of two scores, d of at most D.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// 1 when equal, else 0.
    Equal,
    /// 1 - d / D.
    Linear,
    /// 1 - (d / D)^2.
    Quadratic,
}

/// Kappa of pairs (weight, first, second); `None` when chance would agree everywhere.
pub fn kappa(pairs: &[(f64, f64, f64)], weights: Weights) -> Option<f64> {
    let total: f64 = pairs.iter().map(|(w, _, _)| w).sum();
    let scores = || pairs.iter().flat_map(|(_, a, b)| [*a, *b]);
    let most = scores().fold(f64::NEG_INFINITY, f64::max);
    let range = most - scores().fold(f64::INFINITY, f64::min);
    if total <= 0.0 || range <= 0.0 {
        return None;
    }
    let distance = |a: f64, b: f64| match weights {
        Weights::Equal => f64::from(u8::from(a != b)),
        Weights::Linear => (a - b).abs() / range,
        Weights::Quadratic => ((a - b) / range).powi(2),
    };
    let mut firsts: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    let mut seconds = firsts.clone();
    for (w, a, b) in pairs {
        firsts.entry(a.to_bits()).or_insert((*a, 0.0)).1 += w;
        seconds.entry(b.to_bits()).or_insert((*b, 0.0)).1 += w;
    }
    let observed: f64 = pairs.iter().map(|(w, a, b)| w * distance(*a, *b)).sum();
    let by_chance: f64 = firsts
        .values()
        .flat_map(|(a, p)| seconds.values().map(move |(b, q)| (a, p, b, q)))
        .map(|(a, p, b, q)| p * q * distance(*a, *b))
        .sum();
    (by_chance > 0.0).then(|| 1.0 - observed * total / by_chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &[&[u32]]) -> Vec<(f64, f64, f64)> {
        let mut pairs = Vec::new();
        for (a, row) in cells.iter().enumerate() {
            for (b, count) in row.iter().enumerate() {
                pairs.extend((0..*count).map(|_| (1.0, a as f64, b as f64)));
            }
        }
        pairs
    }

    /// 50 proposals read by two readers, a textbook case: agreement .70, chance .50, kappa .40.
    #[test]
    fn two_readers_of_fifty_proposals() {
        let pairs = table(&[&[20, 5], &[10, 15]]);
        let got = kappa(&pairs, Weights::Equal).unwrap_or(f64::NAN);
        assert!((got - 0.4).abs() < 1e-12, "{got}");
    }

    /// scikit-learn 1.9.1, cohen_kappa_score, of the same table: unweighted, linear, quadratic.
    #[test]
    fn weighted_kappa_as_scikit_learn_gives_it() {
        let pairs = table(&[&[44, 5, 1], &[7, 20, 3], &[9, 5, 6]]);
        for (weights, expected) in [
            (Weights::Equal, KAPPA[0]),
            (Weights::Linear, KAPPA[1]),
            (Weights::Quadratic, KAPPA[2]),
        ] {
            let got = kappa(&pairs, weights).unwrap_or(f64::NAN);
            assert!((got - expected).abs() < 1e-12, "{weights:?}: {got}");
        }
    }

    const KAPPA: [f64; 3] = [0.4915254237288136, 0.4736842105263158, 0.4545454545454546];

    #[test]
    fn one_score_for_all_is_undefined() {
        assert_eq!(kappa(&table(&[&[5]]), Weights::Equal), None);
        assert_eq!(kappa(&[], Weights::Equal), None);
    }
}
