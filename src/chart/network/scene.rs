//! What is drawn of a network: which actors, where, of which classes; the same for every panel and both page widths.

use super::super::Format;
use super::super::alt::counted;
use super::super::canvas::Colour;
use super::super::legend::{Entry, Symbol};
use super::super::pen::Stroke;
use super::super::scale::usable;
use super::super::symbol::{FILLS, Fill, Shape, look};
use super::super::xml::clean;
use super::core::{Kept, kept};
use super::pack::{Laid, components, neighbours};
use super::{Edge, Node};
use std::collections::BTreeMap;

/// Classes of actors with a colour and shape of their own; any more are told as one.
const SECTORS: usize = 14;
/// Most actors without ties that are drawn.
const ALONE: usize = 60;

/// How ties of each kind are drawn.
const STROKES: [Stroke; 4] = [
    Stroke::new(Colour::Context, 1.0, ""),
    Stroke::new(Colour::Ink, 1.0, ""),
    Stroke::new(Colour::Axis, 1.0, "5 3"),
    Stroke::new(Colour::Ink, 1.0, "1.5 2.5"),
];

/// Names of classes in the order in which their looks are given out.
pub(super) struct Classes {
    names: Vec<String>,
    most: usize,
}

impl Classes {
    /// The names asked for, then others, the most frequent first. Where there are more than `most`, the last look is for all
    /// others.
    fn new<'s>(asked: &[String], found: impl Iterator<Item = &'s str>, most: usize) -> Classes {
        let mut met: Vec<(String, usize)> = Vec::new();
        for name in found.map(clean) {
            match met.iter_mut().find(|(n, _)| *n == name) {
                Some((_, count)) => *count += 1,
                None => met.push((name, 1)),
            }
        }
        met.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let met = met.into_iter().map(|(name, _)| name);
        // A name asked for keeps its look also where it does not occur.
        let mut names: Vec<String> = Vec::new();
        for name in asked.iter().map(|n| clean(n)).chain(met) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Classes { names, most }
    }

    /// The look that a class has.
    fn of(&self, name: &str) -> usize {
        let name = clean(name);
        let at = self.names.iter().position(|n| *n == name);
        at.unwrap_or(self.names.len()).min(self.most - 1)
    }

    /// What a look stands for.
    fn words(&self, look: usize) -> &str {
        if look + 1 == self.most && self.names.len() > self.most {
            return "other";
        }
        match self.names.get(look).map(String::as_str) {
            Some("") | None => "not named",
            Some(name) => name,
        }
    }
}

/// All ties between two actors of one kind, drawn as one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tie {
    /// The smaller position, and the larger.
    pub ends: (usize, usize),
    pub weight: f64,
    /// Whether a tie goes from the first end to the second, and the other way.
    pub heads: (bool, bool),
    pub class: usize,
    /// How many lines to the side of the straight one it is drawn, so that kinds lie beside each other.
    pub aside: f64,
}

pub(super) struct Scene<'a> {
    pub nodes: &'a [Node],
    sectors: Classes,
    sides: Classes,
    classes: Classes,
    /// Distinct others that each actor is tied with, over all panels.
    pub degrees: Vec<usize>,
    neighbours: Vec<Vec<usize>>,
    kept: Kept,
    /// Actors drawn: those kept and some of those without ties.
    pub shown: Vec<usize>,
    /// Actors without any tie.
    pub alone: usize,
    /// Sizes of the connected parts with ties, largest first.
    pub parts: Vec<usize>,
    /// Ties of an actor with itself, and ties with an actor that is not there.
    odd: (usize, usize),
    any_class: bool,
    heaviest: f64,
    lightest: f64,
    largest: Option<f64>,
    pub format: Format<'a>,
}

/// A tie that can be drawn.
pub(super) fn sound(edge: &Edge, nodes: usize) -> bool {
    edge.from != edge.to && edge.from < nodes && edge.to < nodes
}

