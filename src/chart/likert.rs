//! Answers on an ordered scale, item by item: bars that spread to both sides of the middle of the scale.

use super::alt::{self, counted, name};
use super::canvas::{Anchor, Canvas, Colour, Style};
use super::dots::words;
use super::font::{Weight, width};
use super::legend::{Entry, Symbol};
use super::pick::Pick;
use super::rows::{Frame, Row};
use super::scale::{Domain, Scale, usable};
use super::xml::clean;
use super::{ChartError, Format, Svg, both};

/// One item, or one group's answers to it.
#[derive(Debug, Clone, PartialEq)]
pub struct LikertItem {
    /// The item as asked.
    pub label: String,
    /// Share of each category among the answers, in the order of the scale and as answered (a reverse-keyed item is not turned
    /// round). The item has no bar unless all are there, finite and not below zero.
    pub shares: Vec<Option<f64>>,
    /// Answers counted, as they are written at the right.
    pub n: Option<String>,
    /// Agreeing counts against the scale.
    pub reversed: bool,
    /// Words in place of a bar when there is none ("withheld").
    pub note: Option<String>,
}

/// A chart of answers; items are drawn in the order given.
pub struct Likert<'a> {
    /// Heading.
    pub title: String,
    /// What is counted, under the heading.
    pub unit: String,
    /// Names of the categories in order; the middle one of an odd number lies across the centre line.
    pub categories: Vec<String>,
    /// The items.
    pub items: Vec<LikertItem>,
    /// Writes a share.
    pub format: Format<'a>,
}

const SHARE: Style = Style::new(11.0, Weight::Regular, Colour::Ink);
const SUM: Style = Style::new(12.0, Weight::SemiBold, Colour::Ink);

/// Shares below, in and above the middle of the scale.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sides {
    below: f64,
    middle: f64,
    above: f64,
}

impl Sides {
    /// Extent to the left and to the right of the centre line.
    fn reach(self) -> (f64, f64) {
        (
            self.below + self.middle / 2.0,
            self.above + self.middle / 2.0,
        )
    }
}

/// All shares of an item, when there is one for each category.
fn shares(chart: &Likert, item: &LikertItem) -> Option<Vec<f64>> {
    let all: Option<Vec<f64>> = item
        .shares
        .iter()
        .map(|s| usable(*s).filter(|v| *v >= 0.0))
        .collect();
    all.filter(|all| !all.is_empty() && all.len() == chart.categories.len())
        .filter(|all| all.iter().sum::<f64>() > 0.0)
}

fn sides(shares: &[f64]) -> Sides {
    let half = shares.len() / 2;
    let sum = |part: Option<&[f64]>| part.map_or(0.0, |p| p.iter().sum());
    let odd = shares.len() % 2;
    Sides {
        below: sum(shares.get(..half)),
        middle: sum(shares.get(half..half + odd)),
        above: sum(shares.get(half + odd..)),
    }
}

/// The colour of a category: stronger the further from the middle.
fn colour(category: usize, count: usize) -> Colour {
    let half = count / 2;
    // Place from the middle outwards, 1 to `half`, onto the four steps there are.
    let step = |place: usize| {
        let step = if half <= 4 {
            // Few steps keep their distance from each other.
            match (half, place) {
                (1, _) => 3,
                (2, place) => 2 * place,
                (3, 3) => 4,
                (_, place) => place,
            }
        } else {
            (place * 4).div_ceil(half)
        };
        step.clamp(1, 4) as u8
    };
    if count % 2 == 1 && category == half {
        Colour::Blind
    } else if category < half {
        Colour::Against(step(half - category))
    } else {
        Colour::Heat(1 + step(category + 1 - half - count % 2))
    }
}

/// Draws a chart of answers.
pub fn likert(chart: &Likert) -> Result<Svg, ChartError> {
    let format = chart.format;
    let all: Vec<Option<Vec<f64>>> = chart.items.iter().map(|i| shares(chart, i)).collect();
    let pick: Vec<(Option<f64>, bool)> = all
        .iter()
        .map(|s| (s.as_ref().map(|s| sides(s).above - sides(s).below), false))
        .collect();
    let reach = all.iter().flatten().map(|s| sides(s).reach());
    let reach = reach.fold((0.0f64, 0.0f64), |a, b| (a.0.max(b.0), a.1.max(b.1)));
    let count = chart.categories.len();
    let mut alt = alt_text(chart, &all);
    if let Some(hidden) = Pick::of(&pick).words() {
        alt.push_str(&format!(" {hidden}"));
    }
    let key = chart.categories.iter().enumerate();
    let key: Vec<Entry> = key
        .map(|(c, words)| Entry::new(Symbol::Swatch(colour(c, count)), words.as_str()))
        .collect();
    both(alt, |layout, alt| {
        let most = |share: f64| width(&clean(&format(share)), SUM.size, SUM.weight) + 8.0;
        let ends = all.iter().flatten().map(|s| {
            let sides = sides(s);
            most(sides.below).max(most(sides.above))
        });
        // Sums stand outside the bars: the range is wider by what they need.
        let room = match layout {
            super::Layout::Wide => 340.0,
            super::Layout::Narrow => 300.0,
        };
        let (left, right) = reach;
        let margin = ends.fold(0.0, f64::max).min(room / 3.0);
        let more = (left + right) * margin / (room - 2.0 * margin);
        let domain = (left + right > 0.0).then_some(Domain {
            low: -left - more,
            high: right + more,
            log: false,
        });
        let frame = Frame {
            title: &chart.title,
            unit: &chart.unit,
            rows: chart
                .items
                .iter()
                .zip(&all)
                .map(|(i, s)| row(chart, i, s.as_deref()))
                .collect(),
            pick: Pick::of(&pick),
            domain,
            reference: None,
            lines: &[],
            format: &|v| format(v.abs()),
            rules: false,
            zero: true,
            key: key.clone(),
            heading: "answers",
            notes: Vec::new(),
            footnotes: footnotes(chart),
            alt,
        };
        frame.draw(layout, &|canvas, index, scale, y| {
            if let Some(Some(shares)) = all.get(index) {
                bar(canvas, shares, scale, y, format);
            }
        })
    })
}

