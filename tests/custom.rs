//! Definitions of users: what an extending one takes over, and parameters that an evaluation sets.

use crate::kit::{Folder, result, shown, total};
use codev::indicator::Catalogue;
use codev::indicator::Indicator;
use codev::run::{Quiet, check};

const BASE: &str = r#"id = "quick-decisions"
name = "Decisions within {years} years"
kind = "process"
dimension = "governance"
side = "origin"
question = "How many decisions came within {years} years?"
definition = "Proposals decided within {years} years."
numerator = "Decisions within {years} years."
unit = "decisions"
direction = "higher-is-better"
source = "a handbook"
limits = "Nothing on their worth."
rows = ["S15"]

[parameters]
years = 2

[measure]
type = "formula"
table = "decisions"
where = "YEARS(proposed, decided) <= {years} OR decided = proposed"
value = "COUNT(*)"

[[example]]
note = "a quick one"
rows = """
programme,proposer,proposed,decided
P1,citizens,2010-01-01,2011-01-01
"""
expect = { P1 = 1 }
"#;

/// An evaluation of five decisions, with these definitions beside it.
fn evaluation(definitions: &[(&str, &str)], more: &str) -> Folder {
    let folder = Folder::new();
    folder.write(
        "decisions.csv",
        "programme,proposer,proposed,decided\nP1,citizens,2010-01-01,2011-01-01\nP1,citizens,2010-01-01,2012-06-01\n\
         P1,council,2010-01-01,2011-01-01\nP1,council,2010-01-01,2010-01-01\nP1,,2010-01-01,2011-01-01\n",
    );
    folder.write(
        "datapackage.json",
        r#"{ "name": "d", "resources": [ { "name": "decisions", "path": "decisions.csv", "schema": { "fields": [
            { "name": "programme", "type": "string" }, { "name": "proposer", "type": "string" },
            { "name": "proposed", "type": "date" }, { "name": "decided", "type": "date" } ] },
            "codev": { "role": "decisions" } } ] }"#,
    );
    folder.write(
        "evaluation.toml",
        format!("title = \"t\"\nindicators = [\"own/*\"]\n{more}"),
    );
    for (file, text) in definitions {
        folder.write(&format!("indicators/{file}.toml"), text);
    }
    folder
}

/// The definitions beside an evaluation, without any finding.
fn own(folder: &Folder) -> Catalogue {
    let (catalogue, findings) = Catalogue::load(folder.path());
    assert!(findings.listed.is_empty(), "{:?}", findings.listed);
    catalogue
}

fn get<'a>(catalogue: &'a Catalogue, id: &str) -> &'a Indicator {
    catalogue.get(id).unwrap()
}

#[test]
fn what_is_not_restated_is_taken_over() {
    let renamed = "extends = \"quick-decisions\"\nid = \"b\"\nname = \"Quick ones\"\nunit = \"\"\n";
    let renamed = renamed.replace("unit = \"\"", "unit = \"proposals\"");
    let folder = evaluation(&[("a", BASE), ("b", &renamed)], "");
    let catalogue = own(&folder);
    let (base, own) = (get(&catalogue, "quick-decisions"), get(&catalogue, "b"));
    assert_eq!(
        (own.name.as_str(), own.unit.as_str()),
        ("Quick ones", "proposals")
    );
    assert_eq!(own.question, "How many decisions came within 2 years?");
    assert_eq!(own.words, base.words);
    assert_eq!(own.formula, base.formula);
    assert_eq!(own.limits, "Nothing on their worth.");
    assert_eq!(own.rows, ["S15"]);
    assert_eq!(own.source, "After quick-decisions: a handbook");
    assert_eq!(own.examples, base.examples);
    assert_eq!(own.extends.as_deref(), Some("quick-decisions"));
    assert_eq!(own.file, "indicators/b.toml");
}

#[test]
fn another_measure_takes_over_neither_examples_nor_words_that_no_longer_hold() {
    let narrowed = "extends = \"quick-decisions\"\nid = \"b\"\nname = \"Of citizens\"\n[measure]\nonly = \"proposer = 'citizens'\"\n";
    let counted = "extends = \"quick-decisions\"\nid = \"c\"\nname = \"Proposers\"\n[measure]\nvalue = \"COUNT(DISTINCT proposer)\"\n";
    let slower = "extends = \"quick-decisions\"\nid = \"d\"\n[parameters]\nyears = 3\n";
    let same = "extends = \"quick-decisions\"\nid = \"e\"\nname = \"The same\"\n[parameters]\nyears = 2\n[measure]\nvalue = \"COUNT(*)\"\n";
    let folder = evaluation(
        &[
            ("a", BASE),
            ("b", narrowed),
            ("c", counted),
            ("d", slower),
            ("e", same),
        ],
        "",
    );
    let catalogue = own(&folder);
    let narrowed = get(&catalogue, "b");
    assert_eq!(
        narrowed.words,
        "Proposals decided within 2 years. Only where proposer is ‘citizens’."
    );
    assert_eq!(narrowed.numerator, "Decisions within 2 years.");
    assert!(narrowed.examples.is_empty());
    let counted = get(&catalogue, "c");
    assert!(
        counted
            .words
            .starts_with("The number of different values of proposer, among"),
        "{}",
        counted.words
    );
    assert_eq!(counted.numerator, "");
    assert!(counted.examples.is_empty());
    let slower = get(&catalogue, "d");
    assert_eq!(slower.name, "Decisions within 3 years");
    assert_eq!(slower.words, "Proposals decided within 3 years.");
    assert!(slower.formula.contains("<= 3"), "{}", slower.formula);
    assert!(slower.examples.is_empty());
    let base = get(&catalogue, "quick-decisions");
    assert_eq!(get(&catalogue, "e").examples, base.examples);
    assert_ne!(slower.hash, base.hash);
}

