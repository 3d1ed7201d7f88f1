//! Who is a person is never guessed away, cells of persons leave in no form, and a locked plan is held against the report.

use crate::kit::{Folder, cell, definition, formula, result, root, table, total};
use codev::outcome::{Outcome, Status};
use std::fmt::Write as _;

/// A folder with tables of these names, rows and manifests; texts are all columns but those named in `numbers`.
fn folder(tables: &[(&str, &str, &str, &str)], numbers: &[&str], settings: &str) -> Folder {
    let folder = Folder::new();
    let mut resources = Vec::new();
    for (name, csv, schema, codev) in tables {
        let fields: Vec<String> = csv
            .lines()
            .next()
            .unwrap_or_default()
            .split(',')
            .map(|column| {
                let kind = if numbers.contains(&column) {
                    "number"
                } else {
                    "string"
                };
                format!(r#"{{ "name": "{column}", "type": "{kind}" }}"#)
            })
            .collect();
        folder.write(&format!("{name}.csv"), csv);
        resources.push(format!(
            r#"{{ "name": "{name}", "path": "{name}.csv", "schema": {{ "fields": [ {} ]{schema} }}, "codev": {{ {codev} }} }}"#,
            fields.join(", ")
        ));
    }
    folder.write(
        "datapackage.json",
        format!(
            r#"{{ "name": "t", "resources": [ {} ] }}"#,
            resources.join(", ")
        ),
    );
    folder.write(
        "evaluation.toml",
        format!("title = \"Persons\"\nindicators = [\"own/*\"]\n{settings}"),
    );
    folder
}

/// Three rows under this manifest, summed.
fn three(name: &str, columns: &str, rows: &str, codev: &str) -> Outcome {
    let csv = format!("{columns}\n{rows}");
    let folder = folder(&[(name, &csv, "", codev)], &["amount", "age"], "");
    folder.define("sum", "EUR", &formula(name, "SUM(amount)"));
    folder.evaluate()
}

fn found(outcome: &Outcome, code: &str) -> u64 {
    outcome.quality.findings.count_of(code)
}

const ROWS: &str = "P1,a,1000\nP1,b,2000\nP1,c,3000\n";

#[test]
fn units_of_persons_are_protected_in_six_languages() {
    for unit in [
        "beneficiary",
        "trial person",
        "bénéficiaires",
        "réfugiée",
        "demandeur d'asile",
        "participante",
        "mujer",
        "solicitantes de asilo",
        "persones",
        "nouvinguda persona",
        "Teilnehmerin",
        "Geflüchtete",
        "deelnemers",
        "cliënt",
        "household",
        "foyer",
        "Haushalt",
        "huishouden",
    ] {
        let outcome = three(
            "rows",
            "programme,k,amount",
            ROWS,
            &format!(r#""unit": "{unit}""#),
        );
        assert_eq!(total(&outcome, "sum").status, Status::Suppressed, "{unit}");
        assert_eq!(found(&outcome, "data-maybe-persons"), 0, "{unit}");
    }
}

#[test]
fn units_of_things_are_not_protected_in_six_languages() {
    for unit in [
        "programme",
        "activity",
        "payment",
        "municipality",
        "activité",
        "commune",
        "paiement",
        "decisión",
        "presupuesto",
        "organización",
        "municipi",
        "pagament",
        "Gemeinde",
        "Zahlung",
        "Verein",
        "gemeente",
        "betaling",
        "vereniging",
    ] {
        let outcome = three(
            "rows",
            "programme,k,amount",
            ROWS,
            &format!(r#""unit": "{unit}""#),
        );
        assert_eq!(total(&outcome, "sum").value, Some(6000.0), "{unit}");
        assert!(
            outcome.quality.findings.is_empty() || found(&outcome, "data-maybe-persons") == 0,
            "{unit}"
        );
    }
}

#[test]
fn a_doubt_is_told_and_protected_until_it_is_answered() {
    let doubtful = [
        ("rows", "programme,k,amount", r#""unit": "zzz""#),
        (
            "rows",
            "programme,k,amount",
            r#""unit": "member organisation""#,
        ),
        ("clients", "programme,k,amount", ""),
        ("rows", "programme,birth_date,amount", ""),
        ("rows", "programme,Geschlecht,amount", ""),
        ("rows", "programme,teléfono,amount", ""),
        ("rows", "programme,hiv,amount", ""),
        (
            "rows",
            "programme,first_name,amount",
            r#""unit": "activity""#,
        ),
        ("rows", "programme,paspoort,amount", r#""unit": "payment""#),
    ];
    for (name, columns, codev) in doubtful {
        let outcome = three(name, columns, ROWS, codev);
        assert_eq!(
            total(&outcome, "sum").status,
            Status::Suppressed,
            "{columns} {codev}"
        );
        assert_eq!(
            found(&outcome, "data-maybe-persons"),
            1,
            "{columns} {codev}"
        );
        // The remedy works.
        let comma = if codev.is_empty() { "" } else { ", " };
        let said =
            format!(r#"{codev}{comma}"protect": false, "protect_reason": "sums of budget lines""#);
        let outcome = three(name, columns, ROWS, &said);
        assert_eq!(
            total(&outcome, "sum").value,
            Some(6000.0),
            "{columns} {said}"
        );
        assert_eq!(found(&outcome, "data-maybe-persons"), 0, "{columns} {said}");
        // Without a reason it is none.
        let outcome = three(
            name,
            columns,
            ROWS,
            &format!(r#"{codev}{comma}"protect": false"#),
        );
        assert_eq!(total(&outcome, "sum").status, Status::Suppressed);
        assert_eq!(found(&outcome, "data-protect-without-reason"), 1);
    }
}

#[test]
fn aggregates_without_a_unit_are_not_protected() {
    let outcome = three("rows", "programme,k,amount", ROWS, r#""unit": "row""#);
    assert_eq!(
        total(&outcome, "sum").value,
        Some(6000.0),
        "the unit says nothing"
    );
    let outcome = three("rows", "programme,k,amount", ROWS, "");
    assert_eq!(total(&outcome, "sum").value, Some(6000.0));
    // Results split by sex, and organisations with telephones, are no persons.
    for (columns, codev) in [
        ("programme,sex,amount", r#""role": "results""#),
        ("programme,phone,amount", r#""unit": "organisation""#),
        ("programme,sex,amount", r#""unit": "group""#),
    ] {
        assert_eq!(
            total(&three("rows", columns, ROWS, codev), "sum").value,
            Some(6000.0),
            "{columns}"
        );
    }
}

/// Visits of three clients, ten each.
fn visits(codev: &str) -> Outcome {
    let mut csv = "programme,client,amount\n".to_owned();
    for visit in 0..30 {
        let _ = writeln!(csv, "P1,q{},{}", visit % 3, 10 + visit);
    }
    let keys = r#", "foreignKeys": [ { "fields": "client", "reference": { "resource": "clients", "fields": "id" } } ]"#;
    let folder = folder(
        &[
            (
                "clients",
                "id,town\nq0,A\nq1,A\nq2,B\n",
                r#", "primaryKey": "id""#,
                r#""unit": "person", "person": "id""#,
            ),
            ("rows", &csv, keys, codev),
        ],
        &["amount"],
        "",
    );
    folder.define("sum", "EUR", &formula("rows", "SUM(amount)"));
    folder.evaluate()
}

#[test]
fn what_points_to_persons_is_about_them_and_counts_them() {
    for codev in [
        "",
        r#""unit": "visit""#,
        r#""unit": "payment""#,
        r#""role": "ties""#,
    ] {
        assert_eq!(
            total(&visits(codev), "sum").status,
            Status::Suppressed,
            "{codev}: 3 persons in 30 rows"
        );
    }
    let outcome = visits(r#""protect": false, "protect_reason": "a test""#);
    assert!(total(&outcome, "sum").value.is_some());
}

#[test]
fn rows_are_persons_only_where_each_can_be_one() {
    let mut csv = "programme,client_id,amount\n".to_owned();
    for visit in 0..30 {
        let _ = writeln!(csv, "P1,q{},{}", visit % 3, 10 + visit);
    }
    let folder = folder(
        &[("rows", &csv, "", r#""unit": "person""#)],
        &["amount"],
        "",
    );
    folder.define("sum", "EUR", &formula("rows", "SUM(amount)"));
    let outcome = folder.evaluate();
    assert_eq!(total(&outcome, "sum").status, Status::Suppressed);
    assert_eq!(found(&outcome, "data-persons-not-told-apart"), 1);

    let waves = csv.replace("client_id", "wave");
    let folder = folder_of_waves(&waves);
    assert_eq!(
        found(&folder.evaluate(), "data-persons-not-told-apart"),
        1,
        "waves without persons"
    );
}

fn folder_of_waves(csv: &str) -> Folder {
    let folder = folder(
        &[("rows", csv, "", r#""unit": "person", "wave": "wave""#)],
        &["amount"],
        "",
    );
    folder.define("sum", "EUR", &formula("rows", "SUM(amount)"));
    folder
}

#[test]
fn the_report_says_which_tables_are_protected_and_why() {
    let outcome = visits(r#""unit": "visit""#);
    let html = codev::report::html(&outcome).unwrap();
    assert!(html.contains("Protection of persons"));
    assert!(
        html.contains("clients (`id` is the person of a row)"),
        "{html}"
    );
    let of = |name: &str| {
        outcome
            .quality
            .tables
            .iter()
            .find(|t| t.name == name)
            .unwrap()
    };
    assert!(of("rows").protection.as_ref().unwrap().protected);
    let html = codev::report::html(&three("rows", "programme,k,amount", ROWS, "")).unwrap();
    assert!(html.contains("Not protected: rows (nothing in it points to persons)."));
}

/// Everything that a report of the folder writes, and what the command says, as one text.
fn everything(folder: &Folder) -> String {
    let mut text = String::new();
    for args in [
        &["check", "."][..],
        &["check", ".", "--json"],
        &["report", "."],
    ] {
        let output = folder.codev(args);
        text.push_str(&String::from_utf8_lossy(&output.stdout));
        text.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    for name in ["report.html", "outcome.json", "estimates.csv"] {
        text.push_str(&std::fs::read_to_string(folder.file(&format!("report/{name}"))).unwrap());
    }
    text
}

#[test]
fn no_finding_quotes_a_cell_of_a_person() {
    let mut csv = "programme,person,nm,kind,income,birth,start,end\n".to_owned();
    for row in 0..40 {
        let _ = writeln!(
            csv,
            "P1,q{row},n{row},alpha,1000,2015-02-03,2001-01-01,2002-01-01"
        );
    }
    // Each fault that a cell can have.
    csv.push_str("P1,qq77,secretname,alpha,87654 euro,born 31/12/1970,2009-07-08,2003-04-05\n");
    csv.push_str("P9x,qq78,n2,alphq,91234,1971-02-31,2001-01-01,2002-01-01\n");
    csv.push_str("P1,qq78,n3,alpha,999999,1771-12-30,2001-01-01,2002-01-01\n");
    let folder = Folder::new();
    folder
        .write("programmes.csv", "id\nP1\n")
        .write("persons.csv", &csv);
    folder.write(
        "datapackage.json",
        r#"{ "name": "t", "resources": [
          { "name": "programmes", "path": "programmes.csv", "schema": { "fields": [ { "name": "id", "type": "string" } ], "primaryKey": "id" },
            "codev": { "role": "programmes", "unit": "programme" } },
          { "name": "persons", "path": "persons.csv", "schema": { "fields": [
              { "name": "programme", "type": "string" }, { "name": "person", "type": "string" },
              { "name": "nm", "type": "string", "constraints": { "pattern": "n[0-9]+" } }, { "name": "kind", "type": "string" },
              { "name": "income", "type": "number", "constraints": { "maximum": 5000 } }, { "name": "birth", "type": "date" },
              { "name": "start", "type": "date" }, { "name": "end", "type": "date" } ],
              "primaryKey": "person",
              "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } } ] },
            "codev": { "unit": "person", "person": "person" } } ] }"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"T\"\nindicators = [\"own/*\"]\n",
    );
    folder.define("mean", "EUR", &formula("persons", "AVG(income)"));
    let text = everything(&folder);
    for code in [
        "data-not-a-number",
        "data-not-a-date",
        "data-duplicate-key",
        "data-constraint-pattern",
        "data-constraint-maximum",
        "data-orphan-key",
        "data-dates-reversed",
        "data-likely-typo",
    ] {
        assert!(text.contains(code), "no finding {code}");
    }
    for cell in [
        "secretname",
        "87654",
        "31/12/1970",
        "born",
        "91234",
        "999999",
        "1771",
        "qq77",
        "qq78",
        "alphq",
        "2009-07-08",
        "2003-04-05",
        "February 1971",
    ] {
        assert!(!text.contains(cell), "{cell} is quoted");
    }
}

/// Thirty persons with incomes 1000 to 1029.
/// The figure of few persons with many visits must not follow from the total and the other programme either.
#[test]
fn persons_behind_a_key_count_in_the_audit() {
    let (mut clients, mut csv) = (
        "id,town\n".to_owned(),
        "programme,client,amount\n".to_owned(),
    );
    for client in 0..30 {
        let _ = writeln!(clients, "q{client},A");
        let programme = if client < 3 { "P1" } else { "P2" };
        for visit in 0..3 {
            let _ = writeln!(csv, "{programme},q{client},{}", 10 + client + visit);
        }
    }
    let keys = r#", "foreignKeys": [ { "fields": "client", "reference": { "resource": "clients", "fields": "id" } } ]"#;
    let folder = folder(
        &[
            (
                "clients",
                &clients,
                r#", "primaryKey": "id""#,
                r#""unit": "person", "person": "id""#,
            ),
            (
                "rows",
                &csv,
                keys,
                r#""unit": "visit", "programme": "programme""#,
            ),
        ],
        &["amount"],
        "",
    );
    folder.define("sum", "EUR", &formula("rows", "SUM(amount)"));
    let outcome = folder.evaluate();
    let status = |programme| cell(&outcome, "sum", programme, None).unwrap().status;
    assert_eq!(status(Some("P1")), Status::Suppressed, "3 persons, 9 rows");
    let shown = [status(None), status(Some("P2"))]
        .iter()
        .filter(|s| **s == Status::Value)
        .count();
    assert_eq!(shown, 1, "total less P2 is P1");
}

fn incomes(value: &str, persons: usize) -> Outcome {
    let mut csv = "programme,person,income\n".to_owned();
    for person in 0..persons {
        let _ = writeln!(csv, "P1,q{person},{}", 1000 + person);
    }
    let folder = table(
        &csv,
        &["programme", "person"],
        r#""unit": "person", "person": "person", "programme": "programme""#,
    );
    folder.define("figure", "EUR", &formula("t", value));
    folder.write(
        "evaluation.toml",
        "title = \"Incomes\"\nindicators = [\"own/*\"]\n",
    );
    folder.evaluate()
}

#[test]
fn extremes_of_persons_are_withheld_and_quantiles_that_few_lie_beyond() {
    for value in [
        "MIN(income)",
        "MAX(income)",
        "MAX(income) - MIN(income)",
        "QUANTILE(income, 0.9)",
        "QUANTILE(income, 0.1)",
    ] {
        let outcome = incomes(value, 30);
        assert_eq!(
            total(&outcome, "figure").status,
            Status::Suppressed,
            "{value}"
        );
        assert!(
            result(&outcome, "figure")
                .remarks
                .iter()
                .any(|r| r.contains("withheld")),
            "{value}"
        );
    }
    assert!(
        total(&incomes("QUANTILE(income, 0.25)", 30), "figure")
            .value
            .is_some()
    );
    assert!(
        total(&incomes("MEDIAN(income)", 10), "figure")
            .value
            .is_some(),
        "5 on either side"
    );
    assert_eq!(
        total(&incomes("MEDIAN(income)", 9), "figure").status,
        Status::Suppressed,
        "4.5 on either side"
    );
    assert!(total(&incomes("AVG(income)", 9), "figure").value.is_some());
}

#[test]
fn results_are_not_shown_by_names_texts_and_keys_of_persons() {
    let mut csv = "programme,person,name,words,sex,amount\n".to_owned();
    for person in 0..30 {
        let sex = if person % 2 == 0 { "f" } else { "m" };
        let _ = writeln!(
            csv,
            "P1,q{person},secret{person},said{person},{sex},{person}"
        );
    }
    let folder = folder(
        &[("rows", &csv, "", r#""unit": "person", "person": "person""#)],
        &["amount"],
        "by = [\"name\", \"person\", \"words\", \"sex\"]\n",
    );
    folder.define("sum", "EUR", &formula("rows", "SUM(amount)"));
    let outcome = folder.evaluate();
    assert_eq!(found(&outcome, "evaluation-by-persons"), 3);
    let columns: std::collections::BTreeSet<&str> = result(&outcome, "sum")
        .estimates
        .iter()
        .filter_map(|e| e.group.as_ref().map(|(column, _)| column.as_str()))
        .collect();
    assert_eq!(columns.into_iter().collect::<Vec<_>>(), ["sex"]);
    let text = everything(&folder);
    assert!(!text.contains("secret3") && !text.contains("said3") && !text.contains("q13"));
}

#[test]
fn a_moderator_is_not_told_at_the_value_of_one_person() {
    let mut csv = "programme,person,g,y,income,scale\n".to_owned();
    for person in 0..60 {
        let income = if person == 7 {
            99_999
        } else {
            1000 + 3 * person
        };
        let group = if person % 2 == 0 { "c" } else { "t" };
        let _ = writeln!(
            csv,
            "P1,q{person},{group},{},{income},{}",
            (person * 7) % 5,
            person % 3
        );
    }
    let effects = "[[effect]]\nid = \"e\"\nindicators = [\"y\"]\ndesign = \"comparison\"\ntreated = \"g = 't'\"\nmoderator = \"income\"\n\
                   [[effect]]\nid = \"s\"\nindicators = [\"y\"]\ndesign = \"comparison\"\ntreated = \"g = 't'\"\nmoderator = \"scale\"\n";
    let folder = folder(
        &[("rows", &csv, "", r#""unit": "person", "person": "person""#)],
        &["y", "income", "scale"],
        effects,
    );
    folder.define("y", "points", &formula("rows", "AVG(y)"));
    let outcome = folder.evaluate();
    let names = |at: usize| {
        outcome.effects[at]
            .terms
            .iter()
            .map(|t| t.name.clone())
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert!(
        names(0).contains("one standard deviation above its mean"),
        "{}",
        names(0)
    );
    assert!(
        names(1).contains("scale is 2, its greatest"),
        "twenty persons have it: {}",
        names(1)
    );
    assert!(!everything(&folder).contains("99999"));
}

#[test]
fn the_largest_share_of_few_persons_is_withheld() {
    let mut csv = "programme,person,trade,income\n".to_owned();
    for person in 0..30 {
        let trade = if person < 3 { "baker" } else { "smith" };
        let _ = writeln!(csv, "P1,q{person},{trade},{}", 1000 + person);
    }
    let folder = table(
        &csv,
        &["programme", "person", "trade"],
        r#""unit": "person", "person": "person", "programme": "programme""#,
    );
    let measure = |amount: &str| {
        format!(
            "type = \"concentration\"\ntable = \"t\"\ncategory = \"trade\"\nstatistic = \"largest-share\"\n{amount}"
        )
    };
    folder.define("share", "%", &measure("amount = \"income\""));
    folder.write(
        "evaluation.toml",
        "title = \"T\"\nindicators = [\"own/*\"]\n",
    );
    assert_eq!(
        total(&folder.evaluate(), "share").status,
        Status::Suppressed
    );
}

#[test]
fn example_rows_are_made_up() {
    let mut csv = "programme,name,income,hiv\n".to_owned();
    for person in 0..9 {
        let _ = writeln!(
            csv,
            "Somewhere,Aicha{person},{},{}",
            1001 + person,
            if person == 1 { "positive" } else { "negative" }
        );
    }
    let folder = folder(
        &[("people", &csv, "", r#""unit": "beneficiary""#)],
        &["income"],
        "",
    );
    let output = folder.codev(&[
        "indicators",
        "new",
        "hv",
        "--dimension",
        "integration",
        "--table",
        "people",
        "--where",
        "hiv = 'positive' AND name <> ''",
        "--value",
        "SUM(income)",
    ]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text =
        std::fs::read_to_string(folder.file("indicators/process/integration/hv.toml")).unwrap();
    assert!(
        !text.contains("Aicha") && !text.contains("100") && !text.contains("Somewhere"),
        "{text}"
    );
    assert!(
        text.contains("positive"),
        "the definition asks for it: {text}"
    );
    let tested = folder.codev(&["indicators", "test", "hv"]);
    assert_eq!(
        tested.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&tested.stdout)
    );
}

#[test]
fn init_says_that_a_table_may_be_about_persons() {
    let folder = Folder::new();
    folder.write(
        "intake.csv",
        "full_name,birth_date,hiv,income,\nAicha,03/04/1971,positive,\"1,250\",secretcell\nBart,05/06/1980,negative,\"1,300\",other\n",
    );
    folder.write("clients.csv", "seen,note\n15/07/94,x\n16/07/94,y\n");
    let output = folder.codev(&["init", ".", "--from", "intake.csv", "clients.csv"]);
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    let text = format!("{}{manifest}", String::from_utf8_lossy(&output.stdout));
    assert!(text.contains("rows may be about persons"), "{text}");
    assert!(
        text.contains("`1,234` in `income`") && text.contains("`01/02/2020` in `birth_date`"),
        "made up: {text}"
    );
    for cell in [
        "Aicha",
        "Bart",
        "03/04/1971",
        "1971",
        "1,250",
        "1250",
        "15/07/94",
        "1994",
        "secretcell",
        "positive",
    ] {
        assert!(!text.contains(cell), "{cell}: {text}");
    }
    let checked = folder.codev(&["check", "."]);
    let said = [checked.stdout, checked.stderr].concat();
    assert!(String::from_utf8_lossy(&said).contains("data-maybe-persons"));
}

#[test]
fn packages_about_projects_withhold_nothing() {
    for name in [
        "tests/real/unhcr",
        "tests/real/eutf",
        "tests/real/twin-towns",
    ] {
        let text = std::fs::read_to_string(root().join(name).join("datapackage.json")).unwrap();
        assert!(!text.contains("protect"), "{name}");
    }
    let tandem = codev::dataset::load(&root().join("datasets/tandem"), &|_| ()).unwrap();
    let protected: Vec<&str> = tandem
        .tables
        .iter()
        .filter(|t| t.of_persons())
        .map(|t| t.name.as_str())
        .collect();
    assert_eq!(protected, ["responses", "officials"]);
    assert_eq!(tandem.findings.count_of("data-maybe-persons"), 0);
}

const PLAN: &str = "title = \"Planned\"\nindicators = [\"own/*\"]\n[[effect]]\nid = \"main\"\nindicators = [\"y\"]\n\
                    design = \"comparison\"\ntreated = \"g = 't'\"\nsmallest_effect = 0.5\n\
                    [[comparison]]\nid = \"between\"\nindicators = [\"y\"]\nbenchmark = \"P1\"\nmargin = 0.1\nmargin_reason = \"as agreed\"\n";

/// An evaluation without its data.
fn planned() -> Folder {
    let folder = Folder::new();
    folder.write("evaluation.toml", PLAN);
    folder.write(
        "indicators/y.toml",
        definition("y", "points", &formula("t", "AVG(y)")),
    );
    folder
}

fn with_data(folder: &Folder) {
    let mut csv = "programme,g,y\n".to_owned();
    for row in 0..40 {
        let _ = writeln!(
            csv,
            "P{},{},{}",
            row % 2 + 1,
            if row % 3 == 0 { "t" } else { "c" },
            row % 7
        );
    }
    folder.write("t.csv", csv);
    folder.write(
        "datapackage.json",
        r#"{ "name": "t", "resources": [ { "name": "t", "path": "t.csv", "schema": { "fields": [ { "name": "programme", "type": "string" },
            { "name": "g", "type": "string" }, { "name": "y", "type": "number" } ] },
            "codev": { "unit": "activity", "sampling": "sample", "programme": "programme" } } ] }"#,
    );
}

#[test]
fn a_locked_plan_is_held_against_the_report() {
    let folder = planned();
    let output = folder.codev(&["plan", "lock", ".", "--registered", "https://osf.io/ab1cd"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "no data are there: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    with_data(&folder);
    let outcome = folder.evaluate();
    let plan = outcome.plan.as_ref().unwrap();
    assert_eq!(plan.differences, []);
    assert_eq!(plan.registered.as_deref(), Some("https://osf.io/ab1cd"));
    let before = total(&outcome, "y").value;

    // One more indicator, another margin and smallest effect, no comparison, another formula.
    folder.write(
        "evaluation.toml",
        PLAN.replace("smallest_effect = 0.5", "smallest_effect = 0.2")
            .replace("id = \"between\"", "id = \"later\""),
    );
    folder.write(
        "indicators/n.toml",
        definition("n", "rows", &formula("t", "COUNT(*)")),
    );
    let outcome = folder.evaluate();
    let said: Vec<String> = outcome
        .plan
        .as_ref()
        .unwrap()
        .differences
        .iter()
        .map(|d| {
            format!(
                "{} {} {} {}",
                d.change.word(),
                d.kind,
                d.name,
                d.what.join("; ")
            )
            .trim()
            .to_owned()
        })
        .collect();
    assert_eq!(
        said,
        [
            "added comparison later",
            "changed effect main smallest_effect: 0.2, planned 0.5",
            "added indicator n",
            "dropped comparison between",
        ]
    );
    assert_eq!(total(&outcome, "y").value, before, "no figure changes");
    assert!(
        result(&outcome, "n")
            .remarks
            .iter()
            .any(|r| r.starts_with("Not planned"))
    );
    assert!(
        !result(&outcome, "y")
            .remarks
            .iter()
            .any(|r| r.contains("lanned"))
    );
    assert!(
        outcome.effects[0]
            .remarks
            .iter()
            .any(|r| r.starts_with("Not as planned"))
    );
    let html = codev::report::html(&outcome).unwrap();
    assert!(
        html.contains("Plan and report") && html.contains("osf.io") && html.contains("planned 0.5")
    );
    let compared = folder.codev(&["plan", "compare", "."]);
    assert!(String::from_utf8_lossy(&compared.stdout).contains("dropped  comparison between"));
}

#[test]
fn a_plan_is_locked_once_and_a_damaged_lock_is_told() {
    let folder = planned();
    assert_eq!(folder.codev(&["plan", "lock", "."]).status.code(), Some(0));
    let first = std::fs::read_to_string(folder.file("plan.lock.json")).unwrap();
    let again = folder.codev(&["plan", "lock", "."]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("--again"));
    assert_eq!(
        std::fs::read_to_string(folder.file("plan.lock.json")).unwrap(),
        first
    );
    assert_eq!(
        folder
            .codev(&["plan", "lock", ".", "--again"])
            .status
            .code(),
        Some(0)
    );
    with_data(&folder);
    assert_eq!(folder.evaluate().plan.unwrap().earlier.len(), 1);

    for (text, code) in [
        (first.replace("0.5", "0.4"), "plan-lock-damaged"),
        ("{".to_owned(), "plan-lock-damaged"),
        (
            first.replace("plan-lock/1", "plan-lock/9"),
            "plan-lock-damaged",
        ),
    ] {
        folder.write("plan.lock.json", text);
        let outcome = folder.evaluate();
        assert_eq!(found(&outcome, code), 1);
        assert_eq!(outcome.plan, None);
        assert!(
            total(&outcome, "y").value.is_some(),
            "the report is made all the same"
        );
    }
    folder.write("plan.lock.json", &first);
    folder.write("evaluation.toml", PLAN.replace("Planned", "Another"));
    assert_eq!(found(&folder.evaluate(), "plan-lock-other"), 1);
}
