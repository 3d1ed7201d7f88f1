//! Writes the data set `tandem`: `cargo run --example make-tandem -- datasets/tandem`.
#![allow(clippy::print_stderr)]

mod generator;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let folder = std::env::args().nth(1);
    let Some(folder) = folder else {
        eprintln!("usage: make-tandem FOLDER");
        return ExitCode::from(2);
    };
    for (name, text) in generator::files() {
        let path = Path::new(&folder).join(&name);
        if let Err(error) = std::fs::write(&path, text) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
