//! Intervals lie where their values can lie, whatever the function, the measure or the method; quantiles have honest ones.

use crate::kit::{Folder, cell, formula, result, total};
use codev::indicator::FUNCTIONS;
use codev::outcome::{Estimate, IntervalKind, Outcome};
use proptest::prelude::*;
use std::fmt::Write as _;

const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
const SHARE: (f64, f64) = (0.0, 1.0);
const SIGNED: (f64, f64) = (-1.0, 1.0);
const POSITIVE: (f64, f64) = (0.0, f64::INFINITY);

/// Every function of the language, with where its value can lie: `s` is declared from 1 to 5, `p` from 0, `x` may be anything.
const FORMULAS: &[(&str, (f64, f64))] = &[
    ("COUNT(*)", POSITIVE),
    ("COUNT(x) FILTER (WHERE b)", POSITIVE),
    ("COUNT(DISTINCT g)", POSITIVE),
    ("COUNT(*) FILTER (WHERE b) / COUNT(*)", SHARE),
    ("100 * COUNT(*) FILTER (WHERE b) / COUNT(*)", (0.0, 100.0)),
    ("1 - AVG(b)", SHARE),
    ("AVG(b)", SHARE),
    ("AVG(CASE WHEN s > 3 THEN 1 ELSE 0 END)", SHARE),
    ("AVG(CASE WHEN b THEN s ELSE 0 END)", (0.0, 5.0)),
    ("SUM(p)", POSITIVE),
    ("SUM(x)", ANY),
    ("SUM(s) FILTER (WHERE b)", POSITIVE),
    ("SUM(p) / SUM(s)", POSITIVE),
    ("SUM(b) / COUNT(*)", POSITIVE),
    ("AVG(p)", POSITIVE),
    ("AVG(s)", (1.0, 5.0)),
    ("AVG(x)", ANY),
    ("MIN(s)", (1.0, 5.0)),
    ("MAX(s)", (1.0, 5.0)),
    ("MAX(s) - MIN(s)", (-4.0, 4.0)),
    ("VAR(x)", POSITIVE),
    ("VAR(s)", (0.0, 8.0)),
    ("STDDEV(x)", POSITIVE),
    ("STDDEV(s)", (0.0, 2.9)),
    ("STDDEV(p) / AVG(p)", POSITIVE),
    ("CORR(x, p)", SIGNED),
    ("CORR(s, p)", SIGNED),
    ("1 - CORR(x, s)", (0.0, 2.0)),
    ("MEDIAN(s)", (1.0, 5.0)),
    ("QUANTILE(x, 0.25)", ANY),
    ("COALESCE(AVG(p), 0)", POSITIVE),
    ("SUM(p) / NULLIF(SUM(s), 0)", POSITIVE),
    ("AVG(COALESCE(s, 3))", (1.0, 5.0)),
    ("AVG(NULLIF(s, 3))", (1.0, 5.0)),
    ("ABS(AVG(x))", POSITIVE),
    ("AVG(ABS(x))", POSITIVE),
    ("AVG(ROUND(s))", (1.0, 5.0)),
    ("AVG(FLOOR(s / 2))", (0.0, 2.0)),
    ("AVG(CEIL(p))", POSITIVE),
    ("SQRT(AVG(p))", POSITIVE),
    ("AVG(SQRT(s))", (1.0, 2.24)),
    ("LN(AVG(s))", (0.0, 1.61)),
    ("EXP(AVG(x))", POSITIVE),
    ("POWER(AVG(x), 2)", POSITIVE),
    ("AVG(POWER(s, 2))", (1.0, 25.0)),
    ("LEAST(AVG(p), 100)", (0.0, 100.0)),
    ("AVG(GREATEST(s, 3))", (3.0, 5.0)),
    ("AVG(CASE WHEN LOWER(t) = 'a' THEN 1 ELSE 0 END)", SHARE),
    ("AVG(CASE WHEN UPPER(t) = 'A' THEN 1 ELSE 0 END)", SHARE),
    ("AVG(CASE WHEN TRIM(t) LIKE 'b%' THEN 1 ELSE 0 END)", SHARE),
    ("AVG(LENGTH(t))", POSITIVE),
    ("AVG(YEAR(d))", ANY),
    ("AVG(QUARTER(d))", (1.0, 4.0)),
    ("AVG(MONTH(d))", (1.0, 12.0)),
    ("AVG(DAYS(DATE '2020-01-01', d))", ANY),
    ("AVG(YEARS(DATE '2020-01-01', d))", ANY),
    ("AVG(HAS(l, 'a'))", SHARE),
    ("AVG(HAS_ANY(l, 'a', 'b'))", SHARE),
    ("AVG(HAS_COMMON(l, m))", SHARE),
    ("AVG(SIZE(l))", POSITIVE),
    ("AVG(SIZE_DISTINCT(l))", POSITIVE),
    ("-SUM(p)", (f64::NEG_INFINITY, 0.0)),
    ("AVG(s) - 5", (-4.0, 0.0)),
];

