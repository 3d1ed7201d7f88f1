//! Differences and ratios of pairs.

use super::PartView;
use super::found;
use super::voice::Voice;
use crate::outcome::comparison::{
    DifferenceScale, Differences, Multiplicity, PairDifference, Part,
};
use crate::report::cells::extremes;
use crate::report::view::{Cell, Column, Table};

/// So many pairs of all are listed at most.
const MOST_PAIRS: usize = 20;

/// Name of a way to allow for the number of pairs.
pub(super) fn multiplicity_name(multiplicity: Multiplicity) -> &'static str {
    match multiplicity {
        Multiplicity::Auto => "chosen by the number of pairs",
        Multiplicity::GamesHowell => "Games–Howell",
        Multiplicity::TukeyKramer => "Tukey–Kramer",
        Multiplicity::RomanoWolf => "Romano–Wolf",
        Multiplicity::Holm => "Holm",
        Multiplicity::BenjaminiHochberg => "Benjamini–Hochberg (false discovery rate)",
        Multiplicity::None => "not allowed for",
    }
}

pub(super) fn part(voice: &Voice, anchor: &str) -> Option<PartView> {
    let differences = voice.of.differences.as_ref()?;
    let title = match differences.scale {
        DifferenceScale::Difference => "Differences",
        DifferenceScale::Ratio => "Ratios",
    };
    let mut part = PartView::new(Part::Differences, anchor, title);
    let tested = differences.pairs.iter().any(|p| voice.shown(p).is_some());
    if tested && differences.pairs.len() > 1 {
        part.said.push(match differences.multiplicity {
            Multiplicity::None => "The number of pairs is not allowed for: the more pairs there are, the more of them differ by chance alone.".to_owned(),
            Multiplicity::BenjaminiHochberg => format!(
                "{} pairs are looked at. p-values allow for that by Benjamini–Hochberg: of the pairs called different, about {} at most are expected to be so by chance.",
                voice.count(differences.pairs.len()),
                voice.locale.percent(1.0 - voice.compared.confidence, 0)
            ),
            other => format!(
                "{} pairs are looked at; p-values allow for that ({}).",
                voice.count(differences.pairs.len()),
                multiplicity_name(other)
            ),
        });
    }
    let unknown = voice.unknown().count();
    if unknown > 0 {
        part.said.push(format!(
            "Of {} whose error is not known the differences stand by their value alone: nothing is tested of them.",
            voice.counted(unknown)
        ));
    }
    if !tested && unknown == 0 {
        part.said.push(
            "These figures are recorded in full and taken as they are: the differences are exact, and nothing is said on chance."
                .to_owned(),
        );
    }
    if differences.benchmark.is_none() && differences.pairs.len() > MOST_PAIRS {
        part.said.extend(told_apart(voice, differences));
    } else {
        let said = differences
            .pairs
            .iter()
            .filter(|p| voice.shown(p) == Some(true))
            .filter_map(|p| found::pair(voice, differences, p));
        let said: Vec<String> = said.collect();
        if said.len() <= 6 && differences.pairs.len() > 1 {
            part.said.extend(said);
        }
    }
    part.tables.push(table(voice, differences, anchor));
    Some(part)
}

/// The pair farthest apart of those shown to differ.
fn told_apart(voice: &Voice, differences: &Differences) -> Option<String> {
    let shown = differences
        .pairs
        .iter()
        .filter(|p| voice.shown(p) == Some(true));
    let farthest = shown.max_by(|a, b| size(a, differences).total_cmp(&size(b, differences)))?;
    let said = found::pair(voice, differences, farthest)?;
    Some(format!("Farthest apart of those shown to differ: {said}"))
}

fn size(pair: &PairDifference, differences: &Differences) -> f64 {
    match differences.scale {
        DifferenceScale::Difference => pair.value.abs(),
        DifferenceScale::Ratio => pair.value.abs().ln().abs(),
    }
}

