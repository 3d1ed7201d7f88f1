//! Stage 1, define: indicator definitions become a checked catalogue.

mod assemble;
pub(crate) mod beside;
mod catalogue;
mod circles;
pub mod definition;
pub mod domain;
mod extend;
mod filled;
pub mod formula;
pub mod measure;
pub mod parameters;
pub mod percent;
mod schema;
mod source;

use crate::finding::{Finding, nearest};
use crate::outcome::{Criterion, Direction, Kind, Side};
use definition::MeasureFile;
pub use definition::{DefinitionFile, Example, Expected};
use extend::Composed;
use filled::Filled;
pub use formula::functions::{FUNCTIONS, Function};
use formula::node::Fault;
pub use measure::Measure;
use parameters::Values;
pub use schema::json_schema;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;

/// One checked definition.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Dimension.
    pub dimension: String,
    /// Side.
    pub side: Side,
    /// Question.
    pub question: String,
    /// Definition in plain words (the author's, else made from the formula).
    pub words: String,
    /// Formula, filter and table, one line each, as a reader sees them.
    pub formula: String,
    /// Numerator in words; empty where not said.
    pub numerator: String,
    /// Denominator in words; empty where there is none or it is not said.
    pub denominator: String,
    /// Unit.
    pub unit: String,
    /// Direction.
    pub direction: Direction,
    /// Source.
    pub source: String,
    /// What it does not show.
    pub limits: String,
    /// Means of verification.
    pub verification: String,
    /// DAC criteria.
    pub criteria: Vec<Criterion>,
    /// Rows S01-S25.
    pub rows: Vec<String>,
    /// Table needed (role or name); `None` for derived.
    pub table: Option<String>,
    /// Columns needed, as paths (`programme.start`).
    pub columns: Vec<String>,
    /// How it is computed.
    pub measure: Measure,
    /// Examples.
    pub examples: Vec<Example>,
    /// SHA-256 of the definition's meaning: the same for other spacing or comments in the file.
    pub hash: String,
    /// File it came from, as shown to the user.
    pub file: String,
    /// The TOML text.
    pub text: String,
    /// Whether it is one of the built-in library.
    pub builtin: bool,
    /// Id of the definition that it extends.
    pub extends: Option<String>,
    /// Parameters with the values inserted, as a reader would write them.
    pub parameters: BTreeMap<String, String>,
    /// What a reader should know of how the evaluation changed it.
    pub remarks: Vec<String>,
    /// Why it can't be computed whatever the data.
    pub refused: Option<String>,
    /// As merged from the files that it is written in.
    composed: Arc<Composed>,
    /// The same with its parameters inserted.
    filled: Arc<Filled>,
}

/// All definitions known to an evaluation.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// In order of kind, dimension, id.
    pub indicators: Vec<Indicator>,
    /// Ids of definitions with errors, which are not among them, each with its file.
    pub faulty: std::collections::BTreeMap<String, String>,
}

/// Parses and checks one definition that extends no other; [`Catalogue::parse`] takes those that do.
///
/// # Errors
/// A finding with the file, the line and the text underlined.
pub fn parse(text: &str, file: &str, builtin: bool) -> Result<Indicator, Box<Finding>> {
    Catalogue::default().parse(text, file, builtin)
}

/// Checks a definition, with the values `set` in place of the defaults of its parameters.
fn build(composed: Arc<Composed>, set: &Values) -> Result<Indicator, Box<Finding>> {
    let filled = composed.filled(set)?;
    let tree = Spanned::new(composed.root(), source::toml(&filled.tree));
    let mut definition = DefinitionFile::deserialize(toml::Deserializer::from(tree))
        .map_err(|e| Box::new(composed.underline(&e, &filled)))?;
    let (file, text, builtin) = match composed.own() {
        Some(own) => (own.file.clone(), own.text.clone(), own.builtin),
        None => Default::default(),
    };
    if let Some(bad) = bad_id(&definition) {
        let key = bad.place.column.clone().unwrap_or_default();
        return Err(Box::new(locate(bad.in_file(file), &text, &key)));
    }
    let shown = |(key, expression, fault): measure::MeasureFault| {
        let finding = fault_finding(&fault, &expression, key);
        Box::new(written_at(finding, &composed, &filled))
    };
    let measure = measure::parse(&definition.measure, definition.direction).map_err(shown)?;
    if let MeasureFile::Formula { value, .. } | MeasureFile::Derived { value, .. } =
        &definition.measure
    {
        percent::check(&definition.unit, &measure, value).map_err(shown)?;
    }
    if let Some(words) = &mut definition.definition {
        for sql in &filled.unsaid {
            if let Ok(node) = formula::parse::row(sql) {
                let only = formula::words::row(&node);
                *words = format!("{} Only where {only}.", words.trim_end());
            }
        }
    }
    let canonical = serde_json::to_string(&definition).unwrap_or_default();
    let words = definition.definition.clone();
    let plain = |(name, value): (&String, &parameters::Value)| (name.clone(), value.plain().into());
    Ok(Indicator {
        words: words.unwrap_or_else(|| measure::in_words(&definition.measure, &measure)),
        formula: measure::as_text(&definition.measure),
        table: measure.table().map(str::to_owned),
        columns: measure
            .columns()
            .iter()
            .map(|path| path.join("."))
            .collect(),
        measure,
        hash: hex(&Sha256::digest(canonical.as_bytes())),
        id: definition.id,
        name: definition.name,
        kind: definition.kind,
        dimension: definition.dimension,
        side: definition.side,
        question: said(definition.question),
        numerator: definition.numerator.unwrap_or_default(),
        denominator: definition.denominator.unwrap_or_default(),
        unit: definition.unit,
        direction: definition.direction,
        source: definition.source,
        limits: definition.limits.unwrap_or_default(),
        verification: definition.verification.unwrap_or_default(),
        criteria: definition.criteria,
        rows: definition.rows,
        examples: definition.examples,
        file,
        text,
        builtin,
        extends: composed.extends.clone(),
        parameters: filled.values.iter().map(plain).collect(),
        remarks: vec![],
        refused: None,
        composed,
        filled: Arc::new(filled),
    })
}

