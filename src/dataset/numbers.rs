//! Numbers as people write them: signs, currencies and percent signs around the digits, marks between them.

use super::values::NumberFormat;

/// A number taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written<'a> {
    /// By a minus in front or behind, or by brackets around it, as accountants write it.
    pub negative: bool,
    /// From the first digit to the last, with the marks between them.
    pub digits: &'a str,
    /// Sign or code of a currency.
    pub currency: &'a str,
    /// Another word behind the number, such as its unit.
    pub word: &'a str,
    /// Whether a percent sign follows.
    pub percent: bool,
    /// Whether nothing but a sign in front stands beside the digits.
    pub bare: bool,
}

/// Codes of currencies, and other words for them.
const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ARS", "AUD", "AZN", "BAM", "BDT", "BGN", "BIF", "BOB", "BRL",
    "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "GBP", "GEL", "GHS", "GMD", "GNF", "GTQ", "HNL", "HTG", "HUF",
    "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JOD", "JPY", "KES", "KMF", "LBP", "LKR", "LRD",
    "LYD", "MAD", "MDL", "MGA", "MKD", "MRU", "MUR", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO",
    "NOK", "NPR", "NZD", "PAB", "PEN", "PHP", "PKR", "PLN", "PYG", "RON", "RSD", "RUB", "RWF",
    "SAR", "SCR", "SDG", "SEK", "SLE", "SOS", "SRD", "SSP", "STN", "SYP", "SZL", "THB", "TND",
    "TRY", "TZS", "UAH", "UGX", "USD", "UYU", "VES", "VND", "XAF", "XOF", "YER", "ZAR", "ZMW",
    "euro", "euros", "dollar", "dollars", "pound", "pounds", "CFA", "FCFA", "F CFA", "DH", "Dhs",
    "MDH", "TL", "kr", "Fr", "SFr", "R$", "US$", "A$", "C$", "$US", "Rs", "zł", "Kč", "lei", "Ft",
    "peso", "pesos", "dirham", "dirhams",
];

/// Words after which a number is another number, or not one at all. Lower case.
const NO_UNITS: &[&str] = &[
    "about",
    "ago",
    "approx",
    "approximately",
    "billion",
    "billions",
    "billón",
    "billones",
    "bilhão",
    "bilyon",
    "bin",
    "bis",
    "bln",
    "cent",
    "cents",
    "cent.",
    "céntimos",
    "centimes",
    "circa",
    "crore",
    "crores",
    "dozen",
    "dozens",
    "duizend",
    "est",
    "estimated",
    "fewer",
    "hundred",
    "hundreds",
    "keur",
    "kusd",
    "lac",
    "lacs",
    "lakh",
    "lakhs",
    "less",
    "max",
    "mdh",
    "meur",
    "milers",
    "miles",
    "milhão",
    "milhões",
    "milione",
    "milioni",
    "milió",
    "milion",
    "milions",
    "miljard",
    "miljoen",
    "mill",
    "mille",
    "milliard",
    "milliarde",
    "milliarden",
    "milliards",
    "milliers",
    "million",
    "millions",
    "millionen",
    "millón",
    "millones",
    "milyon",
    "min",
    "mil",
    "mio",
    "mln",
    "more",
    "mrd",
    "musd",
    "or",
    "over",
    "plus",
    "tausend",
    "teur",
    "thousand",
    "thousands",
    "ths",
    "tot",
    "trillion",
    "tsd",
    "tys",
    "under",
    "unknown",
];

/// Units short enough to be taken for something else otherwise.
const SHORT_UNITS: &[&str] = &[
    "km", "kg", "ha", "cm", "mm", "pp", "h", "°c", "km²", "m²", "m³",
];

/// Whether a text is a sign, a code or a name of a currency.
pub(super) fn is_currency(text: &str) -> bool {
    let mut letters = text.chars();
    if let (Some(c), None) = (letters.next(), letters.next())
        && matches!(
            c,
            '$' | '£' | '¤' | '¥' | '֏' | '؋' | '৳' | '฿' | '៛' | '\u{20a0}'..='\u{20cf}'
        )
    {
        return true;
    }
    let word = text.trim_end_matches('.');
    // A code is in capitals, a name in any.
    CURRENCIES.contains(&word)
        || (word.len() > 3 && CURRENCIES.iter().any(|c| c.eq_ignore_ascii_case(word)))
}

