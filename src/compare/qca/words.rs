//! Sentences of a methods section: where sets come from, how they were calibrated, and how the analysis was done.

use super::Calibrated;
use super::analyse::Made;
use super::raw::short;
use super::remarks::listed;
use super::way::Way;
use crate::compare::definitions::Unified;
use crate::evaluation::{QcaSetting, SetSetting};
use crate::outcome::comparison::{MethodNote, Part, Qca, QcaSolutionKind};
use crate::stats::qca::{Anchors, Bell};

const COMPARATIVE_METHOD: &str = "Ragin, C. C. (1987). The comparative method: moving beyond qualitative and quantitative strategies. University of California Press.";
const REDESIGNING: &str = "Ragin, C. C. (2008). Redesigning social inquiry: fuzzy sets and beyond. University of Chicago Press.";
const SET_RELATIONS: &str = "Ragin, C. C. (2006). Set relations in social research: evaluating their consistency and coverage. Political Analysis 14.";
const SET_THEORETIC: &str = "Schneider, C. Q. & Wagemann, C. (2012). Set-theoretic methods for the social sciences. Cambridge University Press.";
const COUNTERFACTUALS: &str = "Ragin, C. C. & Sonnett, J. (2005). Between complexity and parsimony: limited diversity, counterfactual cases, and comparative analysis. \
     In S. Kropp & M. Minkenberg (eds.), Vergleichen in der Politikwissenschaft. VS Verlag.";
const AMBIGUITY: &str = "Baumgartner, M. & Thiem, A. (2017). Model ambiguities in configurational comparative research. Sociological Methods & Research 46.";
const CASES: &str = "Schneider, C. Q. & Rohlfing, I. (2013). Combining QCA and process tracing in set-theoretic multi-method research. Sociological Methods & \
     Research 42.";
const CONTRADICTORY: &str = "Yamasaki, S. & Rihoux, B. (2009). A commented review of applications. In B. Rihoux & C. C. Ragin (eds.), Configurational comparative \
     methods. SAGE.";
const ROBUST: &str = "Skaaning, S.-E. (2011). Assessing the robustness of crisp-set and fuzzy-set QCA results. Sociological Methods & Research 40.";
const LIMITS: &str = "Marx, A. & Dusa, A. (2011). Crisp-set qualitative comparative analysis (csQCA), contradictions and consistency benchmarks for model \
     specification. Methodological Innovations Online 6.";

/// Where the raw values of a set come from.
pub(super) fn origin(set: &SetSetting, unified: &[Unified]) -> String {
    let named = |id: &str, effect: bool| {
        let whole = unified.iter().find(|u| {
            let block = u.measure.id.split('/').next();
            u.measure.effect.is_some() == effect
                && (u.measure.id == id || (effect && block == Some(id)))
        });
        match whole {
            Some(found) if found.measure.unit.is_empty() || found.measure.unit == "%" => {
                format!("{} (`{}`)", found.measure.name, found.measure.id)
            }
            Some(found) => {
                let measure = &found.measure;
                format!("{} (`{}`), in {}", measure.name, measure.id, measure.unit)
            }
            None => format!("`{id}`"),
        }
    };
    match (&set.indicator, &set.effect, &set.column) {
        (Some(id), _, _) => {
            let period = set.period.as_ref().map(|p| format!(", {p}"));
            format!(
                "Indicator by programme: {}{}",
                named(id, false),
                period.unwrap_or_default()
            )
        }
        (_, Some(id), _) => format!("Effect by programme: {}", named(id, true)),
        (_, _, Some(column)) => format!("Column `{column}` of the programmes"),
        _ => String::new(),
    }
}

/// How raw values become memberships, a sentence, and why so.
pub(super) fn calibration(set: &SetSetting) -> String {
    let number = |v: f64| short(v, "");
    let anchors = |a: &Anchors| {
        format!(
            "{} out, {} crossover, {} in",
            number(a.exclusion),
            number(a.crossover),
            number(a.inclusion)
        )
    };
    let groups =
        |cuts: &[f64], memberships: &[f64]| {
            let each = memberships.iter().enumerate().map(|(at, m)| {
                match (at.checked_sub(1), cuts.get(at)) {
                    (None, Some(upper)) => format!("{} below {}", number(*m), number(*upper)),
                    (Some(lower), _) => format!(
                        "{} from {}",
                        number(*m),
                        cuts.get(lower).map_or(String::new(), |c| number(*c))
                    ),
                    (None, None) => number(*m),
                }
            });
            each.collect::<Vec<_>>().join(", ")
        };
    let how = match Way::of(set) {
        Way::Words(words) => {
            let quoted: Vec<String> = words.iter().map(|w| format!("“{w}”")).collect();
            let what = set.column.as_deref().unwrap_or_default();
            match quoted.split_last() {
                Some((last, rest)) if !rest.is_empty() => {
                    format!("Crisp: in where `{what}` is {} or {last}.", rest.join(", "))
                }
                _ => format!("Crisp: in where `{what}` is {}.", quoted.concat()),
            }
        }
        Way::Crisp(cut) => format!("Crisp: in from {} on.", number(cut)),
        Way::Direct(a) => format!("Fuzzy, direct method: {}.", anchors(&a)),
        Way::Bell(Bell { low, high }) => format!(
            "Fuzzy, direct method on both flanks: {}; {}.",
            anchors(&low),
            anchors(&high)
        ),
        Way::Groups(cuts, memberships) => {
            format!("Fuzzy, by groups: {}.", groups(&cuts, &memberships))
        }
        Way::Indirect(cuts, memberships) => {
            format!(
                "Fuzzy, indirect method from groups: {}.",
                groups(&cuts, &memberships)
            )
        }
        Way::Calibrated => "Memberships as they stand in the data.".to_owned(),
    };
    match set.reason.trim().trim_end_matches('.') {
        "" => how,
        why => format!("{how} Why: {why}."),
    }
}

