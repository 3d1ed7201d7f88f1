//! The questions of `codev indicators new`, in order. What was given as a flag is not asked.

use super::list::{Kind, Side, name};
use super::new::{Around, Checked, Direction, New, as_id, kebab};
use super::{ask, find, new_text};
use crate::cli::terminal::{Fault, Terminal};
use crate::dataset::{Dataset, Table, Type};
use crate::indicator::Indicator;
use clap::ValueEnum;
use std::collections::BTreeSet;

/// What was given, completed by answers.
pub fn complete(given: &New, around: &Around, terminal: &Terminal) -> Result<New, Fault> {
    let mut new = given.clone();
    terminal.prompt("An empty answer takes what stands in [brackets]. Ctrl-C stops; nothing is written before the end.\n\n");
    match &given.extends {
        Some(base) => {
            let base = find(&around.catalogue, base)?;
            extending(&mut new, base, around, terminal)?;
        }
        None => whole(&mut new, around, terminal)?,
    }
    Ok(new)
}

fn whole(new: &mut New, around: &Around, terminal: &Terminal) -> Result<(), Fault> {
    if new.question.is_none() {
        new.question = Some(ask::text(terminal, "Which question does it answer?", None)?);
    }
    let default = new.id.as_deref().map(new_text::spoken);
    if new.name.is_none() {
        let question = "Name: what is measured, as a noun phrase";
        new.name = Some(ask::text(terminal, question, default.as_deref())?);
    }
    ask_id(new, around, terminal)?;
    if new.kind.is_none() {
        let question = "What kind of measure is it?";
        new.kind = Some(one_of(terminal, question, Kind::Process)?);
    }
    ask_dimension(new, around, terminal)?;
    if new.side.is_none() {
        let question = "Which locality does it speak of?";
        new.side = Some(one_of(terminal, question, Side::Both)?);
    }
    let tables: Vec<(String, String)> = around.dataset.iter().flat_map(tables).collect();
    if new.table.is_none() {
        new.table = Some(match tables.is_empty() {
            true => ask::text(terminal, "Role or name of the table, as `activities`", None)?,
            false => ask::choice(terminal, "From which table?", &tables, None, true)?,
        });
    }
    let table = around.dataset.as_ref().zip(new.table.as_deref());
    if let Some(table) = table.and_then(|(data, name)| data.table(name)) {
        terminal.prompt(&format!("Its columns: {}\n", columns(table)));
    }
    let (asks_filter, asks_value) = (new.filter.is_none(), new.value.is_none());
    loop {
        if asks_filter {
            let question = "Which rows count? A filter in SQL, as side = 'origin'";
            new.filter = ask::optional(terminal, question)?;
        }
        if asks_value {
            let question = "The value: an aggregate in SQL, as SUM(meals) or AVG(x) or COUNT(*) FILTER (WHERE adopted) / COUNT(*)";
            new.value = Some(ask::text(terminal, question, Some("COUNT(*)"))?);
        }
        if sound(new, around, terminal) || !(asks_filter || asks_value) {
            break;
        }
    }
    if new.unit.is_none() {
        let ratio = new.value.as_deref().is_some_and(|v| v.contains('/'));
        let default = if ratio { "%" } else { "number" };
        let question = "Unit (% where the formula gives a proportion)";
        new.unit = Some(ask::text(terminal, question, Some(default))?);
    }
    if new.direction.is_none() {
        let question = "Which way is better?";
        new.direction = Some(one_of(terminal, question, Direction::Neither)?);
    }
    if new.source.is_none() {
        let question = "Where does the measure come from?";
        let default = "Own measure of this evaluation";
        new.source = Some(ask::text(terminal, question, Some(default))?);
    }
    Ok(())
}

fn extending(
    new: &mut New,
    base: &Indicator,
    around: &Around,
    terminal: &Terminal,
) -> Result<(), Fault> {
    let formula = base.formula.replace('\n', "\n  ");
    terminal.prompt(&format!("{}\n  {}\n  {formula}\n\n", base.name, base.words));
    if new.name.is_none() {
        let default = new.id.as_deref().map(new_text::spoken);
        let question = "Name: how does it differ, as a noun phrase";
        new.name = Some(ask::text(terminal, question, default.as_deref())?);
    }
    ask_id(new, around, terminal)?;
    if new.set.is_empty() {
        for (name, before) in &base.parameters {
            let question = format!("Value of the parameter {name}");
            let value = ask::text(terminal, &question, Some(before))?;
            if value != *before {
                new.set.push(format!("{name}={value}"));
            }
        }
    }
    let table = new.table.as_deref().or(base.table.as_deref());
    let has_rows = base.table.is_some();
    if let Some(table) = around
        .dataset
        .as_ref()
        .zip(table)
        .and_then(|(d, t)| d.table(t))
    {
        terminal.prompt(&format!("Its columns: {}\n", columns(table)));
    }
    let asks = has_rows && new.only.is_none() && new.filter.is_none();
    if asks {
        loop {
            let question = "Only for which rows? A further filter in SQL, as side = 'origin'";
            new.only = ask::optional(terminal, question)?;
            if sound(new, around, terminal) {
                break;
            }
        }
    }
    if new.unit.is_none() {
        let unit = ask::text(terminal, "Unit", Some(&base.unit))?;
        new.unit = Some(unit).filter(|u| *u != base.unit);
    }
    Ok(())
}

