//! `[qca.outcome]`, `[[qca.condition]]`: a set, where its raw values come from, and how they become memberships.

use super::qca::fault;
use crate::finding::Finding;
use serde::{Deserialize, Deserializer};

/// A set: outcome or condition.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetSetting {
    /// Short name; written in capitals.
    pub name: String,
    /// What it means to be in the set, for readers.
    #[serde(default)]
    pub words: String,
    /// Indicator whose values by programme are calibrated.
    #[serde(default)]
    pub indicator: Option<String>,
    /// Effect by programme (`name/indicator`) that is calibrated.
    #[serde(default)]
    pub effect: Option<String>,
    /// Column of the programmes table that is calibrated.
    #[serde(default)]
    pub column: Option<String>,
    /// Period of the indicator, by its label; all together without it.
    #[serde(default)]
    pub period: Option<String>,
    /// Values of the column that are in the set (crisp), where it holds words; of a list column, one of them is enough.
    #[serde(default, deserialize_with = "words")]
    pub is: Option<Vec<String>>,
    /// Crisp: from this value on a case is in.
    #[serde(default)]
    pub cut: Option<f64>,
    /// Direct method: out, crossover, in (descending where less means more of the set). Six of them for a set that holds in a middle
    /// range: out, crossover, in, in, crossover, out.
    #[serde(default)]
    pub anchors: Option<Vec<f64>>,
    /// Rising cuts between groups of cases, whose memberships are in `memberships`.
    #[serde(default)]
    pub cuts: Option<Vec<f64>>,
    /// Membership of each group between the cuts: one more than there are cuts.
    #[serde(default)]
    pub memberships: Option<Vec<f64>>,
    /// Whether memberships of the groups are smoothed over the raw values (indirect method), not taken as they are.
    #[serde(default)]
    pub indirect: bool,
    /// The values are memberships from 0 to 1 already.
    #[serde(default)]
    pub calibrated: bool,
    /// Why these anchors or cuts, for readers.
    #[serde(default)]
    pub reason: String,
    /// Directional expectation: `present` or `absent` helps the outcome.
    #[serde(default)]
    pub expect: Option<Expectation>,
}

/// What is expected to help the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expectation {
    /// The presence of the condition.
    Present,
    /// Its absence.
    Absent,
}

/// What `is` may hold.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Whether(bool),
    Whole(i64),
    Number(f64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(Word),
    More(Vec<Word>),
}

/// One value or several, as the facts of programmes are written.
fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    let text = |word: Word| match word {
        Word::Text(text) => text,
        Word::Whether(true) => "yes".to_owned(),
        Word::Whether(false) => "no".to_owned(),
        Word::Whole(number) => number.to_string(),
        Word::Number(number) => number.to_string(),
    };
    Ok(
        Option::<Words>::deserialize(from)?.map(|words| match words {
            Words::One(word) => vec![text(word)],
            Words::More(more) => more.into_iter().map(text).collect(),
        }),
    )
}

impl SetSetting {
    /// The name as it is written in expressions.
    pub fn shown(&self) -> String {
        self.name.to_ascii_uppercase()
    }

