//! How many are still there after some time: step curves with intervals, and who is still watched.

use super::alt::{counted, name, opening};
use super::canvas::{Anchor, Area, Canvas, Colour, LABEL, NOTE, PAD, Style};
use super::font::{Weight, width};
use super::legend::{Entry, Symbol, legend};
use super::pen::Stroke;
use super::scale::{Domain, Scale, Tick, across, interval, upwards, usable};
use super::text::wrap;
use super::xml::clean;
use super::{ChartError, Format, Layout, Svg, both};

/// What happened at one time: at least one end or one case that is no longer watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// Time since the start, 0 or later.
    pub time: f64,
    /// Share still there from this time on, 0 to 1.
    pub share: f64,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Cases watched until just before this time; `None` where the number is not to be shown.
    pub at_risk: Option<f64>,
    /// Whether a case was last seen at this time, still there (censored).
    pub censored: bool,
}

/// One group's curve, starting at share 1 at time 0.
#[derive(Debug, Clone, PartialEq)]
pub struct SurvivalCurve {
    /// The group; may be empty for a single curve.
    pub label: String,
    /// In order of time, each time once.
    pub steps: Vec<SurvivalStep>,
    /// Words where there is no curve ("withheld").
    pub note: Option<String>,
}

/// A chart of survival; of more than five curves the first five are drawn, and a note says so.
pub struct Survival<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// Name of the time axis ("years after funding ended").
    pub time_label: String,
    /// The curves.
    pub curves: Vec<SurvivalCurve>,
    /// Writes a share.
    pub format: Format<'a>,
    /// Writes a time.
    pub time: Format<'a>,
    /// Writes a number of cases.
    pub count: Format<'a>,
}

const AXIS: Style = Style::new(12.0, Weight::Regular, Colour::Muted);
const COUNT: Style = Style::new(12.0, Weight::Regular, Colour::Ink);
pub(super) const STROKES: [Stroke; 5] = [
    Stroke::new(Colour::Blue, 2.0, ""),
    Stroke::new(Colour::Vermilion, 2.0, "7 3"),
    Stroke::new(Colour::Green, 2.0, "2 3"),
    Stroke::new(Colour::Purple, 2.0, "9 3 2 3"),
    Stroke::new(Colour::Brown, 2.0, "14 4"),
];

/// Draws a chart of survival.
pub fn survival(chart: &Survival) -> Result<Svg, ChartError> {
    both(alt_text(chart), |layout, alt| draw(chart, layout, alt))
}

/// The steps of a curve that can be drawn, in order of time.
fn steps(curve: &SurvivalCurve) -> Vec<SurvivalStep> {
    let all = curve.steps.iter().copied();
    let mut out: Vec<SurvivalStep> = all
        .filter(|s| usable(Some(s.time)).is_some_and(|t| t >= 0.0))
        .filter(|s| usable(Some(s.share)).is_some_and(|v| (0.0..=1.0).contains(&v)))
        .collect();
    out.sort_by(|a, b| a.time.total_cmp(&b.time));
    out
}

/// A curve with something to draw, its steps, and how it is drawn.
type Drawn<'c> = (&'c SurvivalCurve, Vec<SurvivalStep>, Stroke);

/// Curves with something to draw.
fn drawn<'c>(chart: &'c Survival) -> Vec<Drawn<'c>> {
    let all = chart.curves.iter().map(|c| (c, steps(c)));
    let some = all.filter(|(_, steps)| !steps.is_empty());
    some.zip(STROKES).map(|((c, s), k)| (c, s, k)).collect()
}

/// Corners of the stairs through (time, value), starting at value 1 at time 0.
fn stairs(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut out = vec![(0.0, 1.0)];
    let mut level = 1.0;
    for (time, value) in points {
        out.push((time, level));
        if value != level {
            out.push((time, value));
        }
        level = value;
    }
    out
}

