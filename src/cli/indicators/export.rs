//! `codev indicators export`: the dictionary of indicators as a document, a page, a table or a workbook.

use super::catalogue;
use super::filter::Filter;
use super::list::name;
use crate::cli::terminal::{Done, Form, Terminal, Verdict};
use crate::cli::{folder, render};
use crate::export;
use crate::finding::{Finding, Stop};
use crate::report::dictionary::{Dictionary, html, markdown};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Write the dictionary of indicators: Markdown, HTML, CSV or an Excel workbook
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  codev indicators export > indicators.md
  codev indicators export --out indicators.html
  codev indicators export --format xlsx
  codev indicators export --kind process --side origin --out process.xlsx
  codev indicators export --dir my-evaluation --format csv > indicators.csv

The page needs nothing else and can be printed or sent on. The workbook has a sheet of indicators, one of their examples \
and one of the rows S01 to S25 with what covers each.")]
pub struct Export {
    /// Form [default: by the name of the file, else md]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// File to write instead of standard output; a workbook is indicators.xlsx where no name is given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    filter: Filter,
    /// Evaluation folder whose own definitions are in it too [default: the current one, if it is one]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Form of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown
    Md,
    /// One page that needs nothing else
    Html,
    /// One row per indicator
    Csv,
    /// Excel workbook
    Xlsx,
}

impl Export {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Done {
        let format = self.format()?;
        if let (Some(dir), Some(out)) = (folder::definitions(self.dir.as_deref())?, &self.out) {
            folder::not_read(&dir, out)?;
        }
        let (catalogue, faulty) = catalogue(self.dir.as_deref(), terminal)?;
        let chosen = self.filter.choose(&catalogue)?;
        if chosen.is_empty() {
            let help = "Leave out an option; `codev indicators list` shows what there is.";
            let message = "No indicator is like that; nothing was written.";
            return Err(Finding::error("cli-no-indicator", message, help).into());
        }
        let dictionary = Dictionary::new(&catalogue, &chosen, self.filter.words());
        let bytes = match format {
            Format::Md => markdown(&dictionary, None).into_bytes(),
            Format::Html => html(&dictionary)
                .map_err(|e| render::failed(&e))?
                .into_bytes(),
            Format::Csv => {
                export::dictionary_csv(dictionary.entries()).map_err(|e| render::failed(&e))?
            }
            Format::Xlsx => export::dictionary_xlsx(&dictionary).map_err(|e| render::failed(&e))?,
        };
        let workbook = || (format == Format::Xlsx).then(|| PathBuf::from("indicators.xlsx"));
        match self.out.clone().or_else(workbook) {
            Some(out) => {
                export::write_atomic(&out, &bytes)?;
                let word = if dictionary.total == 1 {
                    "indicator"
                } else {
                    "indicators"
                };
                terminal.note(&format!(
                    "{} {word} written to {}.",
                    dictionary.total,
                    out.display()
                ));
            }
            None if format == Format::Md => terminal.printed(&bytes, Form::Words)?,
            None => terminal.data(&bytes)?,
        }
        Ok(if faulty {
            Verdict::Errors
        } else {
            Verdict::Fine
        })
    }

    /// The format asked for, else that of the file's ending. A name that promises another format is refused.
    fn format(&self) -> Result<Format, Stop> {
        match (self.format, &self.out) {
            (Some(format), Some(out)) if of_ending(out).is_some_and(|other| other != format) => {
                let asked = name(format);
                let message = format!("The ending of the file's name is not that of {asked}.");
                let help = format!("Name it .{asked}, or leave out --format.");
                Err(Finding::error("cli-unknown-format", message, help)
                    .in_file(out.display().to_string())
                    .into())
            }
            (Some(format), _) => Ok(format),
            (None, None) => Ok(Format::Md),
            (None, Some(out)) => of_ending(out).ok_or_else(|| {
                let message = "The form can't be told from the ending of the file's name.";
                let help = "Name it .md, .html, .csv or .xlsx, or say --format.";
                Finding::error("cli-unknown-format", message, help)
                    .in_file(out.display().to_string())
                    .into()
            }),
        }
    }
}

fn of_ending(file: &Path) -> Option<Format> {
    let ending = file.extension()?.to_str()?.to_lowercase();
    match ending.as_str() {
        "markdown" => Some(Format::Md),
        "htm" => Some(Format::Html),
        ending => Format::value_variants()
            .iter()
            .copied()
            .find(|format| name(*format) == ending),
    }
}
