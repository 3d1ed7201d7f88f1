//! Programmes compared: published numbers through settings, words where nothing can be compared, evaluations kept apart.

mod bad_input;
mod counts;
mod parts;
mod pool_errors;
mod qca;
mod qca_made;
mod saved;
mod sources;
mod unknown;

use crate::kit::Folder;
use codev::compare::{Source, compare};
use codev::evaluation::ComparisonFile;
use codev::outcome::comparison::{Compared, Comparison};
use codev::outcome::{Estimate, Interval, IntervalKind, Outcome, Programme, Sampling, Status};

/// A figure of a programme.
#[derive(Clone)]
pub struct Given {
    pub id: String,
    pub value: Option<f64>,
    /// Standard error with its degrees of freedom, 0 for the normal.
    pub error: Option<(f64, f64)>,
    pub facts: Vec<(&'static str, String)>,
}

pub fn given(id: &str, value: f64, se: f64) -> Given {
    Given {
        id: id.to_owned(),
        value: Some(value),
        error: Some((se, 0.0)),
        facts: vec![],
    }
}

impl Given {
    pub fn fact(mut self, column: &'static str, text: &str) -> Given {
        self.facts.push((column, text.to_owned()));
        self
    }
}

/// An outcome with one indicator, `score`, and these figures.
pub fn outcome(all: &[Given], sampling: Sampling) -> Outcome {
    let folder = Folder::new();
    let rows: String = all.iter().map(|g| format!("{},1\n", g.id)).collect();
    folder.write("programmes.csv", format!("programme,x\n{rows}"));
    let manifest = r#"{"name":"t","resources":[{"name":"programmes","path":"programmes.csv","schema":{"fields":[
        {"name":"programme","type":"string"},{"name":"x","type":"number"}],"primaryKey":"programme"},
        "codev":{"role":"programmes","unit":"programme","sampling":"census"}}]}"#;
    folder.write("datapackage.json", manifest);
    folder.write(
        "evaluation.toml",
        "title = \"Made\"\nindicators = [\"score\"]\n",
    );
    folder.define(
        "score",
        "points",
        &crate::kit::formula("programmes", "AVG(x)"),
    );
    let mut outcome = folder.evaluate();
    outcome.programmes = all
        .iter()
        .map(|g| Programme {
            id: g.id.clone(),
            name: format!("Programme {}", g.id),
            facts: g
                .facts
                .iter()
                .map(|(c, t)| ((*c).to_owned(), t.clone()))
                .collect(),
        })
        .collect();
    let result = &mut outcome.indicators[0];
    result.sampling = Some(sampling);
    result.estimates = all
        .iter()
        .map(|g| Estimate {
            programme: Some(g.id.clone()),
            group: None,
            period: None,
            status: match g.value {
                Some(_) => Status::Value,
                None => Status::Suppressed,
            },
            value: g.value,
            parts: None,
            interval: g.value.zip(g.error).map(|(value, (se, df))| Interval {
                low: value - 1.96 * se,
                high: value + 1.96 * se,
                se,
                df,
                clusters: 20,
                kind: IntervalKind::Jackknife,
                design_effect: None,
            }),
            no_interval: None,
            n: 100,
            missing: 0,
        })
        .collect();
    outcome
}

pub fn source(label: &str, outcome: Outcome) -> Source {
    Source {
        label: label.to_owned(),
        outcome,
        saved: true,
    }
}

/// Settings as a file would hold them.
pub fn settings(text: &str) -> ComparisonFile {
    toml::from_str(text).unwrap()
}

pub fn compared(all: &[Given], sampling: Sampling, text: &str) -> Compared {
    compare(
        &[source("made", outcome(all, sampling))],
        &settings(text),
        false,
    )
    .unwrap()
}

pub fn one(all: &[Given], sampling: Sampling, text: &str) -> Comparison {
    let mut compared = compared(all, sampling, text);
    assert_eq!(compared.comparisons.len(), 1, "{:?}", compared.findings);
    compared.comparisons.remove(0)
}

#[track_caller]
pub fn near(got: f64, wanted: f64, tolerance: f64) {
    assert!((got - wanted).abs() <= tolerance, "{got} is not {wanted}");
}
