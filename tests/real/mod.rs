//! Evaluations over real, dirty data that are not part of this repository: read from `../shared/data` (or the folder that
//! `CODEV_SHARED_DATA` names) where that exists, skipped where not. `expected.py` computed the figures with pandas.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod compared;

use codev::outcome::{Estimate, Outcome, Status};
use codev::run::{Quiet, evaluate};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const TOLERANCE: f64 = 1e-9;

struct Source {
    folder: &'static str,
    data: &'static str,
    files: &'static [&'static str],
}

const EUTF: Source = Source {
    folder: "eutf",
    data: "eutf-africa",
    files: &[
        "projects.csv",
        "results.csv",
        "recipients.csv",
        "organisations.csv",
    ],
};

const UNHCR: Source = Source {
    folder: "unhcr",
    data: "unhcr-iati",
    files: &[
        "activity_2016_2025.csv.gz",
        "results_integration_solutions_subset.csv",
        "participating_org_2016_2025.csv.gz",
    ],
};

const TWIN_TOWNS: Source = Source {
    folder: "twin-towns",
    data: "twin-towns",
    files: &["nodes.csv", "edges.csv"],
};

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A package folder with our definitions and the source's files; `None` where the data are not here.
fn package(source: &Source) -> Option<tempfile::TempDir> {
    let data = match std::env::var_os("CODEV_SHARED_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
    };
    let data = data.join(source.data);
    if !data.is_dir() {
        eprintln!("skipped: no ../shared/data/{}", source.data);
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&here().join(source.folder), folder.path());
    fs::remove_dir_all(folder.path().join("refused")).ok();
    for file in source.files {
        // Read and written, not copied: the shared files are read-only.
        fs::write(folder.path().join(file), fs::read(data.join(file)).unwrap()).unwrap();
    }
    Some(folder)
}

fn result<'a>(outcome: &'a Outcome, id: &str) -> &'a codev::outcome::IndicatorResult {
    outcome
        .indicators
        .iter()
        .find(|i| i.definition.id == id)
        .unwrap_or_else(|| panic!("no indicator {id}"))
}

fn records(file: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(file)
        .unwrap()
        .records()
        .map(Result::unwrap)
        .collect()
}

fn number(estimate: &Estimate, field: &str) -> Option<f64> {
    match field {
        "value" => estimate.value,
        "numerator" => estimate.parts.map(|p| p.0),
        "denominator" => estimate.parts.map(|p| p.1),
        "n" => Some(estimate.n as f64),
        "missing" => Some(estimate.missing as f64),
        other => panic!("unknown field {other}"),
    }
}

/// Every line of `expected.csv` that the outcome contradicts.
fn contradictions(outcome: &Outcome, source: &Source) -> Vec<String> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut wrong = Vec::new();
    for line in records(&here().join(source.folder).join("expected.csv")) {
        let (programme, period) = (some(&line[1]), some(&line[4]));
        let group = some(&line[2]).map(|column| (column, some(&line[3])));
        let result = result(outcome, &line[0]);
        let cell = result
            .estimates
            .iter()
            .find(|e| e.programme == programme && e.group == group && e.period == period);
        let got = cell.and_then(|e| number(e, &line[5]));
        let expected: f64 = line[6].parse().unwrap();
        // Counts exactly, floats to 1e-9.
        let tolerance = if line[6].contains('.') {
            TOLERANCE * expected.abs().max(1.0)
        } else {
            0.0
        };
        if !got.is_some_and(|g| (g - expected).abs() <= tolerance) {
            let why = result.not_computable.as_deref().unwrap_or("");
            wrong.push(format!("{line:?}: got {got:?} {why}"));
        }
    }
    wrong
}

fn fact(source: &Source, what: &str) -> u64 {
    let facts = records(&here().join(source.folder).join("facts.csv"));
    let fact = facts
        .iter()
        .find(|f| &f[0] == what)
        .unwrap_or_else(|| panic!("no fact {what}"));
    fact[1].parse().unwrap()
}

