//! One definition as a reader needs it.

use crate::indicator::{Catalogue, Example, Expected, Indicator, Measure, domain};
use crate::outcome::{Direction, Kind, Side, Status};
use crate::report::cells::{criterion_name, direction_name, side_name, unit_name};
use crate::report::format::{Locale, single, status_words};
use serde::Serialize;

/// A definition, its texts without line breaks. What the author left out is empty.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Dimension, kebab-case.
    pub dimension: String,
    /// Side.
    pub side: Side,
    /// Question.
    pub question: String,
    /// Definition in words.
    pub definition: String,
    /// Numerator in words.
    pub numerator: String,
    /// Denominator in words.
    pub denominator: String,
    /// Unit, `%` for a proportion.
    pub unit: String,
    /// Direction.
    pub direction: Direction,
    /// Rows S01-S25.
    pub rows: Vec<String>,
    /// DAC criteria in words.
    pub criteria: Vec<&'static str>,
    /// Role or name of the table that it needs.
    pub table: Option<String>,
    /// Columns that it needs, as paths.
    pub columns: Vec<String>,
    /// Tables that it reads beside that one.
    pub further: Vec<Needed>,
    /// Indicators that it is derived from.
    pub inputs: Vec<Input>,
    /// Means of verification.
    pub verification: String,
    /// What it does not show.
    pub limits: String,
    /// Source.
    pub source: String,
    /// How it is computed, a line for each part.
    pub formula: String,
    /// Id of the definition that it extends.
    pub extends: Option<String>,
    /// Parameters with their values: `years = 2`.
    pub settings: Vec<String>,
    /// Examples.
    pub examples: Vec<Rows>,
    /// File of the definition.
    pub file: String,
    /// Whether it is one of the built-in library.
    pub builtin: bool,
}

/// A further table that an indicator reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Needed {
    /// Role or name.
    pub table: String,
    /// Columns, as paths.
    pub columns: Vec<String>,
    /// Whether the indicator does without it.
    pub optional: bool,
}

/// An indicator that another one is derived from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Input {
    /// Its name in the formula.
    pub alias: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it has an entry on the same page.
    #[serde(skip)]
    pub shown: bool,
}

/// An example: its rows as a table, and what must come out of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rows {
    /// What it shows.
    pub note: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Cells as written; an empty one is missing.
    pub rows: Vec<Vec<String>>,
    /// Tables that are read beside the rows.
    pub tables: Vec<Sheet>,
    /// Programme (or `total`) and what comes out: a number, or the word of a status.
    pub expect: Vec<(String, Expected)>,
}

/// A table of an example that is read beside its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// Name of the input.
    pub name: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Cells as written.
    pub rows: Vec<Vec<String>>,
}

/// Something said of an indicator, under a heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// Heading.
    pub term: &'static str,
    /// Text.
    pub spans: Vec<Span>,
}

/// A piece of text.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Whether it is a name from data or formulas.
    pub code: bool,
    /// Place on the same page that it leads to.
    pub link: Option<String>,
}

impl Span {
    fn plain(text: impl Into<String>) -> Span {
        Span {
            text: text.into(),
            ..Span::default()
        }
    }

    fn code(text: impl Into<String>) -> Span {
        Span {
            text: text.into(),
            code: true,
            link: None,
        }
    }

    fn link(text: impl Into<String>, to: Option<String>) -> Span {
        Span {
            text: text.into(),
            code: false,
            link: to,
        }
    }
}

