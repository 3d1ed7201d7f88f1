//! What a report must and must not hold.
#![allow(clippy::unwrap_used)]

use super::cells::Names;
use super::format::{Locale, status_words};
use super::key::{Findings, subjects};
use super::{fixture, html};
use crate::export;
use crate::outcome::{Criterion, Outcome, Status};
use regex::Regex;

/// Writes the reports to look at into the folder named by `CODEV_LOOK`, and checks that all of them can be made.
#[test]
fn every_invented_outcome_gives_a_report() {
    let cases = [
        ("report", fixture::outcome()),
        ("large", fixture::large()),
        ("output-only", fixture::output_only()),
        ("effects", fixture::effects(16)),
        ("effect", fixture::effects(1)),
        ("sixty-effects", fixture::effects(60)),
        ("many-subgroups", fixture::many_subgroups()),
    ];
    for (name, outcome) in cases {
        let page = html(&outcome).unwrap();
        assert!(
            page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"),
            "{name}"
        );
        if let Ok(folder) = std::env::var("CODEV_LOOK") {
            std::fs::write(format!("{folder}/{name}.html"), page).unwrap();
        }
    }
}

#[test]
fn an_empty_outcome_gives_a_report_without_figures() {
    let mut outcome = fixture::outcome();
    outcome.programmes.clear();
    outcome.indicators.clear();
    outcome.plane = None;
    outcome.audit.cells.clear();
    outcome.quality = crate::outcome::Quality::default();
    let page = html(&outcome).unwrap();
    assert!(page.contains("No indicator was asked for."));
}

