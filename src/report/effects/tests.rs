//! What is said of effects, over all designs, kinds of evidence, intervals, verdicts and directions.
#![allow(clippy::unwrap_used)]

use super::numbers::Numbers;
use super::sentences::sentences;
use super::words::EVIDENCE;
use crate::outcome::*;
use crate::report::format::Locale;
use crate::report::{fixture, html};
use regex::Regex;

const DESIGNS: [EffectDesign; 8] = [
    EffectDesign::BeforeAfter,
    EffectDesign::Comparison,
    EffectDesign::DifferenceInDifferences,
    EffectDesign::TwoWayEffects,
    EffectDesign::Staggered,
    EffectDesign::InterruptedSeries,
    EffectDesign::DoseResponse,
    EffectDesign::Association,
];

const VERDICTS: [Option<Verdict>; 7] = [
    None,
    Some(Verdict::AtLeast),
    Some(Verdict::AboveZero),
    Some(Verdict::Negligible),
    Some(Verdict::NotEstablished),
    Some(Verdict::BelowZero),
    Some(Verdict::AtMost),
];

fn said(effect: &Effect) -> String {
    let numbers = Numbers::of(Locale::of("en"), &[effect]);
    sentences(effect, &numbers, "95%").join(" ")
}

/// Every combination, also those that make no sense together: a sentence must be safe whatever it is given.
fn every() -> Vec<Effect> {
    let mut out = Vec::new();
    for design in DESIGNS {
        for evidence in EVIDENCE {
            for verdict in VERDICTS {
                for value in [0.4, -0.4, 0.05, -0.05, 0.0] {
                    for (at, p) in [(0, 0.001), (2, 0.5), (5, 0.04)] {
                        let mut effect = fixture::plain(at, design, evidence);
                        let mut estimate = fixture::estimate(value, 0.1);
                        estimate.p = Some(p);
                        if value == 0.0 && at == 2 {
                            estimate.interval = None;
                        }
                        effect.estimate = Some(estimate);
                        effect.verdict = verdict;
                        effect.smallest = verdict.map(|_| 0.3);
                        out.push(effect);
                    }
                }
            }
        }
    }
    out
}

#[test]
fn words_of_cause_are_kept_for_what_chance_decided() {
    let cause =
        Regex::new(r"(?i)\b(caus|raised|lowered|led to|due to|impact|because of|improv|worsen)")
            .unwrap();
    let mut raised = 0;
    for effect in every() {
        let said = said(&effect);
        if effect.evidence == Evidence::Randomised {
            raised += usize::from(cause.is_match(&said));
        } else {
            assert!(
                !cause.is_match(&said),
                "{:?} {:?}: {said}",
                effect.design,
                effect.evidence
            );
        }
        let association = matches!(
            effect.design,
            EffectDesign::Association | EffectDesign::DoseResponse
        );
        if association || effect.design == EffectDesign::BeforeAfter {
            assert!(
                !cause.is_match(&said) && !said.contains("effect of"),
                "{said}"
            );
        }
    }
    assert!(raised > 100);
}

#[test]
fn an_absence_is_claimed_only_of_a_negligible_effect() {
    let none = Regex::new(
        r"(?i)\bno (effect|change|difference|slope)\b|did not change|same before and after",
    )
    .unwrap();
    let mut negligible = 0;
    for effect in every() {
        let said = said(&effect);
        if none.is_match(&said) {
            assert_eq!(effect.verdict, Some(Verdict::Negligible), "{said}");
            assert!(
                said.contains("as large as the smallest of interest, "),
                "{said}"
            );
            negligible += 1;
        }
    }
    assert!(negligible > 100);
}

#[test]
fn sentences_follow_the_interval_and_not_the_p_value() {
    let open = Regex::new(
        r"The data don't settle whether .* between .* and .* are all consistent with them",
    )
    .unwrap();
    for effect in every() {
        let before = said(&effect);
        let interval = effect.estimate.as_ref().unwrap().interval;
        let holds = interval.is_some_and(|(low, high)| low <= 0.0 && high >= 0.0);
        let wanted = holds && effect.verdict != Some(Verdict::Negligible);
        assert_eq!(open.is_match(&before), wanted, "{before}");
        for p in [None, Some(0.000_01), Some(0.9)] {
            let mut other = effect.clone();
            other.estimate.as_mut().unwrap().p = p;
            assert_eq!(said(&other), before);
        }
    }
}

#[test]
fn no_size_gets_a_label_and_nothing_is_called_significant_or_proven() {
    let labels = Regex::new(r"(?i)\b(small|medium|moderate|large effect|strong|weak|significant|proven|proves?|substantial)\b").unwrap();
    for effect in every() {
        let said = said(&effect);
        assert!(!labels.is_match(&said), "{said}");
        assert!(
            !said.contains("NaN") && !said.contains("  ") && said.ends_with('.'),
            "{said}"
        );
    }
}

fn one(design: EffectDesign, evidence: Evidence, at: usize, value: f64, se: f64) -> Effect {
    let mut effect = fixture::plain(at, design, evidence);
    effect.estimate = Some(fixture::estimate(value, se));
    effect
}

