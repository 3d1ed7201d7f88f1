//! A formula in plain words, for readers who know no SQL.

use super::node::{
    Aggregate, AggregateFunction, Formula, Node, NodeKind, Op, Pick, Value, date_text,
};

/// What a formula over a table measures, as one sentence.
pub fn formula(formula: &Formula, filter: Option<&Node>, table: &str) -> String {
    let value = match formula.ratio() {
        Some((numerator, denominator)) => format!(
            "{}, divided by {}",
            value(formula, numerator, table),
            value(formula, denominator, table)
        ),
        None => value(formula, &formula.value, table),
    };
    let among = filter
        .map(|f| format!(", among the rows of {table} where {}", row(f)))
        .unwrap_or_default();
    capital(&format!("{value}{among}."))
}

/// Arithmetic on other indicators, as one sentence.
pub fn derived(value: &Value, names: &[String]) -> String {
    let empty = Formula {
        text: String::new(),
        aggregates: vec![],
        value: value.clone(),
    };
    let sentence = match empty.ratio() {
        Some((n, d)) => format!(
            "{}, divided by {}",
            arithmetic(n, &|i| name(names, i)),
            arithmetic(d, &|i| name(names, i))
        ),
        None => arithmetic(value, &|i| name(names, i)),
    };
    capital(&format!("{sentence}."))
}

