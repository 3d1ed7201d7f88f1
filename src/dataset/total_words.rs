//! How rows that are sums are called.

use super::words::plain;

/// Words that name a sum (the languages of reports and of their neighbours), alone or before or after what is summed.
const TOTAL_WORDS: &[&str] = &[
    "total",
    "totals",
    "subtotal",
    "subtotals",
    "totaal",
    "totalen",
    "subtotaal",
    "eindtotaal",
    "tussentotaal",
    "totaux",
    "soustotal",
    "totale",
    "subtotale",
    "totales",
    "subtotales",
    "totais",
    "gesamt",
    "insgesamt",
    "gesamtsumme",
    "summe",
    "zwischensumme",
    "sum",
    "somme",
    "somma",
    "suma",
    "som",
    "toplam",
    "geneltoplam",
    "soma",
    "razem",
    "celkem",
    "ukupno",
    "osszesen",
    "yhteensa",
];

/// Whole cells that name a sum, or all together.
const WHOLE_TOTALS: &[&str] = &[
    "all",
    "alle",
    "allen",
    "overall",
    "ensemble",
    "tous",
    "toutes",
    "todos",
    "todas",
    "tots",
    "totes",
    "tutti",
    "i alt",
    "σ",
    "∑",
    "σύνολο",
    "итого",
    "всего",
    "разом",
    "усього",
    "общо",
    "المجموع",
    "الإجمالي",
    "مجموع",
    "المجموع الكلي",
    "סה\"כ",
    "合計",
    "总计",
    "합계",
];

/// Words of [`TOTAL_WORDS`] that are names as well: of a river, say.
const UNSURE_TOTALS: &[&str] = &["sum", "somme", "somma", "suma", "som", "soma", "gesamt"];

/// Words that may stand beside such a word and say nothing of what is summed.
const TOTAL_FILLERS: &[&str] = &[
    "grand", "general", "generale", "generaal", "algemeen", "overall", "sub", "sous", "tussen",
    "parcial", "parziale", "in", "het", "de", "du", "des", "del", "di", "la", "le", "of", "van",
    "for", "voor", "pour", "para", "the", "all", "alle", "tous", "toutes", "todos", "todas",
];

/// What a cell says that names a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TotalOf {
    /// Whether it is called the sum of a part.
    pub part: bool,
    /// Whether the words mean nothing else.
    pub sure: bool,
    /// What is summed, in plain letters; empty where it does not say.
    pub of: String,
}

/// Whether a cell names a sum, as "Total", "Sous-total", "Eindtotaal 2023" or "North total".
pub(super) fn total(cell: &str) -> Option<TotalOf> {
    /// Longer texts are sentences.
    const LONGEST: usize = 60;
    if cell.len() > LONGEST {
        return None;
    }
    let whole = cell.trim().trim_end_matches([':', '.']).to_lowercase();
    if WHOLE_TOTALS.contains(&whole.as_str()) {
        return Some(TotalOf {
            part: false,
            sure: false,
            of: String::new(),
        });
    }
    if !may_be_total(cell) {
        return None;
    }
    let plain = plain(cell);
    let words: Vec<&str> = plain.split('_').filter(|word| !word.is_empty()).collect();
    let names = |word: &&&str| TOTAL_WORDS.contains(*word);
    let ends = [words.first(), words.last()];
    let fillers = |word: &&str| TOTAL_FILLERS.contains(word);
    let inner = words.iter().find(names)?;
    // "Total North", "North total", "In het totaal"; not "Somme river trust", nor "the total picture of ...".
    let at_end = ends.iter().flatten().any(|word| word == &inner);
    if !at_end
        && !words
            .iter()
            .all(|word| fillers(word) || TOTAL_WORDS.contains(word))
    {
        return None;
    }
    // `AFR-SOM` is a code; "Som Noord" and "Som" are sums.
    let first = cell.split_whitespace().next().unwrap_or_default();
    let first = first.trim_end_matches(':').to_lowercase();
    if UNSURE_TOTALS.contains(inner) && first != **inner && !words.first().is_some_and(fillers) {
        return None;
    }
    let of: Vec<&str> = words
        .iter()
        .filter(|word| !TOTAL_WORDS.contains(*word) && !fillers(word))
        .copied()
        .collect();
    let parts = ["sub", "sous", "tussen", "zwischen", "parcial", "parziale"];
    Some(TotalOf {
        part: words
            .iter()
            .any(|word| parts.iter().any(|part| word.starts_with(part))),
        sure: of.is_empty() && !UNSURE_TOTALS.contains(inner),
        of: of.join("_"),
    })
}

/// Whether a cell is a word for the sum of everything, and nothing else.
pub(crate) fn names_total(cell: &str) -> bool {
    total(cell).is_some_and(|said| said.of.is_empty())
}

/// Whether a cell is called a total, of all or of something: `Total North`.
pub(crate) fn calls_total(cell: &str) -> bool {
    total(cell).is_some()
}

/// Whether three letters that all of [`TOTAL_WORDS`] have one of stand in a cell, which few cells have.
fn may_be_total(cell: &str) -> bool {
    let is = |three: &[u8]| {
        [
            b"tot", b"sum", b"som", b"ges", b"pla", b"raz", b"lke", b"upn", b"sze", b"hte",
        ]
        .iter()
        .any(|letters| three.eq_ignore_ascii_case(*letters))
    };
    cell.as_bytes().windows(3).any(is)
}

/// A cell in plain letters, as [`TotalOf::of`] is.
pub(super) fn plainly(cell: &str) -> String {
    let plain = plain(cell);
    let words: Vec<&str> = plain.split('_').filter(|word| !word.is_empty()).collect();
    words.join("_")
}
