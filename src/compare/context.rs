//! Like with like: what programmes are beside the measure, leagues within strata, and values adjusted for what differs.

use super::asked::{Asked, Made, fact, refused};
use super::league::{Deck, Placed, ranked_by};
use super::moderators::{Moderators, coefficients, number};
use crate::outcome::comparison::{
    AdjustedValues, Between, Case, Context, MethodNote, Part, Refusal, Stratum,
};
use crate::stats::linear;
use crate::stats::linear::covariance::{Kind, heteroskedastic};
use crate::stats::meta::{self, regress};
use crate::stats::{Inference, Refused};
use nalgebra::DMatrix;
use std::collections::BTreeSet;

/// Columns of the case mix where none are named.
const SHOWN: usize = 5;

/// A column of words tells programmes apart by so many of them at most.
const WORDS: usize = 8;

/// The case mix, with strata and adjusted values where they are asked for.
///
/// # Errors
/// What the facts of the programmes don't allow.
pub(super) fn context(asked: &Asked<'_>, deck: &Deck) -> Result<Option<Made<Context>>, Refusal> {
    if !matches!(asked.between, Between::Programmes) {
        return Ok(None);
    }
    let setting = asked.setting;
    let single = [&setting.strata, &setting.subgroups, &setting.levels];
    let named = single.into_iter().flatten();
    let named = named
        .chain(&setting.adjust)
        .chain(&setting.moderators)
        .chain(&setting.mix);
    let mut columns: Vec<String> = Vec::new();
    for column in named {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    if columns.is_empty() {
        let cases = asked
            .entries
            .iter()
            .filter_map(|e| asked.cases.get(e.case?));
        columns = telling(&cases.collect::<Vec<_>>());
    }
    let strata = setting
        .strata
        .as_ref()
        .map_or_else(Vec::new, |by| strata(asked, by, deck));
    let adjusted = match setting.adjust.is_empty() {
        true => None,
        false => Some(adjusted(asked, deck).map_err(|why| refused(Part::Context, why))?),
    };
    let mut words = "The case mix shows what is known of each programme beside the measure; values are compared as they are."
        .to_owned();
    if !strata.is_empty() {
        words = "Programmes are ranked among those of the same stratum only.".to_owned();
    }
    let mut references = vec![];
    if let Some(adjusted) = &adjusted {
        words = format!(
            "Adjusted values are what each programme would be expected to show with the average {}, by {}. Standard errors are those of the \
             programmes' own figures: that the adjustment is itself estimated is not in them.",
            adjusted.covariates.join(", "),
            match adjusted.values.iter().any(|(_, _, se)| se.is_some()) {
                true => "a meta-regression with a variance between programmes",
                false => "linear regression",
            }
        );
        references.push("Thompson, S. G. & Higgins, J. P. T. (2002). How should meta-regression analyses be undertaken and interpreted? Statistics in Medicine 21.".to_owned());
    }
    Ok(Some(Made {
        part: Context {
            columns,
            by: setting.strata.clone(),
            strata,
            adjusted,
        },
        method: MethodNote {
            part: Part::Context,
            words,
            references,
        },
        remarks: vec![],
    }))
}

/// Columns that tell programmes apart: numbers, dates, and words of which there are few.
fn telling(cases: &[&Case]) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in cases.iter().flat_map(|c| &c.facts) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let tells = |name: &&str| {
        let texts: Vec<&str> = cases.iter().filter_map(|c| fact(c, name)).collect();
        let distinct: BTreeSet<&str> = texts.iter().copied().collect();
        let numbers = texts.iter().all(|t| number(t).is_some());
        let few = distinct.len() <= WORDS && distinct.len() * 2 <= cases.len();
        texts.len() * 2 >= cases.len() && distinct.len() > 1 && (numbers || few)
    };
    let telling = names.into_iter().filter(tells).take(SHOWN);
    telling.map(str::to_owned).collect()
}

