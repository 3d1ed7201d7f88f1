//! Amounts of money: which columns hold them, in which currency they are, and what they are in another.

use super::apart::{Apart, Overlap, stated};
use super::resolve::resolve;
use crate::dataset::{Column, Dataset, Table, Type};
use crate::evaluation::Evaluation;
use crate::indicator::formula::node::{Aggregate, AggregateFunction, Node, NodeKind, Op};
use crate::indicator::formula::parse;
use crate::indicator::measure::Rows;
use crate::indicator::{Indicator, Measure};
use crate::outcome::{currency, currency_of_unit};

/// Most rates of a table of rates: each row of amounts is held against all of them.
const MOST_RATES: usize = 2_000;

/// Words in the names of columns with amounts (English, Dutch, French, Spanish, Catalan, German, Italian, Portuguese).
const AMOUNTS: &str = "amount amounts cost costs spend spent spending expenditure expenditures expenses budget price prices fund funds funding grant \
grants income revenue revenues salary wage wages fee fees payment payments paid money disbursement disbursements commitment commitments remittance \
remittances contribution contributions investment bedrag kosten uitgaven uitgave begroting prijs subsidie montant cout couts depense depenses \
versement prix importe monto coste costes costo costos gasto gastos presupuesto precio cost despesa despeses pressupost preu betrag \
ausgaben importo costi spesa spese valor custo custos despesas";

/// Names of columns that say the currency.
const CURRENCIES: [&str; 8] = [
    "currency",
    "currencies",
    "devise",
    "moneda",
    "divisa",
    "valuta",
    "munt",
    "waehrung",
];

/// How the currency of amounts is known.
enum Stated {
    /// One for the whole table.
    Code(String),
    /// Row by row.
    Column(Vec<String>),
}

impl Stated {
    /// The currency of a row as text: its code where that is known, else as written in capitals.
    fn node(&self) -> Node {
        let text = |t: &str| Node::synthetic(NodeKind::Text(t.to_owned()));
        match self {
            Stated::Code(code) => text(code),
            Stated::Column(path) => {
                let column = Node::synthetic(NodeKind::Column(path.clone()));
                stated(Node::call(
                    Op::Upper,
                    vec![Node::call(Op::Trim, vec![column])],
                ))
            }
        }
    }

    fn name(&self, table: &Table) -> String {
        match self {
            Stated::Code(_) => format!("currency of {}", table.name),
            Stated::Column(path) => path.join("."),
        }
    }
}

/// How the currency of the amounts in a table is known, with the way to the table.
fn currency_in(table: &Table, way: &[String]) -> Option<Stated> {
    let path = |name: &str| {
        let mut path = way.to_vec();
        path.push(name.to_owned());
        Stated::Column(path)
    };
    if let Some(named) = &table.meaning.currency {
        return match table.column(named) {
            Some(_) => Some(path(named)),
            None => currency(named).map(|code| Stated::Code(code.to_owned())),
        };
    }
    let named = |c: &&Column| {
        c.r#type == Type::Text && CURRENCIES.contains(&c.name.to_lowercase().as_str())
    };
    table.columns.iter().find(named).map(|c| path(&c.name))
}

/// Whether a column holds amounts of money, by its name.
fn is_amount(column: &Column) -> bool {
    let name = column.name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    column.r#type == Type::Number
        && !column.declared.starts_with("year")
        && words.any(|word| {
            AMOUNTS.split_whitespace().any(|w| w == word)
                || currency(&word.to_uppercase()).is_some_and(|c| c == "EUR")
        })
}

/// The amounts that an expression reads: path, and how their currency is known.
fn amounts(
    node: &Node,
    (dataset, table): (&Dataset, &Table),
    money: bool,
) -> Vec<(Vec<String>, Stated)> {
    let mut paths = Vec::new();
    node.columns(&mut paths);
    let mut found = Vec::new();
    for path in paths {
        let Ok(resolved) = resolve(dataset, table, &path) else {
            continue;
        };
        let holder = match resolved.joins.last() {
            None => Some(table),
            Some(join) => dataset.tables.iter().find(|t| t.name == join.table),
        };
        let Some((holder, column)) = holder.and_then(|t| Some((t, t.column(&resolved.column)?)))
        else {
            continue;
        };
        // Where the unit is money, what is added is money.
        let whole = money && resolved.joins.is_empty() && column.r#type == Type::Number;
        if (is_amount(column) || whole)
            && let Some((_, way)) = path.split_last()
            && let Some(stated) = currency_in(holder, way)
        {
            found.push((path, stated));
        }
    }
    found
}

/// Whether an aggregate adds or compares what it reads.
fn reads_numbers(aggregate: &Aggregate) -> bool {
    !matches!(
        aggregate.function,
        AggregateFunction::CountRows | AggregateFunction::Count | AggregateFunction::CountDistinct
    )
}

/// Whether the formula deals with currencies itself: an aggregate reads the column that says them.
fn by_hand(rows: &Rows, column: &[String]) -> bool {
    let nodes = rows.formula.aggregates.iter().flat_map(Aggregate::nodes);
    let mut read = Vec::new();
    nodes.for_each(|node| node.columns(&mut read));
    read.iter().any(|path| path == column)
}

