//! Invented outcomes for tests of what is rendered: every status, hostile names, few and many programmes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate::finding::{Finding, Findings};
use crate::outcome::*;

mod cells;
mod effect_parts;
mod effects;
mod indicators;

pub(crate) use cells::empty;
pub(crate) use effects::{estimate, plain};
use indicators::{Dice, SPECS, indicator, lost};

const NAMES: [&str; 12] = [
    "Rotterdam–Tanger harbour districts",
    "Haarlem–Emirdağ waste management, university, primary schools and provincial administration",
    "Meppel–Al Hoceima women's groups",
    "Barcelona–Kolda",
    "Lleida–Vélingara health posts <script>alert(1)</script>",
    "=1+1",
    "Montreuil–Yélimané",
    "Lyon–Sétif",
    "Deventer–Sivas & Zaandam",
    "Mataró–Ziguinchor fisheries",
    "Utrecht–Nador",
    "Den Haag–Oujda school exchange \"both ways\"",
];

/// 24 programmes, a census and a sample, every status.
pub(crate) fn outcome() -> Outcome {
    with(24)
}

/// As many programmes as a donor's whole portfolio.
pub(crate) fn large() -> Outcome {
    with(644)
}

/// 24 programmes with so many effects.
pub(crate) fn effects(count: usize) -> Outcome {
    let mut outcome = outcome();
    outcome.effects = effects::effects(count, &outcome.programmes);
    outcome
}

/// An effect in each of several hundred programmes.
pub(crate) fn many_subgroups() -> Outcome {
    let mut outcome = large();
    outcome.programmes.truncate(500);
    outcome.effects = effects::effects(1, &outcome.programmes);
    outcome
}

/// Only what was delivered is measured.
pub(crate) fn output_only() -> Outcome {
    let mut outcome = outcome();
    outcome
        .indicators
        .retain(|i| i.definition.kind == Kind::Output);
    outcome.audit = audit(&outcome.indicators);
    outcome.audit.output_only = true;
    outcome.audit.verdict =
        vec!["The evaluation measures outputs only: no process indicator was computed.".to_owned()];
    outcome.plane = None;
    outcome
}

fn with(count: usize) -> Outcome {
    let mut dice = Dice(7);
    let programmes: Vec<Programme> = (0..count)
        .map(|at| Programme {
            id: format!("P{:02}", at + 1),
            name: match NAMES.get(at) {
                Some(name) => (*name).to_owned(),
                None => format!(
                    "{} {}",
                    ["Amiens–Kayes", "Gent–Trabzon", "Girona–Basse"][at % 3],
                    at + 1
                ),
            },
            facts: vec![
                (
                    "type".to_owned(),
                    ["city-to-city", "supported-initiative"][at % 2].to_owned(),
                ),
                ("start".to_owned(), format!("{}-04-01", 2004 + at % 8)),
                ("budget".to_owned(), format!("{}", 40_000 + at * 1_250)),
                (
                    "funder".to_owned(),
                    "@Ministry of Foreign Affairs".to_owned(),
                ),
            ],
        })
        .collect();
    let mut indicators: Vec<IndicatorResult> = SPECS
        .iter()
        .map(|spec| indicator(spec, &programmes, &mut dice))
        .collect();
    indicators.push(lost());
    let audit = audit(&indicators);
    let plane = Plane {
        output_indicators: vec!["schools-built".to_owned(), "coverage".to_owned()],
        process_indicators: vec!["claims-adopted".to_owned(), "institution-contact".to_owned()],
        points: programmes
            .iter()
            .enumerate()
            .map(|(at, p)| PlanePoint {
                programme: p.id.clone(),
                output: (at % 11 != 5).then(|| dice.next() * 3.0 - 1.5),
                process: Some(dice.next() * 3.0 - 1.5),
                counted: (2, 2),
            })
            .collect(),
        method: "Each score is the mean of the indicators' values in standard deviations from their mean over programmes, \
                 turned so that higher is better."
            .to_owned(),
    };
    Outcome {
        plan: None,
        format: FORMAT.to_owned(),
        evaluation: About {
            title: "Tandem 2012–2019: what twenty-four partnerships delivered & how".to_owned(),
            description: "Partnerships between municipalities and migrant organisations in the Netherlands, Catalonia and \
                          France and localities in Morocco, Senegal and Türkiye, evaluated for the councils that fund them."
                .to_owned(),
            authors: vec!["Municipality of Rotterdam".to_owned(), "A. Yılmaz".to_owned(), "Fons Català".to_owned()],
            locale: "en".to_owned(),
            confidence: 0.95,
            seed: 1,
            interval: "auto".to_owned(),
            replicates: None,
            small_cells: 5,
            by: vec!["programme.type".to_owned(), "group".to_owned()],
            period: Some("year".to_owned()),
            note: "Invented data. CC BY 4.0.".to_owned(),
        },
        programmes,
        indicators,
        effects: vec![],
        weights: vec![],
        audit,
        plane: Some(plane),
        protection: None,
        quality: quality(),
        provenance: Provenance {
            codev: "0.1.0".to_owned(),
            files: ["datapackage.json", "evaluation.toml", "ties.csv", "responses-baseline.csv"]
                .iter()
                .enumerate()
                .map(|(at, path)| FileHash {
                    path: (*path).to_owned(),
                    bytes: 1234 * (at as u64 + 1),
                    sha256: format!("{:064x}", 0xdead_beef_0123u64 * (at as u64 + 3)),
                })
                .collect(),
            time: None,
            asked: None,
        },
    }
}

