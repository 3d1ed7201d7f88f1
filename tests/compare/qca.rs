//! Qualitative comparative analysis from settings to outcome: Lipset's data through files, published numbers to the digits; what is
//! remarked, and what is refused.

use super::{Given, compared, given, near};
use crate::kit::{Folder, root};
use codev::outcome::Sampling;
use codev::outcome::comparison::{Compared, Qca, QcaAnalysis, QcaModel, QcaSolutionKind};
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

fn ids(compared: &Compared, cases: &[usize]) -> Vec<String> {
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

/// Eight programmes with two facts and a score.
fn eight() -> Vec<Given> {
    let rows = [
        ("P1", 1.0, "city", "cohesion, catalyst", "yes"),
        ("P2", 2.0, "city", "cohesion", "no"),
        ("P3", 3.0, "ngo", "economic", "yes"),
        ("P4", 4.0, "ngo", "remigration", "no"),
        ("P5", 5.0, "city", "cohesion", "yes"),
        ("P6", 6.0, "city", "economic, cohesion", "yes"),
        ("P7", 7.0, "ngo", "catalyst", "no"),
        ("P8", 8.0, "city", "cohesion", "yes"),
    ];
    let of = |(id, value, kind, motives, part): (&str, f64, &str, &str, &str)| {
        given(id, value, 0.6)
            .fact("type", kind)
            .fact("motives", motives)
            .fact("takes_part", part)
    };
    rows.into_iter().map(of).collect()
}

fn qca(all: &[Given], sampling: Sampling, text: &str) -> (Compared, Qca) {
    let compared = compared(all, sampling, text);
    let qca = compared.qca[0].clone();
    (compared, qca)
}

const OUTCOME: &str =
    "[[qca]]\n[qca.outcome]\nname = \"HIGH\"\nindicator = \"score\"\nanchors = [1, 4.6, 8]\n";
const CITY: &str = "[[qca.condition]]\nname = \"CITY\"\ncolumn = \"type\"\nis = \"city\"\n";
const PART: &str = "[[qca.condition]]\nname = \"PART\"\ncolumn = \"takes_part\"\nis = true\n";

#[test]
fn lists_truth_values_and_sampling_errors() {
    let motive = "[[qca.condition]]\nname = \"COH\"\ncolumn = \"motives\"\nis = [\"cohesion\", \"catalyst\"]\n";
    let (compared, made) = qca(
        &eight(),
        Sampling::Sample,
        &format!("{OUTCOME}{PART}{motive}"),
    );
    assert_eq!(made.refused, None);
    assert_eq!(
        made.conditions[0].membership,
        [1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]
    );
    assert_eq!(
        made.conditions[1].membership,
        [1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]
    );
    assert_eq!(made.conditions[1].raw[0], "cohesion, catalyst");
    assert!(made.conditions[1].values.is_empty());
    assert_eq!(made.outcome.values[3], 4.0);
    assert_eq!(made.outcome.errors, vec![Some(0.6); 8]);
    assert_eq!(made.outcome.crossovers, [4.6]);
    // 4 (error 0.6) and 5 lie within one standard error of 4.6, as the numbers are written: 4.6 - 4 is a rounding above 0.6.
    let sampled = made
        .remarks
        .iter()
        .find(|r| r.contains("sampling error"))
        .unwrap();
    assert!(
        sampled.contains("of 8 lie within one standard error"),
        "{sampled}"
    );
    assert!(sampled.contains("Programme P5"), "{sampled}");
    // Figures recorded in full have none.
    let recorded: Vec<Given> = eight()
        .into_iter()
        .map(|g| Given { error: None, ..g })
        .collect();
    let (_, register) = qca(
        &recorded,
        Sampling::Census,
        &format!("{OUTCOME}{PART}{motive}"),
    );
    assert_eq!(register.outcome.values, made.outcome.values);
    assert!(register.outcome.errors.is_empty());
    assert!(
        register
            .remarks
            .iter()
            .all(|r| !r.contains("sampling error"))
    );
    let flagged = made
        .remarks
        .iter()
        .find(|r| r.contains("remigration"))
        .unwrap();
    assert!(flagged.contains("Programme P4"), "{flagged}");
    assert!(
        made.remarks
            .iter()
            .any(|r| r.contains("No reason is given for the anchors or cuts of HIGH"))
    );
    assert!(!compared.findings.has_errors());
    // Without a solution there is nothing to follow through variants.
    assert_eq!(made.methods.len(), 4);
    assert!(
        made.methods
            .iter()
            .all(|m| m.words.ends_with('.') && !m.references.is_empty())
    );
}

/// Both rows of one condition hold cases of both sides.
#[test]
fn contradictory_rows_are_told_with_their_cases() {
    let text = OUTCOME.replace("[[qca]]\n", "[[qca]]\ninclusion = 0.95\n");
    let (compared, made) = qca(&eight(), Sampling::Sample, &format!("{text}{CITY}"));
    let analysis = &made.analyses[0];
    assert!(analysis.rows.iter().all(|r| r.contradictory));
    let row = analysis.rows.iter().find(|r| r.present == [true]).unwrap();
    assert_eq!(ids(&compared, &row.cases), ["P1", "P2", "P5", "P6", "P8"]);
    assert_eq!(row.outcome, Some(false));
    assert_eq!(ids(&compared, &row.deviant), ["P5", "P6", "P8"]);
    for solution in &analysis.solutions {
        let reason = solution.reason.as_deref().unwrap();
        assert!(
            reason.contains("every observed row is contradictory"),
            "{reason}"
        );
    }
    assert!(analysis.robustness.is_empty() && analysis.stability.is_empty());
    let said = made
        .remarks
        .iter()
        .find(|r| r.starts_with("Contradictory: CITY"))
        .unwrap();
    assert!(
        said.contains("Programme P5, Programme P6 and Programme P8 with the outcome"),
        "{said}"
    );
}

#[test]
fn a_missing_value_sets_the_case_apart() {
    let mut all = eight();
    all[2].value = None;
    all[5].facts.retain(|(column, _)| *column != "type");
    let (compared, made) = qca(&all, Sampling::Sample, &format!("{OUTCOME}{CITY}"));
    assert_eq!(
        ids(&compared, &made.cases),
        ["P1", "P2", "P4", "P5", "P7", "P8"]
    );
    let apart: Vec<(String, &str)> = made
        .apart
        .iter()
        .map(|(case, why)| (compared.cases[*case].id.clone(), why.as_str()))
        .collect();
    assert_eq!(apart[0].0, "P3");
    assert!(
        apart[0].1.contains("no value of HIGH (withheld"),
        "{}",
        apart[0].1
    );
    assert_eq!(
        apart[1],
        ("P6".to_owned(), "no value of CITY (no `type` is recorded)")
    );
}

#[test]
fn a_membership_of_one_half_is_named() {
    let text = OUTCOME.replace("4.6", "5");
    let (_, made) = qca(&eight(), Sampling::Sample, &format!("{text}{CITY}"));
    let said = made
        .remarks
        .iter()
        .find(|r| r.contains("one half"))
        .unwrap();
    assert!(
        said.starts_with("Programme P5 has a membership of exactly one half in HIGH"),
        "{said}"
    );
}

#[track_caller]
fn refused(all: &[Given], text: &str, reason: &str, help: &str) -> Compared {
    let (compared, made) = qca(all, Sampling::Sample, text);
    let (why, what) = made
        .refused
        .unwrap_or_else(|| panic!("not refused: {text}"));
    assert!(why.contains(reason), "{why}");
    assert!(what.contains(help) && what.ends_with(['.', '?']), "{what}");
    assert!(made.analyses.is_empty());
    compared
}

#[test]
fn what_is_refused_says_why_and_what_to_do() {
    let all = eight();
    let both = format!("{OUTCOME}{CITY}");
    refused(
        &all[..3],
        &both,
        "3 programmes take part, and 4 are needed",
        "Take in more",
    );
    let nobody = OUTCOME.replace("[1, 4.6, 8]", "[10, 20, 30]");
    let reason = "no case is in the outcome HIGH (raw values from 1 to 8)";
    refused(&all, &format!("{nobody}{CITY}"), reason, "anchors");
    let everybody = OUTCOME.replace("[1, 4.6, 8]", "[-3, 0, 1]");
    refused(
        &all,
        &format!("{everybody}{CITY}"),
        "every case is in the outcome HIGH",
        "anchors",
    );
    let constant = "[[qca.condition]]\nname = \"ALL\"\nindicator = \"score\"\ncut = 0\n";
    refused(
        &all,
        &format!("{OUTCOME}{constant}"),
        "ALL is the same for every case",
        "Leave it out",
    );
    let beyond = "[[qca.condition]]\nname = \"RAW\"\nindicator = \"score\"\ncalibrated = true\n";
    refused(
        &all,
        &format!("{OUTCOME}{beyond}"),
        "the membership of P2 is 2",
        "`anchors`",
    );
    let words = "[[qca.condition]]\nname = \"TYPE\"\ncolumn = \"type\"\ncut = 1\n";
    refused(
        &all,
        &format!("{OUTCOME}{words}"),
        "“city”, which is no number",
        "Take in more",
    );
}

#[test]
fn names_that_are_not_there_are_found_with_the_nearest() {
    let all = eight();
    let cases = [
        (
            format!("{}{CITY}", OUTCOME.replace("\"score\"", "\"scores\"")),
            "no evaluation has the indicator `scores`",
            "compare-unknown-measure",
            "Did you mean `score`?",
        ),
        (
            format!(
                "{}{CITY}",
                OUTCOME.replace("indicator = \"score\"", "effect = \"change\"")
            ),
            "no evaluation has the effect `change`",
            "compare-unknown-measure",
            "Add the effect",
        ),
        (
            format!("{OUTCOME}{}", CITY.replace("\"type\"", "\"typ\"")),
            "don't have the column `typ`",
            "compare-unknown-column",
            "Did you mean `type`?",
        ),
    ];
    for (text, reason, code, help) in cases {
        let compared = refused(&all, &text, reason, "");
        let found = compared.findings.listed.iter().find(|f| f.code == code);
        let found = found.unwrap_or_else(|| panic!("{code}: {:?}", compared.findings));
        assert!(found.help.contains(help), "{}", found.help);
    }
    // A value that no programme has is a warning: the set is still there.
    let text = format!(
        "{OUTCOME}{}",
        CITY.replace("is = \"city\"", "is = [\"city\", \"citty\"]")
    );
    let (compared, made) = qca(&all, Sampling::Sample, &text);
    assert_eq!(made.refused, None);
    let found = compared
        .findings
        .listed
        .iter()
        .find(|f| f.code == "compare-unknown-value")
        .unwrap();
    assert!(
        found.message.contains("no programme has `citty` in `type`"),
        "{}",
        found.message
    );
    assert!(found.help.contains("`city`"), "{}", found.help);
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
