//! Lists that point to another table: the parents' values as lists, no row twice, nothing missing taken for zero.

use crate::kit::{Folder, cell, formula, shown, total};
use codev::run::{Quiet, evaluate};

/// Programmes with partners, which are organisations of a type in a country; results of programmes.
fn partnerships() -> Folder {
    let folder = Folder::new();
    folder
        .write(
            "programmes.csv",
            "id,partners,allies\nP1,\"A, B, Ltd\",\"a,C\"\nP2,\"A, A\",D\nP3,Nobody,Nobody\nP4,,A\nP5,\"B, Ltd, Nobody, C\",C\nP6,C,\"A,C\"\n",
        )
        .write("orgs.csv", "name,type,founded,country\nA,10,1999,X\n\"B, Ltd\",22,2004,Y\nC,,1999,Y\nD,40,,\n")
        .write("countries.csv", "code,region\nX,north\nY,north\n")
        .write("results.csv", "programme,n\nP1,1\nP1,2\nP2,3\nP3,4\nP5,5\n")
        .write(
            "datapackage.json",
            r#"{ "name": "p", "resources": [
            { "name": "programmes", "path": "programmes.csv", "schema": {
                "fields": [ { "name": "id", "type": "string" }, { "name": "partners", "type": "list" }, { "name": "allies", "type": "list" } ],
                "primaryKey": "id", "foreignKeys": [
                  { "fields": "partners", "reference": { "resource": "orgs", "fields": "name" } },
                  { "fields": "allies", "reference": { "resource": "orgs", "fields": "name" } } ] },
              "codev": { "role": "programmes", "unit": "programme" } },
            { "name": "orgs", "path": "orgs.csv", "schema": {
                "fields": [ { "name": "name", "type": "string" }, { "name": "type", "type": "string" },
                            { "name": "founded", "type": "integer" }, { "name": "country", "type": "string" } ],
                "primaryKey": "name", "foreignKeys": [ { "fields": "country", "reference": { "resource": "countries", "fields": "code" } } ] } },
            { "name": "countries", "path": "countries.csv", "schema": {
                "fields": [ { "name": "code", "type": "string" }, { "name": "region", "type": "string" } ], "primaryKey": "code" } },
            { "name": "results", "path": "results.csv", "schema": {
                "fields": [ { "name": "programme", "type": "string" }, { "name": "n", "type": "number" } ],
                "foreignKeys": [ { "fields": "programme", "reference": { "resource": "programmes", "fields": "id" } } ] },
              "codev": { "role": "results" } } ] }"#,
        )
        .write("evaluation.toml", "title = \"Lists\"\nindicators = [\"own/*\"]\nby = [\"partners.type\"]\nsmall_cells = 0\n");
    folder
}

fn by_programme(folder: &Folder, id: &str) -> Vec<String> {
    let outcome = folder.evaluate();
    let programmes = ["P1", "P2", "P3", "P4", "P5", "P6"];
    programmes
        .iter()
        .map(|p| cell(&outcome, id, Some(p), None).map_or("no-rows".to_owned(), shown))
        .collect()
}

#[test]
fn a_path_through_a_list_is_the_list_of_the_parents_values() {
    let folder = partnerships();
    folder
        .define(
            "entries",
            "n",
            &formula("programmes", "SUM(SIZE(partners))"),
        )
        .define(
            "kinds",
            "n",
            &formula("programmes", "SUM(SIZE(partners.type))"),
        )
        .define(
            "regions",
            "n",
            &formula("programmes", "SUM(SIZE(partners.country.region))"),
        )
        .define(
            "old",
            "n",
            &formula(
                "programmes",
                "COUNT(*) FILTER (WHERE HAS(partners.founded, '1999')) / COUNT(*)",
            ),
        )
        .define(
            "shared",
            "%",
            &formula(
                "programmes",
                "COUNT(*) FILTER (WHERE HAS_COMMON(partners, allies)) / COUNT(*)",
            ),
        );
    // An entry that is no organisation is an entry still; a cell without any is missing.
    assert_eq!(
        by_programme(&folder, "entries"),
        ["2", "2", "1", "all-missing", "3", "1"]
    );
    // Each value once; of entries that match nothing, or have no type, there is nothing to say.
    let missing = "all-missing";
    assert_eq!(
        by_programme(&folder, "kinds"),
        ["2", "1", missing, missing, "1", missing]
    );
    assert_eq!(
        by_programme(&folder, "regions"),
        ["1", "1", missing, missing, "1", "1"]
    );
    assert_eq!(by_programme(&folder, "old")[..3], ["1", "1", missing]);
    assert_eq!(by_programme(&folder, "old")[4..], ["1", "1"]);
    // Names are compared as the organisations write them (`a` is A), and names of nobody as they stand.
    assert_eq!(
        by_programme(&folder, "shared"),
        ["1", "0", "1", missing, "1", "1"]
    );
}

