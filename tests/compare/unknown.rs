//! Errors that are not known: figures of samples that scatter not at all, of one person, of one cluster. Through the files of an
//! evaluation, as people run it.

use super::{near, settings, source};
use crate::kit::{Folder, formula};
use codev::compare::compare;
use codev::outcome::Outcome;
use codev::outcome::comparison::{Basis, Compared, Comparison, EquivalenceVerdict, Part};

/// Persons asked in each programme, with their answers.
type Asked<'a> = &'a [(&'a str, &'a [f64])];

/// North, South and East, of which South gave the same answer six times.
const THREE: Asked<'static> = &[
    (
        "North",
        &[
            3.0, 4.0, 2.0, 5.0, 3.0, 4.0, 3.0, 4.0, 2.0, 5.0, 3.0, 4.0, 3.0, 4.0, 2.0, 5.0, 3.0,
            4.0,
        ],
    ),
    ("South", &[4.0; 6]),
    (
        "East",
        &[
            2.0, 3.0, 2.0, 4.0, 3.0, 3.0, 2.0, 3.0, 2.0, 4.0, 3.0, 3.0, 2.0, 3.0, 2.0, 4.0, 3.0,
            3.0,
        ],
    ),
];

const MARGIN: &str =
    "benchmark = \"South\"\nmargin = 0.2\nmargin_reason = \"two tenths of a point\"\n";

/// An evaluation of these answers, with a block `[[comparison]]` of these lines.
fn folder(asked: Asked<'_>, lines: &str) -> Folder {
    let folder = Folder::new();
    let mut rows = "person,programme,score,kind,year\n".to_owned();
    let mut programmes = "id,kind\n".to_owned();
    let mut person = 0;
    for (at, (programme, answers)) in asked.iter().enumerate() {
        let kind = ["a", "b"][at % 2];
        programmes += &format!("{programme},{kind}\n");
        for answer in *answers {
            person += 1;
            let year = 2020 + person % 2;
            rows += &format!("{person},{programme},{answer},{kind},{year}\n");
        }
    }
    folder
        .write("programmes.csv", programmes)
        .write("responses.csv", rows)
        .write(
            "datapackage.json",
            r#"{ "name": "t", "resources": [
              { "name": "programmes", "path": "programmes.csv", "schema": { "fields": [
                  { "name": "id", "type": "string" }, { "name": "kind", "type": "string" } ], "primaryKey": "id" },
                "codev": { "role": "programmes", "unit": "programme", "sampling": "census" } },
              { "name": "responses", "path": "responses.csv", "schema": { "fields": [
                  { "name": "person", "type": "string" }, { "name": "programme", "type": "string" },
                  { "name": "score", "type": "number" }, { "name": "kind", "type": "string" },
                  { "name": "year", "type": "year" } ], "primaryKey": "person",
                  "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } } ] },
                "codev": { "role": "responses", "unit": "answer", "sampling": "sample", "programme": "programme" } } ] }"#,
        )
        .write(
            "evaluation.toml",
            format!(
                "title = \"T\"\nindicators = [\"score\"]\nsmall_cells = 0\nseed = 1\n[[comparison]]\nindicators = [\"score\"]\n{lines}"
            ),
        )
        .define("score", "points", &formula("responses", "AVG(score)"));
    folder
}

