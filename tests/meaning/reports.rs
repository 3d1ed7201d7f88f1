//! Reports to date, targets to reduce, and totals beside their parts.

use super::{codes, folder, remarked, value};
use crate::kit::{Folder, cell, formula, result, shown, total};
use codev::outcome::{Outcome, Status};

fn progress(more: &str) -> String {
    format!(
        "type = \"progress\"\ntable = \"results\"\nbaseline = \"baseline\"\ntarget = \"target\"\nactual = \"actual\"\ndate = \"year\"\n{more}"
    )
}

/// P1 reports to date, P2 what came in each year.
const REPORTS: &str = "id,programme,indicator,kind,year,baseline,target,actual,reporting
1,P1,Persons trained,output,2019,0,100,40,cumulative
2,P1,Persons trained,output,2020,0,100,75,cumulative
3,P1,Persons trained,output,2021,0,100,110,cumulative
4,P2,Persons trained,output,2019,0,30,20,incremental
5,P2,Persons trained,output,2020,0,30,25,incremental
6,P2,Persons trained,output,2021,0,40,35,incremental
";

#[test]
fn of_reports_to_date_the_last_counts() {
    let evaluation = "indicators = [\"sum\", \"mean\", \"met\", \"actual\", \"output-targets-achieved\"]\nperiod = \"year\"\n";
    let folder = folder(
        "results",
        REPORTS,
        r#", "accumulation": "reporting", "date": "year""#,
        evaluation,
    );
    folder.define("sum", "%", &progress("combine = \"sum\""));
    folder.define("mean", "%", &progress("combine = \"mean\""));
    folder.define("met", "%", &progress("combine = \"met\""));
    folder.define("actual", "persons", &formula("results", "SUM(actual)"));
    let outcome = folder.evaluate();
    assert_eq!(value(&outcome, "actual", Some("P1")), "110");
    assert_eq!(value(&outcome, "actual", Some("P2")), "80");
    // The last of P1, and all that P2 added.
    assert_eq!(value(&outcome, "actual", None), "190");
    assert_eq!(value(&outcome, "sum", Some("P1")), "1.1");
    assert_eq!(value(&outcome, "sum", Some("P2")), "0.8");
    assert_eq!(value(&outcome, "sum", None), "0.95");
    // Of P1 one report counts, of P2 each of three, by hand: (110/100 + 20/30 + 25/30 + 35/40) / 4.
    let mean: f64 = value(&outcome, "mean", None).parse().unwrap();
    assert!((mean - (1.1 + 20.0 / 30.0 + 25.0 / 30.0 + 35.0 / 40.0) / 4.0).abs() < 1e-12);
    assert_eq!(
        value(&outcome, "output-targets-achieved", None),
        mean.to_string()
    );
    assert_eq!(value(&outcome, "met", None), "0.25");
    // In a period the last report of that period counts.
    let year = |year: &str, id: &str| {
        let estimates = &result(&outcome, id).estimates;
        let found = estimates
            .iter()
            .find(|e| e.programme.is_none() && e.period.as_deref() == Some(year));
        shown(found.unwrap())
    };
    assert_eq!(year("2019", "actual"), "60");
    assert_eq!(year("2020", "actual"), "100");
    assert_eq!(year("2021", "actual"), "145");
    assert!(remarked(&outcome, "actual", "not the sum of the reports"));
    assert!(!codes(&folder).iter().any(|c| c.starts_with("data-reports")));
}

#[test]
fn a_measure_says_itself_how_reports_accumulate() {
    let folder = folder(
        "results",
        REPORTS,
        "",
        "indicators = [\"level\", \"added\"]\n",
    );
    let level = progress("combine = \"sum\"\naccumulation = \"level\"\nseries = [\"indicator\"]");
    folder.define("level", "%", &level);
    folder.define(
        "added",
        "%",
        &progress("combine = \"sum\"\naccumulation = \"incremental\""),
    );
    let outcome = folder.evaluate();
    assert_eq!(value(&outcome, "level", Some("P2")), "0.875");
    let all: f64 = value(&outcome, "level", None).parse().unwrap();
    assert!((all - 145.0 / 140.0).abs() < 1e-12);
    assert_eq!(value(&outcome, "added", Some("P1")), "0.75");
    assert!(
        !codes(&folder)
            .iter()
            .any(|c| c == "data-reports-never-fall")
    );
}

#[test]
fn reports_that_are_probably_to_date_are_told() {
    let evaluation = "indicators = [\"actual\"]\n";
    let define = |folder: &Folder| {
        folder.define("actual", "persons", &formula("results", "SUM(actual)"));
    };
    let said = folder("results", REPORTS, "", evaluation);
    define(&said);
    assert!(codes(&said).contains(&"data-reports-to-date".to_owned()));
    // Without the column the numbers alone raise the doubt.
    let plain: String = REPORTS
        .lines()
        .map(|line| line.rsplit_once(',').unwrap().0.to_owned() + "\n")
        .collect();
    let rising = folder("results", &plain, "", evaluation);
    define(&rising);
    assert!(codes(&rising).contains(&"data-reports-never-fall".to_owned()));
    // Numbers that go up and down are what came in each year.
    let falling = plain.replace(",75\n", ",15\n");
    let falling = folder("results", &falling, "", evaluation);
    define(&falling);
    assert!(!codes(&falling).contains(&"data-reports-never-fall".to_owned()));
    // Said to be increments: no doubt is left.
    let declared = folder(
        "results",
        &plain,
        r#", "accumulation": "incremental""#,
        evaluation,
    );
    define(&declared);
    assert!(!codes(&declared).contains(&"data-reports-never-fall".to_owned()));
}

