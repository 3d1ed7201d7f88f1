#![allow(clippy::unwrap_used)]

use super::*;
use crate::indicator::parse;

/// A definition whose texts try to be markup everywhere that a writer may put text.
const HOSTILE: &str = r##"
id = "hostile"
name = "<script>alert(1)</script> | *bold* [link](http://x)"
kind = "process"
dimension = "test"
side = "both"
question = "Is `this` _fine_?"
definition = """Two
lines & </style>."""
numerator = "persons <b>above</b>"
denominator = "persons below"
unit = "%"
direction = "higher-is-better"
source = "<img src=x onerror=alert(1)>"
limits = "=1+1"
verification = "minutes of the council"
criteria = ["effectiveness", "impact"]
rows = ["S05", "s99"]

[measure]
type = "formula"
table = "ties"
where = "kind = '```'"
value = "COUNT(*) FILTER (WHERE formed) / COUNT(*)"

[[example]]
note = "a </table> and a short row"
rows = """
programme,kind,formed
P1,```,true
P1,```,
"""
expect = { P1 = 1, total = "all-missing" }
"##;

fn hostile() -> Catalogue {
    let indicator = parse(HOSTILE, "indicators/process/test/hostile.toml", false).unwrap();
    Catalogue {
        indicators: vec![indicator],
        ..Catalogue::default()
    }
}

#[test]
fn text_of_a_definition_is_never_markup() {
    let catalogue = hostile();
    let page = html(&Dictionary::all(&catalogue)).unwrap();
    let own = |tag: &str| page.matches(tag).count();
    assert_eq!(
        (own("<script"), own("</script"), own("<img"), own("</style")),
        (1, 1, 0, 1)
    );
    assert!(page.contains("&lt;script&gt;alert(1)"));
    let text = markdown(&Dictionary::all(&catalogue), None);
    assert!(!text.contains("<script>") && !text.contains("<img"));
    assert!(text.contains("\\*bold\\* \\[link\\](http://x)"), "{text}");
    assert!(
        text.contains("````sql\n"),
        "the fence is longer than the one in the formula"
    );
}

#[test]
fn an_entry_shows_what_is_stated_and_leaves_out_what_is_not() {
    let mut catalogue = hostile();
    let text = markdown(&Dictionary::all(&catalogue), None);
    for said in [
        "- **Numerator**: persons &lt;b&gt;above",
        "- **Denominator**: persons below",
        "- **Needs**: table `ties`: `kind`, `formed`",
        "- **Verification**: minutes of the council",
        "effectiveness, impact",
        "with 1 example",
        "*Is \\`this\\` \\_fine\\_?* Two lines & &lt;/style&gt;.",
        "[S05](#row-S05) · s99 · effectiveness",
        "defined beside the evaluation",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let bare = &mut catalogue.indicators[0];
    bare.numerator.clear();
    bare.denominator.clear();
    bare.verification.clear();
    bare.criteria.clear();
    let text = markdown(&Dictionary::all(&catalogue), None);
    let page = html(&Dictionary::all(&catalogue)).unwrap();
    // The guide explains the word; the entry has no such line.
    for (absent, in_guide) in [("Numerator", 0), ("Denominator", 0), ("Verification", 1)] {
        let line = format!("- **{absent}**: ");
        assert_eq!(text.matches(&line).count(), in_guide, "{absent}");
        let heading = format!("<dt>{absent}</dt>");
        assert_eq!(page.matches(&heading).count(), in_guide, "{absent}");
    }
}

#[test]
fn what_comes_out_of_an_example_is_written_as_in_a_report() {
    let catalogue = hostile();
    let dictionary = Dictionary::all(&catalogue);
    let entry = dictionary.entries().next().unwrap();
    let own = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        entry.examples[0].results("%"),
        [own("P1", "100%"), own("all together", "all missing")]
    );
    assert_eq!(entry.examples[0].columns, ["programme", "kind", "formed"]);
    assert_eq!(entry.examples[0].rows[1], ["P1", "```", ""]);
}