/// What `codev compare` writes: the comparison as data, and the report.
fn made(folder: &Folder) -> (Compared, String) {
    let output = folder.codev(&["compare", ".", "--out", "out"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let json = std::fs::read(folder.file("out/comparison.json")).unwrap();
    let html = std::fs::read_to_string(folder.file("out/comparison.html")).unwrap();
    (serde_json::from_slice(&json).unwrap(), html)
}

fn only(compared: &Compared) -> &Comparison {
    assert_eq!(compared.comparisons.len(), 1);
    &compared.comparisons[0]
}

/// South's six equal answers say nothing of how far six others would be off: no verdict against it, no test, no rank. With one variance
/// for both, which is for groups of programmes, the difference would be -0.5 (-1.26 to +0.26): pooled SD 0.78 on 22 degrees.
#[test]
fn a_benchmark_whose_answers_are_all_equal_gives_no_verdict() {
    let (compared, html) = made(&folder(THREE, MARGIN));
    let made = only(&compared);
    let south = &made.entries[1];
    assert_eq!(
        (south.value, south.se, south.basis),
        (4.0, None, Basis::Unknown)
    );
    assert!(south.no_error.is_some());
    let table = made.equivalence.as_ref().unwrap();
    for row in &table.rows {
        assert_eq!(row.verdict, EquivalenceVerdict::NoVerdict);
        assert_eq!(
            (row.se, row.outer, row.inner, row.p),
            (None, None, None, None)
        );
        assert_eq!(row.non_inferior, None);
    }
    near(table.rows[0].value, -0.5, 1e-12);
    let pairs = &made.differences.as_ref().unwrap().pairs;
    assert!(pairs.iter().all(|p| p.se.is_none() && p.p.is_none()));
    assert!(
        made.league
            .as_ref()
            .unwrap()
            .ranks
            .iter()
            .all(|r| r.entry != 1)
    );
    assert!(
        html.contains("its error is not known") || html.contains("the error of South is not known")
    );
    assert!(html.contains("no verdict"));
    for false_word in [
        "is worse than South",
        "is better than South",
        "recorded in full, and nothing",
    ] {
        assert!(!html.contains(false_word), "{false_word}");
    }
}

/// Against another benchmark South has no verdict; the others have theirs.
#[test]
fn one_without_a_known_error_takes_nothing_from_the_others() {
    let lines = MARGIN.replace("South", "North");
    let (compared, html) = made(&folder(THREE, &lines));
    let made = only(&compared);
    let verdict = |entry: usize| {
        let rows = &made.equivalence.as_ref().unwrap().rows;
        rows.iter().find(|r| r.entry == entry).unwrap().verdict
    };
    assert_eq!(verdict(1), EquivalenceVerdict::NoVerdict);
    assert_eq!(verdict(2), EquivalenceVerdict::Worse);
    let pairs = &made.differences.as_ref().unwrap().pairs;
    let tested: Vec<(usize, bool)> = pairs.iter().map(|p| (p.a, p.p.is_some())).collect();
    assert_eq!(tested, [(1, false), (2, true)]);
    assert!(html.contains("South"), "it stands by its value");
}

/// Of all pairs, letters tell those apart that can be; one without a known error has none.
#[test]
fn it_has_no_letter_and_no_rank_and_no_weight() {
    let four: Vec<(&str, &[f64])> =
        [THREE, &[("West", &[1.0, 2.0, 1.0, 1.0, 2.0, 3.0, 1.0][..])]].concat();
    let (compared, html) = made(&folder(&four, ""));
    let made = only(&compared);
    let differences = made.differences.as_ref().unwrap();
    assert_eq!(differences.pairs.len(), 6);
    assert_eq!(
        differences
            .pairs
            .iter()
            .filter(|p| p.adjusted.is_some())
            .count(),
        3
    );
    assert_eq!(differences.letters.len(), 4);
    assert!(differences.letters[1].is_empty() && !differences.letters[0].is_empty());
    assert_eq!(made.league.as_ref().unwrap().ranks.len(), 3);
    assert_eq!(made.pooled.as_ref().unwrap().pooled, [0, 2, 3]);
    assert!(html.contains("Not pooled since the error of their figure is not known: South."));
    assert!(html.contains(
        "the error of the figure is not known, so that how sure a rank is could not be said"
    ));
    let bases: Vec<Basis> = made.entries.iter().map(|e| e.basis).collect();
    assert_eq!(
        bases,
        [Basis::Sample, Basis::Unknown, Basis::Sample, Basis::Sample]
    );
}

/// One person asked; ratios; every way of allowing for the number of pairs.
#[test]
fn one_person_asked_is_not_known_in_any_scale() {
    let three: Vec<(&str, &[f64])> = vec![THREE[0], ("Alone", &[5.0][..]), THREE[2]];
    for lines in [
        "scale = \"ratio\"\n",
        "scale = \"ratio\"\nbenchmark = \"North\"\n",
        "multiplicity = \"holm\"\n",
        "multiplicity = \"benjamini-hochberg\"\n",
        "multiplicity = \"none\"\n",
        "multiplicity = \"romano-wolf\"\nbenchmark = \"North\"\n",
    ] {
        let (compared, _) = made(&folder(&three, lines));
        let made = only(&compared);
        assert!(
            made.refusals.iter().all(|r| r.part != Part::Differences),
            "{lines}: {:?}",
            made.refusals
        );
        let differences = made.differences.as_ref().unwrap();
        for pair in &differences.pairs {
            let alone = pair.a == 1 || pair.b == 1;
            assert_eq!(
                pair.p.is_none() && pair.interval.is_none(),
                alone,
                "{lines}: {pair:?}"
            );
        }
    }
    // All of one person: nothing is tested, and nothing is called exact.
    let single: Asked<'_> = &[("A", &[1.0]), ("B", &[3.0]), ("C", &[2.0])];
    let (compared, html) = made(&folder(single, ""));
    let made = only(&compared);
    assert!(made.league.is_none() && made.pooled.is_none() && made.overall.is_none());
    assert!(
        !html.contains("the differences are exact")
            && !html.contains("recorded in full and taken as they are")
    );
}

/// A group of programmes that all have the same value; where one variance is taken for all groups, it can be tested.
#[test]
fn groups_of_programmes_that_do_not_scatter() {
    let six: Asked<'_> = &[
        ("A", &[3.0, 4.0, 2.0]),
        ("B", &[2.0, 4.0]),
        ("C", &[2.0, 3.0, 1.0]),
        ("D", &[2.5, 3.5]),
        ("E", &[4.0, 5.0, 4.5]),
        ("F", &[3.0, 3.0]),
    ];
    let (compared, _) = made(&folder(six, "between = \"kind\"\n"));
    let made_by_kind = only(&compared);
    assert_eq!(made_by_kind.entries[0].basis, Basis::Programmes);
    assert_eq!(made_by_kind.entries[1].basis, Basis::Unknown);
    assert!(
        made_by_kind.differences.as_ref().unwrap().pairs[0]
            .p
            .is_none()
    );
    let lines = "between = \"kind\"\nmultiplicity = \"tukey-kramer\"\n";
    let (compared, _) = made(&folder(six, lines));
    assert!(
        only(&compared).differences.as_ref().unwrap().pairs[0]
            .p
            .is_some()
    );
}

/// Results that were saved before: a sample's figure without an interval and without a reason, or without a word on its sampling.
#[test]
fn saved_results_are_read_in_the_same_way() {
    let folder = folder(THREE, MARGIN);
    let mut outcome: Outcome = folder.evaluate();
    for sampling in [outcome.indicators[0].sampling, None] {
        outcome.indicators[0].sampling = sampling;
        for estimate in &mut outcome.indicators[0].estimates {
            estimate.no_interval = None;
        }
        let json = serde_json::to_string(&outcome).unwrap();
        let saved: Outcome = serde_json::from_str(&json).unwrap();
        let file = settings(&format!(
            "[[comparison]]\nindicators = [\"score\"]\n{MARGIN}"
        ));
        let compared = compare(&[source("saved", saved)], &file, false).unwrap();
        let made = only(&compared);
        assert_eq!(made.entries[1].basis, Basis::Unknown);
        let rows = &made.equivalence.as_ref().unwrap().rows;
        assert!(
            rows.iter()
                .all(|r| r.verdict == EquivalenceVerdict::NoVerdict)
        );
    }
}

/// What was recorded in full stays exact.
#[test]
fn a_census_is_exact_as_before() {
    let folder = folder(THREE, MARGIN);
    let text = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    folder.write(
        "datapackage.json",
        text.replace("\"sampling\": \"sample\"", "\"sampling\": \"census\""),
    );
    let (compared, html) = made(&folder);
    let made = only(&compared);
    assert!(
        made.entries
            .iter()
            .all(|e| e.basis == Basis::Recorded && e.no_error.is_none())
    );
    let rows = &made.equivalence.as_ref().unwrap().rows;
    assert_eq!(rows[0].verdict, EquivalenceVerdict::Worse);
    assert!(html.contains("recorded in full"));
}

/// The gap over the years: where the error of a figure in it is not known, that of the gap is not.
#[test]
fn a_gap_over_years_has_no_interval_from_nothing() {
    let folder = folder(THREE, "benchmark = \"South\"\ntrend = true\n");
    let text = std::fs::read_to_string(folder.file("evaluation.toml")).unwrap();
    let text = text.replace("seed = 1\n", "seed = 1\nperiod = \"year\"\n");
    folder.write("evaluation.toml", text);
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    let dated = manifest.replace(
        "\"unit\": \"answer\",",
        "\"unit\": \"answer\", \"date\": \"year\",",
    );
    folder.write("datapackage.json", dated);
    let (compared, _) = made(&folder);
    let made = only(&compared);
    let trend = made
        .trend
        .as_ref()
        .unwrap_or_else(|| panic!("{:?}", made.refusals));
    assert!(
        trend
            .gaps
            .iter()
            .all(|g| g.interval.is_none() && g.se.is_none())
    );
    assert!(trend.change.unwrap().interval.is_none());
}