impl<'a> Scene<'a> {
    /// A scene of actors and the ties of all panels; `asked` has the wished order of sectors, sides and kinds of ties.
    pub fn new(
        nodes: &'a [Node],
        panels: &[&'a [Edge]],
        asked: [&[String]; 3],
        format: Format<'a>,
    ) -> Scene<'a> {
        let [sectors, sides, classes] = asked;
        let all = || panels.iter().flat_map(|edges| edges.iter());
        let ties: Vec<(usize, usize)> = all().map(|e| (e.from, e.to)).collect();
        let neighbours = neighbours(nodes.len(), &ties);
        let kept = kept(&neighbours);
        let lone = (0..nodes.len()).filter(|i| neighbours.get(*i).is_none_or(Vec::is_empty));
        let lone: Vec<usize> = lone.collect();
        let mut shown = kept.nodes.clone();
        if kept.words.is_none() {
            shown.extend(lone.iter().take(ALONE));
        }
        shown.sort_unstable();
        let weights = || all().filter_map(|e| usable(Some(e.weight)).filter(|w| *w > 0.0));
        let sizes = nodes.iter().filter_map(|n| usable(n.size));
        let parts = components(&neighbours).iter().map(Vec::len).collect();
        let beyond = |e: &Edge| e.from >= nodes.len() || e.to >= nodes.len();
        Scene {
            nodes,
            sectors: Classes::new(sectors, nodes.iter().map(|n| n.sector.as_str()), SECTORS),
            sides: Classes::new(
                sides,
                nodes.iter().filter_map(|n| n.side.as_deref()),
                FILLS.len(),
            ),
            classes: Classes::new(
                classes,
                all().filter_map(|e| e.class.as_deref()),
                STROKES.len(),
            ),
            degrees: neighbours.iter().map(Vec::len).collect(),
            alone: lone.len(),
            parts,
            odd: (
                all().filter(|e| e.from == e.to && !beyond(e)).count(),
                all().filter(|e| beyond(e)).count(),
            ),
            any_class: all().any(|e| e.class.is_some()),
            heaviest: weights().fold(0.0, f64::max),
            lightest: weights().fold(f64::INFINITY, f64::min),
            largest: sizes.filter(|s| *s > 0.0).reduce(f64::max),
            neighbours,
            kept,
            shown,
            format,
        }
    }

    /// The parts of what is drawn, laid out.
    pub fn parts_drawn(&self) -> Laid {
        let shown = |i: usize| self.shown.binary_search(&i).is_ok();
        let inside: Vec<Vec<usize>> = self
            .neighbours
            .iter()
            .enumerate()
            .map(|(i, list)| {
                let all = list.iter().copied();
                all.filter(|j| shown(i) && shown(*j)).collect()
            })
            .collect();
        let mut laid = Laid::new(&inside);
        laid.alone.retain(|i| shown(*i));
        laid
    }

    /// Shape, colour and inside of an actor.
    pub fn look(&self, node: &Node) -> (Shape, Colour, Fill) {
        let (shape, colour) = self.sector_look(self.sectors.of(&node.sector));
        (shape, colour, self.fill(node))
    }

    fn sector_look(&self, sector: usize) -> (Shape, Colour) {
        if sector + 1 == SECTORS && self.sectors.names.len() > SECTORS {
            return (Shape::Circle, Colour::Axis);
        }
        look(sector)
    }

    fn fill(&self, node: &Node) -> Fill {
        let side = node.side.as_deref().map_or(0, |side| self.sides.of(side));
        FILLS.get(side).copied().unwrap_or(Fill::Solid)
    }

    /// Radius of an actor relative to the usual one.
    pub fn radius(&self, node: &Node) -> f64 {
        match self.largest {
            Some(largest) => {
                let size = usable(node.size).filter(|s| *s > 0.0).unwrap_or(0.0);
                0.65 + 0.95 * (size / largest).sqrt()
            }
            None => 1.0,
        }
    }

    /// How a tie is drawn.
    pub fn stroke(&self, tie: &Tie) -> Stroke {
        let base = STROKES.get(tie.class).copied().unwrap_or(STROKES[0]);
        let even = self.heaviest <= self.lightest * (1.0 + 1e-9);
        let thick = if even {
            1.2
        } else {
            0.7 + 1.7 * (tie.weight / self.heaviest).clamp(0.0, 1.0).sqrt()
        };
        Stroke { thick, ..base }
    }

