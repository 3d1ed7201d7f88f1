//! `codev indicators new`: a definition with a first example, from flags or from answers.

use super::list::{Kind, Side, name};
use super::{new_ask, new_text, word};
use crate::cli::folder;
use crate::cli::terminal::{Done, Terminal, Verdict};
use crate::dataset::{self, Dataset};
use crate::examples::{sample, typing_fault};
use crate::export;
use crate::finding::{Finding, Findings, Severity, Stop, nearest};
use crate::indicator::{Catalogue, Indicator};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Start a definition with a first example; in a terminal it asks for what is not given
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  codev indicators new --dir my-evaluation
  codev indicators new meals-shared --dimension integration --side destination --table activities --value \"SUM(meals)\"
  codev indicators new share-adopted --dimension participation --table decisions --unit % \\
      --name \"Proposals of residents that were adopted\" --where \"proposer_sector = 'citizens'\" \\
      --value \"COUNT(*) FILTER (WHERE adopted) / COUNT(*)\"
  codev indicators new women-claims-adopted --extends claims-adopted --only \"proposer_group = 'women'\" \\
      --name \"Claims of women's groups that were adopted\"

The file is DIR/indicators/<kind>/<dimension>/<id>.toml. The formula is checked before anything is written. Where DIR has
a data package, the first example is made of a few made-up rows for its columns: check it by hand. Run the
examples with `codev indicators test FILE`.")]
pub struct New {
    /// Id: lower-case words with hyphens
    pub id: Option<String>,
    /// Id of a definition from which everything is taken that is not given
    #[arg(long, value_name = "ID")]
    pub extends: Option<String>,
    /// With --extends: further filter, SQL: the same, but only for these rows
    #[arg(
        long,
        value_name = "SQL",
        requires = "extends",
        conflicts_with = "filter"
    )]
    pub only: Option<String>,
    /// With --extends: value of a parameter, as `years=3`
    #[arg(long, value_name = "NAME=VALUE", requires = "extends")]
    pub set: Vec<String>,
    /// Kind [default: process]
    #[arg(long, value_enum)]
    pub kind: Option<Kind>,
    /// Dimension, as `governance` or `state-civil-society-interface`
    #[arg(long)]
    pub dimension: Option<String>,
    /// Side [default: both]
    #[arg(long, value_enum)]
    pub side: Option<Side>,
    /// Name to show [default: the id in words]
    #[arg(long)]
    pub name: Option<String>,
    /// Question that it answers
    #[arg(long)]
    pub question: Option<String>,
    /// Role or name of the table
    #[arg(long)]
    pub table: Option<String>,
    /// Filter, SQL
    #[arg(long = "where", value_name = "SQL")]
    pub filter: Option<String>,
    /// Aggregate expression, SQL [default: COUNT(*)]
    #[arg(long, value_name = "SQL")]
    pub value: Option<String>,
    /// Unit; `%` when the formula gives a proportion [default: number]
    #[arg(long)]
    pub unit: Option<String>,
    /// Which way is better [default: neither]
    #[arg(long, value_enum)]
    pub direction: Option<Direction>,
    /// Where the measure comes from
    #[arg(long)]
    pub source: Option<String>,
    /// Folder that holds `indicators/`
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Ask for what is not given, also when the answers come from a file or a pipe
    #[arg(long)]
    pub ask: bool,
}

/// Which way is better, as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    /// More is better
    HigherIsBetter,
    /// Less is better
    LowerIsBetter,
    /// No judgement
    Neither,
}

/// What a new definition is written against.
pub struct Around {
    /// The library, and the evaluation's own definitions.
    pub catalogue: Catalogue,
    /// The evaluation's data, where it has any that can be read.
    pub dataset: Option<Dataset>,
}

/// What checking a draft gave.
pub enum Checked {
    /// It is sound; the findings, none an error, are worth knowing.
    Sound(Box<Indicator>, Findings),
    /// It is not.
    Faulty(Findings),
}

