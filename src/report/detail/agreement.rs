//! How far raters agree: every two of them, and all together.

use super::{About, DetailView};
use crate::outcome::Agreement;
use crate::report::cells::capitalised;
use crate::report::view::{Cell, Column, Table};

impl About<'_> {
    /// Pairs of raters over all programmes together; those of single programmes are in `outcome.json`.
    pub(super) fn agreement(&self, found: &Agreement, view: &mut DetailView) {
        if !self.is_total {
            return;
        }
        let number = |value: Option<f64>| match value {
            Some(value) => Cell::text(self.locale.number(value, 2)),
            None => Cell::absent("undefined"),
        };
        let numbers = found.pairs.iter().any(|p| p.gap.is_some());
        let mut columns = vec![
            Column::text("Raters"),
            Column::number("Cases"),
            Column::number("Equal scores"),
            Column::number("Kappa"),
        ];
        if numbers {
            columns.push(Column::number("Quadratic kappa"));
            columns.push(Column::number("Gap, first less second"));
        }
        let name = &self.result.definition.name;
        let mut table = Table::new(
            self.id("pairs"),
            format!("{name}: every two raters, {}", self.place),
            columns,
        );
        for pair in &found.pairs {
            let raters = format!("{} and {}", capitalised(&pair.first), pair.second);
            let mut cells = vec![
                Cell::text(raters),
                Cell::text(self.locale.count(pair.cases)),
                Cell::text(self.locale.percent(pair.equal, 0)),
                number(pair.kappa),
            ];
            if numbers {
                cells.push(number(pair.quadratic_kappa));
                cells.push(number(pair.gap));
            }
            table.push(cells);
        }
        view.tables.push(table);
        let alphas: Vec<String> = found
            .alpha
            .iter()
            .filter_map(|(level, alpha)| {
                let level_is_own = if *level == found.level {
                    " (as defined)"
                } else {
                    ""
                };
                let alpha = self.locale.number((*alpha)?, 2);
                Some(format!("{level} {alpha}{level_is_own}"))
            })
            .collect();
        if !alphas.is_empty() {
            view.remarks.push(format!(
                "Krippendorff's alpha of {} raters on {} cases by level of measurement: {}. 1 is perfect agreement, 0 what chance gives.",
                found.raters.len(),
                self.locale.count(found.paired),
                alphas.join(", ")
            ));
        }
        if let Some((agreement, consistency)) = found.icc {
            view.remarks.push(format!(
                "Intraclass correlation of single scores on {} cases that all raters scored: {} for absolute agreement, {} when raters may differ in level.",
                self.locale.count(found.complete),
                self.locale.number(agreement, 2),
                self.locale.number(consistency, 2)
            ));
        }
    }
}
