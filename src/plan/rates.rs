//! Rates of currencies, by which amounts are converted.

use super::compared::{converted, each_condition, in_condition};
use super::currency::{Money, Stated, amounts, by_hand, multiplied, reads_numbers};
use super::resolve::resolve;
use crate::dataset::{Dataset, Table, Type};
use crate::evaluation::Evaluation;
use crate::indicator::Indicator;
use crate::indicator::formula::node::{Node, NodeKind, Op};
use crate::indicator::formula::parse;
use crate::indicator::measure::Rows;
use crate::outcome::{currency, currency_of_unit, scale_of_unit, written};

/// Most rates of a table of rates: each row of amounts is held against all of them.
const MOST_RATES: usize = 2_000;

/// Why an amount has no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unrated {
    /// There is none for its currency.
    Currency,
    /// Rates have days, and its row has none.
    NoDay,
    /// Its day is before the first with a rate, which is this.
    Before(i32),
}

/// Rates of currencies in another: of each the days from which they hold, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// The currency that amounts are converted to.
    pub to: String,
    /// Code, first day (`None`: always) and what one unit is worth.
    rates: Vec<(String, Option<i32>, f64)>,
}

impl Rates {
    /// As the evaluation says; `None` where it does not convert.
    ///
    /// # Errors
    /// In words, why its table of rates can't be used.
    pub fn read(
        evaluation: &Evaluation,
        dataset: &Dataset,
    ) -> Result<Option<Rates>, (String, String)> {
        let Some(setting) = &evaluation.currency else {
            return Ok(None);
        };
        let name = &setting.rates;
        let Some(table) = dataset.table(name) else {
            let names: Vec<&str> = dataset.tables.iter().map(|t| t.name.as_str()).collect();
            return Err((
                format!("There is no table `{name}` with rates."),
                format!("Name one of {}.", names.join(", ")),
            ));
        };
        let fault =
            |what: String, help: &str| Err((format!("Table `{name}`: {what}."), help.to_owned()));
        let date = table.column("date").map(|c| c.name.clone());
        let mut columns = vec!["currency".to_owned(), "rate".to_owned()];
        if let Some(lacking) = columns.iter().find(|c| table.column(c).is_none()) {
            return fault(
                format!("there is no column `{lacking}`"),
                "A table of rates has the columns `currency` and `rate` (what one unit is worth), and `date` where rates change: the day from which one holds.",
            );
        }
        columns.extend(date.clone());
        let rows = table.texts(&columns, MOST_RATES + 1);
        let rows = rows.map_err(|stop| (stop.to_string(), String::new()))?;
        if rows.len() > MOST_RATES {
            return fault(
                format!("it has more than {MOST_RATES} rates"),
                "Keep those of the currencies and days in the data.",
            );
        }
        let mut rates = Vec::with_capacity(rows.len());
        for (at, row) in rows.into_iter().enumerate() {
            let mut cells = row.into_iter();
            let (code, rate) = (cells.next().flatten(), cells.next().flatten());
            let rate = rate.and_then(|r| r.parse::<f64>().ok());
            let day = match (&date, cells.next().flatten()) {
                (None, _) => None,
                (Some(_), Some(day)) => match day_of(&day) {
                    Some(day) => Some(day),
                    None => {
                        return fault(
                            format!("row {} has no day in `date`", at + 1),
                            "Give `date` the type `date`.",
                        );
                    }
                },
                (Some(_), None) => {
                    return fault(
                        format!("row {} has no date", at + 1),
                        "Say from which day each rate holds.",
                    );
                }
            };
            match (code, rate) {
                (Some(code), Some(rate)) if rate > 0.0 && rate.is_finite() => {
                    let code =
                        currency(&code).map_or_else(|| code.trim().to_uppercase(), str::to_owned);
                    rates.push((code, day, rate));
                }
                _ => {
                    return fault(
                        format!("row {} has no currency, or no rate above zero", at + 1),
                        "Fill it in, or take the row out.",
                    );
                }
            }
        }
        rates.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let twice = rates
            .windows(2)
            .find(|w| w[0].0 == w[1].0 && w[0].1 == w[1].1);
        if let Some([rate, _]) = twice {
            return fault(
                format!("{} has two rates for one day", rate.0),
                "Keep one of them.",
            );
        }
        Ok(Some(Rates {
            to: setting.to.clone(),
            rates,
        }))
    }

    /// Why an amount in a currency of a day can't be converted; `None` where it can.
    pub(super) fn lacks(&self, code: &str, day: Option<i32>) -> Option<Unrated> {
        if code == self.to {
            return None;
        }
        let own = self.rates.iter().filter(|(known, ..)| known == code);
        match (own.map(|(_, day, _)| *day).min(), day) {
            (None, _) => Some(Unrated::Currency),
            (Some(None), _) => None,
            (Some(Some(_)), None) => Some(Unrated::NoDay),
            (Some(Some(first)), Some(day)) => (day < first).then_some(Unrated::Before(first)),
        }
    }

