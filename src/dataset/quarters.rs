//! Quarters, which stand for their first day: `2021-Q1`, `Q1 2021`, `T1 2021` (French, Spanish, Catalan, Italian, Portuguese), `K1 2021` (Dutch).
//! In patterns `%q` is the number of the quarter.

use super::values;

/// How quarters are written, with the letter Q.
const FORMS: [&str; 8] = [
    "%Y-Q%q", "%YQ%q", "%Y Q%q", "%Y/Q%q", "Q%q %Y", "Q%q-%Y", "Q%q/%Y", "Q%q%Y",
];

/// The letters for a quarter.
const LETTERS: [char; 3] = ['Q', 'T', 'K'];

/// Patterns there are.
pub(super) const PATTERNS: usize = FORMS.len() * LETTERS.len();

/// The pattern of this number.
pub(super) fn pattern(at: usize) -> Option<String> {
    let letter = LETTERS.get(at / FORMS.len())?;
    let form = FORMS.get(at % FORMS.len())?;
    Some(form.replace('Q', &letter.to_string()))
}

/// The number of the pattern by which a cell is a quarter.
pub(super) fn find(cell: &str) -> Option<usize> {
    let fits = |at: &usize| pattern(*at).is_some_and(|pattern| first_day(cell, &pattern).is_some());
    let may = (6..=7).contains(&cell.len()) && cell.is_ascii();
    (0..PATTERNS).find(|at| may && fits(at))
}

/// The first day of a quarter, by a pattern with `%q`, in days since 1970-01-01.
pub(super) fn first_day(cell: &str, pattern: &str) -> Option<i32> {
    let (mut year, mut quarter) = (None, None);
    let mut rest = cell.trim();
    let mut marks = pattern.chars();
    while let Some(mark) = marks.next() {
        if mark != '%' {
            let c = rest.chars().next()?;
            c.eq_ignore_ascii_case(&mark).then_some(())?;
            rest = rest.get(c.len_utf8()..)?;
            continue;
        }
        let (digits, place, most) = match marks.next()? {
            'Y' => (4, &mut year, 2999),
            'q' => (1, &mut quarter, 4),
            _ => return None,
        };
        let (number, after) = rest.split_at_checked(digits)?;
        let sound = number.bytes().all(|b| b.is_ascii_digit());
        let number: i32 = number
            .parse()
            .ok()
            .filter(|n| sound && (1..=most).contains(n))?;
        *place = Some(number);
        rest = after;
    }
    let (year, quarter) = (year.filter(|y| *y >= 1000)?, quarter?);
    rest.is_empty()
        .then(|| values::civil(year, quarter * 3 - 2, 1))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_their_first_day() {
        for (cell, wanted) in [
            ("2021-Q1", "%Y-Q%q"),
            ("2021Q1", "%YQ%q"),
            ("Q1 2021", "Q%q %Y"),
            ("T1 2021", "T%q %Y"),
            ("2021 k1", "%Y K%q"),
            ("q1-2021", "Q%q-%Y"),
        ] {
            let found = find(cell).and_then(pattern);
            assert_eq!(found.as_deref(), Some(wanted), "{cell}");
            let day = first_day(cell, wanted).map(values::show_day);
            assert_eq!(day.as_deref(), Some("2021-01-01"), "{cell}");
        }
        let last = first_day("Q4 2022", "Q%q %Y").map(values::show_day);
        assert_eq!(last.as_deref(), Some("2022-10-01"));
        for cell in [
            "Q5 2021", "Q0 2021", "2021-Q", "Q1 21", "X1 2021", "T1-A01", "Q12021x",
        ] {
            assert_eq!(find(cell), None, "{cell}");
        }
    }
}
