//! The effects that the tandem data ask for, against the truth that they were made with (datasets/tandem/README.md).

use super::{effect, estimate};
use crate::kit::root;
use codev::outcome::{Evidence, Outcome, Verdict};
use codev::run::{Quiet, evaluate};
use std::sync::LazyLock;

static TANDEM: LazyLock<Outcome> =
    LazyLock::new(|| evaluate(&root().join("datasets/tandem"), &Quiet).unwrap());

/// Value and standard error of an effect, or of a term of it.
fn found(id: &str, term: Option<&str>) -> (f64, f64) {
    let effect = effect(&TANDEM, id);
    match term {
        None => {
            let estimate = estimate(&TANDEM, id);
            (estimate.value, estimate.se.unwrap())
        }
        Some(name) => {
            let names: Vec<&str> = effect.terms.iter().map(|t| t.name.as_str()).collect();
            let term = effect.terms.iter().find(|t| t.name == name);
            let term = term.unwrap_or_else(|| panic!("no {name} among {names:?}"));
            (term.value, term.se.unwrap())
        }
    }
}

/// Within three standard errors of the truth, and with a standard error that is of use.
fn recovers(id: &str, term: Option<&str>, truth: f64, precise: f64) {
    let (value, se) = found(id, term);
    assert!(
        (value - truth).abs() < 3.0 * se,
        "{id} {term:?}: {value} ({se}), truth {truth}"
    );
    assert!(se < precise, "{id} {term:?}: {se}");
}

#[test]
fn effects_on_members_are_recovered() {
    recovers("members/trust-in-municipality", None, 0.25, 0.05);
    recovers("members/trust-in-police", None, 0.0, 0.05);
    recovers("members/trust-in-school", None, 0.15, 0.05);
    recovers("members/contact-with-institutions", None, 0.4, 0.05);
    recovers("members/contact-with-residents", None, 0.2, 0.05);
    recovers("members/integration-score", None, 0.2, 0.04);
    recovers(
        "members-shares/experience-of-discrimination",
        None,
        -0.05,
        0.03,
    );
    recovers(
        "members-shares/entitled-residents-who-voted",
        None,
        0.06,
        0.03,
    );
    recovers(
        "members-shares/residents-in-voluntary-organisations",
        None,
        0.06,
        0.03,
    );
}

#[test]
fn a_true_null_is_negligible_and_not_called_an_effect() {
    let police = effect(&TANDEM, "members/trust-in-police");
    assert_eq!(police.verdict, Some(Verdict::Negligible));
    assert_eq!(police.evidence, Evidence::QuasiExperimental);
    let adjusted = police.adjusted.as_ref().unwrap();
    assert!(adjusted.holm >= police.estimate.as_ref().unwrap().p.unwrap());
}

#[test]
fn moderators_officials_and_associations_are_recovered() {
    let sectors = Some("Effect per unit more of programme.sectors");
    recovers(
        "sectors-involved/trust-in-municipality",
        sectors,
        0.08,
        0.06,
    );
    recovers("sectors-involved/integration-score", sectors, 0.06, 0.06);
    recovers("reinforcing/integration-score", None, 0.3, 0.03);
    let officials = effect(&TANDEM, "officials/competence-of-officials");
    for (kind, truth) in [("city-to-city", 0.4), ("supported-initiative", 0.1)] {
        let group = officials
            .subgroups
            .iter()
            .find(|s| s.value == kind)
            .unwrap();
        let estimate = group.estimate.as_ref().unwrap();
        let off = (estimate.value - truth).abs() / estimate.se.unwrap();
        assert!(off < 3.0, "{kind}: {estimate:?}");
    }
}

#[test]
fn programmes_are_near_their_own_truth() {
    let truth = std::fs::read_to_string(root().join("datasets/tandem/truth.csv")).unwrap();
    let mut lines = truth.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = header
        .iter()
        .position(|h| h.contains("trust_municipality"))
        .unwrap();
    let effect = effect(&TANDEM, "by-programme/trust-in-municipality");
    let mut far = 0;
    let mut seen = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let group = effect
            .subgroups
            .iter()
            .find(|s| s.by == "programme" && s.value == cells[0]);
        let group = group.unwrap_or_else(|| panic!("no {}", cells[0]));
        let Some(estimate) = &group.estimate else {
            panic!("{}: {:?}", cells[0], group.reason);
        };
        let truth: f64 = cells[column].parse().unwrap();
        let (low, high) = estimate.interval.unwrap();
        far += usize::from(truth < low || truth > high);
        seen += 1;
    }
    // 24 intervals at 95 %: more than four that miss happen once in 200 times.
    assert!(seen == 24 && far <= 4, "{far} of {seen}");
}

#[test]
fn adoption_and_crisis_are_recovered() {
    let means = [
        (2011, 2.0 + 0.8 * 4.0),
        (2014, 1.5 + 0.4 * 2.5),
        (2016, 1.0),
    ];
    for (cohort, truth) in means {
        let name = format!("Units that adopted at {cohort}");
        recovers(
            "adoption/contact-rate-in-neighbourhoods",
            Some(&name),
            truth,
            0.7,
        );
    }
    let adoption = effect(&TANDEM, "adoption/contact-rate-in-neighbourhoods");
    let events = adoption.events.as_ref().unwrap();
    assert!(events.pretrend.unwrap().p > 0.01, "{:?}", events.pretrend);
    let reference: Vec<i64> = events
        .points
        .iter()
        .filter(|p| p.reference)
        .map(|p| p.time)
        .collect();
    assert_eq!(reference, [-1]);
    let crisis = "crisis/spending-on-co-development";
    recovers(
        crisis,
        Some("Change of level at the intervention"),
        -20_000.0,
        2_000.0,
    );
    recovers(crisis, Some("Change of slope, per period"), -900.0, 200.0);
    recovers(crisis, Some("Slope before, per period"), 500.0, 200.0);
}

/// The interaction of a weighted regression is the difference of the four weighted means.
#[test]
fn a_difference_in_differences_is_that_of_the_means_shown() {
    for effect in TANDEM
        .effects
        .iter()
        .filter(|e| e.id.starts_with("members"))
    {
        let mean = |group: &str, time: &str| {
            let found = effect
                .means
                .iter()
                .find(|m| m.group == group && m.time == time);
            found.unwrap().mean
        };
        let by_hand = mean("treated", "endline")
            - mean("treated", "baseline")
            - (mean("comparison", "endline") - mean("comparison", "baseline"));
        let value = effect.estimate.as_ref().unwrap().value;
        assert!(
            (value - by_hand).abs() < 1e-9,
            "{}: {value} {by_hand}",
            effect.id
        );
    }
}

#[test]
fn attrition_and_balance_are_told() {
    let effect = effect(&TANDEM, "members/trust-in-municipality");
    let attrition = effect.attrition.as_ref().unwrap();
    // Members lose 12 % per wave, the comparison group 20 %; some programmes have two waves after the first.
    assert!((attrition.difference + 0.09).abs() < 0.03, "{attrition:?}");
    let bounds = attrition.bounds.unwrap();
    let value = effect.estimate.as_ref().unwrap().value;
    assert!(bounds.low < value && value < bounds.high, "{bounds:?}");
    let balance = effect.balance.as_ref().unwrap();
    let first = &balance.rows[0];
    assert_eq!(first.name, "Mean trust in the municipality");
    // Members are 0.2 above the comparison group at baseline.
    assert!(
        (first.means.0.unwrap() - first.means.1.unwrap() - 0.2).abs() < 0.06,
        "{first:?}"
    );
}