    /// The ties of a panel that can be drawn, one for each pair and kind, in the order of the actors.
    pub fn ties(&self, edges: &[Edge]) -> Vec<Tie> {
        let shown = |i: usize| self.shown.binary_search(&i).is_ok();
        let mut found: BTreeMap<(usize, usize, usize), Tie> = BTreeMap::new();
        for edge in edges {
            if !sound(edge, self.nodes.len()) || !shown(edge.from) || !shown(edge.to) {
                continue;
            }
            let class = edge.class.as_deref().map_or(0, |c| self.classes.of(c));
            let ends = (edge.from.min(edge.to), edge.from.max(edge.to));
            let tie = found.entry((ends.0, ends.1, class)).or_insert(Tie {
                ends,
                weight: 0.0,
                heads: (false, false),
                class,
                aside: 0.0,
            });
            tie.weight += usable(Some(edge.weight)).unwrap_or(0.0).max(0.0);
            if edge.from == ends.0 {
                tie.heads.0 = true;
            } else {
                tie.heads.1 = true;
            }
        }
        let mut out: Vec<Tie> = found.into_values().collect();
        for same in out.chunk_by_mut(|a, b| a.ends == b.ends) {
            let middle = (same.len() as f64 - 1.0) / 2.0;
            for (n, tie) in same.iter_mut().enumerate() {
                tie.aside = n as f64 - middle;
            }
        }
        out
    }

    /// Sectors, sides and kinds of ties, each with the number of actors.
    pub fn key(&self) -> Vec<Entry> {
        let mut out = Vec::new();
        for (look, count) in self.sector_counts() {
            let (shape, colour) = self.sector_look(look);
            let count = (self.format)(count as f64);
            let words = format!("{} {count}", self.sectors.words(look));
            out.push(Entry::new(Symbol::Node(shape, colour, Fill::Solid), words));
        }
        if self.nodes.iter().any(|n| n.side.is_some()) {
            for (look, fill) in FILLS.into_iter().enumerate() {
                let mut all = self.nodes.iter().filter_map(|n| n.side.as_deref());
                if all.any(|side| self.sides.of(side) == look) {
                    let symbol = Symbol::Node(Shape::Circle, Colour::Axis, fill);
                    out.push(Entry::new(symbol, self.sides.words(look)));
                }
            }
        }
        if self.any_class {
            for (look, stroke) in STROKES.into_iter().enumerate() {
                if look < self.classes.names.len() {
                    let stroke = Stroke {
                        thick: 2.0,
                        ..stroke
                    };
                    out.push(Entry::new(Symbol::Line(stroke), self.classes.words(look)));
                }
            }
        }
        out
    }

    /// Looks of the sectors that occur, with the number of actors.
    fn sector_counts(&self) -> BTreeMap<usize, usize> {
        let mut counts = BTreeMap::new();
        for node in self.nodes {
            *counts.entry(self.sectors.of(&node.sector)).or_insert(0) += 1;
        }
        counts
    }

    /// Names of the sectors that occur, with the number of actors.
    pub fn sector_words(&self) -> Vec<String> {
        let counts = self.sector_counts().into_iter();
        counts
            .map(|(look, count)| {
                let count = clean(&(self.format)(count as f64));
                format!("{} {count}", self.sectors.words(look))
            })
            .collect()
    }

    /// What is not drawn, and why.
    pub fn left_out(&self) -> Vec<String> {
        let mut out = Vec::new();
        let number = |n: usize| clean(&(self.format)(n as f64));
        if let Some(words) = &self.kept.words {
            out.push(format!(
                "Drawn are {} of {} actors: {words}.",
                number(self.shown.len()),
                number(self.nodes.len())
            ));
        } else if self.alone > ALONE {
            out.push(format!(
                "{} more actors without ties are not drawn.",
                number(self.alone - ALONE)
            ));
        }
        let (own, beyond) = self.odd;
        if own > 0 {
            out.push(format!(
                "Not drawn: {} of an actor with itself.",
                counted(own, "tie")
            ));
        }
        if beyond > 0 {
            let ties = counted(beyond, "tie");
            out.push(format!(
                "Not drawn: {ties} with an actor that is not listed."
            ));
        }
        out
    }

    /// Lines under the drawing; `named` actors have their name in it.
    pub fn notes(&self, named: usize, size: Option<&str>) -> Vec<String> {
        let mut out = Vec::new();
        if let (Some(words), Some(_)) = (size, self.largest) {
            out.push(format!("Larger: {}.", clean(words)));
        }
        if self.heaviest > self.lightest * (1.0 + 1e-9) {
            out.push("Thicker: stronger ties.".to_owned());
        }
        if named > 0 && named < self.shown.len() {
            out.push(
                "Named are those tied with the most others, as far as there is room.".to_owned(),
            );
        }
        let mut out = match out.is_empty() {
            true => Vec::new(),
            false => vec![out.join(" ")],
        };
        out.extend(self.left_out());
        out
    }
}