#[test]
fn first_and_last_by_date() {
    let rows = "id,programme,indicator,year,actual
1,P1,members,2021,30
2,P1,members,2019,10
3,P1,offices,2020,4
4,P2,members,2020,7
5,P2,members,2021,5
6,P2,members,,99
7,P1,offices,2022,
";
    let folder = folder("results", rows, "", "indicators = [\"own/*\"]\n");
    for (id, value) in [
        (
            "last",
            "LAST(actual, year) FILTER (WHERE indicator = 'members')",
        ),
        (
            "first",
            "FIRST(actual, year) FILTER (WHERE indicator = 'members')",
        ),
        ("sum", "SUM(LAST(actual, year, indicator))"),
        ("mean", "AVG(LAST(actual, year, indicator))"),
        ("series", "COUNT(LAST(actual, year, indicator))"),
        (
            "growth",
            "SUM(LAST(actual, year, indicator)) - SUM(FIRST(actual, year, indicator))",
        ),
    ] {
        folder.define(id, "persons", &formula("results", value));
    }
    let outcome = folder.evaluate();
    assert_eq!(value(&outcome, "last", Some("P1")), "30");
    assert_eq!(value(&outcome, "first", Some("P1")), "10");
    assert_eq!(value(&outcome, "last", Some("P2")), "5");
    // Two programmes have different last values in 2021: there is no last value of both, and it is said why.
    assert_eq!(value(&outcome, "last", None), "undefined");
    assert!(remarked(&outcome, "last", "are the last by date"));
    assert_eq!(value(&outcome, "first", None), "10");
    // 30 and 4 of P1, 5 of P2: series of two programmes with one name are two.
    assert_eq!(value(&outcome, "sum", Some("P1")), "34");
    assert_eq!(value(&outcome, "sum", None), "39");
    assert_eq!(value(&outcome, "mean", None), "13");
    assert_eq!(value(&outcome, "series", None), "3");
    assert_eq!(value(&outcome, "growth", None), (39 - 21).to_string());
    // The row without a year can't be placed, and is counted.
    let rows = result(&outcome, "sum").rows.clone().unwrap();
    assert_eq!((rows.used, rows.missing.len()), (5, 2));
}

#[test]
fn ties_on_the_last_date_are_told() {
    let rows = "id,programme,indicator,year,actual
1,P1,members,2019,10
2,P1,members,2021,30
3,P1,members,2021,40
";
    let folder = folder("results", rows, "", "indicators = [\"sum\", \"last\"]\n");
    folder.define(
        "sum",
        "persons",
        &formula("results", "SUM(LAST(actual, year, indicator))"),
    );
    folder.define("last", "persons", &formula("results", "LAST(actual, year)"));
    let outcome = folder.evaluate();
    assert_eq!(value(&outcome, "sum", None), "70");
    assert!(remarked(
        &outcome,
        "sum",
        "1 series has several rows on the last date"
    ));
    assert_eq!(value(&outcome, "last", None), "undefined");
}

#[test]
fn faults_in_first_and_last_are_shown() {
    for (value, code) in [
        ("LAST(actual)", "formula-arguments"),
        ("LAST(actual, year, indicator)", "formula-arguments"),
        ("SUM(LAST(actual, year))", "formula-arguments"),
        (
            "MEDIAN(LAST(actual, year, indicator))",
            "formula-not-allowed",
        ),
        ("SUM(LAST(actual, indicator, indicator))", "formula-type"),
        ("SUM(1 + LAST(actual, year))", "formula-not-allowed"),
    ] {
        let folder = folder(
            "results",
            REPORTS,
            "",
            "indicators = [\"x\", \"output-targets-met\"]\n",
        );
        folder.define("x", "persons", &formula("results", value));
        let found = codes(&folder);
        let any = found.iter().any(|c| c == code || c.starts_with("formula-"));
        assert!(any, "{value}: {found:?}");
        if code != "formula-not-allowed" {
            assert!(found.iter().any(|c| c == code), "{value}: {found:?}");
        }
    }
}

