//! Names that functions have in spreadsheets, in databases and in R, and what is written for them here.

use super::functions::FUNCTIONS;
use crate::finding::nearest;

/// Names elsewhere, and what to write.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (
        &[
            "MEAN",
            "AVERAGE",
            "AVERAGEA",
            "AVERAGEX",
            "NANMEAN",
            "PROMEDIO",
            "MOYENNE",
            "MITTELWERT",
            "GEMIDDELDE",
            "MITJANA",
            "MEDIA",
            "MÉDIA",
            "ORTALAMA",
        ],
        "Write AVG(x) for the mean.",
    ),
    (
        &["AVERAGEIF", "AVERAGEIFS", "MEANIF"],
        "Write AVG(x) FILTER (WHERE condition).",
    ),
    (
        &[
            "SUMX", "TOTAL", "SUMA", "SOMME", "SUMME", "SOMMA", "SOM", "SOMA", "TOPLA",
        ],
        "Write SUM(x).",
    ),
    (
        &["SUMIF", "SUMIFS", "SOMME.SI", "SUMAR.SI"],
        "Write SUM(x) FILTER (WHERE condition).",
    ),
    (&["SUMPRODUCT"], "Write SUM(x * y)."),
    (
        &[
            "COUNTIF",
            "COUNTIFS",
            "COUNT_IF",
            "CONTAR.SI",
            "NB.SI",
            "AANTAL.ALS",
            "ZÄHLENWENN",
        ],
        "Write COUNT(*) FILTER (WHERE condition).",
    ),
    (
        &[
            "COUNTA",
            "COUNTX",
            "COUNTVALUES",
            "AANTALARG",
            "NBVAL",
            "CONTARA",
        ],
        "Write COUNT(x) for the rows with a value of x, COUNT(*) for all rows.",
    ),
    (
        &[
            "COUNTROWS",
            "N",
            "NROW",
            "ROWS",
            "CONTAR",
            "NB",
            "ANZAHL",
            "AANTAL",
        ],
        "Write COUNT(*) for the number of rows.",
    ),
    (&["COUNTBLANK"], "Write COUNT(*) FILTER (WHERE x IS NULL)."),
    (
        &[
            "DISTINCTCOUNT",
            "COUNTUNIQUE",
            "COUNTDISTINCT",
            "COUNT_DISTINCT",
            "UNIQUE",
            "DISTINCT",
            "N_DISTINCT",
            "NUNIQUE",
            "APPROX_COUNT_DISTINCT",
        ],
        "Write COUNT(DISTINCT x) for the number of different values.",
    ),
    (
        &[
            "STDEV",
            "STDEVS",
            "STDEV.S",
            "STDEVX.S",
            "STDDEV_SAMP",
            "SD",
            "STD",
            "DESVEST",
            "ECARTYPE",
            "STABW",
        ],
        "Write STDDEV(x), which has the divisor n - 1.",
    ),
    (
        &["STDEVP", "STDEV.P", "STDDEV_POP", "STDEVPA"],
        "There is STDDEV(x), which has the divisor n - 1, not n.",
    ),
    (
        &["VARIANCE", "VAR.S", "VARS", "VAR_SAMP"],
        "Write VAR(x), which has the divisor n - 1.",
    ),
    (
        &["VARP", "VAR.P", "VAR_POP"],
        "There is VAR(x), which has the divisor n - 1, not n.",
    ),
    (
        &[
            "PERCENTILE",
            "PERCENTILE.INC",
            "PERCENTILE.EXC",
            "PERCENTILE_CONT",
            "PERCENTILE_DISC",
            "PERCENTILEX.INC",
            "QUARTILE",
            "QUARTILE.INC",
        ],
        "Write QUANTILE(x, 0.9) for the 90th percentile.",
    ),
    (&["CORREL", "COR", "PEARSON"], "Write CORR(x, y)."),
    (
        &["MINIMUM", "MINX", "MINIFS", "NANMIN"],
        "Write MIN(x), with FILTER (WHERE condition) behind it for some rows only.",
    ),
    (
        &["MAXIMUM", "MAXX", "MAXIFS", "NANMAX"],
        "Write MAX(x), with FILTER (WHERE condition) behind it for some rows only.",
    ),
    (
        &["SHARE", "PROPORTION", "PERCENT", "PCT", "PROP", "RATE"],
        "Write AVG(condition): the mean of a truth value is the share that is true.",
    ),
    (
        &[
            "IF",
            "IIF",
            "IFELSE",
            "IF_ELSE",
            "IFS",
            "SWITCH",
            "DECODE",
            "CASE_WHEN",
            "SI",
            "WENN",
            "ALS",
            "SE",
        ],
        "Write CASE WHEN condition THEN x ELSE y END.",
    ),
    (
        &[
            "ISBLANK", "ISNULL", "IS_NULL", "ISNA", "IS_NA", "ISEMPTY", "ISNAN", "IS_NAN",
            "MISSING",
        ],
        "Write x IS NULL.",
    ),
    (&["NOTNULL", "NOTNA", "ISNOTBLANK"], "Write x IS NOT NULL."),
    (
        &[
            "IFNULL",
            "NVL",
            "IFNA",
            "IFERROR",
            "NZ",
            "REPLACE_NA",
            "COALESCEN",
        ],
        "Write COALESCE(x, y): y where x is missing.",
    ),
    (
        &["DIVIDE", "SAFE_DIVIDE"],
        "Write x / y: without a value where y is 0.",
    ),
    (
        &["LEN", "NCHAR", "CHAR_LENGTH", "CHARACTER_LENGTH", "LENGTE"],
        "Write LENGTH(text).",
    ),
    (&["POW"], "Write POWER(x, y)."),
    (&["CEILING", "ROUNDUP"], "Write CEIL(x)."),
    (
        &["INT", "TRUNC", "TRUNCATE", "ROUNDDOWN"],
        "Write FLOOR(x).",
    ),
    (
        &["LOG", "LOG10", "LOG2"],
        "There is LN(x), the natural logarithm; LN(x) / LN(10) is that of base 10.",
    ),
    (&["PMIN"], "Write LEAST(x, y)."),
    (&["PMAX"], "Write GREATEST(x, y)."),
    (&["LCASE", "TOLOWER"], "Write LOWER(text)."),
    (&["UCASE", "TOUPPER"], "Write UPPER(text)."),
    (&["STRIP", "TRIMWS", "LTRIM", "RTRIM"], "Write TRIM(text)."),
    (
        &[
            "CONTAINS",
            "SEARCH",
            "FIND",
            "INSTR",
            "STR_DETECT",
            "GREPL",
            "REGEXMATCH",
            "CONTAINSSTRING",
        ],
        "Write text LIKE '%word%', or HAS(list, 'code') for a column that is a list.",
    ),
    (
        &["DATEDIFF", "DATEDIF", "DATE_DIFF", "DIFFTIME", "AGE"],
        "Write DAYS(from, to) or YEARS(from, to).",
    ),
    (
        &["TODAY", "NOW", "CURRENT_DATE", "SYSDATE", "GETDATE"],
        "A formula has no clock, so that it gives the same tomorrow: write the day, as DATE '2020-12-31'.",
    ),
];

