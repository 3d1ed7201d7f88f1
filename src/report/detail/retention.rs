//! The share still there over time, as a curve and in years.

use super::{About, DetailView};
use crate::chart::{self, Survival, SurvivalCurve, SurvivalStep};
use crate::outcome::{Retention, RetentionStep};
use crate::report::ReportError;
use crate::report::view::{Cell, Column, Figure, Table};

impl About<'_> {
    /// The curve of all programmes together; those of single programmes are in `outcome.json`.
    pub(super) fn retention(
        &self,
        found: &Retention,
        view: &mut DetailView,
    ) -> Result<(), ReportError> {
        if !self.is_total {
            return Ok(());
        }
        let name = &self.result.definition.name;
        let percent = |share: f64| self.locale.percent(share, 0);
        let years = |time: f64| self.locale.number(time, 0);
        let count = |rows: f64| self.locale.number(rows, 0);
        let steps = found.steps.iter().map(|s| SurvivalStep {
            time: s.time,
            share: s.share,
            low: s.bounds.map(|b| b.0),
            high: s.bounds.map(|b| b.1),
            at_risk: Some(s.at_risk as f64),
            censored: s.censored > 0,
        });
        let svg = chart::survival(&Survival {
            title: format!("{name}: over time"),
            unit: "share still there".to_owned(),
            time_label: "years".to_owned(),
            curves: vec![SurvivalCurve {
                label: String::new(),
                steps: steps.collect(),
                note: None,
            }],
            format: &percent,
            time: &years,
            count: &count,
        })?;
        view.figures.push(Figure::new(
            svg,
            format!(
                "Share still there by years since the event, {}. Ticks mark what was last seen still there; the shading is the confidence interval.",
                self.place
            ),
        ));
        view.tables.push(self.by_year(found));
        let median = match found.median {
            Some(median) => format!(
                "Half of them had ended after {} years.",
                self.locale.number(median, 1)
            ),
            None => "Less than half of them ended while they were watched.".to_owned(),
        };
        view.remarks.push(format!(
            "{} rows were watched from the event on; of {} the end was seen. {median}",
            self.locale.count(found.rows),
            self.locale.count(found.ended)
        ));
        Ok(())
    }

    /// A row per whole year for which somebody was watched.
    fn by_year(&self, found: &Retention) -> Table {
        let columns = vec![
            Column::number("Years"),
            Column::number("Still there"),
            Column::number("Interval"),
            Column::number("Watched so long"),
            Column::number("Ended by then"),
        ];
        let name = &self.result.definition.name;
        let mut table = Table::new(
            self.id("years"),
            format!("{name}: by years since the event, {}", self.place),
            columns,
        );
        let last = found.steps.last().map_or(0.0, |s| s.time);
        for year in (1..=30).map(f64::from).take_while(|year| *year <= last) {
            let until: Vec<&RetentionStep> =
                found.steps.iter().take_while(|s| s.time <= year).collect();
            let ended: u64 = until.iter().map(|s| s.ended).sum();
            let gone: u64 = until.iter().map(|s| s.ended + s.censored).sum();
            let step = until.last();
            table.push(vec![
                Cell::text(self.locale.number(year, 0)),
                Cell::text(self.locale.percent(step.map_or(1.0, |s| s.share), 0)),
                match step.and_then(|s| s.bounds) {
                    Some((low, high)) => Cell::text(format!(
                        "{} to {}",
                        self.locale.percent(low, 0),
                        self.locale.percent(high, 0)
                    )),
                    None => Cell::none(),
                },
                Cell::text(self.locale.count(found.rows - gone)),
                Cell::text(self.locale.count(ended)),
            ]);
        }
        table
    }
}
