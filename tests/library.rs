//! The built-in library as a whole: complete definitions, one grammar of names, no measure twice, every row covered.

use crate::kit::root;
use codev::indicator::{Catalogue, Expected, Indicator};
use codev::outcome::Kind;
use codev::run::{Quiet, evaluate};
use std::collections::{BTreeMap, BTreeSet};

fn library() -> Vec<Indicator> {
    let (catalogue, findings) = Catalogue::builtin();
    assert!(findings.is_empty(), "{findings:?}");
    catalogue.indicators
}

fn none_wrong(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_definition_of_the_library_is_complete() {
    let mut wrong = Vec::new();
    for i in library() {
        let texts = [
            ("question", &i.question, "?"),
            ("definition", &i.words, "."),
            ("limits", &i.limits, "."),
            ("verification", &i.verification, "."),
        ];
        for (key, text, end) in texts {
            if !text.ends_with(end) {
                wrong.push(format!("{}: {key} should end in `{end}`: {text}", i.id));
            }
        }
        // Without the author's own words the reader gets the formula read aloud.
        if !i.text.contains("\ndefinition = ") {
            wrong.push(format!("{}: no definition in words", i.id));
        }
        if i.source.is_empty() || i.criteria.is_empty() || i.rows.is_empty() {
            wrong.push(format!("{}: source, criteria or rows are missing", i.id));
        }
        if i.denominator.is_empty() != i.numerator.is_empty() && i.unit == "%" {
            wrong.push(format!(
                "{}: a share has both numerator and denominator",
                i.id
            ));
        }
        let without_value = |e: &Expected| matches!(e, Expected::Status(_));
        let null = i
            .examples
            .iter()
            .any(|e| e.expect.values().any(without_value));
        if i.examples.len() < 2 || !null {
            wrong.push(format!(
                "{}: two examples at least, one of which shows what happens without a value",
                i.id
            ));
        }
    }
    none_wrong(&wrong);
}

/// Words that say how something is counted; the name and the unit say that, the id says what.
const HOW: [&str; 9] = [
    "number",
    "count",
    "percentage",
    "mean",
    "average",
    "median",
    "total",
    "rate",
    "level",
];

/// The grammar of CONTRIBUTING.md, "Names".
#[test]
fn ids_and_names_of_the_library_follow_the_grammar() {
    let mut wrong = Vec::new();
    for i in library() {
        let words: Vec<&str> = i.id.split('-').collect();
        let mut must = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{} ({}, {}): {what}", i.id, i.name, i.unit));
            }
        };
        must((2..=6).contains(&words.len()), "an id has two to six words");
        must(
            !words.iter().any(|w| HOW.contains(w)),
            "an id says what is measured, not how",
        );
        let share = ["Share of ", "Mean share of ", "Mean achievement of "]
            .iter()
            .any(|start| i.name.starts_with(start));
        must(
            share == (i.unit == "%"),
            "`Share of ...` is the name of what has the unit %, and of nothing else",
        );
        let (per, named) = (i.id.contains("-per-"), i.name.contains(" per "));
        must(
            i.unit.contains(" per ") == named && (!per || named),
            "`x-per-y` has `per` in id, name and unit",
        );
        let time = ["days", "weeks", "months"].contains(&i.unit.as_str());
        must(
            time == i.id.ends_with("-time"),
            "a duration is called `x-time`, in days, weeks or months",
        );
        must(
            !time || i.name.starts_with("Median ") || i.name.starts_with("Mean "),
            "the name of a duration says whether it is a mean or a median",
        );
        must(
            !(i.id.ends_with("-index") || i.id.ends_with("-balance"))
                || i.unit.starts_with("index"),
            "`x-index` and `x-balance` have the unit index, with its range",
        );
        must(
            !i.unit.starts_with("points (") || i.name.starts_with("Mean "),
            "a score is called `Mean ...`",
        );
        must(
            !i.name.ends_with('.') && i.name.starts_with(char::is_uppercase),
            "a name is a noun phrase with a capital and without a full stop",
        );
    }
    none_wrong(&wrong);
}

