//! Sheets of values, of those set apart, of differences and of verdicts against a margin.

use super::{head, name, table};
use crate::outcome::comparison::Compared;
use crate::report::comparison::{Data, Datum, ends};

pub(super) fn values(compared: &Compared) -> Data {
    let mut data = table(&[
        "id",
        "name",
        "value",
        "low",
        "high",
        "se",
        "df",
        "n",
        "uncertainty",
        "numerator",
        "denominator",
        "spread",
        "letters",
        "unit",
    ]);
    for c in &compared.comparisons {
        let unit = c.measure.unit.as_str();
        let letters = c.differences.as_ref().map(|d| &d.letters);
        for (at, entry) in c.entries.iter().enumerate() {
            let (low, high) = ends(entry.interval);
            let parts = ends(entry.parts);
            let mut row = head(c);
            row.extend([
                Datum::text(&entry.id),
                Datum::text(&entry.name),
                Datum::of(Some(entry.value), unit),
                Datum::of(low, unit),
                Datum::of(high, unit),
                Datum::of(entry.se, unit),
                Datum::number(entry.df),
                Datum::Count(entry.n),
                Datum::text(entry.basis.word()),
                Datum::number(parts.0),
                Datum::number(parts.1),
                Datum::of(entry.spread, unit),
                Datum::text(letters.and_then(|l| l.get(at)).cloned().unwrap_or_default()),
                Datum::text(unit),
            ]);
            data.push(row);
        }
    }
    data
}

pub(super) fn apart(compared: &Compared) -> Data {
    let mut data = table(&["id", "name", "status", "reason"]);
    for c in &compared.comparisons {
        for one in &c.apart {
            let mut row = head(c);
            row.extend([&one.id, &one.name, &one.status, &one.reason].map(Datum::text));
            data.push(row);
        }
    }
    data
}

pub(super) fn differences(compared: &Compared) -> Data {
    let mut data = table(&[
        "a",
        "b",
        "scale",
        "value",
        "low",
        "high",
        "low_together",
        "high_together",
        "se",
        "df",
        "p",
        "p_adjusted",
        "unit",
    ]);
    for c in &compared.comparisons {
        let Some(differences) = &c.differences else {
            continue;
        };
        let ratio = differences.scale == crate::outcome::comparison::DifferenceScale::Ratio;
        let unit = if ratio { "" } else { c.measure.unit.as_str() };
        for pair in &differences.pairs {
            let ((low, high), (all_low, all_high)) = (ends(pair.interval), ends(pair.simultaneous));
            let mut row = head(c);
            row.extend([
                name(c, pair.a),
                name(c, pair.b),
                Datum::text(if ratio { "ratio" } else { "difference" }),
                Datum::of(Some(pair.value), unit),
                Datum::of(low, unit),
                Datum::of(high, unit),
                Datum::of(all_low, unit),
                Datum::of(all_high, unit),
                Datum::of(pair.se, unit),
                Datum::number(pair.df),
                Datum::p(pair.p),
                Datum::p(pair.adjusted),
                Datum::text(unit),
            ]);
            data.push(row);
        }
    }
    data
}

pub(super) fn equivalence(compared: &Compared) -> Data {
    let mut data = table(&[
        "name",
        "benchmark",
        "difference",
        "low",
        "high",
        "inner_low",
        "inner_high",
        "p_lower",
        "p_upper",
        "verdict",
        "no_worse_by_margin",
        "margin_low",
        "margin_high",
        "reason",
        "unit",
    ]);
    for c in &compared.comparisons {
        let Some(equivalence) = &c.equivalence else {
            continue;
        };
        let unit = c.measure.unit.as_str();
        for row in &equivalence.rows {
            let mut cells = head(c);
            cells.extend([
                name(c, row.entry),
                name(c, equivalence.benchmark),
                Datum::of(Some(row.value), unit),
                Datum::of(row.outer.map(|i| i.0), unit),
                Datum::of(row.outer.map(|i| i.1), unit),
                Datum::of(row.inner.map(|i| i.0), unit),
                Datum::of(row.inner.map(|i| i.1), unit),
                Datum::p(row.p.map(|p| p.0)),
                Datum::p(row.p.map(|p| p.1)),
                Datum::text(row.verdict.word()),
                Datum::yes(row.non_inferior),
                Datum::of(Some(equivalence.margin.0), unit),
                Datum::of(Some(equivalence.margin.1), unit),
                Datum::text(&equivalence.reason),
                Datum::text(unit),
            ]);
            data.push(cells);
        }
    }
    data
}
