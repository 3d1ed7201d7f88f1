//! Invented outcomes for tests of what is rendered: every status, hostile names, few and many programmes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use crate::finding::{Finding, Findings};
use crate::outcome::*;

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

/// A generator good enough for invented figures.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What an invented indicator looks like.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Count(f64),
    Share,
    Money,
    Scale,
    Ratio,
}

type Spec = (
    &'static str,
    &'static str,
    Kind,
    &'static str,
    Side,
    &'static str,
    Shape,
);

const SPECS: [Spec; 14] = [
    (
        "schools-built",
        "Schools and health posts built",
        Kind::Output,
        "delivery",
        Side::Origin,
        "facilities",
        Shape::Count(9.0),
    ),
    (
        "unit-cost",
        "Cost per facility",
        Kind::Output,
        "delivery",
        Side::Origin,
        "EUR",
        Shape::Money,
    ),
    (
        "euros-spent",
        "Programme spending",
        Kind::Output,
        "delivery",
        Side::Both,
        "EUR",
        Shape::Count(900_000.0),
    ),
    (
        "coverage",
        "Households with a service",
        Kind::Output,
        "governance",
        Side::Origin,
        "%",
        Shape::Share,
    ),
    (
        "claims-adopted",
        "Claims of organisations adopted by the municipality",
        Kind::Process,
        "state-civil-society-interface",
        Side::Origin,
        "%",
        Shape::Share,
    ),
    (
        "new-cross-sector-ties",
        "New ties between government and civil society",
        Kind::Process,
        "state-civil-society-interface",
        Side::Origin,
        "ties",
        Shape::Count(14.0),
    ),
    (
        "leverage",
        "Municipal euro per euro of migrants",
        Kind::Process,
        "state-civil-society-interface",
        Side::Origin,
        "EUR per EUR",
        Shape::Ratio,
    ),
    (
        "trust-in-municipality",
        "Trust in the municipality",
        Kind::Process,
        "integration",
        Side::Destination,
        "points of 1 to 5",
        Shape::Scale,
    ),
    (
        "institution-contact",
        "Residents in contact with a public institution",
        Kind::Process,
        "integration",
        Side::Destination,
        "%",
        Shape::Share,
    ),
    (
        "participation-share",
        "Participants born abroad <b>or</b> of migrant descent",
        Kind::Process,
        "participation",
        Side::Destination,
        "%",
        Shape::Share,
    ),
    (
        "direction-balance",
        "Exchanges from origin to destination",
        Kind::Process,
        "reciprocity",
        Side::Both,
        "%",
        Shape::Share,
    ),
    (
        "citizen-input",
        "Decisions with citizens' input",
        Kind::Process,
        "governance",
        Side::Origin,
        "%",
        Shape::Share,
    ),
    (
        "initiated-origin",
        "Programmes initiated in the origin",
        Kind::Structure,
        "initiative",
        Side::Both,
        "%",
        Shape::Share,
    ),
    (
        "perception-gap",
        "Perception gap between partners",
        Kind::Process,
        "participation",
        Side::Both,
        "points",
        Shape::Scale,
    ),
];

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
            small_cells: 5,
            by: vec!["programme.type".to_owned(), "group".to_owned()],
            period: Some("year".to_owned()),
            note: "Invented data. CC BY 4.0.".to_owned(),
        },
        programmes,
        indicators,
        audit,
        plane: Some(plane),
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
        },
    }
}

