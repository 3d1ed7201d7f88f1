//! What the effort of an evaluation goes to, and what would fill its blind spots: with the data at hand, else with which data.

use super::audit::{CRITERIA, dimension_words, gap, listed, measured, unseen};
use crate::indicator::Indicator;
use crate::outcome::{
    Advice, Audit, AuditGap, AuditPossible, Blind, Effort, EffortKind, IndicatorResult, Kind, Lack,
    Money, Need, Side,
};
use std::collections::BTreeSet;

/// A definition with what it lacks on the data (see [`crate::plan::lack::feasible`]).
pub type Known<'a> = (&'a Indicator, Option<Lack>);

/// So many indicators are named for a blind spot.
const NAMED: usize = 3;

/// Indicators that the data allow and nobody asked for.
pub fn possible(indicators: &[IndicatorResult], known: &[Known<'_>]) -> Vec<AuditPossible> {
    let asked: BTreeSet<&str> = indicators
        .iter()
        .map(|i| i.definition.id.as_str())
        .collect();
    let free = known
        .iter()
        .filter(|(i, lack)| lack.is_none() && !asked.contains(i.id.as_str()));
    free.map(|(i, _)| AuditPossible {
        id: i.id.clone(),
        name: i.name.clone(),
        kind: i.kind,
        dimension: i.dimension.clone(),
        side: i.side,
        criteria: i.criteria.clone(),
    })
    .collect()
}

/// Computed indicators and the rows that they use, by kind.
pub fn effort(indicators: &[IndicatorResult], money: Vec<Money>) -> Effort {
    let kinds = [Kind::Output, Kind::Process, Kind::Structure].map(|kind| {
        let of_kind = indicators
            .iter()
            .filter(|i| i.definition.kind == kind && measured(i));
        let (mut count, mut rows) = (0, 0);
        for indicator in of_kind {
            count += 1;
            rows += indicator.rows.as_ref().map_or(0, |r| r.used);
        }
        EffortKind {
            kind,
            indicators: count,
            row_uses: rows,
        }
    });
    Effort {
        kinds: kinds.into(),
        money,
    }
}

/// One entry per blind spot: process and outputs first, then dimensions, sides, criteria and structure.
pub fn advice(audit: &Audit, indicators: &[IndicatorResult], known: &[Known<'_>]) -> Vec<Advice> {
    let spots = spots(audit);
    let asked: BTreeSet<&str> = indicators
        .iter()
        .map(|i| i.definition.id.as_str())
        .collect();
    let each = spots.iter().map(|spot| {
        let fits: Vec<&Known<'_>> = known.iter().filter(|(i, _)| spot.fits(i)).collect();
        let fill = chosen(&spots, &fits, &asked);
        let wish = if fill.is_empty() { wish(&fits) } else { vec![] };
        let more = fits
            .iter()
            .filter(|(i, lack)| lack.is_none() && !asked.contains(i.id.as_str()))
            .count()
            - fill.len();
        let in_vain = fits
            .iter()
            .any(|(i, lack)| lack.is_none() && asked.contains(i.id.as_str()));
        Advice {
            blind: spot.blind,
            which: spot.which.clone(),
            words: words(spot, &fill, more, &wish, in_vain),
            fill: fill.iter().map(|i| i.id.clone()).collect(),
            wish,
        }
    });
    each.collect()
}

/// A kind, dimension, side or criterion without a computed indicator.
struct Spot {
    blind: Blind,
    which: String,
}

impl Spot {
    fn fits(&self, indicator: &Indicator) -> bool {
        match self.blind {
            Blind::Kind => kind_word(indicator.kind) == self.which,
            // Blind dimensions are those without process.
            Blind::Dimension => {
                indicator.dimension == self.which && indicator.kind == Kind::Process
            }
            Blind::Side => {
                let side = if self.which == "origin" {
                    Side::Origin
                } else {
                    Side::Destination
                };
                indicator.side == side || indicator.side == Side::Both
            }
            Blind::Criterion => CRITERIA
                .iter()
                .any(|(c, word)| *word == self.which && indicator.criteria.contains(c)),
        }
    }

    /// What it is, after "on".
    fn words(&self) -> String {
        match (self.blind, self.which.as_str()) {
            (Blind::Kind, "output") => "outputs".to_owned(),
            (Blind::Kind, "structure") => "structure (what the programmes are)".to_owned(),
            (Blind::Kind, other) => other.to_owned(),
            (Blind::Dimension, id) => dimension_words(id),
            (Blind::Side, side) => format!("the locality of {side}"),
            (Blind::Criterion, criterion) => format!("the DAC criterion {criterion}"),
        }
    }
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Output => "output",
        Kind::Process => "process",
        Kind::Structure => "structure",
    }
}

fn spots(audit: &Audit) -> Vec<Spot> {
    let spot = |blind: Blind, which: &str| Spot {
        blind,
        which: which.to_owned(),
    };
    let silent = |counts: &[crate::outcome::AuditCount]| -> Vec<String> {
        let silent = counts.iter().filter(|c| c.computed == 0);
        silent.map(|c| c.label.clone()).collect()
    };
    let mut spots: Vec<Spot> = silent(&audit.by_kind)
        .iter()
        .map(|kind| spot(Blind::Kind, kind))
        .collect();
    let dimensions = audit.blind_dimensions.iter();
    spots.extend(dimensions.map(|d| spot(Blind::Dimension, d)));
    spots.extend(
        unseen(&audit.by_side)
            .into_iter()
            .map(|side| spot(Blind::Side, side)),
    );
    // Where no definition states a criterion there is nothing to go by.
    if audit.by_criterion.iter().any(|c| c.computed > 0) {
        let criteria = silent(&audit.by_criterion);
        spots.extend(criteria.iter().map(|c| spot(Blind::Criterion, c)));
    }
    // What is missed most comes first; structure is background.
    spots.sort_by_key(|s| match (s.blind, s.which.as_str()) {
        (Blind::Kind, "process") => 0,
        (Blind::Kind, "structure") => 2,
        _ => 1,
    });
    spots
}

/// Up to three that the data allow: those that fill most blind spots, process before others, of different dimensions
/// as far as they go.
fn chosen<'a>(spots: &[Spot], fits: &[&Known<'a>], asked: &BTreeSet<&str>) -> Vec<&'a Indicator> {
    let mut free: Vec<&Indicator> = fits
        .iter()
        .filter(|(i, lack)| lack.is_none() && !asked.contains(i.id.as_str()))
        .map(|(i, _)| *i)
        .collect();
    let rank = |i: &Indicator| {
        let filled = spots.iter().filter(|s| s.fits(i)).count();
        (std::cmp::Reverse(filled), i.kind != Kind::Process)
    };
    // A stable sort: equals stay in the order of the catalogue.
    free.sort_by_key(|i| rank(i));
    let mut chosen: Vec<&Indicator> = Vec::new();
    for again in [false, true] {
        for indicator in &free {
            let new = chosen.iter().all(|c| c.id != indicator.id);
            let other = chosen.iter().all(|c| c.dimension != indicator.dimension);
            if chosen.len() < NAMED && new && (other || again) {
                chosen.push(indicator);
            }
        }
    }
    chosen
}

