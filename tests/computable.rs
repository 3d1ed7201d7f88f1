//! What can be computed on given data, what is missing for the rest, and what the balance audit makes of it.

use crate::kit::{Folder, definition, formula, result, root};
use codev::dataset;
use codev::indicator::Catalogue;
use codev::outcome::{Audit, Blind, Kind, Lack, Need, grouped};
use codev::plan::lack::feasible;
use std::collections::BTreeMap;

/// Three tables, of which one is empty; `actor` of the ties is no declared link.
fn folder() -> Folder {
    let folder = Folder::new();
    folder
        .write("programmes.csv", "id,start\nP1,2010-01-01\n")
        .write(
            "ties.csv",
            "programme,actor,strength,kind\nP1,A1,3,old\nP1,A2,,new\n",
        )
        .write("actors.csv", "id,sektor\nA1,public\nA2,civil\n")
        .write("decisions.csv", "programme,adopted\n")
        .write(
            "datapackage.json",
            r#"{ "name": "t", "resources": [
            { "name": "programmes", "path": "programmes.csv", "codev": { "role": "programmes" }, "schema": {
              "fields": [ { "name": "id", "type": "string" }, { "name": "start", "type": "date" } ], "primaryKey": "id" } },
            { "name": "ties", "path": "ties.csv", "codev": { "role": "ties" }, "schema": {
              "fields": [ { "name": "programme", "type": "string" }, { "name": "actor", "type": "string" },
                          { "name": "strength", "type": "string" }, { "name": "kind", "type": "string" } ],
              "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } } ] } },
            { "name": "actors", "path": "actors.csv", "codev": { "role": "actors" }, "schema": {
              "fields": [ { "name": "id", "type": "string" }, { "name": "sektor", "type": "string" } ], "primaryKey": "id" } },
            { "name": "decisions", "path": "decisions.csv", "codev": { "role": "decisions" }, "schema": {
              "fields": [ { "name": "programme", "type": "string" }, { "name": "adopted", "type": "boolean" } ] } } ] }"#,
        )
        .write("evaluation.toml", "title = \"T\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n");
    folder
}

fn lacks(folder: &Folder) -> BTreeMap<String, Option<Lack>> {
    let (catalogue, _) = Catalogue::load(folder.path());
    let dataset = dataset::load(folder.path(), &|_| {}).unwrap();
    feasible(&catalogue, &dataset)
        .into_iter()
        .map(|(i, lack)| (i.id.clone(), lack))
        .collect()
}

fn lack(lacks: &BTreeMap<String, Option<Lack>>, id: &str) -> Lack {
    lacks[id]
        .clone()
        .unwrap_or_else(|| panic!("{id} can be computed"))
}

#[test]
fn everything_that_is_missing_is_named_not_the_first_alone() {
    let folder = folder();
    folder
        .define("fine", "ties", &formula("ties", "COUNT(*) FILTER (WHERE kind = 'new')"))
        .define("no-table", "x", &formula("codings", "AVG(score) / COUNT(DISTINCT rater)"))
        .define("near-table", "x", &formula("actor", "COUNT(*)"))
        .define("columns", "x", &formula("ties", "SUM(stength) / SUM(meals) + SUM(programme.end)"))
        .define("types", "x", &formula("ties", "SUM(strength) + COUNT(*) FILTER (WHERE kind > 3)"))
        .define("link", "x", &formula("ties", "COUNT(*) FILTER (WHERE actor.sector = 'civil')"))
        .define("no-rows", "x", &formula("decisions", "COUNT(*)"))
        .define("made", "x", "type = \"derived\"\ninputs = { a = \"no-table\", b = \"fine\", c = \"no-rows\" }\nvalue = \"a / b + c\"")
        .define("made-of-made", "x", "type = \"derived\"\ninputs = { m = \"made\" }\nvalue = \"m * 2\"");
    let all = lacks(&folder);
    assert_eq!(all["fine"], None);
    let table = Need::Table {
        table: "codings".into(),
        columns: vec!["score".into(), "rater".into()],
        nearest: None,
    };
    assert_eq!(lack(&all, "no-table").needs, std::slice::from_ref(&table));
    assert_eq!(
        lack(&all, "near-table").needs,
        [Need::Table {
            table: "actor".into(),
            columns: vec![],
            nearest: Some("actors".into())
        }]
    );
    let column = |table: &str, column: &str, near: Option<&str>| Need::Column {
        table: table.into(),
        column: column.into(),
        nearest: near.map(str::to_owned),
    };
    assert_eq!(
        lack(&all, "columns").needs,
        [
            column("ties", "stength", Some("strength")),
            column("ties", "meals", None),
            column("programmes", "end", None)
        ]
    );
    let r#type = |column: &str| Need::Type {
        table: "ties".into(),
        column: column.into(),
        is: "text".into(),
        wanted: "number".into(),
    };
    assert_eq!(
        lack(&all, "types").needs,
        [r#type("strength"), r#type("kind")]
    );
    let link = Need::Link {
        table: "ties".into(),
        column: "actor".into(),
        there: true,
        to: Some("actors".into()),
        nearest: None,
    };
    assert_eq!(
        lack(&all, "link").needs,
        [link, column("actors", "sector", Some("sektor"))],
        "behind the link a column is missing too"
    );
    assert_eq!(
        lack(&all, "no-rows").to_string(),
        "the table `decisions` has no rows"
    );
    let made = lack(&all, "made");
    assert!(
        made.to_string()
            .starts_with("its input `no-table` can't be computed: there is no table `codings`"),
        "{made}"
    );
    assert_eq!(made.leaves()[0], &table);
    assert!(lack(&all, "made-of-made").leaves().contains(&&table));
}

