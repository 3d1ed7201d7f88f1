//! `agreement`: two or more parties score the same things.

use super::words::line;
use super::{Input, MeasureFault, Records, Wants, What, refused};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far parties who score the same cases agree, or how far they lie apart.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementFile {
    /// Role of a table, or a resource's name: a row per case and rater.
    pub table: String,
    /// Filter, SQL.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Columns or row expressions that together name what is scored.
    pub cases: Vec<String>,
    /// Column or row expression with the rater.
    pub rater: String,
    /// Column or row expression with the score: a number, or any value where the level is nominal.
    pub score: String,
    /// Level of measurement of the scores.
    #[serde(default)]
    pub level: Level,
    /// What is reported.
    #[serde(default)]
    pub statistic: Concord,
    /// The two raters that it speaks of, in this order: a gap is the first less the second.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raters: Vec<String>,
    /// Column that places a row in time, where it is not the table's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// Level of measurement (Stevens 1946).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Scores are the same or not.
    Nominal,
    /// Scores have an order.
    #[default]
    Ordinal,
    /// Differences between scores mean something.
    Interval,
    /// So do their ratios.
    Ratio,
}

/// A measure of agreement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Concord {
    /// Krippendorff's alpha for any number of raters and missing scores (Krippendorff 2004, "Content Analysis", ch. 11).
    #[default]
    KrippendorffAlpha,
    /// Cohen's kappa of two raters (Cohen 1960).
    CohenKappa,
    /// Kappa with weights that fall with the distance of the scores (Cohen 1968, linear).
    LinearKappa,
    /// Kappa with weights that fall with the square of the distance (Cohen 1968; Fleiss & Cohen 1973).
    QuadraticKappa,
    /// Intraclass correlation, two-way random, absolute agreement, single rater: ICC(2,1) of Shrout & Fleiss 1979,
    /// ICC(A,1) of McGraw & Wong 1996.
    Icc,
    /// Intraclass correlation, two-way, consistency, single rater: ICC(3,1), ICC(C,1).
    IccConsistency,
    /// The same of the mean of all raters, absolute agreement: ICC(2,k), ICC(A,k).
    IccAverage,
    /// The same of the mean of all raters, consistency: ICC(3,k), ICC(C,k).
    IccConsistencyAverage,
    /// Intraclass correlation, one-way: each case is scored by other raters: ICC(1,1).
    IccOneWay,
    /// The same of the mean of a case's scores: ICC(1,k).
    IccOneWayAverage,
    /// Share of the pairs of scores of a case that are equal.
    EqualScores,
    /// Perception gap: mean of the first rater's score less the second's.
    Gap,
    /// Mean size of the gap, whichever way.
    AbsoluteGap,
}

/// The measure, checked. Its input has the fields rater, score, and then those that name a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// Level of measurement of the scores.
    pub level: Level,
    /// What is reported.
    pub statistic: Concord,
    /// Raters asked for; none for all.
    pub raters: Vec<String>,
    /// Number of fields that name a case, from the third on.
    pub cases: usize,
}

impl AgreementFile {
    pub(super) fn parse(&self) -> Result<Records, MeasureFault> {
        if self.cases.is_empty() {
            return refused(
                "cases",
                "",
                "measure-no-case",
                "Nothing says what is scored.",
                "Name the columns that tell one case from another: cases = [\"case\", \"item\"].",
            );
        }
        let pair = self.statistic.needs_pair();
        let two = self.raters.len() == 2 && self.raters.first() != self.raters.last();
        if !two && (pair || !self.raters.is_empty()) {
            return refused(
                "raters",
                &self.raters.join(", "),
                "measure-raters",
                if pair {
                    "This statistic is about two raters."
                } else {
                    "Agreement is between two raters, or among all of them."
                },
                "Name two: raters = [\"first\", \"second\"]. A gap is the first less the second.",
            );
        }
        if self.level == Level::Nominal && self.statistic.needs_numbers() {
            return refused(
                "level",
                "nominal",
                "measure-level",
                "This statistic needs scores that are numbers, and nominal scores are not.",
                "Set `level` to ordinal or interval, or statistic = \"krippendorff-alpha\" or \"cohen-kappa\".",
            );
        }
        let mut input = Input::new("rows", &self.table, &self.filter)?;
        input.date.clone_from(&self.date);
        input.field("rater", &self.rater, Wants::Label, true)?;
        let score = match self.level {
            Level::Nominal => Wants::Label,
            _ => Wants::Number,
        };
        input.field("score", &self.score, score, true)?;
        for case in &self.cases {
            input.field("cases", case, Wants::Label, true)?;
        }
        Ok(Records {
            inputs: vec![input],
            what: What::Agreement(Agreement {
                level: self.level,
                statistic: self.statistic,
                raters: self.raters.clone(),
                cases: self.cases.len(),
            }),
        })
    }