/// The currencies of the amounts that a formula reads: rows of different ones must not be added.
pub(super) fn overlaps(
    rows: &Rows,
    indicator: &Indicator,
    (dataset, table): (&Dataset, &Table),
) -> Vec<Overlap> {
    let unit = currency_of_unit(&indicator.unit);
    let mut found: Vec<Overlap> = Vec::new();
    for aggregate in rows.formula.aggregates.iter().filter(|a| reads_numbers(a)) {
        for argument in &aggregate.arguments {
            for (_, stated) in amounts(argument, (dataset, table), unit.is_some()) {
                if let Stated::Column(path) = &stated
                    && by_hand(rows, path)
                {
                    continue;
                }
                let overlap = Overlap {
                    column: stated.name(table),
                    node: stated.node(),
                    why: Apart::Currency(unit),
                };
                if !found.contains(&overlap) {
                    found.push(overlap);
                }
            }
        }
    }
    found
}

/// The column of a table that says the currency of the amounts that an indicator reads.
pub(super) fn column(
    indicator: &Indicator,
    (dataset, table): (&Dataset, &Table),
) -> Option<String> {
    let Measure::Formula(rows) = &indicator.measure else {
        return None;
    };
    let found = overlaps(rows, indicator, (dataset, table));
    let named = found.into_iter().map(|overlap| overlap.column);
    named.into_iter().find(|name| table.column(name).is_some())
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

    /// What one unit of the row's currency is worth; missing where there is no rate.
    fn node(&self, currency: Node, date: Option<&Node>) -> Node {
        let text = |t: &str| Node::synthetic(NodeKind::Text(t.to_owned()));
        let number = |x: f64| Node::synthetic(NodeKind::Number(x));
        let is = |code: &str| Node::call(Op::Equal, vec![currency.clone(), text(code)]);
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

    /// A formula whose amounts are in the currency that is converted to, each row by the rate of its day, with a remark;
    /// `None` where it reads no amounts in a stated currency, or its unit is another currency.
    pub(super) fn convert(
        &self,
        rows: &Rows,
        indicator: &Indicator,
        (dataset, table): (&Dataset, &Table),
    ) -> Option<(Rows, String)> {
        let unit = currency_of_unit(&indicator.unit);
        if unit.is_some_and(|unit| unit != self.to) {
            return None;
        }
        let date = rows.date.clone().or_else(|| table.meaning.date.clone());
        let date = date.and_then(|name| {
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            let found = resolve(dataset, table, &path).ok()?;
            (found.r#type == Type::Date).then(|| Node::synthetic(NodeKind::Column(path)))
        });
        let mut changed = rows.clone();
        let mut any = false;
        for aggregate in changed
            .formula
            .aggregates
            .iter_mut()
            .filter(|a| reads_numbers(a))
        {
            for argument in &mut aggregate.arguments {
                for (path, stated) in amounts(argument, (dataset, table), unit.is_some()) {
                    if let Stated::Column(column) = &stated
                        && by_hand(rows, column)
                    {
                        continue;
                    }
                    let rate = self.node(stated.node(), date.as_ref());
                    let known = Node::call(Op::IsPresent, vec![rate.clone()]);
                    let reason = format!("no rate to {} for its currency and date", self.to);
                    if !changed.conditions.iter().any(|(node, _)| *node == known) {
                        changed.conditions.push((known, reason));
                    }
                    *argument = replaced(argument, &path, &rate);
                    any = true;
                }
            }
        }
        any.then(|| {
            let remark = format!(
                "Amounts are converted to {} by the rates of the evaluation, each by that of its day.",
                self.to
            );
            (changed, remark)
        })
    }
}

/// A day as the formula language reads it.
fn day_of(text: &str) -> Option<i32> {
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

/// Why an amount that is read row by row can't be put together: its rows are in several currencies. The filter of the
/// measure may choose one.
pub(super) fn mixed(
    (node, filter): (&Node, Option<&Node>),
    (dataset, table): (&Dataset, &Table),
) -> Option<String> {
    let (_, stated) = amounts(node, (dataset, table), false).into_iter().next()?;
    let Stated::Column(path) = &stated else {
        return None;
    };
    let mut read = Vec::new();
    filter.into_iter().for_each(|f| f.columns(&mut read));
    let [column] = path.as_slice() else {
        return None;
    };
    if read.contains(path) {
        return None;
    }
    let rows = table.texts(std::slice::from_ref(column), usize::MAX).ok()?;
    let mut found: Vec<String> = rows
        .into_iter()
        .map(|row| match row.into_iter().next().flatten() {
            Some(word) => currency(&word).map_or_else(|| word.trim().to_uppercase(), str::to_owned),
            None => "none stated".to_owned(),
        })
        .collect();
    found.sort();
    found.dedup();
    (found.len() > 1).then(|| {
        format!(
            "its amounts are in different currencies ({column}: {}), which are not added; filter on one of them",
            found.join(", ")
        )
    })
}
