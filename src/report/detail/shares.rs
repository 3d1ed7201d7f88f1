//! Shares over categories.

use super::{About, DetailView};
use crate::chart::{self, Bar, Bars};
use crate::outcome::Shares;
use crate::report::ReportError;
use crate::report::cells::capitalised;
use crate::report::view::{Cell, Column, Figure, Table};

/// So many categories at most are listed.
const MOST: usize = 20;

impl About<'_> {
    /// The shares of all programmes together; those of single programmes are in `outcome.json`.
    pub(super) fn shares(&self, shares: &Shares, view: &mut DetailView) -> Result<(), ReportError> {
        if !self.is_total {
            return Ok(());
        }
        let name = &self.result.definition.name;
        let what = shares.amount.as_deref().unwrap_or("rows");
        let percent = |share: f64| self.locale.percent(share, 1);
        let bars = shares.categories.iter().take(MOST).map(|c| Bar {
            label: capitalised(&c.category),
            value: Some(c.share),
            note: None,
            strong: false,
        });
        let svg = chart::bars(&Bars {
            title: format!("{name}: shares"),
            unit: format!("share of {what}"),
            bars: bars.collect(),
            format: &percent,
        })?;
        view.figures.push(Figure::new(
            svg,
            format!("Shares of {what} by category, {}.", self.place),
        ));
        let mut columns = vec![
            Column::text("Category"),
            Column::number(format!("Share of {what}")),
            Column::number("Rows"),
        ];
        if shares.several {
            columns.push(Column::number("Of all rows"));
        }
        let mut table = Table::new(
            self.id("shares"),
            format!("{name}: shares by category, {}", self.place),
            columns,
        );
        for category in shares.categories.iter().take(MOST) {
            let mut cells = vec![
                Cell::text(capitalised(&category.category)),
                Cell::text(percent(category.share)),
                Cell::text(self.locale.count(category.rows)),
            ];
            if shares.several {
                cells.push(Cell::text(percent(category.of_rows)));
            }
            table.push(cells);
        }
        let hidden = shares.categories.len().saturating_sub(MOST);
        if hidden > 0 {
            table.cut = Some(format!(
                "The {MOST} largest are shown; {hidden} more are in outcome.json."
            ));
        }
        view.tables.push(table);
        if shares.several {
            view.remarks.push(format!(
                "A row can name several categories: of {} rows, the proportions in the last column add up to more than 100 %.",
                self.locale.count(shares.rows)
            ));
        }
        Ok(())
    }
}
