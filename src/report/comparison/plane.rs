//! Output score against process score, with intervals both ways.

use super::PartView;
use super::profiles::case_name;
use crate::outcome::comparison::{Association, Compared, ComparedPlane, Part};
use crate::report::cells::{MOST_ROWS, extremes, listed};
use crate::report::format::{Locale, Style};
use crate::report::title::level;
use crate::report::view::{Cell, Column, Table};

pub(super) fn part(compared: &Compared, locale: &Locale) -> Option<PartView> {
    let plane = compared.plane.as_ref()?;
    let level = level(compared.confidence, locale);
    let mut part = PartView::new(Part::Plane, "plane", "Outputs and process side by side");
    part.said.push(plane.method.clone());
    part.said.push(quadrants(plane, locale));
    part.said.extend(intervals(plane, locale, &level));
    part.said
        .push(match (&plane.association, &plane.no_association) {
            (Some(association), _) => together(association, locale, &level),
            (None, Some(reason)) => format!(
                "Whether the two scores go together is not told: {}.",
                reason.trim_end_matches('.')
            ),
            (None, None) => "Whether the two scores go together is not told.".to_owned(),
        });
    if !plane.apart.is_empty() {
        let names: Vec<String> = plane
            .apart
            .iter()
            .take(12)
            .map(|c| case_name(compared, *c).to_owned())
            .collect();
        let more = plane.apart.len() - names.len();
        part.said.push(format!(
            "Without a place, since one of the scores is missing: {}{}.",
            listed(&names),
            match more {
                0 => String::new(),
                n => format!(" and {} more", locale.count(n as u64)),
            }
        ));
    }
    part.tables.push(table(compared, plane, locale, &level));
    Some(part)
}

fn quadrants(plane: &ComparedPlane, locale: &Locale) -> String {
    let (both, output, process, neither) = plane.quadrants;
    let count = |n| locale.count(n);
    format!(
        "Of {} programmes, {} lie above the average in both, {} in outputs only, {} in process only, {} in neither.",
        count(plane.points.len() as u64),
        count(both),
        count(output),
        count(process),
        count(neither)
    )
}

/// How many could as well lie in another quadrant.
fn intervals(plane: &ComparedPlane, locale: &Locale, level: &str) -> Option<String> {
    let known = plane
        .points
        .iter()
        .filter(|p| p.output_interval.is_some() || p.process_interval.is_some());
    let all = known.clone().count();
    let holds = |i: Option<(f64, f64)>| i.is_some_and(|(low, high)| low <= 0.0 && high >= 0.0);
    let open = known
        .filter(|p| holds(p.output_interval) || holds(p.process_interval))
        .count();
    (all > 0).then(|| {
        format!(
            "{} of {} programmes with an interval could as well lie in another quarter: their {level} interval holds the average of one score or both.",
            locale.count(open as u64),
            locale.count(all as u64)
        )
    })
}

fn together(association: &Association, locale: &Locale, level: &str) -> String {
    let number = |v: f64| locale.number(v, 2);
    let range = association.interval.map(|(a, b)| {
        format!(
            " ({level} confidence interval {} to {})",
            number(a),
            number(b)
        )
    });
    let p = association
        .p
        .map(|p| format!("; p by permutation {}", locale.number(p, 3)));
    let corrected = association.corrected.map(|c| {
        format!(
            " Corrected for the errors in both scores it would be {}.",
            number(c)
        )
    });
    let open = association
        .interval
        .is_some_and(|(a, b)| a <= 0.0 && b >= 0.0);
    let lead = match (open, association.pearson > 0.0) {
        (true, _) => "That the two scores go together is not shown over programmes",
        (false, true) => "Programmes with more output tend to have more process",
        (false, false) => "Programmes with more output tend to have less process",
    };
    format!(
        "{lead}: correlation {}{}, of ranks {}{p} (n = {}).{} That two things go together says nothing on which brings about the other.",
        number(association.pearson),
        range.unwrap_or_default(),
        number(association.spearman),
        locale.count(association.n),
        corrected.unwrap_or_default(),
        p = p.unwrap_or_default()
    )
}

fn table(compared: &Compared, plane: &ComparedPlane, locale: &Locale, level: &str) -> Table {
    let style = Style::fixed(*locale, 2);
    let mut table = Table::new(
        "plane-table",
        "Scores, in standard deviations from the average programme",
        vec![
            Column::text("Programme"),
            Column::number("Output"),
            Column::number(format!("{level} interval")),
            Column::number("Process"),
            Column::number(format!("{level} interval")),
        ],
    );
    let range = |i: Option<(f64, f64)>| match i {
        Some((a, b)) => Cell::text(style.bounds(a, b)),
        None => Cell::none(),
    };
    let all = plane.points.clone();
    let (shown, cut) = extremes(all, |p| Some(p.output + p.process));
    for point in shown {
        table.push(vec![
            Cell::text(case_name(compared, point.case)),
            Cell::text(style.value(point.output)),
            range(point.output_interval),
            Cell::text(style.value(point.process)),
            range(point.process_interval),
        ]);
    }
    if cut > 0 {
        table.cut = Some(format!(
            "Programmes with the highest and lowest sums of both scores; {MOST_ROWS} or fewer are shown, {} more are in comparison.xlsx.",
            locale.count(cut as u64)
        ));
    }
    table
}
