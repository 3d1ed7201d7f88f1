//! How an example was computed, as text: its rows with what became of them, and the parts of its values.

use crate::cli::clean;
use crate::run::{Explanation, Mark};
use std::fmt::Write;

/// Most rows of an example that are shown.
const MOST: usize = 40;

/// The rows that the cells `places` are made of.
pub fn rows(explanation: &Explanation, places: &[&str], text: &mut String) {
    let programme = explanation.columns.iter().position(|c| c == "programme");
    let shown = |cells: &[String]| {
        let name = programme.and_then(|at| cells.get(at));
        places.contains(&"total") || name.is_none_or(|n| places.contains(&n.as_str()))
    };
    let mut lines = vec![["row", "", "in"].map(str::to_owned).to_vec()];
    lines[0].extend(
        explanation
            .columns
            .iter()
            .map(|c| clean::line(c).into_owned()),
    );
    let rows: Vec<_> = explanation
        .rows
        .iter()
        .enumerate()
        .filter(|(_, r)| shown(&r.cells))
        .collect();
    for (at, row) in rows.iter().take(MOST) {
        let mark = match row.mark {
            Mark::Used => "used",
            Mark::Excluded => "left out",
            Mark::Missing => "missing",
        };
        let parts: Vec<String> = row.parts.iter().map(|p| (p + 1).to_string()).collect();
        let mut line = vec![(at + 1).to_string(), mark.to_owned(), parts.join(",")];
        line.extend(row.cells.iter().map(|c| clean::line(c).into_owned()));
        line.push(clean::line(&row.why).into_owned());
        lines.push(line);
    }
    let columns = explanation.columns.len() + 3;
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            lines
                .iter()
                .filter_map(|l| l.get(at))
                .map(|c| c.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    for line in &lines {
        let mut out = String::from("        ");
        for (at, cell) in line.iter().enumerate() {
            let width = widths.get(at).copied().unwrap_or(0);
            let _ = write!(out, "{cell:<width$}  ");
        }
        let _ = writeln!(text, "{}", out.trim_end());
    }
    if rows.len() > MOST {
        let _ = writeln!(text, "        … and {} more rows", rows.len() - MOST);
    }
}

/// What was computed on the way to the value of a cell.
pub fn parts(explanation: &Explanation, place: &str, text: &mut String) {
    let Some(cell) = explanation.cells.iter().find(|c| c.place == place) else {
        return;
    };
    for (at, (name, value)) in cell.components.iter().enumerate() {
        let _ = writeln!(
            text,
            "        {:<3}  {} = {value}",
            at + 1,
            clean::line(name)
        );
    }
}