/// The word for a kind of solution.
pub(super) fn kind(kind: QcaSolutionKind) -> &'static str {
    match kind {
        QcaSolutionKind::Conservative => "conservative",
        QcaSolutionKind::Parsimonious => "parsimonious",
        QcaSolutionKind::Intermediate => "intermediate",
    }
}

/// How the analysis was done.
pub(super) fn methods(
    setting: &QcaSetting,
    sets: &[Calibrated],
    made: &Made,
    qca: &Qca,
) -> Vec<MethodNote> {
    let mut notes = vec![calibrated(sets, qca), table(setting), solved(setting)];
    if let Some(followed) = made.followed {
        notes.push(note(
            format!(
                "To see how far the result hangs on cut-offs, the analysis was made again with the inclusion cut moved by 0.05 both ways, with one case more (or, above one, one fewer) asked of a row, and with the anchors or cuts of each set moved by 10 % of their span (a single cut: of \
                 the range of the values) both ways, one change at a time; the terms of the {} solution were followed through these variants.",
                kind(followed)
            ),
            &[ROBUST],
        ));
    }
    notes.push(note(
        "The solutions tell which combinations of conditions go with the outcome among these cases. They are no estimate of an effect: a condition \
         that was left out may stand behind them, and cases of another kind may differ."
            .to_owned(),
        &[LIMITS],
    ));
    notes
}

fn note(words: String, references: &[&str]) -> MethodNote {
    MethodNote {
        part: Part::Qca,
        words,
        references: references.iter().map(|r| (*r).to_owned()).collect(),
    }
}

fn calibrated(sets: &[Calibrated], qca: &Qca) -> MethodNote {
    let names: Vec<String> = qca.conditions.iter().map(|c| c.name.clone()).collect();
    let crisp = sets
        .iter()
        .all(|s| s.set.membership.iter().all(|m| *m == 0.0 || *m == 1.0));
    let kind = match crisp {
        true => "Crisp-set",
        false => "Fuzzy-set",
    };
    let direct = sets
        .iter()
        .any(|s| matches!(s.way, Way::Direct(_) | Way::Bell(_)));
    let indirect = sets.iter().any(|s| matches!(s.way, Way::Indirect(..)));
    let how = match (direct, indirect) {
        (true, _) => {
            " By the direct method the distance of a raw value from the crossover becomes log odds of membership, which are 2.94 at full \
             membership (0.95) and -2.94 at full non-membership (0.05)."
        }
        (false, true) => {
            " By the indirect method memberships of groups are regressed on the raw values (fractional logit), and the predictions are the \
             memberships."
        }
        (false, false) => "",
    };
    note(
        format!(
            "{kind} qualitative comparative analysis of {} cases: the outcome {} and {} ({}). Each case has a membership in each set, from 0 (fully \
             out) over 0.5 (neither in nor out) to 1 (fully in).{how}",
            qca.cases.len(),
            qca.outcome.name,
            match names.len() {
                1 => "one condition".to_owned(),
                n => format!("{n} conditions"),
            },
            listed(&names)
        ),
        match crisp {
            true => &[COMPARATIVE_METHOD, SET_THEORETIC],
            false => &[REDESIGNING, SET_THEORETIC],
        },
    )
}

fn table(setting: &QcaSetting) -> MethodNote {
    let pri = match setting.pri > 0.0 {
        true => format!(
            " and its proportional reduction in inconsistency (PRI) at least {}",
            setting.pri
        ),
        false => String::new(),
    };
    let cases = match setting.cases {
        1 => "one case".to_owned(),
        n => format!("{n} cases"),
    };
    note(
        format!(
            "A case belongs to the one combination of conditions in which its membership is above 0.5. A combination with at least {cases} counts as \
             sufficient where its inclusion in the outcome (consistency: the sum of the lesser of both memberships over the sum of memberships in \
             the combination) is at least {}{pri}; one with fewer counts as not observed. Necessity was looked at before, for each condition, its \
             absence and unions of up to three: listed are unions with an inclusion of at least {} and a relevance of at least {} (relevance is low \
             where a set holds nearly everywhere). A union is a necessary condition only where its parts can be said to stand for one thing.",
            setting.inclusion, setting.necessity, setting.relevance
        ),
        &[SET_RELATIONS, SET_THEORETIC],
    )
}

fn solved(setting: &QcaSetting) -> MethodNote {
    let expected = setting.conditions.iter().filter_map(|c| {
        let sign = match c.expect? {
            crate::evaluation::Expectation::Present => "",
            crate::evaluation::Expectation::Absent => "~",
        };
        Some(format!("{sign}{}", c.shown()))
    });
    let expected: Vec<String> = expected.collect();
    let between = match expected.is_empty() {
        true => "No expectation was stated, so that there is no intermediate solution of its own."
            .to_owned(),
        false => format!(
            "The intermediate solution uses those only that fit what is expected to help the outcome: {}{}.",
            listed(&expected),
            if setting.negated {
                " (and the reverse for its absence)"
            } else {
                ""
            }
        ),
    };
    note(
        format!(
            "Combinations that count as sufficient were minimised (Boolean algebra) to the shortest expressions that cover them: the conservative \
             solution uses observed combinations alone, the parsimonious one any unobserved combination that makes it shorter. {between} Where several \
             models are as short, all are told. A case in a term that has the outcome at least as much is typical of it; one in the term without \
             the outcome speaks against it. Assumptions made for the outcome and for its absence alike are contradictory and listed.",
        ),
        &[COUNTERFACTUALS, AMBIGUITY, CASES, CONTRADICTORY],
    )
}
