//! `codev init`: a new evaluation folder, with a data package inferred from files where there are any.

use super::folder::{EVALUATION, MANIFEST};
use super::indicators::ask;
use super::terminal::{Done, Fault, Terminal, Verdict};
use super::{clean, scaffold};
use crate::dataset::infer::{self, Guess, Question, Reshaped};
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

/// What was found in the files.
#[derive(Default)]
struct Drafted {
    manifest: Option<Value>,
    guesses: Vec<Guess>,
    reshaped: Vec<Reshaped>,
}

impl Init {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        self.refuse_to_overwrite()?;
        // Everything that can fail on the input comes before the first file is written.
        let placed = self.place()?;
        let mut described = self.describe(&placed, terminal)?;
        let reshaped = std::mem::take(&mut described.reshaped);
        let reshaped = self.place_reshaped(&placed, reshaped)?;
        let manifest = described.manifest;
        let guesses = described.guesses;
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
        for (relative, made) in &reshaped {
            export::write_atomic(&self.dir.join(relative), made.text.as_bytes())?;
            let from = made.source.file_name().unwrap_or_default();
            let _ = writeln!(
                text,
                "written  {relative} ({} as a plain table)",
                from.to_string_lossy()
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
            if source.is_dir() {
                return Err(fault(
                    "That is a folder, and tables are files.".to_owned(),
                    "Name the files in it, as in `--from FOLDER/*.csv`.",
                ));
            }
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

    fn describe(&self, placed: &[Placed], terminal: &Terminal) -> Result<Drafted, Stop> {
        if placed.is_empty() {
            return Ok(Drafted::default());
        }
        let sources: Vec<PathBuf> = placed.iter().map(|p| p.source.clone()).collect();
        let mut asker = |question: &Question| ask(terminal, question);
        let described = infer::describe(&sources, &mut asker)?;
        let mut manifest = described.manifest;
        // A table that was written anew lies beside its source.
        let sibling = |name: &str| {
            let made = described.reshaped.iter().find(|made| made.name == name)?;
            beside(placed, made)
        };
        let resources = manifest.get_mut("resources").and_then(Value::as_array_mut);
        for resource in resources.into_iter().flatten() {
            match resource.get_mut("path") {
                Some(Value::String(one)) => match sibling(one) {
                    Some(path) => *one = path,
                    None => rename(one, placed),
                },
                Some(Value::Array(many)) => many.iter_mut().for_each(|each| {
                    if let Value::String(one) = each {
                        rename(one, placed);
                    }
                }),
                _ => {}
            }
            if let Some(Value::String(source)) = resource.pointer_mut("/sources/0/path") {
                rename(source, placed);
            }
        }
        Ok(Drafted {
            manifest: Some(manifest),
            guesses: described.guesses,
            reshaped: described.reshaped,
        })
    }

    /// Says where tables that were written anew will lie; nothing is there yet.
    fn place_reshaped(
        &self,
        placed: &[Placed],
        reshaped: Vec<Reshaped>,
    ) -> Result<Vec<(String, Reshaped)>, Stop> {
        let mut out: Vec<(String, Reshaped)> = Vec::new();
        for made in reshaped {
            let relative = beside(placed, &made).unwrap_or_else(|| made.name.clone());
            let taken = self.dir.join(&relative).exists()
                || placed.iter().any(|p| p.relative == relative)
                || out.iter().any(|(other, _)| *other == relative);
            if taken {
                let message = format!(
                    "The table would be written anew as {relative}, but that file is there already; nothing was changed."
                );
                let help = format!("Give {relative} to --from in its place, or rename it.");
                return Err(Finding::error("cli-already-there", message, help)
                    .in_file(made.source.display().to_string())
                    .into());
            }
            out.push((relative, made));
        }
        Ok(out)
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

/// Where a table that was written anew will lie: beside its source.
fn beside(placed: &[Placed], made: &Reshaped) -> Option<String> {
    let source = placed.iter().find(|p| p.source == made.source)?;
    Some(match source.relative.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{}", made.name),
        None => made.name.clone(),
    })
}

/// Asks which of several readings is meant, where somebody sits at the keyboard.
fn ask(terminal: &Terminal, question: &Question) -> Result<Option<usize>, Stop> {
    if terminal.quiet || terminal.json || !terminal.can_ask() {
        return Ok(None);
    }
    let text = format!("{}: {}", question.file, question.text);
    let usual = question
        .options
        .get(question.usual)
        .map(|(w, _)| w.as_str());
    match ask::choice(
        terminal,
        &clean::line(&text),
        &shown(&question.options),
        usual,
        false,
    ) {
        Ok(word) => Ok(question.options.iter().position(|(w, _)| *w == word)),
        Err(Fault::Stop(stop)) => Err(stop),
        Err(Fault::Closed) => Ok(None),
    }
}

fn shown(options: &[(String, String)]) -> Vec<(String, String)> {
    let each =
        |(word, meaning): &(String, String)| (word.clone(), clean::line(meaning).into_owned());
    options.iter().map(each).collect()
}

fn guessed(guesses: &[Guess]) -> String {
    let mut text = String::new();
    let line = |guess: &Guess, word: &str| {
        clean::line(&format!(
            "  {word:<8} {}: {} ({})",
            guess.file, guess.what, guess.why
        ))
        .into_owned()
    };
    let doubts: Vec<&Guess> = guesses.iter().filter(|g| g.doubt).collect();
    if !doubts.is_empty() {
        let _ = writeln!(
            text,
            "In doubt: look at each of these, and correct {MANIFEST} or the file."
        );
        for guess in doubts {
            let _ = writeln!(text, "{}", line(guess, "doubt"));
        }
    }
    if guesses.iter().any(|g| !g.doubt) {
        let _ = writeln!(
            text,
            "Guesses: check each in {MANIFEST}, a wrong one gives wrong numbers."
        );
        for guess in guesses.iter().filter(|g| !g.doubt) {
            let _ = writeln!(text, "{}", line(guess, "guess"));
        }
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
