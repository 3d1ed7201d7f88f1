//! Groups of ages and the like whose ranges lie in each other: 15-24 and 25-64 beside 15-64 count the same persons twice.

use std::collections::BTreeSet;

/// Words that open a range upwards, after its number (English, French, Spanish, Catalan, German, Dutch, Portuguese, Italian).
const AND_MORE: [&str; 22] = [
    "and over",
    "and older",
    "and above",
    "and more",
    "or more",
    "or older",
    "et plus",
    "ou plus",
    "y más",
    "y mas",
    "o más",
    "i més",
    "und älter",
    "und mehr",
    "oder älter",
    "en ouder",
    "en meer",
    "of ouder",
    "ou mais",
    "e mais",
    "e oltre",
    "plus",
];

/// Words that open a range downwards, before its number.
const UNDER: [&str; 11] = [
    "under",
    "below",
    "less than",
    "younger than",
    "moins de",
    "menos de",
    "menys de",
    "unter",
    "onder",
    "jonger dan",
    "meno di",
];

/// Words that part the two numbers of a range.
const TO: [&str; 8] = [
    " to ", " à ", " a ", " bis ", " tot ", " até ", " until ", " and ",
];

/// A range of whole numbers, both ends within; `f64::INFINITY` where it is open.
pub(super) type Range = (f64, f64);

/// The range that a label such as `15-24`, `65+`, `under 15` or `25 to 64 years` means. Years and days are none.
pub(super) fn range(label: &str) -> Option<Range> {
    let mut text = label
        .trim()
        .to_lowercase()
        .replace(['–', '—', '−', '‑'], "-");
    let more =
        text.contains('+') || text.contains('≥') || AND_MORE.iter().any(|w| text.contains(w));
    for word in TO {
        text = text.replace(word, "-");
    }
    let numbers: Vec<f64> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let is_year = |x: &f64| (1900.0..2100.0).contains(x);
    let under = text.contains('<') || UNDER.iter().any(|w| text.contains(w));
    match numbers.as_slice() {
        [low, high] if low < high && !(is_year(low) && is_year(high)) => {
            let between = text.split_once(|c: char| c.is_ascii_digit())?.1;
            let between = between.trim_start_matches(|c: char| c.is_ascii_digit());
            between
                .trim_start()
                .starts_with('-')
                .then_some((*low, *high))
        }
        [low] if more => Some((*low, f64::INFINITY)),
        [low] if text.starts_with('>') => Some((low + 1.0, f64::INFINITY)),
        [high] if under && *high > 0.0 => Some((0.0, high - 1.0)),
        _ => None,
    }
}

/// The ranges among the values of a column, where it is a column of ranges.
pub(super) fn ranges<'a>(values: &BTreeSet<&'a str>) -> Vec<(&'a str, Range)> {
    let found: Vec<(&str, Range)> = values
        .iter()
        .filter_map(|value| Some((*value, range(value)?)))
        .collect();
    match found.len() >= 3 && found.len() * 10 >= values.len() * 7 {
        true => found,
        false => vec![],
    }
}

/// Two labels whose ranges have numbers in common; those that only touch (0-5, 5-10) have none.
pub(super) fn overlapping<'a>(ranges: &[(&'a str, Range)]) -> Option<(&'a str, &'a str)> {
    ranges
        .iter()
        .enumerate()
        .find_map(|(at, (label, (low, high)))| {
            let others = ranges.get(at + 1..)?.iter();
            let mut common = others.filter(|(_, (l, h))| low < h && l < high);
            common.next().map(|(other, _)| (*label, *other))
        })
}

/// Each label whose range is made up of the ranges of others, with these.
pub(super) fn nested<'a>(ranges: &[(&'a str, Range)]) -> Vec<(&'a str, Vec<&'a str>)> {
    let each = ranges.iter().filter_map(|(whole, (low, high))| {
        let mut parts = vec![];
        let mut from = *low;
        loop {
            let starts = |l: f64| l == from || (!parts.is_empty() && l + 1.0 == from);
            let next = ranges
                .iter()
                .filter(|(label, (l, h))| label != whole && starts(*l) && h <= high && *h > *l)
                .max_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
            parts.push(next.0);
            if next.1.1 == *high {
                break;
            }
            from = next.1.1 + 1.0;
        }
        (parts.len() > 1).then_some((*whole, parts))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_mean_ranges() {
        for (label, found) in [
            ("15-24", Some((15.0, 24.0))),
            ("15 – 24 ans", Some((15.0, 24.0))),
            ("25 to 64 years", Some((25.0, 64.0))),
            ("65+", Some((65.0, f64::INFINITY))),
            ("65 and over", Some((65.0, f64::INFINITY))),
            ("<15", Some((0.0, 14.0))),
            ("moins de 15 ans", Some((0.0, 14.0))),
            ("2019-2020", None),
            ("2020-03-31", None),
            ("15", None),
            ("P1", None),
            ("total", None),
        ] {
            assert_eq!(range(label), found, "{label}");
        }
    }

    #[test]
    fn ranges_lie_in_each_other_or_beside() {
        let of = |labels: &[&'static str]| ranges(&labels.iter().copied().collect());
        let ages = of(&["15-24", "25-64", "15-64", "65+"]);
        assert_eq!(nested(&ages), [("15-64", vec!["15-24", "25-64"])]);
        assert!(overlapping(&ages).is_some());
        let plain = of(&["0-14", "15-64", "65+"]);
        assert!(nested(&plain).is_empty() && overlapping(&plain).is_none());
        let touching = of(&["0-5", "5-10", "10-15"]);
        assert!(nested(&touching).is_empty() && overlapping(&touching).is_none());
        assert!(of(&["15-24", "women", "men", "all"]).is_empty());
        // Touching ranges make up a wider one too.
        let wide = of(&["0-5", "5-10", "0-10"]);
        assert_eq!(nested(&wide), [("0-10", vec!["0-5", "5-10"])]);
    }
}