/// Share still there at a time.
fn at(steps: &[SurvivalStep], time: f64) -> f64 {
    let before = steps.iter().rev().find(|s| s.time <= time);
    before.map_or(1.0, |s| s.share)
}

/// Cases watched at a time: until just before the next thing that happens. `Some(None)` is not to be shown.
fn watched(steps: &[SurvivalStep], time: f64) -> Option<f64> {
    match steps.iter().find(|s| s.time >= time) {
        Some(step) => usable(step.at_risk),
        None => Some(0.0),
    }
}

fn draw(chart: &Survival, layout: Layout, alt: &str) -> Result<String, ChartError> {
    let mut canvas = Canvas::new(layout.width());
    let drawn = drawn(chart);
    let mut top = canvas.header(&chart.title, &chart.unit, &[]);
    let last = drawn
        .iter()
        .filter_map(|(_, s, _)| s.last())
        .map(|s| s.time);
    let last = last.fold(0.0, f64::max);
    if drawn.is_empty() {
        let mut end = canvas.paragraph("No values to show.", top, NOTE, 1);
        for note in notes(chart, &drawn) {
            end = canvas.paragraph(&note, end + 2.0, NOTE, 4);
        }
        return canvas.finish(end + PAD, &chart.title, alt);
    }
    let shaded = drawn.len() <= 3;
    top = legend(&mut canvas, &key(&drawn, shaded), "", top) + 6.0;
    let bottom = top + if layout == Layout::Wide { 280.0 } else { 230.0 };
    let up = Scale {
        domain: Domain {
            low: 0.0,
            high: 1.0,
            log: false,
        },
        from: bottom,
        to: top + 6.0,
    };
    let ticks = upwards(&up, chart.format, AXIS.size, 100.0);
    let labels = ticks
        .iter()
        .map(|t| width(&t.label, AXIS.size, AXIS.weight));
    let left = PAD + 8.0 + labels.fold(0.0, f64::max);
    let right = canvas.width - PAD - 8.0;
    for tick in &ticks {
        let style = AXIS.at(Anchor::End);
        canvas.text(&tick.label, left - 6.0, tick.start, style, None);
        let colour = if tick.value == 0.0 {
            Colour::Axis
        } else {
            Colour::Rule
        };
        canvas.line((left, tick.at), (right, tick.at), 1, colour);
    }
    let over = Scale {
        domain: Domain {
            low: 0.0,
            high: if last > 1e-290 { last } else { 1.0 },
            log: false,
        },
        from: left,
        to: right,
    };
    let times = across(&over, chart.time, AXIS.size, canvas.width);
    for tick in &times {
        canvas.text(&tick.label, tick.start, bottom + 18.0, AXIS, None);
        canvas.line((tick.at, bottom), (tick.at, bottom + 4.0), 1, Colour::Axis);
    }
    for (_, steps, stroke) in &drawn {
        curve(&mut canvas, steps, *stroke, shaded, &over, &up);
    }
    hovers(&mut canvas, chart, &drawn, &times, &over, (top, bottom));
    let mut end = bottom + 24.0;
    let label = clean(&chart.time_label);
    let block = wrap(&label, AXIS.size, AXIS.weight, right - left, 2);
    for (n, line) in block.lines.iter().enumerate() {
        let full = block.shortened.then_some(label.as_str());
        let y = end + 11.0 + n as f64 * 15.0;
        canvas.text(line, right, y, AXIS.at(Anchor::End), full);
    }
    end += block.lines.len() as f64 * 15.0 + 4.0;
    end = risk(&mut canvas, chart, &drawn, &times, end);
    for note in notes(chart, &drawn) {
        end = canvas.paragraph(&note, end + 2.0, NOTE, 4);
    }
    canvas.finish(end + PAD, &chart.title, alt)
}

