//! The balance audit (what is measured; [`super::balance`] has the rest) and the output-process plane.

use super::ReportError;
use super::balance::{self, Effort, Span, spans};
use super::cells::{
    MOST_ROWS, Names, capitalised, dimension_name, extremes, kind_name, listed, plural, side_name,
};
use super::format::{Locale, Style};
use super::view::{Cell, Column, Figure, Table};
use crate::chart::{self, Grid, GridCell};
use crate::outcome::{Kind, Outcome, PlanePoint, Side};
use serde::Serialize;

pub(super) const KINDS: [Kind; 3] = [Kind::Output, Kind::Process, Kind::Structure];
pub(super) const SIDES: [Side; 3] = [Side::Origin, Side::Destination, Side::Both];

/// What the evaluation measures and where it is blind.
#[derive(Serialize)]
pub(super) struct Audit {
    pub output_only: bool,
    pub verdict: Vec<String>,
    pub figure: Figure,
    pub dimensions: Option<Figure>,
    pub criteria: Option<Figure>,
    pub table: Table,
    pub effort: Option<Effort>,
    pub gaps: Option<Table>,
    pub advice: Vec<Vec<Span>>,
}

impl Audit {
    pub fn new(outcome: &Outcome, locale: &Locale) -> Result<Audit, ReportError> {
        let audit = &outcome.audit;
        let cells = KINDS.map(|kind| {
            let row = SIDES.map(|side| {
                let (computed, lost) = count(outcome, kind, Some(side), None);
                let level = match (computed, lost) {
                    (0, 0) => 0,
                    (0, _) => 1,
                    _ => 2,
                };
                GridCell {
                    text: tally(computed, lost, locale),
                    level,
                }
            });
            Vec::from(row)
        });
        let grid = Grid {
            title: "Indicators computed, by kind and side".to_owned(),
            columns: SIDES.map(|s| capitalised(side_name(s))).to_vec(),
            rows: KINDS.map(|k| capitalised(kind_name(k))).to_vec(),
            cells: Vec::from(cells),
        };
        let figure = Figure::new(
            chart::grid(&grid)?,
            "Indicators computed, by what they measure and by the locality they speak of; 2/5 means that two of five asked for could be computed.",
        );
        Ok(Audit {
            output_only: audit.output_only,
            verdict: audit.verdict.clone(),
            figure,
            dimensions: balance::dimensions(outcome, locale)?,
            criteria: balance::criteria(outcome, locale)?,
            table: table(outcome, locale),
            effort: balance::effort(outcome, locale),
            gaps: balance::gaps(outcome),
            advice: audit.advice.iter().map(|a| spans(&a.words)).collect(),
        })
    }
}

/// Indicators computed and not computable in the cells of the audit that match.
fn count(outcome: &Outcome, kind: Kind, side: Option<Side>, dimension: Option<&str>) -> (u64, u64) {
    let cells = outcome.audit.cells.iter().filter(|cell| {
        cell.kind == kind
            && side.is_none_or(|s| cell.side == s)
            && dimension.is_none_or(|d| cell.dimension == d)
    });
    cells.fold((0, 0), |sum, cell| {
        (
            sum.0 + cell.computed.len() as u64,
            sum.1 + cell.not_computable.len() as u64,
        )
    })
}

pub(super) fn tally(computed: u64, lost: u64, locale: &Locale) -> String {
    match (computed, lost) {
        (0, 0) => "none".to_owned(),
        (_, 0) => locale.count(computed),
        _ => format!(
            "{}/{}",
            locale.count(computed),
            locale.count(computed + lost)
        ),
    }
}

/// Dimension by kind, the blind dimensions of the library last.
fn table(outcome: &Outcome, locale: &Locale) -> Table {
    let mut columns = vec![Column::text("Dimension")];
    columns.extend(KINDS.map(|kind| Column::number(capitalised(kind_name(kind)))));
    let caption = "Indicators computed (computed/asked where they differ), by dimension and kind";
    let mut table = Table::new("audit-table", caption, columns);
    let mut dimensions: Vec<&str> = Vec::new();
    for cell in &outcome.audit.cells {
        if !dimensions.contains(&cell.dimension.as_str()) {
            dimensions.push(&cell.dimension);
        }
    }
    let blind = outcome.audit.blind_dimensions.iter().map(String::as_str);
    dimensions.extend(blind.filter(|d| !outcome.audit.cells.iter().any(|c| c.dimension == **d)));
    for dimension in dimensions {
        let mut cells = vec![Cell::text(dimension_name(dimension))];
        for kind in KINDS {
            let (computed, lost) = count(outcome, kind, None, Some(dimension));
            let text = tally(computed, lost, locale);
            cells.push(if computed == 0 {
                Cell::absent(text)
            } else {
                Cell::text(text)
            });
        }
        table.push(cells);
    }
    table
}