/// What to write for a function that there is not.
pub(super) fn help(name: &str) -> String {
    let wanted = name.to_uppercase();
    let known = ELSEWHERE
        .iter()
        .find(|(names, _)| names.contains(&wanted.as_str()));
    if let Some((_, write)) = known {
        return format!("{write} `codev indicators functions` lists all functions.");
    }
    match nearest(name, FUNCTIONS.iter().map(|f| f.name)) {
        Some(near) => format!("Did you mean {near}? `codev indicators functions` lists all."),
        None => "`codev indicators functions` lists those there are.".to_owned(),
    }
}

/// Whether a name is that of a function elsewhere, or nearly one of those here. `Age` is the beginning of a column's name, `AGE` and `age` may
/// be functions.
pub(super) fn is_near(name: &str) -> bool {
    let wanted = name.to_uppercase();
    let one_case = name == wanted || name == name.to_lowercase();
    ELSEWHERE
        .iter()
        .any(|(names, _)| one_case && names.contains(&wanted.as_str()))
        || nearest(name, FUNCTIONS.iter().map(|f| f.name)).is_some()
}

/// The name with blanks or signs that somebody wrote without double quotes around the place `at`.
pub(super) fn unquoted(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?;
    let ends = |c: char| matches!(c, '(' | ',' | '*' | '+' | '<' | '>' | '=' | '\'' | '"');
    let start = before.rfind(ends).map_or(0, |found| found + 1);
    let mut depth = 0_u32;
    let mut end = text.len();
    for (place, c) in text.char_indices().skip_while(|(place, _)| *place < at) {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = place;
                break;
            }
            ')' => depth -= 1,
            ',' | '*' | '+' | '<' | '>' | '=' | '\'' | '"' if depth == 0 => {
                end = place;
                break;
            }
            _ => {}
        }
    }
    let name = text.get(start..end)?.trim();
    let words = name.split_whitespace().count();
    let sound = name.chars().next().is_some_and(char::is_alphabetic);
    (sound && words > 1 && words <= 12).then_some(name)
}

