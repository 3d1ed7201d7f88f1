//! Hundreds of real projects and operations set beside each other.

use super::{EUTF, Source, UNHCR, package};
use codev::outcome::Direction;
use codev::outcome::comparison::{Basis, Compared, Comparison, Part};
use codev::run::{CompareOptions, Quiet, Settings, compare_evaluations};

fn compared(source: &Source) -> Option<Compared> {
    let folder = package(source)?;
    let options = CompareOptions::default();
    let made = compare_evaluations(&[folder.path()], Settings::OfEvaluation, options, &Quiet);
    Some(made.unwrap_or_else(|stop| panic!("{stop}")))
}

fn of<'a>(compared: &'a Compared, indicator: &str) -> &'a Comparison {
    let found = compared
        .comparisons
        .iter()
        .find(|c| c.measure.id == indicator);
    found.unwrap_or_else(|| panic!("no comparison of {indicator}"))
}

/// What must hold of every league, whatever the data: ranks are those of the values, in their sets, which hold the narrower ones.
fn sound(comparison: &Comparison) {
    let Some(league) = &comparison.league else {
        return;
    };
    let sign = match comparison.measure.direction {
        Direction::LowerIsBetter => -1.0,
        Direction::HigherIsBetter | Direction::Neither => 1.0,
    };
    for row in &league.ranks {
        let value = |entry: usize| sign * comparison.entries[entry].value;
        let higher = league
            .ranks
            .iter()
            .filter(|r| value(r.entry) > value(row.entry))
            .count() as u64;
        assert_eq!(row.rank.0, higher + 1, "{}", comparison.id);
        let holds = |wide: (u64, u64), narrow: (u64, u64)| wide.0 <= narrow.0 && narrow.1 <= wide.1;
        assert!(row.marginal.0 <= row.rank.1 && row.rank.0 <= row.marginal.1);
        assert!(
            holds(row.simultaneous, row.marginal),
            "{}: {row:?}",
            comparison.id
        );
    }
}

#[test]
fn projects_of_the_trust_fund_are_ranked_as_far_as_their_counts_allow() {
    let Some(made) = compared(&EUTF) else {
        return;
    };
    assert!(made.cases.len() > 600);
    made.comparisons.iter().for_each(sound);
    // Nine in ten of the projects with a target met all they reported: nothing tells the first from the others.
    let met = of(&made, "targets-met");
    let league = met.league.as_ref().unwrap();
    let all = met.entries.iter().filter(|e| e.value == 1.0).count() as u64;
    assert!(
        all * 10 > 9 * met.entries.len() as u64,
        "{all} of {}",
        met.entries.len()
    );
    assert_eq!(league.ranks[0].rank, (1, all));
    assert!(
        met.entries
            .iter()
            .all(|e| e.basis == Basis::Chance && e.se.is_some())
    );
    // Shares of one or two rows are no log odds.
    let refusal = met
        .refusals
        .iter()
        .find(|r| r.part == Part::Pooled)
        .unwrap();
    assert!(
        refusal.reason.contains("none or all of their rows"),
        "{}",
        refusal.reason
    );
    // Money has no chance to be counted, and what is missing stands apart.
    let budget = of(&made, "contract-budget");
    assert!(
        budget
            .entries
            .iter()
            .all(|e| e.basis == Basis::Recorded && e.se.is_none())
    );
    assert_eq!(budget.entries.len() + budget.apart.len(), made.cases.len());
    let partners = of(&made, "public-and-civil-implementers");
    assert!(partners.entries.len() > 300 && partners.league.is_some());
}

#[test]
fn operations_are_compared_on_integration() {
    let Some(made) = compared(&UNHCR) else {
        return;
    };
    assert!(made.cases.len() > 1_000);
    made.comparisons.iter().for_each(sound);
    assert!(
        made.comparisons
            .iter()
            .all(|c| c.entries.len() + c.apart.len() <= made.cases.len())
    );
    assert!(made.comparisons.iter().any(|c| c.league.is_some()));
}
