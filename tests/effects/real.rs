//! Published numbers through evaluation files, on data that are kept outside the repository.

use super::{effect, estimate, folder};
use crate::kit::root;

/// A file of the real data; `None` where they are not there.
fn shared(path: &str) -> Option<String> {
    let found = std::fs::read_to_string(root().join("../shared/data").join(path));
    if found.is_err() {
        eprintln!("skipped: no ../shared/data");
    }
    found.ok()
}

fn near(value: f64, expected: f64, within: f64) {
    assert!(
        (value - expected).abs() < within,
        "{value}, expected {expected}"
    );
}

/// Hainmueller & Hangartner 2019 as in the replication of the package fect: two-way 1.339 (0.187), interaction-weighted 1.331 (0.288).
#[test]
fn swiss_naturalisation_through_an_evaluation() {
    let Some(rows) = shared("swiss-naturalisation/hh2019.csv") else {
        return;
    };
    let columns = [
        ("bfs", "number"),
        ("year", "number"),
        ("nat_rate_ord", "number"),
        ("indirect", "number"),
    ];
    let folder = folder(
        &rows,
        &columns,
        r#"{"unit": "municipality", "sampling": "census"}"#,
        r#"
[[effect]]
id = "two-way"
indicators = ["naturalisation"]
design = "two-way-effects"
unit = "bfs"
time = "year"
treated = "indirect = 1"
errors = "cr1"

[[effect]]
id = "robust"
indicators = ["naturalisation"]
design = "two-way-effects"
unit = "bfs"
time = "year"
treated = "indirect = 1"

[[effect]]
id = "sun-abraham"
indicators = ["naturalisation"]
design = "staggered"
estimator = "sun-abraham"
unit = "bfs"
time = "year"
treated = "indirect = 1"
"#,
    );
    folder.define(
        "naturalisation",
        "%",
        &crate::kit::formula("t", "AVG(nat_rate_ord)"),
    );
    let outcome = folder.evaluate();
    let two_way = estimate(&outcome, "two-way/naturalisation");
    near(two_way.value, 1.339, 5e-4);
    near(two_way.se.unwrap(), 0.187, 5e-4);
    assert_eq!((two_way.n, two_way.clusters), (22_971, Some(1_209)));
    // With 1,209 clusters CR2 is CR1 to three digits.
    let robust = estimate(&outcome, "robust/naturalisation");
    assert_eq!(robust.se_kind, "clustered, CR2");
    near(robust.se.unwrap(), 0.187, 2e-3);
    let staggered = estimate(&outcome, "sun-abraham/naturalisation");
    near(staggered.value, 1.331, 5e-4);
    near(staggered.se.unwrap(), 0.288, 5e-4);
    let events = effect(&outcome, "sun-abraham/naturalisation")
        .events
        .as_ref()
        .unwrap();
    assert!(events.pretrend.is_some() && events.points.len() > 20);
}

/// Callaway & Sant'Anna 2021: dynamic mean -.0772 (.0219 by bootstrap), never-treated comparison, no covariates.
#[test]
fn county_employment_through_an_evaluation() {
    let Some(rows) = shared("reference/mpdta.csv") else {
        return;
    };
    let header: Vec<String> = rows
        .lines()
        .next()
        .unwrap()
        .split(',')
        .map(|h| h.trim_matches('"').to_owned())
        .collect();
    let columns: Vec<(&str, &str)> = header.iter().map(|h| (h.as_str(), "number")).collect();
    let effects = format!(
        "[[effect]]\nid = \"wage\"\nindicators = [\"employment\"]\ndesign = \"staggered\"\nunit = \"{}\"\ntime = \"{}\"\nadopted = \"NULLIF({}, 0)\"\n",
        header[1],
        header[0],
        header[4].replace('.', "_")
    );
    let rows = rows.replacen(&header[4], &header[4].replace('.', "_"), 1);
    let renamed = header[4].replace('.', "_");
    let mut columns = columns;
    columns[4].0 = &renamed;
    let folder = folder(
        &rows,
        &columns,
        r#"{"unit": "county", "sampling": "census"}"#,
        &effects,
    );
    folder.define(
        "employment",
        "log persons",
        &crate::kit::formula("t", &format!("AVG({})", header[3])),
    );
    let outcome = folder.evaluate();
    let effect = effect(&outcome, "wage/employment");
    assert!(effect.not_estimable.is_none(), "{:?}", effect.not_estimable);
    let dynamic = effect
        .terms
        .iter()
        .find(|t| t.name == "Mean over the times since adoption")
        .unwrap();
    near(dynamic.value, -0.0772, 5e-5);
    near(dynamic.se.unwrap(), 0.0219, 2.5e-3);
}
