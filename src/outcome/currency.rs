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

/// The currency that a unit such as `EUR per person` or `1,000 €` names.
pub fn currency_of_unit(unit: &str) -> Option<&'static str> {
    let apart = |c: char| c.is_whitespace() || "/()[],;".contains(c);
    unit.split(apart).find_map(currency)
}

/// How the reports of a series may add up over time, in the words of manifests and definitions.
pub const ACCUMULATIONS: [&str; 3] = ["incremental", "cumulative", "level"];

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
        assert_eq!(currency_of_unit("persons"), None);
        assert_eq!(currency_of_unit("%"), None);
    }
}
