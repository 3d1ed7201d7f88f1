//! What names of files and columns say, in the languages that programmes keep their tables in.

use super::draft::Draft;
use super::guess::Link;
use serde_json::{Map, Value, json};

/// Role, unit, sampling, and words in file names (English, Dutch, French, Spanish).
const ROLE_WORDS: &[(&str, &str, &str, &[&str])] = &[
    (
        "programmes",
        "programme",
        "census",
        &[
            "programmes",
            "programs",
            "programmas",
            "programas",
            "projects",
            "projecten",
            "projets",
            "proyectos",
        ],
    ),
    (
        "activities",
        "activity",
        "census",
        &[
            "activities",
            "activiteiten",
            "activites",
            "actividades",
            "activity",
        ],
    ),
    (
        "ties",
        "tie",
        "census",
        &[
            "ties",
            "links",
            "edges",
            "relations",
            "relaties",
            "liens",
            "vinculos",
            "contacts",
        ],
    ),
    (
        "actors",
        "organisation",
        "census",
        &[
            "actors",
            "actoren",
            "acteurs",
            "actores",
            "organisations",
            "organizations",
            "organisaties",
            "organizaciones",
            "partners",
            "nodes",
        ],
    ),
    (
        "outputs",
        "output",
        "census",
        &[
            "outputs",
            "producten",
            "produits",
            "productos",
            "realisations",
        ],
    ),
    (
        "results",
        "result",
        "census",
        &[
            "results",
            "resultaten",
            "resultats",
            "resultados",
            "indicators",
        ],
    ),
    (
        "funds",
        "transfer",
        "census",
        &[
            "funds",
            "funding",
            "budget",
            "budgets",
            "transactions",
            "financiering",
            "fonds",
            "fondos",
        ],
    ),
    (
        "decisions",
        "decision",
        "census",
        &["decisions", "besluiten", "decisiones", "council"],
    ),
    (
        "responses",
        "person",
        "sample",
        &[
            "responses",
            "survey",
            "respondents",
            "enquete",
            "encuesta",
            "reponses",
            "respuestas",
            "baseline",
            "endline",
        ],
    ),
    (
        "population",
        "count",
        "census",
        &["population", "bevolking", "poblacion", "inwoners"],
    ),
    (
        "codings",
        "coding",
        "census",
        &["codings", "coding", "ratings", "coderingen"],
    ),
];

/// Key of the `codev` object and the column names that suggest it.
const COLUMN_WORDS: &[(&str, &[&str])] = &[
    (
        "programme",
        &[
            "programme",
            "programme_id",
            "program",
            "program_id",
            "programma",
            "programa",
            "project",
            "project_id",
            "projet",
            "proyecto",
        ],
    ),
    (
        "person",
        &[
            "person",
            "person_id",
            "respondent",
            "respondent_id",
            "persoon",
            "personne",
            "persona",
            "participant_id",
        ],
    ),
    (
        "cluster",
        &[
            "cluster",
            "cluster_id",
            "psu",
            "enumeration_area",
            "village",
            "conglomerado",
            "grappe",
        ],
    ),
    ("stratum", &["stratum", "strata", "strate", "estrato"]),
    (
        "weight",
        &[
            "weight",
            "weights",
            "gewicht",
            "weging",
            "poids",
            "peso",
            "ponderacion",
            "pweight",
            "wgt",
        ],
    ),
    (
        "wave",
        &["wave", "round", "meting", "golf", "vague", "ola", "ronda"],
    ),
    (
        "date",
        &[
            "date",
            "datum",
            "fecha",
            "formed",
            "interview_date",
            "start",
            "date_start",
            "start_date",
            "year",
            "jaar",
            "annee",
            "ano",
            "any",
            "jahr",
            "time_period",
            "data_inici",
            "data_inicio",
            "fecha_inicio",
            "date_debut",
            "startdatum",
        ],
    ),
];

const LABEL_WORDS: &[&str] = &[
    "name", "title", "label", "naam", "titel", "nom", "titre", "nombre", "titulo",
];
const YEAR_WORDS: &[&str] = &[
    "year", "jaar", "annee", "année", "ano", "año", "jahr", "any", "anno", "yil",
];
const TIME_WORDS: &[&str] = &["time_period", "timeperiod", "period", "time"];

/// Words of days in column names.
const DAY_WORDS: &[&str] = &[
    "date", "datum", "fecha", "data", "day", "dag", "tag", "jour", "dia", "tarih", "gun", "start",
    "end", "begin", "inici", "inicio", "month", "maand", "mois", "mes", "monat", "mese", "ay",
];

/// Words of numbers that have decimals rather than thousands.
const DECIMAL_WORDS: &[&str] = &[
    "weight",
    "weights",
    "wgt",
    "pweight",
    "gewicht",
    "weging",
    "poids",
    "peso",
    "pes",
    "ponderacion",
    "rate",
    "ratio",
    "mean",
    "average",
    "avg",
    "score",
    "index",
    "lat",
    "lon",
    "lng",
    "latitude",
    "longitude",
    "coef",
    "coefficient",
    "sd",
    "se",
    "factor",
    "gini",
];

/// A name in small plain letters, with `_` for what is neither letter nor digit.
pub(super) fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.to_lowercase().chars() {
        out.push(match c {
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'á' | 'à' | 'â' => 'a',
            'í' | 'î' | 'ï' => 'i',
            'ó' | 'ô' => 'o',
            'ú' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            c if c.is_alphanumeric() => c,
            _ => '_',
        });
    }
    out.trim_matches('_').to_owned()
}

/// Whether a name is one of a year.
pub(super) fn is_year(name: &str) -> bool {
    let name = plain(name);
    TIME_WORDS.contains(&name.as_str()) || name.split('_').any(|part| YEAR_WORDS.contains(&part))
}

