//! The forest plot of a meta-analysis: programmes with their weights, pooled means as diamonds, prediction intervals.

use super::canvas::{Canvas, Colour};
use super::ends::{Ends, tamed, tamed_ratios, thin};
use super::interval::whisker;
use super::meta_words::{alt_text, columns, footnotes, hidden, items, key};
use super::pen::Stroke;
use super::roster::Roster;
use super::scale::{Domain, Scale, interval, usable};
use super::symbol::{Fill, Shape, node};
use super::{ChartError, Format, Svg, both};

/// One programme (or other study) of a meta-analysis.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetaForestRow {
    /// What the row is.
    pub label: String,
    /// The subgroup it belongs to; empty where there are none.
    pub group: String,
    /// Its own estimate, unless there is none.
    pub value: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Its share of the weight, from 0 to 1; the area of its square. Without one it is not in the pooled mean, and drawn hollow.
    pub weight: Option<f64>,
    /// Its estimate after shrinking towards the mean.
    pub shrunken: Option<f64>,
    /// Words in place of marks when there is no value, else beside the value when the pointer rests on the row.
    pub note: Option<String>,
}

/// A pooled mean: a diamond under its subgroup, or under all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetaPooled {
    /// What was pooled and how ("All programmes, random effects").
    pub label: String,
    /// The subgroup it stands under; empty for the mean of all.
    pub group: String,
    /// The mean.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Where the effect of another such programme would lie.
    pub prediction: Option<(f64, f64)>,
    /// Its share of the weight, from 0 to 1.
    pub weight: Option<f64>,
    /// A mean by another model, such as the fixed effect: drawn hollow, and without a line through the chart.
    pub second: bool,
    /// Heterogeneity in words ("tau² 0.04, I² 62 %, Q 24.1 on 9 degrees of freedom, p 0.004"), beneath. The charts' typeface has
    /// no Greek letters.
    pub heterogeneity: String,
}

/// A forest plot of a meta-analysis; subgroups in the order in which they first occur, rows in the order given.
pub struct MetaForest<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// The programmes.
    pub rows: Vec<MetaForestRow>,
    /// The pooled means, those of all under all.
    pub pooled: Vec<MetaPooled>,
    /// No effect: 0, or 1 for ratios.
    pub null: f64,
    /// Values are ratios above zero, on a logarithmic axis.
    pub ratio: bool,
    /// How sure the intervals are ("95 %").
    pub level: String,
    /// What lies left and right of no effect ("fewer permits", "more permits"); may be empty.
    pub sides: [String; 2],
    /// Writes a value.
    pub format: Format<'a>,
    /// Writes a number on the axis.
    pub axis: Format<'a>,
    /// Writes a share of the weight.
    pub weight: Format<'a>,
}

/// More rows than this are sorted, and only the ends of each subgroup are named.
pub(super) const NAMED: usize = 40;

/// What is drawn on a line of the chart.
pub(super) enum Line<'c> {
    Row(&'c MetaForestRow),
    Thin(&'c MetaForestRow),
    Pooled(&'c MetaPooled),
    Prediction((f64, f64)),
}

/// The value of a row where it has a place on the axis.
pub(super) fn value(chart: &MetaForest, row: &MetaForestRow) -> Option<f64> {
    usable(row.value).filter(|v| !chart.ratio || *v > 0.0)
}

pub(super) fn ends(chart: &MetaForest, row: &MetaForestRow) -> Option<(f64, f64)> {
    value(chart, row)?;
    interval(row.low, row.high)
}

pub(super) fn range(pooled: &MetaPooled) -> Option<(f64, f64)> {
    usable(Some(pooled.value))?;
    interval(Some(pooled.low), Some(pooled.high))
}

pub(super) fn weight(row: &MetaForestRow) -> Option<f64> {
    row.weight.filter(|w| w.is_finite() && *w >= 0.0)
}

/// Draws the forest plot of a meta-analysis.
pub fn meta_forest(chart: &MetaForest) -> Result<Svg, ChartError> {
    let lines = lines(chart);
    let domain = domain(chart);
    let most = chart.rows.iter().filter_map(weight).fold(0.0, f64::max);
    let all: Vec<(f64, f64)> = chart.rows.iter().filter_map(|r| ends(chart, r)).collect();
    let pooled = chart.pooled.iter().filter(|p| range(p).is_some());
    let main = pooled.clone().find(|p| p.group.is_empty() && !p.second);
    let mut uprights = vec![(chart.null, Stroke::new(Colour::Axis, 1.0, ""))];
    uprights.extend(main.map(|p| (p.value, POOLED)));
    both(alt_text(chart), |layout, alt| {
        let roster = Roster {
            title: &chart.title,
            unit: &chart.unit,
            items: items(chart, &lines),
            columns: columns(chart),
            domain,
            ticks: None,
            format: chart.axis,
            zone: None,
            uprights: uprights.clone(),
            sides: chart.sides.clone(),
            key: key(chart, main.is_some()),
            notes: hidden(chart, &lines).into_iter().collect(),
            footnotes: footnotes(chart, domain, &all),
            alt,
        };
        roster.draw(layout, &|canvas, index, scale, y| {
            match lines.get(index) {
                Some(Line::Row(row)) => square(canvas, chart, row, most, scale, y),
                Some(Line::Thin(row)) => {
                    let at = value(chart, row);
                    thin(canvas, scale, at, ends(chart, row), y, Colour::Blue);
                }
                Some(Line::Pooled(pooled)) => diamond(canvas, pooled, scale, y),
                Some(Line::Prediction(ends)) => prediction(canvas, *ends, scale, y),
                None => {}
            };
        })
    })
}

pub(super) const POOLED: Stroke = Stroke::new(Colour::Vermilion, 1.0, "4 3");

/// All values, and the pooled means; intervals as far as they don't dwarf these.
fn domain(chart: &MetaForest) -> Option<Domain> {
    let mut shown: Vec<f64> = chart.rows.iter().filter_map(|r| value(chart, r)).collect();
    let all: Vec<(f64, f64)> = chart.rows.iter().filter_map(|r| ends(chart, r)).collect();
    let mut intervals = if chart.ratio {
        tamed_ratios(&all)
    } else {
        tamed(&all)
    };
    for pooled in &chart.pooled {
        if let Some((low, high)) = range(pooled) {
            let (low, high) = (low.max(if chart.ratio { 1e-300 } else { low }), high);
            shown.extend([pooled.value, low, high]);
            intervals.extend(
                pooled
                    .prediction
                    .and_then(|(l, h)| interval(Some(l), Some(h))),
            );
        }
    }
    if chart.ratio {
        shown.retain(|v| *v > 0.0);
        intervals.retain(|(low, _)| *low >= 0.0);
        return (!shown.is_empty()).then(|| Domain::of_ratios(&shown, &intervals));
    }
    if !shown.is_empty() {
        shown.extend(usable(Some(chart.null)));
    }
    Domain::of(&shown, &intervals, chart.null == 0.0)
}

/// Subgroups in the order in which they first occur.
pub(super) fn groups<'c>(chart: &'c MetaForest) -> Vec<&'c str> {
    let mut out: Vec<&str> = Vec::new();
    let rows = chart.rows.iter().map(|r| r.group.as_str());
    let pooled = chart.pooled.iter().map(|p| p.group.as_str());
    for group in rows.chain(pooled.filter(|g| !g.is_empty())) {
        if !out.contains(&group) {
            out.push(group);
        }
    }
    out
}

