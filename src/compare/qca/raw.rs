//! The raw values of a set, programme by programme: of an indicator, of an effect, or of a column of the programmes table.

use super::way::Way;
use crate::compare::asked::fact;
use crate::compare::definitions::{Unified, near};
use crate::compare::entries::{column_known, entries};
use crate::compare::gather::{Material, Whose};
use crate::compare::moderators::number;
use crate::evaluation::{Common, ComparisonSetting, QcaSetting, SetSetting};
use crate::finding::{Finding, Findings};
use crate::outcome::comparison::{Basis, Between};
use crate::stats::Refused;
use std::collections::BTreeMap;

/// A raw value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raw {
    /// As a number; of words 1 where they are in the set, else 0.
    pub value: f64,
    /// Standard error, of a figure of a sample.
    pub error: Option<f64>,
    /// Whether it is a figure of a sample whose error is not known.
    pub unknown: bool,
    /// For readers.
    pub text: String,
}

/// The raw values of a set.
pub(super) struct RawSet {
    /// By case.
    pub values: BTreeMap<usize, Raw>,
    /// Why a case has none.
    pub missing: BTreeMap<usize, String>,
    pub unit: String,
}

/// What the raw values of any set are read from.
pub(super) struct From<'a> {
    pub qca: &'a QcaSetting,
    /// Cases that take part.
    pub cases: &'a [usize],
    pub unified: &'a [Unified],
    pub material: &'a Material,
    pub common: &'a Common,
}