/// Every measure that reads rows, with where its value can lie.
fn measures() -> Vec<(String, String, (f64, f64))> {
    let mut all = Vec::new();
    for (statistic, reach) in [
        ("effective-number", (1.0, f64::INFINITY)),
        ("herfindahl", SHARE),
        ("inverse-herfindahl", (1.0, f64::INFINITY)),
        ("shannon", POSITIVE),
        ("largest-share", SHARE),
        ("categories", POSITIVE),
    ] {
        let measure = format!(
            "type = \"concentration\"\ntable = \"t\"\ncategory = \"g\"\nstatistic = \"{statistic}\""
        );
        all.push((format!("c-{statistic}"), measure, reach));
    }
    for (statistic, reach) in [
        ("krippendorff-alpha", (f64::NEG_INFINITY, 1.0)),
        ("cohen-kappa", SIGNED),
        ("linear-kappa", SIGNED),
        ("quadratic-kappa", SIGNED),
        ("icc", (f64::NEG_INFINITY, 1.0)),
        ("icc-consistency", SIGNED),
        ("icc-average", (f64::NEG_INFINITY, 1.0)),
        ("icc-consistency-average", (f64::NEG_INFINITY, 1.0)),
        ("icc-one-way", SIGNED),
        ("icc-one-way-average", (f64::NEG_INFINITY, 1.0)),
        ("equal-scores", SHARE),
        ("gap", ANY),
        ("absolute-gap", POSITIVE),
    ] {
        let measure = format!(
            "type = \"agreement\"\ntable = \"t\"\ncases = [\"case\"]\nrater = \"rater\"\nscore = \"s\"\nraters = [\"r0\", \"r1\"]\nstatistic = \"{statistic}\""
        );
        all.push((format!("a-{statistic}"), measure, reach));
    }
    let measure = "type = \"retention\"\ntable = \"t\"\nstart = \"d\"\nend = \"e\"\nuntil = \"DATE '2024-01-01'\"\nafter = 1";
    all.push(("retained".to_owned(), measure.to_owned(), SHARE));
    let measure = "type = \"scale\"\ntable = \"t\"\nitems = [\"s\", \"s2\"]";
    all.push(("scale".to_owned(), measure.to_owned(), (1.0, 5.0)));
    let measure =
        "type = \"progress\"\ntable = \"t\"\ntarget = \"p + 1\"\nactual = \"p\"\ncombine = \"met\"";
    all.push(("met".to_owned(), measure.to_owned(), (0.0, 100.0)));
    let measure = "type = \"derived\"\ninputs = { a = \"f-3\", b = \"f-9\" }\nvalue = \"a * b\"";
    all.push(("derived".to_owned(), measure.to_owned(), POSITIVE));
    all
}

