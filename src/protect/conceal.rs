//! What the other ways to protect persons take out of an outcome, since it is made of exact figures.

use crate::outcome::{Effect, IndicatorResult, NotEstimable, Outcome, Way};

/// Takes out of an outcome what its way of protection does not fit and what is made of exact figures of persons: effects, margins of
/// weights, counts of cells without a value.
pub fn conceal(outcome: &mut Outcome, way: &Way, (tables, effects): (&[String], &[bool])) {
    if *way == Way::Suppress {
        return;
    }
    let of_persons = outcome.effects.iter_mut().zip(effects).filter(|(_, p)| **p);
    for (effect, _) in of_persons {
        withhold(effect);
    }
    outcome.weights.retain(|w| !tables.contains(&w.table));
    let rows = |name: &str, indicators: &[IndicatorResult]| {
        let mut accounts = indicators.iter().filter_map(|i| i.rows.as_ref());
        accounts
            .find(|rows| rows.table == name)
            .map(|rows| rows.total)
    };
    for table in &mut outcome.quality.tables {
        if tables.contains(&table.name) {
            let coarse = |count: u64| 10 * ((count + 5) / 10);
            let shown = rows(&table.name, &outcome.indicators);
            table.rows = shown.unwrap_or(coarse(table.rows));
            table.refused = coarse(table.refused);
            table.with_target_and_actual = None;
            table.columns.clear();
            table.lists.clear();
        }
    }
    for result in &mut outcome.indicators {
        if result.rounded.is_some() {
            result.rounded = Some(match way {
                Way::Round { base } => *base,
                _ => 1,
            });
        }
    }
}

/// Takes the numbers out of an effect.
fn withhold(effect: &mut Effect) {
    effect.not_estimable = Some(NotEstimable {
        reason: "figures of persons are rounded or have noise here, and an effect of exact figures would tell what that hides".to_owned(),
        help: "Set `protection = \"suppress\"` in an evaluation of its own where effects are asked for; its report and this one must not both be published.".to_owned(),
    });
    effect.estimate = None;
    effect.checks.clear();
    effect.means.clear();
    effect.terms.clear();
    effect.events = None;
    effect.subgroups.clear();
    effect.adjusted = None;
    effect.verdict = None;
    effect.balance = None;
    effect.attrition = None;
    effect.overlap = None;
    effect.series = None;
    effect.partial = None;
    effect.rows = None;
    effect.remarks.clear();
    for assumption in &mut effect.assumptions {
        assumption.checked = None;
    }
}
