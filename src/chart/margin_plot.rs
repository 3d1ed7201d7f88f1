//! Equivalence and non-inferiority: differences with their intervals against a margin, and the verdict in words.

use super::alt::{counted, name, opening};
use super::canvas::{Canvas, Colour};
use super::dots::words;
use super::ends::{Ends, apart, tamed, thin};
use super::interval::{arrows, whisker};
use super::legend::{Entry, Symbol};
use super::pen::Stroke;
use super::roster::{Column, Item, Roster};
use super::scale::{Domain, Scale, interval, usable};
use super::symbol::{Fill, Shape, node};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// What a comparison against a margin shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MarginVerdict {
    /// The difference is shown to be smaller than the margin.
    Equivalent,
    /// Shown to be better.
    Better,
    /// Shown to be worse.
    Worse,
    /// Nothing is shown.
    #[default]
    NotEstablished,
}

impl MarginVerdict {
    const ALL: [MarginVerdict; 4] = [
        MarginVerdict::Equivalent,
        MarginVerdict::Better,
        MarginVerdict::Worse,
        MarginVerdict::NotEstablished,
    ];

    /// Its words.
    fn words(self) -> &'static str {
        match self {
            MarginVerdict::Equivalent => "Equivalent",
            MarginVerdict::Better => "Better",
            MarginVerdict::Worse => "Worse",
            MarginVerdict::NotEstablished => "Not established",
        }
    }

    /// Its sign; shape and colour both tell it.
    fn look(self) -> (Shape, Colour, Fill) {
        match self {
            MarginVerdict::Equivalent => (Shape::Square, Colour::Ink, Fill::Solid),
            MarginVerdict::Better => (Shape::Up, Colour::Blue, Fill::Solid),
            MarginVerdict::Worse => (Shape::Down, Colour::Vermilion, Fill::Solid),
            MarginVerdict::NotEstablished => (Shape::Circle, Colour::Axis, Fill::Hollow),
        }
    }
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MarginRow {
    /// What is compared ("Montreuil – Yélimané against the benchmark").
    pub label: String,
    /// Heading over it and its neighbours; may be empty.
    pub group: String,
    /// The difference, unless there is none.
    pub value: Option<f64>,
    /// Its usual interval, drawn thin.
    pub wide: Option<(f64, f64)>,
    /// The interval of the two one-sided tests (1 − 2α), drawn thick.
    pub narrow: Option<(f64, f64)>,
    /// What it shows.
    pub verdict: MarginVerdict,
    /// Other words for the verdict ("Not inferior").
    pub said: Option<String>,
    /// Words in place of marks when there is no difference.
    pub note: Option<String>,
}

/// Which direction of a difference is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BetterSide {
    /// More is better.
    Right,
    /// Less is better.
    Left,
    /// Neither.
    #[default]
    Neither,
}

/// Comparisons against a margin; rows are drawn in the order given.
pub struct MarginPlot<'a> {
    /// Heading.
    pub title: String,
    /// What is compared, under the heading.
    pub unit: String,
    /// The comparisons.
    pub rows: Vec<MarginRow>,
    /// Lower end of the margin; none where only the upper one counts.
    pub low: Option<f64>,
    /// Upper end of the margin; none where only the lower one counts.
    pub high: Option<f64>,
    /// Why differences inside the margin don't matter, in a few words.
    pub margin: String,
    /// Which direction is better.
    pub better: BetterSide,
    /// How sure the usual intervals are ("95 %").
    pub wide_level: String,
    /// How sure the intervals of the two one-sided tests are ("90 %").
    pub narrow_level: String,
    /// Writes a difference.
    pub format: Format<'a>,
    /// Writes a number on the axis.
    pub axis: Format<'a>,
}

/// More rows than this are sorted, and only the ends are named.
const FULL: usize = 40;
const NAMED: usize = 15;
const EDGE: Stroke = Stroke::new(Colour::Blue, 1.0, "5 4");

fn ends(ends: Option<(f64, f64)>) -> Option<(f64, f64)> {
    ends.and_then(|(low, high)| interval(Some(low), Some(high)))
}

fn domain(chart: &MarginPlot) -> Option<Domain> {
    let mut shown: Vec<f64> = chart.rows.iter().filter_map(|r| usable(r.value)).collect();
    if shown.is_empty() {
        return None;
    }
    shown.extend(
        [usable(chart.low), usable(chart.high)]
            .into_iter()
            .flatten(),
    );
    shown.push(0.0);
    Domain::of(&shown, &tamed(&intervals(chart)), true)
}

