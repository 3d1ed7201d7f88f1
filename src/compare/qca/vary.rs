//! The same analysis with other cuts and other anchors: which terms stay as they are.

use super::Calibrated;
use super::analyse::{cuts, sets};
use super::raw::short;
use crate::evaluation::QcaSetting;
use crate::outcome::comparison::{QcaSolutionKind, QcaVariant};
use crate::stats::qca::{Cuts, Options, Sets, Solution, Variant, VariantResult, robustness};

/// How far the inclusion cut is moved.
const INCLUSION: f64 = 0.05;
/// How far anchors are moved, as a share of their span.
const ANCHORS: f64 = 0.1;

/// The analysis in its variants.
#[derive(Default)]
pub(super) struct Varied {
    pub variants: Vec<QcaVariant>,
    /// Terms, and the share of the variants with a result in which each stays as it is.
    pub stability: Vec<(String, f64)>,
    /// Which solution was followed.
    pub followed: Option<QcaSolutionKind>,
}

/// Follows the solution of a kind through the variants; nothing where there is none to follow, or none is asked for.
pub(super) fn vary(
    setting: &QcaSetting,
    calibrated: &[Calibrated],
    negated: bool,
    options: &Options,
    which: Option<QcaSolutionKind>,
) -> Varied {
    let Some(kind) = which.filter(|_| setting.robustness) else {
        return Varied::default();
    };
    let solution = match kind {
        QcaSolutionKind::Conservative => Solution::Conservative,
        QcaSolutionKind::Parsimonious => Solution::Parsimonious,
        QcaSolutionKind::Intermediate => Solution::Intermediate,
    };
    let of: Vec<&[f64]> = calibrated
        .iter()
        .map(|s| s.set.membership.as_slice())
        .collect();
    let build = Build {
        calibrated,
        negated,
        options,
    };
    let Some(reference) = build.variant("as set".to_owned(), &of, cuts(setting)) else {
        return Varied::default();
    };
    let mut variants = other_cuts(&build, setting, &of);
    variants.extend(other_anchors(&build, setting, &of));
    let Ok(found) = robustness(&reference, &variants, solution) else {
        return Varied::default();
    };
    let names = reference.sets.conditions();
    let stability = found.terms.iter().filter_map(|t| {
        let share = t.share_same()?;
        Some((t.term.show(names), share))
    });
    Varied {
        stability: stability.collect(),
        variants: found.variants.iter().map(told).collect(),
        followed: Some(kind),
    }
}

struct Build<'a> {
    calibrated: &'a [Calibrated],
    negated: bool,
    options: &'a Options,
}

impl Build<'_> {
    fn variant(&self, name: String, of: &[&[f64]], cuts: Cuts) -> Option<Variant> {
        let made: Sets = sets(self.calibrated, of).ok()?;
        Some(Variant {
            name,
            sets: match self.negated {
                true => made.negated(),
                false => made,
            },
            cuts,
            options: self.options.clone(),
        })
    }
}

fn other_cuts(build: &Build<'_>, setting: &QcaSetting, of: &[&[f64]]) -> Vec<Variant> {
    let set = cuts(setting);
    let mut all = Vec::new();
    for by in [-INCLUSION, INCLUSION] {
        let inclusion = set.inclusion + by;
        // Beyond these a row would count that holds the outcome less than its absence, or none would.
        if inclusion > 0.5 && inclusion <= 1.0 + 1e-9 {
            let inclusion = inclusion.min(1.0);
            let name = format!("inclusion cut {inclusion:.2} (not {:.2})", set.inclusion);
            all.extend(build.variant(name, of, Cuts { inclusion, ..set }));
        }
    }
    for cases in [set.cases.saturating_sub(1), set.cases.saturating_add(1)] {
        if cases > 0 {
            let word = if cases == 1 { "case" } else { "cases" };
            let name = format!("rows count from {cases} {word} (not {})", set.cases);
            all.extend(build.variant(name, of, Cuts { cases, ..set }));
        }
    }
    all
}

fn other_anchors(build: &Build<'_>, setting: &QcaSetting, of: &[&[f64]]) -> Vec<Variant> {
    let mut all = Vec::new();
    for (at, one) in build.calibrated.iter().enumerate() {
        for share in [-ANCHORS, ANCHORS] {
            let Some((way, what, by)) = one.way.moved(share, &one.values) else {
                continue;
            };
            let Ok(moved) = way.memberships(&one.values) else {
                continue;
            };
            let mut these = of.to_vec();
            these[at] = &moved.of;
            let direction = if by < 0.0 { "lower" } else { "higher" };
            let by = match one.set.unit.as_str() {
                "%" => format!("{} percentage points", short(by.abs() * 100.0, "")),
                unit => format!("{} {unit}", short(by.abs(), "")),
            };
            let name = format!("{what} of {} {} {direction}", one.set.name, by.trim());
            all.extend(build.variant(name, &these, cuts(setting)));
        }
    }
    all
}

fn told(found: &VariantResult) -> QcaVariant {
    let change = found.name.clone();
    match &found.models {
        Ok(models) => {
            let first = models.first();
            QcaVariant {
                change,
                expression: first.map_or_else(String::new, |m| m.expression.clone()),
                inclusion: first.and_then(|m| m.fit.solution.inclusion),
                coverage: first.and_then(|m| m.fit.solution.coverage),
                models: models.len() as u64,
                reason: None,
            }
        }
        Err(why) => QcaVariant {
            change,
            expression: String::new(),
            inclusion: None,
            coverage: None,
            models: 0,
            reason: Some(why.reason.clone()),
        },
    }
}