/// A question that was never written, as earlier versions began definitions with it.
const UNWRITTEN: &str = "Which question does it answer?";

/// The question, or nothing where the text is that which a definition was begun with.
fn said(question: String) -> String {
    match question.trim() == UNWRITTEN {
        true => String::new(),
        false => question,
    }
}

/// A fault in an expression of the measure, with file and line of where that is written.
fn written_at(finding: Finding, composed: &Composed, filled: &Filled) -> Finding {
    let key = finding.place.column.clone().unwrap_or_default();
    let byte = finding.excerpt.as_ref().map_or(0, |e| e.start);
    match (filled.span(&key, byte), composed.own()) {
        (Some(span), _) => composed.place(finding, &span),
        (None, Some(own)) => finding.in_file(&own.file),
        (None, None) => finding,
    }
}

impl Indicator {
    /// A finding on an expression of its measure (the key is the finding's column), with file and line of where that is
    /// written: its own file, or one that it extends.
    pub fn locate(&self, finding: Finding) -> Finding {
        written_at(finding, &self.composed, &self.filled)
    }
}

/// Bytes as hexadecimal text.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn bad_id(definition: &DefinitionFile) -> Option<Finding> {
    let kebab = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && !word.starts_with('-')
            && !word.ends_with('-')
    };
    for (key, word) in [("id", &definition.id), ("dimension", &definition.dimension)] {
        if !kebab(word) {
            let message = format!("The {key} `{word}` is not kebab-case.");
            let help = "Use small letters, digits and hyphens: `claims-adopted`.";
            return Some(Finding::error("definition-bad-id", message, help).in_column(key));
        }
    }
    None
}

fn locate(finding: Finding, text: &str, key: &str) -> Finding {
    match text.lines().position(|l| l.trim_start().starts_with(key)) {
        Some(line) => finding.at_line(line as u64 + 1),
        None => finding,
    }
}

/// A finding from a TOML error, with line, underlined text and the nearest key.
pub fn toml_finding(error: &toml::de::Error, text: &str, file: &str) -> Finding {
    toml_fault(error.message(), error.span(), text, file)
}

fn toml_fault(message: &str, span: Option<Range<usize>>, text: &str, file: &str) -> Finding {
    let message = message.trim_end_matches('.');
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let help = match quoted.split_first() {
        Some((word, known)) if message.starts_with("unknown") => {
            match nearest(word, known.iter().copied()) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "docs/formats.md lists the keys.".to_owned(),
            }
        }
        _ => "docs/formats.md describes the file.".to_owned(),
    };
    // A table of an evaluation or a comparison is no definition.
    let code = match file.ends_with("evaluation.toml") {
        true => "evaluation-toml",
        false => "definition-toml",
    };
    let finding = Finding::error(code, format!("{message}."), help).in_file(file);
    match span.map(|span| word_in(text, span, &quoted)) {
        Some(span) => {
            let line = text[..span.start.min(text.len())].matches('\n').count() as u64 + 1;
            finding
                .at_line(line)
                .with_excerpt(text, span.start, span.end)
        }
        None => finding,
    }
}

/// The place of the quoted word that an error is about within the table that it names, where that is all it says.
fn word_in(text: &str, span: Range<usize>, quoted: &[&str]) -> Range<usize> {
    let is_header = text.get(span.clone()).is_some_and(|t| t.starts_with('['));
    let word = quoted.first().filter(|_| is_header);
    let found = word.and_then(|word| {
        let rest = text.get(span.end..)?;
        let table = rest.split("\n[").next().unwrap_or(rest);
        let at = table
            .find(&format!("\"{word}\""))
            .map(|at| at + 1)
            .or_else(|| table.find(&format!("\n{word} ")).map(|at| at + 1))?;
        Some(span.end + at..span.end + at + word.len())
    });
    found.unwrap_or(span)
}

/// A finding from a fault in an expression.
pub fn fault_finding(fault: &Fault, expression: &str, key: &str) -> Finding {
    Finding::error(fault.code, fault.message.clone(), fault.help.clone())
        .in_column(key)
        .with_excerpt(expression, fault.span.start, fault.span.end)
}
