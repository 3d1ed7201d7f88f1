//! Which indicators a command speaks of: the options that choose some of the library.

use super::list::{Kind, Side, name};
use super::word;
use crate::finding::{Finding, Stop, nearest};
use crate::indicator::{Catalogue, Indicator, domain};
use clap::Args;
use std::collections::BTreeSet;

/// Options that choose indicators; all must hold.
#[derive(Debug, Args)]
pub struct Filter {
    /// Only this kind
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Only this dimension, as `state-civil-society-interface`
    #[arg(long)]
    dimension: Option<String>,
    /// Only this side
    #[arg(long, value_enum)]
    side: Option<Side>,
    /// Only those that cover this row of the domain, S01 to S25
    #[arg(long, value_name = "ROW")]
    row: Option<String>,
}

impl Filter {
    /// The indicators chosen, in catalogue order.
    ///
    /// # Errors
    /// A row or a dimension that there isn't, with the nearest one.
    pub fn choose<'a>(&self, catalogue: &'a Catalogue) -> Result<Vec<&'a Indicator>, Stop> {
        if let Some(row) = &self.row
            && domain::row(row).is_none()
        {
            let message = format!("There is no row `{row}`.");
            let help = "Rows are S01 to S25; the last section of the dictionary lists them.";
            return Err(Finding::error("cli-unknown-row", message, help).into());
        }
        if let Some(dimension) = &self.dimension {
            let known: BTreeSet<&str> = catalogue
                .indicators
                .iter()
                .map(|i| i.dimension.as_str())
                .collect();
            if !known.iter().any(|d| d.eq_ignore_ascii_case(dimension)) {
                let help = match nearest(dimension, known.iter().copied()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => {
                        let known: Vec<&str> = known.into_iter().collect();
                        format!("There are: {}.", known.join(", "))
                    }
                };
                let message = format!("No indicator has the dimension `{dimension}`.");
                return Err(Finding::error("cli-unknown-dimension", message, help).into());
            }
        }
        Ok(catalogue
            .indicators
            .iter()
            .filter(|i| self.wants(i))
            .collect())
    }

    /// What was asked for, in words; empty where everything was.
    pub fn words(&self) -> Vec<String> {
        let kind = self.kind.map(|k| format!("kind {}", name(k)));
        let dimension = self.dimension.as_ref().map(|d| format!("dimension {d}"));
        let side = self.side.map(|s| format!("side {}", name(s)));
        let row = self
            .row
            .as_ref()
            .map(|r| format!("row {}", r.to_uppercase()));
        [kind, dimension, side, row].into_iter().flatten().collect()
    }

    fn wants(&self, indicator: &Indicator) -> bool {
        let same = |asked: &String, is: &String| asked.eq_ignore_ascii_case(is);
        self.kind.is_none_or(|k| name(k) == word(&indicator.kind))
            && self.side.is_none_or(|s| name(s) == word(&indicator.side))
            && self
                .dimension
                .as_ref()
                .is_none_or(|d| same(d, &indicator.dimension))
            && self
                .row
                .as_ref()
                .is_none_or(|r| indicator.rows.iter().any(|each| same(r, each)))
    }
}
