//! `codev plan`: a plan locked before the data are seen.

use super::clean;
use super::terminal::{Done, Terminal, Verdict};
use crate::evaluation::lock::{self, Lock};
use crate::finding::{Finding, Stop};
use crate::{export, run};
use clap::{Args, Subcommand};
use std::fmt::Write;
use std::path::PathBuf;

/// Lock what will be evaluated and how, before the data are seen
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev plan lock my-evaluation
  codev plan compare my-evaluation")]
pub struct Plan {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Lock(LockPlan),
    Compare(ComparePlan),
}

/// Write plan.lock.json: hashes of indicators, effects, comparisons, margins and smallest effects, with the day
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev plan lock my-evaluation
  codev plan lock my-evaluation --registered https://osf.io/ab1cd

No data are read, and none need be there. `codev report` then lists each difference between plan and report (added, dropped, \
changed) and marks what was not planned; no figure changes. Keep a copy of the file where you can't change it, such as a registry: \
whoever can write in the folder can lock a plan anew.")]
struct LockPlan {
    /// Evaluation folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Address at which the plan is registered
    #[arg(long, value_name = "ADDRESS")]
    registered: Option<String>,
    /// Lock a plan in place of one that is locked; the report says so
    #[arg(long)]
    again: bool,
}

/// Say how the evaluation differs from its locked plan; no data are read
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev plan compare my-evaluation")]
struct ComparePlan {
    /// Evaluation folder
    #[arg(default_value = ".")]
    dir: PathBuf,
}

impl Plan {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        match &self.command {
            What::Lock(command) => command.run(terminal),
            What::Compare(command) => command.run(terminal),
        }
    }
}

impl LockPlan {
    fn run(&self, terminal: &Terminal) -> Done {
        let (evaluation, parts) = run::planned_parts(&self.dir)?;
        let path = self.dir.join(lock::FILE);
        let before = match Lock::read(&self.dir, &evaluation.title) {
            Ok(Some(locked)) if !self.again => {
                let message = format!(
                    "A plan is locked already, on {}; nothing was changed.",
                    locked.locked
                );
                let help = "`codev plan compare` says what differs from it; --again locks the plan as it is now, and the report says that an earlier one was locked.";
                return Err(refused(message, help));
            }
            Ok(before) => before,
            Err(_) if self.again => None,
            Err(stop) => return Err(stop.into()),
        };
        if let Some(address) = self
            .registered
            .as_ref()
            .filter(|a| a.trim().is_empty() || a.chars().any(char::is_control))
        {
            let message = format!("`{}` is no address.", clean::line(address));
            return Err(refused(
                message,
                "Give the web address or the number under which the plan is registered.",
            ));
        }
        let today = today()?;
        let count = parts.len();
        let locked = Lock::new(
            &evaluation,
            parts,
            (today, self.registered.clone()),
            before.as_ref(),
        );
        export::write_atomic(&path, locked.text().as_bytes())?;
        if !terminal.quiet {
            terminal.note(&format!(
                "Locked on {}: {count} parts of the plan, SHA-256 {}.\n",
                locked.locked, locked.sha256
            ));
            terminal.result(&path.display().to_string())?;
        }
        Ok(Verdict::Fine)
    }
}

/// The day by the machine's clock, in universal time.
fn today() -> Result<String, super::terminal::Fault> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.ok().and_then(|s| i64::try_from(s.as_secs()).ok());
    let time = seconds.and_then(|s| jiff::Timestamp::from_second(s).ok());
    match time {
        Some(time) => Ok(time.to_string().chars().take(10).collect()),
        None => Err(refused(
            "The machine's clock tells no day.".to_owned(),
            "Set the clock: the day stands in the locked plan.",
        )),
    }
}

fn refused(message: String, help: &str) -> super::terminal::Fault {
    Stop::from(Finding::error("plan-lock", message, help).in_file(lock::FILE)).into()
}

impl ComparePlan {
    fn run(&self, terminal: &Terminal) -> Done {
        let (evaluation, parts) = run::planned_parts(&self.dir)?;
        let Some(locked) = Lock::read(&self.dir, &evaluation.title)? else {
            return Err(refused(
                "No plan is locked.".to_owned(),
                "`codev plan lock` locks it.",
            ));
        };
        let found = locked.against(&parts);
        let mut text = String::new();
        if found.differences.is_empty() {
            let _ = writeln!(
                text,
                "As planned on {}: {} parts.",
                found.locked, found.parts
            );
        }
        for difference in &found.differences {
            let what = match difference.what.is_empty() {
                true => String::new(),
                false => format!(" ({})", difference.what.join("; ")),
            };
            let line = format!(
                "{:<8} {} {}{what}",
                difference.change.word(),
                difference.kind,
                difference.name
            );
            let _ = writeln!(text, "{}", clean::line(&line));
        }
        terminal.result(&text)?;
        Ok(Verdict::Fine)
    }
}
