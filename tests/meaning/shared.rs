//! Values of a parent table that several rows share, and percentages in a unit that shows proportions.

use super::{codes, folder, remarked, tables, value};
use crate::kit::{Folder, formula, total};
use codev::outcome::Status;

/// Two activities of a locality with 100 inhabitants, one of a locality with 50.
fn activities() -> Folder {
    let folder = Folder::new();
    let csv = "id,programme,amount,locality\n1,P1,5,x\n2,P1,6,x\n3,P2,7,y\n4,P2,8,\n";
    tables(&folder, &[("activities", csv, "")]);
    folder.write("localities.csv", "id,inhabitants\nx,100\ny,50\n");
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    let key = r#""foreignKeys": [{"fields": "programme""#;
    let more = r#""foreignKeys": [{"fields": "locality", "reference": {"resource": "localities", "fields": "id"}}, {"fields": "programme""#;
    let manifest = manifest.replace(key, more).replace(
        r#""resources": ["#,
        r#""resources": [{"name": "localities", "path": "localities.csv", "schema": {"fields": [{"name": "id", "type": "string"},
        {"name": "inhabitants", "type": "number"}], "primaryKey": "id"}},"#,
    );
    folder.write("datapackage.json", manifest);
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nsmall_cells = 0\nindicators = [\"own/*\"]\n",
    );
    folder
}

#[test]
fn a_value_of_a_parent_is_not_added_once_for_each_child() {
    let folder = activities();
    let define = |id: &str, value: &str| {
        folder.define(id, "points", &formula("activities", value));
    };
    let sums = [
        ("plain", "SUM(locality.inhabitants)"),
        ("below", "SUM(amount) / SUM(locality.inhabitants)"),
        ("halved", "SUM(locality.inhabitants / 2 + amount)"),
        (
            "case",
            "SUM(CASE WHEN amount > 1 THEN locality.inhabitants ELSE 0 END)",
        ),
    ];
    sums.iter().for_each(|(id, value)| define(id, value));
    // The first activity of each locality: its inhabitants once.
    define(
        "first",
        "SUM(locality.inhabitants) FILTER (WHERE id IN (1, 3))",
    );
    define(
        "one",
        "SUM(CASE WHEN id IN (1, 3) THEN locality.inhabitants ELSE 0 END)",
    );
    define("each", "SUM(amount * locality.inhabitants)");
    define("mean", "AVG(locality.inhabitants)");
    define("count", "COUNT(*) FILTER (WHERE locality.inhabitants > 60)");
    let outcome = folder.evaluate();
    for (id, _) in sums {
        assert_eq!(total(&outcome, id).status, Status::Refused, "{id}");
        let words = "Where several rows of activities lead to one row of localities, SUM(locality.inhabitants) would add the inhabitants of localities once for each of them. Use AVG(locality.inhabitants), or an indicator over the table localities with SUM(inhabitants), and a derived one where it is set against another.";
        assert!(remarked(&outcome, id, words), "{id}");
    }
    // P2 has one activity in a locality, so that nothing is added twice.
    assert_eq!(value(&outcome, "plain", Some("P2")), "50");
    assert_eq!(value(&outcome, "first", None), "150");
    assert_eq!(value(&outcome, "one", None), "150");
    assert_eq!(value(&outcome, "each", None), "1450");
    assert_eq!(value(&outcome, "mean", None), "83.33333333333333");
    assert_eq!(value(&outcome, "count", None), "2");
}

#[test]
fn percentages_are_no_proportions() {
    let csv = "id,programme,percent,quantity\n1,P1,50,50\n2,P1,120,120\n3,P2,30,0.3\n";
    let folder = folder("shares", csv, "", "indicators = [\"own/*\"]\n");
    let define = |id: &str, unit: &str, value: &str| {
        folder.define(id, unit, &formula("shares", value));
    };
    let doubled = [
        ("mean", "AVG(percent)"),
        ("middle", "MEDIAN(percent)"),
        ("by-hand", "SUM(percent) / COUNT(percent)"),
        ("rounded", "ROUND(AVG(percent))"),
    ];
    doubled
        .iter()
        .for_each(|(id, value)| define(id, "%", value));
    define("divided", "%", "AVG(percent) / 100");
    define("points", "points", "AVG(percent)");
    define("quantity", "%", "AVG(quantity)");
    let found = codes(&folder);
    assert!(
        found.contains(&"definition-percent-of-percent".to_owned()),
        "{found:?}"
    );
    let outcome = folder.evaluate();
    for (id, _) in doubled {
        assert_eq!(total(&outcome, id).status, Status::Refused, "{id}");
        assert!(
            remarked(&outcome, id, "`percent` holds percentages"),
            "{id}"
        );
    }
    assert_eq!(value(&outcome, "divided", None), "0.6666666666666667");
    assert_eq!(value(&outcome, "points", None), "66.66666666666667");
    // A name that says nothing is told of, and computed.
    assert_eq!(value(&outcome, "quantity", None), "56.76666666666667");
}

#[test]
fn a_definition_with_errors_is_not_called_unknown() {
    let csv = "id,programme,amount,quantity\n1,P1,50,50\n";
    let folder = folder("shares", csv, "", "indicators = [\"twice\", \"torn\"]\n");
    folder.define(
        "twice",
        "%",
        &formula("shares", "SUM(amount) / (SUM(quantity) / 100)"),
    );
    folder.write("indicators/torn.toml", "id = \"torn\"\nunit = [\n");
    let found = codes(&folder);
    for code in ["definition-percent-twice", "evaluation-faulty-indicator"] {
        assert!(found.contains(&code.to_owned()), "{found:?}");
    }
    assert!(!found.contains(&"evaluation-unknown-indicator".to_owned()));
}
