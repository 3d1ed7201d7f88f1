//! Definitions and evaluations that name what isn't there say so, and never shift or stop the others.

use crate::kit::{Folder, definition, formula, total};
use std::time::Instant;

fn folder() -> Folder {
    let folder = Folder::new();
    folder
        .write("t.csv", "programme,x,d\nP1,1,2019-01-01\nP2,5,2020-01-01\n")
        .write(
            "datapackage.json",
            r#"{ "name": "t", "resources": [ { "name": "t", "path": "t.csv", "schema": { "fields": [
               { "name": "programme", "type": "string" }, { "name": "x", "type": "number" }, { "name": "d", "type": "date" } ] },
               "codev": { "programme": "programme" } } ] }"#,
        )
        .write("evaluation.toml", "title = \"T\"\nindicators = [\"own/*\"]\nperiod = \"year\"\n");
    folder
}

fn derived(inputs: &str, value: &str) -> String {
    format!("type = \"derived\"\ninputs = {{ {inputs} }}\nvalue = \"{value}\"")
}

#[test]
fn a_lost_input_takes_its_dependents_with_it() {
    let folder = folder();
    folder
        .define("good", "units", &formula("t", "SUM(x)"))
        .define("bad", "units", &derived("a = \"nosuch\"", "a"))
        .define(
            "top",
            "units",
            &derived("a = \"bad\", b = \"good\"", "a / b"),
        );
    let outcome = folder.evaluate();
    let ids: Vec<&str> = outcome
        .indicators
        .iter()
        .map(|i| i.definition.id.as_str())
        .collect();
    assert_eq!(ids, ["good"]);
    assert_eq!(total(&outcome, "good").value, Some(6.0));
    assert_eq!(
        outcome
            .quality
            .findings
            .count_of("definition-unknown-input"),
        2
    );
}

#[test]
fn many_ways_to_derive_are_no_cycle_and_end() {
    let folder = folder();
    folder.define("l0", "units", &formula("t", "SUM(x)"));
    for level in 1..=26 {
        let below = level - 1;
        for name in [format!("l{level}"), format!("r{level}")] {
            let right = if below == 0 {
                "l0".to_owned()
            } else {
                format!("r{below}")
            };
            folder.define(
                &name,
                "units",
                &derived(&format!("a = \"l{below}\", b = \"{right}\""), "(a + b) / 2"),
            );
        }
    }
    let started = Instant::now();
    assert_eq!(total(&folder.evaluate(), "l26").value, Some(6.0));
    assert!(
        started.elapsed().as_secs() < 30,
        "it took as many steps as there are ways"
    );
}

#[test]
fn a_date_or_a_column_that_is_not_there_is_said() {
    let folder = folder();
    folder.define(
        "dated",
        "units",
        &(formula("t", "SUM(x)") + "\ndate = \"dd\""),
    );
    folder.write(
        "evaluation.toml",
        "title = \"T\"\nindicators = [\"own/*\"]\nperiod = \"year\"\n\n[[override]]\nindicator = \"dated\"\nby = [\"sexx\"]\n",
    );
    let outcome = folder.evaluate();
    let remarks = outcome.indicators[0].remarks.join(" ");
    assert!(
        remarks.contains("no column `dd`") && remarks.contains("`d`"),
        "{remarks}"
    );
    assert_eq!(outcome.quality.findings.count_of("evaluation-unused-by"), 1);
}

#[test]
fn a_filter_of_nothing_but_null_leaves_the_others_be() {
    let folder = folder();
    folder
        .define(
            "null",
            "units",
            &formula("t", "COUNT(*) FILTER (WHERE COALESCE(NULL, NULL))"),
        )
        .define(
            "case",
            "units",
            &formula("t", "COUNT(*) FILTER (WHERE CASE WHEN x > 1 THEN NULL END)"),
        )
        .define(
            "text",
            "units",
            &formula("t", "SUM(LENGTH(NULLIF(NULL, 'a')))"),
        )
        .define(
            "day",
            "units",
            &formula("t", "SUM(YEAR(COALESCE(NULL, NULL)))"),
        )
        .define("good", "units", &formula("t", "SUM(x)"));
    let outcome = folder.evaluate();
    assert_eq!(total(&outcome, "good").value, Some(6.0));
    for id in ["null", "case", "text", "day"] {
        assert_eq!(total(&outcome, id).value, None, "{id}");
    }
}

#[test]
fn a_target_that_is_no_number_is_refused() {
    for value in ["nan", "inf"] {
        let folder = folder();
        folder.define("good", "units", &formula("t", "SUM(x)"));
        let text = format!(
            "title = \"T\"\nindicators = [\"own/*\"]\n\n[[target]]\nindicator = \"good\"\nvalue = {value}\n"
        );
        folder.write("evaluation.toml", text);
        let output = folder.codev(&["check", "."]);
        assert_eq!(output.status.code(), Some(2), "{value}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("target"),
            "{value}"
        );
    }
}

#[test]
fn a_wide_example_with_a_fault_ends() {
    let names: Vec<String> = (0..30).map(|c| format!("c{c}")).collect();
    let ones = vec!["1"; 30].join(",");
    let sum = names[1..].join(" + ");
    let measure = formula(
        "t",
        &format!("SUM({sum}) FILTER (WHERE c0 = DATE '2020-01-01')"),
    );
    let text = definition("wide", "units", &measure)
        + &format!(
            "\n[[example]]\nnote = \"n\"\nrows = \"\"\"\nprogramme,{}\nP1,{ones}\n\"\"\"\nexpect = {{ P1 = 1 }}\n",
            names.join(",")
        );
    let indicator = codev::indicator::parse(&text, "wide.toml", false).unwrap();
    let results = codev::examples::examples(&indicator);
    assert!(results[0].failure.is_some());
}
