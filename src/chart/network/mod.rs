//! Networks: who is tied with whom, sectors by colour and shape, at once or period by period.

mod alt;
mod core;
mod draw;
mod layout;
mod multiples;
mod pack;
mod scene;
#[cfg(test)]
mod tests;

pub use multiples::{NetworkMultiples, Panel, network_multiples};

use super::canvas::{Canvas, NOTE, PAD};
use super::legend::legend;
use super::{ChartError, Format, Layout, Svg, both};
use draw::{Frame, Marks, Named};
use pack::Laid;
use scene::Scene;

/// One actor of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Who it is.
    pub label: String,
    /// Its class, shown by colour and shape.
    pub sector: String,
    /// A second class, shown by what is inside the shape: the first is solid, the second hollow, the third has a dot, and any
    /// more are told as one.
    pub side: Option<String>,
    /// What its area shows; all are equally large where none has one. Sizes that are missing, not finite or below zero are drawn
    /// smallest.
    pub size: Option<f64>,
}

/// One tie.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Position in the list of nodes.
    pub from: usize,
    /// Position in the list of nodes.
    pub to: usize,
    /// Shown by thickness; 1 where ties have no weight. What is not above zero or not finite is drawn thinnest.
    pub weight: f64,
    /// Kind of tie ("before", "new"), shown by colour and dashes: up to four kinds, any more are told as one.
    pub class: Option<String>,
}

/// A drawing of a network. Ties of an actor with itself, and ties that name a position that is not there, are counted in a
/// note and not drawn.
///
/// Above 400 actors with ties only the core is drawn, and a note says what is left out.
pub struct Network<'a> {
    /// Heading.
    pub title: String,
    /// What a tie is, under the heading.
    pub unit: String,
    /// The actors.
    pub nodes: Vec<Node>,
    /// The ties.
    pub edges: Vec<Edge>,
    /// Whether ties have a direction, shown by arrowheads.
    pub directed: bool,
    /// Sectors in the order in which colours and shapes are given out, so that several charts agree; others follow, the
    /// most frequent first.
    pub sectors: Vec<String>,
    /// The same for sides.
    pub sides: Vec<String>,
    /// The same for the kinds of ties.
    pub classes: Vec<String>,
    /// What the size of an actor shows, in words.
    pub size_label: Option<String>,
    /// Writes counts, sizes and weights.
    pub format: Format<'a>,
}

/// Draws a network.
pub fn network(chart: &Network) -> Result<Svg, ChartError> {
    let scene = Scene::new(
        &chart.nodes,
        &[&chart.edges],
        [&chart.sectors, &chart.sides, &chart.classes],
        chart.format,
    );
    let alt = alt::network(chart, &scene);
    let laid = scene.parts_drawn();
    both(alt, |layout, alt| draw(chart, &scene, &laid, layout, alt))
}

fn draw(
    chart: &Network,
    scene: &Scene,
    laid: &Laid,
    layout: Layout,
    alt: &str,
) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    if chart.nodes.is_empty() {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    top = legend(&mut canvas, &scene.key(), "", top) + 4.0;
    let room = canvas.width - 2.0 * PAD;
    let (aspect, highest) = match layout {
        Layout::Wide => (1.5, 540.0),
        Layout::Narrow => (0.85, 460.0),
    };
    let places = laid.pack(aspect);
    let height = places.height(room, highest);
    let frame = Frame::new((room, height), scene, &places);
    let count = scene.shown.len();
    let names = match layout {
        Layout::Wide if count <= 40 => count,
        Layout::Wide => 24,
        Layout::Narrow if count <= 16 => count,
        Layout::Narrow => 10,
    };
    let spots = frame.spots(scene, names);
    let named: Vec<Named> = spots.iter().map(|s| s.moved((PAD, top))).collect();
    let ties = scene.ties(&chart.edges);
    let marks = Marks {
        scene,
        frame: &frame.moved((PAD, top)),
        directed: chart.directed,
        faint: false,
        thin: if ties.len() > 600 { 0.5 } else { 1.0 },
    };
    marks.draw(&mut canvas, &ties, &named);
    let mut end = top + height + 4.0;
    for note in scene.notes(named.len(), chart.size_label.as_deref()) {
        end = canvas.paragraph(&note, end + 2.0, NOTE, 4);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}