/// Up to three that other data would allow, those that lack least first.
fn wish(fits: &[&Known<'_>]) -> Vec<AuditGap> {
    let mut lacking: Vec<(usize, AuditGap)> = fits
        .iter()
        .filter_map(|(i, lack)| {
            let lack = lack.as_ref()?;
            Some((lack.leaves().len(), gap(&i.id, &i.name, lack)))
        })
        .collect();
    lacking.sort_by_key(|(missing, _)| *missing);
    let wishes = lacking.into_iter().take(NAMED);
    wishes.map(|(_, gap)| gap).collect()
}

fn words(
    spot: &Spot,
    fill: &[&Indicator],
    more: usize,
    wish: &[AuditGap],
    in_vain: bool,
) -> String {
    let about = spot.words();
    if !fill.is_empty() {
        let mut named: Vec<String> = fill
            .iter()
            .map(|i| format!("“{}” (`{}`)", i.name, i.id))
            .collect();
        if more > 0 {
            named.push(format!("{more} more"));
        }
        let them = if named.len() == 1 && more == 0 {
            "it"
        } else {
            "them"
        };
        return format!(
            "Nothing is computed on {about}. The data at hand allow {}: add {them} to `indicators` in evaluation.toml.",
            listed(&named)
        );
    }
    let needs = wish.iter().map(|gap| {
        let wanted: Vec<String> = gap.lack.leaves().iter().map(|n| in_full(n)).collect();
        format!("“{}” (`{}`) needs {}", gap.name, gap.id, listed(&wanted))
    });
    let needs: Vec<String> = needs.collect();
    match (needs.is_empty(), in_vain) {
        (_, true) => format!(
            "Nothing is computed on {about}: the indicators asked for find no value in the data, and the data allow no other."
        ),
        (false, false) => format!(
            "Nothing is computed on {about}, and the data at hand allow no such indicator. {}.",
            needs.join("; ")
        ),
        (true, false) => format!(
            "Nothing is computed on {about}, and no such indicator is known: `codev indicators new` starts one."
        ),
    }
}

/// What is needed, a table with its columns.
fn in_full(need: &Need) -> String {
    match need {
        Need::Table { columns, .. } if !columns.is_empty() => {
            let columns: Vec<String> = columns.iter().map(|c| format!("`{c}`")).collect();
            format!("{} with {}", need.wanted(), listed(&columns))
        }
        _ => need.wanted(),
    }
}
