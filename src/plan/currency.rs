//! Amounts of money: which columns hold them, in which currency they are, and what they are in another.

use super::apart::{Among, Apart, Overlap, stated};
use super::compared::{conditions, in_condition};
use super::resolve::resolve;
use crate::dataset::{Column, Dataset, Table, Type, in_name, is_amount, is_rate, scale_in_name};
use crate::indicator::formula::node::{Aggregate, AggregateFunction, Node, NodeKind, Op, Value};
use crate::indicator::measure::Rows;
use crate::indicator::{Indicator, Measure};
use crate::outcome::{currency, currency_of_unit, scale_of_unit, scaled};
use std::collections::BTreeSet;

/// Columns that an indicator of the evaluation shows to hold money: table and column.
pub type Money = BTreeSet<(String, String)>;

/// How the currency of amounts is known.
pub(super) enum Stated {
    /// One for the whole table.
    Code(String),
    /// One for a column, whose name holds it: `amount_usd`.
    Named(&'static str, Vec<String>),
    /// Row by row.
    Column(Vec<String>),
}

impl Stated {
    /// The currency of a row as text: its code where that is known, else as written.
    pub(super) fn node(&self) -> Node {
        match self {
            Stated::Column(path) => stated(Node::synthetic(NodeKind::Column(path.clone()))),
            Stated::Code(code) => {
                let code = currency(code).unwrap_or(code).to_owned();
                Node::synthetic(NodeKind::Text(code))
            }
            Stated::Named(code, _) => Node::synthetic(NodeKind::Text(scaled(code, self.scale()))),
        }
    }

    /// The currency of a row in capitals, without its scale.
    pub(super) fn capitals(&self) -> Node {
        match self {
            Stated::Column(path) => {
                let column = Node::synthetic(NodeKind::Column(path.clone()));
                let trimmed = Node::call(Op::Trim, vec![column]);
                stated(Node::call(Op::Upper, vec![trimmed]))
            }
            Stated::Named(code, _) => Node::synthetic(NodeKind::Text((*code).to_owned())),
            Stated::Code(_) => self.node(),
        }
    }

    /// What the amounts are counted in.
    pub(super) fn scale(&self) -> f64 {
        match self {
            Stated::Named(_, path) => path.last().map_or(1.0, |name| scale_in_name(name)),
            _ => 1.0,
        }
    }

    /// The currency with its scale where it is one, whatever the row.
    fn code(&self) -> Option<String> {
        match self {
            Stated::Named(code, _) => Some(scaled(code, self.scale())),
            Stated::Code(code) => currency(code).map(str::to_owned),
            Stated::Column(_) => None,
        }
    }

    /// Whether an expression reads what states it, and so deals with currencies itself.
    pub(super) fn is_read_by(&self, node: &Node) -> bool {
        let mut read = Vec::new();
        node.columns(&mut read);
        matches!(self, Stated::Column(path) if read.contains(path))
    }

