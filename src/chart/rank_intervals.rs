//! A league table that keeps to its uncertainty: the ranks that each programme may have, best first.

use super::alt::{counted, name, opening};
use super::canvas::{Canvas, Colour};
use super::dots::words;
use super::ends::{apart, line, thin};
use super::font::{Weight, width};
use super::legend::{Entry, Symbol};
use super::pen::Stroke;
use super::roster::{AXIS, Column, Item, Roster};
use super::scale::{Domain, Scale, Tick};
use super::symbol::{Fill, Shape, node};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One programme of a league. It is ranked only with its estimated rank and the ranks it may have; else it is listed apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RankRow {
    /// The programme.
    pub label: String,
    /// Its estimate, written beside the ranks.
    pub value: Option<f64>,
    /// Estimated rank from 1, the best, as first and last of a tie.
    pub rank: Option<(usize, usize)>,
    /// Ranks it may have, taken alone: drawn thick.
    pub marginal: Option<(usize, usize)>,
    /// Ranks it may have when all programmes must be right at once: drawn thin.
    pub simultaneous: Option<(usize, usize)>,
    /// Whether it may be among the best, where that is asked.
    pub among_top: Option<bool>,
    /// Why it is listed apart ("withheld", "no data").
    pub note: Option<String>,
}

/// A league of programmes with rank intervals; drawn from the best estimated rank down.
pub struct RankIntervals<'a> {
    /// Heading.
    pub title: String,
    /// What is ranked and which direction is better, under the heading.
    pub unit: String,
    /// The programmes in any order.
    pub rows: Vec<RankRow>,
    /// How many count as the top, for the line and the key.
    pub top: Option<usize>,
    /// How sure the rank intervals are ("95 %").
    pub level: String,
    /// Writes an estimate.
    pub format: Format<'a>,
}

/// More programmes than this have thin rows between the ends.
const FULL: usize = 60;
/// How many of the best and of the last are named then.
const NAMED: usize = 20;
const TOP: Stroke = Stroke::new(Colour::Vermilion, 1.0, "4 3");

/// A programme that can be ranked.
struct Ranked<'c> {
    row: &'c RankRow,
    rank: (usize, usize),
}

impl Ranked<'_> {
    /// First and last rank of its interval, the simultaneous one if there is one.
    fn said(&self) -> (usize, usize) {
        let either = self.row.simultaneous.or(self.row.marginal);
        either.unwrap_or(self.rank)
    }
}

fn sound(ranks: Option<(usize, usize)>) -> bool {
    ranks.is_some_and(|(first, last)| first >= 1 && first <= last)
}

/// The ranked ones from the best down, and those listed apart.
fn split<'c>(chart: &'c RankIntervals) -> (Vec<Ranked<'c>>, Vec<&'c RankRow>) {
    let mut ranked = Vec::new();
    let mut others = Vec::new();
    for row in &chart.rows {
        let may = sound(row.marginal) || sound(row.simultaneous);
        match row.rank {
            Some(rank) if sound(row.rank) && may => ranked.push(Ranked { row, rank }),
            _ => others.push(row),
        }
    }
    ranked.sort_by(|a, b| {
        let key = |r: &Ranked| (r.rank.0 + r.rank.1, r.said());
        key(a)
            .cmp(&key(b))
            .then_with(|| a.row.label.cmp(&b.row.label))
    });
    (ranked, others)
}

fn last(ranked: &[Ranked]) -> usize {
    let all = ranked.iter().flat_map(|r| {
        let ends = [r.row.marginal, r.row.simultaneous, Some(r.rank)];
        ends.into_iter().flatten().map(|(_, last)| last)
    });
    all.max().unwrap_or(1).max(ranked.len())
}