/// Names of the curves, and what shades and ticks mean where there are any.
fn key(drawn: &[Drawn], shaded: bool) -> Vec<Entry> {
    let mut out: Vec<Entry> = drawn
        .iter()
        .filter(|(curve, ..)| drawn.len() > 1 || !clean(&curve.label).is_empty())
        .map(|(curve, _, stroke)| Entry::new(Symbol::Line(*stroke), curve.label.as_str()))
        .collect();
    let mut all = drawn.iter().flat_map(|(_, steps, _)| steps);
    if shaded && all.clone().any(|s| interval(s.low, s.high).is_some()) {
        out.push(Entry::new(
            Symbol::Swatch(Colour::Context),
            "shaded: interval",
        ));
    }
    if all.any(|s| s.censored) {
        let words = "last seen, still there";
        out.push(Entry::new(Symbol::Tick(Colour::Muted), words));
    }
    out
}

fn curve(
    canvas: &mut Canvas,
    steps: &[SurvivalStep],
    stroke: Stroke,
    shaded: bool,
    over: &Scale,
    up: &Scale,
) {
    let pixel = |(time, value): &(f64, f64)| (over.at(*time), up.at(*value));
    // The band ends where an interval is missing, and goes on with the next one.
    let mut band: Vec<(f64, f64, f64)> = vec![(0.0, 1.0, 1.0)];
    let mut bands = Vec::new();
    for step in steps {
        if let Some((low, high, time)) = band.last().map(|b| (b.1, b.2, step.time)) {
            band.push((time, low, high));
        }
        match interval(step.low, step.high) {
            Some((low, high)) => band.push((step.time, low.clamp(0.0, 1.0), high.clamp(0.0, 1.0))),
            None => bands.push(std::mem::take(&mut band)),
        }
    }
    bands.push(band);
    for band in bands.iter().filter(|b| shaded && b.len() > 2) {
        let high = band.iter().map(|(t, _, high)| pixel(&(*t, *high)));
        let low = band.iter().rev().map(|(t, low, _)| pixel(&(*t, *low)));
        let around: Vec<(f64, f64)> = high.chain(low).collect();
        canvas.fill(&around, stroke.colour, 0.16);
    }
    let line = stairs(steps.iter().map(|s| (s.time, s.share)));
    let line: Vec<(f64, f64)> = line.iter().map(pixel).collect();
    canvas.stroke(&line, stroke);
    let mut before = f64::NEG_INFINITY;
    for step in steps.iter().filter(|s| s.censored) {
        let (x, y) = pixel(&(step.time, step.share));
        if x - before >= 3.0 {
            let tick = Stroke::new(stroke.colour, 1.2, "");
            canvas.stroke(&[(x, y - 5.0), (x, y + 5.0)], tick);
            before = x;
        }
    }
}

/// What the curves say at each tick of time, for the pointer.
fn hovers(
    canvas: &mut Canvas,
    chart: &Survival,
    drawn: &[Drawn],
    times: &[Tick],
    over: &Scale,
    (top, bottom): (f64, f64),
) {
    let middle = |pair: &[Tick]| match pair {
        [a, b] => (a.at + b.at) / 2.0,
        _ => over.to,
    };
    let mut edges = vec![over.from];
    edges.extend(times.windows(2).map(middle));
    edges.push(over.to);
    for (tick, edge) in times.iter().zip(edges.windows(2)) {
        let [from, to] = edge else { continue };
        let mut words = format!("{}: ", tick.label);
        for (n, (curve, steps, _)) in drawn.iter().enumerate() {
            if n > 0 {
                words.push_str("; ");
            }
            let seen = steps.last().is_some_and(|s| s.time >= tick.value);
            let share = match seen {
                true => clean(&(chart.format)(at(steps, tick.value))),
                false => "nobody watched any more".to_owned(),
            };
            words.push_str(&clean(&format!("{} {share}", curve.label)));
        }
        canvas.hover(Area(*from, top, *to, bottom), &words);
    }
}

