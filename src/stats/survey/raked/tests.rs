//! Raked estimates against those of R.

#![allow(clippy::unwrap_used)]
use super::super::cases::{Row, near, rows};
use super::*;

/// Sums by cluster and cell (sex x age) of the rows shared with R: weight; then w and w y of the rows chosen.
struct Example {
    sizes: Vec<usize>,
    strata: Vec<usize>,
    inside: Vec<bool>,
    labels: [Vec<String>; 2],
    targets: [Vec<Option<f64>>; 2],
    codes: [Vec<Option<usize>>; 2],
    pairs: Vec<(usize, usize)>,
    weights: Vec<f64>,
    sums: Vec<f64>,
}

fn example(chosen: impl Fn(&Row) -> bool) -> Example {
    let rows = rows();
    let (mut pairs, mut weights, mut sums) = (vec![], vec![], vec![]);
    for (cluster, cell) in (0..12).flat_map(|c| (0..6).map(move |k| (c, k))) {
        let of = rows
            .iter()
            .filter(|r| r.cluster == cluster && r.sex * 3 + r.age == cell);
        let of: Vec<&Row> = of.collect();
        if !of.is_empty() {
            pairs.push((cluster, cell));
            weights.push(of.iter().map(|r| r.weight).sum());
            let used = || of.iter().filter(|r| chosen(r));
            sums.push(used().map(|r| r.weight).sum());
            sums.push(used().map(|r| r.weight * r.y).sum());
        }
    }
    let text = |n: &usize| n.to_string();
    Example {
        sizes: vec![4; 3],
        strata: (0..12).map(|c| c / 4).collect(),
        inside: (0..12)
            .map(|c| rows.iter().any(|r| r.cluster == c && chosen(r)))
            .collect(),
        labels: [
            [0, 1].iter().map(text).collect(),
            [0, 1, 2].iter().map(text).collect(),
        ],
        targets: [
            vec![Some(300.0), Some(372.0)],
            vec![Some(200.0), Some(232.0), Some(240.0)],
        ],
        codes: [
            (0..6).map(|c| Some(c / 3)).collect(),
            (0..6).map(|c| Some(c % 3)).collect(),
        ],
        pairs,
        weights,
        sums,
    }
}

impl Example {
    fn estimate(
        &self,
        options: &Options,
        statistic: Statistic<'_>,
    ) -> Result<RakedEstimate, Refused> {
        let margin = |at: usize, name| Margin {
            name,
            labels: &self.labels[at],
            targets: &self.targets[at],
            codes: &self.codes[at],
        };
        let crossed = Crossed {
            weighted: Weighted {
                design: Design {
                    sizes: &self.sizes,
                    population: None,
                    names: &[],
                },
                strata: &self.strata,
                margins: &[margin(0, "sex"), margin(1, "age")],
                pairs: &self.pairs,
                weights: &self.weights,
            },
            inside: &self.inside,
            components: 2,
            sums: &self.sums,
        };
        jackknife(&crossed, options, statistic, 0.95)
    }
}

/// survey 4.1.1: rake() of as.svrepdesign(s, type="JKn", mse=TRUE), then svymean, svytotal, and svymean of a subset.
#[test]
fn as_in_r() {
    let mean: Statistic<'_> = &|t| Some(t[1] / t[0]);
    let all = example(|_| true)
        .estimate(&Options::default(), mean)
        .unwrap();
    let i = all.estimated.inference;
    near(i.value, 7.445_557_043_072, 1e-9);
    near(i.se, 0.370_595_085_123_2, 1e-7);
    assert!(i.df == 9.0 && all.estimated.clusters == 12 && all.raked.factors.len() == 6);
    let total = example(|_| true)
        .estimate(&Options::default(), &|t| Some(t[1]))
        .unwrap();
    let i = total.estimated.inference;
    near(i.value, 5_003.414_332_944, 1e-9);
    near(i.se, 249.039_897_202_8, 1e-7);
    let old = example(|r| r.age == 2)
        .estimate(&Options::default(), mean)
        .unwrap();
    let i = old.estimated.inference;
    near(i.value, 6.867_204_257_634, 1e-9);
    near(i.se, 0.664_825_954, 1e-7);
    assert!(i.df == 4.0 && old.estimated.clusters == 7);
}

/// The weights alone meet their margins in every replicate: they don't vary, and nothing is made of rounding.
#[test]
fn known_margins_have_no_sampling_error() {
    let total = example(|r| r.sex == 1).estimate(&Options::default(), &|t| Some(t[0]));
    assert!(
        total
            .unwrap_err()
            .reason
            .starts_with("the value does not vary")
    );
}

#[test]
fn refused_in_words() {
    let mean: Statistic<'_> = &|t| Some(t[1] / t[0]);
    let limits = Options {
        limits: Some((0.1, 5.0)),
        ..Options::default()
    };
    assert!(
        example(|_| true)
            .estimate(&limits, mean)
            .unwrap_err()
            .reason
            .contains("limits")
    );
    // The third age in one cluster only.
    let mut alone = example(|_| true);
    let kept: Vec<bool> = alone
        .pairs
        .iter()
        .map(|(c, k)| k % 3 < 2 || *c == 6)
        .collect();
    alone.pairs = (0..kept.len())
        .filter(|at| kept[*at])
        .map(|at| alone.pairs[at])
        .collect();
    alone.weights = (0..kept.len())
        .filter(|at| kept[*at])
        .map(|at| alone.weights[at])
        .collect();
    alone.sums = (0..kept.len())
        .filter(|at| kept[*at])
        .flat_map(|at| [alone.sums[2 * at], alone.sums[2 * at + 1]])
        .collect();
    let refused = alone.estimate(&Options::default(), mean).unwrap_err();
    assert_eq!(
        refused.reason,
        "the category 2 of age has rows in a single cluster"
    );
    let mut unsorted = example(|_| true);
    unsorted.pairs.reverse();
    assert!(
        unsorted
            .estimate(&Options::default(), mean)
            .unwrap_err()
            .reason
            .contains("don't fit")
    );
}
