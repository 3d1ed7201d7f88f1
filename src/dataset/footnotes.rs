//! Marks of footnotes behind numbers: `12*`, `12^a`, `12 (a)`, `12 [b]`, `12¹`.

/// A number without the mark of a footnote behind it; `None` where there is no such mark.
pub(super) fn without(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    let sign = |c: char| matches!(c, '*' | '†' | '‡' | '§' | '¹' | '²' | '³' | '⁰' | '⁴'..='⁹' | 'ᵃ'..='ᵛ');
    let small = |text: &str| {
        let letters = text.chars().all(|c| c.is_ascii_lowercase());
        letters && (1..=2).contains(&text.len())
    };
    let index = |text: &str| {
        small(text) || (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let bare = cell.trim_end_matches(sign);
    let number = if bare.len() < cell.len() {
        bare
    } else if let Some((number, mark)) = cell.rsplit_once('^') {
        index(mark).then_some(number)?
    } else if let Some(open) = cell.strip_suffix(')') {
        let (number, mark) = open.rsplit_once('(')?;
        small(mark).then_some(number)?
    } else {
        let (number, mark) = cell.strip_suffix(']')?.rsplit_once('[')?;
        index(mark).then_some(number)?
    };
    let number = number.trim_end();
    number
        .ends_with(|c: char| c.is_ascii_digit())
        .then_some(number)
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn marks_are_told_from_numbers() {
        for (cell, number) in [
            ("12*", Some("12")),
            ("1,250 **", Some("1,250")),
            ("12^a", Some("12")),
            ("12 (a)", Some("12")),
            ("12 [1]", Some("12")),
            ("12¹", Some("12")),
            ("12", None),
            ("12 (3)", None),
            ("12 (of 20)", None),
            ("12 km", None),
            ("a*", None),
            ("(12)", None),
        ] {
            assert_eq!(without(cell), number, "{cell}");
        }
    }
}