fn lines<'c>(chart: &'c MetaForest) -> Vec<Line<'c>> {
    let compact = chart.rows.len() > NAMED;
    let groups = groups(chart);
    let mut out = Vec::new();
    let means = |out: &mut Vec<Line<'c>>, group: &str| {
        for pooled in chart.pooled.iter().filter(|p| p.group == group) {
            out.push(Line::Pooled(pooled));
            let ends = pooled
                .prediction
                .and_then(|(l, h)| interval(Some(l), Some(h)));
            out.extend(
                ends.filter(|_| range(pooled).is_some())
                    .map(Line::Prediction),
            );
        }
    };
    for group in &groups {
        let rows: Vec<&MetaForestRow> = chart.rows.iter().filter(|r| r.group == *group).collect();
        if compact {
            let values: Vec<Option<f64>> = rows.iter().map(|r| value(chart, r)).collect();
            let ends = Ends::of(&values, (12 / groups.len().max(1)).max(2));
            for (i, named) in ends.order {
                if let Some(row) = rows.get(i) {
                    out.push(if named {
                        Line::Row(row)
                    } else {
                        Line::Thin(row)
                    });
                }
            }
        } else {
            out.extend(rows.into_iter().map(Line::Row));
        }
        if !group.is_empty() {
            means(&mut out, group);
        }
    }
    means(&mut out, "");
    out
}

/// A square whose area is the weight on its interval, and the shrunken estimate as a ring.
fn square(
    canvas: &mut Canvas,
    chart: &MetaForest,
    row: &MetaForestRow,
    most: f64,
    scale: &Scale,
    y: f64,
) {
    let Some(at) = value(chart, row) else { return };
    if let Some(ends) = ends(chart, row) {
        whisker(canvas, scale, ends, y, Colour::Blue);
    }
    let x = scale.at(at);
    match weight(row) {
        Some(w) => {
            let share = if most > 0.0 { w / most } else { 1.0 };
            let half = (7.5 * share.sqrt()).max(2.0);
            let square = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
            let square = square.map(|(dx, dy)| (x + dx * half, y + dy * half));
            canvas.rimmed(&square, Colour::Blue);
        }
        None => node(
            canvas,
            (x, y),
            5.0,
            Shape::Square,
            Colour::Blue,
            Fill::Hollow,
        ),
    }
    if let Some(shrunken) = usable(row.shrunken).filter(|v| scale.shows(*v)) {
        // A little lower, so that both are seen where they meet.
        let at = (scale.at(shrunken), y + 5.5);
        node(canvas, at, 3.5, Shape::Circle, Colour::Ink, Fill::Hollow);
    }
}

/// A diamond from end to end of the interval; a hollow one for another model.
fn diamond(canvas: &mut Canvas, pooled: &MetaPooled, scale: &Scale, y: f64) {
    let Some((low, high)) = range(pooled) else {
        return;
    };
    let middle = scale.at(pooled.value);
    // A very sure mean still has a diamond.
    let (left, right) = (
        scale.at(low).min(middle - 3.0),
        scale.at(high).max(middle + 3.0),
    );
    let corners = |by: f64| {
        let wide = |x: f64| middle + (x - middle) * by;
        let high = 8.0 * by;
        [
            (wide(left), y),
            (middle, y - high),
            (wide(right), y),
            (middle, y + high),
        ]
    };
    canvas.rimmed(&corners(1.0), Colour::Vermilion);
    if pooled.second {
        canvas.fill(&corners(0.6), Colour::Paper, 1.0);
    }
}

/// A bar with ends, unlike the interval of a row.
fn prediction(canvas: &mut Canvas, ends: (f64, f64), scale: &Scale, y: f64) {
    whisker(canvas, scale, ends, y, Colour::Vermilion);
    for end in [ends.0, ends.1].into_iter().filter(|v| scale.shows(*v)) {
        let x = scale.at(end);
        canvas.rect((x - 1.0, y - 5.0), (x + 1.0, y + 5.0), Colour::Vermilion);
    }
}
