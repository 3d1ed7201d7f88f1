//! The words of a meta-analysis' forest plot: rows, key, and the sentences that say what it shows.

use super::alt::{capital, counted, name, opening};
use super::canvas::Colour;
use super::dots::words;
use super::ends::apart;
use super::interval::arrows;
use super::legend::{Entry, Symbol};
use super::meta_forest::{
    Line, MetaForest, MetaForestRow, MetaPooled, NAMED, POOLED, ends, groups, range, value, weight,
};
use super::roster::{Column, Item};
use super::scale::{Domain, usable};
use super::symbol::{Fill, Shape};
use super::xml::clean;

/// What to say of the thin rows and of those without a value that a long chart leaves out.
pub(super) fn hidden(chart: &MetaForest, lines: &[Line]) -> Option<String> {
    let thin = lines.iter().filter(|l| matches!(l, Line::Thin(_))).count();
    let groups = if groups(chart).len() > 1 {
        " of each group"
    } else {
        ""
    };
    (thin > 0).then(|| {
        format!(
            "Sorted by estimate. The highest and lowest{groups} are named; {} between: a thin line each.",
            counted(thin, "row")
        )
    })
}

pub(super) fn columns(chart: &MetaForest) -> Vec<Column> {
    let mut out = vec![Column {
        heading: format!("estimate [{}]", clean(&chart.level)),
        before: String::new(),
    }];
    if chart.rows.iter().any(|r| weight(r).is_some()) {
        out.push(Column {
            heading: "weight".to_owned(),
            before: "weight ".to_owned(),
        });
    }
    out
}

pub(super) fn items(chart: &MetaForest, lines: &[Line]) -> Vec<Item> {
    let mut group = "";
    let mut out = Vec::new();
    let grouped = groups(chart).iter().any(|g| !g.is_empty());
    for line in lines {
        let (item, this) = match line {
            Line::Row(row) => (row_item(chart, row), row.group.as_str()),
            Line::Thin(row) => {
                let item = Item {
                    thin: true,
                    ..row_item(chart, row)
                };
                (item, row.group.as_str())
            }
            Line::Pooled(pooled) => (pooled_item(chart, pooled), pooled.group.as_str()),
            Line::Prediction((low, high)) => {
                let written = written_range(chart, *low, *high);
                let item = Item {
                    label: "where another such programme would lie".to_owned(),
                    drawn: true,
                    hover: format!("{} prediction interval: {written}", chart.level),
                    cells: vec![written],
                    ..Item::default()
                };
                (item, group)
            }
        };
        let heading = match this {
            same if same == group => String::new(),
            "" if grouped => "All".to_owned(),
            other => other.to_owned(),
        };
        group = this;
        out.push(Item { heading, ..item });
    }
    out
}

fn written_range(chart: &MetaForest, low: f64, high: f64) -> String {
    let (low, high) = (clean(&(chart.format)(low)), clean(&(chart.format)(high)));
    format!("[{low}; {high}]")
}

fn row_item(chart: &MetaForest, row: &MetaForestRow) -> Item {
    let note = words(row.note.as_deref());
    let Some(at) = value(chart, row) else {
        return Item {
            label: row.label.clone(),
            hover: format!("{}: {note}", row.label),
            note,
            ..Item::default()
        };
    };
    let mut written = clean(&(chart.format)(at));
    if let Some((low, high)) = ends(chart, row) {
        written = format!("{written} {}", written_range(chart, low, high));
    }
    let share = weight(row).map(|w| clean(&(chart.weight)(w)));
    let mut hover = format!("{}: {written}", row.label);
    match &share {
        Some(share) => hover.push_str(&format!("; weight {share}")),
        None => hover.push_str("; not pooled"),
    }
    if let Some(shrunken) = usable(row.shrunken) {
        hover.push_str(&format!("; shrunken {}", (chart.format)(shrunken)));
    }
    if row.note.is_some() {
        hover.push_str(&format!("; {note}"));
    }
    Item {
        label: row.label.clone(),
        drawn: true,
        cells: vec![written, share.unwrap_or_else(|| "–".to_owned())],
        hover,
        ..Item::default()
    }
}

fn pooled_item(chart: &MetaForest, pooled: &MetaPooled) -> Item {
    let shown = range(pooled);
    let written = shown.map_or(String::new(), |(low, high)| {
        let mean = clean(&(chart.format)(pooled.value));
        format!("{mean} {}", written_range(chart, low, high))
    });
    let share = pooled.weight.and_then(|w| usable(Some(w)));
    Item {
        label: pooled.label.clone(),
        strong: true,
        drawn: shown.is_some(),
        note: "not pooled".to_owned(),
        hover: format!("{}: {written}", pooled.label),
        cells: vec![
            written,
            share.map_or(String::new(), |w| clean(&(chart.weight)(w))),
        ],
        under: pooled.heterogeneity.clone(),
        ..Item::default()
    }
}

