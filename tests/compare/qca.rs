//! Qualitative comparative analysis from files to outcome: Lipset's data against published numbers, tandem, effects as sets.

use super::near;
use crate::kit::{Folder, root};
use codev::outcome::comparison::{Compared, QcaAnalysis, QcaModel, QcaSolutionKind};
use std::path::PathBuf;

const CONDITIONS: [&str; 5] = ["DEV", "URB", "LIT", "IND", "STB"];

/// An evaluation whose programmes are the countries, with a column for each set; `None` where the data are not here.
fn lipset(kind: &str, settings: &str) -> Option<Compared> {
    let data = match std::env::var_os("CODEV_SHARED_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => root().join("../shared/data"),
    };
    let file = data.join(format!("reference/lipset-{kind}.csv"));
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: no {}", file.display());
        return None;
    };
    let folder = Folder::new();
    folder.write("countries.csv", text);
    let columns = ["DEV", "URB", "LIT", "IND", "STB", "SURV"];
    let fields: Vec<String> = columns
        .iter()
        .map(|c| format!("{{\"name\":\"{c}\",\"type\":\"number\"}}"))
        .collect();
    folder.write(
        "datapackage.json",
        format!(
            r#"{{"name":"lipset","resources":[{{"name":"countries","path":"countries.csv","schema":{{"fields":[
            {{"name":"rownames","type":"string"}},{}],"primaryKey":"rownames"}},
            "codev":{{"role":"programmes","unit":"programme","sampling":"census"}}}}]}}"#,
            fields.join(",")
        ),
    );
    folder.define(
        "stability",
        "membership",
        &crate::kit::formula("countries", "AVG(STB)"),
    );
    let settings =
        format!("title = \"Lipset\"\nindicators = [\"stability\"]\nsmall_cells = 0\n\n{settings}");
    folder.write("evaluation.toml", settings);
    let output = folder.codev(&["compare", ".", "--out", "compared"]);
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{shown}");
    let json = std::fs::read(folder.file("compared/comparison.json")).unwrap();
    Some(serde_json::from_slice(&json).unwrap())
}

/// The analysis of survival by the five conditions; `way` calibrates each, `expect` is expected of each.
fn survival(head: &str, way: &str, expect: &str) -> String {
    let mut text =
        format!("[[qca]]\n{head}\n[qca.outcome]\nname = \"SURV\"\ncolumn = \"SURV\"\n{way}\n");
    for name in CONDITIONS {
        // Stability by an indicator: its value by programme is that of the column.
        let origin = match name {
            "STB" => "indicator = \"stability\"".to_owned(),
            _ => format!("column = \"{name}\""),
        };
        text += &format!("[[qca.condition]]\nname = \"{name}\"\n{origin}\n{way}\n{expect}\n");
    }
    text
}

fn solution(analysis: &QcaAnalysis, kind: QcaSolutionKind) -> &QcaModel {
    let found = analysis.solutions.iter().find(|s| s.kind == kind).unwrap();
    assert_eq!(found.models.len(), 1, "{found:?}");
    &found.models[0]
}

pub fn ids(compared: &Compared, cases: &[usize]) -> Vec<String> {
    cases
        .iter()
        .map(|c| compared.cases[*c].id.clone())
        .collect()
}

/// Solutions, raw and unique coverage as published with the R package QCA.
#[test]
fn lipset_crisp_through_files() {
    let text = survival("inclusion = 1", "cut = 0.5", "expect = \"present\"");
    let Some(compared) = lipset("crisp", &text) else {
        return;
    };
    let qca = &compared.qca[0];
    assert_eq!(qca.refused, None);
    assert_eq!(qca.cases.len(), 18);
    let analysis = &qca.analyses[0];
    let conservative = solution(analysis, QcaSolutionKind::Conservative);
    assert_eq!(
        conservative.expression,
        "DEV*~URB*LIT*STB + DEV*LIT*IND*STB"
    );
    near(conservative.terms[0].coverage, 0.50, 1e-12);
    near(conservative.terms[1].coverage, 0.75, 1e-12);
    near(conservative.terms[0].unique, 0.25, 1e-12);
    near(conservative.terms[1].unique, 0.50, 1e-12);
    let typical: Vec<Vec<String>> = conservative
        .terms
        .iter()
        .map(|t| ids(&compared, &t.typical))
        .collect();
    assert_eq!(typical[0], ["FI", "FR", "IE", "SE"]);
    assert_eq!(typical[1], ["BE", "CZ", "FR", "NL", "SE", "UK"]);
    assert!(conservative.uncovered.is_empty());
    let parsimonious = solution(analysis, QcaSolutionKind::Parsimonious);
    assert_eq!(parsimonious.expression, "DEV*STB");
    let intermediate = solution(analysis, QcaSolutionKind::Intermediate);
    assert_eq!(intermediate.expression, "DEV*LIT*STB");
    assert_eq!(analysis.rows.len() as u64 + analysis.remainders, 32);
    assert!(analysis.rows.iter().all(|r| !r.contradictory));
    // An inclusion cut of 1 is moved down only; rows are asked for a case more; five cuts of columns, of an indicator and of the outcome
    // are moved both ways.
    assert_eq!(analysis.robustness.len(), 1 + 1 + 2 * 6);
    assert!(
        qca.remarks
            .iter()
            .any(|r| r.starts_with("Diversity is limited"))
    );
    assert_eq!(qca.methods.len(), 5);
    assert_eq!(qca.analyses.len(), 2);
    assert!(qca.analyses[1].negated);
}