    fn name(&self, table: &Table) -> String {
        match self {
            Stated::Code(_) => format!("currency of {}", table.name),
            Stated::Named(_, path) => format!("currency of {}", path.join(".")),
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
    let named = table.meaning.currency.as_ref()?;
    match table.column(named) {
        Some(_) => Some(path(named)),
        None => currency(named).map(|code| Stated::Code(code.to_owned())),
    }
}

/// The columns that the requested indicators show to be money: what a unit that is a currency is the sum, mean or other
/// summary of. Units such as `EUR per person` say nothing of each column.
pub(super) fn money<'a>(
    requested: impl Iterator<Item = &'a Indicator>,
    dataset: &Dataset,
) -> Money {
    let mut found = Money::new();
    for indicator in requested {
        let Measure::Formula(rows) = &indicator.measure else {
            continue;
        };
        let Some(table) = dataset.table(&rows.table) else {
            continue;
        };
        if currency_of_unit(&indicator.unit).is_none()
            || indicator.unit.contains('/')
            || indicator.unit.split_whitespace().any(|word| word == "per")
            || !is_sum(&rows.formula.value)
        {
            continue;
        }
        for aggregate in rows.formula.aggregates.iter().filter(|a| reads_numbers(a)) {
            let [argument] = aggregate.arguments.as_slice() else {
                continue;
            };
            if let NodeKind::Column(path) = &argument.kind
                && let Some((holder, column)) = holder(path, (dataset, table))
                && column.r#type == Type::Number
            {
                found.insert((holder.name.clone(), column.name.clone()));
            }
        }
    }
    found
}

/// Whether a value is an aggregate, or aggregates added and subtracted.
fn is_sum(value: &Value) -> bool {
    match value {
        Value::Aggregate(_) => true,
        Value::Call(Op::Add | Op::Subtract, parts) => parts.iter().all(is_sum),
        _ => false,
    }
}

/// The table and column that a path leads to.
fn holder<'a>(
    path: &[String],
    (dataset, table): (&'a Dataset, &'a Table),
) -> Option<(&'a Table, &'a Column)> {
    let resolved = resolve(dataset, table, path).ok()?;
    let holder = match resolved.joins.last() {
        None => table,
        Some(join) => dataset.tables.iter().find(|t| t.name == join.table)?,
    };
    Some((holder, holder.column(&resolved.column)?))
}

/// The amounts that an expression reads: path, and how their currency is known.
pub(super) fn amounts(
    node: &Node,
    (dataset, table): (&Dataset, &Table),
    unit_is_money: bool,
    money: &Money,
) -> Vec<(Vec<String>, Stated)> {
    let mut paths = Vec::new();
    node.columns(&mut paths);
    let mut found = Vec::new();
    for path in paths {
        let Some((holder, column)) = holder(&path, (dataset, table)) else {
            continue;
        };
        // Where the unit is money, what is added is money.
        let whole = unit_is_money && holder.name == table.name && column.r#type == Type::Number;
        let shown = || money.contains(&(holder.name.clone(), column.name.clone()));
        if (is_amount(column) || whole || shown())
            && let Some((_, way)) = path.split_last()
        {
            let stated = match in_name(&column.name) {
                Some(_) if by_rate(node, &path) => None,
                Some(code) => Some(Stated::Named(code, path.clone())),
                None => currency_in(holder, way),
            };
            found.extend(stated.map(|stated| (path, stated)));
        }
    }
    found
}

/// Whether an expression converts a column itself: by a number, or by a column of rates.
fn by_rate(node: &Node, path: &[String]) -> bool {
    let NodeKind::Call(op, parts) = &node.kind else {
        return false;
    };
    let is_rate = |part: &Node| match &part.kind {
        NodeKind::Number(_) => true,
        NodeKind::Column(column) => column.last().is_some_and(|name| is_rate(name)),
        _ => false,
    };
    let is_it = |part: &Node| matches!(&part.kind, NodeKind::Column(c) if c == path);
    let product = matches!(op, Op::Multiply | Op::Divide);
    product && parts.iter().any(is_it) && parts.iter().any(is_rate)
        || parts.iter().any(|part| by_rate(part, path))
}

/// Whether an aggregate adds or compares what it reads.
pub(super) fn reads_numbers(aggregate: &Aggregate) -> bool {
    !matches!(
        aggregate.function,
        AggregateFunction::CountRows | AggregateFunction::Count | AggregateFunction::CountDistinct
    )
}

/// Whether an aggregate deals with currencies itself: what it adds reads the column that says them, or its filter chooses by it
/// and the formula multiplies it by a number.
pub(super) fn by_hand(rows: &Rows, at: usize, column: &[String]) -> bool {
    let Some(aggregate) = rows.formula.aggregates.get(at) else {
        return false;
    };
    reads_path(&aggregate.arguments, column)
        || reads_path(&aggregate.filter, column) && multiplied(&rows.formula.value, at)
}

fn reads_path<'a>(nodes: impl IntoIterator<Item = &'a Node>, column: &[String]) -> bool {
    let mut read = Vec::new();
    nodes.into_iter().for_each(|node| node.columns(&mut read));
    read.iter().any(|path| path == column)
}

