//! What a reader must know to read an analysis rightly: diversity, contradictions, ambiguity of cases, sampling errors, too many conditions.

use super::analyse::Made;
use super::{Calibrated, dealt};
use crate::evaluation::QcaSetting;
use crate::outcome::comparison::{Case, Qca, QcaSolutionKind};

/// Names shown at most.
const NAMES: usize = 6;
/// Share of the cases inside (or outside) from which a set is skewed.
const SKEWED: f64 = 0.8;
/// Chance of so few contradictions by luck from which it is said that they mean little.
const BY_LUCK: f64 = 0.1;

/// The remarks of an analysis.
pub(super) fn remarks(
    setting: &QcaSetting,
    sets: &[Calibrated],
    made: &Made,
    qca: &Qca,
    cases: &[Case],
) -> Vec<String> {
    let remarks = Remarks {
        setting,
        sets,
        made,
        qca,
        cases,
    };
    let mut all = Vec::new();
    all.extend(remarks.halves());
    all.extend(remarks.diversity());
    all.extend(remarks.contradictory());
    all.extend(remarks.luck());
    all.extend(remarks.assumptions());
    all.extend(remarks.skewed());
    all.extend(remarks.alike());
    all.extend(remarks.sampled());
    all.extend(remarks.unknown());
    all.extend(remarks.turned());
    all.extend(remarks.flagged());
    all.extend(remarks.unreasoned());
    if made.more_unions {
        all.push("More unions of conditions reach the cuts of necessity than are listed: so many ways to be necessary say little.".to_owned());
    }
    all
}

struct Remarks<'a> {
    setting: &'a QcaSetting,
    sets: &'a [Calibrated],
    made: &'a Made,
    qca: &'a Qca,
    cases: &'a [Case],
}