    pub(super) fn in_words(&self, among: &str) -> String {
        let (first, second) = match self.raters.as_slice() {
            [first, second] => (first.as_str(), second.as_str()),
            _ => ("", ""),
        };
        let who = if first.is_empty() {
            "the raters".to_owned()
        } else {
            format!("{first} and {second}")
        };
        let of = format!("of {who} on the same {}{among}", self.cases.join(" and "));
        let what = match self.statistic {
            Concord::KrippendorffAlpha => format!(
                "Krippendorff's alpha ({}): agreement beyond chance {of}; 1 is perfect, 0 is chance",
                self.level.word()
            ),
            Concord::CohenKappa => {
                format!("Cohen's kappa: agreement beyond chance {of}; 1 is perfect, 0 is chance")
            }
            Concord::LinearKappa => format!("Cohen's kappa with linear weights {of}"),
            Concord::QuadraticKappa => format!("Cohen's kappa with quadratic weights {of}"),
            Concord::Icc => format!("Intraclass correlation (absolute agreement) {of}"),
            Concord::IccConsistency => format!("Intraclass correlation (consistency) {of}"),
            Concord::IccAverage => {
                format!("Intraclass correlation of mean scores (absolute agreement) {of}")
            }
            Concord::IccConsistencyAverage => {
                format!("Intraclass correlation of mean scores (consistency) {of}")
            }
            Concord::IccOneWay => format!("Intraclass correlation (one-way) {of}"),
            Concord::IccOneWayAverage => {
                format!("Intraclass correlation of mean scores (one-way) {of}")
            }
            Concord::EqualScores => format!("Share of pairs of scores {of} that are equal"),
            Concord::Gap => format!(
                "Mean of {}: the score of {first} less that of {second} on the same {}{among}",
                self.score,
                self.cases.join(" and ")
            ),
            Concord::AbsoluteGap => format!("Mean difference in size between the scores {of}"),
        };
        format!("{what}.")
    }

    pub(super) fn as_text(&self) -> Vec<String> {
        let mut lines = vec![
            format!("agreement: {}", self.statistic.word()),
            line("table", &self.table),
        ];
        lines.extend(self.filter.iter().map(|f| line("where", f)));
        lines.push(line("cases", &self.cases.join(", ")));
        lines.push(line("rater", &self.rater));
        if !self.raters.is_empty() {
            lines.push(line("raters", &self.raters.join(", ")));
        }
        lines.push(line("score", &self.score));
        lines.push(line("level", self.level.word()));
        lines
    }
}

impl Level {
    /// The word in definitions.
    pub fn word(self) -> &'static str {
        match self {
            Level::Nominal => "nominal",
            Level::Ordinal => "ordinal",
            Level::Interval => "interval",
            Level::Ratio => "ratio",
        }
    }
}

impl Concord {
    fn needs_pair(self) -> bool {
        matches!(
            self,
            Concord::CohenKappa
                | Concord::LinearKappa
                | Concord::QuadraticKappa
                | Concord::Gap
                | Concord::AbsoluteGap
        )
    }

    fn needs_numbers(self) -> bool {
        !matches!(
            self,
            Concord::KrippendorffAlpha | Concord::CohenKappa | Concord::EqualScores
        )
    }

    /// The word in definitions.
    pub fn word(self) -> &'static str {
        match self {
            Concord::KrippendorffAlpha => "krippendorff-alpha",
            Concord::CohenKappa => "cohen-kappa",
            Concord::LinearKappa => "linear-kappa",
            Concord::QuadraticKappa => "quadratic-kappa",
            Concord::Icc => "icc",
            Concord::IccConsistency => "icc-consistency",
            Concord::IccAverage => "icc-average",
            Concord::IccConsistencyAverage => "icc-consistency-average",
            Concord::IccOneWay => "icc-one-way",
            Concord::IccOneWayAverage => "icc-one-way-average",
            Concord::EqualScores => "equal-scores",
            Concord::Gap => "gap",
            Concord::AbsoluteGap => "absolute-gap",
        }
    }
}
