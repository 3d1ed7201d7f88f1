//! Money that the data record beside the indicators: what the share of effort on output can be told from.

use super::Plan;
use crate::dataset::{Dataset, Type};
use crate::evaluation::Evaluation;
use crate::indicator::{Catalogue, parse};
use crate::outcome::Kind;
use std::collections::BTreeSet;

/// Tables with a column of money, by the words of domain and formats. The cost of an output is money on output;
/// what activities spend and funds pay is not classed by the data.
const RECORDED: [(&str, &str, Option<Kind>); 3] = [
    ("outputs", "cost", Some(Kind::Output)),
    ("activities", "spend", None),
    ("funds", "amount", None),
];

/// A sum of money in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purse {
    /// Role of the table.
    pub table: &'static str,
    /// Column that is summed.
    pub column: &'static str,
    /// Kind that all rows of the table belong to, where the data class them.
    pub kind: Option<Kind>,
    /// Item with the sum.
    pub sum: usize,
    /// Item with the number of currencies, where the table has a column `currency`.
    pub currencies: Option<usize>,
}

/// Adds the sums to a plan, as items that nobody asked for: they go through the scan and the estimate as indicators do,
/// so that missing, overlapping and protected rows are treated alike.
pub fn add(
    plan: &mut Plan,
    catalogue: &Catalogue,
    dataset: &Dataset,
    evaluation: &Evaluation,
) -> Vec<Purse> {
    let whole = Evaluation {
        small_cells: evaluation.small_cells,
        ..Evaluation::of(vec![])
    };
    let mut item = |table: &str, name: &str, value: &str| {
        let id = format!("audit-{table}-{name}");
        let text = format!(
            "id = \"{id}\"\nname = \"{id}\"\nkind = \"structure\"\ndimension = \"audit\"\nside = \"both\"\nquestion = \"\"\nunit = \"\"\n\
             direction = \"neither\"\nsource = \"\"\n[measure]\ntype = \"formula\"\ntable = \"{table}\"\nvalue = \"{value}\"\n"
        );
        let indicator = parse(&text, "(audit)", true).ok()?;
        if catalogue.get(&id).is_some() {
            return None;
        }
        let at = plan.add(
            &indicator,
            catalogue,
            dataset,
            &whole,
            false,
            &mut BTreeSet::new(),
        );
        plan.items[at].work.is_ok().then_some(at)
    };
    let mut purses = Vec::new();
    for (table, column, kind) in RECORDED {
        let Some(found) = dataset.tables.iter().find(|t| t.meaning.role == table) else {
            continue;
        };
        let has = |name: &str, wanted: Type| {
            let column = found.column(name);
            column.is_some_and(|c| c.r#type == wanted)
        };
        if !has(column, Type::Number) {
            continue;
        }
        let currencies = match has("currency", Type::Text) {
            true => item(table, "currencies", "COUNT(DISTINCT currency)"),
            false => None,
        };
        if let Some(sum) = item(table, "money", &format!("SUM({column})")) {
            purses.push(Purse {
                table,
                column,
                kind,
                sum,
                currencies,
            });
        }
    }
    purses
}