/// Whether a word behind a number can be its unit: not one that makes thousands or "about" of it.
fn is_unit(word: &str) -> bool {
    let lower = word.to_lowercase();
    let letters = word
        .chars()
        .all(|c| c.is_alphabetic() || matches!(c, '.' | '/' | '°' | '²' | '³'));
    let long = lower.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    letters
        && !NO_UNITS.contains(&lower.trim_end_matches('.'))
        && (long || SHORT_UNITS.contains(&lower.as_str()))
}

/// A minus as typed or as typeset.
fn is_minus(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2212}' | '\u{2013}' | '\u{2010}' | '\u{2011}' | '\u{fe63}' | '\u{ff0d}'
    )
}

/// Takes a number apart; `None` for what is none, or only nearly one (`<5`, `10k`, `~50`, `3 (of 12)`).
pub(super) fn apart(cell: &str) -> Option<Written<'_>> {
    let text = cell.trim();
    let digit = |c: char| c.is_ascii_digit();
    let mut first = text.find(digit)?;
    let mut last = text.rfind(digit)? + 1;
    // `5.` is how some programs write a whole number.
    if text.get(last..) == Some(".") {
        last += 1;
    }
    // A mark in front of the first digit belongs to it (`.5`), but not the point of an abbreviation (`Fr.5`).
    if let Some(before) = text.get(..first)?.strip_suffix(['.', ','])
        && !before.ends_with(char::is_alphabetic)
    {
        first = before.len();
    }
    let (before, digits, after) = (
        text.get(..first)?,
        text.get(first..last)?,
        text.get(last..)?,
    );
    let mut out = Written {
        negative: false,
        digits,
        currency: "",
        word: "",
        percent: false,
        bare: after.is_empty() && before.chars().all(|c| is_minus(c) || c == '+'),
    };
    let (mut minus, mut plus, mut opened, mut closed) = (0, 0, 0, 0);
    let mut rest = before.trim();
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '(' => opened += 1,
            '+' => plus += 1,
            c if is_minus(c) => minus += 1,
            _ => {
                taken = rest
                    .find(|c: char| is_minus(c) || matches!(c, '(' | '+'))
                    .unwrap_or(rest.len());
                let word = rest.get(..taken)?.trim();
                if !out.currency.is_empty() || !is_currency(word) {
                    return None;
                }
                out.currency = word;
            }
        }
        rest = rest.get(taken..)?.trim_start();
    }
    rest = no_cents(after).trim();
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            ')' => closed += 1,
            '%' if !out.percent => out.percent = true,
            c if is_minus(c) => minus += 1,
            _ => {
                taken = rest
                    .find(|c: char| is_minus(c) || matches!(c, ')' | '%'))
                    .unwrap_or(rest.len());
                let word = rest.get(..taken)?.trim();
                if !out.word.is_empty() {
                    return None;
                } else if out.currency.is_empty() && is_currency(word) {
                    out.currency = word;
                } else if is_unit(word) {
                    out.word = word;
                } else {
                    return None;
                }
            }
        }
        rest = rest.get(taken..)?.trim_start();
    }
    if opened != closed || opened > 1 || minus + opened > 1 || plus + minus + opened > 1 {
        return None;
    }
    out.negative = minus + opened == 1;
    Some(out)
}

/// What follows a number without the dash that stands for no cents: `1.200,-`.
fn no_cents(after: &str) -> &str {
    let Some(rest) = after.strip_prefix([',', '.']) else {
        return after;
    };
    let dash = |c: char| is_minus(c) || c == '\u{2014}';
    let bare = rest.trim_start_matches(dash);
    if bare.len() < rest.len() { bare } else { after }
}

/// The same number with the minus that keyboards have, where another stands in front of it.
pub(super) fn typed_minus(cell: &str) -> Option<&str> {
    let rest = cell.strip_prefix(|c: char| is_minus(c) && c != '-')?;
    rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))
        .then_some(rest)
}