#[test]
fn the_answer_is_that_of_computing() {
    for name in ["chapter-cases", "tandem"] {
        let folder = root().join("datasets").join(name);
        let (catalogue, _) = Catalogue::load(&folder);
        let dataset = dataset::load(&folder, &|_| {}).unwrap();
        let outcome = codev::run::evaluate(&folder, &codev::run::Quiet).unwrap();
        let mut seen = 0;
        for (indicator, lack) in feasible(&catalogue, &dataset) {
            let found = outcome
                .indicators
                .iter()
                .find(|i| i.definition.id == indicator.id);
            let Some(found) = found else { continue };
            seen += 1;
            assert_eq!(
                found.not_computable,
                lack.as_ref().map(Lack::to_string),
                "{name}: {}",
                indicator.id
            );
        }
        assert_eq!(seen, outcome.indicators.len());
    }
}

#[test]
fn what_helps_most_comes_first() {
    let need = |table: &str| Need::Table {
        table: table.into(),
        columns: vec!["x".into()],
        nearest: None,
    };
    let (one, two) = (Lack::from(need("a")), Lack::from(need("b")));
    let both = Lack {
        needs: vec![need("b"), need("a")],
    };
    let groups = grouped([("i", &both), ("j", &one), ("k", &two), ("l", &two)]);
    let ids: Vec<_> = groups.iter().map(|g| g.ids.clone()).collect();
    assert_eq!(ids, [vec!["k", "l"], vec!["j"], vec!["i"]]);
    assert_eq!(groups[2].wanted, ["a table `a`", "a table `b`"]);
}