/// Pairs of a table, and how many are left out: with a benchmark the extremes; else those shown to differ, farthest first.
fn chosen<'d>(voice: &Voice, differences: &'d Differences) -> (Vec<&'d PairDifference>, usize) {
    let all: Vec<&PairDifference> = differences.pairs.iter().collect();
    if differences.benchmark.is_some() {
        let (mut shown, cut) = extremes(all, |p| Some(p.value));
        if cut == 0 {
            shown.sort_by(|a, b| b.value.total_cmp(&a.value));
        }
        return (shown, cut);
    }
    if all.len() <= MOST_PAIRS {
        return (all, 0);
    }
    let total = all.len();
    let mut sorted = all;
    sorted.sort_by(|a, b| {
        let key = |p: &PairDifference| voice.shown(p) == Some(true);
        key(b)
            .cmp(&key(a))
            .then(size(b, differences).total_cmp(&size(a, differences)))
    });
    sorted.truncate(MOST_PAIRS);
    (sorted, total - MOST_PAIRS)
}

fn table(voice: &Voice, differences: &Differences, anchor: &str) -> Table {
    let (pairs, cut) = chosen(voice, differences);
    let any = |test: &dyn Fn(&PairDifference) -> bool| pairs.iter().any(|p| test(p));
    let together = any(&|p| p.simultaneous.is_some());
    let alone = any(&|p| p.interval.is_some()) && !together;
    let raw = any(&|p| p.p.is_some());
    let adjusted = any(&|p| p.adjusted.is_some());
    let scale = differences.scale;
    let head = match (scale, voice.gap_unit().as_str()) {
        (DifferenceScale::Ratio, _) => "Ratio".to_owned(),
        (_, "") => "Difference".to_owned(),
        (_, unit) => format!("Difference, {unit}"),
    };
    let sign = match scale {
        DifferenceScale::Difference => "less",
        DifferenceScale::Ratio => "by",
    };
    let mut columns = vec![Column::text("Pair"), Column::number(head)];
    if together {
        columns.push(Column::number(format!(
            "{} interval, all together",
            voice.level
        )));
    }
    if alone {
        columns.push(Column::number(format!("{} interval", voice.level)));
    }
    if raw {
        columns.push(Column::number("p, alone"));
    }
    if adjusted {
        columns.push(Column::number("p, number of pairs allowed for"));
    }
    if raw || adjusted {
        columns.push(Column::text("Shown to differ"));
    }
    let caption = match differences.benchmark {
        Some(benchmark) => format!("Compared with {}", voice.name(benchmark)),
        None => "Pairs".to_owned(),
    };
    let mut table = Table::new(format!("{anchor}-pairs"), caption, columns);
    for pair in pairs {
        let (a, b) = (voice.name(pair.a), voice.name(pair.b));
        let label = match differences.benchmark {
            Some(benchmark) if benchmark == pair.b => a.to_owned(),
            _ => format!("{a} {sign} {b}"),
        };
        let mut cells = vec![Cell::text(label), Cell::text(voice.pair(pair.value, scale))];
        let range = |i: Option<(f64, f64)>| {
            i.map_or_else(Cell::none, |i| Cell::text(voice.pair_range(i, scale)))
        };
        let p = |p: Option<f64>| p.map_or_else(Cell::none, |p| Cell::text(voice.p(p)));
        if together {
            cells.push(range(pair.simultaneous));
        }
        if alone {
            cells.push(range(pair.interval));
        }
        if raw {
            cells.push(p(pair.p));
        }
        if adjusted {
            cells.push(p(pair.adjusted));
        }
        if raw || adjusted {
            cells.push(match voice.shown(pair) {
                Some(true) => Cell {
                    class: "yes",
                    ..Cell::text("yes")
                },
                Some(false) => Cell {
                    class: "no",
                    ..Cell::text("not shown")
                },
                None => Cell::none(),
            });
        }
        table.push(cells);
    }
    if cut > 0 {
        let which = match differences.benchmark {
            Some(_) => "The highest and the lowest are shown",
            None => "Those shown to differ come first, the farthest apart on top",
        };
        table.cut = Some(format!(
            "{which}; {} more pairs are in comparison.xlsx and comparison.json.",
            voice.count(cut)
        ));
    }
    table
}
