//! Whether intervals cover the truth and tests keep their size, over simulated programmes: fixed seeds.
#![allow(clippy::unwrap_used)]

use super::cases::options;
use super::*;
use crate::stats::{distribution, random};
use rand::RngExt;

fn normal(rng: &mut impl RngExt) -> f64 {
    distribution::normal_quantile(rng.random_range(1e-12..1.0))
}

/// Estimates and variances of k programmes with a true mean of .3, sampling variances from .02 to .3, and `tau2` of true values.
fn draw(k: usize, tau2: f64, rng: &mut impl RngExt) -> (Vec<f64>, Vec<f64>) {
    let pairs = (0..k).map(|i| {
        let v = 0.02 * 15_f64.powf((i % 5) as f64 / 4.0);
        let y = 0.3 + tau2.sqrt() * normal(rng) + v.sqrt() * normal(rng);
        (y, v)
    });
    pairs.unzip()
}

/// Share of `draws` in which `covers` holds.
fn share(what: &str, draws: u64, covers: impl Fn(&mut rand_pcg::Pcg64) -> bool) -> f64 {
    let hits = (0..draws).filter(|r| covers(&mut random::stream(20_260, random::tag(what), *r)));
    hits.count() as f64 / draws as f64
}

/// Hartung-Knapp intervals cover in 95 % of draws with 5, 10 and 30 programmes, normal ones in clearly fewer with 5. Over 1,000
/// draws the standard error of a coverage of .95 is .007: 3 of them are allowed.
#[test]
fn hartung_knapp_covers_where_the_normal_does_not() {
    for (k, normal_at_most) in [(5, 0.92), (10, 0.945), (30, 0.97)] {
        let coverage = |errors| {
            share("coverage", 1000, |rng| {
                let (y, v) = draw(k, 0.1, rng);
                let mean = pool(&y, &v, &options(Between::Reml, errors)).unwrap().mean;
                mean.low <= 0.3 && 0.3 <= mean.high
            })
        };
        let (t, z) = (coverage(Errors::HartungKnapp), coverage(Errors::Normal));
        assert!((0.929..=0.971).contains(&t), "{k}: {t}");
        assert!(z <= normal_at_most && z < t, "{k}: {z} {t}");
        assert!(coverage(Errors::HartungKnappModified) >= t, "{k}");
    }
}

/// The Q-profile is exact for known sampling variances; prediction intervals cover a further programme's true value where there are
/// enough programmes to know tau2.
#[test]
fn tau2_and_further_programmes_are_covered() {
    for k in [5, 30] {
        let covered = share("profile", 1000, |rng| {
            let (y, v) = draw(k, 0.1, rng);
            let h = pool(&y, &v, &Options::default()).unwrap().heterogeneity;
            let range = h.tau2_interval;
            range.is_some_and(|r| r.low <= 0.1 && 0.1 <= r.high)
        });
        assert!((0.929..=0.971).contains(&covered), "{k}: {covered}");
    }
    let covered = share("prediction", 1000, |rng| {
        let (y, v) = draw(30, 0.1, rng);
        let further = 0.3 + 0.1_f64.sqrt() * normal(rng);
        let p = pool(&y, &v, &Options::default()).unwrap().prediction;
        p.is_some_and(|p| p.low <= further && further <= p.high)
    });
    assert!((0.91..=0.971).contains(&covered), "{covered}");
}

/// Three groups with the same mean and different heterogeneity: Welch's F with Hartung-Knapp errors rejects in about 5 % of draws,
/// chi-squared with normal errors more often.
#[test]
fn the_test_between_groups_keeps_its_size() {
    let group: Vec<usize> = (0..24).map(|i| i / 8).collect();
    let size = |errors| {
        share("groups", 1000, |rng| {
            let (mut y, mut v) = (Vec::new(), Vec::new());
            for tau2 in [0.02, 0.1, 0.3] {
                let (more_y, more_v) = draw(8, tau2, rng);
                y.extend(more_y);
                v.extend(more_v);
            }
            let o = options(Between::Reml, errors);
            subgroups(&y, &v, &group, false, &o).unwrap().between.p < 0.05
        })
    };
    let (t, z) = (size(Errors::HartungKnapp), size(Errors::Normal));
    assert!((0.025..=0.075).contains(&t), "{t}");
    assert!(z > t + 0.02, "{z} {t}");
}

/// Programmes in 12 countries: the three-level interval covers, that of two levels, blind to countries, doesn't.
#[test]
fn countries_need_their_level() {
    let group: Vec<usize> = (0..60).map(|i| i / 5).collect();
    let covers = |levels: usize| {
        share("countries", 400, |rng| {
            let (mut y, v) = draw(60, 0.02, rng);
            for country in y.chunks_exact_mut(5) {
                let shift = 0.1_f64.sqrt() * normal(rng);
                country.iter_mut().for_each(|y| *y += shift);
            }
            let mean = match levels {
                3 => {
                    multilevel(&y, &v, &group, &Options::default())
                        .unwrap()
                        .mean
                }
                _ => pool(&y, &v, &Options::default()).unwrap().mean,
            };
            mean.low <= 0.3 && 0.3 <= mean.high
        })
    };
    let (three, two) = (covers(3), covers(2));
    assert!((0.917..=0.983).contains(&three), "{three}");
    assert!(two < 0.85, "{two}");
}
