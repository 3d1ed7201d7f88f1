//! Ranks of programmes, never without the sets of ranks that the data allow.

use super::asked::{Asked, Made, refused};
use crate::outcome::comparison::{
    Basis, Between, Entry, League, MethodNote, Part, RankRow, Refusal,
};
use crate::stats::Refused;
use crate::stats::random::tag;
use crate::stats::ranks::{Draws, Entry as Ranked, Options, rank};
use std::collections::BTreeMap;

/// Draws that leagues of as many programmes share: made once, before the leagues, since each is made on several threads.
pub(super) struct Deck {
    seed: u64,
    draws: usize,
    made: BTreeMap<usize, Draws>,
}

impl Deck {
    /// Draws for leagues of these sizes.
    pub fn new(seed: u64, draws: u64, sizes: impl IntoIterator<Item = usize>) -> Deck {
        let draws = usize::try_from(draws).unwrap_or(usize::MAX);
        let mut made = BTreeMap::new();
        for size in sizes {
            if let std::collections::btree_map::Entry::Vacant(place) = made.entry(size)
                && let Ok(fresh) = Draws::new(size, draws, seed, tag("league"))
            {
                place.insert(fresh);
            }
        }
        Deck { seed, draws, made }
    }

    fn with<T>(
        &self,
        size: usize,
        work: impl FnOnce(&Draws) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        match self.made.get(&size) {
            Some(draws) => work(draws),
            None => work(&Draws::new(size, self.draws, self.seed, tag("league"))?),
        }
    }
}

/// How many of these entries a league would rank.
pub(super) fn size(entries: &[Entry]) -> usize {
    entries.iter().filter(|e| e.se.is_some()).count()
}

/// A figure to be ranked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    /// Index among the entries of the comparison.
    pub entry: usize,
    pub value: f64,
    pub se: f64,
    /// `None` for the normal.
    pub df: Option<f64>,
}

/// The league, where it is asked for or the measure has a direction.
///
/// # Errors
/// No direction, or figures without any error: a plain table of ranks is not made.
pub(super) fn league(asked: &Asked<'_>, deck: &Deck) -> Result<Option<Made<League>>, Refusal> {
    let ranked = match asked.between {
        Between::Programmes | Between::Evaluations | Between::Column(_) => true,
        Between::Periods => false,
    };
    let wanted = asked
        .setting
        .league
        .unwrap_or(ranked && asked.sign().is_some());
    if !wanted {
        return Ok(None);
    }
    let Some(sign) = asked.sign() else {
        return Err(Refusal {
            part: Part::League,
            reason: "neither more nor less of it is better, so that nobody ranks first".to_owned(),
            help: "Give the indicator a `direction`, if there is one; its values stand beside each other as they are.".to_owned(),
        });
    };
    let placed = placed(asked);
    if placed.len() < 2 {
        return Err(unranked(asked));
    }
    let top = tops(asked, placed.len());
    let league = ranked_by(&placed, sign, &top, asked.common.confidence, deck)
        .map_err(|why| refused(Part::League, why))?;
    let mut remarks = vec![];
    let exact = asked.entries.iter().filter(|e| e.exact()).count();
    if exact > 0 {
        remarks.push(format!(
            "{exact} without an error of their own are listed by value and not ranked with the others."
        ));
    }
    if asked.entries.iter().any(|e| e.basis == Basis::Chance) {
        remarks.push(
            "The figures were recorded in full. Ranks treat counted rows as what the same programme might have had more or fewer of by \
             chance; they say how far the order would hold, not how well anything was measured."
                .to_owned(),
        );
    }
    Ok(Some(Made {
        part: league,
        method: MethodNote {
            part: Part::League,
            words: format!(
                "Confidence sets of ranks hold all ranks that the differences between programmes leave open, by the distribution of their \
                 largest studentised difference over {} draws; the simultaneous sets hold for all programmes together. The chance of \
                 being among the top is the share of draws of the true values around the estimates.",
                asked.common.draws
            ),
            references: vec![
                "Mogstad, M., Romano, J. P., Shaikh, A. M. & Wilhelm, D. (2024). Inference for ranks with applications to mobility across neighbourhoods and academic achievement across countries. Review of Economic Studies 91.".to_owned(),
                "Goldstein, H. & Spiegelhalter, D. J. (1996). League tables and their limitations: statistical issues in comparisons of institutional performance. JRSS A 159.".to_owned(),
            ],
        },
        remarks,
    }))
}

/// Those with an error.
fn placed(asked: &Asked<'_>) -> Vec<Placed> {
    let all = asked.entries.iter().enumerate();
    let placed = all.filter_map(|(entry, e)| {
        Some(Placed {
            entry,
            value: e.value,
            se: e.se?,
            df: e.df,
        })
    });
    placed.collect()
}

fn unranked(asked: &Asked<'_>) -> Refusal {
    let recorded = asked.entries.iter().all(Entry::exact);
    match recorded {
        true => Refusal {
            part: Part::League,
            reason: "the figures were recorded in full and nothing tells how far their order would hold another time, so that no ranks \
                     are printed"
                .to_owned(),
            help: "Read the values in their order; an indicator that is a share or count of rows, or a sample, can be ranked.".to_owned(),
        },
        false => Refusal {
            part: Part::League,
            reason: "fewer than two of the figures have a standard error, so that no ranks are printed".to_owned(),
            help: "Intervals need two clusters and different answers in each programme.".to_owned(),
        },
    }
}

/// Sizes of the top: those asked for that are smaller than the league, else the first and a quarter.
fn tops(asked: &Asked<'_>, of: usize) -> Vec<usize> {
    let asked_for = asked
        .setting
        .top
        .iter()
        .filter_map(|t| usize::try_from(*t).ok());
    let mut top: Vec<usize> = asked_for.filter(|t| *t < of).collect();
    if asked.setting.top.is_empty() {
        top = vec![1];
        if of >= 8 {
            top.push(of.div_ceil(4));
        }
    }
    top.sort_unstable();
    top.dedup();
    top
}

/// Ranks `placed`, the highest first where `sign` is 1.
///
/// # Errors
/// What [`rank`] refuses.
pub(super) fn ranked_by(
    placed: &[Placed],
    sign: f64,
    top: &[usize],
    confidence: f64,
    deck: &Deck,
) -> Result<League, Refused> {
    let entries: Vec<Ranked> = placed
        .iter()
        .map(|p| Ranked {
            value: sign * p.value,
            se: p.se,
            // A rank needs one degree of freedom; fewer come from Satterthwaite only where next to nothing is known.
            df: p.df.unwrap_or(f64::INFINITY).max(1.0),
        })
        .collect();
    let options = Options {
        confidence,
        top,
        posterior: None,
    };
    let ranking = deck.with(entries.len(), |draws| rank(&entries, draws, &options))?;
    let pair = |(a, b): (usize, usize)| (a as u64, b as u64);
    let mut ranks: Vec<RankRow> = placed
        .iter()
        .zip(&ranking.standings)
        .map(|(p, standing)| RankRow {
            entry: p.entry,
            rank: pair(standing.rank),
            marginal: pair(standing.marginal),
            simultaneous: pair(standing.simultaneous),
            expected: standing.expected,
            top: standing.top.clone(),
            may_be_top: top.iter().map(|k| standing.may_be_among(*k)).collect(),
        })
        .collect();
    // A stable sort: equals stay in the order of the entries.
    ranks.sort_by_key(|r| r.rank);
    Ok(League {
        top: top.iter().map(|t| *t as u64).collect(),
        ranks,
        draws: ranking.draws as u64,
    })
}
