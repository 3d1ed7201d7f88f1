//! Whether a table is about persons, whose values must not be told one by one: by what it declares, what it points to and what its columns are.

use super::declare::TableSpec;
use super::person_words::{self as words, Kind, Sign};
use super::{Column, ForeignKey, Meaning, Table, Type, manifest, repeats};
use crate::finding::{Finding, Findings, Severity, Stop};
use std::collections::BTreeSet;

/// Whether figures of a table are protected, why, and how its persons are told apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Persons {
    /// Whether small groups of its rows are protected.
    pub protected: bool,
    /// Why, or why not: the rest of a sentence that begins with the table, such as "a row is a person".
    pub reason: String,
    /// Paths of the columns by which persons are counted; where there are several, a row is of a person in each of them. Rows are
    /// persons where there is none.
    pub keys: Vec<Vec<String>>,
    /// What is not sure about it; nothing where it is.
    pub doubt: Option<String>,
}

/// What is known of a table before its rows are looked at.
pub(super) struct About<'a> {
    pub name: &'a str,
    pub meaning: &'a Meaning,
    pub columns: Vec<&'a Column>,
    pub primary_key: &'a [String],
    pub keys: Vec<ForeignKey>,
}

impl<'a> About<'a> {
    pub fn of(spec: &'a TableSpec) -> Self {
        About {
            name: &spec.name,
            meaning: &spec.meaning,
            columns: spec.fields.iter().map(|f| &f.column).collect(),
            primary_key: &spec.primary_key,
            keys: spec.links(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|c| c.name == name)
    }
}

/// Units of roles, for tables that declare no unit of their own.
fn unit_of_role(role: &str) -> Option<&'static str> {
    Some(match role {
        "programmes" => "programme",
        "activities" => "activity",
        "ties" => "tie",
        "outputs" => "output",
        "results" => "result",
        "funds" => "payment",
        "decisions" => "decision",
        "population" => "group",
        "codings" => "coding",
        _ => return None,
    })
}