/// Inclusion, PRI and coverage as published with the R package QCA, to six digits.
#[test]
fn lipset_fuzzy_through_files() {
    let text = survival("", "calibrated = true", "expect = \"present\"");
    let Some(compared) = lipset("fuzzy", &text) else {
        return;
    };
    let qca = &compared.qca[0];
    let analysis = &qca.analyses[0];
    let conservative = solution(analysis, QcaSolutionKind::Conservative);
    let published = [
        ("DEV*URB*LIT*IND*STB", 0.904_206, 0.885_794, 0.454_225),
        ("DEV*~URB*LIT*~IND*STB", 0.804_270, 0.719_388, 0.265_258),
    ];
    assert_eq!(conservative.terms.len(), 2);
    for (term, (expression, inclusion, pri, coverage)) in conservative.terms.iter().zip(published) {
        assert_eq!(term.expression, expression);
        near(term.inclusion, inclusion, 5e-7);
        near(term.pri, pri, 5e-7);
        near(term.coverage, coverage, 5e-7);
    }
    let parsimonious = solution(analysis, QcaSolutionKind::Parsimonious);
    assert_eq!(parsimonious.expression, "DEV*~IND + URB*STB");
    let intermediate = solution(analysis, QcaSolutionKind::Intermediate);
    assert_eq!(
        intermediate.expression,
        "DEV*URB*LIT*STB + DEV*LIT*~IND*STB"
    );
    let literate = analysis
        .necessity
        .iter()
        .find(|n| n.expression == "LIT")
        .unwrap();
    near(literate.inclusion, 0.990_610, 5e-7);
    near(literate.relevance, 0.509_414, 5e-7);
    assert!(
        analysis
            .necessity
            .iter()
            .skip(10)
            .all(|n| n.expression.contains(" + "))
    );
    // Memberships as they stand can't be moved: two inclusion cuts and a case more.
    assert_eq!(analysis.robustness.len(), 3);
    assert_eq!(analysis.stability.len(), 2);
    assert!(
        analysis
            .stability
            .iter()
            .all(|(_, share)| (0.0..=1.0).contains(share))
    );
    let skewed = qca.remarks.iter().any(|r| r.contains("are in LIT"));
    let inside = qca.conditions[2]
        .membership
        .iter()
        .filter(|m| **m > 0.5)
        .count();
    assert_eq!(skewed, inside * 10 >= 18 * 8);
}

/// The data of datasets/tandem, compared by these settings.
fn tandem(settings: &str) -> Compared {
    let folder = Folder::new();
    for entry in std::fs::read_dir(root().join("datasets/tandem")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".csv") || name == "datapackage.json" {
            folder.write(&name, std::fs::read(&path).unwrap());
        }
    }
    folder.write("evaluation.toml", settings);
    codev::run::compare_evaluations(
        &[folder.path()],
        codev::run::Settings::OfEvaluation,
        codev::run::CompareOptions::default(),
        &codev::run::Quiet,
    )
    .unwrap()
}

