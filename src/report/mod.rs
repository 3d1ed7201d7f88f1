//! Stage 7, render: the report, one HTML file that needs nothing else.
//!
//! The modules prepare ready-formatted text ([`view`]); the templates in `reports/` decide on appearance alone.

mod audit;
mod balance;
mod cells;
pub mod comparison;
mod detail;
pub mod dictionary;
mod effects;
mod figures;
pub mod format;
mod glance;
mod glossary;
mod indicator;
mod key;
mod key_effects;
mod key_facts;
mod key_gaps;
mod lost;
mod planned;
mod progress;
mod quality;
mod sampling;
mod sentences;
mod statements;
mod title;
mod view;
mod weights;

pub use cells::why_not;

use crate::chart::{self, ChartError};
use crate::outcome::Outcome;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

/// Templates by name, embedded in the program.
const TEMPLATES: [(&str, &str); 5] = [
    (
        "report.html",
        include_str!("../../reports/evaluation/report.html"),
    ),
    (
        "parts.html",
        include_str!("../../reports/evaluation/parts.html"),
    ),
    (
        "indicator.html",
        include_str!("../../reports/evaluation/indicator.html"),
    ),
    (
        "effects.html",
        include_str!("../../reports/evaluation/effects.html"),
    ),
    (
        "style.css",
        include_str!("../../reports/evaluation/style.css"),
    ),
];

/// Why a report could not be made.
#[derive(Debug)]
pub enum ReportError {
    /// A chart could not be drawn.
    Chart(ChartError),
    /// A template is wrong.
    Template(minijinja::Error),
}

impl std::fmt::Display for ReportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReportError::Chart(cause) => write!(f, "A chart of the report can't be drawn: {cause}"),
            ReportError::Template(cause) => {
                write!(f, "The report's template can't be filled in: {cause:#}")
            }
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReportError::Chart(cause) => Some(cause),
            ReportError::Template(cause) => Some(cause),
        }
    }
}

impl From<ChartError> for ReportError {
    fn from(cause: ChartError) -> Self {
        ReportError::Chart(cause)
    }
}

impl From<minijinja::Error> for ReportError {
    fn from(cause: minijinja::Error) -> Self {
        ReportError::Template(cause)
    }
}

/// The evaluation report as one self-contained HTML file, made from the outcome alone.
///
/// # Errors
/// When a chart can't be drawn or a template can't be filled in.
pub fn html(outcome: &Outcome) -> Result<String, ReportError> {
    let report = view::Report::new(outcome)?;
    Ok(environment(&TEMPLATES)?
        .get_template("report.html")?
        .render(Serde(&report))?)
}

/// Templates by name, ready to be filled in: HTML is escaped, and a name that is not there is a fault.
fn environment(
    templates: &[(&'static str, &'static str)],
) -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "css" | "js")) => AutoEscape::None,
        _ => AutoEscape::Html,
    });
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    for (name, source) in templates {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// Font of the report: the embedded one of the charts, then what the system has.
fn fonts() -> (String, &'static str) {
    (chart::font_face_css(), chart::FONT_FAMILY)
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