/// Decides for all tables of a package, since a table may be about persons by what it points to.
pub(super) fn decide(tables: &[About<'_>]) -> Vec<Persons> {
    let mut found: Vec<Persons> = tables.iter().map(alone).collect();
    // Each pass follows one more foreign key.
    for _ in 0..tables.len() {
        let mut changed = false;
        for (at, table) in tables.iter().enumerate() {
            let known = found.get(at).cloned().unwrap_or_default();
            let Some(next) = pointing(table, &known, tables, &found).filter(|next| *next != known)
            else {
                continue;
            };
            if let Some(place) = found.get_mut(at) {
                *place = next;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    found
}

/// Whether the package says that a table is about things, with a reason.
fn exempt(meaning: &Meaning) -> Option<&str> {
    let reason = meaning.protect_reason.as_deref().map(str::trim);
    reason.filter(|r| meaning.protect == Some(false) && !r.is_empty())
}

/// What a table says of itself.
fn alone(table: &About<'_>) -> Persons {
    let meaning = table.meaning;
    let yes = |reason: String| Persons {
        protected: true,
        reason,
        keys: own_key(table),
        doubt: None,
    };
    if let Some(reason) = exempt(meaning) {
        return Persons {
            reason: format!("it is declared so: {}", reason.trim_end_matches('.')),
            ..Persons::default()
        };
    }
    if meaning.protect == Some(true) {
        return yes("it is declared so".to_owned());
    }
    if let Some(person) = &meaning.person {
        return yes(format!("`{person}` is the person of a row"));
    }
    if meaning.role == "responses" {
        return yes("its rows are answers of persons".to_owned());
    }
    let said = match words::says_nothing(&meaning.unit) {
        true => "",
        false => meaning.unit.trim(),
    };
    let kinds = words::kinds(said);
    if kinds == [Kind::Person] {
        return yes(format!("a row is of the unit {said}"));
    }
    let doubtful = |doubt: String| Persons {
        doubt: Some(doubt.clone()),
        ..yes(doubt)
    };
    if kinds.len() > 1 {
        return doubtful(format!(
            "its unit, {said}, may be one of persons or of things"
        ));
    }
    let by_role = unit_of_role(&meaning.role).filter(|_| said.is_empty());
    let unit = by_role.unwrap_or(said);
    let signs = signs(table);
    if unit.is_empty() {
        if words::kinds(table.name) == [Kind::Person] {
            return doubtful(format!("it is named {} and has no unit", table.name));
        }
        return match signs.is_empty() {
            true => Persons {
                reason: "nothing in it points to persons".to_owned(),
                ..Persons::default()
            },
            false => doubtful(format!(
                "it has no unit, and columns as persons have them ({})",
                listed(&signs)
            )),
        };
    }
    if by_role.is_none() && kinds.is_empty() {
        return doubtful(format!("its unit, {unit}, is not known"));
    }
    let telling = telling(&signs, meaning, unit);
    if telling.is_empty() {
        return Persons {
            reason: format!("a row is of the unit {unit}"),
            ..Persons::default()
        };
    }
    doubtful(format!(
        "a row is of the unit {unit}, and it has columns as persons have them ({})",
        listed(&telling)
    ))
}

type Signs<'a> = Vec<(Sign, &'a Column)>;

fn signs<'a>(table: &About<'a>) -> Signs<'a> {
    let signs = table
        .columns
        .iter()
        .filter_map(|c| Some((words::sign(&c.name)?, *c)));
    signs.collect()
}

/// Columns that things don't have: organisations have phones, and results are split by sex and age.
fn telling<'a>(signs: &Signs<'a>, meaning: &Meaning, unit: &str) -> Signs<'a> {
    if meaning.role == "programmes" || meaning.role == "population" || unit == "group" {
        return Vec::new();
    }
    let sure = |(sign, column): &&(Sign, &Column)| match sign {
        Sign::Name | Sign::Papers => true,
        // A country of birth may be that of a group.
        Sign::Birth => {
            matches!(column.r#type, Type::Date | Type::Number)
                || column.name.to_lowercase().contains("dat")
        }
        Sign::Age => column.r#type == Type::Number,
        // Activities have a uuid, too.
        Sign::Identifier => words::names_person(&column.name),
        _ => false,
    };
    if signs.iter().any(|sign| sure(&sign)) {
        return signs.clone();
    }
    let kinds: BTreeSet<Sign> = signs.iter().map(|(sign, _)| *sign).collect();
    let health = kinds.contains(&Sign::Health)
        && (kinds.contains(&Sign::Sex) || kinds.contains(&Sign::Contact));
    if kinds.len() >= 3 || health {
        signs.clone()
    } else {
        Vec::new()
    }
}

fn listed(signs: &Signs<'_>) -> String {
    let names: Vec<String> = signs
        .iter()
        .take(3)
        .map(|(_, c)| format!("`{}`", c.name))
        .collect();
    match signs.len().saturating_sub(3) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// The column by which a table's own persons are told apart: as declared, or what the primary key names beside waves, programmes and days.
fn own_key(table: &About<'_>) -> Vec<Vec<String>> {
    let meaning = table.meaning;
    if let Some(person) = meaning.person.as_ref().filter(|p| table.has(p)) {
        return vec![vec![person.clone()]];
    }
    let beside = [&meaning.wave, &meaning.programme, &meaning.date];
    let rest: Vec<&String> = table
        .primary_key
        .iter()
        .filter(|c| !beside.iter().any(|b| b.as_ref() == Some(*c)))
        .collect();
    match rest.as_slice() {
        [one] if table.primary_key.len() > 1 && table.has(one) => vec![vec![(*one).clone()]],
        _ => Vec::new(),
    }
}

/// Whether cells of a table that is being described may be of persons, by its name and its columns.
pub(super) fn may_be_in<'a>(name: &str, mut columns: impl Iterator<Item = &'a str>) -> bool {
    words::kinds(name).contains(&Kind::Person) || columns.any(|c| words::sign(c).is_some())
}