fn intervals(chart: &MarginPlot) -> Vec<(f64, f64)> {
    let rows = chart.rows.iter().filter(|r| usable(r.value).is_some());
    rows.flat_map(|r| [ends(r.wide), ends(r.narrow)])
        .flatten()
        .collect()
}

/// Draws comparisons against a margin.
pub fn margin_plot(chart: &MarginPlot) -> Result<Svg, ChartError> {
    let domain = domain(chart);
    let compact = chart.rows.len() > FULL;
    let order = if compact {
        let values: Vec<Option<f64>> = chart.rows.iter().map(|r| r.value).collect();
        Ends::of(&values, NAMED).order
    } else {
        (0..chart.rows.len()).map(|i| (i, true)).collect()
    };
    let rows: Vec<(&MarginRow, bool)> = order
        .iter()
        .filter_map(|(i, named)| Some((chart.rows.get(*i)?, *named)))
        .collect();
    let thin_rows = rows.iter().filter(|(_, named)| !named).count();
    let edges = [usable(chart.low), usable(chart.high)];
    let zone = domain.filter(|_| edges.iter().any(Option::is_some));
    let zone = zone.map(|d| (edges[0].unwrap_or(d.low), edges[1].unwrap_or(d.high)));
    let mut uprights = vec![(0.0, Stroke::new(Colour::Axis, 1.0, ""))];
    uprights.extend(edges.into_iter().flatten().map(|edge| (edge, EDGE)));
    both(alt_text(chart), |layout, alt| {
        let mut group = "";
        let items = rows.iter().map(|(row, named)| {
            let mut item = item(chart, row, !named);
            // Sorted rows have left their groups.
            if row.group != group && !compact {
                group = &row.group;
                item.heading = row.group.clone();
            }
            item
        });
        let mut notes = Vec::new();
        if thin_rows > 0 {
            notes.push(format!(
                "Sorted by difference. The highest and lowest are named; {} between: a thin line each.",
                counted(thin_rows, "row")
            ));
            notes.push(verdicts(chart));
        }
        let mut footnotes = arrows(domain, &intervals(chart));
        if compact {
            let without = chart.rows.iter().filter(|r| usable(r.value).is_none());
            let without: Vec<(String, String)> = without
                .map(|r| (name(&r.label), words(r.note.as_deref())))
                .collect();
            footnotes.extend(apart(&without));
        }
        let roster = Roster {
            title: &chart.title,
            unit: &chart.unit,
            items: items.collect(),
            columns: columns(chart),
            domain,
            ticks: None,
            format: chart.axis,
            zone,
            uprights: uprights.clone(),
            sides: sides(chart.better),
            key: key(chart),
            notes,
            footnotes,
            alt,
        };
        roster.draw(layout, &|canvas, index, scale, y| {
            if let Some((row, named)) = rows.get(index) {
                if *named {
                    full(canvas, row, scale, y);
                } else {
                    let reach = ends(row.wide).or(ends(row.narrow));
                    let colour = row.verdict.look().1;
                    thin(canvas, scale, usable(row.value), reach, y, colour);
                }
            }
        })
    })
}

fn sides(better: BetterSide) -> [String; 2] {
    match better {
        BetterSide::Right => ["← worse", "better →"],
        BetterSide::Left => ["← better", "worse →"],
        BetterSide::Neither => ["", ""],
    }
    .map(str::to_owned)
}

fn full(canvas: &mut Canvas, row: &MarginRow, scale: &Scale, y: f64) {
    let (shape, colour, fill) = row.verdict.look();
    if let Some(reach) = ends(row.wide) {
        whisker(canvas, scale, reach, y, colour);
    }
    if let Some((low, high)) = ends(row.narrow) {
        let (from, to) = (scale.at(low), scale.at(high).max(scale.at(low) + 1.0));
        let around = [
            (from, y - 3.0),
            (to, y - 3.0),
            (to, y + 3.0),
            (from, y + 3.0),
        ];
        canvas.fill(&around, colour, 1.0);
    }
    if let Some(value) = usable(row.value) {
        node(canvas, (scale.at(value), y), 6.0, shape, colour, fill);
    }
}

fn columns(chart: &MarginPlot) -> Vec<Column> {
    vec![
        Column {
            heading: format!("difference [{}]", clean(&chart.wide_level)),
            before: String::new(),
        },
        Column {
            heading: "verdict".to_owned(),
            before: String::new(),
        },
    ]
}

