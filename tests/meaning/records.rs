//! Measures that read rows one by one leave out what counts twice, as formulas do.

use super::{remarked, tables, value};
use crate::kit::{Folder, close, total};
use codev::outcome::Status;

/// 40 women and 40 men of 500 and 480 in the population, each with a row of all beside them.
fn package(totals: &str) -> Folder {
    let folder = Folder::new();
    let rows = "id,programme,sex,participants\n1,P1,F,30\n2,P1,M,20\n3,P1,total,50\n4,P2,F,10\n5,P2,M,20\n6,P2,total,30\n";
    let population = "sex,quantity\nF,500\nM,480\ntotal,980\n";
    tables(
        &folder,
        &[("results", rows, totals), ("people", population, totals)],
    );
    folder.define(
        "apart",
        "index",
        "type = \"representation\"\nparticipants = { table = \"results\", group = \"sex\", count = \"participants\" }\npopulation = { table = \"people\", group = \"sex\", count = \"quantity\" }\nstatistic = \"dissimilarity\"",
    );
    folder.define(
        "largest",
        "index",
        "type = \"concentration\"\ntable = \"results\"\ncategory = \"sex\"\namount = \"participants\"\nstatistic = \"largest-share\"",
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nsmall_cells = 0\nindicators = [\"own/*\"]\n",
    );
    folder
}

#[test]
fn a_total_is_no_category_beside_its_parts() {
    let outcome = package("").evaluate();
    for id in ["apart", "largest"] {
        assert_eq!(total(&outcome, id).status, Status::Refused, "{id}");
        let words = "Where rows with `total` in sex meet rows with other values they are not added";
        assert!(remarked(&outcome, id, words), "{id}");
    }
    let outcome = package(", \"totals\": {\"sex\": \"total\"}").evaluate();
    // Half of the participants are women, and 500 of 980 inhabitants.
    let apart = total(&outcome, "apart").value.unwrap();
    assert!(close(apart, 500.0 / 980.0 - 0.5, 1e-12), "{apart}");
    assert_eq!(value(&outcome, "largest", None), "0.5");
    assert_eq!(value(&outcome, "largest", Some("P1")), "0.6");
}

#[test]
fn accounts_of_the_same_thing_are_not_put_together() {
    let outcome = package(", \"overlapping\": [\"sex\"]").evaluate();
    assert_eq!(total(&outcome, "largest").status, Status::Refused);
    assert!(remarked(
        &outcome,
        "largest",
        "different accounts of the same thing"
    ));
}
