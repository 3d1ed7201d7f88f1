//! Networks: drawings, ties between groups, phases, brokers and actors that stand out.

use super::{About, DetailView, Drawn};
use crate::chart::{self, Edge, Matrix, MatrixCell, Network, NetworkMultiples, Node};
use crate::outcome::{
    ActorScore, Drawing, Mixing, NetworkDetail, NetworkSummary, Panel, RoleCount,
};
use crate::report::ReportError;
use crate::report::cells::{Names, capitalised};
use crate::report::view::{Cell, Column, Figure, Table};

/// A matrix of so many groups at most is drawn.
const MOST_GROUPS: usize = 12;
/// Above so many groups those drawn most often come first: colours and shapes run out.
const MOST_COLOURS: usize = 6;

/// The name of a phase, with the day or days that it speaks of.
fn phase_words(phase: &str) -> &str {
    match phase {
        "before" => "Before (day before the start)",
        "new" => "New (formed while it ran)",
        "during" => "During (there on the last day)",
        "after" => "After the end",
        other => other,
    }
}

impl About<'_> {
    /// The networks of all programmes together; those of single programmes are in `outcome.json`.
    pub(super) fn network(
        &self,
        found: &NetworkDetail,
        names: &Names,
        drawn: &mut Drawn,
        view: &mut DetailView,
    ) -> Result<(), ReportError> {
        if !self.is_total {
            return Ok(());
        }
        for drawing in &found.drawings {
            let phase = found.phase.as_ref().filter(|_| drawing.panels.len() < 2);
            let key = format!("{drawing:?}{:?}{phase:?}{}", found.groups, found.directed);
            match drawn.before(key, &self.result.definition.name) {
                None => self.drawing(found, drawing, names, view)?,
                Some(first) => view.remarks.push(format!(
                    "Actors and ties, {}, are drawn with the indicator “{first}”.{}",
                    self.drawn_place(drawing, names),
                    why(found, drawing)
                )),
            }
        }
        if found.groups.len() > 1 && !found.mixing.is_empty() {
            self.mixing(found, view)?;
        }
        view.tables.push(self.phases(found));
        if !found.brokerage.is_empty() {
            view.tables.push(self.roles(&found.brokerage));
        }
        if !found.actors.is_empty() {
            view.tables.push(self.actors(found, names));
        }
        self.expectation(found, view);
        Ok(())
    }

    /// What is meant by the ties of the value.
    fn which(&self, found: &NetworkDetail) -> String {
        match found.phase.as_deref() {
            None => "all ties".to_owned(),
            Some("before") => "ties there on the day before the start".to_owned(),
            Some("new") => "ties formed while the programme ran".to_owned(),
            Some("during") => "ties there on the programme's last day".to_owned(),
            Some(_) => "ties there after the end".to_owned(),
        }
    }

    /// Whose actors are drawn, in words.
    fn drawn_place(&self, drawing: &Drawing, names: &Names) -> String {
        match &drawing.programme {
            Some(id) => names.of(id).to_owned(),
            None => self.place.clone(),
        }
    }

    fn drawing(
        &self,
        found: &NetworkDetail,
        drawing: &Drawing,
        names: &Names,
        view: &mut DetailView,
    ) -> Result<(), ReportError> {
        let place = self.drawn_place(drawing, names);
        let title = format!("{}: {place}", self.result.definition.name);
        let mut sectors: Vec<String> = found.groups.iter().flat_map(|(g, _)| g.clone()).collect();
        if sectors.len() > MOST_COLOURS {
            let drawn = |group: &String| {
                let nodes = drawing.nodes.iter();
                nodes.filter(|(_, of)| of.as_ref() == Some(group)).count()
            };
            sectors.sort_by_cached_key(|group| std::cmp::Reverse(drawn(group)));
        }
        let node = |(label, group): &(String, Option<String>)| Node {
            label: label.clone(),
            sector: group.clone().unwrap_or_else(|| {
                if found.groups.is_empty() {
                    "actors"
                } else {
                    "(no group)"
                }
                .to_owned()
            }),
            side: None,
            size: None,
        };
        let nodes: Vec<Node> = drawing.nodes.iter().map(node).collect();
        let edges = |panel: &Panel| -> Vec<Edge> {
            let edge = |(from, to, weight): &(usize, usize, f64)| Edge {
                from: *from,
                to: *to,
                weight: *weight,
                class: None,
            };
            panel.ties.iter().map(edge).collect()
        };
        let format = |x: f64| self.locale.number(x, 0);
        let cut = drawing.actors as usize - drawing.nodes.len().min(drawing.actors as usize);
        let left_out = match cut {
            0 => String::new(),
            cut => format!(
                " The {} actors with the fewest ties are not drawn.",
                self.locale.count(cut as u64)
            ),
        };
        let svg = match drawing.panels.as_slice() {
            [] => return Ok(()),
            [only] => chart::network(&Network {
                title,
                unit: self.which(found),
                nodes,
                edges: edges(only),
                directed: found.directed,
                sectors,
                sides: vec![],
                classes: vec![],
                size_label: None,
                format: &format,
            })?,
            several => chart::network_multiples(&NetworkMultiples {
                title,
                unit: "ties there on a day before, in and after the programme".to_owned(),
                nodes,
                panels: several
                    .iter()
                    .map(|panel| chart::Panel {
                        label: phase_words(panel.phase.as_deref().unwrap_or("")).to_owned(),
                        edges: edges(panel),
                    })
                    .collect(),
                directed: found.directed,
                sectors,
                sides: vec![],
                classes: vec![],
                size_label: None,
                format: &format,
            })?,
        };
        let why = why(found, drawing);
        let caption = format!("Actors and ties, {place}.{why}{left_out}");
        view.figures.push(Figure::new(svg, caption));
        Ok(())
    }

    fn mixing(&self, found: &NetworkDetail, view: &mut DetailView) -> Result<(), ReportError> {
        let name = &self.result.definition.name;
        let group = |at: usize| match found.groups.get(at) {
            Some((Some(name), _)) => capitalised(name),
            _ => "(no group)".to_owned(),
        };
        let has_pairs = found.mixing.iter().all(|m| m.pairs.is_some());
        let share = |m: &Mixing| m.pairs.map(|pairs| m.ties as f64 / pairs as f64);
        let shown: Vec<usize> = (0..found.groups.len())
            .filter(|at| found.groups.get(*at).is_some_and(|(_, size)| *size > 0))
            .collect();
        if shown.len() > 1 && shown.len() <= MOST_GROUPS {
            let cell = |from: usize, to: usize| {
                let mix = found.mixing.iter().find(|m| {
                    (m.from, m.to) == (from, to)
                        || (!found.directed && (m.to, m.from) == (from, to))
                });
                match mix {
                    None => MatrixCell::Without("no pairs".to_owned()),
                    Some(m) if m.pairs == Some(0) => MatrixCell::Without("no pairs".to_owned()),
                    Some(m) => MatrixCell::Value(share(m).unwrap_or(m.ties as f64)),
                }
            };
            let format = |x: f64| match has_pairs {
                true => self.locale.percent(x, 0),
                false => self.locale.number(x, 0),
            };
            let labels: Vec<String> = shown.iter().map(|at| group(*at)).collect();
            let [row_title, column_title] = match found.directed {
                true => ["from", "to"],
                false => ["group", "group"],
            };
            let svg = chart::matrix(&Matrix {
                title: format!("{name}: who is tied with whom"),
                unit: match has_pairs {
                    true => format!("share of pairs that are tied, {}", self.which(found)),
                    false => format!("ties, {}", self.which(found)),
                },
                row_title: row_title.to_owned(),
                column_title: column_title.to_owned(),
                rows: labels.clone(),
                columns: labels,
                cells: shown
                    .iter()
                    .map(|from| shown.iter().map(|to| cell(*from, *to)).collect())
                    .collect(),
                format: &format,
            })?;
            view.figures.push(Figure::new(
                svg,
                format!("Ties within and between groups, {}.", self.place),
            ));
        }
        let mut columns = vec![
            Column::text(if found.directed { "From" } else { "Group" }),
            Column::text(if found.directed { "To" } else { "With" }),
            Column::number("Ties"),
        ];
        if has_pairs {
            columns.extend([Column::number("Of pairs"), Column::number("Density")]);
        }
        let mut table = Table::new(
            self.id("mixing"),
            format!(
                "{name}: ties between groups, {}, {}",
                self.which(found),
                self.place
            ),
            columns,
        );
        let mut largest: Vec<&Mixing> = found.mixing.iter().collect();
        let most = MOST_GROUPS * (MOST_GROUPS + 1) / 2;
        if largest.len() > most {
            largest.sort_by_key(|m| std::cmp::Reverse(m.ties));
            let hidden = (largest.len() - most) as u64;
            let lost = match found.mixing_left_out {
                0 => String::new(),
                lost => format!(", and {} have fewer ties still", self.locale.count(lost)),
            };
            largest.truncate(most);
            table.cut = Some(format!(
                "The {most} with the most ties are shown; {hidden} more are in outcome.json{lost}."
            ));
        }
        for mix in largest {
            let mut cells = vec![
                Cell::text(group(mix.from)),
                Cell::text(group(mix.to)),
                Cell::text(self.locale.count(mix.ties)),
            ];
            if let Some(pairs) = mix.pairs {
                cells.push(Cell::text(self.locale.count(pairs)));
                cells.push(self.ratio_of(Some((mix.ties, pairs))));
            }
            table.push(cells);
        }
        view.tables.push(table);
        Ok(())
    }

    /// A share, where there is something to divide by.
    fn ratio_of(&self, parts: Option<(u64, u64)>) -> Cell {
        match parts {
            Some((_, 0)) => Cell::absent("no pairs"),
            Some((part, all)) => Cell::text(self.locale.percent(part as f64 / all as f64, 1)),
            None => Cell::none(),
        }
    }

    fn phases(&self, found: &NetworkDetail) -> Table {
        let all = &found.whole;
        let mut columns = vec![
            Column::text("Ties counted"),
            Column::number("Actors"),
            Column::number("Ties"),
        ];
        let has_pairs = all.pairs.is_some();
        let has_groups = all.across_within.is_some();
        if has_pairs {
            columns.push(Column::number("Density"));
        }
        if has_groups && has_pairs {
            columns.push(Column::number("Density between groups"));
            columns.push(Column::number("Within groups"));
        }
        if has_groups {
            columns.push(Column::number("E-I index"));
        }
        columns.push(Column::number("Components"));
        if has_pairs {
            columns.push(Column::number("Actors without a tie"));
        }
        let name = &self.result.definition.name;
        let mut table = Table::new(
            self.id("network"),
            format!("{name}: the networks in numbers, {}", self.place),
            columns,
        );
        let mut row = |label: &str, s: &NetworkSummary| {
            let mut cells = vec![
                Cell::text(label),
                Cell::text(self.locale.count(s.actors)),
                Cell::text(self.locale.count(s.ties)),
            ];
            if has_pairs {
                cells.push(self.ratio_of(s.pairs.map(|pairs| (s.ties, pairs))));
            }
            if has_groups && has_pairs {
                let parts = s.across_within.zip(s.pairs_across_within);
                cells.push(self.ratio_of(parts.map(|(t, p)| (t.0, p.0))));
                cells.push(self.ratio_of(parts.map(|(t, p)| (t.1, p.1))));
            }
            if has_groups {
                cells.push(match s.across_within.and_then(e_i) {
                    Some(index) => Cell::text(self.locale.number(index, 2)),
                    None => Cell::absent("no ties"),
                });
            }
            cells.push(Cell::text(self.locale.count(s.components)));
            if has_pairs {
                let alone = s.isolates.unwrap_or(0);
                cells.push(Cell::text(self.locale.count(alone)));
            }
            table.push(cells);
        };
        if found.phases.is_empty() || found.phase.is_none() {
            row("All", all);
        }
        for (phase, summary) in &found.phases {
            row(phase_words(phase), summary);
        }
        table
    }

    fn roles(&self, roles: &[RoleCount]) -> Table {
        let has_expected = roles.iter().any(|r| r.expected.is_some());
        let mut columns = vec![Column::text("Role"), Column::number("Open paths")];
        if has_expected {
            columns.extend([
                Column::number("Expected"),
                Column::number("Standard deviation"),
                Column::number("z"),
            ]);
        }
        let name = &self.result.definition.name;
        let mut table = Table::new(
            self.id("roles"),
            format!("{name}: brokers by role, {}", self.place),
            columns,
        );
        for role in roles {
            let group = role.group.as_deref();
            table.group(&group.map_or_else(|| "All groups".to_owned(), capitalised));
            let mut cells = vec![
                Cell::text(capitalised(&role.role)),
                Cell::text(self.locale.number(role.count, 0)),
            ];
            if has_expected {
                let number = |x: Option<f64>| match x {
                    Some(x) => Cell::text(self.locale.number(x, 1)),
                    None => Cell::absent("too many paths"),
                };
                cells.extend([number(role.expected), number(role.deviation)]);
                let z = role.expected.zip(role.deviation);
                cells.push(match z.filter(|(_, deviation)| *deviation > 1e-6) {
                    Some((mean, deviation)) => {
                        Cell::text(self.locale.number((role.count - mean) / deviation, 1))
                    }
                    None => Cell::absent("always the same"),
                });
            }
            table.push(cells);
        }
        table
    }

    fn actors(&self, found: &NetworkDetail, names: &Names) -> Table {
        let any = |has: fn(&ActorScore) -> bool| found.actors.iter().any(has);
        let has_programme = any(|a| a.programme.is_some());
        let has_group = any(|a| a.group.is_some());
        let has_betweenness = any(|a| a.betweenness.is_some());
        let has_brokerage = any(|a| a.brokerage.is_some());
        let mut columns = vec![Column::text("Actor")];
        if has_programme {
            columns.push(Column::text("Programme"));
        }
        if has_group {
            columns.push(Column::text("Group"));
        }
        columns.push(Column::number("Ties"));
        if has_betweenness {
            columns.push(Column::number("Betweenness"));
        }
        if has_brokerage {
            columns.push(Column::number("Open paths over it"));
        }
        let name = &self.result.definition.name;
        let mut table = Table::new(
            self.id("actors"),
            format!("{name}: actors that stand out most, {}", self.place),
            columns,
        );
        for actor in &found.actors {
            let mut cells = vec![Cell::text(actor.actor.clone())];
            if has_programme {
                let id = actor.programme.as_deref();
                cells.push(id.map_or_else(Cell::none, |id| Cell::text(names.of(id))));
            }
            if has_group {
                let group = actor.group.as_deref();
                cells.push(
                    group.map_or_else(|| Cell::absent("none"), |g| Cell::text(capitalised(g))),
                );
            }
            cells.push(Cell::text(self.locale.number(actor.degree, 0)));
            if has_betweenness {
                let score = actor.betweenness;
                cells.push(score.map_or_else(Cell::none, |x| Cell::text(self.locale.number(x, 3))));
            }
            if has_brokerage {
                let score = actor.brokerage;
                cells.push(score.map_or_else(Cell::none, |x| Cell::text(self.locale.number(x, 0))));
            }
            table.push(cells);
        }
        table
    }

    /// What the E-I index would be if ties knew no groups.
    fn expectation(&self, found: &NetworkDetail, view: &mut DetailView) {
        if let Some(expected) = found.expected {
            view.remarks.push(format!(
                "If ties knew no groups, the E-I index would be expected at {}: groups differ in size, so zero is not the middle.",
                self.locale.number(expected, 2)
            ));
        }
    }
}

/// Why this programme is drawn.
fn why(found: &NetworkDetail, drawing: &Drawing) -> &'static str {
    match found.drawings.as_slice() {
        [first, _, ..] if std::ptr::eq(first, drawing) => " The programme with the highest value.",
        [_, .., last] if std::ptr::eq(last, drawing) => " The programme with the lowest value.",
        _ => "",
    }
}

/// External minus internal over both.
fn e_i((external, internal): (u64, u64)) -> Option<f64> {
    let all = external + internal;
    (all > 0).then(|| (external as f64 - internal as f64) / all as f64)
}