#[test]
fn the_hash_is_that_of_the_definition_written_out() {
    let child = "extends = \"quick-decisions\"\nid = \"b\"\nsource = \"x\"\ndefinition = \"D.\"\n[parameters]\nyears = 3\n\
                 [measure]\nonly = \"proposer = 'citizens'\"\n";
    let whole = BASE
        .replace("id = \"quick-decisions\"", "id = \"b\"")
        .replace("a handbook", "x")
        .replace("\"Proposals decided within {years} years.\"", "\"D.\"")
        .replace("[parameters]\nyears = 2\n", "")
        .replace(
            "YEARS(proposed, decided) <= {years} OR decided = proposed",
            "(YEARS(proposed, decided) <= 3 OR decided = proposed) AND (proposer = 'citizens')",
        )
        .replace("{years}", "3");
    let whole = whole.split("[[example]]").next().unwrap().to_owned();
    let extending = evaluation(&[("a", BASE), ("b", child)], "");
    let written = evaluation(&[("b", &whole)], "");
    let (extending, written) = (own(&extending), own(&written));
    assert_eq!(get(&extending, "b").hash, get(&written, "b").hash);
}

#[test]
fn a_narrower_filter_is_added_to_the_whole_of_the_wider_one() {
    let narrowed = "extends = \"quick-decisions\"\nid = \"b\"\nname = \"Of citizens\"\n[measure]\nonly = \"proposer = 'citizens'\"\n";
    let folder = evaluation(&[("a", BASE), ("b", narrowed)], "");
    let outcome = folder.evaluate();
    assert_eq!(shown(total(&outcome, "quick-decisions")), "4");
    // Without brackets round the OR it would be 4, as without the narrower filter.
    assert_eq!(shown(total(&outcome, "b")), "1");
    let rows = result(&outcome, "b").rows.clone().unwrap();
    assert_eq!((rows.used, rows.excluded), (1, 3));
    assert_eq!(rows.missing[0].1, 1);
}

#[test]
fn an_evaluation_sets_parameters_and_says_so() {
    let set = "[[override]]\nindicator = \"quick-decisions\"\nparameters = { years = 3 }\n";
    let child = "extends = \"quick-decisions\"\nid = \"b\"\nname = \"Unchanged\"\nunit = \"x\"\n";
    let plain = evaluation(&[("a", BASE), ("b", child)], "").evaluate();
    let outcome = evaluation(&[("a", BASE), ("b", child)], set).evaluate();
    assert_eq!(shown(total(&plain, "quick-decisions")), "4");
    assert_eq!(shown(total(&outcome, "quick-decisions")), "5");
    let (before, after) = (
        result(&plain, "quick-decisions"),
        result(&outcome, "quick-decisions"),
    );
    assert_eq!(after.definition.name, "Decisions within 3 years");
    assert_eq!(after.definition.words, "Proposals decided within 3 years.");
    assert!(after.definition.formula.contains("<= 3"));
    assert_ne!(before.definition.hash, after.definition.hash);
    assert_eq!(
        after.remarks[0],
        "This evaluation sets years to 3; the definition says 2."
    );
    // What extends it keeps the value of the definition.
    assert_eq!(shown(total(&outcome, "b")), "4");
    assert_eq!(
        result(&outcome, "b").definition,
        result(&plain, "b").definition
    );
}

#[test]
fn a_parameter_that_can_not_be_set_is_an_error_and_nothing_is_computed_with_the_default() {
    let cases = [
        (
            "{ year = 3 }",
            "`quick-decisions` has no parameter `year`.",
            "Did you mean `years`?",
        ),
        (
            "{ years = \"three\" }",
            "The parameter `years` of `quick-decisions` is a number.",
            "Write years = 2, or another value like it.",
        ),
        (
            "{ years = true }",
            "The parameter `years` of `quick-decisions` is a number.",
            "Write years = 2, or another value like it.",
        ),
    ];
    for (values, message, help) in cases {
        let set = format!("[[override]]\nindicator = \"quick-decisions\"\nparameters = {values}\n");
        let folder = evaluation(&[("a", BASE)], &set);
        let checked = check(folder.path(), &Quiet).unwrap();
        let found = &checked.findings.listed;
        let finding = found
            .iter()
            .find(|f| f.code == "evaluation-bad-parameter")
            .unwrap();
        assert_eq!(
            (finding.message.as_str(), finding.help.as_str()),
            (message, help)
        );
        assert_eq!(finding.place.file.as_deref(), Some("evaluation.toml"));
        let outcome = folder.evaluate();
        let reason = result(&outcome, "quick-decisions").not_computable.clone();
        assert_eq!(
            reason.as_deref(),
            Some("the evaluation sets a parameter wrongly")
        );
    }
}

#[test]
fn two_indicators_of_one_name_are_warned_of() {
    let child = "extends = \"claims-adopted\"\nid = \"mine\"\nunit = \"share\"\n";
    let folder = evaluation(&[("b", child)], "");
    let (catalogue, findings) = Catalogue::load(folder.path());
    assert_eq!(findings.listed.len(), 1, "{:?}", findings.listed);
    assert_eq!(findings.listed[0].code, "definition-same-name");
    let base = get(&catalogue, "claims-adopted");
    assert_eq!(get(&catalogue, "mine").name, base.name);
    assert_eq!(get(&catalogue, "mine").formula, base.formula);
    assert!(!get(&catalogue, "mine").builtin);
}
