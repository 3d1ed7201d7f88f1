//! Whether a solution holds when cuts and calibration change.

use super::evaluate::{Fit, evaluate};
use super::minimise::Minimised;
use super::sets::Sets;
use super::solutions::{Options, Solution, conservative, intermediate, parsimonious};
use super::table::{Cuts, truth_table};
use super::term::{Term, expression};
use crate::stats::Refused;
use rayon::prelude::*;

/// One way to do the analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// What is different, in words.
    pub name: String,
    /// Memberships, calibrated the variant's way; the conditions are those of the reference.
    pub sets: Sets,
    /// Cuts of the truth table.
    pub cuts: Cuts,
    /// How to minimise.
    pub options: Options,
}

/// What a variant gives.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantResult {
    /// What is different.
    pub name: String,
    /// Its models, or why there are none.
    pub models: Result<Vec<Formula>, Refused>,
    /// Whether these are all its models.
    pub complete: bool,
}

/// A model with its fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// Its terms.
    pub terms: Vec<Term>,
    /// In the notation of the field.
    pub expression: String,
    /// Its parameters.
    pub fit: Fit,
}

/// In how many variants a term of the reference comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// The term.
    pub term: Term,
    /// Variants with a model that has this very term.
    pub same: usize,
    /// Variants in which every model has this very term.
    pub same_in_every_model: usize,
    /// Variants without the term that have a model with a superset of it: fewer of its literals.
    pub superset: usize,
    /// Variants with neither that have a model with a subset of it: more literals.
    pub subset: usize,
    /// Variants with a solution but none of these.
    pub none: usize,
    /// Variants with a solution: the sum of `same`, `superset`, `subset` and `none`.
    pub of: usize,
}

impl Appearance {
    /// Share of the variants with a solution that have this very term; none without such variants.
    pub fn share_same(&self) -> Option<f64> {
        (self.of > 0).then(|| self.same as f64 / self.of as f64)
    }

    /// Share of the variants with a solution that have the term, a superset or a subset; none without such variants.
    pub fn share_any(&self) -> Option<f64> {
        (self.of > 0).then(|| (self.of - self.none) as f64 / self.of as f64)
    }
}

/// A reference and its variants.
#[derive(Debug, Clone, PartialEq)]
pub struct Robustness {
    /// The reference.
    pub reference: VariantResult,
    /// Each variant, in order.
    pub variants: Vec<VariantResult>,
    /// Each term of the reference's models, sorted.
    pub terms: Vec<Appearance>,
    /// Variants without a solution.
    pub refused: usize,
}

/// Does the analysis of `reference` in each of the `variants`, and follows the terms of its solution (the one of kind `which`;
/// of all its models).
///
/// # Errors
/// A variant with other conditions than the reference; what the analysis of the reference refuses. A variant that is refused says so
/// in its result.
pub fn robustness(
    reference: &Variant,
    variants: &[Variant],
    which: Solution,
) -> Result<Robustness, Refused> {
    let conditions = reference.sets.conditions();
    let other = |v: &&Variant| v.sets.conditions() != conditions;
    if let Some(variant) = variants.iter().find(other) {
        return Err(Refused::new(
            format!(
                "the variant `{}` has other conditions than the reference",
                variant.name
            ),
            "Compare analyses with the same conditions in the same order.",
        ));
    }
    let reference = result(reference, which);
    let models = reference.models.clone()?;
    let variants: Vec<VariantResult> = variants.par_iter().map(|v| result(v, which)).collect();
    let solved: Vec<&[Formula]> = variants
        .iter()
        .filter_map(|v| v.models.as_deref().ok())
        .collect();
    let mut terms: Vec<Term> = models.iter().flat_map(|m| m.terms.clone()).collect();
    terms.sort_unstable();
    terms.dedup();
    Ok(Robustness {
        terms: terms.into_iter().map(|t| appearance(t, &solved)).collect(),
        refused: variants.len() - solved.len(),
        reference,
        variants,
    })
}

fn appearance(term: Term, solved: &[&[Formula]]) -> Appearance {
    let mut found = Appearance {
        term,
        same: 0,
        same_in_every_model: 0,
        superset: 0,
        subset: 0,
        none: 0,
        of: solved.len(),
    };
    for models in solved {
        let mut terms = models.iter().flat_map(|m| &m.terms);
        if terms.clone().any(|t| *t == term) {
            found.same += 1;
            let every = models.iter().all(|m| m.terms.contains(&term));
            found.same_in_every_model += usize::from(every);
        } else if terms.clone().any(|t| term.within(t)) {
            found.superset += 1;
        } else if terms.any(|t| t.within(&term)) {
            found.subset += 1;
        } else {
            found.none += 1;
        }
    }
    found
}

fn result(variant: &Variant, which: Solution) -> VariantResult {
    let (models, complete) = match solve(variant, which) {
        Ok((models, complete)) => (Ok(models), complete),
        Err(refused) => (Err(refused), true),
    };
    VariantResult {
        name: variant.name.clone(),
        models,
        complete,
    }
}

/// The models of one kind of solution, each once, and whether they are all.
fn solve(variant: &Variant, which: Solution) -> Result<(Vec<Formula>, bool), Refused> {
    let Variant {
        sets,
        cuts,
        options,
        ..
    } = variant;
    let table = truth_table(sets, cuts)?;
    let found: Vec<Minimised> = match which {
        Solution::Conservative => vec![conservative(&table, options)?],
        Solution::Parsimonious => vec![parsimonious(&table, options)?],
        Solution::Intermediate => {
            let complex = conservative(&table, options)?;
            let simple = parsimonious(&table, options)?;
            let all = intermediate(&table, options, &complex, &simple)?;
            // What lies between models that were cut is cut, too.
            let whole = complex.complete && simple.complete;
            let minimised = all.into_iter().map(|i| Minimised {
                complete: i.minimised.complete && whole,
                ..i.minimised
            });
            minimised.collect()
        }
    };
    let complete = found.iter().all(|m| m.complete);
    let mut models: Vec<Vec<Term>> = Vec::new();
    for model in found.into_iter().flat_map(|m| m.models) {
        if !models.contains(&model.terms) {
            models.push(model.terms);
        }
    }
    let formula = |terms: Vec<Term>| Formula {
        expression: expression(&terms, sets.conditions()),
        fit: evaluate(sets, &terms),
        terms,
    };
    Ok((models.into_iter().map(formula).collect(), complete))
}
