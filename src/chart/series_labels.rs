//! Which lines of a series are coloured and named, and where the names stand so that none covers another.

use super::canvas::Colour;

/// Up to this many lines all are coloured and named.
const FEW: usize = 8;
/// Strong lines named when there are more.
const STRONG: usize = 6;

/// Colours of lines and classes, in the order they are given out.
pub(super) const PALETTE: [Colour; 7] = [
    Colour::Blue,
    Colour::Vermilion,
    Colour::Green,
    Colour::Purple,
    Colour::Orange,
    Colour::Sky,
    Colour::Brown,
];

/// The colour of each line, `None` for grey context; `last` is each line's last value (`None`: the line is empty).
pub(super) fn colours(last: &[(Option<f64>, bool)]) -> Vec<Option<Colour>> {
    let drawn = last.iter().filter(|(value, _)| value.is_some()).count();
    let mut named: Vec<usize> = (0..last.len()).collect();
    if drawn > FEW {
        let strong = last.iter().enumerate();
        let strong = strong.filter(|(_, (value, strong))| *strong && value.is_some());
        named = strong.map(|(i, _)| i).take(STRONG).collect();
        let mut rest: Vec<(usize, f64)> = last
            .iter()
            .enumerate()
            .filter(|(i, _)| !named.contains(i))
            .filter_map(|(i, (value, _))| Some((i, (*value)?)))
            .collect();
        rest.sort_by(|a, b| a.1.total_cmp(&b.1));
        let each = (FEW - named.len()) / 2;
        let high = rest.iter().rev().take(each);
        named.extend(rest.iter().take(each).chain(high).map(|(i, _)| *i));
        named.sort_unstable();
        named.dedup();
    }
    let mut palette = PALETTE.iter().cycle();
    last.iter()
        .enumerate()
        .map(|(i, (value, strong))| match (value, named.contains(&i)) {
            (Some(_), true) if *strong => Some(Colour::Ink),
            (Some(_), true) => palette.next().copied(),
            _ => None,
        })
        .collect()
}

/// Tops of boxes of the given heights, each as near to its wished middle as the others allow, within `top..bottom` when they
/// fit there. Boxes come back in the order given.
pub(super) fn spread(wished: &[(f64, f64)], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    let at = |i: usize| wished.get(i).copied().unwrap_or((0.0, 0.0));
    order.sort_by(|a, b| at(*a).0.total_cmp(&at(*b).0));
    let mut tops = vec![0.0; wished.len()];
    let mut free = top;
    for i in order.iter().copied() {
        let (middle, height) = at(i);
        let place = (middle - height / 2.0).max(free);
        if let Some(slot) = tops.get_mut(i) {
            *slot = place;
        }
        free = place + height;
    }
    // Those pushed over the bottom are pushed back up, and push those above them.
    let mut limit = bottom;
    for i in order.iter().rev().copied() {
        let (_, height) = at(i);
        if let Some(slot) = tops.get_mut(i) {
            *slot = slot.min(limit - height);
            limit = *slot;
        }
    }
    tops
}
