//! What is broken, and what is then done with it.

use super::breaks::{bytes, numbers, text};
use super::inputs;
use crate::kit::Folder;
use codev::dataset::infer;
use codev::export;
use codev::finding::Findings;
use codev::indicator::{Catalogue, Indicator};
use codev::outcome::Outcome;
use codev::run::{self, Quiet};
use rand::{Rng, RngExt};
use std::path::Path;
use std::sync::OnceLock;

/// A kind of input.
pub struct Target {
    /// Name on the command line of the tests.
    pub name: &'static str,
    /// How many of a hundred tries it gets.
    pub share: u64,
    /// A try.
    pub run: fn(u64),
}

/// Every kind of input.
pub const TARGETS: &[Target] = &[
    Target {
        name: "definition",
        share: 14,
        run: definition,
    },
    Target {
        name: "formula",
        share: 18,
        run: formula,
    },
    Target {
        name: "manifest",
        share: 10,
        run: manifest,
    },
    Target {
        name: "evaluation",
        share: 12,
        run: evaluation,
    },
    Target {
        name: "csv",
        share: 12,
        run: csv,
    },
    Target {
        name: "ndjson",
        share: 6,
        run: ndjson,
    },
    Target {
        name: "parquet",
        share: 9,
        run: parquet,
    },
    Target {
        name: "arrow",
        share: 7,
        run: arrow,
    },
    Target {
        name: "outcome",
        share: 7,
        run: outcome,
    },
    Target {
        name: "init",
        share: 5,
        run: init,
    },
];

fn library() -> &'static Catalogue {
    static LIBRARY: OnceLock<Catalogue> = OnceLock::new();
    LIBRARY.get_or_init(|| Catalogue::builtin().0)
}

/// What a user sees of findings: nothing in them may be out of bounds.
fn told(findings: &Findings) {
    for finding in &findings.listed {
        assert!(!finding.code.is_empty() && !finding.message.is_empty());
        if let Some(excerpt) = &finding.excerpt {
            assert!(excerpt.start <= excerpt.end, "{finding:?}");
        }
        let line = serde_json::to_string(finding).unwrap();
        assert!(
            line.len() < 1 << 20,
            "a finding of {} bytes: {}",
            line.len(),
            finding.code
        );
    }
}

/// Everything that can be made of an outcome.
fn rendered(outcome: &Outcome, rng: &mut impl Rng) {
    told(&outcome.quality.findings);
    if let Ok(bytes) = export::json(outcome) {
        export::read_json(&bytes).unwrap();
    }
    let _ = export::csv(outcome);
    let _ = export::effects_csv(outcome);
    match rng.random_range(0..6) {
        0 => drop(codev::report::html(outcome)),
        1 => drop(export::parquet(outcome)),
        _ => {}
    }
}

fn examples(indicator: &Indicator) {
    run::examples(indicator);
    for example in &indicator.examples {
        let _ = run::explain(indicator, example);
    }
}

fn definition(seed: u64) {
    let mut rng = numbers(seed);
    let all = inputs::definitions();
    let whole = &all[rng.random_range(0..all.len())];
    let broken = text(&mut rng, whole);
    if let Ok(indicator) = library().parse(&broken, "broken.toml", false) {
        examples(&indicator);
    }
}

/// Expressions of the library and of our own, one put into the other.
fn formula(seed: u64) {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut all = Vec::new();
        for text in inputs::definitions() {
            for line in text.lines() {
                if let Some((key, value)) = line.split_once('=')
                    && ["where", "value", "actor_where"].contains(&key.trim())
                    && let Some(value) = value
                        .trim()
                        .strip_prefix('"')
                        .and_then(|v| v.strip_suffix('"'))
                {
                    all.push(value.to_owned());
                }
            }
        }
        all.sort();
        all.dedup();
        all
    });
    let mut rng = numbers(seed);
    let one = &all[rng.random_range(0..all.len())];
    let other = &all[rng.random_range(0..all.len())];
    let broken = match rng.random_range(0..4) {
        0 => format!("CASE WHEN {one} THEN {other} END"),
        1 => format!("({one}) / ({other})"),
        2 => format!("SUM({one})"),
        _ => one.clone(),
    };
    let broken = text(&mut rng, &broken);
    let rows = "programme,wave,trust,income,adopted,proposer,date,year,x,chosen,village\n\
                P1,before,3,10.5,true,citizens,2019-01-31,2019,1,\"a,b\",v\nP2,after,,-1e300,false,,,,0,,\nP1,,5,0,,x,2020-02-29,0,1e300,a,v\n";
    let quoted = toml::Value::String(broken).to_string();
    let (filter, value) = match rng.random_range(0..3) {
        0 => (format!("where = {quoted}\n"), "\"COUNT(*)\"".to_owned()),
        _ => (String::new(), quoted),
    };
    let text = format!(
        "id = \"broken\"\nname = \"Broken\"\nkind = \"process\"\ndimension = \"test\"\nside = \"both\"\nquestion = \"Does it work?\"\n\
         unit = \"points\"\ndirection = \"neither\"\nsource = \"this test\"\n\n[measure]\ntype = \"formula\"\ntable = \"decisions\"\n\
         {filter}value = {value}\n\n[[example]]\nnote = \"rows\"\nrows = \"\"\"\n{rows}\"\"\"\nexpect = {{ total = 1 }}\n"
    );
    if let Ok(indicator) = library().parse(&text, "broken.toml", false) {
        examples(&indicator);
    }
}

