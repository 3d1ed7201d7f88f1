//! Raking against R, and its refusals.

#![allow(clippy::unwrap_used)]
use super::super::cases::{near, rows};
use super::*;

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

/// Codes of sex and age, labels, and targets of the rows shared with R.
struct Example {
    weights: Vec<f64>,
    labels: [Vec<String>; 2],
    targets: [Vec<Option<f64>>; 2],
    codes: [Vec<Option<usize>>; 2],
}

fn example() -> Example {
    let rows = rows();
    Example {
        weights: rows.iter().map(|r| r.weight).collect(),
        labels: [texts(&["women", "men"]), texts(&["young", "middle", "old"])],
        targets: [
            vec![Some(300.0), Some(372.0)],
            vec![Some(200.0), Some(232.0), Some(240.0)],
        ],
        codes: [
            rows.iter().map(|r| Some(r.sex)).collect(),
            rows.iter().map(|r| Some(r.age)).collect(),
        ],
    }
}

impl Example {
    fn rake(&self, options: &Options) -> Result<Raked, Refused> {
        let margin = |at: usize, name| Margin {
            name,
            labels: &self.labels[at],
            targets: &self.targets[at],
            codes: &self.codes[at],
        };
        rake(
            &self.weights,
            &[margin(0, "sex"), margin(1, "age")],
            options,
        )
    }

    fn raked(&self, raked: &Raked) -> Vec<f64> {
        let pairs = self.weights.iter().zip(&raked.factors);
        pairs.map(|(w, g)| w * g).collect()
    }

    fn sum(&self, weights: &[f64], margin: usize, category: usize) -> f64 {
        let pairs = self.codes[margin].iter().zip(weights);
        pairs
            .filter(|(c, _)| **c == Some(category))
            .map(|(_, w)| w)
            .sum()
    }

    fn reason(&self) -> String {
        self.rake(&Options::default()).unwrap_err().reason
    }
}

/// survey 4.1.1: rake(s, list(~sex, ~age), ..., control=list(maxit=200, epsilon=1e-10)), its first weights, the ratio of
/// extremes, 48*sum(w^2)/sum(w)^2.
#[test]
fn rows_as_in_r() {
    let example = example();
    let raked = example.rake(&Options::default()).unwrap();
    let weights = example.raked(&raked);
    let expected = [
        10.584_555_106_409,
        8.072_806_582_132,
        10.209_087_983_090,
        13.989_365_936_925,
        9.641_916_428_474,
        37.329_443_221_983,
        9.226_064_665_294,
        6.238_887_100_777,
    ];
    weights
        .iter()
        .zip(expected)
        .for_each(|(a, b)| near(*a, b, 1e-8));
    let spread = spread(&weights).unwrap();
    near(spread.ratio, 9.324_053_272_313, 1e-8);
    near(spread.kish, 1.527_216_330_831, 1e-8);
    assert!(raked.rounds < 30 && !raked.limited.contains(&true));
}

#[test]
fn margins_may_be_shares_and_one_margin_is_post_stratification() {
    let mut example = example();
    let counts = example.rake(&Options::default()).unwrap();
    for targets in &mut example.targets {
        targets.iter_mut().for_each(|t| *t = t.map(|t| t / 672.0));
    }
    let shares = example.rake(&Options::default()).unwrap();
    counts
        .factors
        .iter()
        .zip(&shares.factors)
        .for_each(|(a, b)| near(*a, *b, 1e-12));
    let total = Options {
        total: Some(1_000.0),
        ..Options::default()
    };
    let weights = example.raked(&example.rake(&total).unwrap());
    near(weights.iter().sum(), 1_000.0, 1e-9);
    let one = Margin {
        name: "sex",
        labels: &example.labels[0],
        targets: &example.targets[0],
        codes: &example.codes[0],
    };
    let post = rake(&example.weights, &[one], &Options::default()).unwrap();
    let women = example.sum(&example.weights, 0, 0);
    near(
        post.factors[1],
        if example.codes[0][1] == Some(0) {
            300.0 / women
        } else {
            372.0 / (672.0 - women)
        },
        1e-12,
    );
}

/// Factors reach from .5 to 3 without limits; with an upper limit of 2.2 both margins are still met.
#[test]
fn limits_are_kept_and_margins_met() {
    let example = example();
    let free = example.rake(&Options::default()).unwrap();
    let most = free.factors.iter().fold(0.0_f64, |a, b| a.max(*b));
    let limit = most * 0.9;
    let options = Options {
        limits: Some((0.1, limit)),
        ..Options::default()
    };
    let raked = example.rake(&options).unwrap();
    let held = raked.limited.iter().filter(|l| **l).count();
    assert!(held > 0 && held < 7, "{held}");
    assert!(raked.factors.iter().all(|g| *g <= limit * (1.0 + 1e-8)));
    let weights = example.raked(&raked);
    near(example.sum(&weights, 0, 0), 300.0, 1e-8);
    near(example.sum(&weights, 1, 2), 240.0, 1e-8);
    near(example.sum(&weights, 1, 0), 200.0, 1e-8);
    // Seven old respondents with a weight of some 100 can't stand for 240 at 1.5 times.
    let tight = Options {
        limits: Some((0.1, 1.5)),
        ..Options::default()
    };
    let refused = example.rake(&tight).unwrap_err();
    assert!(
        refused.reason.contains("can't be met with the limits"),
        "{refused}"
    );
}

#[test]
fn refused_in_words() {
    let mut e = example();
    e.targets[1][2] = None;
    e.targets[1][1] = Some(472.0);
    assert!(
        e.reason()
            .contains("has the category old of age, for which the margin has no number")
    );
    let mut e = example();
    e.labels[1].push("oldest".to_owned());
    e.targets[1].push(Some(5.0));
    assert!(
        e.reason()
            .contains("nobody in the sample is in the category oldest of age")
    );
    let mut e = example();
    e.codes[0][3] = None;
    assert!(e.reason().starts_with("1 of 48 have no sex"));
    let mut e = example();
    e.targets[0] = vec![Some(0.5), Some(0.5)];
    assert!(e.reason().contains("sex adds up to 1, age to 672"));
    let mut e = example();
    e.weights[0] = -1.0;
    assert!(e.reason().starts_with("a weight is -1"));
    let e = example();
    let none = Options {
        limits: Some((1.0, 2.0)),
        ..Options::default()
    };
    assert!(e.rake(&none).unwrap_err().reason.contains("no room"));
    assert!(spread(&[0.0]).is_err());
}

/// All men are old and all women young: margins that say otherwise contradict the sample.
#[test]
fn contradicting_margins_do_not_settle() {
    let labels = [texts(&["women", "men"]), texts(&["young", "old"])];
    let codes: Vec<Option<usize>> = vec![Some(0), Some(0), Some(1), Some(1)];
    let (sex, age) = ([Some(50.0), Some(50.0)], [Some(30.0), Some(70.0)]);
    let margin = |name, labels, targets| Margin {
        name,
        labels,
        targets,
        codes: &codes,
    };
    let margins = [
        margin("sex", &labels[0], &sex),
        margin("age", &labels[1], &age),
    ];
    let refused = rake(&[1.0; 4], &margins, &Options::default()).unwrap_err();
    assert!(
        refused
            .reason
            .starts_with("raking did not settle in 500 rounds: the category")
    );
}
