//! `codev indicators new`: a definition with a first example.

use super::list::{Kind, Side, name};
use crate::cli::folder;
use crate::cli::terminal::{Done, Fault, Terminal, Verdict};
use crate::export;
use crate::finding::{Finding, Stop};
use crate::indicator::{Catalogue, Indicator};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Start a definition with a first example; the formula is checked before anything is written
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators new meals-shared --dimension integration --side destination --table activities --value \"SUM(meals)\"
  codev indicators new share-adopted --dimension participation --table decisions --unit % \\
      --name \"Proposals of residents that were adopted\" --where \"proposer_sector = 'citizens'\" \\
      --value \"COUNT(*) FILTER (WHERE adopted) / COUNT(*)\"

The file is DIR/indicators/<kind>/<dimension>/<id>.toml. Run its examples with `codev indicators test FILE`.")]
pub struct New {
    /// Id: lower-case words with hyphens
    id: String,
    /// Kind
    #[arg(long, value_enum, default_value_t = Kind::Process)]
    kind: Kind,
    /// Dimension, as `governance` or `state-civil-society-interface`
    #[arg(long)]
    dimension: String,
    /// Side
    #[arg(long, value_enum, default_value_t = Side::Both)]
    side: Side,
    /// Name to show [default: the id in words]
    #[arg(long)]
    name: Option<String>,
    /// Question that it answers
    #[arg(long)]
    question: Option<String>,
    /// Role or name of the table
    #[arg(long)]
    table: String,
    /// Filter, SQL
    #[arg(long = "where", value_name = "SQL")]
    filter: Option<String>,
    /// Aggregate expression, SQL
    #[arg(long, value_name = "SQL", default_value = "COUNT(*)")]
    value: String,
    /// Unit; `%` when the formula gives a proportion
    #[arg(long, default_value = "number")]
    unit: String,
    /// Which way is better
    #[arg(long, value_enum, default_value_t = Direction::Neither)]
    direction: Direction,
    /// Where the measure comes from
    #[arg(long)]
    source: Option<String>,
    /// Folder that holds `indicators/`
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// Which way is better, as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Direction {
    /// More is better
    HigherIsBetter,
    /// Less is better
    LowerIsBetter,
    /// No judgement
    Neither,
}

impl New {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        kebab("id", &self.id)?;
        kebab("dimension", &self.dimension)?;
        let path = self
            .dir
            .join("indicators")
            .join(name(self.kind))
            .join(&self.dimension)
            .join(format!("{}.toml", self.id));
        self.refuse_twice(&path)?;
        let Some(draft) = self.checked(&self.text("programme"), terminal)? else {
            return Ok(Verdict::Errors);
        };
        let text = self.text(&header(&draft));
        export::write_atomic(&path, text.as_bytes())?;
        terminal.note("Written, with an example without rows: add rows and what must come out of them. Then run\n");
        terminal.note(&format!("  codev indicators test {}\n", path.display()));
        terminal.result(&path.display().to_string())?;
        Ok(Verdict::Fine)
    }

    fn refuse_twice(&self, path: &Path) -> Result<(), Stop> {
        let shown = path.display().to_string();
        if path.exists() {
            let message = "The definition is there already; nothing was changed.";
            return Err(Finding::error(
                "cli-already-there",
                message,
                "Edit it, or choose another id.",
            )
            .in_file(shown)
            .into());
        }
        let (catalogue, _) = match folder::definitions(Some(&self.dir))? {
            Some(folder) if folder.join(folder::EVALUATION).is_file() => Catalogue::load(&folder),
            _ => Catalogue::builtin(),
        };
        match catalogue.get(&self.id) {
            Some(other) => {
                let message = format!(
                    "There is an indicator `{}` already; an id is used once.",
                    self.id
                );
                Err(
                    Finding::error("cli-already-there", message, "Choose another id.")
                        .in_file(other.file.clone())
                        .into(),
                )
            }
            None => Ok(()),
        }
    }

    /// The definition as the indicator stage reads it; its faults are told and give `None`.
    fn checked(&self, text: &str, terminal: &Terminal) -> Result<Option<Indicator>, Fault> {
        let failed = |cause: std::io::Error| -> Fault {
            let message = format!(
                "The definition can't be checked in the folder for temporary files: {cause}."
            );
            Finding::error(
                "cli-no-temporary-file",
                message,
                "Set TMPDIR to a folder that you may write to.",
            )
            .into()
        };
        let scratch = tempfile::tempdir().map_err(failed)?;
        let file = scratch.path().join(format!("{}.toml", self.id));
        std::fs::write(&file, text).map_err(failed)?;
        let (draft, found) = Catalogue::builtin().0.single(&file);
        if found.has_errors() || draft.is_none() {
            let mut told = found;
            for finding in &mut told.listed {
                finding.place.file = None;
            }
            for count in &mut told.counts {
                count.file = None;
            }
            terminal.remarks(&told);
            terminal.note("Nothing was written.");
            return Ok(None);
        }
        Ok(draft)
    }

    fn text(&self, header: &str) -> String {
        let quote = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let words = self.id.replace('-', " ");
        let mut capital = words.chars();
        let spoken = capital
            .next()
            .map(|c| c.to_uppercase().collect::<String>() + capital.as_str())
            .unwrap_or_default();
        let filter = match &self.filter {
            Some(filter) => format!("where = {}", quote(filter)),
            None => {
                "# where = \"...\"                           # which rows it speaks of".to_owned()
            }
        };
        format!(
            r##"#:schema ../../schema.json
id = {id}
name = {name}
kind = {kind}
dimension = {dimension}
side = {side}
question = {question}
unit = {unit}
direction = {direction}
source = {source}

[measure]
type = "formula"
table = {table}
{filter}
value = {value}

# Add rows and what must come out of them, by programme or as total. An empty cell is missing.
[[example]]
note = "no rows: nothing is known, which is not zero"
rows = """
{header}
"""
expect = {{ total = "no-rows" }}
"##,
            id = quote(&self.id),
            name = quote(self.name.as_deref().unwrap_or(&spoken)),
            kind = quote(&name(self.kind)),
            dimension = quote(&self.dimension),
            side = quote(&name(self.side)),
            question = quote(
                self.question
                    .as_deref()
                    .unwrap_or("Which question does it answer?")
            ),
            unit = quote(&self.unit),
            direction = quote(&name(self.direction)),
            source = quote(
                self.source
                    .as_deref()
                    .unwrap_or("Own measure of this evaluation")
            ),
            table = quote(&self.table),
            value = quote(&self.value),
        )
    }
}

/// Columns of the example's rows: the programme, then what the formula needs.
fn header(draft: &Indicator) -> String {
    let mut columns = vec!["programme"];
    columns.extend(
        draft
            .columns
            .iter()
            .map(String::as_str)
            .filter(|c| *c != "programme"),
    );
    columns.join(",")
}

fn kebab(what: &str, text: &str) -> Result<(), Stop> {
    let sound = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if text.split('-').all(sound) {
        return Ok(());
    }
    let clean: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let help = if clean.is_empty() {
        "As in `claims-adopted`.".to_owned()
    } else {
        format!("As in `{}`.", clean.join("-"))
    };
    let message = format!("Expected lower-case words with hyphens as {what}, found `{text}`.");
    Err(Finding::error("cli-bad-name", message, help).into())
}
