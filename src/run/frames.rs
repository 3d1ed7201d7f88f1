//! An evaluation of tables that a program hands over, without files.

use super::{Quiet, evaluated, hash_of, plain, planned};
use crate::dataset;
use crate::evaluation::Evaluation;
use crate::finding::Stop;
use crate::indicator::Catalogue;
use crate::outcome::Outcome;
use polars::prelude::DataFrame;

/// Evaluates tables that a program holds as polars frames, without files.
///
/// Each table comes with its description: a resource of a data package as JSON (docs/formats.md), without `path`; fields that
/// it doesn't describe are taken as the frame has them. `definitions` are indicators of one's own beside the built-in library:
/// a name to tell them by in findings, and the text of the definition. `evaluation` is the text of an `evaluation.toml`.
/// [`crate::export::estimates_frame`] and [`crate::export::effects_frame`] give the result back as frames.
///
/// ```
/// use codev::{export, run};
/// use polars::prelude::{DataFrame, NamedFrom, Series};
///
/// let people = DataFrame::new(4, vec![
///     Series::new("town".into(), ["Haarlem", "Haarlem", "Emirdag", "Emirdag"]).into(),
///     Series::new("trust".into(), [3.0, 4.0, 2.0, 5.0]).into(),
/// ])?;
/// let described = r#"{ "name": "people", "codev": { "unit": "person", "programme": "town", "sampling": "census" } }"#;
/// let trust = r#"
/// id = "trust-in-town-hall"
/// name = "Trust in the town hall"
/// kind = "process"
/// dimension = "integration"
/// side = "both"
/// question = "How far do people trust the town hall?"
/// unit = "points"
/// direction = "higher-is-better"
/// source = "own"
/// [measure]
/// type = "formula"
/// table = "people"
/// value = "AVG(trust)"
/// "#;
/// let outcome = run::evaluate_frames(
///     vec![(described.to_owned(), people)],
///     &[("trust.toml".to_owned(), trust.to_owned())],
///     // Made-up persons need no protection: of real ones groups of fewer than 5 are withheld.
///     "title = \"Trust\"\nindicators = [\"trust-in-town-hall\"]\nsmall_cells = 0",
/// )?;
/// let estimates = export::estimates_frame(&outcome)?;
/// let values: Vec<Option<f64>> = estimates.column("value")?.f64()?.iter().collect();
/// assert_eq!(values, [Some(3.5), Some(3.5), Some(3.5)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// A [`Stop`] when a description or the evaluation is malformed. Anything less is in the outcome.
pub fn evaluate_frames(
    tables: Vec<(String, DataFrame)>,
    definitions: &[(String, String)],
    evaluation: &str,
) -> Result<Outcome, Stop> {
    let parsed = Evaluation::parse(evaluation)?;
    let hash = hash_of("evaluation.toml", evaluation.as_bytes());
    let dataset = dataset::from_frames(tables)?;
    let asked = (parsed, hash, plain(evaluation));
    let prepared = planned(asked, Catalogue::with(definitions), dataset)?;
    evaluated(prepared, &[], &Quiet)
}