/// Checks a folder, or evaluates it, and compares what came out.
fn evaluated(folder: &Folder, rng: &mut impl Rng) {
    match rng.random_range(0..4) {
        0 => {
            if let Ok(checked) = run::check(folder.path(), &Quiet) {
                told(&checked.findings);
            }
        }
        1 => {
            let compared = run::compare_evaluations(
                &[folder.path()],
                run::Settings::OfEvaluation,
                run::CompareOptions::default(),
                &Quiet,
            );
            if let Ok(compared) = compared {
                told(&compared.findings);
                let _ = export::comparison_json(&compared);
                if rng.random_range(0..4) == 0 {
                    let _ = codev::report::comparison::comparison_html(&compared);
                }
            }
        }
        _ => {
            if let Ok(outcome) = run::evaluate(folder.path(), &Quiet) {
                rendered(&outcome, rng);
            }
        }
    }
}

/// Breaks a file of text of the folder.
fn file(seed: u64, names: &[&str]) {
    let mut rng = numbers(seed);
    let folder = inputs::folder();
    let name = names[rng.random_range(0..names.len())];
    let (_, whole) = inputs::files().iter().find(|(n, _)| *n == name).unwrap();
    match rng.random_range(0..3) {
        0 => folder.write(name, bytes(&mut rng, whole.clone().into_bytes())),
        _ => folder.write(name, text(&mut rng, whole)),
    };
    evaluated(&folder, &mut rng);
}

fn manifest(seed: u64) {
    file(seed, &["datapackage.json"]);
}

fn evaluation(seed: u64) {
    file(seed, &["evaluation.toml"]);
}

fn csv(seed: u64) {
    file(
        seed,
        &["programmes.csv", "survey.csv", "ties.csv", "panel.csv"],
    );
}

fn ndjson(seed: u64) {
    file(seed, &["decisions.ndjson"]);
}

fn columns(seed: u64, at: usize, name: &str) {
    let mut rng = numbers(seed);
    let folder = inputs::folder();
    let whole = inputs::columns()[at].clone();
    folder.write(name, bytes(&mut rng, whole));
    match rng.random_range(0..3) {
        0 => evaluated(&folder, &mut rng),
        _ => drop(codev::dataset::load(folder.path(), &|_| {})),
    }
}

fn parquet(seed: u64) {
    columns(seed, 0, "results.parquet");
}

fn arrow(seed: u64) {
    columns(seed, 1, "places.arrow");
}

/// Saved outcomes, which programs may have changed.
fn outcome(seed: u64) {
    let mut rng = numbers(seed);
    let [outcome, compared] = inputs::saved();
    if rng.random_range(0..4) == 0 {
        let broken = bytes(&mut rng, compared.clone().into_bytes());
        if export::is_comparison(&broken)
            && let Ok(compared) = export::read_comparison(&broken)
        {
            let _ = codev::report::comparison::comparison_html(&compared);
            let _ = export::comparison_xlsx(&compared);
        }
        return;
    }
    let broken = bytes(&mut rng, outcome.clone().into_bytes());
    if let Ok(outcome) = export::read_json(&broken) {
        rendered(&outcome, &mut rng);
        let _ = codev::report::html(&outcome);
        let folder = Folder::new();
        folder.write("one.json", &broken);
        let places: [&Path; 1] = [&folder.file("one.json")];
        let _ = run::compare_evaluations(
            &places,
            run::Settings::OfEvaluation,
            run::CompareOptions::default(),
            &Quiet,
        );
    }
}

/// Files that nobody has described yet.
fn init(seed: u64) {
    let mut rng = numbers(seed);
    let folder = inputs::folder();
    let names = [
        "programmes.csv",
        "survey.csv",
        "decisions.ndjson",
        "ties.csv",
        "panel.csv",
    ];
    let name = names[rng.random_range(0..names.len())];
    let (_, whole) = inputs::files().iter().find(|(n, _)| *n == name).unwrap();
    folder.write(name, bytes(&mut rng, whole.clone().into_bytes()));
    let paths: Vec<_> = names.iter().map(|name| folder.file(name)).collect();
    let _ = infer::infer(&paths);
}
