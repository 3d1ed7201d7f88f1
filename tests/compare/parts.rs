//! What each part of a comparison says of given figures.

use super::{Given, compared, given, near, one};
use codev::outcome::Sampling;
use codev::outcome::comparison::{Basis, Between, EquivalenceVerdict, Multiplicity, Part};

/// Two-by-two tables of the trials of the BCG vaccine (Colditz et al. 1994): with and without tuberculosis, vaccinated and not.
const BCG: [[f64; 4]; 13] = [
    [4.0, 119.0, 11.0, 128.0],
    [6.0, 300.0, 29.0, 274.0],
    [3.0, 228.0, 11.0, 209.0],
    [62.0, 13536.0, 248.0, 12619.0],
    [33.0, 5036.0, 47.0, 5761.0],
    [180.0, 1361.0, 372.0, 1079.0],
    [8.0, 2537.0, 10.0, 619.0],
    [505.0, 87886.0, 499.0, 87892.0],
    [29.0, 7470.0, 45.0, 7232.0],
    [17.0, 1699.0, 65.0, 1600.0],
    [186.0, 50448.0, 141.0, 27197.0],
    [5.0, 2493.0, 3.0, 2338.0],
    [27.0, 16886.0, 29.0, 17825.0],
];

fn bcg() -> Vec<Given> {
    let trial = |(i, [a, b, c, d]): (usize, &[f64; 4])| {
        let (treated, others) = (a + b, c + d);
        let value = (a / treated / (c / others)).ln();
        let se = (1.0 / a - 1.0 / treated + 1.0 / c - 1.0 / others).sqrt();
        given(&format!("T{:02}", i + 1), value, se)
    };
    BCG.iter().enumerate().map(trial).collect()
}

const POOL: &str = "[[comparison]]\nindicators = [\"score\"]\npool = \"reml\"\n";

/// metafor's documentation, `rma(yi, vi, test = "knha")`; the prediction interval as a ratio, .14 to 1.76.
#[test]
fn a_pooled_mean_is_that_of_the_published_meta_analysis() {
    let pooled = one(&bcg(), Sampling::Sample, POOL).pooled.unwrap();
    near(pooled.mean.value, -0.7145, 5e-5);
    near(pooled.mean.se, 0.1808, 5e-5);
    near(pooled.mean.p, 0.0019, 5e-5);
    near(pooled.mean.interval.0, -1.1084, 5e-5);
    near(pooled.mean.interval.1, -0.3206, 5e-5);
    near(pooled.heterogeneity.tau2, 0.3132, 5e-5);
    near(pooled.heterogeneity.i2, 0.9222, 5e-5);
    near(pooled.heterogeneity.h2, 12.86, 5e-3);
    near(pooled.heterogeneity.q, 152.2330, 5e-5);
    let (low, high) = pooled.prediction.unwrap();
    near(low.exp(), 0.14, 5e-3);
    near(high.exp(), 1.76, 5e-3);
    assert_eq!(pooled.members.len(), 13);
    near(pooled.members.iter().map(|m| m.weight).sum(), 1.0, 1e-12);
    // Each is drawn towards the mean.
    for member in &pooled.members {
        let (own, drawn) = (
            member.value - pooled.mean.value,
            member.shrunken.0 - pooled.mean.value,
        );
        assert!(own * drawn >= 0.0 && drawn.abs() <= own.abs());
    }
    assert!(pooled.small_study.unwrap().egger.is_some());
}

#[test]
fn programmes_with_a_remigration_objective_are_pooled_only_when_asked_for() {
    let mut all = bcg();
    all[0] = all[0].clone().fact("motives", "cohesion;remigration");
    let apart = one(&all, Sampling::Sample, POOL);
    assert_eq!(
        apart.pooled.as_ref().unwrap().pooled,
        (1..13).collect::<Vec<_>>()
    );
    assert!(apart.remarks.iter().any(|r| r.contains("remigration")));
    let together = one(
        &all,
        Sampling::Sample,
        &format!("{POOL}pool_flagged = true\n"),
    );
    assert_eq!(together.pooled.unwrap().pooled.len(), 13);
}

