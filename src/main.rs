//! The `codev` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    codev::cli::run(std::env::args_os())
}