#[test]
fn the_list_for_a_package_fits_a_terminal_and_breaks_no_id() {
    let folder = folder();
    folder
        .define("fine", "ties", &formula("ties", "COUNT(*)"))
        .define("columns", "x", &formula("ties", "SUM(stength)"));
    let run = folder.codev(&["indicators", "list", "--for", "."]);
    assert_eq!(run.status.code(), Some(0));
    let text = String::from_utf8(run.stdout).unwrap();
    let (can, rest) = text.split_once("\nMissing for the other ").unwrap();
    assert!(can.contains("  fine: Test of fine (both)"), "{can}");
    assert!(!can.contains("columns:"), "{can}");
    assert!(
        rest.contains(
            "1 indicator: needs the column `stength` in `ties`\n  The nearest name there is `strength`.\n  - columns: Test of columns\n"
        ),
        "{rest}"
    );
    assert!(text.lines().all(|l| l.chars().count() <= 100), "{text}");

    let json = folder.codev(&[
        "--json",
        "indicators",
        "list",
        "--for",
        ".",
        "--table",
        "ties",
    ]);
    let lines: Vec<serde_json::Value> = String::from_utf8(json.stdout)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert!(
        lines
            .iter()
            .all(|l| l["table"] == "ties" || l["table"].is_null())
    );
    let of = |id: &str| lines.iter().find(|l| l["id"] == id).unwrap();
    assert_eq!(of("fine")["computable"], true);
    assert_eq!(of("columns")["computable"], false);
    assert_eq!(of("columns")["lack"][0]["nearest"], "strength");
    assert_eq!(of("columns")["needs"][0], "the column `stength` in `ties`");

    let none = folder.codev(&["indicators", "list", "--for", "nowhere"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn the_list_says_what_it_does_not_know() {
    let folder = folder();
    let refused = |options: &[&str]| {
        let args: Vec<&str> = ["indicators", "list"]
            .iter()
            .chain(options)
            .copied()
            .collect();
        let run = folder.codev(&args);
        assert_eq!(run.status.code(), Some(2), "{options:?}");
        String::from_utf8(run.stderr).unwrap()
    };
    assert!(refused(&["--row", "S99"]).contains("Rows are S01 to S25"));
    assert!(refused(&["--dimension", "intgration"]).contains("Did you mean `integration`?"));
    assert!(refused(&["--table", "tiess"]).contains("Did you mean `ties`?"));
    assert!(refused(&["--table", "xyzzy"]).contains("Definitions name: "));
    let nowhere = refused(&["--for", "nowhere/at/all"]);
    assert!(
        nowhere.contains("Give the folder that holds the data package."),
        "{nowhere}"
    );
}

#[test]
fn the_list_finds_the_tables_that_a_measure_reads_beside_its_first() {
    let folder = folder();
    let run = folder.codev(&["--json", "indicators", "list", "--table", "population"]);
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("\"participants-per-resident\""), "{text}");
}

#[test]
fn the_list_filters_by_criterion_and_by_the_tables_of_inputs() {
    let folder = folder();
    let stated = |id: &str, measure: &str| {
        definition(id, "x", measure).replace("unit =", "criteria = [\"coherence\"]\nunit =")
    };
    folder.write(
        "indicators/a.toml",
        stated("a", &formula("codings", "COUNT(*)")),
    );
    folder.define(
        "b",
        "x",
        "type = \"derived\"\ninputs = { a = \"a\" }\nvalue = \"a * 2\"",
    );
    folder.define("c", "x", &formula("ties", "COUNT(*)"));
    let ids = |options: &[&str]| {
        let mut args = vec![
            "--json",
            "indicators",
            "list",
            "--dir",
            ".",
            "--dimension",
            "test",
        ];
        args.extend(options);
        let found = folder.codev(&args);
        let text = String::from_utf8(found.stdout).unwrap();
        let id = |l: &str| serde_json::from_str::<serde_json::Value>(l).unwrap()["id"].clone();
        text.lines().map(id).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--criterion", "coherence"]), ["a"]);
    assert_eq!(ids(&["--table", "codings"]), ["a", "b"]);
    assert_eq!(ids(&["--table", "TIES"]), ["c"]);
}

fn tandem(indicators: &str) -> Folder {
    let folder = Folder::new();
    for entry in std::fs::read_dir(root().join("datasets/tandem")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path.extension().is_some_and(|e| e == "csv" || e == "json") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            folder.write(&name, std::fs::read(&path).unwrap());
        }
    }
    folder.write(
        "evaluation.toml",
        format!("title = \"T\"\nindicators = {indicators}\n"),
    );
    folder
}

#[test]
fn an_evaluation_of_outputs_alone_is_told_and_helped() {
    let folder = tandem("[\"output/*\"]");
    let audit = folder.evaluate().audit;
    assert!(audit.output_only);
    assert!(audit.verdict[0].starts_with("This evaluation measures outputs only."));
    let first = &audit.advice[0];
    assert_eq!(
        (first.blind, first.which.as_str()),
        (Blind::Kind, "process")
    );
    assert_eq!(first.fill.len(), 3);
    assert!(first.wish.is_empty());
    for id in &first.fill {
        let found = audit.possible.iter().find(|p| p.id == *id).unwrap();
        assert_eq!(found.kind, Kind::Process);
        assert!(
            first.words.contains(&format!("(`{id}`)")),
            "{}",
            first.words
        );
    }
    let blind = audit.advice.iter().filter(|a| a.blind == Blind::Dimension);
    let blind: Vec<&str> = blind.map(|a| a.which.as_str()).collect();
    assert_eq!(blind, audit.blind_dimensions);

    // What it names can be computed: asked for, it is.
    let ids: Vec<String> = first.fill.iter().map(|id| format!("\"{id}\"")).collect();
    folder.write(
        "evaluation.toml",
        format!(
            "title = \"T\"\nindicators = [\"output/*\", {}]\n",
            ids.join(", ")
        ),
    );
    let outcome = folder.evaluate();
    assert!(!outcome.audit.output_only);
    for id in &first.fill {
        assert_eq!(result(&outcome, id).not_computable, None);
    }
    assert!(outcome.audit.advice.iter().all(|a| a.which != "process"));
}

#[test]
fn without_data_for_it_a_blind_spot_says_what_would_be_needed() {
    let folder = folder();
    folder.define("fine", "ties", &formula("ties", "COUNT(*)"));
    let audit = folder.evaluate().audit;
    let output = audit.advice.iter().find(|a| a.which == "output").unwrap();
    assert!(output.fill.is_empty());
    assert!(!output.wish.is_empty());
    assert!(
        output
            .words
            .contains("the data at hand allow no such indicator")
    );
    let (id, lack) = (&output.wish[0].id, &output.wish[0].lack);
    assert!(
        output
            .words
            .contains(&format!("(`{id}`) needs {}", lack.leaves()[0].wanted()))
    );
    assert!(
        output
            .wish
            .windows(2)
            .all(|w| w[0].lack.leaves().len() <= w[1].lack.leaves().len())
    );
}

fn effort(audit: &Audit, kind: Kind) -> (u64, u64) {
    let effort = audit.effort.as_ref().unwrap();
    let found = effort.kinds.iter().find(|k| k.kind == kind).unwrap();
    (found.indicators, found.row_uses)
}

#[test]
fn effort_is_counted_and_money_is_what_the_files_hold() {
    let outcome = tandem("[\"output/*\", \"process/governance/*\"]").evaluate();
    let audit = &outcome.audit;
    for kind in [Kind::Output, Kind::Process] {
        let of = outcome
            .indicators
            .iter()
            .filter(|i| i.definition.kind == kind && i.estimates.iter().any(|e| e.value.is_some()));
        let rows: u64 = of
            .clone()
            .filter_map(|i| i.rows.as_ref())
            .map(|r| r.used)
            .sum();
        assert_eq!(effort(audit, kind), (of.count() as u64, rows));
    }
    let money = &audit.effort.as_ref().unwrap().money;
    let tables: Vec<&str> = money.iter().map(|m| m.table.as_str()).collect();
    assert_eq!(tables, ["outputs", "activities", "funds"]);
    for (recorded, file) in money
        .iter()
        .zip(["outputs.csv", "activities.csv", "funds.csv"])
    {
        let mut reader = csv::Reader::from_path(root().join("datasets/tandem").join(file)).unwrap();
        let headers = reader.headers().unwrap().clone();
        let at = headers.iter().position(|h| h == recorded.column).unwrap();
        let (mut sum, mut rows, mut without) = (0.0, 0, 0);
        for row in reader.records() {
            match row.unwrap()[at].parse::<f64>() {
                Ok(x) => (sum, rows) = (sum + x, rows + 1),
                Err(_) => without += 1,
            }
        }
        assert_eq!((recorded.rows, recorded.missing), (rows, without), "{file}");
        assert!((recorded.amount - sum).abs() < 1e-6 * sum, "{file}");
    }
    assert_eq!(money[0].kind, Some(Kind::Output));
    assert!(
        money[1..].iter().all(|m| m.kind.is_none()),
        "not classed by the data"
    );
}

#[test]
fn money_in_several_currencies_is_not_added() {
    let folder = tandem("[\"output/*\"]");
    let text = std::fs::read_to_string(folder.file("funds.csv")).unwrap();
    folder.write("funds.csv", text.replacen(",EUR", ",MAD", 1));
    let audit = folder.evaluate().audit;
    let money = audit.effort.unwrap().money;
    assert!(money.iter().all(|m| m.table != "funds"));
}

#[test]
fn criteria_are_counted_where_stated_and_not_guessed_where_not() {
    let folder = folder();
    folder.define("silent", "ties", &formula("ties", "COUNT(*)"));
    let audit = folder.evaluate().audit;
    assert_eq!(audit.without_criterion.computed, 1);
    assert!(
        audit
            .verdict
            .iter()
            .any(|v| v.starts_with("No computed indicator states a DAC criterion"))
    );
    assert!(audit.advice.iter().all(|a| a.blind != Blind::Criterion));

    let stated = definition("stated", "ties", &formula("ties", "COUNT(*)"));
    folder.write(
        "indicators/stated.toml",
        stated.replace("unit =", "criteria = [\"coherence\", \"impact\"]\nunit ="),
    );
    let audit = folder.evaluate().audit;
    let counts: Vec<u64> = audit.by_criterion.iter().map(|c| c.computed).collect();
    assert_eq!(counts, [0, 1, 0, 0, 1, 0]);
    let said = audit.verdict.iter().any(|v| {
        v == "Of the six DAC criteria, no indicator computed speaks of relevance, effectiveness, efficiency and sustainability; \
              1 of 2 computed indicators states no criterion."
    });
    assert!(said, "{:?}", audit.verdict);
    let blind = audit.advice.iter().filter(|a| a.blind == Blind::Criterion);
    assert_eq!(blind.count(), 4);
}

#[test]
fn an_outcome_of_an_earlier_version_is_still_a_report() {
    let folder = tandem("[\"output/*\"]");
    let mut outcome = serde_json::to_value(folder.evaluate()).unwrap();
    let audit = outcome["audit"].as_object_mut().unwrap();
    for new in [
        "by_criterion",
        "without_criterion",
        "gaps",
        "possible",
        "effort",
        "advice",
    ] {
        assert!(audit.remove(new).is_some(), "{new}");
    }
    let outcome = serde_json::from_value(outcome).unwrap();
    let html = codev::report::html(&outcome).unwrap();
    assert!(html.contains("This evaluation measures outputs only"));
    assert!(!html.contains("Where the effort goes"));
}
