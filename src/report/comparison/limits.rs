//! What a comparison like this one can't show: from what is there, not from a template.

use super::voice::by_name;
use crate::outcome::Evidence;
use crate::outcome::comparison::{Basis, Between, Compared, Comparison, Entry, Part};
use crate::report::cells::{listed, plural};
use crate::report::format::Locale;
use std::collections::BTreeSet;

/// Limits, each a heading in a few words and what follows from it.
pub(super) fn limits(compared: &Compared, locale: &Locale) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut say = |head: &str, text: String| out.push((head.to_owned(), text));
    let made: Vec<&Comparison> = compared
        .comparisons
        .iter()
        .filter(|c| c.refusals.iter().all(|r| r.part != Part::Values))
        .collect();
    let any = |test: &dyn Fn(&Comparison) -> bool| made.iter().any(|c| test(c));
    let base = |basis: Basis| any(&|c: &Comparison| c.entries.iter().any(|e| e.basis == basis));
    say(
        "Why programmes differ",
        "Programmes were not given to places and partners by chance: who runs where, for whom and with which means was chosen. A programme with a \
         better figure may be better, or may have begun with easier conditions. The figures show that programmes differ, not what made them differ."
            .to_owned(),
    );
    let columns: BTreeSet<String> = made
        .iter()
        .filter_map(|c| match &c.between {
            Between::Column(column) => Some(by_name(column)),
            _ => None,
        })
        .collect();
    if !columns.is_empty() {
        let names: Vec<String> = columns.into_iter().collect();
        say(
            "Types of programmes",
            format!(
                "A difference between groups by {} goes with the group; that the {} brought it about is not shown, since groups differ in much else.",
                listed(&names),
                names.first().map_or("group", String::as_str)
            ),
        );
    }
    let adjusted = any(&|c: &Comparison| {
        c.context
            .as_ref()
            .is_some_and(|x| x.adjusted.is_some() || !x.strata.is_empty())
    });
    if any(&|c: &Comparison| c.league.is_some() || c.differences.is_some()) {
        say(
            "Case mix",
            match adjusted {
                true => "Some comparisons hold recorded facts of the programmes constant (strata or adjusted values). What was not recorded, such as the \
                         needs of a locality or the means of its partners, is not held constant."
                    .to_owned(),
                false => "No comparison here holds anything constant. The case-mix table shows how far those compared are alike in what is recorded of them; \
                          read a rank beside it."
                    .to_owned(),
            },
        );
    }
    let evidence: BTreeSet<Evidence> = made
        .iter()
        .filter_map(|c| Some(c.measure.effect.as_ref()?.1))
        .collect();
    if let Some(weakest) = evidence.first() {
        let text = match weakest {
            Evidence::Randomised => {
                "Within each programme chance decided who took part, so each effect may be ascribed to its programme. Between programmes chance decided nothing."
            }
            Evidence::QuasiExperimental => {
                "The effects compared are consistent with an effect of each programme if the assumptions of their design hold. Assumptions may fail in one programme and hold in another."
            }
            Evidence::BeforeAfter => {
                "Some of the numbers compared are changes from before to after. What else changed in a place in that time is part of them, and may differ between places."
            }
            Evidence::Comparison => {
                "Some of the numbers compared are differences between those treated and others, whom chance did not set apart."
            }
            Evidence::Descriptive => {
                "Some of the numbers compared say what goes together; they are no effects of a programme."
            }
        };
        say("Effects", text.to_owned());
    }
    if base(Basis::Sample) {
        say(
            "Samples",
            "Intervals of samples cover the chance of who was asked. They do not cover questions understood in different ways, answers that please, or people who could not be reached."
                .to_owned(),
        );
    }
    if base(Basis::Chance) {
        say(
            "Complete records and chance",
            "Where everything was recorded, the interval takes single cases as if each could have turned out otherwise by itself. Cases that hang together, such as those of one \
             official, scatter more than that; such intervals are then too narrow. The setting `recorded = \"exact\"` takes records as they are."
                .to_owned(),
        );
    }
    if base(Basis::Recorded) {
        say(
            "Figures without an error",
            "Figures recorded in full and taken as they are have no error here. Differences between them are exact for the time recorded and say nothing on what another time would bring."
                .to_owned(),
        );
    }
    if any(&|c: &Comparison| c.entries.iter().any(Entry::error_unknown)) {
        say(
            "Errors that are not known",
            "Some figures rest on samples that don't show how far they could be off: one person asked, answers that are all equal, too few clusters. Their errors are not zero, \
             they are not known; these figures stand by their value, without a verdict, a rank or a weight in a mean."
                .to_owned(),
        );
    }
    let n = made
        .iter()
        .filter(|c| c.overall.is_some() || c.differences.is_some())
        .count() as u64;
    if n > 1 {
        let chance = n as f64 * (1.0 - compared.confidence);
        say(
            "Many measures",
            format!(
                "Pairs within a measure are allowed for, the number of measures is not. If nothing differed anywhere, about {} of {} measures would still show a difference by chance.",
                locale.number(chance, usize::from(chance < 10.0)),
                locale.count(n)
            ),
        );
    }
    let (mut gone, mut among) = (0_u64, 0_u64);
    for comparison in &made {
        gone += u64::from(!comparison.apart.is_empty());
        among += 1;
    }
    if gone > 0 {
        say(
            "Those set apart",
            format!(
                "In {} of {} comparisons somebody has no usable figure (missing, withheld or flagged). They are listed with the reason. Whoever reports least may be neither the best nor the worst.",
                locale.count(gone),
                locale.count(among)
            ),
        );
    }
    if !compared.mismatches.is_empty() {
        let accepted = compared
            .mismatches
            .iter()
            .filter(|m| m.accepted.is_some())
            .count() as u64;
        let refused = compared.mismatches.len() as u64 - accepted;
        let mut text = Vec::new();
        if refused > 0 {
            text.push(format!(
                "{} {} not compared over evaluations, since the evaluations define them in different ways.",
                locale.count(refused),
                plural(refused, "measure is", "measures are")
            ));
        }
        if accepted > 0 {
            text.push(format!(
                "{} {} compared although the definitions differ, for the reason stated; part of a difference may be one of definitions.",
                locale.count(accepted),
                plural(accepted, "measure is", "measures are")
            ));
        }
        say("Definitions", text.join(" "));
    }
    if made.iter().any(|c| !c.measure.limits.is_empty()) {
        say(
            "What the measures leave out",
            "Each measure has limits of its own; they stand with it below.".to_owned(),
        );
    }
    if !compared.qca.is_empty() {
        say(
            "Few cases, many conditions",
            "A qualitative comparative analysis describes which combinations of conditions go with an outcome in these cases, at the cut-offs chosen. It shows no cause, and another \
             calibration may give another result."
                .to_owned(),
        );
    }
    out
}
