//! Figures of the whole: profiles, the output-process plane, and solutions of a qualitative analysis.

use super::Drawn;
use crate::chart::{
    self, HeatCell, HeatColumn, HeatMap, HeatRow, Parallel, ParallelAxis, ParallelLine, Plane,
    PlanePoint, Relation, XyCase, XyPlot,
};
use crate::outcome::Direction;
use crate::outcome::comparison::{
    Compared, Part, Profiles, Qca, QcaAnalysis, QcaModel, QcaSolution,
};
use crate::report::ReportError;
use crate::report::cells::{dimension_name, unit_name};
use crate::report::comparison::data::{Data, Datum, ends};
use crate::report::comparison::profiles::case_name;
use crate::report::comparison::qca::{kind_name, leading, outcome_name, title};
use crate::report::format::{Locale, Style};

/// So many programmes have lines of their own across the measures.
const MOST_LINES: usize = 8;
/// So many measures stand beside each other as axes.
const MOST_AXES: usize = 12;

/// The heat map of standardised values, and lines across the measures where there are few programmes.
pub(super) fn profiles(compared: &Compared) -> Result<Vec<Drawn>, ReportError> {
    let Some(profiles) = &compared.profiles else {
        return Ok(Vec::new());
    };
    let mut out = vec![heat_map(compared, profiles)?];
    let lines = profiles.rows.len();
    let axes = profiles.columns.len();
    if (2..=MOST_LINES).contains(&lines) && (2..=MOST_AXES).contains(&axes) {
        out.push(across(compared, profiles)?);
    }
    Ok(out)
}

fn heat_map(compared: &Compared, profiles: &Profiles) -> Result<Drawn, ReportError> {
    let style = Style::fixed(Locale::of(&compared.locale), 1);
    let format = |v: f64| style.value(v);
    let title = "Profiles: indicators by programmes".to_owned();
    let directed = profiles
        .columns
        .iter()
        .all(|c| c.measure.direction != Direction::Neither);
    let (low, high) = match directed {
        true => ("worse", "better"),
        false => (
            "lower, or worse where there is a direction",
            "higher, or better where there is a direction",
        ),
    };
    let svg = chart::heat_map(&HeatMap {
        title: title.clone(),
        unit: "standardised values".to_owned(),
        low: low.to_owned(),
        high: high.to_owned(),
        columns: profiles
            .columns
            .iter()
            .map(|c| HeatColumn {
                label: c.measure.name.clone(),
                group: dimension_name(&c.measure.dimension),
            })
            .collect(),
        rows: profiles
            .rows
            .iter()
            .map(|r| HeatRow {
                label: case_name(compared, r.case).to_owned(),
                cells: r
                    .cells
                    .iter()
                    .map(|c| match (c.standardised, c.status.as_str()) {
                        (Some(v), _) => HeatCell::Value(v),
                        (None, "suppressed") => HeatCell::Withheld,
                        (None, _) => HeatCell::Missing,
                    })
                    .collect(),
            })
            .collect(),
        format: &format,
    })?;
    Ok(Drawn {
        tail: "profiles",
        caption: format!(
            "{} Programmes are ordered so that like stands beside like. Cells without a value are marked, and withheld ones told from them.",
            profiles.method
        ),
        title,
        svg,
        data: profile_data(compared),
        part: Part::Profiles,
    })
}

fn across(compared: &Compared, profiles: &Profiles) -> Result<Drawn, ReportError> {
    let locale = Locale::of(&compared.locale);
    let styles: Vec<Style> = profiles
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let values = profiles.rows.iter().filter_map(|r| r.cells.get(at)?.value);
            let values: Vec<f64> = values.collect();
            Style::of_column(locale, column.measure.unit == "%", &values, &[], &[])
        })
        .collect();
    let formats: Vec<Box<dyn Fn(f64) -> String + '_>> = styles
        .iter()
        .map(|style| Box::new(|v: f64| style.value(v)) as Box<dyn Fn(f64) -> String + '_>)
        .collect();
    let axes = profiles
        .columns
        .iter()
        .zip(&formats)
        .map(|(column, format)| ParallelAxis {
            label: column.measure.name.clone(),
            unit: unit_name(&column.measure.unit),
            less_is_better: column.measure.direction == Direction::LowerIsBetter,
            format: format.as_ref(),
        });
    let title = "Each programme across the measures".to_owned();
    let svg = chart::parallel(&Parallel {
        title: title.clone(),
        unit: String::new(),
        axes: axes.collect(),
        lines: profiles
            .rows
            .iter()
            .map(|r| ParallelLine {
                label: case_name(compared, r.case).to_owned(),
                values: r.cells.iter().map(|c| c.value).collect(),
            })
            .collect(),
    })?;
    Ok(Drawn {
        tail: "profile-lines",
        caption: "Each line is a programme; each axis has its own unit. A line is broken where a value is missing.".to_owned(),
        title,
        svg,
        data: profile_data(compared),
        part: Part::Profiles,
    })
}