/// Welch's t of two groups of programmes: scipy 1.17 `ttest_ind([1, 2, 4], [3, 5, 8, 9], equal_var=False)`: t = -2.39534,
/// df = 4.76378, p = .0644878.
#[test]
fn groups_of_programmes_have_the_programmes_as_units() {
    let values = [1.0, 2.0, 4.0, 3.0, 5.0, 8.0, 9.0];
    let make = |(i, value): (usize, &f64)| {
        // A census: what programmes of a group differ by is error enough.
        let kind = if i < 3 { "small" } else { "large" };
        Given {
            error: None,
            ..given(&format!("P{i}"), *value, 0.0)
        }
        .fact("type", kind)
    };
    let all: Vec<Given> = values.iter().enumerate().map(make).collect();
    let text = "[[comparison]]\nindicators = [\"score\"]\nbetween = \"type\"\nbenchmark = \"large\"\nmultiplicity = \"holm\"\n";
    let made = one(&all, Sampling::Census, text);
    assert_eq!(made.between, Between::Column("type".to_owned()));
    assert!(made.entries.iter().all(|e| e.basis == Basis::Programmes));
    let pair = &made.differences.unwrap().pairs[0];
    near(pair.value, 7.0 / 3.0 - 25.0 / 4.0, 1e-12);
    near(pair.value / pair.se.unwrap(), -2.395_341_8, 1e-7);
    near(pair.df.unwrap(), 4.763_779_5, 1e-4);
    near(pair.p.unwrap(), 0.064_487_8, 1e-5);
    // With two groups Welch's F is the square of his t.
    near(
        made.overall.unwrap().statistic,
        2.395_341_8_f64.powi(2),
        1e-3,
    );
}

#[test]
fn the_four_verdicts_follow_from_interval_and_margin() {
    let all = [
        given("base", 3.0, 0.02),
        given("alike", 3.01, 0.02),
        given("higher", 3.4, 0.05),
        given("lower", 2.5, 0.05),
        given("vague", 3.1, 0.4),
    ];
    let text = "[[comparison]]\nindicators = [\"score\"]\nbenchmark = \"base\"\nmargin = 0.1\nmargin_reason = \"nobody would notice\"\n";
    let made = one(&all, Sampling::Sample, text);
    let table = made.equivalence.unwrap();
    assert_eq!(table.reason, "nobody would notice");
    near(table.inner_confidence, 0.9, 1e-12);
    let verdicts: Vec<_> = table.rows.iter().map(|r| r.verdict).collect();
    use EquivalenceVerdict::{Better, Equivalent, NotEstablished, Worse};
    assert_eq!(verdicts, [Equivalent, Better, Worse, NotEstablished]);
    let safe: Vec<_> = table.rows.iter().map(|r| r.non_inferior).collect();
    assert_eq!(safe, [Some(true), Some(true), Some(false), Some(false)]);
    // The benchmark against the others, and no letters, which are for all pairs.
    let differences = made.differences.unwrap();
    assert_eq!(
        (differences.pairs.len(), differences.multiplicity),
        (4, Multiplicity::RomanoWolf)
    );
    assert!(differences.letters.is_empty());
}

#[test]
fn letters_and_ranks_tell_apart_what_the_errors_allow() {
    let all = [
        given("a", 1.0, 0.1),
        given("b", 1.1, 0.1),
        given("c", 5.0, 0.1),
        given("d", 9.0, 0.1),
    ];
    let made = one(
        &all,
        Sampling::Sample,
        "[[comparison]]\nindicators = [\"score\"]\n",
    );
    assert_eq!(made.differences.unwrap().letters, ["c", "c", "b", "a"]);
    let league = made.league.unwrap();
    let sets: Vec<_> = league
        .ranks
        .iter()
        .map(|r| (r.entry, r.marginal, r.simultaneous))
        .collect();
    assert_eq!(
        sets,
        [
            (3, (1, 1), (1, 1)),
            (2, (2, 2), (2, 2)),
            (1, (3, 4), (3, 4)),
            (0, (3, 4), (3, 4))
        ]
    );
    assert_eq!(league.ranks[0].top, [1.0]);
}