/// The block of datasets/tandem, over its data. Parameters by numpy from the same raw values agree to 1e-12.
#[test]
fn tandem_draws_closer() {
    let file = root().join("datasets/tandem/evaluation.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let block = &text[text.find("[[qca]]").unwrap()..];
    let head =
        "title = \"T\"\nindicators = [\"growth-of-public-civil-ties\", \"sectors-involved\"]\n\n";
    let compared = tandem(&format!("{head}{block}"));
    assert!(!compared.findings.has_errors(), "{:?}", compared.findings);
    let qca = &compared.qca[0];
    assert_eq!(qca.refused, None);
    // P08 has no record of whether its local government takes part.
    assert_eq!(qca.cases.len(), 23);
    assert_eq!(ids(&compared, &[qca.apart[0].0]), ["P08"]);
    let analysis = &qca.analyses[0];
    let intermediate = solution(analysis, QcaSolutionKind::Intermediate);
    assert_eq!(
        intermediate.expression,
        "CITY*GOV*MIXED + CITY*GOV*DECENTRAL"
    );
    near(intermediate.inclusion, 0.868_269_270_7, 1e-9);
    near(intermediate.coverage, 0.672_991_322_9, 1e-9);
    let mixed = &intermediate.terms[0];
    assert_eq!(ids(&compared, &mixed.typical), ["P09", "P12", "P14", "P19"]);
    assert_eq!(ids(&compared, &mixed.deviant), ["P01"]);
    assert_eq!(ids(&compared, &intermediate.uncovered), ["P21", "P23"]);
    // Programmes that the local government supports and takes part in, without a partnership, don't draw closer.
    let supported = analysis
        .rows
        .iter()
        .find(|r| r.present == [false, true, true, false])
        .unwrap();
    assert_eq!(
        (supported.outcome, ids(&compared, &supported.cases)),
        (Some(false), vec!["P05".to_owned(), "P22".to_owned()])
    );
    let absence = solution(&qca.analyses[1], QcaSolutionKind::Intermediate);
    assert_eq!(absence.expression, "~CITY*~DECENTRAL");
    assert_eq!(
        qca.analyses[1].stability,
        [("~CITY*~DECENTRAL".to_owned(), 1.0)]
    );
    let against = qca
        .remarks
        .iter()
        .find(|r| r.starts_with("Contradictory simplifying"))
        .unwrap();
    assert!(
        against.contains("The conservative and the intermediate solution are free of this."),
        "{against}"
    );
}

/// Effects by programme, with their standard errors, as an outcome.
#[test]
fn effects_are_calibrated_with_their_errors() {
    let effects = "title = \"T\"\nindicators = [\"sectors-involved\"]\n[[effect]]\nid = \"change\"\n\
        indicators = [\"trust-in-municipality\"]\ndesign = \"difference-in-differences\"\ntreated = \"group = 'members'\"\n\
        waves = [\"baseline\", \"endline\"]\nby = [\"programme\"]\n[[effect]]\nid = \"whole\"\nindicators = [\"trust-in-municipality\"]\n\
        design = \"before-after\"\nwaves = [\"baseline\", \"endline\"]\n";
    let block = |id: &str, effect: &str| {
        format!(
            "[[qca]]\nid = \"{id}\"\n[qca.outcome]\nname = \"TRUST\"\neffect = \"{effect}\"\nanchors = [0, 0.25, 0.5]\n\
             [[qca.condition]]\nname = \"MIXED\"\nindicator = \"sectors-involved\"\nanchors = [3, 4.5, 6]\nexpect = \"present\"\n"
        )
    };
    let compared = tandem(&format!(
        "{effects}{}{}{}",
        "[[comparison]]\neffects = [\"change\"]\n",
        block("told", "change"),
        block("whole", "whole")
    ));
    let told = &compared.qca[0];
    assert_eq!(told.refused, None);
    let by: Vec<(f64, Option<f64>)> = told
        .outcome
        .values
        .iter()
        .copied()
        .zip(told.outcome.errors.iter().copied())
        .collect();
    // The same figures that comparisons show.
    let shown = compared.comparisons[0].entries.iter();
    assert!(shown.map(|e| (e.value, e.se)).eq(by.iter().copied()));
    assert_eq!(by.len(), 24);
    assert!(
        by.iter()
            .all(|(value, se)| value.is_finite() && se.is_some_and(|se| se > 0.0))
    );
    let near = by
        .iter()
        .filter(|(value, se)| (value - 0.25).abs() <= se.unwrap())
        .count();
    assert!(near > 0);
    let said = told
        .remarks
        .iter()
        .find(|r| r.starts_with("The values of TRUST"))
        .unwrap();
    assert!(
        said.contains(&format!("{near} of 24 lie within one standard error")),
        "{said}"
    );
    let (why, what) = compared.qca[1].refused.clone().unwrap();
    assert!(
        why.contains("`whole/trust-in-municipality` is not told by programme"),
        "{why}"
    );
    assert!(what.contains("by = [\"programme\"]"), "{what}");
}
