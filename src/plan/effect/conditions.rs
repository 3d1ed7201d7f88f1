//! The conditions of an effect's design: who is treated, which rows are the earlier and the later, which unit and period.

use super::read::Reading;
use super::{EffectWork, Refusal};
use crate::dataset::Type;
use crate::finding::nearest;
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::indicator::measure::Wants;

/// What the design's conditions give.
pub(super) struct Conditions {
    /// Rows that take part by the design.
    pub filter: Option<Node>,
    /// Columns that the design speaks of: filters of the indicator on them alone are set aside.
    pub sets_aside: Vec<Vec<String>>,
}

impl Reading<'_> {
    /// Reads the conditions of the design.
    pub(super) fn conditions(&mut self, work: &mut EffectWork) -> Result<Conditions, Refusal> {
        let setting = self.setting();
        let mut sets_aside = Vec::new();
        let mut filter = None;
        let waves = match (&setting.waves, &setting.before, &setting.after) {
            (Some((before, after)), _, _) => {
                let Some(wave) = &self.table.meaning.wave else {
                    let message = format!(
                        "`waves` names waves, but the table `{}` does not say which column is its wave.",
                        self.table.name
                    );
                    let help = "Set \"wave\" in its codev object in datapackage.json, or give `before` and `after` as conditions.";
                    return Err(self.finding("waves", message, help));
                };
                let kind = self.known_waves(wave, [before, after])?;
                let is = |label: &String| {
                    let column = Node::synthetic(NodeKind::Column(vec![wave.clone()]));
                    let label = Node::synthetic(self.wave_label(wave, kind, label)?);
                    Ok::<Node, Refusal>(Node::call(Op::Equal, vec![column, label]))
                };
                work.waves = Some((before.clone(), after.clone()));
                Some((is(before)?, is(after)?))
            }
            (None, Some(before), Some(after)) => {
                work.waves = Some(("before".to_owned(), "after".to_owned()));
                let before = self.condition("before", before)?;
                Some((before, self.condition("after", after)?))
            }
            _ => None,
        };
        if let Some((before, after)) = waves {
            before.columns(&mut sets_aside);
            after.columns(&mut sets_aside);
            filter = Some(Node::call(Op::Or, vec![before.clone(), after.clone()]));
            work.before = Some(self.field("the time before", before, Wants::Truth, true));
            work.after = Some(self.field("the time after", after, Wants::Truth, true));
        }
        if let Some(text) = &setting.treated {
            let node = self.condition("treated", text)?;
            node.columns(&mut sets_aside);
            work.treated = Some(self.field("whether it is treated", node, Wants::Truth, true));
        }
        if let Some(text) = &setting.unit {
            let (node, _) = self.expression("unit", text)?;
            work.unit = Some(self.field("the unit", node, Wants::Label, true));
        }
        if let Some(text) = &setting.time {
            let (node, is_date) = self.quantity("time", text, true)?;
            node.columns(&mut sets_aside);
            work.time_is_date = is_date;
            work.time = Some(self.field("the time", node, Wants::Ordered, true));
        }
        if let Some(text) = &setting.adopted {
            let (node, is_date) = self.quantity("adopted", text, true)?;
            if is_date != work.time_is_date {
                let message =
                    "`time` and `adopted` are not on one scale: one is a date, the other a number."
                        .to_owned();
                let help = "Use years for both, as in YEAR(date).";
                return Err(self.finding("adopted", message, help));
            }
            work.adopted = Some(self.field("the time of adoption", node, Wants::Ordered, false));
        }
        if let Some(value) = &setting.intervention {
            work.intervention = Some(self.intervention(value, work.time_is_date)?);
        }
        if let Some(text) = &setting.control {
            let node = self.condition("control", text)?;
            work.control = Some(self.field("whether it is a control", node, Wants::Truth, true));
        }
        Ok(Conditions { filter, sets_aside })
    }

    /// A label of a wave as a value of its column.
    fn wave_label(&self, wave: &str, kind: Type, label: &str) -> Result<NodeKind, Refusal> {
        let label = label.trim();
        let (found, wanted) = match kind {
            Type::Text => (Some(NodeKind::Text(label.to_owned())), "text"),
            Type::Number => {
                let number = label.parse().ok().filter(|x: &f64| x.is_finite());
                (
                    number.map(NodeKind::Number),
                    "numbers, as in waves = [2018, 2021]",
                )
            }
            Type::Date => {
                // A month stands for its first day, as it does in data.
                let day = days(label).or_else(|| days(&format!("{label}-01")));
                (
                    day.map(NodeKind::Date),
                    "dates, as in waves = [2018-06-01, 2021-06-01]",
                )
            }
            Type::Boolean => {
                let truth = match label.to_ascii_lowercase().as_str() {
                    "true" | "1" => Some(true),
                    "false" | "0" => Some(false),
                    _ => None,
                };
                (
                    truth.map(NodeKind::Boolean),
                    "truth values, as in waves = [false, true]",
                )
            }
            Type::List => (None, "lists of codes, which no wave can be"),
        };
        found.ok_or_else(|| {
            self.finding(
                "waves",
                format!("`{label}` can't be a value of the column `{wave}`: it holds {wanted}."),
                "Give two values as they are in the column, or `before` and `after` as conditions.",
            )
        })
    }

    /// Type of the wave column; refuses labels that its categories don't have.
    fn known_waves(&self, wave: &str, labels: [&String; 2]) -> Result<Type, Refusal> {
        let Some(column) = self.table.column(wave) else {
            let message = format!("The table `{}` has no column `{wave}`.", self.table.name);
            return Err(self.finding("waves", message, "Correct \"wave\" in its codev object."));
        };
        let categories: Vec<&str> = column
            .categories
            .iter()
            .map(|(value, _)| value.as_str())
            .collect();
        for label in labels {
            if !categories.is_empty() && !categories.contains(&label.as_str()) {
                let help = match nearest(label, categories.iter().copied()) {
                    Some(near) => format!("Did you mean `{near}`?"),
                    None => format!("The waves are {}.", categories.join(", ")),
                };
                let message = format!("There is no wave `{label}` in the column `{wave}`.");
                return Err(self.finding("waves", message, help));
            }
        }
        Ok(column.r#type)
    }

    /// The period of the intervention, on the scale of `time`.
    fn intervention(&self, value: &toml::Value, dates: bool) -> Result<f64, Refusal> {
        let day = |text: &str| days(text).map(f64::from);
        let found = match (value, dates) {
            (toml::Value::Integer(x), false) => Some(*x as f64),
            (toml::Value::Float(x), false) => Some(*x),
            (toml::Value::Datetime(x), true) => day(&x.to_string()),
            (toml::Value::String(x), true) => day(x),
            (toml::Value::String(x), false) => x.parse().ok(),
            _ => None,
        };
        let expected = if dates {
            "a date, as in intervention = 2013-01-01"
        } else {
            "a number, as in intervention = 2013"
        };
        found.filter(|x| x.is_finite()).ok_or_else(|| {
            let message = format!("The intervention is `{value}`, but `time` needs {expected}.");
            self.finding(
                "intervention",
                message,
                "Give the first period after the intervention on the scale of `time`.",
            )
        })
    }
}

/// A day, counted from 1970-01-01.
fn days(text: &str) -> Option<i32> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let epoch = jiff::civil::date(1970, 1, 1);
    Some(date.since((jiff::Unit::Day, epoch)).ok()?.get_days())
}

/// The conditions that a filter joins by AND.
pub(super) fn conjuncts(filter: Option<&Node>) -> Vec<&Node> {
    let mut found = Vec::new();
    let mut open: Vec<&Node> = filter.into_iter().collect();
    while let Some(node) = open.pop() {
        match &node.kind {
            NodeKind::Call(Op::And, parts) => open.extend(parts.iter().rev()),
            _ => found.push(node),
        }
    }
    found
}

/// All of these conditions.
pub(super) fn all(conditions: Vec<Node>) -> Option<Node> {
    conditions
        .into_iter()
        .reduce(|left, right| Node::call(Op::And, vec![left, right]))
}
