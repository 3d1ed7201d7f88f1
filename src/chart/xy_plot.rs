//! Cases by membership in a condition (across) and in an outcome (upwards): how far one is a subset of the other, and which cases are not.

use super::alt::{capital, counted, opening};
use super::axes::AXIS;
use super::canvas::{Anchor, Area, Canvas, Colour, NOTE, PAD};
use super::font::width;
use super::legend::{Entry, Symbol, legend};
use super::named_points::{names, write_key, write_names};
use super::pen::Stroke;
use super::scale::{Domain, Scale, across, upwards, usable};
use super::symbol::{Fill, Shape, node};
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// One case.
#[derive(Debug, Clone, PartialEq)]
pub struct XyCase {
    /// Its name.
    pub label: String,
    /// Membership in the condition or term, from 0 to 1.
    pub condition: f64,
    /// Membership in the outcome, from 0 to 1.
    pub outcome: f64,
}

/// Which claim the plot is about; it says on which side of the diagonal cases agree with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The condition is enough for the outcome: cases lie on the diagonal or above.
    Sufficient,
    /// The condition is needed for the outcome: cases lie on the diagonal or beneath.
    Necessary,
}

/// A plot of cases.
pub struct XyPlot<'a> {
    /// Heading.
    pub title: String,
    /// What is across ("membership in DEV*~URB").
    pub condition_label: String,
    /// What is upwards.
    pub outcome_label: String,
    /// The cases.
    pub cases: Vec<XyCase>,
    /// The claim.
    pub relation: Relation,
    /// Figures in words under the plot ("Inclusion 0.87, PRI 0.80, coverage 0.61.").
    pub notes: Vec<String>,
    /// Writes a membership.
    pub format: Format<'a>,
}

/// More cases than this are not all numbered.
const MOST: usize = 60;

/// What a case says about the claim (Schneider & Wagemann 2012, for sufficiency; mirrored for necessity).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// In both sets, on the right side of the diagonal.
    Typical,
    /// In both sets, on the wrong side of the diagonal.
    Degree,
    /// Contradicts the claim: in the set that should be the smaller one, and not in the other.
    Consistency,
    /// Not explained by it: only in the set that should be the larger one.
    Coverage,
    /// In neither.
    Irrelevant,
    /// A membership of one half exactly: neither in nor out.
    Open,
}

const CLASSES: [(Class, Shape, Colour, Fill); 6] = [
    (Class::Typical, Shape::Circle, Colour::Blue, Fill::Solid),
    (Class::Degree, Shape::Circle, Colour::Blue, Fill::Hollow),
    (
        Class::Consistency,
        Shape::Diamond,
        Colour::Vermilion,
        Fill::Solid,
    ),
    (Class::Coverage, Shape::Up, Colour::Green, Fill::Solid),
    (Class::Irrelevant, Shape::Square, Colour::Axis, Fill::Solid),
    (Class::Open, Shape::Cross, Colour::Purple, Fill::Solid),
];

impl Class {
    fn of(case: &XyCase, relation: Relation) -> Class {
        let (x, y) = (case.condition, case.outcome);
        if x == 0.5 || y == 0.5 {
            return Class::Open;
        }
        // The set that should be inside the other.
        let (part, whole) = match relation {
            Relation::Sufficient => (x, y),
            Relation::Necessary => (y, x),
        };
        match (part > 0.5, whole > 0.5) {
            (true, true) if part <= whole => Class::Typical,
            (true, true) => Class::Degree,
            (true, false) => Class::Consistency,
            (false, true) => Class::Coverage,
            (false, false) => Class::Irrelevant,
        }
    }

    fn words(self, relation: Relation) -> &'static str {
        match (self, relation) {
            (Class::Typical, _) => "typical",
            (Class::Degree, _) => "deviant in degree",
            (Class::Consistency, _) => "deviant in consistency",
            (Class::Coverage, Relation::Sufficient) => "deviant in coverage",
            (Class::Coverage, Relation::Necessary) => "deviant in relevance",
            (Class::Irrelevant, _) => "irrelevant",
            (Class::Open, _) => "neither in nor out",
        }
    }
}

/// Draws a plot of cases.
pub fn xy_plot(chart: &XyPlot) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