/// Draws a league.
pub fn rank_intervals(chart: &RankIntervals) -> Result<Svg, ChartError> {
    let (ranked, others) = split(chart);
    let last = last(&ranked);
    let domain = (!ranked.is_empty()).then_some(Domain {
        low: 0.5,
        high: last as f64 + 0.5,
        log: false,
    });
    let compact = ranked.len() > FULL;
    let hidden = if compact { ranked.len() - 2 * NAMED } else { 0 };
    let shown = |n: usize| !compact || n < NAMED || n + NAMED >= ranked.len();
    let top = chart.top.filter(|k| *k >= 1 && *k < last);
    let reasons: Vec<(String, String)> = others
        .iter()
        .map(|r| (name(&r.label), words(r.note.as_deref())))
        .collect();
    both(alt_text(chart, &ranked, &others), |layout, alt| {
        let mut items: Vec<Item> = ranked
            .iter()
            .enumerate()
            .map(|(n, r)| item(chart, r, !shown(n)))
            .collect();
        let mut footnotes = Vec::new();
        if others.len() <= FULL / 2 {
            items.extend(others.iter().enumerate().map(|(n, row)| aside(row, n)));
        } else {
            footnotes.extend(apart(&reasons).map(|words| format!("Not ranked. {words}")));
        }
        let mut notes = Vec::new();
        if compact {
            notes.push(format!(
                "The {NAMED} best and the {NAMED} last estimated ranks are named; {} between: a thin line each, \
                 light blue for the ranks taken alone and grey for all at once.",
                counted(hidden, "programme")
            ));
        }
        let roster = Roster {
            title: &chart.title,
            unit: &chart.unit,
            items,
            columns: columns(chart),
            domain,
            ticks: Some(&ticks),
            format: &|v| format!("{v:.0}"),
            zone: None,
            uprights: top.iter().map(|k| (*k as f64 + 0.5, TOP)).collect(),
            sides: ["1 = best".to_owned(), String::new()],
            key: key(&ranked, top),
            notes,
            footnotes,
            alt,
        };
        roster.draw(layout, &|canvas, index, scale, y| {
            if let Some(ranked) = ranked.get(index) {
                if shown(index) {
                    full(canvas, ranked, scale, y);
                } else {
                    let span = |(low, high): (usize, usize)| (low as f64, high as f64);
                    let wide = ranked.row.simultaneous.filter(|r| sound(Some(*r)));
                    if let Some(wide) = wide {
                        line(canvas, scale, span(wide), y, Colour::Context);
                    }
                    let own = ranked.row.marginal.filter(|r| sound(Some(*r)));
                    if let Some(own) = own {
                        line(canvas, scale, span(own), y, Colour::Sky);
                    }
                    let middle = (ranked.rank.0 + ranked.rank.1) as f64 / 2.0;
                    thin(canvas, scale, Some(middle), None, y, thin_colour(ranked));
                }
            }
        })
    })
}

fn colour(ranked: &Ranked) -> Colour {
    match ranked.row.among_top {
        Some(false) => Colour::Axis,
        _ => Colour::Blue,
    }
}

/// Against the lines of thin rows.
fn thin_colour(ranked: &Ranked) -> Colour {
    match ranked.row.among_top {
        Some(false) => Colour::Muted,
        _ => Colour::Blue,
    }
}

/// The thin and the thick interval, and the estimated rank: a dot, or a bar over the ranks of a tie.
fn full(canvas: &mut Canvas, ranked: &Ranked, scale: &Scale, y: f64) {
    let colour = colour(ranked);
    let at = |rank: usize| scale.at(rank as f64);
    for (ranks, half) in [(ranked.row.simultaneous, 0.8), (ranked.row.marginal, 3.0)] {
        if let Some((first, last)) = ranks.filter(|r| sound(Some(*r))) {
            // One rank only still has some width.
            let (from, to) = (at(first) - 1.5, at(last) + 1.5);
            let around = [
                (from, y - half),
                (to, y - half),
                (to, y + half),
                (from, y + half),
            ];
            canvas.fill(&around, colour, 1.0);
        }
    }
    let fill = match ranked.row.among_top {
        Some(false) => Fill::Hollow,
        _ => Fill::Solid,
    };
    let (first, last) = ranked.rank;
    if first == last {
        node(canvas, (at(first), y), 5.5, Shape::Circle, colour, fill);
        return;
    }
    let (from, to) = (at(first) - 4.0, at(last) + 4.0);
    let around = |by: f64| {
        [
            (from + by, y - 5.0 + by),
            (to - by, y - 5.0 + by),
            (to - by, y + 5.0 - by),
            (from + by, y + 5.0 - by),
        ]
    };
    canvas.rimmed(&around(0.0), colour);
    if fill == Fill::Hollow {
        canvas.fill(&around(2.5), Colour::Paper, 1.0);
    }
}

/// 1 and round ranks, as many as fit.
fn ticks(scale: &Scale, canvas: f64) -> Vec<Tick> {
    let place = |rank: usize| {
        let label = rank.to_string();
        let wide = width(&label, AXIS.size, Weight::Regular);
        let at = scale.at(rank as f64);
        Tick {
            value: rank as f64,
            at,
            start: (at - wide / 2.0).min(canvas - 4.0 - wide).max(4.0),
            label,
        }
    };
    let last = (scale.domain.high - 0.5).max(1.0) as usize;
    let mut step = 1_usize;
    for factor in [2, 5, 10].into_iter().cycle() {
        let rounds = (1..=last / step).map(|k| k * step).filter(|r| *r > 1);
        let all: Vec<Tick> = std::iter::once(1)
            .chain(rounds)
            .take(40)
            .map(place)
            .collect();
        let fits = all.windows(2).all(|w| match w {
            [a, b] => a.start + width(&a.label, AXIS.size, Weight::Regular) + 10.0 <= b.start,
            _ => true,
        });
        if (fits && all.len() <= 12) || step > last {
            return all;
        }
        // 1, 2, 5, 10, 20, 50 and so on.
        let power = 10_usize.pow(step.ilog10());
        step = power * factor;
    }
    Vec::new()
}