fn bar(canvas: &mut Canvas, shares: &[f64], scale: &Scale, y: f64, format: Format) {
    let sides = sides(shares);
    let (left, right) = sides.reach();
    let mut from = -left;
    let say = |v: f64| clean(&format(v));
    for (category, share) in shares.iter().enumerate() {
        let (start, end) = (scale.at(from).round(), scale.at(from + share).round());
        from += share;
        if end - start < 0.5 {
            continue;
        }
        // A line of paper between neighbours.
        let inner = (end - 1.0).max(start + 1.0);
        canvas.rect(
            (start, y - 9.0),
            (inner, y + 9.0),
            colour(category, shares.len()),
        );
        let words = say(*share);
        if width(&words, SHARE.size, SHARE.weight) + 6.0 <= end - start {
            let middle = (start + inner) / 2.0;
            canvas.text(&words, middle, y + 4.0, SHARE.at(Anchor::Middle), None);
        }
    }
    let (below, above) = (say(sides.below), say(sides.above));
    let at = scale.at(-left) - 5.0;
    canvas.text_over(&below, at, y + 4.0, SUM.at(Anchor::End), None);
    canvas.text_over(&above, scale.at(right) + 5.0, y + 4.0, SUM, None);
}

fn row(chart: &Likert, item: &LikertItem, shares: Option<&[f64]>) -> Row {
    let note = words(item.note.as_deref());
    let label = clean(&item.label);
    let label = match item.reversed {
        true => format!("{label} (reversed)"),
        false => label,
    };
    let n = item.n.as_deref().map(clean).unwrap_or_default();
    let hover = match shares {
        Some(shares) => {
            let each = shares.iter().zip(&chart.categories);
            let each: Vec<String> = each
                .map(|(s, c)| format!("{} {}", clean(c), clean(&(chart.format)(*s))))
                .collect();
            format!("{label}: {}; {n} answers", each.join(", "))
        }
        None => format!("{label}: {note}"),
    };
    Row {
        label,
        strong: false,
        written: shares.map(|_| n),
        note,
        hover,
        ..Row::default()
    }
}

fn footnotes(chart: &Likert) -> Vec<String> {
    let mut out = Vec::new();
    if chart.categories.len() % 2 == 1 {
        out.push(
            "Bold: shares below and above the middle category, which lies across the centre line."
                .to_owned(),
        );
    } else {
        out.push("Bold: shares on either side of the middle of the scale.".to_owned());
    }
    if chart.items.iter().any(|i| i.reversed) {
        out.push(
            "Reversed: agreeing counts against the scale (reverse-keyed). Answers are shown as given."
                .to_owned(),
        );
    }
    out
}

/// The scale, and which item has most on either side.
fn alt_text(chart: &Likert, all: &[Option<Vec<f64>>]) -> String {
    let mut out = alt::opening("Diverging bars", &chart.title, &chart.unit);
    out.push_str(&format!(" {}", counted(chart.items.len(), "item")));
    if let (Some(first), Some(last)) = (chart.categories.first(), chart.categories.last()) {
        out.push_str(&format!(
            ", {} from {} to {}",
            match chart.categories.len() {
                1 => "1 category".to_owned(),
                n => format!("{n} categories"),
            },
            name(first),
            name(last)
        ));
    }
    out.push('.');
    let drawn: Vec<(&LikertItem, Sides)> = chart
        .items
        .iter()
        .zip(all)
        .filter_map(|(item, shares)| Some((item, sides(shares.as_deref()?))))
        .collect();
    let say = |(item, sides): &(&LikertItem, Sides)| {
        format!(
            "{} ({} below, {} above)",
            name(&item.label),
            clean(&(chart.format)(sides.below)),
            clean(&(chart.format)(sides.above))
        )
    };
    let mut order: Vec<&(&LikertItem, Sides)> = drawn.iter().collect();
    order.sort_by(|a, b| b.1.above.total_cmp(&a.1.above));
    match order.as_slice() {
        [] => {}
        [only] => out.push_str(&format!(" {}.", say(only))),
        [most, .., least] => out.push_str(&format!(
            " Most above the middle: {}; least: {}.",
            say(most),
            say(least)
        )),
    }
    let reversed = chart.items.iter().filter(|i| i.reversed).count();
    if reversed > 0 {
        let is = if reversed == 1 { "is" } else { "are" };
        out.push_str(&format!(
            " {} {is} reverse-keyed.",
            counted(reversed, "item")
        ));
    }
    let missing = chart.items.len() - drawn.len();
    if missing > 0 {
        let has = if missing == 1 { "has" } else { "have" };
        out.push_str(&format!(" {} {has} no value.", counted(missing, "item")));
    }
    out
}
