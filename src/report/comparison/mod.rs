//! The report of a comparison of programmes: one HTML file that needs nothing else, its figures, and the data behind them.

mod articles;
mod context;
mod data;
mod differences;
mod equivalence;
mod figures;
mod found;
mod key;
mod league;
mod limits;
mod plane;
mod pooled;
mod pooled_tables;
mod profiles;
mod qca;
mod qca_tables;
mod room;
mod sources;
mod trend;
mod values;
mod voice;

pub use data::{Data, Datum, ends, fact};
pub use figures::{ComparedFigure, comparison_figures};

use super::format::Locale;
use super::quality::{FindingView, finding_views};
use super::view::{Figure, Table, css_string};
use super::{ReportError, environment, fonts};
use crate::chart::theme_css;
use crate::outcome::comparison::{Compared, Part};
use minijinja::HtmlEscape;
use minijinja::value::{Serde, Value};
use serde::Serialize;

/// Templates by name, embedded in the program.
const TEMPLATES: [(&str, &str); 4] = [
    (
        "comparison.html",
        include_str!("../../../reports/comparison/comparison.html"),
    ),
    (
        "comparison.css",
        include_str!("../../../reports/comparison/comparison.css"),
    ),
    (
        "parts.html",
        include_str!("../../../reports/evaluation/parts.html"),
    ),
    (
        "style.css",
        include_str!("../../../reports/evaluation/style.css"),
    ),
];

/// With more comparisons than this, each is folded under its finding, with one figure and the tables that matter most.
const FOLDED: usize = 20;

/// The comparison as one self-contained HTML file, made from the saved comparison alone.
///
/// # Errors
/// When a chart can't be drawn or a template can't be filled in.
pub fn comparison_html(compared: &Compared) -> Result<String, ReportError> {
    comparison_html_with(compared, &comparison_figures(compared)?)
}

/// The same with figures that were drawn before, those of [`comparison_figures`] of the same comparison.
///
/// # Errors
/// When a template can't be filled in.
pub fn comparison_html_with(
    compared: &Compared,
    figures: &[ComparedFigure],
) -> Result<String, ReportError> {
    let report = Report::new(compared, figures);
    let mut environment = environment(&TEMPLATES)?;
    environment.add_filter("coded", |text: &str| Value::from_safe_string(coded(text)));
    Ok(environment
        .get_template("comparison.html")?
        .render(Serde(&report))?)
}

/// Text as HTML, what stands between backticks as code.
fn coded(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    // An odd backtick at the end marks nothing.
    if pieces.len() % 2 == 0 {
        return HtmlEscape(text).to_string();
    }
    let marked = pieces.iter().enumerate().map(|(at, piece)| match at % 2 {
        0 => HtmlEscape(piece).to_string(),
        _ => format!("<code>{}</code>", HtmlEscape(piece)),
    });
    marked.collect()
}

