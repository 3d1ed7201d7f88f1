//! What the report of a comparison says, and what it never says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::fixture::{self, bare, compared, entry, league, measure, pairs};
use super::voice::Voice;
use super::*;
use crate::outcome::Direction;
use crate::outcome::comparison::*;

fn html(compared: &Compared) -> String {
    comparison_html(compared).unwrap()
}

/// Text of a page without its charts and marks.
fn text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(start) = rest.find("<svg") {
        out.push_str(&rest[..start]);
        rest = rest[start..].split_once("</svg>").map_or("", |r| r.1);
    }
    out.push_str(rest);
    let mut plain = String::new();
    let mut inside = false;
    for c in out.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// A comparison of two programmes with values and errors.
fn two(values: [(f64, Option<f64>, Basis); 2]) -> Compared {
    let mut whole = compared(3, 0);
    let cases = whole.cases.clone();
    let entries: Vec<Entry> = values
        .iter()
        .enumerate()
        .map(|(at, (v, se, basis))| entry(&cases[at], at, *v, *se, *basis))
        .collect();
    whole.cases[0].name = "Alpha".to_owned();
    whole.cases[1].name = "Beta".to_owned();
    let mut made = bare(
        "x",
        measure("trust", "points (1-5)", Direction::HigherIsBetter),
        entries,
    );
    made.entries[0].name = "Alpha".to_owned();
    made.entries[1].name = "Beta".to_owned();
    whole.comparisons = vec![made];
    whole
}

fn found(compared: &Compared) -> Vec<String> {
    found::sentences(&Voice::new(compared, &compared.comparisons[0]))
}

#[test]
fn every_size_makes_a_whole_page() {
    for programmes in [2, 3, 24] {
        let page = html(&compared(programmes, 2));
        for id in [
            "findings",
            "limits",
            "overview",
            "profiles",
            "plane",
            "qca",
            "single",
            "mix",
            "methods",
            "definitions",
            "sources",
        ] {
            assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
        }
        let mut ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .map(|r| r.split('"').next().unwrap())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "an id occurs twice");
        for link in page
            .split("href=\"#")
            .skip(1)
            .map(|r| r.split('"').next().unwrap())
        {
            assert!(ids.binary_search(&link).is_ok(), "#{link} leads nowhere");
        }
    }
}

