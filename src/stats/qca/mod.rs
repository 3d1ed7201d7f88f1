//! Qualitative comparative analysis: calibration, necessity, truth table, minimisation, parameters of fit, robustness.
//!
//! Definitions are those of Ragin (1987, 2000, 2008), Schneider & Wagemann (2012), Schneider & Rohlfing (2013) and Duşa (2019).
//! A *condition* and the *outcome* are sets with a membership between 0 and 1 for each case; a *configuration* is a corner of
//! the space of conditions, written as bits (bit `i` set: condition `i` present). Cases are numbered from 0 in the order of the
//! data. [`analyse`] goes from memberships to solutions; the parts can be used alone.

mod analyse;
mod calibrate;
mod chart;
mod cover;
mod evaluate;
mod indirect;
mod minimise;
mod necessity;
mod parameters;
mod prices;
mod primes;
mod robustness;
mod sets;
mod solutions;
mod table;
mod term;
#[cfg(test)]
mod tests;

pub use analyse::{Analysis, Evaluated, analyse};
pub use calibrate::{Anchors, Bell, LOG_ODDS, at_half, bell, categories, crisp, direct};
pub use evaluate::{Fit, Kind, TermFit, evaluate};
pub use indirect::{Indirect, Powers, indirect};
pub use minimise::{Minimised, Model, Prime};
pub use necessity::{
    Disjunction, Found, Limits, Necessary, Superset, necessary_singles, supersets,
};
pub use parameters::{Necessity, Sufficiency, necessity, sufficiency};
pub use robustness::{Appearance, Formula, Robustness, Variant, VariantResult, robustness};
pub use sets::{MOST_CONDITIONS, Sets};
pub use solutions::{
    Contradictions, Covers, Expectation, Intermediate, Options, Solution, conservative,
    contradictory_assumptions, intermediate, parsimonious,
};
pub use table::{Cuts, Row, Table, Undecided, Value, truth_table};
pub use term::{Term, expression};

/// Rounding that a comparison with a cut forgives: an inclusion of .8 that arithmetic leaves at .7999999999 reaches a cut of .8.
const ROUNDING: f64 = 1e-9;

/// Whether `x` reaches `cut`, rounding forgiven.
fn reaches(x: f64, cut: f64) -> bool {
    x >= cut - ROUNDING
}