pub(super) fn key(chart: &MetaForest, line: bool) -> Vec<Entry> {
    let hollow = Symbol::Node(Shape::Square, Colour::Blue, Fill::Hollow);
    let mut out = Vec::new();
    let valued = || chart.rows.iter().filter(|r| value(chart, r).is_some());
    let weighed = valued().any(|r| weight(r).is_some());
    if weighed {
        let square = Symbol::Node(Shape::Square, Colour::Blue, Fill::Solid);
        out.push(Entry::new(square, "own estimate, its area the weight"));
    }
    if valued().any(|r| weight(r).is_none()) && weighed {
        out.push(Entry::new(hollow, "not pooled"));
    }
    // Thin rows have no room for a second mark.
    if chart.rows.iter().any(|r| usable(r.shrunken).is_some()) {
        let ring = Symbol::Node(Shape::Circle, Colour::Ink, Fill::Hollow);
        out.push(Entry::new(ring, "shrunken towards the mean"));
    }
    let pooled = |second: bool| {
        let mut means = chart.pooled.iter();
        means.any(|p| p.second == second && range(p).is_some())
    };
    let means = [
        (false, Fill::Solid, "pooled mean"),
        (true, Fill::Hollow, "mean by another model"),
    ];
    for (second, fill, words) in means {
        if pooled(second) {
            let diamond = Symbol::Node(Shape::Diamond, Colour::Vermilion, fill);
            out.push(Entry::new(diamond, words));
        }
    }
    if line {
        out.push(Entry::new(Symbol::Line(POOLED), "mean of all"));
    }
    out
}

pub(super) fn footnotes(
    chart: &MetaForest,
    domain: Option<Domain>,
    all: &[(f64, f64)],
) -> Vec<String> {
    let mut ends = all.to_vec();
    ends.extend(chart.pooled.iter().filter_map(|p| p.prediction));
    let mut out = arrows(domain, &ends);
    let without = chart.rows.iter().filter(|r| value(chart, r).is_none());
    let without: Vec<(String, String)> = without
        .map(|r| (name(&r.label), words(r.note.as_deref())))
        .collect();
    if chart.rows.len() > NAMED {
        out.extend(apart(&without));
    }
    out
}

/// How many rows on which side of no effect, the means, and their heterogeneity.
pub(super) fn alt_text(chart: &MetaForest) -> String {
    let mut out = opening("Meta-analysis", &chart.title, &chart.unit);
    out.push_str(&format!(" {}.", counted(chart.rows.len(), "row")));
    let valued = chart
        .rows
        .iter()
        .filter_map(|r| Some((r, value(chart, r)?)));
    let low = valued.clone().min_by(|a, b| a.1.total_cmp(&b.1));
    let high = valued.clone().max_by(|a, b| a.1.total_cmp(&b.1));
    let said = |(row, v): (&MetaForestRow, f64)| {
        format!("{} {}", name(&row.label), clean(&(chart.format)(v)))
    };
    if let (Some(low), Some(high)) = (low, high) {
        if low.1 == high.1 {
            out.push_str(&format!(
                " Every estimate is {}.",
                clean(&(chart.format)(low.1))
            ));
        } else {
            out.push_str(&format!(" Lowest {}, highest {}.", said(low), said(high)));
        }
    }
    let missing = chart.rows.len() - valued.count();
    if missing > 0 {
        out.push_str(&format!(
            " {} without an estimate.",
            counted(missing, "row")
        ));
    }
    let all: Vec<(f64, f64)> = chart.rows.iter().filter_map(|r| ends(chart, r)).collect();
    if !all.is_empty() {
        let above = all.iter().filter(|(low, _)| *low > chart.null).count();
        let below = all.iter().filter(|(_, high)| *high < chart.null).count();
        out.push_str(&format!(
            " Of {}, {above} above {null}, {below} below, {} with {null} inside.",
            counted(all.len(), "interval"),
            all.len() - above - below,
            null = clean(&(chart.axis)(chart.null)),
        ));
    }
    for pooled in chart.pooled.iter().filter(|p| range(p).is_some()).take(12) {
        let written = written_range(chart, pooled.low, pooled.high);
        let mean = clean(&(chart.format)(pooled.value));
        out.push_str(&format!(
            " {}: {mean} {written}",
            capital(&name(&pooled.label))
        ));
        if let Some((low, high)) = pooled.prediction {
            let written = written_range(chart, low, high);
            out.push_str(&format!(", another such programme {written}"));
        }
        out.push('.');
        let heterogeneity = clean(&pooled.heterogeneity);
        if !heterogeneity.is_empty() {
            let heterogeneity = heterogeneity.trim_end_matches('.');
            out.push_str(&format!(" {heterogeneity}."));
        }
    }
    out
}
