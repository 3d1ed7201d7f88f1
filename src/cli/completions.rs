//! `codev completions`: completion scripts for shells.

use super::terminal::{Done, Terminal, Verdict};
use clap::Args;
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev completions bash > ~/.local/share/bash-completion/completions/codev
  codev completions zsh > ~/.zfunc/_codev
  codev completions fish > ~/.config/fish/completions/codev.fish")]
pub struct Completions {
    /// Shell
    shell: Shell,
}

impl Completions {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::definition(), "codev", &mut script);
        terminal.data(&script)?;
        Ok(Verdict::Fine)
    }
}