fn strata(asked: &Asked<'_>, by: &str, deck: &Deck) -> Vec<Stratum> {
    let places: Vec<usize> = (0..asked.entries.len()).collect();
    let groups = Moderators::of(asked, &places).groups(by, "(not recorded)");
    let stratum = |code: usize| {
        let members: Vec<usize> = groups.members(code).collect();
        let placed = members
            .iter()
            .filter_map(|i| placed(asked, *i, asked.entries[*i].value));
        let placed: Vec<Placed> = placed.collect();
        let league = match (asked.sign(), placed.len()) {
            (None, _) => Err("neither more nor less of it is better".to_owned()),
            (_, 0 | 1) => Err("fewer than two programmes with a standard error".to_owned()),
            (Some(sign), _) => {
                ranked_by(&placed, sign, &[1], asked.common.confidence, deck).map_err(|r| r.reason)
            }
        };
        Stratum {
            label: groups.label(code).to_owned(),
            entries: members,
            reason: league.as_ref().err().cloned(),
            league: league.ok(),
        }
    };
    (0..groups.sizes().len()).map(stratum).collect()
}

fn placed(asked: &Asked<'_>, entry: usize, value: f64) -> Option<Placed> {
    let from = &asked.entries[entry];
    Some(Placed {
        entry,
        value,
        se: from.se?,
        df: from.df,
    })
}

fn adjusted(asked: &Asked<'_>, deck: &Deck) -> Result<AdjustedValues, Refused> {
    let all_known = asked.entries.iter().all(|e| e.se.is_none());
    let with_error = |i: &usize| all_known || asked.entries[*i].se.is_some();
    let places: Vec<usize> = (0..asked.entries.len()).filter(with_error).collect();
    let design = Moderators::of(asked, &places).design(&asked.setting.adjust)?;
    let rows: Vec<usize> = design.rows.iter().map(|at| places[*at]).collect();
    let value: Vec<f64> = rows.iter().map(|i| asked.entries[*i].value).collect();
    let variance: Option<Vec<f64>> = rows
        .iter()
        .map(|i| asked.entries[*i].se.map(|se| se * se))
        .collect();
    let columns: Vec<&[f64]> = design.columns.iter().map(|(_, c)| c.as_slice()).collect();
    let names: Vec<&str> = design.columns.iter().map(|(n, _)| n.as_str()).collect();
    let (names, slopes) = match variance {
        Some(variance) => {
            let options = meta::Options {
                confidence: asked.common.confidence,
                ..meta::Options::default()
            };
            let found = regress(&value, &variance, &columns, &names, &options)?;
            (found.names, found.coefficients)
        }
        None => ordinary(&value, &columns, &names, asked.common.confidence)?,
    };
    let mean = |column: &[f64]| column.iter().sum::<f64>() / column.len() as f64;
    let means: Vec<f64> = columns.iter().map(|c| mean(c)).collect();
    let shift = |at: usize| -> f64 {
        let terms = slopes[1..].iter().zip(&columns).zip(&means);
        terms
            .map(|((slope, column), mean)| slope.value * (column[at] - mean))
            .sum()
    };
    let values: Vec<(usize, f64, Option<f64>)> = rows
        .iter()
        .enumerate()
        .map(|(at, entry)| (*entry, value[at] - shift(at), asked.entries[*entry].se))
        .collect();
    let placed: Vec<Placed> = values
        .iter()
        .filter_map(|(entry, value, _)| placed(asked, *entry, *value))
        .collect();
    let league = match asked.sign() {
        Some(sign) if placed.len() > 1 => Some(ranked_by(
            &placed,
            sign,
            &[1],
            asked.common.confidence,
            deck,
        )?),
        _ => None,
    };
    Ok(AdjustedValues {
        covariates: asked.setting.adjust.clone(),
        values,
        coefficients: coefficients(&names, &slopes),
        league,
    })
}

/// Least squares, with standard errors that hold where programmes scatter unevenly.
fn ordinary(
    value: &[f64],
    columns: &[&[f64]],
    names: &[&str],
    confidence: f64,
) -> Result<(Vec<String>, Vec<Inference>), Refused> {
    let x = DMatrix::from_fn(value.len(), columns.len() + 1, |i, j| match j {
        0 => 1.0,
        _ => columns[j - 1][i],
    });
    let names: Vec<String> = std::iter::once("constant")
        .chain(names.iter().copied())
        .map(str::to_owned)
        .collect();
    let fit = linear::fit(value, &x, &names, None)?;
    let covariance = heteroskedastic(&fit, Kind::Hc2)?;
    let slope = |at: usize| covariance.coefficient(&fit, at, confidence);
    let slopes = (0..names.len()).map(slope).collect::<Result<Vec<_>, _>>()?;
    Ok((names, slopes))
}