/// What a definition computes, whatever its name, spacing and place in time.
fn measure(indicator: &Indicator) -> String {
    let mut file: toml::Table = toml::from_str(&indicator.text).unwrap();
    let mut measure = file.remove("measure").unwrap();
    measure.as_table_mut().unwrap().remove("date");
    let text = toml::to_string(&measure).unwrap().replace("\\n", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn no_two_definitions_of_the_library_measure_the_same() {
    let mut by: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut names, mut questions) = (BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    for i in library() {
        by.entry(measure(&i)).or_default().push(i.id.clone());
        if !names.insert(i.name.clone()) || !questions.insert(i.question.clone()) {
            wrong.push(format!("{}: another has its name or question", i.id));
        }
    }
    wrong.extend(
        by.values()
            .filter(|ids| ids.len() > 1)
            .map(|ids| ids.join(" = ")),
    );
    none_wrong(&wrong);
}

/// Rows of the domain that are indicators; the others (S09, S17, S21, S24, S25) are analyses.
const ROWS: [&str; 20] = [
    "S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S10", "S11", "S12", "S13", "S14",
    "S15", "S16", "S18", "S19", "S20", "S22", "S23",
];

#[test]
fn every_row_of_the_domain_has_its_indicators() {
    let mut count: BTreeMap<String, usize> = BTreeMap::new();
    for row in library().into_iter().flat_map(|i| i.rows) {
        *count.entry(row).or_default() += 1;
    }
    let wrong: Vec<String> = ROWS
        .iter()
        .filter_map(|row| {
            let has = count.get(*row).copied().unwrap_or(0);
            (has < 2).then(|| format!("{row}: {has} indicators, two needed"))
        })
        .chain(
            count
                .keys()
                .filter(|row| {
                    let number = row.strip_prefix('S').and_then(|n| n.parse::<u8>().ok());
                    row.len() != 3 || !number.is_some_and(|n| (1..=25).contains(&n))
                })
                .map(|row| format!("{row}: no such row")),
        )
        .collect();
    none_wrong(&wrong);
}

#[test]
fn the_library_is_computable_on_tandem_and_more_process_than_output() {
    let library = library();
    assert!(library.len() >= 80, "{} definitions", library.len());
    let of = |kind| library.iter().filter(|i| i.kind == kind).count();
    assert!(of(Kind::Process) >= of(Kind::Output));
    let outcome = evaluate(&root().join("datasets/tandem"), &Quiet).unwrap();
    let mut wrong = Vec::new();
    for i in &library {
        let Some(result) = outcome.indicators.iter().find(|r| r.definition.id == i.id) else {
            wrong.push(format!("{}: tandem does not ask for it", i.id));
            continue;
        };
        if let Some(reason) = &result.not_computable {
            wrong.push(format!("{}: {reason:?}", i.id));
        }
        let computed = |e: &codev::outcome::Estimate| e.value.is_some_and(f64::is_finite);
        if !result.estimates.iter().any(computed) {
            wrong.push(format!("{}: no cell has a value", i.id));
        }
    }
    none_wrong(&wrong);
}

/// The sections of the chapter, as it names them.
const SECTIONS: [&str; 8] = [
    "Characterizing the Transnational Activities of Local Governments",
    "Motives and Frames of the Transnational / Translocal Activities of Local Governments",
    "Impacts of Local Governments' Transnational Activities",
    "Linking the Local Level “Here” and “There”: Migrant Organizations",
    "Characterizing the Transnational Activities of Migrant Organizations",
    "Motives and Frames of Translocal Activities of Migrant Organizations",
    "Transnational Activities by Migrant Organizations: What Difference Do They Make?",
    "Conclusion",
];

#[test]
fn sources_name_sections_that_the_chapter_has() {
    let mut named = 0;
    for indicator in library() {
        let Some((_, rest)) = indicator.source.split_once("Nijenhuis, ch. 8, ") else {
            continue;
        };
        let section = rest.strip_prefix("section ").unwrap_or(rest);
        let known = SECTIONS.iter().any(|s| section.starts_with(s));
        assert!(known, "{}: {section}", indicator.id);
        named += 1;
    }
    assert!(named > 90, "{named}");
}