/// A row per programme and measure.
fn profile_data(compared: &Compared) -> Data {
    let mut data = Data::new(&[
        "programme",
        "name",
        "measure",
        "value",
        "standardised",
        "status",
        "unit",
    ]);
    if let Some(profiles) = &compared.profiles {
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
                x_interval: p.output_interval,
                y_interval: p.process_interval,
            })
            .collect(),
        counts: true,
        notes: Vec::new(),
        format: &format,
    })?;
    let mut data = Data::new(&[
        "programme",
        "name",
        "output",
        "output_low",
        "output_high",
        "process",
        "process_low",
        "process_high",
    ]);
    for point in &plane.points {
        let ((x_low, x_high), (y_low, y_high)) =
            (ends(point.output_interval), ends(point.process_interval));
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
        caption: "Each point is a programme, with its intervals both ways; zero is the average of the programmes shown.".to_owned(),
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

/// The leading solution of an analysis: memberships in it and in the outcome.
pub(super) fn solutions(
    compared: &Compared,
    qca: &Qca,
    analysis: &QcaAnalysis,
) -> Result<Option<Drawn>, ReportError> {
    let Some((solution, model)) = leading(analysis).and_then(|s| Some((s, s.models.first()?)))
    else {
        return Ok(None);
    };
    let outcome: Vec<f64> = qca
        .outcome
        .membership
        .iter()
        .map(|m| if analysis.negated { 1.0 - m } else { *m })
        .collect();
    xy(compared, qca, analysis, (solution, model), &outcome).map(Some)
}

fn xy(
    compared: &Compared,
    qca: &Qca,
    analysis: &QcaAnalysis,
    (solution, model): (&QcaSolution, &QcaModel),
    outcome: &[f64],
) -> Result<Drawn, ReportError> {
    let locale = Locale::of(&compared.locale);
    let style = Style::fixed(locale, 2);
    let format = |v: f64| style.value(v);
    let name = outcome_name(qca, analysis.negated);
    let heading = format!(
        "{}: {} solution for {name}",
        title(qca),
        kind_name(solution.kind)
    );
    let places = || qca.cases.iter().zip(&model.membership).zip(outcome);
    let number = |v: f64| locale.number(v, 2);
    let svg = chart::xy_plot(&XyPlot {
        title: heading.clone(),
        condition_label: format!("membership in {}", model.expression),
        outcome_label: format!("membership in {name}"),
        cases: places()
            .map(|((case, condition), outcome)| XyCase {
                label: case_name(compared, *case).to_owned(),
                condition: *condition,
                outcome: *outcome,
            })
            .collect(),
        relation: Relation::Sufficient,
        notes: vec![format!(
            "Consistency {}, PRI {}, coverage {}.",
            number(model.inclusion),
            number(model.pri),
            number(model.coverage)
        )],
        format: &format,
    })?;
    let mut data = Data::new(&[
        "case",
        "name",
        "membership_in_solution",
        "membership_in_outcome",
    ]);
    for ((case, condition), outcome) in places() {
        data.push(vec![
            Datum::text(compared.cases.get(*case).map_or("", |c| c.id.as_str())),
            Datum::text(case_name(compared, *case)),
            Datum::number(Some(*condition)),
            Datum::number(Some(*outcome)),
        ]);
    }
    Ok(Drawn {
        tail: "solution",
        caption: format!(
            "Membership of each case in {} and in {name}. Where the combination is sufficient, cases lie on the diagonal or above.",
            model.expression
        ),
        title: heading,
        svg,
        data,
        part: Part::Qca,
    })
}
