//! Signs that stand beside numbers, and words that stand in their place.

/// Signs and codes of currencies, and percent, that stand beside numbers.
pub(super) const SIGNS: &[&str] = &[
    "€", "$", "£", "¥", "%", "‰", "eur", "usd", "gbp", "chf", "dkk", "sek", "nok", "pln", "xof",
    "xaf", "mad", "tnd", "dzd", "kes", "etb", "ghs", "ngn", "zar", "cfa", "fcfa", "f cfa", "euro",
    "euros", "us$", "dollar", "dollars", ",-", "pct", "percent",
];

/// What stands in cells of numbers where there is no number.
pub(super) const NONE: &[&str] = &[
    "-",
    "--",
    "–",
    "—",
    ".",
    "..",
    "...",
    ":",
    "?",
    "/",
    "x",
    "na",
    "n/a",
    "n.a.",
    "n.a",
    "nd",
    "n.d.",
    "nan",
    "nb",
    "n.b.",
    "none",
    "null",
    "nil",
    "missing",
    "unknown",
    "onbekend",
    "inconnu",
    "desconocido",
    "geen",
    "aucun",
    "ninguno",
    "#n/a",
    "#na",
    "#value!",
    "s/d",
    "s.o.",
    "tbd",
    "nvt",
    "n.v.t.",
];

/// Kind of the signs for percentages.
pub(super) const PERCENT: &str = "%";

/// What a sign beside a number makes of it: a percentage, or an amount in one currency; `None` where it says neither.
pub(super) fn kind_of(sign: &str) -> Option<&'static str> {
    Some(match sign.to_lowercase().as_str() {
        ",-" => return None,
        "%" | "pct" | "percent" => PERCENT,
        "‰" => "‰",
        "€" | "eur" | "euro" | "euros" => "EUR",
        "$" | "us$" | "usd" | "dollar" | "dollars" => "USD",
        "£" | "gbp" => "GBP",
        "cfa" | "fcfa" | "f cfa" | "xof" => "XOF",
        lower => SIGNS.iter().copied().find(|known| *known == lower)?,
    })
}
