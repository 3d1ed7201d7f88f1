//! Participation of groups against their size.

use super::{About, DetailView, Drawn};
use crate::chart::{self, RatioRow, Ratios};
use crate::outcome::{GroupRatio, Representation};
use crate::report::ReportError;
use crate::report::cells::capitalised;
use crate::report::view::{Cell, Column, Figure, Table};

impl About<'_> {
    /// The ratios of all programmes together; those of single programmes are in `outcome.json`.
    pub(super) fn representation(
        &self,
        found: &Representation,
        drawn: &mut Drawn,
        view: &mut DetailView,
    ) -> Result<(), ReportError> {
        if !self.is_total {
            return Ok(());
        }
        let name = &self.result.definition.name;
        let has_intervals = found.groups.iter().any(|g| g.interval.is_some());
        let mut columns = vec![
            Column::text("Group"),
            Column::number("Ratio"),
            Column::number("Of participants"),
            Column::number("Of population"),
        ];
        if has_intervals {
            columns.insert(2, Column::number("Interval"));
        }
        let mut table = Table::new(
            self.id("groups"),
            format!("{name}: participation by group, {}", self.place),
            columns,
        );
        for group in &found.groups {
            let mut cells = vec![Cell::text(capitalised(&group.group)), self.ratio(group)];
            if has_intervals {
                cells.push(match group.interval {
                    Some(i) => Cell::text(format!(
                        "{} to {}",
                        self.locale.number(i.low, 2),
                        self.locale.number(i.high, 2)
                    )),
                    None => Cell::none(),
                });
            }
            let share = |part: f64, of: f64| Cell::text(self.locale.percent(part / of, 1));
            cells.push(share(group.participants, found.participants));
            cells.push(match group.population {
                Some(size) => share(size, found.population),
                None => Cell::absent("not listed"),
            });
            table.push(cells);
        }
        view.tables.push(table);
        match drawn.before(format!("{found:?}"), name) {
            None => view.figures.push(self.ratios(found)?),
            Some(first) => view.remarks.push(format!(
                "The ratios of all groups are drawn with the indicator “{first}”."
            )),
        }
        view.remarks.push(format!(
            "By group, a ratio of 1 means that the group takes part as much as its size says, 2 twice as much. {} taking part against a population of {}.",
            self.persons(found.participants),
            self.persons(found.population)
        ));
        Ok(())
    }

    fn ratios(&self, found: &Representation) -> Result<Figure, ReportError> {
        let rows = found.groups.iter().map(|group| RatioRow {
            label: capitalised(&group.group),
            ratio: group.ratio,
            low: group.interval.map(|i| i.low),
            high: group.interval.map(|i| i.high),
            participation: Some(group.participants / found.participants),
            population: group.population.map(|size| size / found.population),
            note: match group.ratio {
                None => Some("absent from population".to_owned()),
                Some(ratio) if ratio > 0.0 => None,
                Some(_) => Some("absent from participants".to_owned()),
            },
            strong: false,
        });
        let ratio = |value: f64| self.locale.number(value, 2);
        let share = |value: f64| self.locale.percent(value, 1);
        let svg = chart::ratios(&Ratios {
            title: format!("{}: by group", self.result.definition.name),
            unit: "share of participants / share of population".to_owned(),
            rows: rows.collect(),
            reference: "Equal shares".to_owned(),
            format: &ratio,
            share: &share,
        })?;
        let caption = format!(
            "Participation of each group against its share of the population, {}.",
            self.place
        );
        Ok(Figure::new(svg, caption))
    }

    fn ratio(&self, group: &GroupRatio) -> Cell {
        match group.ratio {
            Some(ratio) => Cell::text(self.locale.number(ratio, 2)),
            None => Cell::absent("not in the population"),
        }
    }

    /// A number of persons, which weights can make a fraction.
    fn persons(&self, count: f64) -> String {
        self.locale.number(count, 0)
    }
}