    /// What needs no data to be found wrong in a set of the analysis `analysis`.
    ///
    /// # Errors
    /// The first fault.
    pub(super) fn check(&self, analysis: &str) -> Result<(), Box<Finding>> {
        let shown = &self.name;
        let whose = format!("The set `{shown}` of the analysis `{analysis}`");
        let wrong =
            |key: &str, what: &str, help: &str| Err(fault(key, format!("{whose} {what}"), help));
        let plain = shown.starts_with(|c: char| c.is_ascii_alphabetic())
            && shown.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !plain {
            let help = "Begin with a letter; use letters, digits and underscores: `DEV`.";
            return wrong("name", "can't be written in an expression.", help);
        }
        let origins = [&self.indicator, &self.effect, &self.column];
        if origins.into_iter().flatten().count() != 1 {
            let what = "needs exactly one of `indicator`, `effect` and `column`.";
            return wrong("set", what, "Say where its raw values come from.");
        }
        let ways = [
            self.is.is_some(),
            self.cut.is_some(),
            self.anchors.is_some(),
            self.cuts.is_some(),
            self.calibrated,
        ];
        if ways.into_iter().filter(|w| *w).count() != 1 {
            let what = "needs exactly one of `is`, `cut`, `anchors`, `cuts` and `calibrated`.";
            let help = "Say how raw values become memberships: `anchors = [20, 50, 80]`.";
            return wrong("set", what, help);
        }
        if self.is.is_some() && self.column.is_none() {
            let what = "has `is`, which needs a `column`.";
            return wrong(
                "is",
                what,
                "Give indicators and effects a `cut` or `anchors`.",
            );
        }
        if self.is.as_ref().is_some_and(Vec::is_empty) {
            let what = "names no value in `is`.";
            return wrong("is", what, "Name those that are in: `is = [\"strong\"]`.");
        }
        if self.period.is_some() && self.indicator.is_none() {
            let what = "has a `period`, which needs an `indicator`.";
            return wrong("period", what, "Leave it out.");
        }
        if self.cut.is_some_and(|cut| !cut.is_finite()) {
            return wrong("cut", "has a `cut` that is no number.", "Write a number.");
        }
        self.check_anchors(&wrong)?;
        self.check_groups(&wrong)
    }

    fn check_anchors(&self, wrong: &Wrong<'_>) -> Result<(), Box<Finding>> {
        let Some(anchors) = &self.anchors else {
            return Ok(());
        };
        let rises = anchors.windows(2).all(|p| p[0] <= p[1]);
        let falls = anchors.windows(2).all(|p| p[0] >= p[1]);
        let strict = |triple: &[f64]| triple.windows(2).all(|p| p[0] != p[1]);
        let sound = anchors.iter().all(|a| a.is_finite())
            && match anchors.len() {
                3 => (rises || falls) && strict(anchors),
                6 => rises && strict(&anchors[..3]) && strict(&anchors[3..]),
                _ => false,
            };
        if sound {
            return Ok(());
        }
        let help = "Write three, out, crossover, in: `[20, 50, 80]`, or falling where less means more of the set; six rising ones for a \
                    set that holds in a middle range: out, crossover, in, in, crossover, out.";
        wrong("anchors", &format!("has the anchors {anchors:?}."), help)
    }

    fn check_groups(&self, wrong: &Wrong<'_>) -> Result<(), Box<Finding>> {
        let (cuts, memberships) = match (&self.cuts, &self.memberships) {
            (Some(cuts), Some(memberships)) => (cuts, memberships),
            (None, None) if !self.indirect => return Ok(()),
            _ => {
                let what = "needs `cuts` and `memberships` together (and `indirect` needs both).";
                let help = "Write `cuts = [3, 4, 5]` and `memberships = [0, 0.33, 0.67, 1]`.";
                return wrong("cuts", what, help);
            }
        };
        let finite = cuts.iter().all(|c| c.is_finite());
        if cuts.is_empty() || !finite || cuts.windows(2).any(|p| p[0] >= p[1]) {
            let what = format!("has the cuts {cuts:?}, which don't rise.");
            return wrong("cuts", &what, "Write each greater than the one before.");
        }
        if memberships.len() != cuts.len() + 1 {
            let what = format!(
                "has {} memberships for the {} groups that its cuts make.",
                memberships.len(),
                cuts.len() + 1
            );
            return wrong("memberships", &what, "Write one more than there are cuts.");
        }
        let inside = memberships.iter().all(|m| (0.0..=1.0).contains(m));
        let rises = memberships.windows(2).all(|p| p[0] < p[1]);
        let falls = memberships.windows(2).all(|p| p[0] > p[1]);
        if !inside || !(rises || falls) {
            let what = format!("has the memberships {memberships:?}.");
            let help = "Write numbers from 0 to 1 that rise from group to group (or fall, where less means more of the set).";
            return wrong("memberships", &what, help);
        }
        Ok(())
    }
}

/// Makes a finding of a key, of what is wrong and of what to do.
type Wrong<'a> = dyn Fn(&str, &str, &str) -> Result<(), Box<Finding>> + 'a;