impl New {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let missing = self.missing();
        let asks = self.ask || (!missing.is_empty() && terminal.can_ask());
        if !missing.is_empty() && !asks {
            let message = format!("Not given: {}.", missing.join(", "));
            let help = "Give them, or run the command in a terminal (or with --ask) to be asked.";
            return Err(Finding::error("cli-missing-flags", message, help).into());
        }
        let around = self.around()?;
        let wanted = if asks {
            new_ask::complete(self, &around, terminal)?
        } else {
            self.clone()
        };
        wanted.write(&around, terminal)
    }

    /// What must be given, or asked.
    fn missing(&self) -> Vec<&'static str> {
        let whole = self.extends.is_none();
        let needed = [
            ("the id", self.id.is_none()),
            ("--dimension", whole && self.dimension.is_none()),
            ("--table", whole && self.table.is_none()),
        ];
        let missing = needed.into_iter().filter(|(_, missing)| *missing);
        missing.map(|(what, _)| what).collect()
    }

    fn around(&self) -> Result<Around, Stop> {
        let catalogue = match folder::definitions(Some(&self.dir))? {
            Some(folder) if folder.join(folder::EVALUATION).is_file() => Catalogue::load(&folder).0,
            _ => Catalogue::builtin().0,
        };
        let has_data = self.dir.join(folder::MANIFEST).is_file();
        // Data that can't be read are `codev check`'s to tell; the definition can do without them.
        let dataset = has_data.then(|| dataset::load(&self.dir, &|_| {}).ok());
        Ok(Around {
            catalogue,
            dataset: dataset.flatten(),
        })
    }

    fn write(&self, around: &Around, terminal: &Terminal) -> Done {
        let id = self.id.as_deref().unwrap_or_default();
        kebab("id", id)?;
        if let Some(dimension) = &self.dimension {
            kebab("dimension", dimension)?;
            misspelt(dimension, &around.catalogue)?;
        }
        let base = match &self.extends {
            Some(base) => Some(super::find(&around.catalogue, base)?),
            None => None,
        };
        self.unused(&around.catalogue)?;
        self.on_a_table(around)?;
        let kind = match (self.kind, base) {
            (Some(kind), _) => name(kind),
            (None, Some(base)) => word(&base.kind),
            (None, None) => name(Kind::Process),
        };
        let dimension = match (&self.dimension, base) {
            (Some(dimension), _) => dimension.clone(),
            (None, base) => base.map(|b| b.dimension.clone()).unwrap_or_default(),
        };
        let folder = self.dir.join("indicators").join(kind).join(dimension);
        let path = folder.join(format!("{id}.toml"));
        refuse_twice(&path)?;
        let draft = match self.checked(around) {
            Checked::Sound(draft, remarks) => {
                terminal.remarks(&remarks);
                draft
            }
            Checked::Faulty(faults) => {
                terminal.remarks(&faults);
                terminal.note("Nothing was written.");
                return Ok(Verdict::Errors);
            }
        };
        // Where the measure is that of what it extends, the examples are taken over, too.
        let taken_over = !draft.examples.is_empty();
        let data = around.dataset.as_ref().filter(|_| !taken_over);
        let (example, first) = match data.map(|data| sample(&draft, data)) {
            Some(Ok(example)) => (
                new_text::made_up(&example, &draft),
                "Written, with an example of a few made-up rows: check by hand what is expected of them.".to_owned(),
            ),
            Some(Err(why)) => (
                new_text::without_rows(&draft),
                format!("Written, with an example without rows ({why}): add rows and what must come out of them."),
            ),
            None if taken_over => (
                String::new(),
                "Written; it takes over the examples of what it extends.".to_owned(),
            ),
            None => (
                new_text::without_rows(&draft),
                "Written, with an example without rows: add rows and what must come out of them.".to_owned(),
            ),
        };
        let text = format!("{}{example}", new_text::definition(self));
        export::write_atomic(&path, text.as_bytes())?;
        let next = format!(
            "{first}\n\n  codev indicators test {}\n\nThen ask for `{id}` in evaluation.toml, under `indicators`.",
            path.display()
        );
        terminal.note(&next);
        terminal.result(&path.display().to_string())?;
        Ok(Verdict::Fine)
    }

    /// Refuses a table that the package doesn't have.
    fn on_a_table(&self, around: &Around) -> Result<(), Stop> {
        let (Some(data), Some(table)) = (&around.dataset, &self.table) else {
            return Ok(());
        };
        if data.table(table).is_some() {
            return Ok(());
        }
        let names = || data.tables.iter().map(|t| t.name.as_str());
        let message = format!("The data package has no table `{table}`.");
        let near = nearest(table, names()).map(|near| format!("Did you mean `{near}`? "));
        let listed: Vec<String> = names().map(|name| format!("`{name}`")).collect();
        let help = format!(
            "{}It has {}; a table that is still to come is described in datapackage.json first.",
            near.unwrap_or_default(),
            listed.join(", ")
        );
        Err(Finding::error("cli-no-such-table", message, help).into())
    }

    fn unused(&self, catalogue: &Catalogue) -> Result<(), Stop> {
        let id = self.id.as_deref().unwrap_or_default();
        let Some(other) = catalogue.get(id) else {
            return Ok(());
        };
        let message = format!("There is an indicator `{id}` already; an id is used once.");
        let help = if self.extends.is_none() {
            format!("Choose another id; --extends {id} starts from that definition.")
        } else {
            "Choose another id.".to_owned()
        };
        let finding = Finding::error("cli-already-there", message, help);
        Err(finding.in_file(other.file.clone()).into())
    }

    /// The definition as the indicator stage reads it, and as far as there are data, against their columns: what they
    /// don't have yet is a warning.
    pub fn checked(&self, around: &Around) -> Checked {
        let text = new_text::definition(self);
        let mut findings = Findings::new();
        let told = |mut finding: Finding| {
            (finding.place.file, finding.place.line) = (None, None);
            finding
        };
        match around.catalogue.parse(&text, "the new definition", false) {
            Ok(draft) => {
                let fault = around
                    .dataset
                    .as_ref()
                    .and_then(|data| typing_fault(&draft, data));
                if let Some(mut finding) = fault.map(told) {
                    finding.severity = Severity::Warning;
                    findings.push(finding);
                }
                Checked::Sound(Box::new(draft), findings)
            }
            Err(finding) => {
                findings.push(told(*finding));
                Checked::Faulty(findings)
            }
        }
    }
}