/// What to write for such a name.
pub(super) fn quote(name: &str) -> String {
    format!("If `{name}` is a column, write its name in double quotes: \"{name}\".")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::functions::function;
    use super::super::parse::formula;
    use super::*;

    #[test]
    fn names_of_elsewhere_lead_to_functions_that_there_are() {
        for (names, write) in ELSEWHERE {
            assert!(
                names.iter().all(|name| *name == name.to_uppercase()),
                "{names:?}"
            );
            for word in write.split(|c: char| !c.is_ascii_uppercase()) {
                let sql = [
                    "FILTER", "WHERE", "DISTINCT", "CASE", "WHEN", "THEN", "ELSE", "END", "IS",
                    "NOT", "NULL", "LIKE", "DATE",
                ];
                let known = word.len() < 2 || sql.contains(&word) || function(word).is_some();
                assert!(known, "{word} in {write}");
            }
        }
    }

    #[test]
    fn the_mean_is_avg_and_not_the_median() {
        let fault = |text: &str| formula(text).unwrap_err();
        for (text, wanted) in [
            ("MEAN(x)", "AVG(x)"),
            ("Average(x)", "AVG(x)"),
            ("SD(x)", "STDDEV(x)"),
            ("COUNTIF(x > 3)", "FILTER (WHERE condition)"),
            ("SUM(IF(x > 1, 1, 0))", "CASE WHEN"),
            ("SUM(IIF(x > 1, 1, 0))", "CASE WHEN"),
            ("DISTINCTCOUNT(x)", "COUNT(DISTINCT x)"),
            ("COUNT(UNIQUE(x))", "COUNT(DISTINCT x)"),
            ("SUM(LEN(x))", "LENGTH(text)"),
            ("COUNT(*) FILTER (WHERE ISBLANK(x))", "x IS NULL"),
            ("PERCENTILE(x, 90)", "QUANTILE(x, 0.9)"),
            ("STDEV.S(x)", "STDDEV(x)"),
            ("MEDAIN(x)", "Did you mean MEDIAN?"),
        ] {
            let fault = fault(text);
            assert!(
                fault.help.contains(wanted),
                "{text}: {} {}",
                fault.message,
                fault.help
            );
        }
    }

    #[test]
    fn names_with_blanks_need_double_quotes() {
        for (text, name) in [
            ("SUM(Executat (€))", "Executat (€)"),
            ("SUM(Nom del projecte)", "Nom del projecte"),
            ("AVG(Age (years)) / 2", "Age (years)"),
            ("SUM(Budget 2019) / COUNT(*)", "Budget 2019"),
        ] {
            let fault = formula(text).unwrap_err();
            let wanted = format!("\"{name}\"");
            assert!(
                fault.help.contains(&wanted),
                "{text}: {} {}",
                fault.message,
                fault.help
            );
        }
        assert!(formula("SUM(\"Executat (€)\")").is_ok());
    }
}
