//! `codev init`: a new evaluation folder, with a data package inferred from files where there are any.

use super::folder::{EVALUATION, MANIFEST};
use super::terminal::{Done, Terminal, Verdict};
use super::{clean, scaffold};
use crate::dataset::infer::{self, Guess};
use crate::export;
use crate::finding::{Finding, Stop};
use crate::indicator::{Catalogue, json_schema};
use clap::Args;
use serde_json::Value;
use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

/// Start an evaluation folder; with --from, describe data files (types, keys, roles are guessed and marked as guesses)
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev init my-evaluation
  codev init my-evaluation --from projects.csv survey-2018.csv survey-2021.csv
  codev init --from *.parquet

Nothing is ever overwritten. Data files must lie inside the folder: those that lie elsewhere are copied into it.")]
pub struct Init {
    /// Folder to start, made if it isn't there
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// CSV, TSV, NDJSON, Parquet or Arrow files to describe in datapackage.json
    #[arg(long, value_name = "FILES", num_args = 1..)]
    from: Vec<PathBuf>,
}

/// A data file and where it lies, or will lie, in the folder.
struct Placed {
    source: PathBuf,
    relative: String,
    copy: bool,
}

impl Init {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        self.refuse_to_overwrite()?;
        // Everything that can fail on the input comes before the first file is written.
        let placed = self.place()?;
        let (manifest, guesses) = if placed.is_empty() {
            (None, Vec::new())
        } else {
            self.describe(&placed)?
        };
        let (library, _) = Catalogue::builtin();
        let mut text = String::new();
        for file in placed.iter().filter(|p| p.copy) {
            export::copy_new(&file.source, &self.dir.join(&file.relative))?;
            let _ = writeln!(
                text,
                "copied   {} (data must lie inside the folder)",
                clean::line(&file.relative)
            );
        }
        let evaluation = scaffold::evaluation(&self.title(), &library, manifest.as_ref());
        let mut files = vec![
            (EVALUATION, evaluation),
            (
                "indicators/README.md",
                scaffold::INDICATORS_README.to_owned(),
            ),
            (
                "indicators/example.toml.sample",
                scaffold::EXAMPLE.to_owned(),
            ),
            ("indicators/schema.json", json_schema()),
        ];
        if let Some(manifest) = &manifest {
            files.push((MANIFEST, format!("{manifest:#}\n")));
        }
        for (name, content) in &files {
            let path = self.dir.join(name);
            if path.exists() {
                let _ = writeln!(text, "kept     {name}");
            } else {
                export::write_atomic(&path, content.as_bytes())?;
                let _ = writeln!(text, "written  {name}");
            }
        }
        text.push_str(&guessed(&guesses));
        text.push_str(&self.next_steps(manifest.is_some()));
        if !terminal.quiet {
            terminal.result(&text)?;
        }
        Ok(Verdict::Fine)
    }

    fn refuse_to_overwrite(&self) -> Result<(), Stop> {
        let shown = self.dir.display().to_string();
        if self.dir.exists() && !self.dir.is_dir() {
            let message = "Expected a folder, found a file.";
            return Err(
                Finding::error("cli-not-a-folder", message, "Choose another name.")
                    .in_file(shown)
                    .into(),
            );
        }
        let (file, help) = if self.from.is_empty() {
            let help = format!("Go on with `codev check {shown}`, or choose another folder.");
            (EVALUATION, help)
        } else {
            let help = format!("Edit it, or delete {MANIFEST} to have it inferred anew.");
            (MANIFEST, help)
        };
        if self.dir.join(file).exists() {
            let message = format!("The folder has {file} already; nothing was changed.");
            return Err(Finding::error("cli-already-there", message, help)
                .in_file(shown)
                .into());
        }
        Ok(())
    }

    /// Says of each file where in the folder it lies or will lie.
    fn place(&self) -> Result<Vec<Placed>, Stop> {
        let root = absolute(&self.dir);
        let mut placed: Vec<Placed> = Vec::new();
        for source in &self.from {
            let fault = |message: String, help: &str| -> Stop {
                Finding::error("cli-unreadable", message, help)
                    .in_file(source.display().to_string())
                    .into()
            };
            if !source.is_file() {
                return Err(fault(
                    "There is no such file.".to_owned(),
                    "Check the path given to --from.",
                ));
            }
            let inside = absolute(source).strip_prefix(&root).ok().map(slashed);
            let copy = inside.is_none();
            let name = source
                .file_name()
                .map(|n| n.to_string_lossy().into_owned())
                .unwrap_or_default();
            let relative = inside.unwrap_or(name);
            if placed.iter().any(|p| p.relative == relative) {
                let message = format!("Two of the files would be {relative} in the folder.");
                return Err(fault(
                    message,
                    "Give each file once, under a name of its own.",
                ));
            }
            if copy && self.dir.join(&relative).exists() {
                let message =
                    format!("The folder has another {relative} already; nothing was changed.");
                return Err(fault(
                    message,
                    "Rename the file, or give the one inside the folder to --from.",
                ));
            }
            placed.push(Placed {
                source: source.clone(),
                relative,
                copy,
            });
        }
        Ok(placed)
    }

    fn describe(&self, placed: &[Placed]) -> Result<(Option<Value>, Vec<Guess>), Stop> {
        let sources: Vec<PathBuf> = placed.iter().map(|p| p.source.clone()).collect();
        let (mut manifest, guesses) = infer::infer(&sources)?;
        if let Some(resources) = manifest.get_mut("resources").and_then(Value::as_array_mut) {
            for path in resources.iter_mut().filter_map(|r| r.get_mut("path")) {
                match path {
                    Value::String(one) => rename(one, placed),
                    Value::Array(many) => many.iter_mut().for_each(|each| {
                        if let Value::String(one) = each {
                            rename(one, placed);
                        }
                    }),
                    _ => {}
                }
            }
        }
        Ok((Some(manifest), guesses))
    }

    fn title(&self) -> String {
        let name = absolute(&self.dir)
            .file_name()
            .map(|n| n.to_string_lossy().into_owned());
        name.unwrap_or_else(|| "Evaluation".to_owned())
    }

    fn next_steps(&self, described: bool) -> String {
        let dir = self.dir.display();
        let mut text = "Next:\n".to_owned();
        if !described && !self.dir.join(MANIFEST).exists() {
            let _ = writeln!(
                text,
                "  codev init {dir} --from FILES   describe your tables in {MANIFEST}"
            );
        }
        let _ = writeln!(
            text,
            "  codev check {dir}               see what is missing or wrong"
        );
        let _ = writeln!(text, "  codev report {dir}              evaluate");
        text
    }
}

