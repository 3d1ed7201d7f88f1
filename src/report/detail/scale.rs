//! Items of a scale, and how well they hang together.

use super::{About, DetailView};
use crate::chart::{self, Likert, LikertItem};
use crate::outcome::{Coefficient, Scale, ScaleItem};
use crate::report::ReportError;
use crate::report::cells::plural;
use crate::report::view::{Cell, Column, Figure, Table};

impl About<'_> {
    /// The items of all programmes together; those of single programmes are in `outcome.json`.
    pub(super) fn scale(&self, scale: &Scale, view: &mut DetailView) -> Result<(), ReportError> {
        if !self.is_total {
            return Ok(());
        }
        if scale.items.iter().any(|item| !item.shares.is_empty()) {
            view.figures.push(self.answers(scale)?);
        }
        view.tables.push(self.items(scale));
        view.remarks.push(self.missing(scale));
        view.remarks.push(self.reliability(scale));
        Ok(())
    }

    /// The answers as given, item by item.
    fn answers(&self, scale: &Scale) -> Result<Figure, ReportError> {
        let percent = |share: f64| self.locale.percent(share, 0);
        let item = |item: &ScaleItem| LikertItem {
            // Questionnaires often note it themselves; the chart marks it anyway.
            label: item
                .label
                .trim_end_matches("(reversed)")
                .trim_end()
                .to_owned(),
            shares: item.shares.iter().copied().map(Some).collect(),
            n: Some(self.locale.count(item.n)),
            reversed: item.reversed,
            note: item.shares.is_empty().then(|| "withheld".to_owned()),
        };
        let svg = chart::likert(&Likert {
            title: format!("{}: answers", self.result.definition.name),
            unit: "share of answers".to_owned(),
            categories: scale.categories.clone(),
            items: scale.items.iter().map(item).collect(),
            format: &percent,
        })?;
        let caption = format!("Answers as given, {}.", self.place);
        Ok(Figure::new(svg, caption))
    }

    fn items(&self, scale: &Scale) -> Table {
        let decimals = |x: Option<f64>| match x {
            Some(x) => Cell::text(self.locale.number(x, 2)),
            None => Cell::none(),
        };
        let mut table = Table::new(
            self.id("items"),
            format!("{}: items, {}", self.result.definition.name, self.place),
            vec![
                Column::text("Item"),
                Column::number("Mean"),
                Column::number("SD"),
                Column::number("n"),
                Column::number("Missing"),
                Column::number("Correlation with the rest"),
                Column::number("Alpha without it"),
                Column::number("Loading"),
            ],
        );
        for item in &scale.items {
            let mut name = Cell::text(item.label.clone());
            if item.label != item.item {
                name.title = Some(item.item.clone());
            }
            if item.reversed {
                name.note = Some(table.note(
                    "Turned round: its mean, correlation and loading are those of lowest + highest answer − answer.",
                ));
            }
            let shown = |x: Option<f64>| match x {
                None if scale.withheld => Cell::absent("withheld"),
                x => decimals(x),
            };
            table.push(vec![
                name,
                shown(item.mean),
                shown(item.sd),
                Cell::text(self.locale.count(item.n)),
                Cell::text(self.locale.count(item.missing)),
                decimals(item.item_rest),
                decimals(item.alpha_without),
                decimals(item.loading),
            ]);
        }
        table
    }

    /// Which rows have a score.
    fn missing(&self, scale: &Scale) -> String {
        let count = |n: u64| self.locale.count(n);
        let items = scale.items.len() as u64;
        let word = plural(scale.rows, "row", "rows");
        format!(
            "Of {} {word}, {} answer all {} items and {} have a score, for which {} must be answered; means of items rest on all who \
             answered them, alpha, omega and correlations on the rows with every item.",
            count(scale.rows),
            count(scale.complete),
            count(items),
            count(scale.scored),
            count(scale.minimum),
        )
    }

    fn reliability(&self, scale: &Scale) -> String {
        let number = |x: f64| self.locale.number(x, 2);
        let coefficient = |name: &str, c: &Coefficient| match (c.value, c.interval) {
            (Some(x), Some((low, high))) => format!(
                "{name} is {}, {} to {} ({})",
                number(x),
                number(low),
                number(high),
                c.note
            ),
            (Some(x), None) if c.note.is_empty() => format!("{name} is {}", number(x)),
            (Some(x), None) => format!("{name} is {} (no interval: {})", number(x), c.note),
            (None, _) => format!("There is no {name}: {}", c.note),
        };
        let mut said = coefficient("Cronbach's alpha", &scale.alpha);
        if let Some(x) = scale.standardised_alpha {
            let name = if scale.items.len() == 2 {
                "the Spearman-Brown coefficient"
            } else {
                "of items brought to equal variance"
            };
            said += &format!("; {name} {}", number(x));
        }
        if let Some(x) = scale.pairwise_alpha {
            said += &format!("; over all rows with both items of a pair {}", number(x));
        }
        said += &format!(". {}", coefficient("McDonald's omega", &scale.omega));
        if let Some(x) = scale.residual {
            said += &format!(
                "; one factor leaves correlations of {} between items (root mean square)",
                number(x)
            );
        }
        let best = scale.items.iter().filter_map(|item| gain(scale, item));
        if let Some((item, without)) = best.max_by(|a, b| a.1.total_cmp(&b.1)) {
            said += &format!(
                ". Without “{}” alpha would be {}",
                item.label.trim_end_matches(['.', '?']),
                number(without)
            );
        }
        said + ". They say how alike the answers to the items are, not that the items measure one thing, or the right one."
    }
}

/// Alpha without an item, where that is higher by so much that two decimals show it.
fn gain<'a>(scale: &Scale, item: &'a ScaleItem) -> Option<(&'a ScaleItem, f64)> {
    let (alpha, without) = (scale.alpha.value?, item.alpha_without?);
    (without > alpha + 0.005).then_some((item, without))
}