/// Whether the definition can be so; says why not, or what the data lack.
fn sound(new: &New, around: &Around, terminal: &Terminal) -> bool {
    match new.checked(around) {
        // A column that the data don't have is a slip of the keyboard more often than not: it is asked again.
        Checked::Sound(_, remarks) => {
            terminal.remarks(&remarks);
            remarks.is_empty()
        }
        Checked::Faulty(faults) => {
            terminal.remarks(&faults);
            false
        }
    }
}

fn ask_id(new: &mut New, around: &Around, terminal: &Terminal) -> Result<(), Fault> {
    let default = as_id(new.name.as_deref().unwrap_or_default());
    while new.id.is_none() {
        let default = Some(default.as_str()).filter(|d| !d.is_empty());
        let id = ask::text(terminal, "Id, by which evaluations ask for it", default)?;
        if let Err(stop) = kebab("id", &id) {
            terminal.prompt(&format!("  {stop}\n"));
        } else if let Some(other) = around.catalogue.get(&id) {
            terminal.prompt(&format!("  `{id}` is taken by {}.\n", other.file));
        } else {
            new.id = Some(id);
        }
    }
    Ok(())
}

fn ask_dimension(new: &mut New, around: &Around, terminal: &Terminal) -> Result<(), Fault> {
    let kind = name(new.kind.unwrap_or(Kind::Process));
    let of_kind = around
        .catalogue
        .indicators
        .iter()
        .filter(|i| super::word(&i.kind) == kind);
    let known: BTreeSet<&str> = of_kind.map(|i| i.dimension.as_str()).collect();
    let options: Vec<(String, String)> = known
        .into_iter()
        .map(|d| (d.to_owned(), String::new()))
        .collect();
    while new.dimension.is_none() {
        let dimension = ask::choice(terminal, "Which dimension?", &options, None, true)?;
        let sound = kebab("dimension", &dimension);
        match sound.and_then(|()| super::new::misspelt(&dimension, &around.catalogue)) {
            Ok(()) => new.dimension = Some(dimension),
            Err(stop) => terminal.prompt(&format!("  {stop}\n")),
        }
    }
    Ok(())
}

/// One of the values of an option, by number.
fn one_of<T: ValueEnum>(terminal: &Terminal, question: &str, default: T) -> Result<T, Fault> {
    let meaning = |value: &T| {
        let value = value.to_possible_value();
        let help = value
            .as_ref()
            .and_then(|v| v.get_help())
            .map(ToString::to_string);
        (value.map(|v| v.get_name().to_owned()), help)
    };
    let options: Vec<(String, String)> = T::value_variants()
        .iter()
        .map(meaning)
        .map(|(word, help)| (word.unwrap_or_default(), help.unwrap_or_default()))
        .collect();
    let default_word = meaning(&default).0;
    let word = ask::choice(terminal, question, &options, default_word.as_deref(), false)?;
    Ok(T::from_str(&word, false).unwrap_or(default))
}

/// The tables of a package, by role where they have one.
fn tables(dataset: &Dataset) -> Vec<(String, String)> {
    let each = |table: &Table| {
        let role = &table.meaning.role;
        let (word, also) = match role.is_empty() || *role == table.name {
            true => (table.name.clone(), String::new()),
            false => (role.clone(), format!("{}, ", table.name)),
        };
        (word, format!("{also}{} rows", table.rows))
    };
    dataset.tables.iter().map(each).collect()
}

/// The columns of a table with their types, and the foreign keys that lead further.
fn columns(table: &Table) -> String {
    let each = table.columns.iter().map(|column| {
        let kind = match column.r#type {
            Type::Number => "number",
            Type::Boolean => "yes or no",
            Type::Text => "text",
            Type::Date => "date",
            Type::List => "list",
        };
        let key = table.foreign_keys.iter().find(|k| k.column == column.name);
        let further = key
            .map(|k| format!(", leads to {}", k.table))
            .unwrap_or_default();
        format!("{} ({kind}{further})", column.name)
    });
    each.collect::<Vec<_>>().join(", ")
}