fn name(names: &[String], at: usize) -> String {
    names.get(at).map(|n| format!("“{n}”")).unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|c| c.to_uppercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

fn value(formula: &Formula, value: &Value, table: &str) -> String {
    arithmetic(value, &|i| {
        formula
            .aggregates
            .get(i)
            .map(|a| aggregate(a, table))
            .unwrap_or_default()
    })
}

fn arithmetic(value: &Value, leaf: &dyn Fn(usize) -> String) -> String {
    match value {
        Value::Aggregate(at) | Value::Input(at) => leaf(*at),
        Value::Number(x) => x.to_string(),
        Value::Call(op, arguments) => {
            let parts: Vec<String> = arguments.iter().map(|a| arithmetic(a, leaf)).collect();
            match (op, parts.as_slice()) {
                (Op::Add, [a, b]) => format!("({a} plus {b})"),
                (Op::Subtract, [a, b]) => format!("({a} minus {b})"),
                (Op::Multiply, [a, b]) => format!("({a} times {b})"),
                (Op::Divide, [a, b]) => format!("({a} divided by {b})"),
                (Op::Negate, [a]) => format!("minus {a}"),
                (Op::NullIf, [a, b]) => format!("{a} (undefined when it is {b})"),
                (Op::Coalesce, [first, rest @ ..]) => {
                    format!("{first} (or, without a value, {})", rest.join(", else "))
                }
                _ => format!("{}({})", format!("{op:?}").to_lowercase(), parts.join(", ")),
            }
        }
    }
}

/// An aggregate in words.
pub fn aggregate(aggregate: &Aggregate, table: &str) -> String {
    let mut argument = aggregate.arguments.first().map(row).unwrap_or_default();
    if let Some(pick) = &aggregate.pick {
        argument = picked(pick, &argument);
    }
    let what = match aggregate.function {
        AggregateFunction::CountRows => format!("the number of rows of {table}"),
        AggregateFunction::Count => {
            format!("the number of rows of {table} with a value of {argument}")
        }
        AggregateFunction::CountDistinct => format!("the number of different values of {argument}"),
        AggregateFunction::Sum => format!("the sum of {argument}"),
        AggregateFunction::Average => format!("the mean of {argument}"),
        AggregateFunction::Minimum => format!("the smallest {argument}"),
        AggregateFunction::Maximum => format!("the largest {argument}"),
        AggregateFunction::Variance => format!("the variance of {argument}"),
        AggregateFunction::StandardDeviation => format!("the standard deviation of {argument}"),
        AggregateFunction::Correlation => {
            format!(
                "the correlation of {argument} with {}",
                aggregate.arguments.get(1).map(row).unwrap_or_default()
            )
        }
        AggregateFunction::Quantile(p) if (p - 0.5).abs() < f64::EPSILON => {
            format!("the median of {argument}")
        }
        AggregateFunction::Quantile(p) => format!("the {p} quantile of {argument}"),
        AggregateFunction::First | AggregateFunction::Last => format!("the {argument}"),
    };
    match &aggregate.filter {
        Some(filter) => format!("{what} where {}", row(filter)),
        None => what,
    }
}

/// The value of the first or last row of each series.
fn picked(pick: &Pick, value: &str) -> String {
    let which = if pick.last { "last" } else { "first" };
    let series: Vec<String> = pick.series.iter().map(row).collect();
    let of = match series.as_slice() {
        [] => String::new(),
        names => format!(" of each {} of a programme", names.join(", ")),
    };
    let except = match &pick.except {
        Some(node) => format!(" (of all rows where {})", row(node)),
        None => String::new(),
    };
    format!("{which} {value} by {}{of}{except}", row(&pick.order))
}

/// A row expression in words.
pub fn row(node: &Node) -> String {
    match &node.kind {
        NodeKind::Column(path) => path.join(" ").replace('_', " "),
        NodeKind::Number(x) => x.to_string(),
        NodeKind::Text(text) => format!("‘{text}’"),
        NodeKind::Boolean(b) => if *b { "true" } else { "false" }.to_owned(),
        NodeKind::Date(days) => date_text(*days),
        NodeKind::Null => "nothing".to_owned(),
        NodeKind::Call(op, arguments) => call(*op, arguments),
    }
}

fn call(op: Op, arguments: &[Node]) -> String {
    let parts: Vec<String> = arguments.iter().map(row).collect();
    match (op, parts.as_slice()) {
        (Op::Add, [a, b]) => format!("({a} plus {b})"),
        (Op::Subtract, [a, b]) => format!("({a} minus {b})"),
        (Op::Multiply, [a, b]) => format!("({a} times {b})"),
        (Op::Divide, [a, b]) => format!("({a} divided by {b})"),
        (Op::Negate, [a]) => format!("minus {a}"),
        (Op::Equal, [a, b]) => format!("{a} is {b}"),
        (Op::NotEqual, [a, b]) => format!("{a} is not {b}"),
        (Op::Less, [a, b]) => format!(
            "{a} is {} {b}",
            if dated(arguments) { "before" } else { "below" }
        ),
        (Op::LessOrEqual, [a, b]) => format!(
            "{a} is {} {b}",
            if dated(arguments) {
                "on or before"
            } else {
                "at most"
            }
        ),
        (Op::Greater, [a, b]) => format!(
            "{a} is {} {b}",
            if dated(arguments) { "after" } else { "above" }
        ),
        (Op::GreaterOrEqual, [a, b]) => format!(
            "{a} is {} {b}",
            if dated(arguments) {
                "on or after"
            } else {
                "at least"
            }
        ),
        (Op::And, [a, b]) => format!("{a} and {b}"),
        (Op::Or, [a, b]) => format!("({a} or {b})"),
        (Op::Not, [a]) => format!("it is not so that {a}"),
        (Op::IsMissing, [a]) => format!("{a} has no value"),
        (Op::IsPresent, [a]) => format!("{a} has a value"),
        (Op::In, [a, rest @ ..]) => format!("{a} is one of {}", rest.join(", ")),
        (Op::Like, [a, b]) => format!("{a} is like {b}"),
        (Op::Coalesce, [first, rest @ ..]) => {
            format!("{first} (or, where missing, {})", rest.join(", else "))
        }
        (Op::Has, [a, b]) => format!("{a} include {b}"),
        (Op::HasAny, [a, codes @ ..]) => format!("{a} include {}", codes.join(" or ")),
        (Op::HasCommon, [a, b]) => format!("{a} and {b} have one in common"),
        (Op::SizeDistinct, [a]) => format!("the number of different {a}"),
        (Op::Size, [a]) => format!("the number of {a}"),
        (Op::Days, [a, b]) => format!("the days from {a} to {b}"),
        (Op::Years, [a, b]) => format!("the years from {a} to {b}"),
        (Op::Case, _) => {
            let mut text = String::new();
            for pair in parts.chunks_exact(2) {
                text += &format!("{} if {}, ", pair[1], pair[0]);
            }
            format!(
                "({text}else {})",
                parts.last().map_or("nothing", String::as_str)
            )
        }
        _ => format!(
            "{} of {}",
            format!("{op:?}").to_lowercase(),
            parts.join(", ")
        ),
    }
}

/// Whether a comparison is between days: one side is a date, or its name says so.
fn dated(arguments: &[Node]) -> bool {
    arguments.iter().any(|a| match &a.kind {
        NodeKind::Date(_) => true,
        NodeKind::Column(path) => path.last().is_some_and(|last| {
            ["start", "end", "date", "formed", "from", "to", "on"]
                .iter()
                .any(|w| last.split('_').any(|part| part == *w))
        }),
        _ => false,
    })
}
