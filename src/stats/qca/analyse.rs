//! The whole way from memberships to the three solutions and how well they fit.

use super::evaluate::{Fit, evaluate};
use super::minimise::Minimised;
use super::sets::Sets;
use super::solutions::{Intermediate, Options, conservative, intermediate, parsimonious};
use super::table::{Cuts, Table, truth_table};
use crate::stats::Refused;

/// A solution with the fit of each of its models.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluated<S> {
    /// The solution.
    pub solution: S,
    /// The fit of each model, in their order.
    pub fits: Vec<Fit>,
}

/// An analysis of one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// The truth table.
    pub table: Table,
    /// The conservative solution.
    pub conservative: Evaluated<Minimised>,
    /// The parsimonious solution, or why there is none.
    pub parsimonious: Result<Evaluated<Minimised>, Refused>,
    /// The intermediate solutions, or why there are none.
    pub intermediate: Result<Vec<Evaluated<Intermediate>>, Refused>,
}

/// Truth table and the three solutions of an outcome; for its absence call it again with [`Sets::negated`].
///
/// # Errors
/// What [`truth_table`] and [`conservative`] refuse. What the parsimonious and intermediate solutions refuse stays with them.
pub fn analyse(sets: &Sets, cuts: &Cuts, options: &Options) -> Result<Analysis, Refused> {
    let table = truth_table(sets, cuts)?;
    let fits = |minimised: &Minimised| -> Vec<Fit> {
        let models = minimised.models.iter();
        models.map(|m| evaluate(sets, &m.terms)).collect()
    };
    let complex = conservative(&table, options)?;
    let simple = parsimonious(&table, options);
    let between = match &simple {
        Ok(simple) => intermediate(&table, options, &complex, simple),
        Err(refused) => Err(refused.clone()),
    };
    let evaluated = |solution: Minimised| Evaluated {
        fits: fits(&solution),
        solution,
    };
    let with_fits = |solution: Intermediate| Evaluated {
        fits: fits(&solution.minimised),
        solution,
    };
    Ok(Analysis {
        intermediate: between.map(|all| all.into_iter().map(with_fits).collect()),
        parsimonious: simple.map(evaluated),
        conservative: evaluated(complex),
        table,
    })
}