impl From<'_> {
    /// The raw values of a set.
    ///
    /// # Errors
    /// A name that is not there (a finding too), or a measure without values by programme.
    pub(super) fn read(
        &self,
        set: &SetSetting,
        way: &Way,
        findings: &mut Findings,
    ) -> Result<RawSet, Refused> {
        match (&set.indicator, &set.effect, &set.column) {
            (Some(id), _, _) => self.measure(id, false, set, findings),
            (_, Some(id), _) => self.measure(id, true, set, findings),
            (_, _, Some(column)) => self.column(column, way, findings),
            _ => Err(Refused::new(
                "it says not where its raw values come from",
                "Give it an `indicator`, an `effect` or a `column`.",
            )),
        }
    }

    fn find(&self, id: &str, effect: bool, findings: &mut Findings) -> Result<&Unified, Refused> {
        let of = || {
            let all = self.unified.iter();
            all.filter(|u| u.measure.effect.is_some() == effect)
        };
        if let Some(found) = of().find(|u| u.measure.id == id) {
            return Ok(found);
        }
        // The name of a block of effects is enough where it has one indicator.
        let block = || of().filter(|u| effect && u.measure.id.split('/').next() == Some(id));
        if let (Some(found), 1) = (block().next(), block().count()) {
            return Ok(found);
        }
        let what = if effect { "effect" } else { "indicator" };
        let name = self.qca.name();
        let otherwise = format!("Add the {what} to evaluation.toml, or correct the name.");
        let help = match block().next() {
            Some(one) => format!(
                "Name one of its indicators: `effect = \"{}\"`.",
                one.measure.id
            ),
            None => near(id, of().map(|u| u.measure.id.as_str()), &otherwise),
        };
        let message =
            format!("The analysis `{name}` asks for the {what} `{id}`, which no evaluation has.");
        findings.push(Finding::error("compare-unknown-measure", message, &help));
        Err(Refused::new(
            format!("no evaluation has the {what} `{id}`"),
            help,
        ))
    }

    fn measure(
        &self,
        id: &str,
        effect: bool,
        set: &SetSetting,
        findings: &mut Findings,
    ) -> Result<RawSet, Refused> {
        let measure = self.find(id, effect, findings)?;
        if let Some(refusal) = &measure.refusal {
            return Err(Refused::new(refusal.reason.clone(), refusal.help.clone()));
        }
        let by_programme = |whose: Whose| matches!(whose, Whose::Case(_));
        if measure.figures.iter().all(|f| !by_programme(f.whose)) {
            let help = match effect {
                true => {
                    "Add the key of the programmes to `by` of the effect: `by = [\"programme\"]`."
                }
                false => "Choose an indicator whose table names the programme of each row.",
            };
            let id = &measure.measure.id;
            return Err(Refused::new(
                format!("`{id}` is not told by programme"),
                help,
            ));
        }
        let setting = ComparisonSetting {
            period: set.period.clone(),
            only: self.qca.only.clone(),
            exclude: self.qca.exclude.clone(),
            ..ComparisonSetting::default()
        };
        let made = entries(
            &setting,
            &Between::Programmes,
            measure,
            self.material,
            self.common,
        );
        let unit = measure.measure.unit.clone();
        let values = made.entries.iter().filter_map(|e| {
            let raw = Raw {
                value: e.value,
                error: e.se.filter(|_| e.basis == Basis::Sample),
                unknown: e.error_unknown(),
                text: short(e.value, &unit),
            };
            Some((e.case?, raw))
        });
        let values: BTreeMap<usize, Raw> = values.collect();
        let ids = |case: usize| self.material.cases.get(case).map_or("", |c| c.id.as_str());
        let without = self.cases.iter().filter(|c| !values.contains_key(c));
        let reason = |case: &usize| {
            let apart = made.apart.iter().find(|a| a.id == ids(*case));
            apart.map_or("no figure for this programme", |a| a.reason.as_str())
        };
        Ok(RawSet {
            missing: without.map(|c| (*c, reason(c).to_owned())).collect(),
            values,
            unit,
        })
    }

    fn column(&self, column: &str, way: &Way, findings: &mut Findings) -> Result<RawSet, Refused> {
        let who = format!("The analysis `{}`", self.qca.name());
        if !column_known(&who, self.material, column, findings) {
            return Err(Refused::new(
                format!("the programmes don't have the column `{column}`"),
                "Use a column of the table with the role `programmes`.",
            ));
        }
        let mut read = RawSet {
            values: BTreeMap::new(),
            missing: BTreeMap::new(),
            unit: String::new(),
        };
        let mut texts: Vec<&str> = Vec::new();
        for at in self.cases {
            let Some(text) = self.material.cases.get(*at).and_then(|c| fact(c, column)) else {
                read.missing
                    .insert(*at, format!("no `{column}` is recorded"));
                continue;
            };
            texts.push(text);
            let value = match way {
                Way::Words(words) => Some(f64::from(u8::from(is_one_of(text, words)))),
                _ => yes_or_no(text).or_else(|| number(text)),
            };
            let Some(value) = value else {
                let reason = format!("its `{column}` is “{text}”, which is no number");
                read.missing.insert(*at, reason);
                continue;
            };
            let raw = Raw {
                value,
                error: None,
                unknown: false,
                text: match way {
                    Way::Words(_) => text.to_owned(),
                    _ => text.parse().map_or(text.to_owned(), |v| short(v, "")),
                },
            };
            read.values.insert(*at, raw);
        }
        if let Way::Words(words) = way {
            for word in words {
                if texts
                    .iter()
                    .all(|t| !is_one_of(t, std::slice::from_ref(word)))
                {
                    let message = format!("{who}: no programme has `{word}` in `{column}`.");
                    let parts = texts
                        .iter()
                        .flat_map(|t| parts(t))
                        .chain(texts.iter().copied());
                    let help = near(word, parts, "Use a value as it stands in the table.");
                    findings.push(Finding::warning("compare-unknown-value", message, help));
                }
            }
        }
        Ok(read)
    }
}

/// The values of a list.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', ',', '|']).map(str::trim)
}

/// Whether a text, or one value of a list, is among the words. Truth values are written `yes` and `no`, and may be asked for as
/// `true` and `false`.
fn is_one_of(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| {
        let same = |t: &str| {
            let truth = yes_or_no(t).is_some() && yes_or_no(t) == yes_or_no(word);
            t == word || truth
        };
        same(text) || parts(text).any(same)
    })
}

fn yes_or_no(text: &str) -> Option<f64> {
    match text {
        "yes" | "true" => Some(1.0),
        "no" | "false" => Some(0.0),
        _ => None,
    }
}

/// A raw value for readers, at four significant digits; shares in percent.
pub(super) fn short(value: f64, unit: &str) -> String {
    if unit == "%" {
        return format!("{} %", short(value * 100.0, ""));
    }
    let whole = value.abs().log10().floor();
    let digits = match value == 0.0 || !whole.is_finite() {
        true => 0,
        false => (3.0 - whole).clamp(0.0, 9.0) as usize,
    };
    let text = format!("{value:.digits$}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