/// Whether a value multiplies or divides an aggregate by a number; a hundred is that of percent.
pub(super) fn multiplied(value: &Value, at: usize) -> bool {
    let Value::Call(op, parts) = value else {
        return false;
    };
    let is_it = |part: &Value| *part == Value::Aggregate(at);
    let number = |part: &Value| matches!(part, Value::Number(x) if *x != 100.0);
    let product = matches!(op, Op::Multiply | Op::Divide);
    product && parts.iter().any(is_it) && parts.iter().any(number)
        || parts.iter().any(|part| multiplied(part, at))
}

/// The currencies of the amounts that a formula reads: rows of different ones must not be added, nor columns.
pub(super) fn overlaps(
    rows: &Rows,
    indicator: &Indicator,
    on: (&Dataset, &Table),
    money: &Money,
) -> Vec<Overlap> {
    let unit = currency_of_unit(&indicator.unit);
    let mut found: Vec<(Stated, Overlap)> = Vec::new();
    let mut add = |stated: Stated, why: Option<String>, among: Among| {
        let overlap = Overlap {
            column: stated.name(on.1),
            node: stated.node(),
            why: Apart::Currency(why),
            among,
        };
        if !found.iter().any(|(_, other)| *other == overlap) {
            found.push((stated, overlap));
        }
    };
    for (at, aggregate) in rows.formula.aggregates.iter().enumerate() {
        for argument in aggregate
            .arguments
            .iter()
            .filter(|_| reads_numbers(aggregate))
        {
            for (_, stated) in amounts(argument, on, unit.is_some(), money) {
                let own = match &stated {
                    Stated::Column(path) if reads_path(&aggregate.arguments, path) => continue,
                    Stated::Column(path) => reads_path(&aggregate.filter, path),
                    // The formula converts it.
                    Stated::Named(..) if multiplied(&rows.formula.value, at) => continue,
                    _ => false,
                };
                let whole = match &stated {
                    Stated::Named(..) => scale_of_unit(&indicator.unit),
                    _ => 1.0,
                };
                let unit = unit.map(|code| scaled(code, whole));
                match own && multiplied(&rows.formula.value, at) {
                    true => add(stated, None, Among::Aggregate(at)),
                    false if own => add(stated, unit, Among::Aggregate(at)),
                    false => add(stated, unit, Among::Used),
                }
            }
        }
        for (_, stated) in conditions(aggregate).flat_map(|node| in_condition(node, on, money)) {
            add(stated, None, Among::Used);
        }
    }
    for (_, stated) in rows
        .filter
        .iter()
        .flat_map(|(_, node)| in_condition(node, on, money))
    {
        add(stated, None, Among::All);
    }
    let mut named: Vec<String> = found
        .iter()
        .filter_map(|(stated, _)| match stated {
            Stated::Named(_, path) => Some(format!("{} in {}", path.join("."), stated.code()?)),
            _ => None,
        })
        .collect();
    let mut codes: Vec<String> = found.iter().filter_map(|(s, _)| s.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    if unit.is_none()
        && let [one] = codes.as_slice()
    {
        // Rows in the currency that a column's name holds fit to it.
        for (_, overlap) in &mut found {
            overlap.why = Apart::Currency(Some(one.clone()));
        }
    }
    if codes.len() > 1
        && let Some((_, first)) = found.first()
    {
        named.sort();
        return vec![Overlap {
            column: named.join(", "),
            node: first.node.clone(),
            why: Apart::Columns,
            among: Among::Used,
        }];
    }
    found.into_iter().map(|(_, overlap)| overlap).collect()
}

/// The amounts of an expression that does not read what states their currency.
pub(super) fn not_by_hand(
    node: &Node,
    on: (&Dataset, &Table),
    money: &Money,
) -> Vec<(Vec<String>, Stated)> {
    let found = amounts(node, on, false, money).into_iter();
    found
        .filter(|(_, stated)| !stated.is_read_by(node))
        .collect()
}

/// Amounts whose currency each row states: only rows in one currency are put together.
pub(super) fn by_row(found: Vec<(Vec<String>, Stated)>, table: &Table) -> Vec<Overlap> {
    let by_row = found.into_iter();
    let by_row = by_row.filter(|(_, stated)| matches!(stated, Stated::Column(_)));
    by_row
        .map(|(_, stated)| Overlap {
            column: stated.name(table),
            node: stated.node(),
            why: Apart::Currency(None),
            among: Among::Used,
        })
        .collect()
}

/// The column of a table that says the currency of the amounts that an indicator reads.
pub(super) fn column(
    indicator: &Indicator,
    (dataset, table): (&Dataset, &Table),
    money: &Money,
) -> Option<String> {
    let Measure::Formula(rows) = &indicator.measure else {
        return None;
    };
    let found = overlaps(rows, indicator, (dataset, table), money);
    let named = found.into_iter().map(|overlap| overlap.column);
    named.into_iter().find(|name| table.column(name).is_some())
}

/// Columns whose names hold another currency or scale than the unit of an indicator that adds them, or different ones: each with
/// its currency. Empty where they agree.
pub(super) fn named(
    indicator: &Indicator,
    (dataset, table): (&Dataset, &Table),
) -> Vec<(String, String)> {
    let Measure::Formula(rows) = &indicator.measure else {
        return vec![];
    };
    different(read(rows), &indicator.unit, (dataset, table), &Money::new())
}

/// The expressions whose values a formula adds or compares.
fn read(rows: &Rows) -> impl Iterator<Item = &Node> {
    let aggregates = rows.formula.aggregates.iter().enumerate();
    let numbers =
        aggregates.filter(|(at, a)| reads_numbers(a) && !multiplied(&rows.formula.value, *at));
    numbers.flat_map(|(_, a)| &a.arguments)
}

/// The same of any expressions that are put together, and of a unit.
fn different<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    unit: &str,
    (dataset, table): (&Dataset, &Table),
    money: &Money,
) -> Vec<(String, String)> {
    let currency = currency_of_unit(unit);
    let mut found = Vec::new();
    for node in nodes {
        for (path, stated) in amounts(node, (dataset, table), currency.is_some(), money) {
            if let (Stated::Named(..), Some(code)) = (&stated, stated.code()) {
                found.push((path.join("."), code));
            }
        }
    }
    found.sort();
    found.dedup();
    let of_unit = currency.map(|code| scaled(code, scale_of_unit(unit)));
    let wanted = of_unit.or(found.first().map(|(_, code)| code.clone()));
    match found.iter().any(|(_, code)| Some(code) != wanted.as_ref()) {
        true => found,
        false => vec![],
    }
}