/// Whether a name is one of a day.
pub(super) fn is_day(name: &str) -> bool {
    plain(name).split('_').any(|part| DAY_WORDS.contains(&part))
}

/// Whether a name is one of a number that has decimals, such as a weight.
pub(super) fn has_decimals(name: &str) -> bool {
    plain(name)
        .split('_')
        .any(|part| DECIMAL_WORDS.contains(&part))
}

/// Whether a name is one of an identifier.
pub(crate) fn is_key(name: &str) -> bool {
    let name = plain(name);
    ["id", "key", "code", "uuid", "identifier"].contains(&name.as_str())
        || name.ends_with("_id")
        || name.ends_with("_identifier")
}

/// Whether a name is one of codes, in which digits and letters may meet.
pub(super) fn is_code(name: &str) -> bool {
    const WORDS: &[&str] = &["code", "codes", "codi", "codigo", "cod", "kod", "kode"];
    is_key(name) || plain(name).split('_').any(|part| WORDS.contains(&part))
}

/// Whether a name is one of a code, a type or a vocabulary: its numbers are labels.
pub(super) fn is_label(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "type",
        "types",
        "typ",
        "tipo",
        "tipus",
        "soort",
        "vocabulary",
        "vocabulaire",
        "vocabulario",
        "kind",
        "class",
        "classe",
        "clase",
        "category",
        "categorie",
        "categoria",
        "kategorie",
        "id",
        "ref",
        "reference",
    ];
    is_code(name) || plain(name).split('_').any(|part| WORDS.contains(&part))
}

fn singular(word: &str) -> &str {
    word.strip_suffix("ies")
        .or_else(|| word.strip_suffix('s'))
        .unwrap_or(word)
}

/// Whether a column's name suggests that it points to that key of that table.
pub(super) fn resembles(column: &str, key: &str, table: &str) -> bool {
    let (column, key, table) = (plain(column), plain(key), plain(table));
    if column == key {
        return true;
    }
    let table = singular(&table);
    column.split('_').any(|part| {
        part.len() >= 3 && (singular(part).starts_with(table) || table.starts_with(singular(part)))
    })
}

/// Whether a file is named as one of programmes or actors, of which each has one row.
pub(super) fn is_units(file: &str) -> bool {
    let file = plain(file);
    ROLE_WORDS
        .iter()
        .filter(|(role, ..)| ["programmes", "actors"].contains(role))
        .any(|(_, _, _, words)| file.split('_').any(|part| words.contains(&part)))
}

/// The `codev` object for a file. A role is given once.
pub(super) fn meaning(
    draft: &mut Draft,
    links: &[Link],
    taken: &mut Vec<&'static str>,
) -> Map<String, Value> {
    let mut out = Map::new();
    let file = plain(&draft.name);
    let names: Vec<String> = draft.columns.iter().map(|c| plain(&c.name)).collect();
    let has = |word: &str| names.iter().any(|n| n == word);
    let by_file = ROLE_WORDS
        .iter()
        .find(|(_, _, _, words)| file.split('_').any(|part| words.contains(&part)));
    let by_columns = || {
        let role = if has("target") && (has("actual") || has("achieved")) {
            "results"
        } else if has("actor_from") && has("actor_to") {
            "ties"
        } else if has("respondent")
            || has("respondent_id")
            || (has("person") && (has("wave") || has("weight")))
        {
            "responses"
        } else if has("rater") && has("item") {
            "codings"
        } else {
            return None;
        };
        ROLE_WORDS.iter().find(|(r, _, _, _)| *r == role)
    };
    let (role, why) = match by_file {
        Some(role) => (Some(role), "the file is named so"),
        None => (by_columns(), "its columns are those of such a table"),
    };
    if let Some((role, unit, sampling, _)) = role.filter(|(role, ..)| !taken.contains(role)) {
        taken.push(role);
        out.insert("role".to_owned(), json!(role));
        out.insert("unit".to_owned(), json!(unit));
        out.insert("sampling".to_owned(), json!(sampling));
        draft.guess(
            format!("the table has the role `{role}`, a row is a {unit}, and it is a {sampling}"),
            why,
        );
    }
    let is = |role: &str| out.get("role").and_then(Value::as_str) == Some(role);
    let (programmes, survey) = (is("programmes"), is("responses"));
    let mut found: Vec<(&str, String, &str)> = Vec::new();
    if programmes {
        let label = draft
            .columns
            .iter()
            .find(|c| LABEL_WORDS.contains(&plain(&c.name).as_str()));
        found.extend(label.map(|c| ("label", c.name.clone(), "of its name")));
    }
    for (key, words) in COLUMN_WORDS {
        let design = ["person", "cluster", "stratum", "weight", "wave"].contains(key);
        if (*key == "programme" && programmes) || (design && !survey && *key != "person") {
            continue;
        }
        // The words are in order of how sure they are.
        let at = words
            .iter()
            .find_map(|word| names.iter().position(|n| n == word));
        let column = at.and_then(|at| draft.columns.get(at));
        let column = column.filter(|c| match *key {
            "date" => matches!(c.kind, "date" | "datetime" | "year" | "yearmonth"),
            "weight" => matches!(c.kind, "number" | "integer"),
            _ => true,
        });
        if let Some(column) = column {
            found.push((key, column.name.clone(), "of its name"));
        } else if *key == "programme"
            && let Some(link) = links
                .iter()
                .find(|l| taken.contains(&"programmes") && plain(&l.table).contains("program"))
        {
            found.push((key, link.column.clone(), "it points to the programmes"));
        }
    }
    for (key, column, why) in found {
        draft.guess(format!("`{column}` is the {key}"), why);
        out.insert(key.to_owned(), json!(column));
    }
    out
}