fn columns(chart: &RankIntervals) -> Vec<Column> {
    vec![
        Column {
            heading: "estimate".to_owned(),
            before: String::new(),
        },
        Column {
            heading: format!("ranks [{}]", clean(&chart.level)),
            before: "ranks ".to_owned(),
        },
    ]
}

fn range((first, last): (usize, usize)) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}–{last}")
    }
}

fn item(chart: &RankIntervals, ranked: &Ranked, thin: bool) -> Item {
    let row = ranked.row;
    let written = super::scale::usable(row.value).map(|v| clean(&(chart.format)(v)));
    let mut hover = format!("{}: estimated rank {}", row.label, range(ranked.rank));
    if let Some(written) = &written {
        hover.push_str(&format!(", estimate {written}"));
    }
    for (ranks, what) in [(row.marginal, "alone"), (row.simultaneous, "all at once")] {
        if let Some(ranks) = ranks.filter(|r| sound(Some(*r))) {
            hover.push_str(&format!("; {} {}", range(ranks), what));
        }
    }
    match row.among_top {
        Some(true) => hover.push_str("; may be among the top"),
        Some(false) => hover.push_str("; not among the top"),
        None => {}
    }
    Item {
        label: row.label.clone(),
        drawn: true,
        cells: vec![written.unwrap_or_default(), range(ranked.said())],
        hover,
        thin,
        ..Item::default()
    }
}

fn aside(row: &RankRow, n: usize) -> Item {
    let note = words(row.note.as_deref());
    Item {
        label: row.label.clone(),
        heading: if n == 0 {
            "Not ranked".to_owned()
        } else {
            String::new()
        },
        hover: format!("{}: not ranked; {note}", row.label),
        note,
        ..Item::default()
    }
}

fn key(ranked: &[Ranked], top: Option<usize>) -> Vec<Entry> {
    let has = |of: &dyn Fn(&RankRow) -> bool| ranked.iter().any(|r| of(r.row));
    let mut out = Vec::new();
    let node = |fill, colour| Symbol::Node(Shape::Circle, colour, fill);
    if has(&|r| r.among_top != Some(false)) {
        let words = match has(&|r| r.among_top == Some(true)) {
            true => "estimated rank, may be among the top",
            false => "estimated rank",
        };
        out.push(Entry::new(node(Fill::Solid, Colour::Blue), words));
    }
    if has(&|r| r.among_top == Some(false)) {
        out.push(Entry::new(
            node(Fill::Hollow, Colour::Axis),
            "not among the top",
        ));
    }
    if has(&|r| sound(r.marginal)) {
        let line = Symbol::Line(Stroke::new(Colour::Blue, 6.0, ""));
        out.push(Entry::new(line, "ranks it may have, taken alone"));
    }
    if has(&|r| sound(r.simultaneous)) {
        let line = Symbol::Line(Stroke::new(Colour::Blue, 1.6, ""));
        out.push(Entry::new(line, "all programmes at once"));
    }
    if let Some(top) = top {
        out.push(Entry::new(Symbol::Line(TOP), format!("top {top}")));
    }
    out
}

/// How many are ranked, how sure the first and last are, and how many may be among the top.
fn alt_text(chart: &RankIntervals, ranked: &[Ranked], others: &[&RankRow]) -> String {
    let mut out = opening("League with rank intervals", &chart.title, &chart.unit);
    out.push_str(&format!(" {} ranked.", counted(ranked.len(), "programme")));
    let said = |r: &Ranked| {
        format!(
            "{} at {}, {} with {}",
            name(&r.row.label),
            range(r.rank),
            range(r.said()),
            clean(&chart.level)
        )
    };
    if let (Some(first), Some(last)) = (ranked.first(), ranked.last()) {
        out.push_str(&format!(" Estimated best {}.", said(first)));
        if ranked.len() > 1 {
            out.push_str(&format!(" Estimated last {}.", said(last)));
        }
        let sure = ranked.iter().filter(|r| r.said().0 == r.said().1).count();
        out.push_str(&format!(" {sure} of {} with one rank only.", ranked.len()));
    }
    if let Some(top) = chart.top {
        let may = ranked.iter().filter(|r| r.row.among_top == Some(true));
        out.push_str(&format!(" {} may be among the top {top}.", may.count()));
    }
    if !others.is_empty() {
        let reasons: Vec<(String, String)> = others
            .iter()
            .map(|r| (name(&r.label), words(r.note.as_deref())))
            .collect();
        let words = apart(&reasons).unwrap_or_default();
        out.push_str(&format!(" {} not ranked. {words}", others.len()));
    }
    out
}