/// Digits with the marks of a format, as Rust reads them; `None` where the marks stand elsewhere.
pub(super) fn plain(text: &str, format: &NumberFormat) -> Option<String> {
    let (whole, fraction) = match text.split_once(format.decimal.as_str()) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut plain = String::with_capacity(text.len());
    match format.group.as_deref().filter(|group| !group.is_empty()) {
        Some(group) => {
            let parts = parted(whole, group);
            // "12,5" with the comma as group mark would silently become 125: groups must have three digits.
            if !are_groups(&parts, group == ",") {
                return None;
            }
            parts.iter().for_each(|part| plain.push_str(part));
        }
        None => plain.push_str(whole),
    }
    if plain.contains('.') {
        return None;
    }
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

/// Blanks that look alike are one mark, and so are apostrophes.
fn parted<'a>(whole: &'a str, group: &str) -> Vec<&'a str> {
    let blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{2007}' | '\u{2009}' | '\u{202f}');
    let apostrophe = |c: char| matches!(c, '\'' | '\u{2019}' | '\u{2bc}');
    let mut marks = group.chars();
    match (marks.next(), marks.next()) {
        (Some(mark), None) if blank(mark) => whole.split(blank).collect(),
        (Some(mark), None) if apostrophe(mark) => whole.split(apostrophe).collect(),
        _ => whole.split(group).collect(),
    }
}

/// Groups of three digits, or two digits and three at the end, as in India (`1,20,000`).
fn are_groups(parts: &[&str], comma: bool) -> bool {
    let [first, middle @ .., last] = parts else {
        return true;
    };
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    let lead = first.strip_prefix(['-', '+']).unwrap_or(first);
    // "0,250" is no thousands: there a mark of decimals stands.
    let led = (1..=3).any(|n| digits(lead, n)) && !lead.starts_with('0');
    let threes = middle.iter().all(|part| digits(part, 3));
    let twos = comma && lead.len() <= 2 && middle.iter().all(|part| digits(part, 2));
    led && digits(last, 3) && (threes || twos)
}

#[cfg(test)]
mod tests {
    use super::super::values::number;
    use super::*;

    fn read(cell: &str, decimal: &str, group: &str) -> Option<f64> {
        let format = NumberFormat {
            decimal: decimal.to_owned(),
            group: Some(group.to_owned()).filter(|g| !g.is_empty()),
            bare: false,
        };
        number(cell, &format)
    }

    #[test]
    fn signs_brackets_and_currencies() {
        for (cell, value) in [
            ("€ 1,200", 1200.0),
            ("(1,200)", -1200.0),
            ("-€300", -300.0),
            ("€ -300", -300.0),
            ("€ 300-", -300.0),
            ("300 €-", -300.0),
            ("($1,200)", -1200.0),
            ("$(1,200.50)", -1200.5),
            ("(1,200) EUR", -1200.0),
            ("\u{2212}40", -40.0),
            ("\u{2013}40", -40.0),
            ("45 %", 45.0),
            ("\u{a0}1,200\u{a0}€", 1200.0),
            ("Fr.500", 500.0),
            ("12 persons", 12.0),
            ("1.2E3", 1200.0),
            (".5", 0.5),
            ("1,20,000", 120_000.0),
            ("0", 0.0),
        ] {
            assert_eq!(read(cell, ".", ","), Some(value), "{cell}");
        }
        for (cell, value) in [
            ("1.200,-", 1200.0),
            ("1.200,\u{2013} €", 1200.0),
            ("1.234,00 €", 1234.0),
            ("R$ 1.234,56", 1234.56),
        ] {
            assert_eq!(read(cell, ",", "."), Some(value), "{cell}");
        }
        assert_eq!(read("1\u{202f}200,5", ",", " "), Some(1200.5));
        assert_eq!(read("1\u{2019}200.50", ".", "'"), Some(1200.5));
    }

    #[test]
    fn what_is_only_nearly_a_number_is_none() {
        for cell in [
            "<5",
            ">5",
            "\u{2264}5",
            "~50",
            "10k",
            "10 k",
            "10M",
            "1,2 million",
            "5 (of 12)",
            "3-5",
            "3\u{2013}5",
            "5+",
            "12,5",
            "(-5)",
            "-5-",
            "(5",
            "5)",
            "ca. 50",
            "5 or more",
            "5 dozen",
            "1200,500",
            "0,250",
            "12 34",
            "5‰",
            "10 k€",
            "3 lakh",
            "5 bp",
            "-",
            "",
            "()",
            "€",
            "5 of 12",
            "12:30",
            "1/2",
        ] {
            assert_eq!(read(cell, ".", ","), None, "{cell}");
        }
    }

    #[test]
    fn a_typeset_minus_is_a_minus_in_bare_numbers_too() {
        let format = NumberFormat::default();
        assert_eq!(number("\u{2212}40.5", &format), Some(-40.5));
        assert_eq!(number("\u{2212}-40", &format), None);
        assert_eq!(number("(40)", &format), None);
    }
}