fn indicator(spec: &Spec, programmes: &[Programme], dice: &mut Dice) -> IndicatorResult {
    let (id, name, kind, dimension, side, unit, shape) = *spec;
    let sample =
        matches!(shape, Shape::Scale) || id == "institution-contact" || id == "participation-share";
    let mut estimates = vec![cell(shape, sample, 900, dice)];
    for (at, programme) in programmes.iter().enumerate() {
        let mut estimate = cell(shape, sample, 40, dice);
        if let Some(status) = odd(at, sample) {
            estimate = Estimate {
                n: 3,
                missing: 2,
                ..empty(status)
            };
        } else if at == 9 && shape != Shape::Money {
            estimate.value = Some(0.0);
            estimate.parts = estimate.parts.map(|p| (0.0, p.1));
        } else if at == 10 && sample {
            estimate.interval = None;
            estimate.no_interval = Some(
                "there is one cluster only, so nothing tells how far clusters differ".to_owned(),
            );
        }
        estimate.programme = Some(programme.id.clone());
        estimates.push(estimate);
    }
    if let Shape::Count(_) = shape {
        let sum = estimates[1..].iter().filter_map(|e| e.value).sum();
        estimates[0].value = Some(sum);
    }
    if id == "citizen-input" {
        estimates[0] = Estimate {
            n: 60,
            missing: 0,
            ..empty(Status::Refused)
        };
    }
    for (column, values) in [
        (
            "programme.type",
            vec![Some("city-to-city"), Some("supported-initiative"), None],
        ),
        (
            "group",
            vec![
                Some("=HYPERLINK(\"x\")"),
                Some("Senegal"),
                Some("Morocco <i>"),
                Some("second generation"),
            ],
        ),
    ] {
        for (at, value) in values.into_iter().enumerate() {
            let mut estimate = cell(shape, sample, 200, dice);
            if at == 2 {
                estimate = Estimate {
                    n: 3,
                    ..empty(if sample {
                        Status::Suppressed
                    } else {
                        Status::NoMatch
                    })
                };
            }
            estimate.group = Some((column.to_owned(), value.map(str::to_owned)));
            estimates.push(estimate);
        }
    }
    if ["claims-adopted", "schools-built", "trust-in-municipality"].contains(&id) {
        for year in 2012..2020 {
            let mut estimate = if year == 2015 {
                empty(Status::NoRows)
            } else {
                cell(shape, sample, 120, dice)
            };
            estimate.period = Some(year.to_string());
            estimates.push(estimate);
        }
    }
    let mut targets = Vec::new();
    if ["claims-adopted", "schools-built"].contains(&id) {
        let aim = if shape == Shape::Share { 0.5 } else { 6.0 };
        targets.push(Target {
            programme: None,
            value: aim,
        });
        targets.extend(programmes.iter().step_by(2).map(|p| Target {
            programme: Some(p.id.clone()),
            value: aim,
        }));
    }
    IndicatorResult {
        definition: definition(id, name, kind, dimension, side, unit),
        not_computable: None,
        sampling: Some(if sample { Sampling::Sample } else { Sampling::Census }),
        method: if sample {
            "Weighted estimate; standard error from leaving out one cluster at a time, interval from the t distribution."
        } else {
            "Computed from all rows; a census has no sampling error, so there is no interval."
        }
        .to_owned(),
        estimates,
        targets,
        rows: Some(RowAccount {
            table: if sample { "responses" } else { "ties" }.to_owned(),
            total: 20_000,
            used: 18_200,
            excluded: 1_480,
            missing: vec![("no answer to `trust`".to_owned(), 300), ("`wave` is empty".to_owned(), 20)],
        }),
        remarks: if id == "citizen-input" {
            vec!["Programmes count the same decision more than once, so rows of different programmes are not added.".to_owned()]
        } else {
            Vec::new()
        },
    }
}