fn drawable<'c>(chart: &'c XyPlot) -> Vec<&'c XyCase> {
    let inside = |v: f64| usable(Some(v)).is_some_and(|v| (0.0..=1.0).contains(&v));
    let cases = chart.cases.iter();
    cases
        .filter(|c| inside(c.condition) && inside(c.outcome))
        .collect()
}

/// Cases in one place: they are one mark.
struct Spot<'c> {
    cases: Vec<&'c XyCase>,
    class: Class,
}

fn spots<'c>(cases: &[&'c XyCase], relation: Relation) -> Vec<Spot<'c>> {
    let mut out: Vec<Spot> = Vec::new();
    for case in cases {
        let same = |s: &&mut Spot| {
            let first = s.cases.first();
            first.is_some_and(|f| f.condition == case.condition && f.outcome == case.outcome)
        };
        match out.iter_mut().find(same) {
            Some(spot) => spot.cases.push(case),
            None => out.push(Spot {
                cases: vec![case],
                class: Class::of(case, relation),
            }),
        }
    }
    out
}

fn draw(chart: &XyPlot, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let mut top = canvas.header(&chart.title, "", &[]);
    let cases = drawable(chart);
    if cases.is_empty() {
        let end = canvas.paragraph("No values to show.", top, NOTE, 1);
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    let spots = spots(&cases, chart.relation);
    let mut key = Vec::new();
    for (class, shape, colour, fill) in CLASSES {
        let all = spots.iter().filter(|s| s.class == class);
        let count: usize = all.map(|s| s.cases.len()).sum();
        if count > 0 {
            let words = format!("{}: {count}", class.words(chart.relation));
            key.push(Entry::new(Symbol::Node(shape, colour, fill), words));
        }
    }
    top = legend(&mut canvas, &key, "", top) + 2.0;
    top = canvas.paragraph(&format!("↑ {}", chart.outcome_label), top, AXIS, 2) + 8.0;
    let domain = Domain {
        low: 0.0,
        high: 1.0,
        log: false,
    };
    let side = match layout {
        Layout::Wide => 440.0,
        Layout::Narrow => 284.0,
    };
    let bottom = top + side;
    let up = Scale {
        domain,
        from: bottom,
        to: top,
    };
    let ticks = upwards(&up, chart.format, AXIS.size, 60.0);
    let labels = ticks
        .iter()
        .map(|t| width(&t.label, AXIS.size, AXIS.weight));
    let left = PAD + 16.0 + labels.fold(0.0, f64::max);
    // Square, so that the diagonal is one.
    let right = (left + side).min(canvas.width - PAD - 10.0);
    let over = Scale {
        domain,
        from: left,
        to: right,
    };
    for tick in &ticks {
        let style = AXIS.at(Anchor::End);
        canvas.text(&tick.label, left - 14.0, tick.start, style, None);
        canvas.line((left, tick.at), (right, tick.at), 1, Colour::Rule);
    }
    for tick in across(&over, chart.format, AXIS.size, canvas.width) {
        canvas.text(&tick.label, tick.start, bottom + 24.0, AXIS, None);
        canvas.line((tick.at, top), (tick.at, bottom), 1, Colour::Rule);
    }
    let half = (over.at(0.5), up.at(0.5));
    canvas.line((left, half.1), (right, half.1), 1, Colour::Axis);
    canvas.line((half.0, top), (half.0, bottom), 1, Colour::Axis);
    let diagonal = Stroke::new(Colour::Axis, 1.2, "5 4");
    canvas.stroke(&[(left, bottom), (right, top)], diagonal);
    let at: Vec<(f64, f64)> = spots
        .iter()
        .filter_map(|s| s.cases.first())
        .map(|c| (over.at(c.condition), up.at(c.outcome)))
        .collect();
    let taken: Vec<Area> = at
        .iter()
        .map(|(x, y)| Area(x - 7.0, y - 7.0, x + 7.0, y + 7.0))
        .collect();
    let labels: Vec<String> = spots
        .iter()
        .map(|s| {
            let all: Vec<String> = s.cases.iter().map(|c| clean(&c.label)).collect();
            all.join(", ")
        })
        .collect();
    // What contradicts the claim is named first.
    let mut order: Vec<usize> = (0..spots.len()).collect();
    let rank = |i: &usize| match spots.get(*i).map(|s| s.class) {
        Some(Class::Consistency) => 0,
        Some(Class::Typical) => 1,
        Some(Class::Degree) => 2,
        Some(Class::Coverage) => 3,
        Some(Class::Open) => 4,
        _ => 5,
    };
    order.sort_by_key(rank);
    let frame = Area(left - 8.0, top - 8.0, canvas.width - PAD, bottom + 8.0);
    let names = names(&labels, &at, &order, MOST, &taken, frame);
    for ((spot, label), at) in spots.iter().zip(&labels).zip(&at) {
        let look = CLASSES.iter().find(|c| c.0 == spot.class);
        if let Some((class, shape, colour, fill)) = look {
            // A place with several cases is larger.
            let radius = (5.0 + 0.8 * (spot.cases.len() - 1) as f64).min(8.0);
            node(&mut canvas, *at, radius, *shape, *colour, *fill);
            let (x, y) = spot
                .cases
                .first()
                .map_or((0.0, 0.0), |c| (c.condition, c.outcome));
            let (x, y) = (clean(&(chart.format)(x)), clean(&(chart.format)(y)));
            let class = class.words(chart.relation);
            let area = Area(at.0 - 8.0, at.1 - 8.0, at.0 + 8.0, at.1 + 8.0);
            canvas.hover(
                area,
                &format!("{label}: condition {x}, outcome {y}, {class}"),
            );
        }
    }
    write_names(&mut canvas, &names, &at);
    let mut end = bottom + 30.0;
    let label = clean(&format!("{} →", chart.condition_label));
    let block = wrap(&label, AXIS.size, AXIS.weight, right - PAD, 2);
    canvas.lines(
        &block,
        &label,
        (right, end + 12.0),
        16.0,
        AXIS.at(Anchor::End),
    );
    end += block.lines.len().max(1) as f64 * 16.0;
    end = write_key(&mut canvas, layout, &names.key, 8, end + 8.0);
    if names.silent > 0 {
        let words = format!("{} more without a number.", counted(names.silent, "place"));
        end = canvas.paragraph(&words, end + 4.0, NOTE, 2);
    }
    let left_out = chart.cases.len() - cases.len();
    if left_out > 0 {
        let words = format!(
            "{} not drawn: a membership is missing or not between 0 and 1.",
            counted(left_out, "case")
        );
        end = canvas.paragraph(&words, end + 4.0, NOTE, 2);
    }
    end = canvas.paragraph(side_words(chart.relation), end + 4.0, NOTE, 4);
    for words in &chart.notes {
        end = canvas.paragraph(words, end + 4.0, NOTE, 5);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

fn side_words(relation: Relation) -> &'static str {
    match relation {
        Relation::Sufficient => {
            "Cases on the dashed line or above it agree with “is sufficient”; solid lines are at one half."
        }
        Relation::Necessary => {
            "Cases on the dashed line or beneath it agree with “is necessary”; solid lines are at one half."
        }
    }
}

fn alt_text(chart: &XyPlot) -> String {
    let mut out = opening("Plot of memberships", &chart.title, "");
    let cases = drawable(chart);
    out.push_str(&format!(
        " {}, {} across, {} upwards.",
        counted(chart.cases.len(), "case"),
        clean(&chart.condition_label),
        clean(&chart.outcome_label)
    ));
    let mut parts = Vec::new();
    for (class, ..) in CLASSES {
        let of = |c: &&&XyCase| Class::of(c, chart.relation) == class;
        let named: Vec<String> = cases
            .iter()
            .filter(of)
            .map(|c| super::alt::name(&c.label))
            .collect();
        let words = class.words(chart.relation);
        match (named.len(), class) {
            (0, _) => {}
            (1..=6, Class::Consistency) => parts.push(format!("{words} {}", named.join(", "))),
            (count, _) => parts.push(format!("{words} {count}")),
        }
    }
    if !parts.is_empty() {
        out.push_str(&format!(" {}.", capital(&parts.join("; "))));
    }
    let left_out = chart.cases.len() - cases.len();
    if left_out > 0 {
        out.push_str(&format!(
            " {} without memberships.",
            counted(left_out, "case")
        ));
    }
    for note in &chart.notes {
        out.push_str(&format!(" {}", clean(note)));
    }
    out
}
