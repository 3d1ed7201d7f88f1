//! What several test files need: evaluation folders written for a test, and ways to look into an outcome.

use codev::outcome::{Estimate, IndicatorResult, Outcome, Status};
use codev::run::{Quiet, evaluate};
use std::path::{Path, PathBuf};
use std::process::Output;

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether files of expectation are to be written anew.
pub fn update() -> bool {
    std::env::var_os("CODEV_UPDATE").is_some()
}

/// An evaluation folder that goes away with the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// An empty one.
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, its folders too.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.file(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// Writes a definition of one's own.
    pub fn define(&self, id: &str, unit: &str, measure: &str) -> &Self {
        let name = format!("indicators/{id}.toml");
        self.write(&name, definition(id, unit, measure))
    }

    /// Evaluates it.
    pub fn evaluate(&self) -> Outcome {
        evaluate(self.path(), &Quiet).unwrap_or_else(|stop| panic!("{stop}"))
    }

    /// Runs the command line in it.
    pub fn codev(&self, args: &[&str]) -> Output {
        std::process::Command::new(env!("CARGO_BIN_EXE_codev"))
            .current_dir(self.path())
            .env("NO_COLOR", "1")
            .env_remove("COLUMNS")
            .args(args)
            .output()
            .unwrap()
    }
}

/// Text of a definition with this measure.
pub fn definition(id: &str, unit: &str, measure: &str) -> String {
    format!(
        "id = \"{id}\"\nname = \"Test of {id}\"\nkind = \"process\"\ndimension = \"test\"\nside = \"both\"\n\
         question = \"Does it work?\"\nunit = \"{unit}\"\ndirection = \"higher-is-better\"\nsource = \"this test\"\n\n\
         [measure]\n{measure}\n"
    )
}

/// A formula over a table, as the measure of a definition.
pub fn formula(table: &str, value: &str) -> String {
    format!("type = \"formula\"\ntable = \"{table}\"\nvalue = \"{value}\"")
}

/// The result of an indicator.
pub fn result<'a>(outcome: &'a Outcome, id: &str) -> &'a IndicatorResult {
    outcome
        .indicators
        .iter()
        .find(|i| i.definition.id == id)
        .unwrap_or_else(|| panic!("no indicator {id}"))
}

/// A cell, when the outcome has it.
pub fn cell<'a>(
    outcome: &'a Outcome,
    id: &str,
    programme: Option<&str>,
    group: Option<(&str, Option<&str>)>,
) -> Option<&'a Estimate> {
    let result = result(outcome, id);
    assert_eq!(result.not_computable, None, "{id}");
    result.estimates.iter().find(|e| {
        let of = e.group.as_ref().map(|(c, v)| (c.as_str(), v.as_deref()));
        e.programme.as_deref() == programme && of == group && e.period.is_none()
    })
}

/// The cell of all programmes together.
pub fn total<'a>(outcome: &'a Outcome, id: &str) -> &'a Estimate {
    cell(outcome, id, None, None).unwrap()
}

/// A value as text, or the word of the status.
pub fn shown(estimate: &Estimate) -> String {
    assert_eq!(estimate.status == Status::Value, estimate.value.is_some());
    match estimate.value {
        Some(x) => x.to_string(),
        None => estimate.status.word().to_owned(),
    }
}

/// Whether two numbers agree to a relative tolerance (absolute below 1).
pub fn close(got: f64, wanted: f64, tolerance: f64) -> bool {
    (got - wanted).abs() <= tolerance * wanted.abs().max(1.0)
}

/// A folder with one table `t` of these columns, all numbers but those that `texts` names.
pub fn table(csv: &str, texts: &[&str], codev: &str) -> Folder {
    let folder = Folder::new();
    let fields: Vec<String> = csv
        .lines()
        .next()
        .unwrap()
        .split(',')
        .map(|name| {
            let kind = if texts.contains(&name) {
                "string"
            } else {
                "number"
            };
            format!(r#"{{ "name": "{name}", "type": "{kind}" }}"#)
        })
        .collect();
    folder.write("t.csv", csv);
    folder.write(
        "datapackage.json",
        format!(
            r#"{{ "name": "t", "resources": [ {{ "name": "t", "path": "t.csv",
               "schema": {{ "fields": [ {} ] }}, "codev": {{ {codev} }} }} ] }}"#,
            fields.join(", ")
        ),
    );
    folder.write(
        "evaluation.toml",
        "title = \"Estimates\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n",
    );
    folder
}
