//! Qualitative comparative analysis of made figures: what is remarked, what is left out, and what is refused.

use super::qca::ids;
use super::{Given, compared, given};
use codev::outcome::Sampling;
use codev::outcome::comparison::{Compared, Qca};

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