fn definition(
    id: &str,
    name: &str,
    kind: Kind,
    dimension: &str,
    side: Side,
    unit: &str,
) -> Definition {
    Definition {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        dimension: dimension.to_owned(),
        side,
        question: format!("Did the programme reach what “{}” stands for?", name.to_lowercase()),
        words: "Rows that match the filter, divided by all rows of the programme in the period.".to_owned(),
        formula: "COUNT(*) FILTER (WHERE adopted) / COUNT(*)\nwhere proposer_sector IN ('migrant', 'civil-society')\nfrom decisions"
            .to_owned(),
        unit: unit.to_owned(),
        direction: match id {
            "unit-cost" | "perception-gap" => Direction::LowerIsBetter,
            "initiated-origin" | "euros-spent" => Direction::Neither,
            _ => Direction::HigherIsBetter,
        },
        source: "van Ewijk & Nijenhuis, ch. 8, Impacts; https://example.org/measure".to_owned(),
        limits: "Says nothing on the weight of a claim.".to_owned(),
        rows: vec!["S05".to_owned(), "S15".to_owned()],
        hash: format!("{:064x}", id.len() as u64 * 0x9e37_79b9_7f4a),
    }
}

fn lost() -> IndicatorResult {
    let mut definition = definition(
        "ties-after-funding",
        "Ties that outlive the funding",
        Kind::Process,
        "sustainability",
        Side::Both,
        "%",
    );
    definition.question = "Do ties last when the money stops?".to_owned();
    IndicatorResult {
        definition,
        not_computable: Some(
            "The table `ties` has no column `ended`; the nearest is `end_date`.".to_owned(),
        ),
        sampling: None,
        method: String::new(),
        estimates: Vec::new(),
        targets: Vec::new(),
        rows: None,
        remarks: Vec::new(),
    }
}

/// A status instead of a value, here and there.
fn odd(at: usize, sample: bool) -> Option<Status> {
    match at % 24 {
        3 => Some(Status::NoRows),
        7 => Some(Status::NoMatch),
        13 => Some(Status::AllMissing),
        17 => Some(Status::Undefined),
        19 if sample => Some(Status::Suppressed),
        21 => Some(Status::Refused),
        _ => None,
    }
}

fn empty(status: Status) -> Estimate {
    Estimate {
        programme: None,
        group: None,
        period: None,
        status,
        value: None,
        parts: None,
        interval: None,
        no_interval: None,
        n: 0,
        missing: 0,
    }
}

fn cell(shape: Shape, sample: bool, rows: u64, dice: &mut Dice) -> Estimate {
    let n = rows + (dice.next() * rows as f64) as u64;
    let mut estimate = Estimate {
        n,
        missing: (dice.next() * 6.0) as u64,
        ..empty(Status::Value)
    };
    let (value, parts) = match shape {
        Shape::Count(most) => ((dice.next() * most).round() + 1.0, None),
        Shape::Share => {
            let part = (n as f64 * (0.1 + 0.7 * dice.next())).floor();
            (part / n as f64, Some((part, n as f64)))
        }
        Shape::Money => {
            let (cost, facilities) = (
                (dice.next() * 90_000.0).round() + 20_000.0,
                (dice.next() * 8.0).floor() + 1.0,
            );
            (cost / facilities, Some((cost, facilities)))
        }
        Shape::Scale => (2.0 + 2.5 * dice.next(), None),
        Shape::Ratio => {
            let (own, others) = (
                1_000.0 + (dice.next() * 9_000.0).round(),
                20_000.0 + (dice.next() * 9_000.0).round(),
            );
            (own / others, Some((own, others)))
        }
    };
    estimate.value = Some(value);
    estimate.parts = parts;
    if sample {
        let se = if shape == Shape::Scale { 0.9 } else { 0.45 } / (n as f64).sqrt();
        let (low, high) = (value - 2.02 * se, value + 2.02 * se);
        estimate.interval = Some(Interval {
            low,
            high,
            se,
            df: 18.0,
            clusters: 19,
        });
    }
    estimate
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
                columns: vec![
                    column("programme", "string", 0, 0),
                    column("formed", "date", 41, 2),
                ],
            },
            TableQuality {
                name: "responses".to_owned(),
                role: "responses".to_owned(),
                sampling: Sampling::Sample,
                rows: 20_000,
                refused: 0,
                columns: vec![
                    column("trust", "integer", 300, 31),
                    column("wave", "string", 20, 0),
                ],
            },
        ],
        findings,
    }
}
