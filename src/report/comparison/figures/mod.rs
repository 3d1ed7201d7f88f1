//! The figures of a comparison, each with its name, its words and the data behind it; for the report and for files alike.

mod levels;
mod over;
mod pooled;
mod ranks;
mod strata;
mod whole;

use super::data::Data;
use super::voice::Voice;
use super::{safe, stem};
use crate::chart::Svg;
use crate::outcome::comparison::{Compared, Part};
use crate::report::ReportError;
use crate::report::view::Figure;
use rayon::prelude::*;

/// A figure of a comparison.
#[derive(Debug, Clone)]
pub struct ComparedFigure {
    /// Name of its files, without an ending: letters, digits, `.`, `-`, `_`. Unique.
    pub stem: String,
    /// What it shows, in a few words.
    pub title: String,
    /// What stands beneath it.
    pub caption: String,
    /// The chart for wide and for narrow pages.
    pub svg: Svg,
    /// What is drawn, as numbers.
    pub data: Data,
    /// The part that it belongs to.
    pub part: Part,
    /// Index of its comparison, or of its qualitative analysis; `None` where it is about the whole.
    pub of: Option<usize>,
    /// Whether it is about the absence of an outcome, where it is about an outcome.
    pub(super) negated: Option<bool>,
}

impl ComparedFigure {
    /// Whether it belongs to a qualitative analysis, which `of` counts by itself.
    pub fn is_qualitative(&self) -> bool {
        self.part == Part::Qca
    }

    /// As the templates have it.
    pub(super) fn figure(&self) -> Figure {
        Figure::new(self.svg.clone(), self.caption.clone())
    }
}

/// A chart with its words and data, before it is named.
pub(super) struct Drawn {
    pub tail: &'static str,
    pub title: String,
    pub caption: String,
    pub svg: Svg,
    pub data: Data,
    pub part: Part,
}

/// All figures, in the order of the comparisons; the same with any number of threads.
///
/// # Errors
/// When a chart can't be drawn.
pub fn comparison_figures(compared: &Compared) -> Result<Vec<ComparedFigure>, ReportError> {
    let single: Result<Vec<Vec<ComparedFigure>>, ReportError> = (0..compared.comparisons.len())
        .into_par_iter()
        .map(|at| of_comparison(compared, at))
        .collect();
    let mut all: Vec<ComparedFigure> = single?.into_iter().flatten().collect();
    all.extend(named("whole", None, None, whole::profiles(compared)?));
    all.extend(named("whole", None, None, whole::plane(compared)?));
    for (at, qca) in compared.qca.iter().enumerate() {
        for analysis in &qca.analyses {
            let id = match analysis.negated {
                true => format!("{}.absent", safe(&qca.id)),
                false => safe(&qca.id),
            };
            let drawn = whole::solutions(compared, qca, analysis)?;
            all.extend(named(&id, Some(at), Some(analysis.negated), drawn));
        }
    }
    unique(&mut all);
    Ok(all)
}

fn of_comparison(compared: &Compared, at: usize) -> Result<Vec<ComparedFigure>, ReportError> {
    let Some(comparison) = compared.comparisons.get(at) else {
        return Ok(Vec::new());
    };
    if comparison.refusals.iter().any(|r| r.part == Part::Values) {
        return Ok(Vec::new());
    }
    let voice = Voice::new(compared, comparison);
    let mut drawn = Vec::new();
    drawn.extend(ranks::league(&voice)?);
    drawn.extend(levels::margin(&voice)?);
    drawn.extend(levels::differences(&voice)?);
    drawn.extend(pooled::forest(&voice)?);
    drawn.extend(pooled::small_study(&voice)?);
    // The forest of a mean has all values in it.
    if comparison.pooled.is_none() {
        drawn.extend(levels::values(&voice)?);
    }
    drawn.extend(strata::strata(&voice)?);
    drawn.extend(over::values(&voice)?);
    drawn.extend(over::ranks(&voice)?);
    drawn.extend(over::gaps(&voice)?);
    Ok(named(&stem(compared, at), Some(at), None, drawn))
}

fn named(
    stem: &str,
    of: Option<usize>,
    negated: Option<bool>,
    drawn: impl IntoIterator<Item = Drawn>,
) -> Vec<ComparedFigure> {
    drawn
        .into_iter()
        .map(|d| ComparedFigure {
            stem: match stem {
                "whole" => d.tail.to_owned(),
                stem => format!("{stem}.{}", d.tail),
            },
            title: d.title,
            caption: d.caption,
            svg: d.svg,
            data: d.data,
            part: d.part,
            of,
            negated,
        })
        .collect()
}

/// Names that differ in more than capital letters, whatever the ids are.
fn unique(figures: &mut [ComparedFigure]) {
    let mut seen = std::collections::BTreeSet::new();
    for figure in figures {
        let base = figure.stem.clone();
        let mut number = 2;
        while !seen.insert(figure.stem.to_ascii_lowercase()) {
            figure.stem = format!("{base}-{number}");
            number += 1;
        }
    }
}

/// Figures of up to this weight say more than a table of values beside them.
pub(super) const TELLING: usize = 2;

/// The order in which figures say most, for pages with room for one.
pub(super) fn weight(part: Part) -> usize {
    match part {
        Part::Equivalence => 0,
        Part::League => 1,
        Part::Pooled => 2,
        Part::Values => 3,
        Part::Differences => 4,
        _ => 5,
    }
}
