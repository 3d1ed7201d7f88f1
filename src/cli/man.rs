//! `codev man`: manual pages.

use super::terminal::{Done, Fault, Terminal, Verdict};
use crate::export;
use crate::finding::Finding;
use clap::Args;
use clap_mangen::Man as Page;
use std::path::PathBuf;

/// Print the manual page, or write those of all commands to a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev man | man -l -
  codev man --out ~/.local/share/man/man1")]
pub struct Man {
    /// Folder to write one page per command to
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let mut command = super::definition().disable_help_subcommand(true);
        command.build();
        let Some(out) = &self.out else {
            terminal.data(&page(&Page::new(command))?)?;
            return Ok(Verdict::Fine);
        };
        let mut pages = Vec::new();
        collect(command, &mut pages);
        for each in &pages {
            export::write_atomic(&out.join(each.get_filename()), &page(each)?)?;
        }
        terminal.note(&format!(
            "{} manual pages written to {}.",
            pages.len(),
            out.display()
        ));
        Ok(Verdict::Fine)
    }
}

fn collect(command: clap::Command, pages: &mut Vec<Page>) {
    for inner in command.get_subcommands() {
        collect(inner.clone(), pages);
    }
    pages.push(Page::new(command));
}

fn page(page: &Page) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    page.render(&mut bytes).map_err(|cause| {
        let help = "This is a fault of codev: please report it.";
        Fault::from(Finding::error(
            "cli-not-rendered",
            format!("The manual page can't be made: {cause}."),
            help,
        ))
    })?;
    Ok(bytes)
}