fn folder(rows: &[(u8, f64, f64, u8, u8)], clustered: bool) -> Folder {
    let mut csv = "cluster,w,s,s2,p,x,b,g,t,d,e,l,m,case,rater\n".to_owned();
    for (at, (s, p, x, g, c)) in rows.iter().enumerate() {
        let (s2, b) = (1 + (usize::from(*s) + at) % 5, (s + c) % 2 == 0);
        let (l, m) = (["a", "b", "a;b", ""][at % 4], ["a", "b"][at % 2]);
        let ended = match at % 3 {
            0 => format!("2021-0{}-11", 1 + at % 9),
            _ => String::new(),
        };
        writeln!(
            csv,
            "c{},{},{s},{s2},{p},{x},{b},g{g},{},2020-0{}-10,{ended},{l},{m},k{},r{}",
            c % 5,
            1 + at % 3,
            ["A", " b", "bb"][at % 3],
            1 + at % 9,
            at / 2,
            at % 2
        )
        .unwrap();
    }
    let folder = Folder::new();
    folder.write("t.csv", csv);
    let kind = |name: &str, kind: &str, more: &str| {
        format!(r#"{{ "name": "{name}", "type": "{kind}"{more} }}"#)
    };
    let scale = r#", "constraints": { "minimum": 1, "maximum": 5 }"#;
    let list = r#", "delimiter": ";""#;
    let fields = [
        kind("cluster", "string", ""),
        kind("w", "number", ""),
        kind("s", "integer", scale),
        kind("s2", "integer", scale),
        kind("p", "number", r#", "constraints": { "minimum": 0 }"#),
        kind("x", "number", ""),
        kind("b", "boolean", ""),
        kind("g", "string", ""),
        kind("t", "string", ""),
        kind("d", "date", ""),
        kind("e", "date", ""),
        kind("l", "list", list),
        kind("m", "list", list),
        kind("case", "string", ""),
        kind("rater", "string", ""),
    ];
    let design = match clustered {
        true => r#", "cluster": "cluster", "weight": "w""#,
        false => "",
    };
    folder.write(
        "datapackage.json",
        format!(
            r#"{{ "name": "t", "resources": [ {{ "name": "t", "path": "t.csv",
               "schema": {{ "fields": [ {} ] }}, "codev": {{ "sampling": "sample"{design} }} }} ] }}"#,
            fields.join(", ")
        ),
    );
    for (at, (value, _)) in FORMULAS.iter().enumerate() {
        folder.define(&format!("f-{at}"), "units", &formula("t", value));
    }
    for (id, measure, _) in measures() {
        let unit = if id == "met" { "%" } else { "units" };
        folder.define(&id, unit, &measure);
    }
    folder
}

fn of(folder: &Folder, method: &str) -> Outcome {
    folder.write(
        "evaluation.toml",
        format!("title = \"R\"\nindicators = [\"own/*\"]\nsmall_cells = 0\nby = [\"g\"]\nreplicates = 99\ninterval = \"{method}\"\n"),
    );
    folder.evaluate()
}

/// How many intervals there are; each holds its value and lies where that can lie.
fn sound(estimates: &[Estimate], (low, high): (f64, f64), what: &str) -> usize {
    let mut count = 0;
    for estimate in estimates {
        let Some((found, value)) = estimate.interval.zip(estimate.value) else {
            continue;
        };
        let inside = low <= found.low && found.high <= high;
        assert!(inside, "{what}: {found:?} is not within {low} and {high}");
        // Percentile intervals of few clusters need not hold the value.
        let boot = found.kind.word().starts_with("bootstrap");
        let holds = found.low <= value && value <= found.high;
        assert!(holds || boot, "{what}: {value} is not in {found:?}");
        assert!(found.se.is_finite() && found.se >= 0.0, "{what}: {found:?}");
        count += 1;
    }
    count
}

