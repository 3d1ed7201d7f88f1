//! Figures of the whole: profiles, the output-process plane, and solutions of a qualitative analysis.

use super::Drawn;
use crate::chart::{self, Matrix, MatrixCell, Plane, PlanePoint};
use crate::outcome::comparison::{Compared, Part, Qca, QcaAnalysis};
use crate::report::ReportError;
use crate::report::comparison::data::{Data, Datum, ends};
use crate::report::comparison::profiles::case_name;
use crate::report::format::{Locale, Style};

/// The heat map of standardised values.
pub(super) fn profiles(compared: &Compared) -> Result<Vec<Drawn>, ReportError> {
    let Some(profiles) = &compared.profiles else {
        return Ok(Vec::new());
    };
    let style = Style::fixed(Locale::of(&compared.locale), 1);
    let format = |v: f64| style.value(v);
    let title = "Profiles: indicators by programmes".to_owned();
    let svg = chart::matrix(&Matrix {
        title: title.clone(),
        unit: "standardised".to_owned(),
        row_title: "programmes".to_owned(),
        column_title: "measures".to_owned(),
        rows: profiles.rows.iter().map(|r| case_name(compared, r.case).to_owned()).collect(),
        columns: profiles.columns.iter().map(|c| c.measure.name.clone()).collect(),
        cells: profiles
            .rows
            .iter()
            .map(|r| {
                let cells = r.cells.iter();
                cells
                    .map(|c| match c.standardised {
                        Some(v) => MatrixCell::Value(v),
                        None => MatrixCell::Without(c.status.clone()),
                    })
                    .collect()
            })
            .collect(),
        format: &format,
    })?;
    Ok(vec![Drawn {
        tail: "profiles",
        caption: format!("{} Empty cells have no value.", profiles.method),
        title,
        svg,
        data: profile_data(compared),
        part: Part::Profiles,
    }])
}

/// A row per programme and measure.
fn profile_data(compared: &Compared) -> Data {
    let mut data = Data::new(&["programme", "name", "measure", "value", "standardised", "status", "unit"]);
    for profiles in &compared.profiles {
        for row in &profiles.rows {
            for (column, cell) in profiles.columns.iter().zip(&row.cells) {
                let unit = column.measure.unit.as_str();
                data.push(vec![
                    Datum::text(compared.cases.get(row.case).map_or("", |c| c.id.as_str())),
                    Datum::text(case_name(compared, row.case)),
                    Datum::text(&column.measure.id),
                    Datum::of(cell.value, unit),
                    Datum::number(cell.standardised),
                    Datum::text(&cell.status),
                    Datum::text(unit),
                ]);
            }
        }
    }
    data
}

/// Output score against process score.
pub(super) fn plane(compared: &Compared) -> Result<Option<Drawn>, ReportError> {
    let Some(plane) = compared.plane.as_ref().filter(|p| !p.points.is_empty()) else {
        return Ok(None);
    };
    let style = Style::fixed(Locale::of(&compared.locale), 1);
    let format = |v: f64| style.value(v);
    let title = "Outputs and process side by side".to_owned();
    let svg = chart::plane(&Plane {
        title: title.clone(),
        x_label: "Output score".to_owned(),
        y_label: "Process score".to_owned(),
        quadrants: QUADRANTS.map(str::to_owned),
        points: plane
            .points
            .iter()
            .map(|p| PlanePoint {
                label: case_name(compared, p.case).to_owned(),
                x: p.output,
                y: p.process,
            })
            .collect(),
        format: &format,
    })?;
    let mut data = Data::new(&[
        "programme", "name", "output", "output_low", "output_high", "process", "process_low", "process_high",
    ]);
    for point in &plane.points {
        let ((x_low, x_high), (y_low, y_high)) = (ends(point.output_interval), ends(point.process_interval));
        data.push(vec![
            Datum::text(compared.cases.get(point.case).map_or("", |c| c.id.as_str())),
            Datum::text(case_name(compared, point.case)),
            Datum::number(Some(point.output)),
            Datum::number(x_low),
            Datum::number(x_high),
            Datum::number(Some(point.process)),
            Datum::number(y_low),
            Datum::number(y_high),
        ]);
    }
    Ok(Some(Drawn {
        tail: "plane",
        caption: "Each point is a programme; zero is the average of the programmes shown.".to_owned(),
        title,
        svg,
        data,
        part: Part::Plane,
    }))
}

/// Names of the quarters: top left, top right, bottom left, bottom right.
const QUADRANTS: [&str; 4] = [
    "process without much output",
    "both above average",
    "both below average",
    "output without much process",
];

/// The leading solution of an analysis.
pub(super) fn solutions(
    _compared: &Compared,
    _qca: &Qca,
    _analysis: &QcaAnalysis,
) -> Result<Vec<Drawn>, ReportError> {
    Ok(Vec::new())
}
