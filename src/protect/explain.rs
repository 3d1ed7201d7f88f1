//! Why figures of persons are withheld: for those who keep the data, never published.

use crate::estimate::Estimated;
use crate::outcome::Estimate;
use crate::plan::Plan;
use std::collections::BTreeMap;

/// What the audit of an evaluation did to each withheld figure. It tells of few persons: it stays with the data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reasons {
    /// Figures that rest on fewer persons are withheld.
    pub threshold: u64,
    /// The withheld figures of indicators asked for, in the order of the outcome.
    pub withheld: Vec<Reason>,
}

/// A withheld figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Indicator.
    pub indicator: String,
    /// Programme, group and period; empty for the total.
    pub place: String,
    /// Why.
    pub why: Why,
}

/// Why a figure is withheld.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// It rests on fewer persons than the threshold, or tells of them by what is left of its whole.
    Few,
    /// Together with figures that are shown it would tell something of few persons.
    Others,
    /// Together with what was published earlier it would tell something of few persons.
    Earlier,
    /// It is made of figures that are withheld, or not enough persons lie on either side of it.
    Made,
}

/// A figure withheld by the audit, by item and cell, with its reason.
pub type Hidden = ((usize, usize), Why);

/// Figures withheld by the audit of a table, by item and cell, each with its reason.
pub type Held = BTreeMap<(usize, usize), Why>;

/// The withheld figures of the indicators that an evaluation asks for; `held` are those that the audit withheld.
pub(super) fn reasons(plan: &Plan, estimated: &[Estimated], held: &Held) -> Vec<Reason> {
    let asked = plan.items.iter().zip(estimated).enumerate();
    let asked = asked.filter(|(_, (item, _))| item.requested);
    let cells = asked.flat_map(|(at, (item, estimated))| {
        let cells = estimated.estimates.iter().enumerate();
        let withheld = cells.filter(|(_, e)| e.is_withheld());
        withheld.map(move |(cell, e)| Reason {
            indicator: item.indicator.id.clone(),
            place: place(e),
            why: held.get(&(at, cell)).cloned().unwrap_or(Why::Made),
        })
    });
    cells.collect()
}

/// Programme, group and period of an estimate in words; empty for the total.
fn place(e: &Estimate) -> String {
    let group = e.group.as_ref().map(|(column, label)| {
        let label = label.as_deref().unwrap_or("(missing)");
        format!("{column} = {label}")
    });
    let parts = [e.programme.clone(), group, e.period.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
