//! Known numbers: quantiles of the range, comparisons with a control, and the ranking of countries in PISA 2018.
#![allow(clippy::unwrap_used)]

use super::tests::{PLAIN, entry};
use super::*;

/// With equal standard errors the largest difference of all pairs is a studentised range over √2, and the largest difference from
/// one is Dunnett's many-to-one statistic.
///
/// Upper 5 % points with infinite degrees of freedom, as in tables of Tukey's q and Dunnett's two-sided d; computed anew with scipy
/// 1.17.1 (`studentized_range`, and quadrature over the estimate that is compared).
#[test]
fn equal_errors_give_tukey_and_dunnett() {
    for (k, q, d) in [
        (3, 3.314, 2.21),
        (4, 3.633, 2.35),
        (5, 3.858, 2.44),
        (6, 4.030, 2.51),
        (10, 4.474, 2.69),
    ] {
        let entries = vec![entry(0.0, 2.0); k];
        let draws = Draws::new(k, 20_000, 1, 2).unwrap();
        let ranking = rank(&entries, &draws, &PLAIN).unwrap();
        // Four standard errors of a simulated 95 % quantile of 20,000 with a density of about 0.1 there.
        let near = |a: f64, b: f64| (a - b).abs() < 0.06;
        let tukey = q / 2.0_f64.sqrt();
        assert!(
            near(ranking.critical, tukey),
            "{k}: {} {tukey}",
            ranking.critical
        );
        for s in &ranking.standings {
            assert!(near(s.critical, d), "{k}: {} {d}", s.critical);
            assert_eq!(
                (s.rank, s.marginal, s.simultaneous),
                ((1, k), (1, k), (1, k))
            );
        }
    }
}

/// Mathematics in the OECD, 2018 (OECD PISA; scores and standard errors as printed in the documentation of csranks).
const PISA: [(&str, f64, f64); 37] = [
    ("Australia", 491.3600, 1.939833),
    ("Austria", 498.9423, 2.970999),
    ("Belgium", 508.0703, 2.262662),
    ("Canada", 512.0169, 2.357476),
    ("Chile", 417.4066, 2.415888),
    ("Colombia", 390.9323, 2.989559),
    ("Czech Republic", 499.4677, 2.460662),
    ("Denmark", 509.3984, 1.735002),
    ("Estonia", 523.4146, 1.743602),
    ("Finland", 507.3014, 1.967920),
    ("France", 495.4076, 2.320214),
    ("Germany", 500.0438, 2.647083),
    ("Greece", 451.3703, 3.091228),
    ("Hungary", 481.0826, 2.319597),
    ("Iceland", 495.1874, 1.953083),
    ("Ireland", 499.6329, 2.198621),
    ("Israel", 463.0345, 3.498563),
    ("Italy", 486.5899, 2.780046),
    ("Japan", 526.9733, 2.471475),
    ("Korea", 525.9330, 3.121394),
    ("Latvia", 496.1263, 1.962767),
    ("Lithuania", 481.1912, 1.953282),
    ("Luxembourg", 483.4215, 1.097632),
    ("Mexico", 408.8015, 2.493226),
    ("Netherlands", 519.2310, 2.632278),
    ("New Zealand", 494.4897, 1.705943),
    ("Norway", 500.9638, 2.219045),
    ("Poland", 515.6479, 2.602085),
    ("Portugal", 492.4874, 2.684570),
    ("Slovak Republic", 486.1649, 2.555596),
    ("Slovenia", 508.8975, 1.363878),
    ("Spain", 481.3926, 1.462418),
    ("Sweden", 502.3877, 2.654251),
    ("Switzerland", 515.3147, 2.908004),
    ("Turkey", 453.5078, 2.260407),
    ("United Kingdom", 501.7699, 2.564428),
    ("United States", 478.2447, 3.235444),
];

/// What Mogstad and others' own program says of these data (csranks 1.2.2, vignette "Inference for Ranks"): 12 countries may be
/// among the five best with 95 %, all of them but Sweden with 90 %, and the United Kingdom is between 8th (in its text 7th) and
/// 23rd.
#[test]
fn countries_in_pisa() {
    let entries: Vec<Entry> = PISA.iter().map(|c| entry(c.1, c.2)).collect();
    let draws = Draws::new(entries.len(), 5000, 1, 3).unwrap();
    let best = |confidence| {
        let options = Options {
            confidence,
            ..PLAIN
        };
        let ranking = rank(&entries, &draws, &options).unwrap();
        let names: Vec<&str> = (PISA.iter().zip(&ranking.standings))
            .filter(|(_, s)| s.may_be_among(5))
            .map(|(c, _)| c.0)
            .collect();
        (names, ranking)
    };
    let (mut names, ranking) = best(0.95);
    assert_eq!(
        names,
        [
            "Belgium",
            "Canada",
            "Denmark",
            "Estonia",
            "Finland",
            "Japan",
            "Korea",
            "Netherlands",
            "Poland",
            "Slovenia",
            "Sweden",
            "Switzerland"
        ]
    );
    let of = |name| &ranking.standings[PISA.iter().position(|c| c.0 == name).unwrap()];
    assert_eq!(of("United Kingdom").rank, (13, 13));
    let (low, high) = of("United Kingdom").marginal;
    assert!((7..=8).contains(&low) && high == 23, "{low} {high}");
    // "Chile, Mexico and Colombia have confidence sets that do not overlap with those of the others."
    for name in ["Chile", "Mexico", "Colombia"] {
        assert!(of(name).simultaneous.0 >= 35, "{name}");
    }
    // "Confidence sets of Germany and Korea both contain rank 7."
    assert!(of("Germany").simultaneous.0 <= 7 && of("Korea").simultaneous.1 >= 7);
    let ranks: Vec<usize> = ranking.standings.iter().map(|s| s.rank.0).collect();
    assert_eq!(
        ranks,
        [
            24, 18, 10, 7, 35, 37, 17, 8, 3, 11, 20, 15, 34, 30, 21, 16, 32, 25, 1, 2, 19, 29, 27,
            36, 4, 22, 14, 5, 23, 26, 9, 28, 12, 6, 33, 13, 31
        ]
    );
    names.retain(|name| *name != "Sweden");
    assert_eq!(best(0.9).0, names);
}
