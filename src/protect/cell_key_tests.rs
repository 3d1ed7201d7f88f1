//! Cell keys: the published lookup, and the moments of the noise by formula and by simulation.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::{Perturbation, fraction, key_for, record_key};
use crate::protect::field::PRIME;

/// A key between 0 and 1 as a part of 2^64.
fn part(x: f64) -> u64 {
    (x * (u64::MAX as f64)) as u64
}

/// The handbook on statistical disclosure control, 5.4.
#[test]
fn the_published_cell_is_looked_up() {
    let sum = [0.9, 0.3, 0.6]
        .map(part)
        .into_iter()
        .fold(0_u64, u64::wrapping_add);
    let key = fraction(sum);
    assert!((key - 0.8).abs() < 1e-12, "{key}");
    let of_three = vec![(-1, 0.3), (0, 0.7), (1, 1.0)];
    let table = Perturbation::given(vec![of_three.clone(), of_three.clone(), of_three]);
    assert_eq!(table.shown(3, key), 4);
    assert_eq!(
        [0.0, 0.29, 0.3, 0.69, 0.7, 0.999].map(|k| table.shown(3, k)),
        [2, 2, 3, 3, 4, 4]
    );
    assert_eq!(table.shown(0, key), 0);
}

#[test]
fn noise_has_mean_zero_the_stated_variance_and_leaves_no_small_count() {
    for threshold in 2..=30 {
        let table = Perturbation::new(threshold);
        for count in 1..=(4 * threshold) {
            let mut before = 0.0;
            let (mut mean, mut variance) = (0.0, 0.0);
            for (v, up_to) in table.row(count) {
                let chance = up_to - before;
                assert!(chance >= 0.0, "{threshold} {count} {v}");
                before = *up_to;
                mean += *v as f64 * chance;
                variance += (*v * *v) as f64 * chance;
                let shown = count as i64 + v;
                assert!(shown == 0 || shown >= threshold as i64);
                assert!(v.unsigned_abs() <= table.deviation);
            }
            let least = 1.25 * (count * threshold.saturating_sub(count)) as f64;
            let stated = ((threshold - 1) as f64).max(least);
            assert!((before - 1.0).abs() < 1e-9);
            assert!(mean.abs() < 1e-9, "{threshold} {count}: {mean}");
            assert!(
                (variance - stated).abs() < 1e-8,
                "{threshold} {count}: {variance} {stated}"
            );
            assert!((table.variance_of(count) - stated).abs() < 1e-8);
        }
    }
}

/// Of all distributions with these moments the chances have the largest entropy: it falls in every direction that keeps the moments.
#[test]
fn the_chances_have_the_largest_entropy() {
    let table = Perturbation::new(5);
    let mut before = 0.0;
    let row: Vec<(f64, f64)> = table
        .row(1)
        .iter()
        .map(|(v, up_to)| {
            let chance = up_to - before;
            before = *up_to;
            (*v as f64, chance)
        })
        .collect();
    let entropy = |p: &[f64]| -p.iter().map(|p| p * p.ln()).sum::<f64>();
    let chances: Vec<f64> = row.iter().map(|(_, p)| *p).collect();
    // Third differences over four neighbours keep sum, mean and variance: 1, -3, 3, -1 over equal steps.
    for at in 1..row.len() - 3 {
        for sign in [1e-6, -1e-6] {
            let mut other = chances.clone();
            for (step, by) in [1.0, -3.0, 3.0, -1.0].iter().enumerate() {
                other[at + step] += sign * by;
            }
            assert!(entropy(&other) < entropy(&chances), "{at}");
        }
    }
}

#[test]
fn over_many_keys_the_noise_is_as_stated() {
    let table = Perturbation::new(5);
    let secret = [7_u8; 32];
    for (count, variance) in [(2_u64, 7.5), (4, 5.0), (7, 4.0), (60, 4.0)] {
        let (mut sum, mut squares) = (0.0, 0.0);
        let cells = 20_000_u64;
        for cell in 0..cells {
            let keys = (0..count).map(|row| record_key(&secret, cell * 1_000 + row, 0));
            let key = fraction(keys.fold(0, u64::wrapping_add));
            let shown = table.shown(count, key);
            assert!(shown == 0 || shown >= 5, "{shown}");
            let off = shown as f64 - count as f64;
            sum += off;
            squares += off * off;
        }
        let n = cells as f64;
        // Four standard errors of the mean; of the variance too, with the fourth moment below 12 times its square.
        assert!((sum / n).abs() < 4.0 * (variance / n).sqrt(), "{count}");
        assert!(
            (squares / n - variance).abs() < 4.0 * variance * (11.0 / n).sqrt(),
            "{count}: {}",
            squares / n
        );
    }
}

#[test]
fn noise_of_quantities_has_mean_zero_and_variance_one() {
    let table = Perturbation::new(5);
    let n = 200_000;
    let (mut sum, mut squares, mut most) = (0.0, 0.0, 0.0_f64);
    for at in 0..n {
        let x = table.noise((f64::from(at) + 0.5) / f64::from(n));
        sum += x;
        squares += x * x;
        most = most.max(x.abs());
    }
    let n = f64::from(n);
    assert!((sum / n).abs() < 1e-3);
    assert!((squares / n - 1.0).abs() < 1e-3, "{}", squares / n);
    assert!(most <= 10.5 / (4.0_f64 + 1.0 / 12.0).sqrt());
}

#[test]
fn keys_depend_on_secret_row_and_figure() {
    let (a, b) = ([1_u8; 32], [2_u8; 32]);
    assert_eq!(record_key(&a, 5, 0), record_key(&a, 5, 0));
    assert_ne!(record_key(&a, 5, 0), record_key(&b, 5, 0));
    assert_ne!(record_key(&a, 5, 0), record_key(&a, 5, 1));
    assert!((key_for(PRIME, "income") - key_for(PRIME, "")).abs() > 1e-9);
}

/// The handbook on statistical disclosure control, 5: exact means give noised counts back. Here both parts of a mean are noised.
#[test]
fn exact_means_would_undo_noised_counts() {
    let (shown, means) = ([9_i64, 14, 19], [11.25, 95.0 / 12.0, 9.25]);
    let fits = |at: usize| {
        let near = (shown[at] - 2..=shown[at] + 2).filter(move |n| {
            let sum = means[at] * *n as f64;
            (sum - sum.round()).abs() < 1e-6
        });
        near.collect::<Vec<i64>>()
    };
    // Whole sums alone leave 8, 12 and 20 of them.
    assert_eq!([fits(0), fits(1), fits(2)], [vec![8], vec![12], vec![20]]);
}