/// Kept and refused rows of a table, and the missing and invalid cells of one column.
fn table(outcome: &Outcome, name: &str, column: &str) -> (u64, u64, u64, u64) {
    let table = outcome
        .quality
        .tables
        .iter()
        .find(|t| t.name == name)
        .unwrap();
    let column = table.columns.iter().find(|c| c.name == column).unwrap();
    (table.rows, table.refused, column.missing, column.invalid)
}

#[test]
fn the_trust_fund_gives_the_figures_that_pandas_gives() {
    let Some(folder) = package(&EUTF) else { return };
    let outcome = evaluate(folder.path(), &Quiet).unwrap();
    let wrong = contradictions(&outcome, &EUTF);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_trust_fund_says_what_is_wrong_with_its_data() {
    let Some(folder) = package(&EUTF) else { return };
    let outcome = evaluate(folder.path(), &Quiet).unwrap();
    for column in ["target", "actual"] {
        let (rows, refused, missing, invalid) = table(&outcome, "results", column);
        assert_eq!(rows + refused, fact(&EUTF, "results"));
        assert_eq!(
            missing,
            fact(&EUTF, &format!("{column}: blank, NULL or N/A")),
            "{column}"
        );
        assert_eq!(
            invalid,
            fact(&EUTF, &format!("{column}: text that is not a number")),
            "{column}"
        );
    }
    let (rows, refused, ..) = table(&outcome, "projects", "budget");
    assert_eq!(rows + refused, fact(&EUTF, "projects"));
    assert!(
        refused >= 1,
        "the second row of a repeated id has to be refused"
    );
    let all = serde_json::to_string(&outcome.quality.findings).unwrap();
    assert!(
        all.contains("T05-EUTF-HOA-SS-48-02"),
        "the repeated id is not named"
    );
    assert!(
        all.contains("CTR - Mission d'appui"),
        "the project id without project is not named"
    );
}

/// Names of organisations hold commas, which part the names in a cell: all are found by the list of organisations.
#[test]
fn the_trust_funds_partners_are_found_in_the_list_of_organisations() {
    let Some(folder) = package(&EUTF) else { return };
    let outcome = evaluate(folder.path(), &Quiet).unwrap();
    let tables = &outcome.quality.tables;
    let projects = tables.iter().find(|t| t.name == "projects").unwrap();
    assert_eq!(projects.lists.len(), 4);
    for list in &projects.lists {
        let role = list.column.trim_start_matches("partner_");
        let wanted = |what: &str| fact(&EUTF, &format!("{role}: {what}"));
        assert_eq!(
            (list.table.as_str(), list.key.as_str()),
            ("organisations", "name")
        );
        assert_eq!(list.entries, wanted("entries"), "{role}");
        assert_eq!(list.matched, wanted("entries that are names"), "{role}");
        assert_eq!(list.joined, wanted("names that hold a comma"), "{role}");
        assert_eq!(list.folded, 0, "{role}");
        assert_eq!(list.pieces, wanted("entries of a plain split"), "{role}");
        assert_eq!(list.pieces_matched, wanted("of these names"), "{role}");
    }
    let report = codev::report::html(&outcome).unwrap();
    let said = "partner_implementing in table projects are names of the table organisations. 8 names hold the mark";
    assert!(report.contains(said));
}

#[test]
fn the_trust_funds_frameworks_are_not_added_together() {
    let Some(folder) = package(&EUTF) else { return };
    let target = folder.path().join("indicators/output/livelihoods");
    fs::copy(
        here().join("eutf/refused/all-jobs.toml"),
        target.join("all-jobs.toml"),
    )
    .unwrap();
    let outcome = evaluate(folder.path(), &Quiet).unwrap();
    let result = result(&outcome, "all-jobs");
    // A project whose jobs are all told in one framework has a sum; where two meet there is none.
    let mut frameworks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(folder.path().join("results.csv")).unwrap();
    let names = reader.headers().unwrap().clone();
    let at = |name: &str| names.iter().position(|n| n == name).unwrap();
    for row in reader.records().map(Result::unwrap) {
        let told = row[at("actual")].trim().parse::<f64>().is_ok();
        if row[at("title")].contains("jobs created") && told {
            let known = frameworks.entry(row[at("iati_id")].to_owned());
            known.or_default().insert(row[at("result_type")].to_owned());
        }
    }
    let mut met = 0;
    for estimate in result.estimates.iter().filter(|e| e.group.is_none()) {
        let several = match &estimate.programme {
            None => true,
            Some(id) => frameworks.get(id).is_some_and(|f| f.len() > 1),
        };
        met += u64::from(several);
        assert_eq!(several, estimate.status == Status::Refused, "{estimate:?}");
    }
    assert!(met > 1, "no project tells of its jobs in two frameworks");
    let said = format!("{:?} {:?}", result.not_computable, result.remarks);
    assert!(said.contains("result_type"), "{said}");
}

#[test]
fn unhcr_gives_the_figures_that_pandas_gives() {
    let Some(folder) = package(&UNHCR) else {
        return;
    };
    let outcome = evaluate(folder.path(), &Quiet).unwrap();
    let wrong = contradictions(&outcome, &UNHCR);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for column in ["baseline", "target", "actual"] {
        let (rows, _, missing, invalid) = table(
            &outcome,
            "results",
            &format!("result_indicator_{column}_value"),
        );
        assert_eq!((rows, invalid), (fact(&UNHCR, "results"), 0));
        assert_eq!(missing, fact(&UNHCR, &format!("{column}: blank")));
    }
    assert_eq!(outcome.programmes.len() as u64, fact(&UNHCR, "operations"));
}

/// Indicators that can be computed on a package without being asked for, and what the others lack.
fn list_for(source: &Source) -> Option<BTreeMap<String, serde_json::Value>> {
    let folder = package(source)?;
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_codev"))
        .args(["--json", "indicators", "list", "--for"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0));
    let lines = String::from_utf8(run.stdout).unwrap();
    let value = |l: &str| -> serde_json::Value { serde_json::from_str(l).unwrap() };
    let each = lines.lines().map(value);
    Some(
        each.map(|v| (v["id"].as_str().unwrap().to_owned(), v))
            .collect(),
    )
}

#[test]
fn real_packages_say_what_they_allow_and_what_they_lack() {
    for source in [&EUTF, &UNHCR] {
        let Some(list) = list_for(source) else { return };
        let folder = package(source).unwrap();
        let outcome = evaluate(folder.path(), &Quiet).unwrap();
        // The definitions made for the package can be computed, just as the evaluation finds.
        for result in &outcome.indicators {
            let found = &list[&result.definition.id];
            assert_eq!(
                found["computable"],
                result.not_computable.is_none(),
                "{found}"
            );
        }
        // It has none of the tables of process: each such indicator of the library names what it lacks.
        let ties = &list["new-cross-sector-ties"];
        assert_eq!(ties["computable"], false);
        assert_eq!(ties["lack"][0]["what"], "table", "{ties}");
        assert_eq!(ties["lack"][0]["table"], "ties");
        for (id, line) in &list {
            let needs = line["needs"].as_array().map_or(0, Vec::len);
            assert_eq!(line["computable"] == true, needs == 0, "{id}");
        }
        let audit = &outcome.audit;
        for advice in &audit.advice {
            assert!(advice.fill.iter().all(|id| list[id]["computable"] == true));
        }
    }
}

#[test]
fn twin_towns_have_the_figures_that_networkx_gives() {
    let Some(folder) = package(&TWIN_TOWNS) else {
        return;
    };
    let outcome = evaluate(folder.path(), &Quiet).unwrap();
    let wrong = contradictions(&outcome, &TWIN_TOWNS);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