/// Numbers still watched under the ticks, curve by curve; returns the bottom.
fn risk(canvas: &mut Canvas, chart: &Survival, drawn: &[Drawn], times: &[Tick], top: f64) -> f64 {
    let rows: Vec<Vec<(f64, String)>> = drawn
        .iter()
        .map(|(_, steps, _)| {
            let each = times.iter().map(|tick| {
                let words = watched(steps, tick.value).map(|n| clean(&(chart.count)(n)));
                (tick.at, words.unwrap_or_else(|| "–".to_owned()))
            });
            each.collect()
        })
        .collect();
    let known = drawn
        .iter()
        .any(|(_, steps, _)| steps.iter().any(|s| usable(s.at_risk).is_some()));
    let whole = canvas.width;
    let start = |(x, words): &(f64, String)| {
        let wide = width(words, COUNT.size, COUNT.weight);
        (x - wide / 2.0).min(whole - 4.0 - wide).max(4.0)
    };
    let end = |cell: &(f64, String)| start(cell) + width(&cell.1, COUNT.size, COUNT.weight);
    let fits = rows.iter().all(|row| {
        row.windows(2).all(|w| match w {
            [a, b] => end(a) + 6.0 <= start(b),
            _ => true,
        })
    });
    if !known || !fits || times.is_empty() {
        return top;
    }
    let mut y = top + 14.0;
    canvas.text("Still watched (at risk)", PAD, y, NOTE, None);
    y += 4.0;
    for ((curve, _, stroke), row) in drawn.iter().zip(&rows) {
        let full = clean(&curve.label);
        if drawn.len() > 1 {
            canvas.stroke(&[(PAD, y + 8.0), (PAD + 22.0, y + 8.0)], *stroke);
            let room = canvas.width - 2.0 * PAD - 28.0;
            let block = wrap(&full, LABEL.size, LABEL.weight, room, 1);
            canvas.lines(&block, &full, (PAD + 28.0, y + 12.0), 15.0, NOTE);
            y += 16.0;
        }
        for cell in row {
            canvas.text(&cell.1, start(cell), y + 12.0, COUNT, None);
        }
        y += 18.0;
    }
    y + 2.0
}

/// Curves that are not drawn, and why.
fn notes(chart: &Survival, drawn: &[Drawn]) -> Vec<String> {
    let mut out = Vec::new();
    let mut more = 0;
    for curve in &chart.curves {
        if drawn.iter().any(|(c, ..)| std::ptr::eq(*c, curve)) {
            continue;
        }
        if !steps(curve).is_empty() {
            more += 1;
            continue;
        }
        let note = super::dots::words(curve.note.as_deref());
        out.push(clean(&format!("{}: {note}.", clean(&curve.label))));
    }
    if more > 0 {
        out.push(format!("{} not drawn.", counted(more, "more curve")));
    }
    out
}

/// For each curve how many start, what share is left at the end, and when half are gone.
fn alt_text(chart: &Survival) -> String {
    let mut out = opening("Survival curves", &chart.title, &chart.unit);
    let drawn = drawn(chart);
    let curves = counted(chart.curves.len(), "curve");
    let label = clean(&chart.time_label);
    match label.is_empty() {
        true => out.push_str(&format!(" {curves}.")),
        false => out.push_str(&format!(" {curves} over {label}.")),
    }
    for (curve, steps, _) in &drawn {
        let label = name(&curve.label);
        let who = if label.is_empty() { "Curve" } else { &label };
        out.push_str(&format!(" {who}: "));
        if let Some(n) = steps.first().and_then(|s| usable(s.at_risk)) {
            out.push_str(&format!("{} at the start, ", clean(&(chart.count)(n))));
        }
        if let Some(end) = steps.last() {
            out.push_str(&format!(
                "{} still there at {}",
                clean(&(chart.format)(end.share)),
                clean(&(chart.time)(end.time))
            ));
        }
        match steps.iter().find(|s| s.share <= 0.5) {
            Some(half) => out.push_str(&format!(
                "; half are gone by {}.",
                clean(&(chart.time)(half.time))
            )),
            None => out.push('.'),
        }
    }
    for note in notes(chart, &drawn) {
        out.push_str(&format!(" {note}"));
    }
    out
}