fn item(chart: &MarginPlot, row: &MarginRow, thin: bool) -> Item {
    let note = words(row.note.as_deref());
    let Some(value) = usable(row.value) else {
        return Item {
            label: row.label.clone(),
            hover: format!("{}: {note}", row.label),
            note,
            thin,
            ..Item::default()
        };
    };
    let range = |(low, high): (f64, f64)| {
        let (low, high) = ((chart.format)(low), (chart.format)(high));
        clean(&format!("[{low}; {high}]"))
    };
    let mut written = clean(&(chart.format)(value));
    if let Some(reach) = ends(row.wide) {
        written = format!("{written} {}", range(reach));
    }
    let verdict = said(row);
    let mut hover = format!("{}: {written}", row.label);
    if let Some(reach) = ends(row.narrow) {
        hover.push_str(&format!("; {} {}", chart.narrow_level, range(reach)));
    }
    hover.push_str(&format!("; {verdict}"));
    Item {
        label: row.label.clone(),
        drawn: true,
        cells: vec![written, verdict],
        sign: Some(row.verdict.look()),
        hover,
        thin,
        ..Item::default()
    }
}

fn said(row: &MarginRow) -> String {
    match row.said.as_deref().map(clean) {
        Some(said) if !said.is_empty() => said,
        _ => row.verdict.words().to_owned(),
    }
}

/// The margin as it is written: "margin −2 to 2", "margin: above −2".
fn margin(chart: &MarginPlot) -> Option<String> {
    let written = |v: f64| clean(&(chart.axis)(v));
    let ends = match (usable(chart.low), usable(chart.high)) {
        (Some(low), Some(high)) => format!("margin {} to {}", written(low), written(high)),
        (Some(low), None) => format!("margin: above {}", written(low)),
        (None, Some(high)) => format!("margin: below {}", written(high)),
        (None, None) => return None,
    };
    let why = clean(&chart.margin);
    Some(match why.as_str() {
        "" => ends,
        why => format!("{ends}, {why}"),
    })
}

fn key(chart: &MarginPlot) -> Vec<Entry> {
    let mut out = Vec::new();
    out.extend(margin(chart).map(|words| Entry::new(Symbol::Swatch(Colour::Measured), words)));
    let rows = || chart.rows.iter().filter(|r| usable(r.value).is_some());
    let line = |thick: f64| Symbol::Line(Stroke::new(Colour::Axis, thick, ""));
    if rows().any(|r| ends(r.narrow).is_some()) {
        let words = format!("{} interval of the two tests", clean(&chart.narrow_level));
        out.push(Entry::new(line(6.0), words));
    }
    if rows().any(|r| ends(r.wide).is_some()) {
        let words = format!("{} interval", clean(&chart.wide_level));
        out.push(Entry::new(line(2.0), words));
    }
    out
}

/// "Of 6 comparisons: 2 equivalent, 1 better, 0 worse, 3 not established."
fn verdicts(chart: &MarginPlot) -> String {
    let rows: Vec<&MarginRow> = chart
        .rows
        .iter()
        .filter(|r| usable(r.value).is_some())
        .collect();
    let counts = MarginVerdict::ALL.map(|verdict| {
        let count = rows.iter().filter(|r| r.verdict == verdict).count();
        format!("{count} {}", verdict.words().to_lowercase())
    });
    format!(
        "Of {}: {}.",
        counted(rows.len(), "comparison"),
        counts.join(", ")
    )
}

/// The margin, how many of each verdict, and the verdict of each row where they are few.
fn alt_text(chart: &MarginPlot) -> String {
    let mut out = opening("Margin plot", &chart.title, &chart.unit);
    if let Some(margin) = margin(chart) {
        out.push_str(&format!(
            " {}.",
            super::alt::capital(margin.trim_end_matches('.'))
        ));
    }
    out.push_str(&format!(" {}", verdicts(chart)));
    let rows = chart.rows.iter().filter(|r| usable(r.value).is_some());
    if rows.clone().count() <= 8 {
        for row in rows {
            let item = item(chart, row, false);
            let value = item.cells.first().map_or("", String::as_str);
            out.push_str(&format!(" {}: {value}, {}.", name(&row.label), said(row)));
        }
    }
    let missing = chart.rows.iter().filter(|r| usable(r.value).is_none());
    let missing = missing.count();
    if missing > 0 {
        out.push_str(&format!(
            " {} without a difference.",
            counted(missing, "row")
        ));
    }
    out
}