impl Remarks<'_> {
    /// Names of cases of the comparison, the first few.
    fn names(&self, cases: &[usize]) -> String {
        let name = |at: &usize| self.cases.get(*at).map(|c| c.name.clone());
        let shown: Vec<String> = cases.iter().take(NAMES).filter_map(name).collect();
        match cases.len() - shown.len() {
            0 => listed(&shown),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }

    /// Cases by their place in the analysis, as cases of the comparison.
    fn global(&self, of: impl Iterator<Item = usize>) -> Vec<usize> {
        of.filter_map(|at| self.qca.cases.get(at).copied())
            .collect()
    }

    fn halves(&self) -> Vec<String> {
        let each = self.sets.iter().enumerate().filter_map(|(at, one)| {
            let halves = one.set.membership.iter().enumerate();
            let halves = halves.filter(|(_, m)| **m == 0.5).map(|(case, _)| case);
            let these = self.global(halves);
            if these.is_empty() {
                return None;
            }
            let (has, so) = match these.len() {
                1 => ("has", "it belongs"),
                _ => ("have", "they belong"),
            };
            let then = match at {
                0 => "neither with the outcome nor without it".to_owned(),
                _ => format!("neither in nor out, so that {so} to no row of the truth table"),
            };
            let name = &one.set.name;
            Some(format!(
                "{} {has} a membership of exactly one half in {name}: {then}. A crossover that no case sits on avoids this.",
                self.names(&these)
            ))
        });
        each.collect()
    }

    fn diversity(&self) -> Option<String> {
        let table = &self.made.table;
        let possible = 1u64 << table.k();
        let without = possible - table.rows.len() as u64;
        if without == 0 {
            return None;
        }
        let alone = match table.rows.iter().filter(|r| r.cases.len() == 1).count() {
            0 => String::new(),
            1 => ", and one of the others a single one".to_owned(),
            n => format!(", and {n} of the others a single one"),
        };
        let solutions = self.made.told.first().map_or(&[][..], |a| &a.solutions);
        let assume = solutions.iter().filter(|s| !s.assumed.is_empty());
        let assume = assume.map(|s| {
            format!(
                "the {} solution assumes it for {}",
                super::words::kind(s.kind),
                s.assumed.len()
            )
        });
        let assume: Vec<String> = assume.collect();
        let so = match assume.is_empty() {
            true => "no solution assumes anything of it".to_owned(),
            false => listed(&assume),
        };
        Some(format!(
            "Diversity is limited: {without} of {possible} combinations of conditions {} no case{alone}. What would happen there these cases \
             can't show; {so}.",
            if without == 1 { "has" } else { "have" }
        ))
    }

    fn contradictory(&self) -> Vec<String> {
        let table = &self.made.table;
        let names = &table.conditions;
        let each = table.rows.iter().filter(|r| r.mixed()).map(|row| {
            let term = crate::stats::qca::Term::of_configuration(row.configuration, names.len());
            let with = self.global(row.with_outcome.iter().copied());
            let without = self.global(row.without_outcome.iter().copied());
            format!(
                "Contradictory: {} is shared by {} with the outcome and by {} without it. What tells them apart is not among the conditions, \
                 or lies in the calibration.",
                term.show(names),
                self.names(&with),
                self.names(&without)
            )
        });
        each.collect()
    }

    /// Conditions against cases.
    fn luck(&self) -> Option<String> {
        let table = &self.made.table;
        let chance = dealt::chance(table)?;
        let mixed = table.rows.iter().filter(|r| r.mixed()).count();
        let (k, n) = (table.k(), self.qca.cases.len());
        let few = match mixed {
            0 => "no contradictory row".to_owned(),
            1 => "at most one contradictory row".to_owned(),
            m => format!("at most {m} contradictory rows"),
        };
        let share = match chance * 100.0 {
            p if p < 0.1 => "fewer than 0.1 %".to_owned(),
            p if p < 10.0 => format!("{p:.1} %"),
            p => format!("{p:.0} %"),
        };
        let so = match chance >= BY_LUCK {
            true => {
                "so that the fit of the rows says little: with fewer conditions, or more cases, it would say more"
            }
            false => "so that the fit of the rows is more than luck would often give",
        };
        Some(format!(
            "{k} {} for {n} cases: were the outcome dealt out to these cases at random, {share} of the deals would leave {few}, {so}.",
            if k == 1 { "condition" } else { "conditions" }
        ))
    }

    /// Unobserved rows that solutions of the outcome and of its absence both assume.
    fn assumptions(&self) -> Vec<String> {
        let against = self.against();
        let free = match against
            .iter()
            .any(|(kind, _)| *kind == QcaSolutionKind::Intermediate)
        {
            true => "The conservative solution is free of this.",
            false => "The conservative and the intermediate solution are free of this.",
        };
        let each = against.iter().map(|(kind, rows)| {
            let shown: Vec<String> = rows.iter().take(NAMES).cloned().collect();
            let shown = match rows.len() - shown.len() {
                0 => listed(&shown),
                more => format!("{} and {more} more", shown.join(", ")),
            };
            format!(
                "Contradictory simplifying assumptions: the {} solutions of the outcome and of its absence both rest on {shown}, which no case \
                 shows and which can't lead to both. {free}",
                super::words::kind(*kind)
            )
        });
        each.collect()
    }

    fn against(&self) -> Vec<(QcaSolutionKind, &Vec<String>)> {
        let first = self.made.told.first();
        let solutions = first.map_or(&[][..], |a| a.solutions.as_slice());
        let against = solutions.iter().filter(|s| !s.contradictory.is_empty());
        against.map(|s| (s.kind, &s.contradictory)).collect()
    }

    fn skewed(&self) -> Vec<String> {
        let n = self.qca.cases.len();
        let each = self.sets.iter().filter_map(|one| {
            let inside = one.set.membership.iter().filter(|m| **m > 0.5).count();
            let outside = one.set.membership.iter().filter(|m| **m < 0.5).count();
            let name = &one.set.name;
            let skewed = |count: usize| count as f64 >= SKEWED * n as f64 && n >= 2;
            match (skewed(inside), skewed(outside)) {
                (true, _) => Some(format!(
                    "{inside} of {n} cases are in {name}: what nearly all are in looks necessary for anything."
                )),
                (_, true) => Some(format!(
                    "{} of {n} cases {} in {name}: what hardly any is in looks sufficient for anything.",
                    if inside == 0 { "None".to_owned() } else { inside.to_string() },
                    if inside == 1 { "is" } else { "are" }
                )),
                _ => None,
            }
        });
        each.collect()
    }

    /// Conditions that put every case on the same side.
    fn alike(&self) -> Vec<String> {
        let mut all = Vec::new();
        let sides = |one: &Calibrated| -> Vec<bool> {
            one.set.membership.iter().map(|m| *m > 0.5).collect()
        };
        let conditions = self.sets.get(1..).unwrap_or_default();
        for (i, a) in conditions.iter().enumerate() {
            for b in &conditions[i + 1..] {
                let (x, y) = (sides(a), sides(b));
                let same = x.iter().zip(&y).filter(|(x, y)| x == y).count();
                let (a, b) = (&a.set.name, &b.set.name);
                if same == x.len() {
                    all.push(format!(
                        "{a} and {b} hold the same cases: these data can't tell the two apart."
                    ));
                } else if same == 0 {
                    all.push(format!("{a} holds just the cases that {b} does not: these data can't tell the two apart."));
                }
            }
        }
        all
    }

    /// Values with a sampling error, near the crossover.
    fn sampled(&self) -> Vec<String> {
        let each = self.sets.iter().filter_map(|one| {
            let set = &one.set;
            if set.errors.is_empty() {
                return None;
            }
            let name = &set.name;
            if set.crossovers.is_empty() {
                return Some(format!(
                    "The values of {name} are estimates with a sampling error, which its memberships don't show."
                ));
            }
            let near = set.errors.iter().zip(&set.values).enumerate();
            let near = near.filter(|(_, (error, value))| {
                error.is_some_and(|se| set.crossovers.iter().any(|c| (*value - c).abs() <= se))
            });
            let these = self.global(near.map(|(at, _)| at));
            let of = set.errors.iter().flatten().count();
            Some(match these.len() {
                0 => format!(
                    "The values of {name} are estimates with a sampling error; none of the {of} lies within one standard error of its crossover."
                ),
                n => format!(
                    "The values of {name} are estimates with a sampling error: {n} of {of} lie within one standard error of its crossover and \
                     could as well be on the other side ({}).",
                    self.names(&these)
                ),
            })
        });
        each.collect()
    }

    /// Values of samples whose errors are not known.
    fn unknown(&self) -> Vec<String> {
        let these = self.sets.iter().filter(|one| !one.unknown.is_empty());
        let each = these.map(|one| {
            let cases = self.global(one.unknown.iter().copied());
            format!(
                "The values of {} are of samples whose errors are not known for {}: their memberships are taken as they are, which is not to say that they are sure.",
                one.set.name,
                self.names(&cases)
            )
        });
        each.collect()
    }

    fn turned(&self) -> Vec<String> {
        let turned = self.sets.iter().filter(|s| !s.monotone);
        let each = turned.map(|s| {
            format!(
                "The memberships in {} by the indirect method rise over part of the raw values and fall over another: look at them before use.",
                s.set.name
            )
        });
        each.collect()
    }

    /// Programmes with a remigration objective (S03).
    fn flagged(&self) -> Option<String> {
        let flagged = |at: &&usize| self.cases.get(**at).is_some_and(|c| c.flag.is_some());
        let these: Vec<usize> = self.qca.cases.iter().filter(flagged).copied().collect();
        (!these.is_empty()).then(|| {
            format!(
                "Among the cases {} a remigration objective, which others don't share: {}. `exclude` leaves them out.",
                if these.len() == 1 { "one has" } else { "some have" },
                self.names(&these)
            )
        })
    }

    fn unreasoned(&self) -> Option<String> {
        let names = self.sets.iter().filter(|s| !s.reasoned);
        let names: Vec<String> = names.map(|s| s.set.name.clone()).collect();
        (!names.is_empty()).then(|| {
            format!(
                "No reason is given for the anchors or cuts of {}. They should rest on knowledge of what the values mean, not on how the \
                 cases lie (`reason` in the settings of `{}`).",
                listed(&names),
                self.setting.name()
            )
        })
    }
}

/// `A, B and C`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
