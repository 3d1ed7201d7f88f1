//! Sheets of programmes, profiles and scores, of methods and of what was found on the way.

use super::word;
use crate::outcome::comparison::Compared;
use crate::report::comparison::{Data, Datum, ends};

pub(super) fn programmes(compared: &Compared) -> Data {
    let mut facts: Vec<&str> = Vec::new();
    for (column, _) in compared.cases.iter().flat_map(|c| &c.facts) {
        if !facts.contains(&column.as_str()) {
            facts.push(column);
        }
    }
    let mut columns = vec!["programme", "name", "evaluation"];
    columns.extend(&facts);
    columns.push("flag");
    let mut data = Data::new(&columns);
    for case in &compared.cases {
        let source = compared.sources.get(case.source);
        let mut row = vec![
            Datum::text(&case.id),
            Datum::text(&case.name),
            Datum::text(source.map_or("", |s| s.label.as_str())),
        ];
        row.extend(facts.iter().map(|fact| {
            let known = case.facts.iter().find(|(column, _)| column == fact);
            known.map_or(Datum::None, |(_, text)| Datum::text(text))
        }));
        row.push(Datum::text(case.flag.clone().unwrap_or_default()));
        data.push(row);
    }
    data
}

pub(super) fn profiles(compared: &Compared) -> Data {
    let mut data = Data::new(&[
        "programme",
        "name",
        "measure",
        "value",
        "standardised",
        "status",
        "centre",
        "spread",
        "unit",
    ]);
    if let Some(profiles) = &compared.profiles {
        for row in &profiles.rows {
            let case = compared.cases.get(row.case);
            for (column, cell) in profiles.columns.iter().zip(&row.cells) {
                let unit = column.measure.unit.as_str();
                data.push(vec![
                    Datum::text(case.map_or("", |c| c.id.as_str())),
                    Datum::text(case.map_or("", |c| c.name.as_str())),
                    Datum::text(&column.measure.id),
                    Datum::of(cell.value, unit),
                    Datum::number(cell.standardised),
                    Datum::text(&cell.status),
                    Datum::of(Some(column.centre), unit),
                    Datum::of(Some(column.spread), unit),
                    Datum::text(unit),
                ]);
            }
        }
    }
    data
}

pub(super) fn plane(compared: &Compared) -> Data {
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
    for point in compared.plane.iter().flat_map(|p| &p.points) {
        let case = compared.cases.get(point.case);
        let ((x_low, x_high), (y_low, y_high)) =
            (ends(point.output_interval), ends(point.process_interval));
        data.push(vec![
            Datum::text(case.map_or("", |c| c.id.as_str())),
            Datum::text(case.map_or("", |c| c.name.as_str())),
            Datum::number(Some(point.output)),
            Datum::number(x_low),
            Datum::number(x_high),
            Datum::number(Some(point.process)),
            Datum::number(y_low),
            Datum::number(y_high),
        ]);
    }
    data
}

pub(super) fn methods(compared: &Compared) -> Data {
    let mut data = Data::new(&["comparison", "part", "words", "references"]);
    let single = compared.comparisons.iter().map(|c| (&c.id, &c.methods));
    for (id, notes) in single.chain(compared.qca.iter().map(|q| (&q.id, &q.methods))) {
        for note in notes {
            data.push(vec![
                Datum::text(id),
                word(&note.part),
                Datum::text(&note.words),
                Datum::text(note.references.join(" ")),
            ]);
        }
    }
    data
}

/// Refusals of parts, remarks, and findings on settings and definitions.
pub(super) fn findings(compared: &Compared) -> Data {
    let mut data = Data::new(&["where", "kind", "message", "what to do"]);
    for c in &compared.comparisons {
        for refusal in &c.refusals {
            data.push(vec![
                Datum::text(&c.id),
                Datum::text("not made"),
                Datum::text(format!("{:?}: {}", refusal.part, refusal.reason)),
                Datum::text(&refusal.help),
            ]);
        }
        for remark in &c.remarks {
            data.push(vec![
                Datum::text(&c.id),
                Datum::text("remark"),
                Datum::text(remark),
                Datum::None,
            ]);
        }
    }
    for qca in &compared.qca {
        if let Some((reason, help)) = &qca.refused {
            data.push(vec![
                Datum::text(&qca.id),
                Datum::text("not made"),
                Datum::text(reason),
                Datum::text(help),
            ]);
        }
        for remark in &qca.remarks {
            data.push(vec![
                Datum::text(&qca.id),
                Datum::text("remark"),
                Datum::text(remark),
                Datum::None,
            ]);
        }
    }
    for finding in &compared.findings.listed {
        data.push(vec![
            Datum::text(finding.place.file.clone().unwrap_or_default()),
            word(&finding.severity),
            Datum::text(&finding.message),
            Datum::text(&finding.help),
        ]);
    }
    data
}
