//! What a column alone leaves open is settled by the other columns of its file, by a person, or said to be in doubt.

use super::day_forms::{Kind, Order};
use super::draft::Draft;
use super::infer::{Asks, Question};
use super::number_forms::Reading;
use super::profile::{Open, Profile};
use super::words;
use crate::finding::Stop;

/// Settles what the columns alone leave open: by the other columns of the file, else by whoever can be asked, else by
/// the likelier reading, which is then said to be in doubt.
///
/// # Errors
/// A [`Stop`] when there is no answer to a question.
pub(super) fn settle(draft: &mut Draft, ask: &mut Asks<'_>) -> Result<(), Stop> {
    let decimals: Vec<(char, String)> = draft
        .columns
        .iter()
        .filter_map(|c| Some((c.decimals?, c.name.clone())))
        .collect();
    let orders: Vec<(Order, String, String)> = draft
        .columns
        .iter()
        .filter_map(|c| c.order.clone().map(|(o, cell)| (o, cell, c.name.clone())))
        .collect();
    let shown = draft.shown.clone();
    let private = draft.is_private();
    for column in &mut draft.columns {
        match std::mem::replace(&mut column.open, Open::No) {
            Open::No => {}
            Open::Marks(both) => {
                settle_marks(column, *both, &decimals, (&shown, private), ask)?;
                column.take_codes();
            }
            Open::Years(years) => years.settle(column, (&shown, private), ask)?,
            Open::Order(kind) => settle_order(column, &kind, &orders, (&shown, private), ask)?,
        }
    }
    Ok(())
}

fn settle_marks(
    column: &mut Profile,
    (thousands, fractions): (Reading, Reading),
    decimals: &[(char, String)],
    (shown, private): (&str, bool),
    ask: &mut Asks<'_>,
) -> Result<(), Stop> {
    let mark = fractions.decimals.unwrap_or('.');
    let same = decimals.iter().find(|(c, _)| *c == mark);
    let unlike = decimals.iter().find(|(c, _)| *c != mark);
    // Cells of persons are not quoted: another number of the same form stands for them.
    let made_up = (format!("1{mark}234"), 1234.0);
    let ((cell, grouped), fraction) = match private {
        true => (&made_up, 1.234),
        false => (&thousands.example, fractions.example.1),
    };
    if let (None, Some((other, name))) = (same, unlike) {
        column.take_reading(&thousands);
        column.why = format!(
            "`{cell}` is {grouped}, since `{other}` stands before the decimals of `{name}`"
        );
        return Ok(());
    }
    let by_name = words::has_decimals(&column.name);
    let by_column = same.filter(|_| unlike.is_none());
    let decimal = by_name || by_column.is_some();
    let question = Question {
        file: shown.to_owned(),
        text: format!("What is `{cell}` in the column `{}`?", column.name),
        options: vec![
            ("thousands".to_owned(), format!("{grouped}")),
            ("decimals".to_owned(), format!("{fraction}")),
        ],
        usual: usize::from(decimal),
    };
    let answer = if by_name { None } else { ask(&question)? };
    let taken = answer.unwrap_or(question.usual);
    let (reading, value, rest) = if taken == 1 {
        (&fractions, fraction, grouped)
    } else {
        (&thousands, *grouped, &fraction)
    };
    column.take_reading(reading);
    if answer.is_some() {
        column.why = "you said so".to_owned();
        return Ok(());
    }
    let mut why = if let Some((_, name)) = by_column {
        format!("`{mark}` stands before the decimals of `{name}`, too")
    } else if by_name {
        "the name is one of a number with decimals".to_owned()
    } else {
        "every mark has exactly three digits behind it".to_owned()
    };
    let change = if taken == 1 {
        format!(
            "set `\"groupChar\": \"{mark}\"` and `\"decimalChar\": \"{}\"`",
            if mark == ',' { '.' } else { ',' }
        )
    } else {
        format!(
            "set `\"decimalChar\": \"{mark}\"`, delete `groupChar` and set the type to `number`"
        )
    };
    why = format!("{why}; {rest} fits as well: if that is meant, {change}");
    let what = format!("`{cell}` in `{}` is read as {value}", column.name);
    if by_name {
        column.note(what, why);
    } else {
        column.doubt(what, why);
    }
    Ok(())
}

fn settle_order(
    column: &mut Profile,
    kind: &Kind,
    orders: &[(Order, String, String)],
    (shown, private): (&str, bool),
    ask: &mut Asks<'_>,
) -> Result<(), Stop> {
    let (day, month) = (kind.read(Order::DayFirst), kind.read(Order::MonthFirst));
    let (mut day, mut month) = (day.unwrap_or_default(), month.unwrap_or_default());
    let mut cell = kind.example.clone();
    if private {
        let pattern = kind.pattern(Order::DayFirst).unwrap_or_default();
        let made_up = jiff::civil::date(2020, 2, 1).at(12, 0, 0, 0);
        cell = jiff::fmt::strtime::format(&pattern, made_up).unwrap_or_default();
        (day, month) = ("2020-02-01".to_owned(), "2020-01-02".to_owned());
    }
    if let Some((order, example, name)) = orders.first()
        && orders.iter().all(|(o, _, _)| o == order)
    {
        column.take_pattern(kind, *order);
        column.why = format!(
            "{}; both orders fit, but {} in `{name}` can only be so",
            column.why,
            match private {
                true => "a day".to_owned(),
                false => format!("`{example}`"),
            }
        );
        return Ok(());
    }
    let question = Question {
        file: shown.to_owned(),
        text: format!("What is `{cell}` in the column `{}`?", column.name),
        options: vec![
            ("day-first".to_owned(), day.clone()),
            ("month-first".to_owned(), month.clone()),
        ],
        usual: 0,
    };
    let answer = ask(&question)?;
    let order = if answer == Some(1) {
        Order::MonthFirst
    } else {
        Order::DayFirst
    };
    column.take_pattern(kind, order);
    if answer.is_some() {
        column.why = "you said so".to_owned();
        return Ok(());
    }
    let other = kind.pattern(Order::MonthFirst).unwrap_or_default();
    let what = format!(
        "`{cell}` in `{}` is read with the day first, as {day}",
        column.name
    );
    let why = format!(
        "all cells fit both orders; if the month comes first ({month}), set the column's `format` to `{other}`"
    );
    column.doubt(what, why);
    Ok(())
}