#[test]
fn a_list_of_parents_multiplies_no_row() {
    let folder = partnerships();
    folder
        .define(
            "rows",
            "n",
            &formula(
                "programmes",
                "COUNT(*) FILTER (WHERE SIZE(partners.type) >= 1)",
            ),
        )
        .define(
            "sum",
            "n",
            &formula(
                "results",
                "SUM(n) FILTER (WHERE HAS_ANY(programme.partners.type, '10', '22'))",
            ),
        )
        .define("all", "n", &formula("results", "SUM(n)"));
    let outcome = folder.evaluate();
    let (rows, sum) = (total(&outcome, "rows"), total(&outcome, "sum"));
    assert_eq!((shown(rows), rows.n, rows.missing), ("3".to_owned(), 3, 3));
    // P3 has nobody known among its partners: its result can't be decided on.
    assert_eq!((shown(sum), sum.n, sum.missing), ("11".to_owned(), 4, 1));
    assert_eq!(shown(total(&outcome, "all")), "15");
    // Rows are grouped by what the list holds, in words.
    let group = |value| cell(&outcome, "rows", None, Some(("partners.type", value)));
    assert_eq!(group(Some("10; 22")).map(shown).as_deref(), Some("1"));
    assert_eq!(group(Some("10")).map(shown).as_deref(), Some("1"));
    assert_eq!(group(None).map(shown).as_deref(), Some("all-missing"));
}

#[test]
fn lists_of_parents_are_the_same_with_any_number_of_threads() {
    let folder = partnerships();
    folder.define(
        "kinds",
        "n",
        &formula("programmes", "AVG(SIZE(partners.type))"),
    );
    let outcomes: Vec<Vec<u8>> = [1, 3]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let outcome = pool.unwrap().install(|| evaluate(folder.path(), &Quiet));
            codev::export::json(&outcome.unwrap()).unwrap()
        })
        .collect();
    assert_eq!(outcomes[0], outcomes[1]);
}

#[test]
fn a_parent_whose_key_repeats_is_refused_through_a_list_too() {
    let folder = partnerships();
    folder
        .write(
            "orgs.csv",
            "name,type,founded,country\nA,10,1999,X\nA,22,2004,Y\n",
        )
        .define(
            "kinds",
            "n",
            &formula("programmes", "SUM(SIZE(partners.type))"),
        );
    let outcome = folder.evaluate();
    let reason = crate::kit::result(&outcome, "kinds").not_computable.clone();
    assert!(reason.is_some_and(|r| r.contains("would multiply rows")));
}

#[test]
fn what_matched_is_said_on_the_command_line_and_in_the_report() {
    let folder = partnerships();
    folder.define(
        "kinds",
        "n",
        &formula("programmes", "AVG(SIZE(partners.type))"),
    );
    let check = folder.codev(&["check", "."]);
    let said = String::from_utf8_lossy(&check.stderr).into_owned()
        + &String::from_utf8_lossy(&check.stdout);
    assert!(
        said.contains("warning[data-unmatched-entry] programmes.csv line 4, column \"partners\""),
        "{said}"
    );
    assert!(
        said.contains(
            "7 of 9 entries of `partners` are names of `orgs.name` (2 of them hold the delimiter"
        ),
        "{said}"
    );
    let report = codev::report::html(&folder.evaluate()).unwrap();
    let sentence = "Of 9 entries of partners in table programmes, 7 are names of the table orgs; \
                    2 are not and have nothing in figures on that table. 2 names hold the mark that separates the entries: \
                    a plain split would give 11 entries, 5 of them names.";
    assert!(report.contains(sentence));
    assert!(report.contains("1 entry differs from the table only in case or spacing."));
}