    /// The column with the days that rates are chosen by, of the rows that a formula reads: the date that it names, or that of the table.
    pub(super) fn date(
        named: Option<&String>,
        (dataset, table): (&Dataset, &Table),
    ) -> Option<Vec<String>> {
        let name = named.or(table.meaning.date.as_ref())?;
        let path: Vec<String> = name.split('.').map(str::to_owned).collect();
        let found = resolve(dataset, table, &path).ok()?;
        (found.r#type == Type::Date).then_some(path)
    }

    /// What one unit of the row's currency is worth; missing where there is no rate.
    fn node(&self, currency: Node, date: Option<&Node>) -> Node {
        let text = |t: &str| Node::synthetic(NodeKind::Text(t.to_owned()));
        let number = |x: f64| Node::synthetic(NodeKind::Number(x));
        let is = |code: &str| {
            let written = written(code).into_iter().map(text);
            let each = std::iter::once(currency.clone()).chain(written);
            Node::call(Op::In, each.collect())
        };
        let mut cases = vec![is(&self.to), number(1.0)];
        for (code, day, rate) in self.rates.iter().filter(|(code, ..)| *code != self.to) {
            let holds = match (day, date) {
                (None, _) => is(code),
                (Some(day), Some(date)) => {
                    let day = Node::synthetic(NodeKind::Date(*day));
                    let from = Node::call(Op::GreaterOrEqual, vec![date.clone(), day]);
                    Node::call(Op::And, vec![is(code), from])
                }
                // Without a date in the row it is not known which of the rates held.
                (Some(_), None) => continue,
            };
            cases.extend([holds, number(*rate)]);
        }
        cases.push(Node::synthetic(NodeKind::Null));
        Node::call(Op::Case, cases)
    }

    /// An expression in which these amounts are in the currency that is converted to, each row by the rate of its day. Of a condition the
    /// comparisons are changed.
    pub(super) fn expression(
        &self,
        node: &Node,
        found: &[(Vec<String>, Stated)],
        on: (&Dataset, &Table),
        is_condition: bool,
    ) -> Node {
        let date = Rates::date(None, on);
        let date = date.map(|path| Node::synthetic(NodeKind::Column(path)));
        found.iter().fold(node.clone(), |node, (path, stated)| {
            let rate = self.node(stated.capitals(), date.as_ref());
            let scale = Node::synthetic(NodeKind::Number(stated.scale()));
            let rate = Node::call(Op::Multiply, vec![rate, scale]);
            match is_condition {
                true => converted(&node, &|comparison| replaced(comparison, path, &rate)),
                false => replaced(&node, path, &rate),
            }
        })
    }

    /// A formula whose amounts are in the currency that is converted to, each row by the rate of its day, with a remark;
    /// `None` where it reads no amounts in a stated currency, or its unit is another currency.
    pub(super) fn convert(
        &self,
        rows: &Rows,
        indicator: &Indicator,
        (dataset, table): (&Dataset, &Table),
        money: &Money,
    ) -> Option<(Rows, String)> {
        let unit = currency_of_unit(&indicator.unit);
        if unit.is_some_and(|unit| unit != self.to) {
            return None;
        }
        let date = Rates::date(rows.date.as_ref(), (dataset, table));
        let date = date.map(|path| Node::synthetic(NodeKind::Column(path)));
        let on = (dataset, table);
        let mut changed = rows.clone();
        let mut needed: Vec<(Node, String)> = Vec::new();
        let counted_in = unit.map_or(1.0, |_| scale_of_unit(&indicator.unit));
        let mut rate_of = |stated: &Stated, counted_in: f64| {
            let rate = self.node(stated.capitals(), date.as_ref());
            let known = Node::call(Op::IsPresent, vec![rate.clone()]);
            let reason = format!("no rate to {} for its currency and date", self.to);
            if !needed.iter().any(|(node, _)| *node == known) {
                needed.push((known, reason));
            }
            match stated.scale() / counted_in {
                1.0 => rate,
                scale => {
                    let scale = Node::synthetic(NodeKind::Number(scale));
                    Node::call(Op::Multiply, vec![rate, scale])
                }
            }
        };
        for (at, aggregate) in changed.formula.aggregates.iter_mut().enumerate() {
            if !reads_numbers(aggregate) {
                continue;
            }
            for argument in &mut aggregate.arguments {
                for (path, stated) in amounts(argument, on, unit.is_some(), money) {
                    let own = match &stated {
                        Stated::Column(column) => by_hand(rows, at, column),
                        Stated::Named(..) => multiplied(&rows.formula.value, at),
                        Stated::Code(_) => false,
                    };
                    if !own {
                        *argument = replaced(argument, &path, &rate_of(&stated, counted_in));
                    }
                }
            }
        }
        // What a condition holds an amount against is in the currency that is converted to.
        each_condition(&mut changed, &mut |node| {
            for (path, stated) in in_condition(node, on, money) {
                let rate = rate_of(&stated, 1.0);
                *node = converted(node, &|comparison| replaced(comparison, &path, &rate));
            }
        });
        let any = !needed.is_empty();
        for condition in needed {
            if !changed.conditions.contains(&condition) {
                changed.conditions.push(condition);
            }
        }
        any.then(|| (changed, self.remark()))
    }

    /// What was done, for the reader.
    pub(super) fn remark(&self) -> String {
        format!(
            "Amounts are converted to {} by the rates of the evaluation, each by that of its day.",
            self.to
        )
    }
}

/// A day as the formula language reads it.
pub(super) fn day_of(text: &str) -> Option<i32> {
    match parse::row(&format!("DATE '{text}'")).ok()?.kind {
        NodeKind::Date(day) => Some(day),
        _ => None,
    }
}

/// An expression in which a column is multiplied by a rate.
fn replaced(node: &Node, path: &[String], rate: &Node) -> Node {
    match &node.kind {
        NodeKind::Column(column) if column == path => {
            Node::call(Op::Multiply, vec![node.clone(), rate.clone()])
        }
        NodeKind::Call(op, arguments) => Node {
            kind: NodeKind::Call(
                *op,
                arguments.iter().map(|a| replaced(a, path, rate)).collect(),
            ),
            span: node.span,
        },
        _ => node.clone(),
    }
}