#[test]
fn hostile_text_stays_text() {
    let page = html(&compared(24, 0));
    assert!(!page.contains("<script") && !page.contains("<thing>") && !page.contains("<others>"));
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn a_page_holds_no_number_that_is_none() {
    for programmes in [2, 24] {
        let said = text(&html(&compared(programmes, 3)));
        for word in ["NaN", "not a number", " inf", "?,"] {
            assert!(!said.contains(word), "{word}");
        }
    }
}

#[test]
fn who_ranks_first_is_told_with_the_ranks_it_may_have() {
    let whole = compared(24, 0);
    let said = found(&whole);
    let first = said.iter().find(|s| s.contains("ranks first")).unwrap();
    assert!(first.contains("but the data do not tell it from the best 7: its rank may be anywhere from 1 to 7 (95% confidence)"), "{first}");
}

#[test]
fn a_first_that_is_told_from_all_others_is_said_to_be_so() {
    let mut whole = two([
        (4.0, Some(0.1), Basis::Sample),
        (3.0, Some(0.1), Basis::Sample),
    ]);
    let mut ranks = league(&whole.comparisons[0].entries, false);
    ranks.ranks[0].simultaneous = (1, 1);
    ranks.ranks[1].simultaneous = (2, 2);
    whole.comparisons[0].league = Some(ranks);
    assert_eq!(
        found(&whole)[0],
        "Alpha ranks first of 2, and the data tell it from all others (95% confidence)."
    );
    let mut tied = whole.clone();
    let league = tied.comparisons[0].league.as_mut().unwrap();
    for row in &mut league.ranks {
        (row.rank, row.simultaneous) = ((1, 2), (1, 2));
    }
    assert!(found(&tied)[0].starts_with("Alpha and one other share the first place by value, but the data do not tell it from any other"));
}

#[test]
fn no_rank_is_printed_without_the_ranks_it_may_have() {
    let whole = compared(24, 0);
    let voice = Voice::new(&whole, &whole.comparisons[0]);
    let league = whole.comparisons[0].league.as_ref().unwrap();
    let columns = league::columns(&voice, league);
    let labels: Vec<&str> = columns.iter().map(|c| c.label.as_str()).collect();
    assert_eq!(
        &labels[1..4],
        ["Rank", "May rank", "May rank, all together"]
    );
    for row in &league.ranks {
        assert_eq!(league::cells(&voice, league, row).len(), columns.len());
    }
}

#[test]
fn a_pair_is_never_called_equal() {
    let mut whole = two([
        (4.0, Some(0.5), Basis::Sample),
        (3.9, Some(0.5), Basis::Sample),
    ]);
    whole.comparisons[0].differences = Some(pairs(&whole.comparisons[0].entries, None));
    assert!(
        found(&whole)[0]
            .starts_with("Alpha and Beta are not shown to differ: the difference is +0.1"),
        "{:?}",
        found(&whole)
    );
    let mut far = two([
        (4.0, Some(0.1), Basis::Sample),
        (2.0, Some(0.1), Basis::Sample),
    ]);
    far.comparisons[0].differences = Some(pairs(&far.comparisons[0].entries, None));
    assert!(
        found(&far)[0]
            .starts_with("Alpha is higher than Beta by 2.00 points (95% confidence interval"),
        "{:?}",
        found(&far)
    );
    assert!(found(&far)[0].ends_with("the better direction."));
}

/// One verdict in words.
fn verdict(change: impl Fn(&mut EquivalenceRow)) -> String {
    let mut whole = two([
        (0.5, Some(0.02), Basis::Chance),
        (0.52, Some(0.02), Basis::Chance),
    ]);
    whole.comparisons[0].measure.unit = "%".to_owned();
    let mut table = fixture::equivalence(&whole.comparisons[0].entries, 0);
    change(&mut table.rows[0]);
    whole.comparisons[0].equivalence = Some(table.clone());
    let voice = Voice::new(&whole, &whole.comparisons[0]);
    equivalence::sentence(&voice, &table, &table.rows[0])
}

#[test]
fn each_verdict_has_its_words_and_equivalent_is_said_on_that_verdict_alone() {
    let said = |v: EquivalenceVerdict| verdict(move |r| r.verdict = v);
    assert!(said(EquivalenceVerdict::Equivalent).starts_with("Beta is equivalent to Alpha within −10 to +10 percentage points: the difference is +2.0 percentage points"), "{}", said(EquivalenceVerdict::Equivalent));
    assert!(said(EquivalenceVerdict::Better).starts_with("Beta is better than Alpha"));
    assert!(said(EquivalenceVerdict::Worse).starts_with("Beta is worse than Alpha"));
    assert!(
        said(EquivalenceVerdict::Different).contains("Which of the two is better is not defined")
    );
    let open = said(EquivalenceVerdict::NotEstablished);
    assert!(open.starts_with("Beta and Alpha are not shown to differ, nor to be equivalent"));
    for other in [
        EquivalenceVerdict::Better,
        EquivalenceVerdict::Worse,
        EquivalenceVerdict::Different,
        EquivalenceVerdict::NotEstablished,
    ] {
        assert!(!said(other).contains("is equivalent"), "{}", said(other));
    }
    let though = verdict(|r| {
        r.verdict = EquivalenceVerdict::Equivalent;
        r.different = true;
    });
    assert!(though.ends_with("A difference is shown, and it is smaller than the margin."));
    let exact = verdict(|r| r.se = None);
    assert!(
        exact.contains("within the margin") && exact.ends_with("nothing is said on chance."),
        "{exact}"
    );
    assert!(!exact.contains("interval"));
}

#[test]
fn the_margin_stands_with_its_reason_and_non_inferiority_apart() {
    let whole = compared(24, 0);
    let page = text(&html(&whole));
    assert!(
        page.contains(
            "Councils said in 2019 that they would not change a contract for &lt;less&gt;"
        )
    );
    assert!(page.contains("shown to be no worse than"));
    assert!(page.contains("It is no evidence of being equal"));
}

#[test]
fn each_basis_is_explained_in_its_own_words() {
    for (basis, words) in [
        (Basis::Sample, "because others could have been asked"),
        (
            Basis::Chance,
            "what the same programme could have shown by luck",
        ),
        (Basis::Programmes, "each programme counts once"),
    ] {
        let whole = two([(4.0, Some(0.1), basis), (3.0, Some(0.1), basis)]);
        let voice = Voice::new(&whole, &whole.comparisons[0]);
        let said = values::bases(&voice);
        assert_eq!(said.len(), 1);
        assert!(
            said[0].starts_with("All 2 programmes rest on") && said[0].contains(words),
            "{}",
            said[0]
        );
    }
}

#[test]
fn recorded_figures_have_no_rank_and_no_claim_on_chance() {
    let whole = two([(4.0, None, Basis::Recorded), (3.0, None, Basis::Recorded)]);
    assert_eq!(
        found(&whole)[0],
        "Recorded in full: from 3 points (Beta) to 4 points (Alpha). These figures are taken as they are; nothing is said on chance."
    );
    let page = text(&html(&whole));
    assert!(page.contains("listed by value, without a rank"));
    assert!(!page.contains("confidence interval 3"));
}

#[test]
fn those_set_apart_are_listed_with_their_reasons() {
    let page = text(&html(&compared(24, 0)));
    assert!(page.contains("withheld: withheld to protect persons in a small group"));
    assert!(page.contains("Small &lt;one&gt;") && page.contains("Silent one"));
    assert!(page.contains("remigration is among their objectives (S03)"));
}

#[test]
fn letters_stand_with_their_words() {
    let page = text(&html(&compared(24, 0)));
    assert!(page.contains("Two that share a letter are not shown to differ"));
}

#[test]
fn a_change_is_not_called_an_effect() {
    let page = text(&html(&compared(3, 0)));
    assert!(page.contains("its change (design: before-after)"));
    for word in ["caused", "impact", "proves", "significant"] {
        assert!(!page.to_lowercase().contains(word), "{word}");
    }
}

#[test]
fn a_pooled_mean_has_its_prediction_interval() {
    let whole = compared(24, 0);
    let said = found(&whole);
    let mean = said.iter().find(|s| s.starts_with("Pooled over")).unwrap();
    assert!(
        mean.contains("Another programme of this sort is expected between"),
        "{mean}"
    );
    assert!(mean.contains("95% prediction interval"));
}

#[test]
fn shares_pooled_as_log_odds_are_written_back() {
    let mut whole = two([
        (0.5, Some(0.05), Basis::Sample),
        (0.7, Some(0.05), Basis::Sample),
    ]);
    whole.comparisons[0].measure.unit = "%".to_owned();
    let mut pooled = fixture::pooled(&whole.comparisons[0].entries);
    pooled.scale = PoolScale::Logit;
    pooled.mean.value = 0.0;
    pooled.mean.interval = (-1.098_612_288_668, 1.098_612_288_668);
    pooled.prediction = None;
    whole.comparisons[0].pooled = Some(pooled);
    let said = found(&whole);
    assert!(
        said[0].contains("is 50% (95% confidence interval 25% to 75%)"),
        "{said:?}"
    );
}

#[test]
fn definitions_that_differ_stand_side_by_side() {
    let page = text(&html(&compared(3, 0)));
    assert!(page.contains("claims received") && page.contains("claims &lt;decided&gt;"));
    assert!(page.contains("the two forms ask for the same &lt;thing&gt;"));
    assert!(page.contains("was not compared over them"));
}

#[test]
fn limits_speak_of_what_is_there() {
    let heads = |whole: &Compared| -> Vec<String> {
        let locale = Locale::of("en");
        limits::limits(whole, &locale)
            .into_iter()
            .map(|l| l.0)
            .collect()
    };
    let all = heads(&compared(24, 0));
    for head in [
        "Why programmes differ",
        "Types of programmes",
        "Case mix",
        "Effects",
        "Samples",
        "Complete records and chance",
        "Figures without an error",
        "Many measures",
        "Those set apart",
        "Definitions",
        "Few cases, many conditions",
    ] {
        assert!(all.iter().any(|h| h == head), "{head}");
    }
    let mut plain = two([
        (4.0, Some(0.1), Basis::Sample),
        (3.0, Some(0.1), Basis::Sample),
    ]);
    plain.mismatches.clear();
    plain.qca.clear();
    assert_eq!(
        heads(&plain),
        [
            "Why programmes differ",
            "Samples",
            "What the measures leave out"
        ]
    );
}

#[test]
fn the_case_mix_stands_once_for_all_that_share_it() {
    let whole = compared(24, 9);
    let mixes = context::mixes(&whole);
    assert_eq!(mixes.len(), 1);
    let page = html(&whole);
    assert!(page.matches("href=\"#mix-1\"").count() >= 6);
}

#[test]
fn figures_have_names_of_their_own_and_the_data_behind_them() {
    let whole = compared(24, 4);
    let figures = comparison_figures(&whole).unwrap();
    let mut stems: Vec<String> = figures
        .iter()
        .map(|f| f.stem.to_ascii_lowercase())
        .collect();
    let all = stems.len();
    stems.sort();
    stems.dedup();
    assert!(stems.len() == all && all > 15);
    for figure in &figures {
        assert!(
            figure
                .stem
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        );
        assert!(!figure.data.rows.is_empty(), "{}", figure.stem);
        assert!(
            figure
                .data
                .rows
                .iter()
                .all(|r| r.len() == figure.data.columns.len()),
            "{}",
            figure.stem
        );
        assert!(!figure.svg.alt.is_empty() && !figure.caption.is_empty());
    }
    for tail in [
        ".ranks",
        ".margin",
        ".differences",
        ".pooled",
        ".small-study",
        ".values",
        ".over-time",
        ".gap",
        "profiles",
        "plane",
        ".solution",
    ] {
        assert!(figures.iter().any(|f| f.stem.ends_with(tail)), "{tail}");
    }
}

#[test]
fn many_comparisons_are_folded_and_the_page_stays_small() {
    let page = html(&compared(24, 143));
    assert!(page.contains("class=\"folded\""));
    assert!(page.len() < 8_000_000, "{} bytes", page.len());
}

#[test]
fn five_hundred_programmes_stay_openable() {
    let whole = compared(500, 20);
    let page = html(&whole);
    assert!(page.len() < 8_000_000, "{} bytes", page.len());
    assert!(page.contains("comparison.xlsx"));
}