#[test]
fn every_function_of_the_language_is_among_them() {
    // What FIRST and LAST pick is one value of a row, by its date.
    let picks = ["FIRST", "LAST"];
    for function in FUNCTIONS.iter().filter(|f| !picks.contains(&f.name)) {
        let call = format!("{}(", function.name);
        let used = FORMULAS.iter().any(|(formula, _)| formula.contains(&call));
        assert!(used, "{} is not among the formulas", function.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]
    /// Over all functions, measures and methods, with few rows, ties and values far out.
    #[test]
    fn intervals_lie_where_values_can_lie(
        rows in proptest::collection::vec(
            (1..=5_u8, prop_oneof![0.0..3.0_f64, Just(0.0), 1e3..1e4_f64], prop_oneof![-3.0..3.0_f64, -1e4..1e4_f64], 0..3_u8, 0..5_u8),
            4..30,
        ),
        clustered in any::<bool>(),
    ) {
        let folder = folder(&rows, clustered);
        let mut count = 0;
        for method in ["auto", "jackknife", "linearisation", "bootstrap-percentile", "bootstrap-bca", "bootstrap-studentised"] {
            let outcome = of(&folder, method);
            for (at, (value, reach)) in FORMULAS.iter().enumerate() {
                let found = result(&outcome, &format!("f-{at}"));
                prop_assert!(found.not_computable.is_none(), "{value}: {:?}", found.not_computable);
                count += sound(&found.estimates, *reach, &format!("{method}: {value}"));
            }
            for (id, _, reach) in measures() {
                let found = result(&outcome, &id);
                prop_assert!(found.not_computable.is_none(), "{id}: {:?}", found.not_computable);
                count += sound(&found.estimates, reach, &format!("{method}: {id}"));
            }
        }
        prop_assert!(rows.len() < 12 || count > 200, "{count} intervals of {} rows", rows.len());
    }
}

fn satisfied(answers: &[(&str, &[(u32, usize)])], minimum: bool) -> Outcome {
    let mut csv = "programme,sat\n".to_owned();
    for (programme, counts) in answers {
        for (answer, times) in *counts {
            (0..*times).for_each(|_| writeln!(csv, "{programme},{answer}").unwrap());
        }
    }
    let folder = crate::kit::table(&csv, &["programme"], r#""sampling": "sample""#);
    if minimum {
        let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
        let bounded = r#""type": "number", "constraints": { "minimum": 1, "maximum": 5 } }"#;
        folder.write(
            "datapackage.json",
            manifest.replace(r#""type": "number" }"#, bounded),
        );
    }
    folder.define("median", "points", &formula("t", "MEDIAN(sat)"));
    folder.define("quarter", "points", &formula("t", "QUANTILE(sat, 0.25)"));
    folder.evaluate()
}

/// 11 of 20 at the top: the ranks of the median are 6 and 15 (scipy 1.17.1: binom.cdf(5, 20, .5) = .0207, 6: .0577), whose
/// values are 4 and 5. Of 5 not even the lowest and the highest hold it (2 * .5^5 = .0625), of 6 they do.
#[test]
fn a_median_at_the_top_category_has_the_interval_of_its_ranks() {
    let twenty: &[(u32, usize)] = &[(5, 11), (4, 4), (3, 3), (1, 2)];
    for minimum in [false, true] {
        let answers = [
            ("P1", twenty),
            ("P2", &[(5, 3), (1, 2)][..]),
            ("P3", &[(5, 3), (1, 3)][..]),
        ];
        let outcome = satisfied(&answers, minimum);
        let of = |id: &str, programme: &str| cell(&outcome, id, Some(programme), None).unwrap();
        let median = of("median", "P1");
        let found = median.interval.unwrap();
        assert_eq!(median.value, Some(5.0));
        assert_eq!((found.low, found.high), (4.0, 5.0));
        assert_eq!(found.kind, IntervalKind::OrderStatistics);
        // binom.cdf(1, 20, .25) = .0243, sf(8) = .0409, sf(9) = .0139: ranks 2 and 10 of 1 1 3 3 3 4 4 4 4 5 ...
        let quarter = of("quarter", "P1").interval.unwrap();
        assert_eq!((quarter.low, quarter.high), (1.0, 5.0));
        let why = of("median", "P2").no_interval.as_ref().unwrap();
        assert!(why.contains("not even the lowest and the highest"), "{why}");
        let six = of("median", "P3").interval.unwrap();
        assert_eq!((six.low, six.high), (1.0, 5.0));
        // All together the programmes are strata: Woodruff on the share at one half, which has an error.
        let all = total(&outcome, "median").interval.unwrap();
        assert_eq!((all.high, all.kind), (5.0, IntervalKind::Woodruff));
        assert!(all.low == 3.0 || all.low == 4.0, "{all:?}");
    }
}
