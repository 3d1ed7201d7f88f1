//! Stage 7, render: charts as SVG.
//!
//! Every chart is given as plain data with labels and numbers, and comes back as an [`Svg`]: the same picture for a wide and for a
//! narrow page, and a sentence that says in words what it shows. The charts know nothing of indicators or programmes, so the
//! report decides what a row is. Numbers are written by the caller's [`Format`] only.
//!
//! A value that is missing, not a number or not finite is never drawn as a mark: the row says so in words. Text is measured with
//! the font in `assets/fonts`, so a layout is the same on every machine.

mod alt;
mod association;
mod axes;
mod bars;
mod canvas;
mod compact;
mod differences;
mod dots;
mod ends;
mod event_study;
mod font;
mod forest;
mod funnel;
mod grid;
mod heat_map;
mod heat_map_alt;
mod heat_map_key;
mod interrupted;
mod interval;
mod labels;
mod legend;
mod likert;
mod love;
mod margin_plot;
mod matrix;
mod meta_forest;
mod meta_words;
mod multiples;
mod named_points;
mod network;
mod outline;
mod overlap;
mod parallel;
mod parallel_alt;
mod pen;
mod pick;
mod plane;
mod plane_alt;
mod power;
mod rank_intervals;
mod ratios;
mod roster;
mod roster_place;
mod rows;
mod scale;
mod series;
mod series_alt;
mod series_labels;
mod survival;
mod symbol;
mod targets;
mod text;
mod theme;
mod trend;
mod xml;
mod xy_plot;

#[cfg(test)]
mod check;
#[cfg(test)]
mod comparison_samples;
#[cfg(test)]
mod comparison_tests;
#[cfg(test)]
mod effect_tests;
#[cfg(test)]
mod measure_tests;
#[cfg(test)]
mod profile_samples;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use association::{AssociationChart, AssociationPoint, association};
pub use bars::{Bar, Bars, bars};
pub use differences::{DifferenceRow, Differences, differences};
pub use dots::{Dot, Dots, dots};
pub use event_study::{EventStudyChart, EventStudyPoint, event_study};
pub use font::{FONT_FAMILY, font_face_css};
pub use forest::{Forest, ForestRow, forest};
pub use funnel::{Funnel, FunnelPoint, funnel};
pub use grid::{Grid, GridCell, grid};
pub use heat_map::{HeatCell, HeatColumn, HeatMap, HeatRow, heat_map};
pub use interrupted::{Interrupted, interrupted};
pub use likert::{Likert, LikertItem, likert};
pub use love::{Love, LoveRow, love};
pub use margin_plot::{BetterSide, MarginPlot, MarginRow, MarginVerdict, margin_plot};
pub use matrix::{Matrix, MatrixCell, matrix};
pub use meta_forest::{MetaForest, MetaForestRow, MetaPooled, meta_forest};
pub use multiples::{DotPanel, Multiples, multiples};
pub use network::{Edge, Network, NetworkMultiples, Node, Panel, network, network_multiples};
pub use outline::{drawn, lacking, outlined};
pub use overlap::{OverlapChart, overlap};
pub use parallel::{Parallel, ParallelAxis, ParallelLine, parallel};
pub use plane::{Plane, PlanePoint, plane};
pub use power::{PowerChart, PowerCurve, power};
pub use rank_intervals::{RankIntervals, RankRow, rank_intervals};
pub use ratios::{RatioRow, Ratios, ratios};
pub use series::{Line, Point, Series, series};
pub use survival::{Survival, SurvivalCurve, SurvivalStep, survival};
pub use targets::{TargetRow, Targets, targets};
pub use theme::{theme_css, unstyled};
pub use trend::{Trend, TrendLine, TrendPoint, trend};
pub use xy_plot::{Relation, XyCase, XyPlot, xy_plot};

/// Writes a number as the reader shall see it, on an axis or beside a mark: locale, digits and unit sign included.
pub type Format<'a> = &'a dyn Fn(f64) -> String;

/// One chart in two layouts. Both are whole documents that also work inside HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg {
    /// 720 px wide.
    pub wide: String,
    /// 350 px wide, readable on a phone without zooming.
    pub narrow: String,
    /// What the chart shows in words, as plain text (not escaped); the `<desc>` of both.
    pub alt: String,
}

/// A chart that could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartError {
    /// The drawing library refused; its own words.
    Draw(String),
}

impl std::fmt::Display for ChartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ChartError::Draw(why) => write!(f, "the chart could not be drawn: {why}"),
        }
    }
}

impl std::error::Error for ChartError {}

/// The two page widths every chart is laid out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Wide,
    Narrow,
}

impl Layout {
    fn width(self) -> f64 {
        match self {
            Layout::Wide => 720.0,
            Layout::Narrow => 350.0,
        }
    }
}

/// Draws both layouts with the same function.
fn both(
    alt: String,
    draw: impl Fn(Layout, &str) -> Result<String, ChartError>,
) -> Result<Svg, ChartError> {
    Ok(Svg {
        wide: draw(Layout::Wide, &alt)?,
        narrow: draw(Layout::Narrow, &alt)?,
        alt,
    })
}