/// The path of a file in the manifest, whichever way the inference wrote it.
fn rename(path: &mut String, placed: &[Placed]) {
    let exact = placed
        .iter()
        .find(|p| p.source.to_string_lossy() == path.as_str() || p.relative == *path);
    let by_name = || {
        placed.iter().find(|p| {
            p.source
                .file_name()
                .is_some_and(|n| n.to_string_lossy() == path.as_str())
        })
    };
    if let Some(found) = exact.or_else(by_name) {
        path.clone_from(&found.relative);
    }
}

fn guessed(guesses: &[Guess]) -> String {
    let mut text = String::new();
    if !guesses.is_empty() {
        let _ = writeln!(
            text,
            "Guesses: check each in {MANIFEST}, a wrong one gives wrong numbers."
        );
    }
    for guess in guesses {
        let _ = writeln!(
            text,
            "  guess    {}: {} ({})",
            clean::line(&guess.file),
            clean::line(&guess.what),
            clean::line(&guess.why)
        );
    }
    text
}

/// An absolute path without `.` and `..`, links resolved as far as the path exists.
fn absolute(path: &Path) -> PathBuf {
    if let Ok(real) = std::fs::canonicalize(path) {
        return real;
    }
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    match (out.parent(), out.file_name()) {
        (Some(parent), Some(name)) => {
            std::fs::canonicalize(parent).map_or(out.clone(), |real| real.join(name))
        }
        _ => out,
    }
}

/// With forward slashes, as manifests have them.
fn slashed(path: &Path) -> String {
    path.components()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join("/")
}