/// The column that is named as one that tells persons apart.
pub(super) fn named_key(table: &About<'_>) -> Option<String> {
    let named = table.columns.iter().find(|c| words::names_person(&c.name));
    named.map(|c| c.name.clone())
}

/// A table that points to one about persons is about them, too: a visit is of a person. Programmes are not.
fn pointing(
    table: &About<'_>,
    known: &Persons,
    tables: &[About<'_>],
    found: &[Persons],
) -> Option<Persons> {
    let meaning = table.meaning;
    if exempt(meaning).is_some() || meaning.role == "programmes" {
        return None;
    }
    let mut keys: Vec<Vec<String>> = Vec::new();
    let mut parents = Vec::new();
    for link in &table.keys {
        let place = tables
            .iter()
            .position(|t| t.name == link.table && t.name != table.name);
        let (Some(parent), Some(of)) = (
            place.and_then(|at| tables.get(at)),
            place.and_then(|at| found.get(at)),
        ) else {
            continue;
        };
        if !of.protected {
            continue;
        }
        parents.push((link, of));
        let list = table
            .columns
            .iter()
            .any(|c| c.name == link.column && c.r#type == Type::List);
        if list {
            continue;
        }
        let same = |path: &Vec<String>| matches!(path.as_slice(), [one] if *one == link.key);
        if of.keys.is_empty() || of.keys.iter().any(same) {
            keys.push(vec![link.column.clone()]);
            continue;
        }
        // A parent can be followed only by its primary key.
        if parent.primary_key == std::slice::from_ref(&link.key) {
            for path in &of.keys {
                let mut whole = vec![link.column.clone()];
                whole.extend(path.iter().cloned());
                keys.push(whole);
            }
        }
    }
    let sure = parents.iter().find(|(_, of)| of.doubt.is_none());
    let (link, of) = sure.or(parents.first())?;
    let mut next = known.clone();
    if of.doubt.is_none() && next.doubt.is_some() {
        next.doubt = None;
        next.protected = false;
    }
    if next.keys.is_empty() || meaning.person.is_none() {
        for key in keys {
            // A circle of foreign keys leads nowhere new.
            if key.len() <= 4 && !next.keys.contains(&key) {
                next.keys.push(key);
            }
        }
    }
    if !next.protected {
        let may_be = if of.doubt.is_some() { "may be" } else { "is" };
        next.protected = true;
        next.reason = format!(
            "`{}` points to the table {}, which {may_be} about persons",
            link.column, link.table
        );
    }
    Some(next)
}

/// Findings on what is in doubt, and on what can't hold.
pub(super) fn check(about: &About<'_>, persons: &Persons, findings: &mut Findings) {
    let name = about.name;
    let place = |finding: Finding, key: &str| {
        finding
            .in_file(manifest::NAME)
            .in_column(format!("{name}.{key}"))
    };
    let meaning = about.meaning;
    if meaning.protect == Some(false) && exempt(meaning).is_none() {
        let message = format!(
            "The table `{name}` is declared not to be protected, without a reason; that is passed over."
        );
        let help = "Say in `protect_reason` why its figures tell nothing about a person.";
        findings.push(place(
            Finding::error("data-protect-without-reason", message, help),
            "protect",
        ));
    }
    if let Some(doubt) = &persons.doubt {
        let message = format!(
            "The table `{name}` may be about persons: {doubt}. Until that is said, its figures are protected as those of persons are."
        );
        let help = "Write in its `codev` object \"unit\": \"person\" with \"person\": the column that tells persons apart; or, if a row is no \
                    person and nothing that one person has or does, \"protect\": false with \"protect_reason\": why.";
        findings.push(place(
            Finding::warning("data-maybe-persons", message, help),
            "unit",
        ));
    }
}

/// Finds the column that tells persons apart where none is declared and rows can't each be one of their own, and says so.
///
/// # Errors
/// A [`Stop`] when a file can't be read.
pub(super) fn count(table: &mut Table, findings: &mut Findings) -> Result<(), Stop> {
    if !table.persons.protected || !table.persons.keys.is_empty() || table.meaning.person.is_some()
    {
        return Ok(());
    }
    let tell = |severity: Severity, message: String, help: String, findings: &mut Findings| {
        findings.push(
            Finding::new(severity, "data-persons-not-told-apart", message, help)
                .in_file(manifest::NAME)
                .in_column(format!("{}.person", table.name)),
        );
    };
    let usable = |c: &&Column| c.r#type != Type::List && words::names_person(&c.name);
    let named: Vec<String> = table
        .columns
        .iter()
        .filter(usable)
        .map(|c| c.name.clone())
        .collect();
    for column in named {
        let again = repeats::repeats(table, std::slice::from_ref(&column))?;
        if again.later.is_empty() {
            continue;
        }
        let message = format!(
            "Rows of the table `{}` are no persons: `{column}` comes again in some, so that it is taken to tell persons apart.",
            table.name
        );
        let help = format!(
            "Write \"person\": \"{column}\" in its `codev` object, or the column that does."
        );
        tell(Severity::Warning, message, help, findings);
        table.persons.keys = vec![vec![column]];
        return Ok(());
    }
    let waves = table.meaning.wave.clone().or_else(|| {
        const WORDS: &[&str] = &[
            "wave", "waves", "round", "visit", "vague", "ola", "onada", "welle", "golf", "ronde",
        ];
        let is_wave = |c: &&Column| {
            words::parts(&c.name)
                .iter()
                .any(|p| WORDS.contains(&p.as_str()))
        };
        table.columns.iter().find(is_wave).map(|c| c.name.clone())
    });
    let why = match (
        &waves,
        words::kinds(&table.meaning.unit).contains(&Kind::Person),
    ) {
        (Some(wave), _) => format!("a person may be in each wave (`{wave}`)"),
        (None, true) if is_act(&table.meaning.unit) => format!(
            "a person may have several rows of the unit {}",
            table.meaning.unit
        ),
        _ => return Ok(()),
    };
    let message = format!(
        "Persons of the table `{}` can't be told apart: {why}, and no column says who it is. Rows are counted for persons.",
        table.name
    );
    let help = "Write \"person\": the column that tells persons apart in its `codev` object; without one, small groups are protected too late.";
    tell(Severity::Warning, message, help.to_owned(), findings);
    Ok(())
}

/// Whether a unit is something that a person does, so that one person may have many.
fn is_act(unit: &str) -> bool {
    const STEMS: &[&str] = &[
        "visit",
        "bezoek",
        "besuch",
        "interview",
        "entretien",
        "entrevist",
        "respons",
        "answer",
        "repons",
        "respuest",
        "respost",
        "antwo",
        "enrol",
        "registr",
        "inscri",
        "anmeld",
        "placement",
        "cas",
        "fall",
        "geval",
    ];
    words::parts(unit)
        .iter()
        .any(|part| STEMS.iter().any(|stem| part.starts_with(stem)))
}

/// Takes the cells of a table about persons out of what is said of it: the place is enough.
pub(super) fn without_cells(findings: &mut Findings) {
    for finding in &mut findings.listed {
        if finding.place.file.as_deref() != Some(manifest::NAME) {
            finding.value = None;
            finding.excerpt = None;
            // Why it is no day would tell which month and year it names.
            if let Some((start, _)) = finding.message.split_once(" is not a day: ") {
                finding.message =
                    format!("{start} is no day of the calendar; it is kept as missing.");
            }
        }
    }
}
