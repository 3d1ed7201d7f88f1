//! What is known of civil and migrant organisations beyond the table's first columns, from a stream of its own.

use super::places::{Programme, Type};
use super::random::Draw;
use super::text::{date, day};
use super::truth;

/// Columns that [`more`] fills, in its order.
pub const COLUMNS: &str = "motives,contact,counterpart,roles_before,statutes,elected_board,annual_plan,audited_accounts,paid_staff,active_until";

/// Roles of migrant organisations with the chance that one has them.
pub const ROLES: [(&str, f64); 4] = [
    ("broker", 0.5),
    ("activist", 0.3),
    ("charity", 0.6),
    ("professional-development", 0.25),
];

/// Motives of migrant organisations (S12) with the chance that one has them.
const MOTIVES: [(&str, f64); 4] = [
    ("moral", 0.5),
    ("political", 0.25),
    ("economic", 0.35),
    ("philanthropic", 0.6),
];

/// Draws for a list and gives its codes, separated by semicolons.
pub fn some(of: &[(&'static str, f64)], draw: &mut Draw) -> String {
    let drawn: Vec<&str> = of
        .iter()
        .filter(|(_, p)| draw.chance(*p))
        .map(|(code, _)| *code)
        .collect();
    drawn.join(";")
}

/// The cells of an actor; all empty for those that are no civil or migrant organisation.
pub fn more(
    p: &Programme,
    sector: &str,
    founded: &str,
    roles: &str,
    draw: &mut Draw,
) -> Vec<String> {
    let migrant = sector == "migrant-organisation";
    if !migrant && sector != "civil-society" {
        return vec![String::new(); COLUMNS.split(',').count()];
    }
    let motives = some(&MOTIVES, draw);
    let contact = ["incidental", "regular", "structural"][draw.index(&if p.kind == Type::City {
        [0.3, 0.35, 0.35]
    } else {
        [0.5, 0.35, 0.15]
    })];
    let counterpart = ["ngo", "relatives", "counterpart-organisation", "none"]
        [draw.index(&[0.25, 0.3, 0.35, 0.1])];
    // An organisation founded after the start had no roles then; so had one of which nothing is known.
    let before = roles_before(roles, draw);
    let late = founded.parse::<i64>().is_ok_and(|year| year >= p.start);
    let mut cells = vec![
        if migrant { motives } else { String::new() },
        if draw.chance(0.05) { "" } else { contact }.to_owned(),
        if migrant { counterpart } else { "" }.to_owned(),
        if migrant && !late {
            before
        } else {
            String::new()
        },
    ];
    for chance in truth::PROFESSIONAL {
        let yes = draw.chance(chance);
        let known = draw.chance(0.96);
        cells.push(if known {
            yes.to_string()
        } else {
            String::new()
        });
    }
    let staff = if draw.chance(0.55) {
        0.0
    } else {
        draw.about(1.5)
    };
    cells.push(if draw.chance(0.9) {
        format!("{staff:.1}")
    } else {
        String::new()
    });
    cells.push(active_until(p, draw).map_or(String::new(), date));
    cells
}

/// Roles when the programme started: some were taken up since, some given up.
fn roles_before(roles: &str, draw: &mut Draw) -> String {
    let had: Vec<&str> = ROLES
        .iter()
        .map(|(role, _)| *role)
        .filter(|role| {
            let has = roles.split(';').any(|code| code == *role);
            has != draw.chance(truth::ROLE_CHANGE)
        })
        .collect();
    had.join(";")
}

/// The day on which an organisation ceased to be active, if it did between the end of the funding and 2019-12-31.
fn active_until(p: &Programme, draw: &mut Draw) -> Option<i64> {
    let mut from = p.funding_end();
    while from < day(2019, 12, 31) {
        let within = draw.between(1, 365);
        if draw.chance(truth::organisation_hazard(p.kind)) {
            let end = from + within;
            return (end <= day(2019, 12, 31)).then_some(end);
        }
        from += 365;
    }
    None
}