#[test]
fn hostile_text_is_inert_and_nothing_is_fetched() {
    let mut outcome = fixture::outcome();
    outcome.evaluation.title = "</style><script>alert('title')</script>".to_owned();
    outcome.evaluation.note = "<img src=http://example.org/x>".to_owned();
    let page = html(&outcome).unwrap();
    let lower = page.to_lowercase();
    assert!(
        !lower.contains("<script") && !lower.contains("<img") && !lower.contains("javascript:")
    );
    assert!(!lower.contains("<link") && !lower.contains("@import") && !lower.contains("<iframe"));
    assert_eq!(
        lower.matches("</style>").count(),
        lower.matches("<style").count()
    );
    assert!(
        page.contains("&lt;script&gt;alert(1)"),
        "the name is shown, as text"
    );
    let links =
        Regex::new(r#"(?i)<[a-z][^>]*\s(?:src|href|action|data|poster)\s*=\s*["']?([^"'\s>]*)"#)
            .unwrap();
    for link in links.captures_iter(&page) {
        assert!(link[1].starts_with('#'), "link to {}", &link[1]);
    }
    let fetched = Regex::new(r#"url\(\s*["']?([^)]{0,20})"#).unwrap();
    for url in fetched.captures_iter(&page) {
        assert!(url[1].starts_with("data:"), "fetches {}", &url[1]);
    }
    let handlers = Regex::new(r"(?i)<[a-z][^>]*\son[a-z]+\s*=").unwrap();
    assert!(!handlers.is_match(&page));
}

#[test]
fn every_link_within_the_page_has_its_target_and_no_id_is_doubled() {
    let page = html(&fixture::outcome()).unwrap();
    let ids: Vec<String> = Regex::new(r#"\sid="([^"]+)""#)
        .unwrap()
        .captures_iter(&page)
        .map(|c| c[1].to_owned())
        .collect();
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    for link in Regex::new(r##"(?:href="#|aria-labelledby=")([^"]+)""##)
        .unwrap()
        .captures_iter(&page)
    {
        assert!(
            ids.iter().any(|id| *id == link[1]),
            "nothing is at #{}",
            &link[1]
        );
    }
}

#[test]
fn the_page_can_be_read_by_a_screen_reader() {
    let page = html(&fixture::outcome()).unwrap();
    assert!(page.contains("<html lang=\"en\">") && page.contains("<main id=\"main\">"));
    assert!(page.contains("class=\"skip\"") && page.contains("<nav"));
    assert_eq!(
        page.matches("<table>").count(),
        page.matches("<caption").count()
    );
    assert_eq!(
        page.matches("<figure>").count(),
        page.matches("role=\"img\" aria-label=").count()
    );
    let headings = Regex::new(r"<th[ >][^>]*>").unwrap();
    assert!(
        headings
            .find_iter(&page)
            .all(|th| th.as_str().contains("scope="))
    );
}

/// The row of the table by programme that belongs to a programme.
fn table_row<'a>(page: &'a str, indicator: &str, programme: &str) -> &'a str {
    let start = page
        .find(&format!("<caption id=\"{indicator}-by-programme\""))
        .unwrap();
    let row = start
        + page[start..]
            .find(&format!("scope=\"row\">{programme}<"))
            .unwrap();
    &page[row..row + page[row..].find("</tr>").unwrap()]
}

#[test]
fn every_status_is_shown_in_its_own_words_and_zero_as_zero() {
    let page = html(&fixture::outcome()).unwrap();
    for (programme, status) in [
        ("Barcelona–Kolda", Status::NoRows),
        ("Lyon–Sétif", Status::NoMatch),
        ("Gent–Trabzon 14", Status::AllMissing),
        ("Girona–Basse 18", Status::Undefined),
        ("Gent–Trabzon 20", Status::Suppressed),
        ("Amiens–Kayes 22", Status::Refused),
    ] {
        let row = table_row(&page, "institution-contact", programme);
        assert!(
            row.contains(&format!(">{}<", status_words(status, 5))),
            "{programme}: {row}"
        );
        assert!(!row.contains(">0%<"), "{programme}: {row}");
    }
    assert!(
        table_row(&page, "institution-contact", "Mataró–Ziguinchor fisheries").contains(">0%<")
    );
    let suppressed = table_row(&page, "institution-contact", "Gent–Trabzon 20");
    assert!(
        !suppressed.contains(">3<"),
        "the size of a withheld group is withheld too: {suppressed}"
    );
}

#[test]
fn an_output_only_evaluation_is_told_so_before_the_contents() {
    let page = html(&fixture::output_only()).unwrap();
    let told = page.find("id=\"output-only\"").unwrap();
    assert!(told < page.find("<nav").unwrap());
    assert!(
        !html(&fixture::outcome())
            .unwrap()
            .contains("id=\"output-only\"")
    );
}

#[test]
fn of_many_programmes_the_extremes_are_shown_and_the_rest_is_pointed_to() {
    let page = html(&fixture::large()).unwrap();
    assert!(page.contains(
        "Of 644 programmes, the 25 highest and the 25 lowest values are shown. The other 594 are"
    ));
    let start = page.find("<caption id=\"coverage-by-programme\"").unwrap();
    let table = &page[start..start + page[start..].find("</table>").unwrap()];
    assert_eq!(
        table.matches("<tr").count(),
        1 + 1 + 50,
        "head, total, and twice 25"
    );
}

/// Everything that is said in sentences: of the whole, and of each indicator.
fn sentences(outcome: &Outcome) -> String {
    let (locale, names) = (Locale::of("en"), Names::new(&outcome.programmes));
    let findings = Findings::new(outcome, &locale, &names);
    let mut said = findings.overview;
    for sentence in &findings.key {
        said.push(sentence.iter().map(|span| span.text.as_str()).collect());
    }
    for subject in subjects(outcome, &locale, &names) {
        let item = subject.speaker.item();
        said.extend([item.total, item.detail, item.gaps]);
    }
    said.join("\n")
}

#[test]
fn at_most_ten_findings_are_key_and_each_is_a_sentence_with_a_link() {
    for outcome in [fixture::outcome(), fixture::large(), fixture::output_only()] {
        let names = Names::new(&outcome.programmes);
        let findings = Findings::new(&outcome, &Locale::of("en"), &names);
        assert!((3..=10).contains(&findings.key.len()));
        for sentence in &findings.key {
            assert!(sentence.iter().any(|span| span.link.is_some()));
            assert!(sentence.last().unwrap().text.ends_with('.'), "{sentence:?}");
        }
    }
}

#[test]
fn findings_describe_and_claim_no_cause() {
    let said = sentences(&fixture::outcome());
    let claims = Regex::new(
        r"(?i)\b(caus|effect|impact|signific|led to|due to|because|improv|thanks|worsen|prove)",
    )
    .unwrap();
    assert!(
        !claims.is_match(&said),
        "{:?} in {said}",
        claims.find(&said)
    );
    for sentence in [
        "14 of 15 indicators asked for could be computed: 4 on output, 9 of 10 on process and 1 on structure.",
        "There is no value for all programmes together: ",
        "The target of 50% for all together is met.",
        "It changed from ",
        "1 period has no value.",
        "lowest: Mataró–Ziguinchor fisheries, 0%",
    ] {
        assert!(said.contains(sentence), "{sentence:?} is not in:\n{said}");
    }
}

#[test]
fn findings_on_one_programme_with_one_value_are_sound() {
    let mut outcome = fixture::outcome();
    outcome.programmes.truncate(1);
    for result in &mut outcome.indicators {
        result
            .estimates
            .retain(|e| e.programme.as_deref().is_none_or(|id| id == "P01"));
    }
    let said = sentences(&outcome);
    assert!(
        !said.contains("Highest") && !said.contains("1 programmes"),
        "{said}"
    );
}

#[test]
fn the_same_outcome_gives_the_same_page_also_from_json() {
    let outcome = fixture::outcome();
    let page = html(&outcome).unwrap();
    assert_eq!(page, html(&outcome).unwrap());
    let saved = export::json(&outcome).unwrap();
    assert_eq!(page, html(&export::read_json(&saved).unwrap()).unwrap());
}

#[test]
fn numbers_follow_the_locale_throughout() {
    let mut outcome = fixture::outcome();
    outcome.evaluation.locale = "fr".to_owned();
    let page = html(&outcome).unwrap();
    assert!(page.contains("95\u{202f}% confidence interval"));
    assert!(!Regex::new(r">[0-9]+(\.[0-9]+)?%<").unwrap().is_match(&page));
}

#[test]
fn how_it_was_measured_says_what_is_stated_and_nothing_else() {
    let mut outcome = fixture::outcome();
    let headings = ["Numerator", "Denominator", "Verification", "DAC criteria"];
    let before = html(&outcome).unwrap();
    let definition = &mut outcome.indicators[0].definition;
    definition.numerator = "claims <adopted>".to_owned();
    definition.denominator = "claims decided on".to_owned();
    definition.verification = "minutes of the council".to_owned();
    definition.criteria = vec![Criterion::Effectiveness, Criterion::Impact];
    let page = html(&outcome).unwrap();
    let said = [
        "claims &lt;adopted&gt;",
        "claims decided on",
        "minutes of the council",
        "Effectiveness and impact",
    ];
    for (heading, text) in headings.iter().zip(said) {
        let line = format!("<div><dt>{heading}</dt><dd>{text}</dd></div>");
        assert_eq!(page.matches(&line).count(), 1, "{line}");
        // The glossary may explain the word; no indicator but this one has gained a line.
        let heading = format!("<dt>{heading}</dt>");
        let lines = |page: &str| page.matches(&heading).count();
        assert_eq!(lines(&page), lines(&before) + 1, "{heading}");
    }
    assert!(!before.contains("<dt>Verification</dt>"));
}
