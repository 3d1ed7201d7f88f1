//! Words for currencies: the codes of ISO 4217, and how the common ones are written otherwise.

/// Codes of the currencies in use (ISO 4217, list one, without funds, metals and test codes).
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK \
JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN \
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS \
TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// The currency that a word means, as its code: a code in capitals, or a sign or name that means one currency only.
pub fn currency(word: &str) -> Option<&'static str> {
    let word = word.trim();
    if word.len() == 3
        && let Some(code) = CODES.split_whitespace().find(|c| *c == word)
    {
        return Some(code);
    }
    match word.to_lowercase().as_str() {
        "€" | "euro" | "euros" => Some("EUR"),
        "£" | "pound sterling" | "pounds sterling" => Some("GBP"),
        "us$" | "us dollar" | "us dollars" => Some("USD"),
        _ => None,
    }
}

/// How a currency is written, in capitals: its code, and its signs and names.
pub fn written(code: &str) -> Vec<&str> {
    let others: &[&str] = match code {
        "EUR" => &["€", "EURO", "EUROS"],
        "GBP" => &["£", "POUND STERLING", "POUNDS STERLING"],
        "USD" => &["US$", "US DOLLAR", "US DOLLARS"],
        _ => &[],
    };
    std::iter::once(code)
        .chain(others.iter().copied())
        .collect()
}

/// What a word beside a currency multiplies it by (English, Dutch, German, French, Spanish, Catalan, Italian, Portuguese).
pub fn scale_word(word: &str) -> Option<f64> {
    Some(match word.to_lowercase().as_str() {
        "k" | "thousand" | "thousands" | "tsd" | "tausend" | "duizend" | "millier" | "milliers"
        | "miles" | "milers" | "migliaia" | "milhares" => 1e3,
        "mio" | "mln" | "mn" | "mill" | "million" | "millions" | "miljoen" | "millionen"
        | "millones" | "milions" | "milioni" | "milhões" | "milhoes" => 1e6,
        "bn" | "billion" | "billions" | "mrd" | "milliard" | "milliards" | "milliarden"
        | "miljard" => 1e9,
        _ => return None,
    })
}

/// A currency with a letter for its scale: `kEUR`, `TUSD`, `MEUR`, `k€`.
pub fn scaled_currency(word: &str) -> Option<(&'static str, f64)> {
    let upper = word.to_uppercase();
    [
        ("K", 1e3),
        ("T", 1e3),
        ("MIO", 1e6),
        ("MN", 1e6),
        ("M", 1e6),
        ("BN", 1e9),
    ]
    .into_iter()
    .find_map(|(letter, scale)| Some((currency(upper.strip_prefix(letter)?)?, scale)))
}

/// A currency with its scale in words: `EUR`, `thousand EUR`.
pub fn scaled(code: &str, scale: f64) -> String {
    match scale {
        1e3 => format!("thousand {code}"),
        1e6 => format!("million {code}"),
        1e9 => format!("billion {code}"),
        _ => code.to_owned(),
    }
}

/// The words of a unit.
fn words(unit: &str) -> impl Iterator<Item = &str> {
    unit.split(|c: char| c.is_whitespace() || "/()[],;".contains(c))
        .filter(|word| !word.is_empty())
}

/// The currency that a unit such as `EUR per person`, `kEUR` or `1,000 €` names.
pub fn currency_of_unit(unit: &str) -> Option<&'static str> {
    words(unit).find_map(|word| currency(word).or_else(|| Some(scaled_currency(word)?.0)))
}

/// What the amounts of a unit are counted in: 1000 for `kEUR`, `thousand EUR` and `1,000 €`.
pub fn scale_of_unit(unit: &str) -> f64 {
    let before = unit.split(" per ").next().unwrap_or(unit);
    let before = before.split('/').next().unwrap_or(before);
    if let Some(scale) =
        words(before).find_map(|w| scale_word(w).or_else(|| Some(scaled_currency(w)?.1)))
    {
        return scale;
    }
    let digits: String = before.chars().filter(char::is_ascii_digit).collect();
    match digits.as_str() {
        "1000" => 1e3,
        "1000000" => 1e6,
        "1000000000" => 1e9,
        _ => 1.0,
    }
}

/// How the reports of a series may add up over time, in the words of manifests and definitions.
pub const ACCUMULATIONS: [&str; 4] = ["incremental", "cumulative", "year-to-date", "level"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_a_code_in_capitals_or_a_sign_that_means_one() {
        assert_eq!(currency("EUR"), Some("EUR"));
        assert_eq!(currency("€"), Some("EUR"));
        assert_eq!(currency("XOF"), Some("XOF"));
        // Words of a language, and signs of several currencies.
        for word in ["all", "top", "$", "persons", "", "currency", "ABC"] {
            assert_eq!(currency(word), None, "{word}");
        }
    }

    #[test]
    fn a_unit_names_its_currency_anywhere() {
        for unit in [
            "EUR",
            "EUR per person",
            "euros/inhabitant",
            "1,000 EUR",
            "million €",
        ] {
            assert_eq!(currency_of_unit(unit), Some("EUR"), "{unit}");
        }
        assert_eq!(currency_of_unit("kEUR per person"), Some("EUR"));
        for (unit, scale) in [
            ("EUR", 1.0),
            ("kEUR", 1e3),
            ("1,000 EUR", 1e3),
            ("thousand USD", 1e3),
            ("million €", 1e6),
            ("EUR per thousand persons", 1.0),
            ("EUR / 1000 inhabitants", 1.0),
        ] {
            assert_eq!(scale_of_unit(unit), scale, "{unit}");
        }
        assert_eq!(currency_of_unit("persons"), None);
        assert_eq!(currency_of_unit("%"), None);
    }
}
