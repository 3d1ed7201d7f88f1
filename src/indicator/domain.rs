//! The rows S01 to S25: what the chapter observes or asks, and whether indicators or an analysis answer it.

/// One row of the domain, after van Ewijk & Nijenhuis, ch. 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// `S01` to `S25`.
    pub id: &'static str,
    /// What is observed or asked, in a few words.
    pub text: &'static str,
    /// Whether indicators are to cover it.
    pub measured: bool,
    /// The analysis that answers it, where indicators alone don't.
    pub analysis: Option<Analysis>,
}

/// An analysis that answers a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Analysis {
    /// What is done.
    pub what: &'static str,
    /// The command that does it.
    pub command: &'static str,
}

const fn measured(id: &'static str, text: &'static str) -> Row {
    Row {
        id,
        text,
        measured: true,
        analysis: None,
    }
}

const fn analysed(
    id: &'static str,
    text: &'static str,
    what: &'static str,
    command: &'static str,
) -> Row {
    Row {
        id,
        text,
        measured: false,
        analysis: Some(Analysis { what, command }),
    }
}

/// The rows, in order.
pub const ROWS: [Row; 25] = [
    measured(
        "S01",
        "Two types of linkage: partnership between local governments, or support of civil initiatives without taking part",
    ),
    measured(
        "S02",
        "Who takes part: departments, NGOs, firms, schools and universities in mixed teams, municipal or regional",
    ),
    measured(
        "S03",
        "Motives of local governments, from cohesion to remigration",
    ),
    measured(
        "S04",
        "Cohesion in the destination: contact, trust, less racism, officials who learn",
    ),
    measured(
        "S05",
        "Ties between government and civil society in the origin that partnerships created",
    ),
    measured(
        "S06",
        "Local governance: services that reach people, decisions with their input",
    ),
    measured(
        "S07",
        "Uneven participation: who takes part, against who lives there",
    ),
    measured(
        "S08",
        "Real influence or a token presence; partners who see the same thing differently",
    ),
    analysed(
        "S09",
        "Is co-development no better nor worse than conventional forms?",
        "equivalence and non-inferiority against a conventional programme",
        "codev compare",
    ),
    measured(
        "S10",
        "Three-way integration: actors in the origin support integration in the destination",
    ),
    measured(
        "S11",
        "Roles of migrant organisations: broker, activist, charity, professional development",
    ),
    measured(
        "S12",
        "Motives of migrant organisations: moral, political, economic, philanthropic",
    ),
    measured(
        "S13",
        "Counterparts and local authorities: a necessary evil, or real collaboration",
    ),
    measured(
        "S14",
        "What is delivered: money, schools, equipment, and at what cost",
    ),
    measured(
        "S15",
        "A voice in municipal investment: claims, lobbying, co-investment",
    ),
    measured(
        "S16",
        "What members gain in the destination: refuge, information, a way to institutions",
    ),
    analysed(
        "S17",
        "Do translocal engagement and integration reinforce each other, or is it zero-sum?",
        "association of engagement and integration scores, adjusted and clustered",
        "codev report, with effects",
    ),
    measured(
        "S18",
        "Later generations and dispersal of members: does engagement last?",
    ),
    measured(
        "S19",
        "Reciprocity: two-way partnership, or one-way charity",
    ),
    measured("S20", "Where the initiative lies"),
    analysed(
        "S21",
        "Is there most synergy where many actors take part and activities link back?",
        "effect on integration by the number of sectors involved (moderator)",
        "codev report, with effects",
    ),
    Row {
        measured: true,
        ..analysed(
            "S22",
            "Activity over the years: the peak, the crisis, the end of national funding",
            "interrupted time series: change of level and slope",
            "codev report, with effects",
        )
    },
    measured(
        "S23",
        "What funding does to organisations: new ones, other roles, professionalisation",
    ),
    Row {
        id: "S24",
        text: "Is the assessment itself blind to process?",
        measured: false,
        analysis: Some(Analysis {
            what: "balance audit; outputs and process side by side",
            command: "codev report",
        }),
    },
    analysed(
        "S25",
        "Few cases, many conditions: what goes with what",
        "truth table, necessity and sufficiency; agreement between raters",
        "codev compare",
    ),
];

/// The row with this id, in small or capital letters.
pub fn row(id: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_s01_to_s25_and_each_is_answered_by_something() {
        for (at, row) in ROWS.iter().enumerate() {
            assert_eq!(row.id, format!("S{:02}", at + 1));
            assert!(row.measured || row.analysis.is_some(), "{}", row.id);
        }
        assert_eq!(row("s22").map(|r| r.id), Some("S22"));
        assert_eq!(row("S26"), None);
    }
}