/// Why columns that a measure reads row by row, or an effect, can't be put together: their names hold different currencies, or another than
/// that of the unit.
pub(super) fn apart_by_name<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    indicator: &Indicator,
    (dataset, table): (&Dataset, &Table),
    money: &Money,
) -> Option<String> {
    let unit = currency_of_unit(&indicator.unit);
    let found = different(nodes, &indicator.unit, (dataset, table), money);
    let listed: Vec<String> = found
        .iter()
        .map(|(column, code)| format!("`{column}` in {code}"))
        .collect();
    let held = match unit {
        Some(unit) => format!(" and its unit is {unit}"),
        None => String::new(),
    };
    (!listed.is_empty()).then(|| {
        format!(
            "the names of its amounts hold their currency ({}){held}; amounts of different currencies are not put together: write a definition for each, or add a column with all of them in one currency",
            listed.join(", ")
        )
    })
}

/// Why an amount that is read row by row can't be put together: its rows are in several currencies. The filter of the
/// measure may choose one.
pub(super) fn mixed(
    (node, filter): (&Node, Option<&Node>),
    (dataset, table): (&Dataset, &Table),
    money: &Money,
) -> Option<String> {
    let (_, stated) = amounts(node, (dataset, table), false, money)
        .into_iter()
        .next()?;
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
