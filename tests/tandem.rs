//! The data set `tandem` and the built-in library: what is shipped is what it says it is.

use crate::kit::{cell, root, update};
use codev::indicator::{Catalogue, FUNCTIONS, json_schema};
use codev::outcome::Status;
use codev::run::{Quiet, evaluate, examples};

/// The generator itself, so that the files shipped can be held against it.
#[path = "../datasets/tandem/generator/mod.rs"]
mod generator;

/// `tandem_expected.py` computed these figures with pandas, independently of codev.
#[test]
fn tandem_gives_the_figures_that_pandas_gives() {
    let outcome = evaluate(&root().join("datasets/tandem"), &Quiet).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(root().join("tests/tandem_expected.csv"))
        .unwrap();
    let (mut wrong, mut withheld, mut seen) = (Vec::new(), Vec::new(), 0);
    for line in reader.records().map(Result::unwrap) {
        let programme = (&line[1] != "total").then_some(&line[1]);
        let expected: f64 = line[2].parse().unwrap();
        let estimate = cell(&outcome, &line[0], programme, None);
        // Figures of few persons, and those by which they would follow, are withheld.
        if estimate.is_some_and(|e| e.status == Status::Suppressed) {
            withheld.push(format!("{}, {}", &line[0], &line[1]));
            continue;
        }
        // Programmes share localities of origin, whose inhabitants would be added once for each programme: all together are refused.
        const SHARED: [&str; 3] = [
            "inhabitants-in-origin",
            "migrant-share-of-council-seats",
            "investment-per-inhabitant",
        ];
        if programme.is_none() && SHARED.contains(&&line[0]) {
            assert_eq!(estimate.and_then(|e| e.value), None, "{}", &line[0]);
            seen += 1;
            continue;
        }
        let got = estimate.and_then(|e| e.value);
        if !got.is_some_and(|g| (g - expected).abs() <= 1e-9 * expected.abs().max(1.0)) {
            wrong.push(format!(
                "{}, {}: {expected} expected, {got:?} came out",
                &line[0], &line[1]
            ));
        }
        seen += 1;
    }
    assert!(seen >= 440, "only {seen} figures");
    assert!(withheld.len() <= 10, "{withheld:?}");
    assert!(
        withheld.iter().all(|w| !w.ends_with("total")),
        "{withheld:?}"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_generator_makes_the_files_shipped() {
    let folder = root().join("datasets/tandem");
    let files = generator::files();
    assert!(files.len() > 10);
    let differ: Vec<&str> = files
        .iter()
        .filter(|(name, text)| {
            std::fs::read(folder.join(name)).ok().as_deref() != Some(text.as_bytes())
        })
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(
        differ.is_empty(),
        "cargo run --example make-tandem -- datasets/tandem gives others: {differ:?}"
    );
}

#[test]
fn every_definition_of_the_library_has_examples_that_pass() {
    let (catalogue, findings) = Catalogue::builtin();
    assert!(findings.is_empty(), "{findings:?}");
    assert!(catalogue.indicators.len() >= 15);
    let mut wrong = Vec::new();
    for indicator in &catalogue.indicators {
        let results = examples(indicator);
        if results.len() < 2 {
            wrong.push(format!("{}: {} examples", indicator.file, results.len()));
        }
        for result in results {
            wrong.extend(
                result
                    .failure
                    .iter()
                    .map(|f| format!("{}: {}: {f}", indicator.file, result.note)),
            );
            for (place, wanted, got, agree) in &result.cells {
                if !agree {
                    wrong.push(format!(
                        "{}: {}: {place}: {wanted} expected, {got} came out",
                        indicator.file, result.note
                    ));
                }
            }
            if result.cells.is_empty() && result.failure.is_none() {
                wrong.push(format!(
                    "{}: {}: expects nothing",
                    indicator.file, result.note
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_for_editors_is_up_to_date() {
    let path = root().join("indicators/schema.json");
    if update() {
        std::fs::write(&path, json_schema()).unwrap();
    }
    let shipped = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        shipped == json_schema(),
        "indicators/schema.json is stale; renew it with\n  CODEV_UPDATE=1 cargo test schema"
    );
}

const BEGIN: &str =
    "<!-- functions: `CODEV_UPDATE=1 cargo test documented` renews this table -->\n";
const END: &str = "<!-- end of functions -->";

#[test]
fn every_function_is_documented() {
    let path = root().join("docs/formats.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text
        .split_once(BEGIN)
        .expect("the begin of the table of functions");
    let (written, after) = rest
        .split_once(END)
        .expect("the end of the table of functions");
    let mut table = "\n| call | gives |\n|---|---|\n".to_owned();
    for function in FUNCTIONS {
        table += &format!("| `{}` | {} |\n", function.signature, function.description);
    }
    table += "\n";
    if update() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert!(
            written == table,
            "docs/formats.md: the functions are not these any more; renew them with\n  CODEV_UPDATE=1 cargo test documented\n{table}"
        );
    }
}
