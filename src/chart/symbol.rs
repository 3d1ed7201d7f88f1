//! Nodes of a network: a colour and a shape together say what a node is, so that colour alone is never needed.

use super::canvas::{Canvas, Colour};
use super::series_labels::PALETTE;

/// The outline of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    Up,
    Diamond,
    Down,
    Hexagon,
    Cross,
}

/// What is inside the outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    Solid,
    Hollow,
    Dotted,
}

const SHAPES: [Shape; 7] = [
    Shape::Circle,
    Shape::Square,
    Shape::Up,
    Shape::Diamond,
    Shape::Down,
    Shape::Hexagon,
    Shape::Cross,
];

/// Fills in the order they are given out.
pub(super) const FILLS: [Fill; 3] = [Fill::Solid, Fill::Hollow, Fill::Dotted];

/// Shape and colour of the class with a number: up to seven differ in both, up to 49 in one of them.
pub(super) fn look(class: usize) -> (Shape, Colour) {
    let turn = class / PALETTE.len();
    let shape = SHAPES.get((class + turn) % SHAPES.len());
    let colour = PALETTE.get(class % PALETTE.len());
    (
        shape.copied().unwrap_or(Shape::Circle),
        colour.copied().unwrap_or(Colour::Blue),
    )
}

impl Shape {
    /// Corners around zero for a node as large as a circle of radius 1; none for the circle itself.
    fn corners(self) -> &'static [(f64, f64)] {
        match self {
            Shape::Circle => &[],
            Shape::Square => &[(-0.89, -0.89), (0.89, -0.89), (0.89, 0.89), (-0.89, 0.89)],
            Shape::Up => &[(0.0, -1.4), (1.25, 0.8), (-1.25, 0.8)],
            Shape::Down => &[(0.0, 1.4), (1.25, -0.8), (-1.25, -0.8)],
            Shape::Diamond => &[(0.0, -1.3), (1.3, 0.0), (0.0, 1.3), (-1.3, 0.0)],
            Shape::Hexagon => &[
                (-0.55, -0.95),
                (0.55, -0.95),
                (1.1, 0.0),
                (0.55, 0.95),
                (-0.55, 0.95),
                (-1.1, 0.0),
            ],
            Shape::Cross => &[
                (-0.42, -1.2),
                (0.42, -1.2),
                (0.42, -0.42),
                (1.2, -0.42),
                (1.2, 0.42),
                (0.42, 0.42),
                (0.42, 1.2),
                (-0.42, 1.2),
                (-0.42, 0.42),
                (-1.2, 0.42),
                (-1.2, -0.42),
                (-0.42, -0.42),
            ],
        }
    }
}

/// Draws a node.
pub(super) fn node(
    canvas: &mut Canvas,
    at: (f64, f64),
    radius: f64,
    shape: Shape,
    colour: Colour,
    fill: Fill,
) {
    let outline = |canvas: &mut Canvas, radius: f64, colour: Colour| match shape.corners() {
        [] => canvas.circle(at, radius, colour),
        corners => {
            let scaled = corners.iter();
            let scaled = scaled.map(|(x, y)| (at.0 + x * radius, at.1 + y * radius));
            canvas.rimmed(&scaled.collect::<Vec<_>>(), colour);
        }
    };
    outline(canvas, radius, colour);
    match fill {
        Fill::Solid => {}
        // Thin shapes need less taken out.
        Fill::Hollow if shape == Shape::Cross => outline(canvas, radius * 0.4, Colour::Paper),
        Fill::Hollow => outline(canvas, radius * 0.5, Colour::Paper),
        Fill::Dotted => canvas.circle(at, radius * 0.3, Colour::Paper),
    }
}
