//! What the templates are given: structs of text that is ready to print.

use super::cells::Names;
use super::format::Locale;
use super::{
    ReportError, audit, effects, fonts, glance, glossary, indicator, key, lost, planned, quality,
    title, weights,
};
use crate::chart::{Svg, theme_css, unstyled};
use crate::outcome::Outcome;
use serde::Serialize;

/// The whole report.
#[derive(Serialize)]
pub(super) struct Report {
    pub title: String,
    /// The title as a CSS string, for the running header.
    pub css_title: String,
    pub font_face: String,
    pub font_family: &'static str,
    /// Style of the charts, which they leave out.
    pub chart_css: String,
    pub front: title::Front,
    pub findings: key::Findings,
    pub glance: Option<Table>,
    /// What was done to figures of persons, where these are not as computed.
    pub changed: Option<String>,
    pub effects: Option<effects::EffectsView>,
    pub audit: audit::Audit,
    pub plane: Option<audit::PlaneView>,
    pub dimensions: Vec<indicator::Dimension>,
    pub not_computable: Option<Table>,
    pub weights: Vec<weights::WeightsView>,
    pub plan: Option<planned::PlanView>,
    pub quality: quality::QualityView,
    pub provenance: quality::ProvenanceView,
    pub glossary: Vec<glossary::Term>,
}

impl Report {
    /// Everything that the report says, from the outcome.
    pub fn new(outcome: &Outcome) -> Result<Report, ReportError> {
        let locale = Locale::of(&outcome.evaluation.locale);
        let names = Names::new(&outcome.programmes);
        let (font_face, font_family) = fonts();
        let (effects, dimensions) = rayon::join(
            || effects::EffectsView::new(outcome, &locale, &names),
            || indicator::dimensions(outcome, &locale, &names),
        );
        Ok(Report {
            title: outcome.evaluation.title.clone(),
            css_title: css_string(&outcome.evaluation.title),
            font_face,
            font_family,
            chart_css: theme_css(),
            front: title::Front::new(outcome, &locale),
            findings: key::Findings::new(outcome, &locale, &names),
            glance: glance::table(outcome, &locale, &names),
            changed: glance::changed(outcome),
            effects: effects?,
            audit: audit::Audit::new(outcome, &locale)?,
            plane: audit::PlaneView::new(outcome, &locale, &names)?,
            dimensions: dimensions?,
            not_computable: lost::not_computable(outcome),
            weights: weights::weights(outcome, &locale),
            plan: planned::plan(outcome, &locale),
            quality: quality::QualityView::new(outcome, &locale),
            provenance: quality::ProvenanceView::new(outcome, &locale),
            glossary: glossary::terms(
                &locale,
                outcome.evaluation.confidence,
                !outcome.effects.is_empty(),
            ),
        })
    }
}

/// A table. The first cell of a row is its heading.
#[derive(Serialize, Default)]
pub(super) struct Table {
    pub id: String,
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Footnotes: mark and text.
    pub notes: Vec<(String, String)>,
    /// What the table leaves out and where it is.
    pub cut: Option<String>,
    /// Printed in two columns: long, and narrow enough for it.
    pub split: bool,
}

impl Table {
    pub fn new(id: impl Into<String>, caption: impl Into<String>, columns: Vec<Column>) -> Table {
        Table {
            id: id.into(),
            caption: caption.into(),
            columns,
            ..Table::default()
        }
    }

    pub fn push(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row {
            strong: false,
            group: None,
            cells,
        });
    }

    /// Starts a group of rows under a heading, unless the rows before are of the same group.
    pub fn group(&mut self, heading: &str) {
        let last = self.rows.iter().rev().find_map(|row| row.group.as_deref());
        if last != Some(heading) {
            self.rows.push(Row {
                strong: false,
                group: Some(heading.to_owned()),
                cells: Vec::new(),
            });
        }
    }

    /// The mark of a footnote; the same text gets the same mark.
    pub fn note(&mut self, text: &str) -> String {
        if let Some((mark, _)) = self.notes.iter().find(|(_, known)| known == text) {
            return mark.clone();
        }
        let mark = letters(self.notes.len());
        self.notes.push((mark.clone(), text.to_owned()));
        mark
    }
}

/// a, b, ... z, aa, ab, ...
fn letters(at: usize) -> String {
    let last = char::from(b'a' + (at % 26) as u8);
    match at / 26 {
        0 => last.to_string(),
        rest => format!("{}{last}", letters(rest - 1)),
    }
}

/// A column's heading.
#[derive(Serialize)]
pub(super) struct Column {
    pub label: String,
    pub numeric: bool,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Column {
        Column {
            label: label.into(),
            numeric: false,
        }
    }

    pub fn number(label: impl Into<String>) -> Column {
        Column {
            label: label.into(),
            numeric: true,
        }
    }
}

/// A row of a table.
#[derive(Serialize)]
pub(super) struct Row {
    pub strong: bool,
    /// Heading of the rows that follow; such a row has no cells.
    pub group: Option<String>,
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Serialize, Default)]
pub(super) struct Cell {
    pub text: String,
    /// Anchor on this page that the text links to.
    pub link: Option<String>,
    /// Longer text shown on hovering.
    pub title: Option<String>,
    /// Mark of a footnote.
    pub note: Option<String>,
    /// More words on a line of their own, set back.
    pub under: Option<String>,
    /// Class: empty, `absent` (no value), `badge` (kind of evidence), `code`, `yes`, `no`.
    pub class: &'static str,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            ..Cell::default()
        }
    }

    /// Words that stand where there is no value.
    pub fn absent(text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            class: "absent",
            ..Cell::default()
        }
    }

    /// A cell that has nothing to say.
    pub fn none() -> Cell {
        Cell::absent("–")
    }
}

/// A chart in its two widths.
#[derive(Serialize)]
pub(super) struct Figure {
    pub wide: String,
    pub narrow: String,
    pub alt: String,
    pub caption: String,
}

impl Figure {
    pub fn new(svg: Svg, caption: impl Into<String>) -> Figure {
        Figure {
            wide: unstyled(&svg.wide),
            narrow: unstyled(&svg.narrow),
            alt: svg.alt,
            caption: caption.into(),
        }
    }
}

/// Text as a CSS string that no text can break out of: all but letters, digits and blanks is written as a code point.
pub(super) fn css_string(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || character == ' ' {
            out.push(character);
        } else {
            out.push_str(&format!("\\{:x} ", u32::from(character)));
        }
    }
    out.push('"');
    out
}