#[test]
fn what_was_recorded_in_full_gets_no_plain_ranks() {
    let exact = |id: &str, value: f64| Given {
        error: None,
        ..given(id, value, 0.0)
    };
    let all = [exact("a", 12.5), exact("b", 7.25), exact("c", 9.75)];
    let made = one(
        &all,
        Sampling::Census,
        "[[comparison]]\nindicators = [\"score\"]\n",
    );
    assert!(made.league.is_none());
    let refusal = made
        .refusals
        .iter()
        .find(|r| r.part == Part::League)
        .unwrap();
    assert!(
        refusal.reason.contains("no ranks are printed"),
        "{}",
        refusal.reason
    );
    let differences = made.differences.unwrap();
    assert!(
        differences
            .pairs
            .iter()
            .all(|p| p.se.is_none() && p.p.is_none())
    );
    assert!(differences.letters.is_empty() && made.pooled.is_none());
}

#[test]
fn lower_is_better_turns_the_league_round() {
    let mut low = super::outcome(
        &[given("a", 1.0, 0.1), given("b", 9.0, 0.1)],
        Sampling::Sample,
    );
    low.indicators[0].definition.direction = codev::outcome::Direction::LowerIsBetter;
    let file = super::settings("[[comparison]]\nindicators = [\"score\"]\n");
    let made = codev::compare::compare(&[super::source("s", low)], &file, false).unwrap();
    assert_eq!(
        made.comparisons[0].league.as_ref().unwrap().ranks[0].entry,
        0
    );
}

#[test]
fn like_is_compared_with_like() {
    let kinds = ["town", "town", "city", "city", "city", "city"];
    let make = |(i, kind): (usize, &&str)| {
        // 2 points for every 10,000 inhabitants, and nothing else.
        let inhabitants = (i as f64 + 1.0) * 10_000.0;
        let noise = [0.05, -0.05, 0.02, 0.03, -0.06, 0.01][i];
        given(&format!("P{i}"), 1.0 + inhabitants / 5_000.0 + noise, 0.1)
            .fact("kind", kind)
            .fact("inhabitants", &inhabitants.to_string())
    };
    let all: Vec<Given> = kinds.iter().enumerate().map(make).collect();
    let text =
        "[[comparison]]\nindicators = [\"score\"]\nstrata = \"kind\"\nadjust = [\"inhabitants\"]\n";
    let made = one(&all, Sampling::Sample, text);
    let context = made.context.unwrap();
    assert_eq!(context.columns, ["kind", "inhabitants"]);
    let sizes: Vec<_> = context
        .strata
        .iter()
        .map(|s| (s.label.as_str(), s.entries.len()))
        .collect();
    assert_eq!(sizes, [("city", 4), ("town", 2)]);
    assert_eq!(context.strata[0].league.as_ref().unwrap().ranks[0].entry, 5);
    // As they stand the largest is first for sure; with the inhabitants taken out nobody is.
    assert_eq!(made.league.unwrap().ranks[0].simultaneous, (1, 1));
    let adjusted = context.adjusted.unwrap();
    near(adjusted.coefficients[1].estimate.value, 1.0 / 5_000.0, 1e-5);
    let spread: Vec<f64> = adjusted.values.iter().map(|(_, value, _)| *value).collect();
    assert!(
        spread.iter().all(|v| (v - spread[0]).abs() < 0.3),
        "{spread:?}"
    );
    assert!(
        adjusted
            .league
            .unwrap()
            .ranks
            .iter()
            .all(|r| r.simultaneous == (1, 6))
    );
}

#[test]
fn suppressed_and_missing_stand_apart_with_their_reason() {
    let hidden = Given {
        value: None,
        ..given("hidden", 0.0, 1.0)
    };
    let all = [given("a", 1.0, 0.1), given("b", 2.0, 0.1), hidden];
    let made = compared(&all, Sampling::Sample, "");
    let comparison = &made.comparisons[0];
    assert_eq!(comparison.entries.len(), 2);
    assert_eq!(comparison.apart[0].status, "suppressed");
    assert!(comparison.apart[0].reason.contains("protect persons"));
}