/// The output-process plane.
#[derive(Serialize)]
pub(super) struct PlaneView {
    pub figure: Option<Figure>,
    pub table: Table,
    pub method: String,
    pub outputs: String,
    pub processes: String,
    pub left_out: Option<String>,
}

impl PlaneView {
    pub fn new(
        outcome: &Outcome,
        locale: &Locale,
        names: &Names,
    ) -> Result<Option<PlaneView>, ReportError> {
        let Some(plane) = &outcome.plane else {
            return Ok(None);
        };
        let style = Style::fixed(*locale, 2);
        let placed: Vec<(&PlanePoint, f64, f64)> = plane
            .points
            .iter()
            .filter_map(|p| Some((p, p.output?, p.process?)))
            .collect();
        let points = placed.iter().map(|(p, x, y)| chart::PlanePoint {
            label: names.of(&p.programme).to_owned(),
            x: *x,
            y: *y,
            ..chart::PlanePoint::default()
        });
        let axis = Style::fixed(*locale, 1);
        let format = |value: f64| axis.value(value);
        let figure = if placed.is_empty() {
            None
        } else {
            let svg = chart::plane(&chart::Plane {
                title: "Output and process scores of programmes".to_owned(),
                x_label: "Output score".to_owned(),
                y_label: "Process score".to_owned(),
                quadrants: QUADRANTS.map(str::to_owned),
                points: points.collect(),
                counts: false,
                notes: Vec::new(),
                format: &format,
            })?;
            let caption =
                "One point per programme. A score of 0 is the mean of the programmes compared.";
            Some(Figure::new(svg, caption))
        };
        let without = (plane.points.len() - placed.len()) as u64;
        let left_out = (without > 0).then(|| {
            let have = plural(without, "programme has", "programmes have");
            let are = plural(without, "is", "are");
            let count = locale.count(without);
            format!("{count} {have} too few indicators for both scores and {are} not on the plane.")
        });
        let indicator_names = |ids: &[String]| {
            let name = |id: &String| {
                let known = outcome.indicators.iter().find(|i| i.definition.id == *id);
                known.map_or_else(|| id.clone(), |i| i.definition.name.clone())
            };
            listed(&ids.iter().map(name).collect::<Vec<_>>())
        };
        Ok(Some(PlaneView {
            figure,
            table: plane_table(&plane.points, &style, names),
            method: plane.method.clone(),
            outputs: indicator_names(&plane.output_indicators),
            processes: indicator_names(&plane.process_indicators),
            left_out,
        }))
    }
}

/// Names of the quarters: top left, top right, bottom left, bottom right.
const QUADRANTS: [&str; 4] = [
    "more process, fewer outputs",
    "more of both",
    "less of both",
    "more outputs, less process",
];

fn plane_table(points: &[PlanePoint], style: &Style, names: &Names) -> Table {
    let columns = vec![
        Column::text("Programme"),
        Column::number("Output score"),
        Column::number("Process score"),
        Column::number("Indicators (output, process)"),
    ];
    let mut table = Table::new("plane-table", "Scores by programme", columns);
    let (shown, left_out) = extremes(points.iter().collect(), |p| p.process);
    for point in shown {
        let score = |value: Option<f64>| {
            value.map_or_else(
                || Cell::absent("too few indicators"),
                |v| Cell::text(style.value(v)),
            )
        };
        table.push(vec![
            Cell::text(names.of(&point.programme)),
            score(point.output),
            score(point.process),
            Cell::text(format!("{}, {}", point.counted.0, point.counted.1)),
        ]);
    }
    if left_out > 0 {
        let left_out = style.locale.count(left_out as u64);
        table.cut = Some(format!(
            "Of more than {MOST_ROWS} programmes, those with the highest and the lowest process scores are shown; \
             {left_out} more are in outcome.json."
        ));
    }
    table
}
