//! Effects on tandem against a second opinion: `tests/effects_expected.py` computed them with pandas, numpy and statsmodels.

use super::effect;
use crate::kit::{Folder, root};
use codev::outcome::{Effect, EffectEstimate};

/// Statsmodels stops its logit at a tolerance of its own; everything else agrees to the last digits but a few.
const TOLERANCE: f64 = 1e-8;

const EVALUATION: &str = r#"
title = "Second opinion"
seed = 1

[[effect]]
id = "cr1"
indicators = ["trust-in-municipality", "contact-with-institutions", "integration-score", "entitled-residents-who-voted"]
design = "difference-in-differences"
treated = "group = 'members'"
waves = ["baseline", "endline"]
errors = "cr1"

[[effect]]
id = "cr2"
indicators = ["trust-in-municipality"]
design = "difference-in-differences"
treated = "group = 'members'"
waves = ["baseline", "endline"]

[[effect]]
id = "programmes"
indicators = ["trust-in-municipality"]
design = "difference-in-differences"
treated = "group = 'members'"
waves = ["baseline", "endline"]
errors = "cr1"
by = ["programme"]

[[effect]]
id = "sectors"
indicators = ["trust-in-municipality"]
design = "difference-in-differences"
treated = "group = 'members'"
waves = ["baseline", "endline"]
moderator = "programme.sectors"
cluster = "programme"
errors = "cr1"
wild = "off"

[[effect]]
id = "association"
indicators = ["integration-score"]
design = "association"
with = "engagement-for-the-origin"
covariates = ["generation", "sex", "age_class"]
errors = "cr1"

[[effect]]
id = "officials"
indicators = ["competence-of-officials", "trained-officials"]
design = "before-after"
waves = ["baseline", "endline"]
errors = "cr1"
by = ["programme.type"]

[[effect]]
id = "hc1"
indicators = ["competence-of-officials"]
design = "before-after"
waves = ["baseline", "endline"]
errors = "hc1"

[[effect]]
id = "hc2"
indicators = ["competence-of-officials"]
design = "before-after"
waves = ["baseline", "endline"]
errors = "hc2"

[[effect]]
id = "hc3"
indicators = ["competence-of-officials"]
design = "before-after"
waves = ["baseline", "endline"]
errors = "hc3"

[[effect]]
id = "lin"
indicators = ["contact-with-institutions"]
design = "comparison"
treated = "group = 'members'"
waves = ["baseline", "endline"]
covariates = ["generation", "sex", "distance_km"]
adjust = "lin"
errors = "cr1"

[[effect]]
id = "ancova"
indicators = ["contact-with-institutions"]
design = "comparison"
treated = "group = 'members'"
waves = ["baseline", "endline"]
adjust = "ancova"
errors = "cr1"

[[effect]]
id = "weighting"
indicators = ["contact-with-institutions"]
design = "comparison"
treated = "group = 'members'"
waves = ["baseline", "endline"]
covariates = ["generation", "sex", "distance_km"]
adjust = "weighting"

[[effect]]
id = "robust"
indicators = ["contact-with-institutions"]
design = "comparison"
treated = "group = 'members'"
waves = ["baseline", "endline"]
covariates = ["generation", "sex", "distance_km"]
adjust = "doubly-robust"

[[effect]]
id = "units"
indicators = ["contact-rate-in-neighbourhoods"]
design = "two-way-effects"
treated = "adopted IS NOT NULL AND year >= adopted"
unit = "neighbourhood"
time = "year"
errors = "cr1"
"#;

/// The tandem data with another evaluation.
fn tandem(evaluation: &str) -> Folder {
    let (from, folder) = (root().join("datasets/tandem"), Folder::new());
    let mut open = vec![from.clone()];
    while let Some(place) = open.pop() {
        for entry in std::fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&from).unwrap().to_str().unwrap();
            match path.extension().and_then(|e| e.to_str()) {
                _ if path.is_dir() => open.push(path.clone()),
                Some("csv" | "json" | "toml") => {
                    folder.write(name, std::fs::read(&path).unwrap());
                }
                _ => {}
            }
        }
    }
    folder.write("evaluation.toml", evaluation);
    folder
}

fn quantity(effect: &Effect, estimate: &EffectEstimate, what: &str) -> Option<f64> {
    match what {
        "value" => Some(estimate.value),
        "se" => estimate.se,
        "df" => estimate.df,
        "n" => Some(estimate.n as f64),
        "standardised" => estimate.standardised,
        "attrition" => effect.attrition.as_ref().map(|a| a.difference),
        "correlation" => effect.partial.as_ref().map(|p| p.correlation),
        _ => None,
    }
}

/// The quantity of an effect, of a subgroup of it (`column=value`), or of a term of it.
fn found(effect: &Effect, part: &str, what: &str) -> Option<f64> {
    if part.is_empty() {
        return quantity(effect, effect.estimate.as_ref()?, what);
    }
    if let Some((by, value)) = part.split_once('=') {
        let mut groups = effect.subgroups.iter();
        let group = groups.find(|s| s.by == by && s.value == value)?;
        return quantity(effect, group.estimate.as_ref()?, what);
    }
    let term = effect.terms.iter().find(|t| t.name == part)?;
    match what {
        "value" => Some(term.value),
        "se" => term.se,
        _ => None,
    }
}

#[test]
fn tandem_has_the_effects_that_statsmodels_gives() {
    let outcome = tandem(EVALUATION).evaluate();
    let mut reader = csv::Reader::from_path(root().join("tests/effects_expected.csv")).unwrap();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for line in reader.records().map(Result::unwrap) {
        let effect = effect(&outcome, &line[0]);
        let exact: f64 = line[3].parse().unwrap();
        // Persons are told to the nearest 5 where clusters are the units of the errors.
        let expected = match &line[2] {
            "n" => codev::protect::rounded(exact as u64) as f64,
            _ => exact,
        };
        let got = found(effect, &line[1], &line[2]);
        if !got.is_some_and(|g| (g - expected).abs() <= TOLERANCE * expected.abs()) {
            wrong.push(format!(
                "{} {} {}: {expected} expected, {got:?} came out ({:?})",
                &line[0], &line[1], &line[2], effect.not_estimable
            ));
        }
        seen += 1;
    }
    assert!(seen >= 60, "only {seen} figures");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The example of each design in docs/formats.md.
#[test]
fn examples_of_the_documentation_are_estimated() {
    let text = std::fs::read_to_string(root().join("docs/formats.md")).unwrap();
    let (_, rest) = text.split_once("One example of each design:").unwrap();
    let (_, rest) = rest.split_once("```toml\n").unwrap();
    let (blocks, _) = rest.split_once("```").unwrap();
    let outcome = tandem(&format!("title = \"Examples\"\n{blocks}")).evaluate();
    let designs: std::collections::BTreeSet<_> = outcome.effects.iter().map(|e| e.design).collect();
    assert_eq!(designs.len(), 8, "{designs:?}");
    for effect in &outcome.effects {
        assert_eq!(effect.not_estimable, None, "{}", effect.id);
    }
}