fn audit(indicators: &[IndicatorResult]) -> Audit {
    let mut cells: Vec<AuditCell> = Vec::new();
    for result in indicators {
        let d = &result.definition;
        let known = cells
            .iter()
            .position(|c| c.kind == d.kind && c.dimension == d.dimension && c.side == d.side);
        let at = known.unwrap_or_else(|| {
            cells.push(AuditCell {
                kind: d.kind,
                dimension: d.dimension.clone(),
                side: d.side,
                computed: Vec::new(),
                not_computable: Vec::new(),
            });
            cells.len() - 1
        });
        let list = if result.not_computable.is_some() {
            &mut cells[at].not_computable
        } else {
            &mut cells[at].computed
        };
        list.push(d.id.clone());
    }
    Audit {
        cells,
        by_kind: Vec::new(),
        by_side: Vec::new(),
        blind_dimensions: vec!["sustainability".to_owned(), "three-way-integration".to_owned()],
        verdict: vec![
            "Of the 14 indicators computed, 9 are on process and 4 on outputs: the evaluation looks beyond what was delivered.".to_owned(),
            "Sustainability and three-way integration are not measured.".to_owned(),
        ],
        output_only: false,
        ..Audit::default()
    }
}

fn quality() -> Quality {
    let mut findings = Findings::new();
    for row in 0..31 {
        findings.push(
            Finding::warning(
                "data-not-a-number",
                "The value is not a number.",
                "Correct it, or declare it as missing.",
            )
            .in_file("responses-baseline.csv")
            .at_line(row * 700 + 2)
            .in_column("trust")
            .with_value("n/a <script>"),
        );
    }
    findings.push(
        Finding::error(
            "data-orphan-key",
            "No programme has the key.",
            "Add the programme, or correct the key.",
        )
        .in_file("ties.csv")
        .at_line(12)
        .in_column("programme")
        .with_value("P99"),
    );
    findings.push(Finding::info(
        "data-encoding",
        "The file is in Windows-1252.",
        "Save it as UTF-8 to be sure.",
    ));
    let column = |name: &str, kind: &str, missing, invalid| ColumnQuality {
        name: name.to_owned(),
        r#type: kind.to_owned(),
        missing,
        invalid,
    };
    Quality {
        tables: vec![
            TableQuality {
                name: "ties".to_owned(),
                role: "ties".to_owned(),
                sampling: Sampling::Census,
                rows: 1_240,
                refused: 3,
                overlapping: vec!["kind".to_owned()],
                with_target_and_actual: None,
                columns: vec![
                    column("programme", "string", 0, 0),
                    column("formed", "date", 41, 2),
                ],
                lists: Vec::new(),
                protection: None,
            },
            TableQuality {
                name: "responses".to_owned(),
                role: "responses".to_owned(),
                sampling: Sampling::Sample,
                rows: 20_000,
                refused: 0,
                overlapping: Vec::new(),
                with_target_and_actual: None,
                columns: vec![
                    column("trust", "integer", 300, 31),
                    column("wave", "string", 20, 0),
                ],
                lists: Vec::new(),
                protection: None,
            },
        ],
        findings,
    }
}