/// A dimension that is probably one of those there are, misspelt.
pub(super) fn misspelt(dimension: &str, catalogue: &Catalogue) -> Result<(), Stop> {
    let mut known: Vec<&str> = catalogue
        .indicators
        .iter()
        .map(|i| i.dimension.as_str())
        .collect();
    known.sort_unstable();
    known.dedup();
    if known.contains(&dimension) {
        return Ok(());
    }
    let Some(near) = nearest(dimension, known.iter().copied()) else {
        return Ok(());
    };
    let message = format!("No indicator has the dimension `{dimension}`.");
    let help = format!(
        "Did you mean `{near}`? A dimension of your own needs a name that differs from those there are: {}.",
        known.join(", ")
    );
    Err(Finding::error("cli-unknown-dimension", message, help).into())
}

fn refuse_twice(path: &Path) -> Result<(), Stop> {
    if !path.exists() {
        return Ok(());
    }
    let message = "The definition is there already; nothing was changed.";
    let finding = Finding::error(
        "cli-already-there",
        message,
        "Edit it, or choose another id.",
    );
    Err(finding.in_file(path.display().to_string()).into())
}

/// Refuses what is not lower-case words with hyphens, and says what would be.
pub fn kebab(what: &str, text: &str) -> Result<(), Stop> {
    let sound = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if text.split('-').all(sound) {
        return Ok(());
    }
    let clean = as_id(text);
    let help = if clean.is_empty() {
        "As in `claims-adopted`.".to_owned()
    } else {
        format!("As in `{clean}`.")
    };
    let message = format!("Expected lower-case words with hyphens as {what}, found `{text}`.");
    Err(Finding::error("cli-bad-name", message, help).into())
}

/// A text as lower-case words with hyphens.
pub fn as_id(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}