/// Every link on the page leads somewhere, and no place has two names.
#[test]
fn links_of_the_page_lead_somewhere() {
    let (catalogue, _) = Catalogue::builtin();
    let page = html(&Dictionary::all(&catalogue)).unwrap();
    let found = |pattern: &str| -> Vec<String> {
        let pattern = regex::Regex::new(pattern).unwrap();
        pattern
            .captures_iter(&page)
            .map(|c| c[1].to_owned())
            .collect()
    };
    let places = found(r#"\bid="([^"]+)""#);
    let unique: BTreeSet<&String> = places.iter().collect();
    assert_eq!(unique.len(), places.len());
    let links = found(r##"href="#([^"]+)""##);
    assert!(links.len() > catalogue.indicators.len() * 2);
    for link in links {
        assert!(unique.contains(&link), "#{link}");
    }
    // Nothing is fetched: a page that is sent on is complete.
    assert!(!page.contains("src=") && !page.contains("<link"));
    assert!(!page.contains("@import") && !page.contains("url(http"));
}

#[test]
fn a_part_says_that_it_is_one_and_links_to_nothing_outside_it() {
    let (catalogue, _) = Catalogue::builtin();
    let derived = catalogue.get("investment-per-person-reached").unwrap();
    let dictionary = Dictionary::new(&catalogue, &[derived], vec!["row S14".to_owned()]);
    let text = markdown(&dictionary, None);
    assert!(text.contains("\n1 indicator; only row S14.\n"), "{text}");
    assert!(text.contains("the indicators Amount invested (in the formula `amount`)"));
    let (all, part) = (dictionary.coverage.len(), Dictionary::all(&catalogue));
    assert_eq!(all, 25);
    let ids = |d: &Dictionary| -> Vec<Vec<String>> {
        let of = |c: &Coverage| c.indicators.iter().map(|i| i.id.clone()).collect();
        d.coverage.iter().map(of).collect()
    };
    assert_eq!(
        ids(&dictionary),
        ids(&part),
        "coverage is of the whole library"
    );
}

#[test]
fn counts_add_up() {
    let (catalogue, _) = Catalogue::builtin();
    let dictionary = Dictionary::all(&catalogue);
    let by_kind: usize = dictionary.kinds.iter().map(|k| k.count).sum();
    assert_eq!(by_kind, catalogue.indicators.len());
    assert_eq!(dictionary.entries().count(), dictionary.total);
    for part in &dictionary.kinds {
        let inside: usize = part.dimensions.iter().map(|d| d.entries.len()).sum();
        assert_eq!(part.count, inside);
    }
}

/// What a measure reads beside its first table is in what it needs, and in its examples wherever they are shown.
#[test]
fn further_tables_are_shown_with_what_is_needed_and_in_the_examples() {
    let text = include_str!("../../../tests/definitions/valid/representation-ratio.toml");
    let catalogue = Catalogue {
        indicators: vec![parse(text, "representation-ratio.toml", false).unwrap()],
        ..Catalogue::default()
    };
    let dictionary = Dictionary::all(&catalogue);
    let entry = dictionary.entries().next().unwrap();
    let needs: String = entry.needs().iter().map(|s| s.text.as_str()).collect();
    assert!(needs.starts_with("table responses: "), "{needs}");
    assert!(needs.contains("; table population: "), "{needs}");
    assert!(entry.further[0].columns.contains(&"persons".to_owned()));
    let sheet = &entry.examples[0].tables[0];
    assert_eq!(sheet.name, "population");
    assert_eq!(sheet.columns, ["locality", "group", "persons"]);
    assert_eq!(sheet.rows[1], ["A", "moroccan", "90"]);
    let page = html(&dictionary).unwrap();
    assert!(page.contains("with the table population"));
    let csv = crate::export::dictionary_csv(dictionary.entries()).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(csv.contains("\"responses, population\""), "{csv}");
    assert!(csv.contains("; population: "), "{csv}");
}

#[test]
fn settings_and_what_it_extends_are_told() {
    let text = include_str!("../../../tests/definitions/valid/parameters.toml");
    let catalogue = Catalogue {
        indicators: vec![parse(text, "parameters.toml", false).unwrap()],
        ..Catalogue::default()
    };
    let dictionary = Dictionary::all(&catalogue);
    let text = markdown(&dictionary, None);
    assert!(
        text.contains("- **Settings**: `least = 0.5`, `level = "),
        "{text}"
    );
    assert!(!text.contains("- **Extends**"), "{text}");
    let mut extended = dictionary;
    let entries = &mut extended.kinds[0].dimensions[0].entries;
    entries[0].extends = Some("other-one".to_owned());
    let text = markdown(&extended, None);
    assert!(text.contains("- **Extends**: `other-one`"), "{text}");
}