/// Text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Entry {
    /// The entry of an indicator; the catalogue has the names of those that it is derived from.
    pub fn new(indicator: &Indicator, catalogue: &Catalogue) -> Entry {
        let inputs = match &indicator.measure {
            Measure::Derived { inputs, .. } => inputs.as_slice(),
            _ => &[],
        };
        let input = |(alias, id): &(String, String)| Input {
            alias: alias.clone(),
            id: id.clone(),
            name: catalogue
                .get(id)
                .map_or_else(|| id.clone(), |i| line(&i.name)),
            shown: false,
        };
        Entry {
            id: indicator.id.clone(),
            name: line(&indicator.name),
            kind: indicator.kind,
            dimension: indicator.dimension.clone(),
            side: indicator.side,
            question: line(&indicator.question),
            definition: line(&indicator.words),
            numerator: line(&indicator.numerator),
            denominator: line(&indicator.denominator),
            unit: line(&indicator.unit),
            direction: indicator.direction,
            rows: indicator.rows.iter().map(|r| line(r)).collect(),
            criteria: indicator
                .criteria
                .iter()
                .map(|c| criterion_name(*c))
                .collect(),
            table: indicator.table.clone(),
            columns: indicator.columns.clone(),
            further: further(indicator),
            inputs: inputs.iter().map(input).collect(),
            verification: line(&indicator.verification),
            limits: line(&indicator.limits),
            source: line(&indicator.source),
            formula: indicator.formula.clone(),
            extends: indicator.extends.clone(),
            settings: indicator
                .parameters
                .iter()
                .map(|(name, value)| format!("{name} = {value}"))
                .collect(),
            examples: indicator.examples.iter().map(Rows::new).collect(),
            file: indicator.file.clone(),
            builtin: indicator.builtin,
        }
    }

    /// Place on the page.
    pub fn anchor(&self) -> String {
        format!("i-{}", self.id)
    }

    /// `in %, higher is better`; `EUR per school, lower is better`.
    pub fn unit_and_direction(&self) -> String {
        let unit = match self.unit.as_str() {
            "%" => "%".to_owned(),
            unit => unit_name(unit),
        };
        let direction = direction_name(self.direction);
        if unit.is_empty() {
            direction.to_owned()
        } else {
            format!("{unit}, {direction}")
        }
    }

    /// The side in words.
    pub fn side(&self) -> &'static str {
        match side_name(self.side) {
            "both" => "origin and destination",
            side => side,
        }
    }

    /// Side, unit and direction, rows and criteria, in one line.
    pub fn tags(&self) -> Vec<Span> {
        let mut tags = vec![Span::plain(self.side())];
        tags.push(Span::plain(self.unit_and_direction()));
        tags.extend(self.rows.iter().map(|id| {
            let known = domain::row(id).map(|row| format!("row-{}", row.id));
            Span::link(id, known)
        }));
        if !self.criteria.is_empty() {
            tags.push(Span::plain(self.criteria.join(", ")));
        }
        if !self.builtin {
            tags.push(Span::plain("defined beside the evaluation"));
        }
        tags
    }

    /// What is said of it beyond question and definition; what was left out is not there.
    pub fn facts(&self) -> Vec<Fact> {
        let text = |term, text: &str| Fact {
            term,
            spans: vec![Span::plain(text)],
        };
        let mut facts = vec![
            text("Numerator", &self.numerator),
            text("Denominator", &self.denominator),
            Fact {
                term: "Needs",
                spans: self.needs(),
            },
            text("Verification", &self.verification),
            text("Limits", &self.limits),
            text("Source", &self.source),
            Fact {
                term: "Extends",
                spans: self.extends.iter().map(Span::code).collect(),
            },
            Fact {
                term: "Settings",
                spans: self.settings(),
            },
        ];
        facts.retain(|fact| fact.spans.iter().any(|span| !span.text.is_empty()));
        facts
    }

    fn settings(&self) -> Vec<Span> {
        let separated = |(at, setting): (usize, &String)| {
            let before = if at == 0 { "" } else { ", " };
            [Span::plain(before), Span::code(setting)]
        };
        self.settings
            .iter()
            .enumerate()
            .flat_map(separated)
            .collect()
    }

    /// The table and columns that must be there, or the indicators that it is made of.
    pub fn needs(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        if let Some(table) = &self.table {
            spans.extend([Span::plain("table "), Span::code(table)]);
        }
        for (at, column) in self.columns.iter().enumerate() {
            let before = match (at, &self.table) {
                (0, Some(_)) => ": ",
                (0, None) => "",
                _ => ", ",
            };
            spans.extend([Span::plain(before), Span::code(column)]);
        }
        for needed in &self.further {
            let before = if needed.optional {
                "; where it is there, table "
            } else {
                "; table "
            };
            spans.extend([Span::plain(before), Span::code(&needed.table)]);
            for (at, column) in needed.columns.iter().enumerate() {
                let before = if at == 0 { ": " } else { ", " };
                spans.extend([Span::plain(before), Span::code(column)]);
            }
        }
        for input in &self.inputs {
            let before = if spans.is_empty() {
                "the indicators "
            } else {
                ", "
            };
            let to = input.shown.then(|| format!("i-{}", input.id));
            spans.extend([
                Span::plain(before),
                Span::link(&input.name, to),
                Span::plain(" (in the formula "),
                Span::code(&input.alias),
                Span::plain(")"),
            ]);
        }
        spans
    }
}

/// Tables that a measure reads beside its first one, each once.
fn further(indicator: &Indicator) -> Vec<Needed> {
    let mut further: Vec<Needed> = Vec::new();
    for input in indicator.measure.inputs() {
        if indicator.table.as_deref() == Some(input.table.as_str()) {
            continue;
        }
        let mut paths = Vec::new();
        input.nodes().for_each(|node| node.columns(&mut paths));
        let columns = paths.iter().map(|path| path.join("."));
        match further.iter_mut().find(|n| n.table == input.table) {
            Some(known) => {
                let new: Vec<String> = columns.filter(|c| !known.columns.contains(c)).collect();
                known.columns.extend(new);
                known.optional &= input.optional;
            }
            None => further.push(Needed {
                table: input.table.clone(),
                columns: columns.collect(),
                optional: input.optional,
            }),
        }
    }
    further
}

/// Header and rows of a small CSV table; text that is none gives nothing.
fn read(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.trim_start().as_bytes());
    let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let columns = reader.headers().map(cells).unwrap_or_default();
    let rows = reader.records().flatten().map(|r| cells(&r)).collect();
    (columns, rows)
}

impl Rows {
    /// The rows of an example, cell by cell.
    fn new(example: &Example) -> Rows {
        let (columns, rows) = read(&example.rows);
        let sheet = |(name, text): (&String, &String)| {
            let (columns, rows) = read(text);
            Sheet {
                name: name.clone(),
                columns,
                rows,
            }
        };
        Rows {
            note: line(&example.note),
            columns,
            rows,
            tables: example.tables.iter().map(sheet).collect(),
            expect: example.expect.clone().into_iter().collect(),
        }
    }

    /// What comes out, as the reader of a report meets it: programme and value, `P1` and `66.7%`.
    pub fn results(&self, unit: &str) -> Vec<(String, String)> {
        let written = |(place, expected): &(String, Expected)| {
            let place = match place.as_str() {
                "total" => "all together",
                programme => programme,
            };
            (place.to_owned(), result(expected, unit))
        };
        self.expect.iter().map(written).collect()
    }
}

fn result(expected: &Expected, unit: &str) -> String {
    match expected {
        Expected::Number(value) => single(*value, unit == "%", &Locale::of("en")),
        Expected::Status(word) => {
            let known = serde_json::from_value::<Status>(serde_json::json!(word));
            known.map_or_else(|_| word.clone(), |status| status_words(status, 0))
        }
    }
}
