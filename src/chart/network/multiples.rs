//! The same actors before, during and after: one panel each, everybody in the same place.

use super::super::canvas::{Canvas, NOTE, PAD, STRONG};
use super::super::legend::legend;
use super::super::text::wrap;
use super::super::xml::clean;
use super::super::{ChartError, Format, Layout, Svg, both};
use super::draw::{Frame, Marks, Named};
use super::pack::Laid;
use super::scene::Scene;
use super::{Edge, Node, alt};

/// One panel: the ties of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// What the panel shows ("before", "2010–2014").
    pub label: String,
    /// Its ties.
    pub edges: Vec<Edge>,
}

/// Drawings of the same actors with different ties, laid out by the ties of all panels together. An actor without ties in a
/// panel is small and grey there.
pub struct NetworkMultiples<'a> {
    /// Heading.
    pub title: String,
    /// What a tie is, under the heading.
    pub unit: String,
    /// The actors of all panels.
    pub nodes: Vec<Node>,
    /// The panels, in order.
    pub panels: Vec<Panel>,
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

const GAP: f64 = 14.0;

/// Draws networks of the same actors beside each other.
pub fn network_multiples(chart: &NetworkMultiples) -> Result<Svg, ChartError> {
    let panels: Vec<&[Edge]> = chart.panels.iter().map(|p| p.edges.as_slice()).collect();
    let scene = Scene::new(
        &chart.nodes,
        &panels,
        [&chart.sectors, &chart.sides, &chart.classes],
        chart.format,
    );
    let alt = alt::multiples(chart, &scene);
    let laid = scene.parts_drawn();
    both(alt, |layout, alt| draw(chart, &scene, &laid, layout, alt))
}

fn draw(
    chart: &NetworkMultiples,
    scene: &Scene,
    laid: &Laid,
    layout: Layout,
    alt: &str,
) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    if chart.nodes.is_empty() || chart.panels.is_empty() {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    top = legend(&mut canvas, &scene.key(), "", top) + 4.0;
    let columns = match (layout, chart.panels.len()) {
        (Layout::Narrow, _) | (_, 1) => 1,
        (_, 2 | 4) => 2,
        _ => 3,
    };
    let room = (canvas.width - 2.0 * PAD - GAP * (columns as f64 - 1.0)) / columns as f64;
    let (aspect, highest) = match columns {
        1 => (1.2, 300.0),
        2 => (1.1, 310.0),
        _ => (0.9, 250.0),
    };
    let places = laid.pack(aspect);
    let height = places.height(room, highest);
    let count = scene.shown.len();
    let names = match (room > 300.0, count) {
        (true, ..=14) | (false, ..=8) => count,
        (true, _) => 8,
        (false, _) => 5,
    };
    let frame = Frame::new((room, height), scene, &places);
    let spots = frame.spots(scene, names);
    for row in chart.panels.chunks(columns) {
        let heads: Vec<_> = row
            .iter()
            .map(|panel| {
                let full = clean(&panel.label);
                let block = wrap(&full, STRONG.size, STRONG.weight, room, 2);
                (full, block)
            })
            .collect();
        let lines = heads.iter().map(|(_, b)| b.lines.len()).max().unwrap_or(1);
        let body = top + lines as f64 * 16.0 + 20.0;
        for (column, (panel, (full, block))) in row.iter().zip(&heads).enumerate() {
            let left = PAD + column as f64 * (room + GAP);
            canvas.lines(block, full, (left, top + 13.0), 16.0, STRONG);
            let words = alt::ties(&chart.nodes, &panel.edges, scene);
            // "of them" is left out where the words must be short.
            let words = words.replace(" of them between different sectors", " across sectors");
            let note = wrap(&words, NOTE.size, NOTE.weight, room, 1);
            canvas.lines(&note, &words, (left, body - 6.0), 16.0, NOTE);
            let named: Vec<Named> = spots.iter().map(|s| s.moved((left, body))).collect();
            let ties = scene.ties(&panel.edges);
            let marks = Marks {
                scene,
                frame: &frame.moved((left, body)),
                directed: chart.directed,
                faint: true,
                thin: if ties.len() > 600 { 0.5 } else { 1.0 },
            };
            marks.draw(&mut canvas, &ties, &named);
        }
        top = body + height + 10.0;
    }
    let mut notes = scene.notes(spots.len(), chart.size_label.as_deref());
    notes.insert(
        0,
        "Everybody stands in the same place in each panel; small and grey: no ties in it."
            .to_owned(),
    );
    let mut end = top;
    for note in notes {
        end = canvas.paragraph(&note, end + 2.0, NOTE, 4);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}