#[test]
fn a_target_below_the_baseline_is_met_at_or_below_it() {
    let rows = "id,programme,indicator,kind,year,baseline,target,actual
1,P1,Days until a permit,process,2020,60,30,45
2,P1,Days until a permit,process,2021,60,30,20
3,P1,Days until a permit,process,2022,60,30,75
4,P1,Days until a permit,process,2023,60,60,60
5,P2,Complaints,process,2021,0,0,0
6,P2,Complaints,process,2022,10,0,0
7,P2,Complaints,process,2023,,0,0
";
    let folder = folder(
        "results",
        rows,
        r#", "accumulation": "incremental""#,
        "indicators = [\"process-targets-met\", \"met\"]\n",
    );
    folder.define("met", "%", &progress("combine = \"met\""));
    let outcome = folder.evaluate();
    for id in ["process-targets-met", "met"] {
        assert_eq!(value(&outcome, id, Some("P1")), "0.5", "{id}");
        assert_eq!(value(&outcome, id, Some("P2")), "1", "{id}");
    }
    // Without a column for it, more is supposed to be aimed at: 45, 75 and 60 reach their targets, 20 doesn't.
    let plain = rows.replace(",baseline,", ",start,");
    folder.write("results.csv", &plain);
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    folder.write(
        "datapackage.json",
        manifest.replace("\"baseline\"", "\"start\""),
    );
    let outcome = folder.evaluate();
    assert_eq!(value(&outcome, "process-targets-met", Some("P1")), "0.75");
}

const PARTS: &str = "id,programme,indicator,kind,year,disaggregate,baseline,target,actual
1,P1,Persons trained,output,2021,total,0,100,90
2,P1,Persons trained,output,2021,women,0,50,50
3,P1,Persons trained,output,2021,men,0,50,40
4,P2,Persons trained,output,2021,total,0,60,70
5,P2,Persons trained,output,2021,women,0,30,30
6,P2,Persons trained,output,2021,men,0,30,30
";

#[test]
fn totals_are_not_added_to_their_parts() {
    let evaluation = "indicators = [\"actual\", \"women\", \"output-targets-achieved\"]\nby = [\"disaggregate\"]\n";
    let define = |folder: &Folder| {
        folder.define("actual", "persons", &formula("results", "SUM(actual)"));
        let women = formula("results", "SUM(actual)") + "\nwhere = \"disaggregate = 'women'\"";
        folder.define("women", "persons", &women);
    };
    // Not declared: told, and nothing is added.
    let unsaid = folder("results", PARTS, "", evaluation);
    define(&unsaid);
    let outcome = unsaid.evaluate();
    assert_eq!(total(&outcome, "actual").status, Status::Refused);
    assert!(remarked(&outcome, "actual", "totals"));
    assert_eq!(value(&outcome, "women", None), "80");
    let found = codes(&unsaid);
    assert!(
        found.contains(&"data-total-beside-parts".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"data-total-differs".to_owned()),
        "{found:?}"
    );
    let group = |outcome: &Outcome, word: &str| {
        shown(cell(outcome, "actual", None, Some(("disaggregate", Some(word)))).unwrap())
    };
    assert_eq!(group(&outcome, "women"), "80");
    // Declared: the totals count, the parts where results are split by them.
    let said = folder(
        "results",
        PARTS,
        r#", "totals": {"disaggregate": "total"}"#,
        evaluation,
    );
    define(&said);
    let outcome = said.evaluate();
    assert_eq!(value(&outcome, "actual", None), "160");
    assert_eq!(value(&outcome, "actual", Some("P1")), "90");
    assert_eq!(value(&outcome, "women", None), "80");
    assert_eq!(group(&outcome, "women"), "80");
    assert_eq!(group(&outcome, "men"), "70");
    let rows = result(&outcome, "actual").rows.clone().unwrap();
    assert_eq!((rows.used, rows.excluded), (2, 4));
    let found = codes(&said);
    assert!(
        !found.contains(&"data-total-beside-parts".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"data-total-differs".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_total_without_a_value_and_a_missing_total_are_told() {
    let blank = PARTS.replace("total", "");
    let folder_of = |csv: &str, codev: &str| {
        let folder = folder("results", csv, codev, "indicators = [\"actual\"]\n");
        folder.define("actual", "persons", &formula("results", "SUM(actual)"));
        folder
    };
    let said = folder_of(&blank, r#", "totals": {"disaggregate": ""}"#);
    assert_eq!(value(&said.evaluate(), "actual", None), "160");
    // P2 has its parts only: no total is made up of them.
    let lost: String = PARTS
        .lines()
        .filter(|line| !line.starts_with("4,"))
        .map(|line| line.to_owned() + "\n")
        .collect();
    let lost = folder_of(&lost, r#", "totals": {"disaggregate": "total"}"#);
    let outcome = lost.evaluate();
    assert_eq!(value(&outcome, "actual", None), "90");
    assert!(remarked(&outcome, "actual", "P2 has rows for parts only"));
    // Categories that are no parts of each other are added as ever.
    let plain = PARTS
        .replace("total", "youth")
        .replace(",90\n", ",13\n")
        .replace(",70\n", ",17\n")
        .replace("0,100,", "0,9,")
        .replace("0,60,", "0,8,");
    let plain = folder_of(&plain, "");
    assert_eq!(value(&plain.evaluate(), "actual", None), "180");
    assert!(!codes(&plain).contains(&"data-total-beside-parts".to_owned()));
}