#[test]
fn each_design_has_its_own_sentence() {
    use EffectDesign as D;
    let cases = [
        (
            one(D::Comparison, Evidence::Randomised, 0, 0.213, 0.065),
            "The programme raised “Mean trust among neighbours” by 0.213 points (95% confidence interval +0.076 to +0.350), which is the desired direction.",
        ),
        (
            one(
                D::DifferenceInDifferences,
                Evidence::QuasiExperimental,
                7,
                0.0612,
                0.0214,
            ),
            "The data are consistent with an effect of +6.1 percentage points on “Share who voted in local elections” (95% confidence interval +1.6 to +10.6), which is the desired direction, if the assumptions below hold.",
        ),
        (
            one(D::BeforeAfter, Evidence::BeforeAfter, 2, -9.2, 3.13),
            "“Median days until a permit” changed by −9.2 days (95% confidence interval −15.8 to −2.6): it is lower after, which is the desired direction.",
        ),
        (
            one(D::Comparison, Evidence::Comparison, 2, 9.2, 3.13),
            "“Median days until a permit” differs by +9.2 days between the groups (95% confidence interval +2.6 to +15.8): it is higher among those treated, which is not the desired direction.",
        ),
        (
            one(D::DoseResponse, Evidence::Descriptive, 5, 212.0, 61.0),
            "“Claims made” goes with the dose: for each further unit of it “Claims made” is higher, by +212 claims (95% confidence interval +83 to +341).",
        ),
        (
            one(D::Comparison, Evidence::Randomised, 0, 0.1, 0.095),
            "The data don't settle whether the programme changed “Mean trust among neighbours”: changes between −0.100 and +0.300 points are all consistent with them (95% confidence interval; estimate +0.100).",
        ),
    ];
    for (effect, wanted) in cases {
        assert_eq!(said(&effect), wanted);
    }
}

#[test]
fn association_is_judged_by_the_rule_stated() {
    let judged = |value: f64, smallest: Option<f64>, at: usize| {
        let mut effect = one(
            EffectDesign::Association,
            Evidence::Descriptive,
            at,
            value,
            0.01,
        );
        effect.smallest = smallest;
        let said = said(&effect);
        let found = Regex::new("Verdict: ([a-z -]+), by the rule").unwrap();
        found.captures(&said).map(|c| c[1].to_owned())
    };
    let word = |w: &str| Some(w.to_owned());
    assert_eq!(judged(0.1, Some(0.05), 3), word("reinforcing"));
    assert_eq!(judged(0.06, Some(0.05), 3), word("not established"));
    assert_eq!(judged(0.06, None, 3), word("reinforcing"));
    assert_eq!(judged(-0.1, Some(0.05), 3), word("zero-sum"));
    // Where lower is better, a fall is for the good.
    assert_eq!(judged(-9.0, None, 2), word("reinforcing"));
    // Without a direction there is nothing to judge.
    assert_eq!(judged(0.1, None, 5), None);
}

#[test]
fn what_could_not_be_estimated_says_why_and_what_to_do() {
    let mut effect = fixture::plain(0, EffectDesign::Comparison, Evidence::Randomised);
    effect.not_estimable = Some(NotEstimable {
        reason: "the treatment does not vary".to_owned(),
        help: "Add rows of others.".to_owned(),
    });
    assert_eq!(
        said(&effect),
        "There is no estimate for “Mean trust among neighbours”: the treatment does not vary. Add rows of others."
    );
}

#[test]
fn the_report_has_every_effect_once_and_all_its_links_lead_somewhere() {
    let id = Regex::new(r#"\sid="([^"]+)""#).unwrap();
    let reference = Regex::new(r##"(?:href="#|aria-labelledby=")([^"]+)""##).unwrap();
    for count in [1, 16, 60] {
        let outcome = fixture::effects(count);
        let page = html(&outcome).unwrap();
        assert_eq!(
            page.matches("<article class=\"indicator effect\"").count(),
            count
        );
        let ids: Vec<&str> = id
            .captures_iter(&page)
            .map(|c| c.get(1).unwrap().as_str())
            .collect();
        let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        for link in reference.captures_iter(&page) {
            assert!(
                ids.contains(&link.get(1).unwrap().as_str()),
                "nothing is at #{}",
                &link[1]
            );
        }
    }
}

#[test]
fn both_kinds_of_p_values_stand_side_by_side_and_a_census_has_none() {
    let page = html(&fixture::effects(16)).unwrap();
    let table = |id: &str| {
        let start = page.find(&format!("<caption id=\"{id}\"")).unwrap();
        &page[start..start + page[start..].find("</table>").unwrap()]
    };
    for heading in [
        "p, uncorrected",
        "Holm",
        "Benjamini–Hochberg",
        "Romano–Wolf",
    ] {
        assert!(
            table("effects-p").contains(&format!(">{heading}<")),
            "{heading}"
        );
    }
    assert!(table("effects-table").contains(">95% interval<"));
    assert!(table("effects-table").contains(">not estimable<"));
    // The census and the effect that could not be estimated have no p-value.
    assert_eq!(table("effects-p").matches("<a href").count(), 14);
    assert!(page.contains("No interval: every unit was recorded, so there is no sampling error."));
}

#[test]
fn a_report_without_effects_has_no_word_of_them() {
    let page = html(&fixture::outcome()).unwrap();
    assert!(!page.contains("id=\"effects\"") && !page.contains("Romano"));
}