/// The whole report.
#[derive(Serialize)]
struct Report {
    title: String,
    css_title: String,
    font_face: String,
    font_family: &'static str,
    chart_css: String,
    description: String,
    facts: Vec<(String, String)>,
    notes: Vec<String>,
    key: key::Key,
    limits: Vec<(String, String)>,
    overview: Vec<Table>,
    /// Whether the comparisons are folded.
    folded: bool,
    /// Whether there was no room for their figures.
    bare: bool,
    articles: Vec<Article>,
    mixes: Vec<Table>,
    profiles: Option<PartView>,
    plane: Option<PartView>,
    qca: Vec<Article>,
    methods: Vec<sources::Method>,
    mismatches: Vec<sources::MismatchView>,
    sources: Table,
    files: Option<Table>,
    provenance: Vec<(&'static str, String)>,
    findings: Vec<FindingView>,
}

/// One comparison, or one qualitative analysis.
#[derive(Serialize, Default)]
struct Article {
    anchor: String,
    name: String,
    badge: Option<&'static str>,
    tags: Vec<String>,
    said: Vec<String>,
    remarks: Vec<String>,
    /// Parts that could not be made, and what to do.
    refusals: Vec<String>,
    parts: Vec<PartView>,
    facts: Vec<(&'static str, String)>,
}

/// A part of a comparison.
#[derive(Serialize)]
struct PartView {
    #[serde(skip)]
    part: Part,
    id: String,
    title: String,
    said: Vec<String>,
    figures: Vec<Figure>,
    tables: Vec<Table>,
    /// Tables that are folded.
    details: Vec<Table>,
    /// Text and anchor.
    links: Vec<(String, String)>,
}

impl PartView {
    fn new(part: Part, anchor: &str, title: &str) -> PartView {
        let word = format!("{part:?}").to_lowercase();
        PartView {
            part,
            id: match part {
                Part::Profiles | Part::Plane | Part::Qca => anchor.to_owned(),
                _ => format!("{anchor}-{word}-part"),
            },
            title: title.to_owned(),
            said: Vec::new(),
            figures: Vec::new(),
            tables: Vec::new(),
            details: Vec::new(),
            links: Vec::new(),
        }
    }
}

impl Report {
    fn new(compared: &Compared, figures: &[ComparedFigure]) -> Report {
        let locale = Locale::of(&compared.locale);
        let (font_face, font_family) = fonts();
        let folded = compared.comparisons.len() > FOLDED;
        let mixes = context::mixes(compared);
        let room = room::Room::of(figures, folded);
        let show = articles::Showing {
            compared,
            figures,
            folded,
            room,
            mixes: &mixes,
        };
        let articles = (0..compared.comparisons.len()).filter_map(|at| show.article(at));
        let whole = |part: Option<PartView>| {
            part.map(|mut part| {
                let kind = part.part;
                let own = figures.iter().filter(|f| f.of.is_none() && f.part == kind);
                own.for_each(|f| room::place(&mut part, f));
                part
            })
        };
        let qca = compared.qca.iter().enumerate().map(|(at, one)| {
            let mut article = qca::article(compared, one, &locale);
            for part in &mut article.parts {
                let negated = part.id.ends_with("-absent");
                let own = figures.iter().filter(|f| {
                    f.part == Part::Qca && f.of == Some(at) && f.negated == Some(negated)
                });
                if part.id.ends_with("-present") || negated {
                    own.for_each(|f| room::place(part, f));
                }
            }
            article
        });
        Report {
            title: compared.title.clone(),
            css_title: css_string(&compared.title),
            font_face,
            font_family,
            chart_css: theme_css(),
            description: compared.description.clone(),
            facts: sources::facts(compared, &locale),
            notes: compared.notes.clone(),
            key: key::Key::new(compared, &locale),
            limits: limits::limits(compared, &locale),
            overview: sources::overview(compared, &locale),
            folded,
            bare: room == room::Room::None,
            articles: articles.collect(),
            mixes: mixes
                .iter()
                .map(|m| context::mix_table(m, |n| locale.count(n as u64)))
                .collect(),
            profiles: whole(profiles::part(compared, &locale)),
            plane: whole(plane::part(compared, &locale)),
            qca: qca.collect(),
            methods: sources::methods(compared, &locale),
            mismatches: sources::mismatches(compared),
            sources: sources::table(compared, &locale),
            files: sources::files(compared),
            provenance: sources::provenance(compared, &locale),
            findings: finding_views(&compared.findings, &locale),
        }
    }
}

/// Letters that are safe in anchors and in names of files.
fn safe(id: &str) -> String {
    let safe = id.chars().map(|c| match c {
        '/' => '.',
        c if c.is_ascii_alphanumeric() || c == '_' => c,
        _ => '-',
    });
    safe.collect()
}

/// Where a comparison is on the page; unique.
fn article_anchor(compared: &Compared, at: usize) -> String {
    format!("c-{}", stem(compared, at))
}

/// The name of a comparison in anchors and file names; unique, whatever the ids are.
fn stem(compared: &Compared, at: usize) -> String {
    let id = |at: usize| {
        compared
            .comparisons
            .get(at)
            .map(|c| safe(&c.id))
            .unwrap_or_default()
    };
    let own = id(at);
    let earlier = (0..at)
        .filter(|i| id(*i).eq_ignore_ascii_case(&own))
        .count();
    match earlier {
        0 => own,
        n => format!("{own}-{}", n + 1),
    }
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
