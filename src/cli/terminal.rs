//! Writing to the terminal: results to standard output, everything else to standard error.

use super::{clean, findings};
use crate::finding::{Finding, Findings, Stop};
use clap::ValueEnum;
use std::io::{ErrorKind, IsTerminal, Write};

/// Width of text where there is no terminal to ask.
const WIDTH: usize = 100;

/// How a command that ran to its end went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing of level error.
    Fine,
    /// It is done, with findings of level error.
    Errors,
}

impl Verdict {
    /// By the findings of a command.
    pub fn of(findings: &Findings) -> Verdict {
        if findings.has_errors() {
            Verdict::Errors
        } else {
            Verdict::Fine
        }
    }
}

/// Why a command did not run to its end.
#[derive(Debug)]
pub enum Fault {
    /// Unreadable input or a usage that can't be met.
    Stop(Stop),
    /// The reader of our output went away (`codev compute ... | head`): nothing is wrong.
    Closed,
}

/// What a command gives.
pub type Done = Result<Verdict, Fault>;

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        Fault::Stop(stop)
    }
}

impl From<Finding> for Fault {
    fn from(finding: Finding) -> Self {
        Fault::Stop(finding.into())
    }
}

/// What is printed: text for people, JSON, or the content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Read by people.
    Words,
    /// Read by programs, and by people.
    Json,
    /// Goes into a file, or through a pipe to a program.
    Data,
}

/// Forms in which what a plan is worth is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// Tables to read in the terminal
    Table,
    /// One row per number
    Csv,
    /// Everything, as plain data
    Json,
}

impl PlanFormat {
    /// The form of it.
    pub fn form(self) -> Form {
        match self {
            PlanFormat::Table => Form::Words,
            PlanFormat::Csv => Form::Data,
            PlanFormat::Json => Form::Json,
        }
    }
}

/// Where a command prints.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Nothing but results and errors.
    pub quiet: bool,
    /// Findings and lists as JSON lines.
    pub json: bool,
}

/// Colour and width of one of the two streams.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether colours may be used.
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Terminal {
    /// A terminal with the options of the command line.
    pub fn new(quiet: bool, json: bool) -> Terminal {
        Terminal { quiet, json }
    }

    /// Prints a result for people to standard output, with a line end.
    pub fn result(&self, text: &str) -> Result<(), Fault> {
        self.line(&clean::text(text))
    }

    /// Prints JSON to standard output, with a line end.
    pub fn json(&self, text: &str) -> Result<(), Fault> {
        self.line(&clean::json(text))
    }

    /// Prints the content of a file to standard output: as it is for another program, and so that it can be looked at where that is
    /// a terminal.
    pub fn data(&self, bytes: &[u8]) -> Result<(), Fault> {
        match std::io::stdout().is_terminal() {
            true => self.bytes(clean::text(&String::from_utf8_lossy(bytes)).as_bytes()),
            false => self.bytes(bytes),
        }
    }

    /// Prints what has the form asked for.
    pub fn printed(&self, bytes: &[u8], form: Form) -> Result<(), Fault> {
        match (form, std::str::from_utf8(bytes)) {
            (Form::Words, Ok(text)) => self.result(text),
            (Form::Json, Ok(text)) => self.json(text),
            _ => self.data(bytes),
        }
    }

    fn line(&self, text: &str) -> Result<(), Fault> {
        match text.ends_with('\n') || text.is_empty() {
            true => self.bytes(text.as_bytes()),
            false => self.bytes(format!("{text}\n").as_bytes()),
        }
    }

    fn bytes(&self, bytes: &[u8]) -> Result<(), Fault> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(|cause| match cause.kind() {
                ErrorKind::BrokenPipe => Fault::Closed,
                _ => Fault::from(Finding::error(
                    "cli-not-printed",
                    format!("The result can't be written to standard output: {cause}."),
                    "Write it to a file with --out.",
                )),
            })
    }

    /// Says what was done, on standard error; `--quiet` keeps it silent.
    pub fn note(&self, text: &str) {
        if !self.quiet && !self.json {
            self.error_text(&clean::text(text));
        }
    }

    /// Says what is wrong with the arguments, on standard error.
    pub fn usage(&self, text: &str) -> std::io::Result<()> {
        std::io::stderr()
            .lock()
            .write_all(clean::text(text).as_bytes())
    }

    /// Asks something on standard error, without a line end.
    pub fn prompt(&self, text: &str) {
        let mut out = std::io::stderr().lock();
        // Nobody is left to ask when standard error is closed; then there will be no answer either.
        let _ = out
            .write_all(clean::text(text).as_bytes())
            .and_then(|()| out.flush());
    }

    /// A line of standard input without blanks around it; `None` at its end.
    pub fn answer(&self) -> Result<Option<String>, Fault> {
        let mut line = String::new();
        match std::io::stdin().read_line(&mut line) {
            Ok(0) => Ok(None),
            Ok(_) => Ok(Some(line.trim().to_owned())),
            Err(cause) => Err(Finding::error(
                "cli-no-answer",
                format!("The answer can't be read: {cause}."),
                "Nothing was written. Give flags instead.",
            )
            .into()),
        }
    }

    /// Whether somebody sits at the keyboard.
    pub fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Findings as the result of a command (`check`), on standard output.
    pub fn findings(&self, all: &Findings) -> Result<(), Fault> {
        self.line(&self.findings_text(all, Look::of_output()))
    }

    /// Findings beside the result of a command, on standard error.
    pub fn remarks(&self, all: &Findings) {
        self.error_text(&self.findings_text(all, Look::of_errors()));
    }

    fn findings_text(&self, all: &Findings, look: Look) -> String {
        // The colours in them are ours, and stay.
        match self.json {
            true => clean::json(&findings::json_lines(all, self.quiet)).into_owned(),
            false => clean::coloured(&findings::text(all, look, self.quiet)),
        }
    }

    /// Says why a command could not go on.
    pub fn stop(&self, stop: &Stop) {
        let text = match self.json {
            true => clean::json(&findings::json_line(&stop.0)).into_owned(),
            false => clean::coloured(&findings::one(&stop.0, Look::of_errors())),
        };
        self.error_text(&text);
    }

    fn error_text(&self, text: &str) {
        if !text.is_empty() {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(std::io::stderr().lock(), "{}", text.trim_end());
        }
    }
}

impl Look {
    /// Of standard output.
    pub fn of_output() -> Look {
        Look::of(std::io::stdout().is_terminal())
    }

    /// Of standard error.
    pub fn of_errors() -> Look {
        Look::of(std::io::stderr().is_terminal())
    }

    fn of(is_terminal: bool) -> Look {
        // https://no-color.org: set and not empty, whatever the value.
        let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|v| v == "dumb");
        let known = if is_terminal {
            comfy_table::Table::new().width()
        } else {
            None
        };
        Look {
            colour: is_terminal && !refused && !dumb,
            width: known.map_or(WIDTH, usize::from).max(40),
        }
    }
}
