//! What is computable on given data, and what is missing for the rest.

use super::plan;
use super::resolve::{self, formula_type, resolve};
use crate::dataset::{Clusters, Dataset, Table, Type};
use crate::evaluation::Evaluation;
use crate::finding::nearest;
use crate::indicator::formula::{check, node::Fault};
use crate::indicator::measure::Rows;
use crate::indicator::{Catalogue, Indicator, Measure};
use crate::outcome::{Lack, Need, Sampling};
use std::collections::BTreeMap;

/// Every indicator of a catalogue, in its order, with what it lacks on a data set; `None` where it can be computed.
///
/// "Can be computed" means that tables, columns, types and links are there and the table has rows. Whether a row has
/// a value, only computing shows. The answer is that of [`plan`] itself, so it holds for every measure type.
pub fn feasible<'a>(
    catalogue: &'a Catalogue,
    dataset: &Dataset,
) -> Vec<(&'a Indicator, Option<Lack>)> {
    let everything = Evaluation::of(vec!["*".to_owned()]);
    let planned = plan(catalogue, dataset, &everything);
    // Inputs stand before what is made of them, so each is looked at once.
    let mut lacks: BTreeMap<&str, Lack> = BTreeMap::new();
    for item in &planned.items {
        let indicator = &item.indicator;
        let lack = match (&item.work, &indicator.measure) {
            (Err(lack), _) => lack.clone(),
            (Ok(_), Measure::Derived { inputs, .. }) => Lack {
                needs: inputs
                    .iter()
                    .filter_map(|(_, id)| Some(Need::input(id, lacks.get(id.as_str())?)))
                    .collect(),
            },
            (Ok(_), _) => no_rows(indicator, dataset).unwrap_or_default(),
        };
        if !lack.needs.is_empty() {
            lacks.insert(&indicator.id, lack);
        }
    }
    let each = catalogue.indicators.iter();
    each.map(|indicator| (indicator, lacks.get(indicator.id.as_str()).cloned()))
        .collect()
}

/// A table without a row gives no value to anything.
fn no_rows(indicator: &Indicator, dataset: &Dataset) -> Option<Lack> {
    let table = dataset.table(indicator.table.as_deref()?)?;
    (table.rows == 0).then(|| Lack::from(format!("the table `{}` has no rows", table.name)))
}

/// Finds all that an indicator lacks, where the plan stopped at the first fault; what is known in words alone stays.
pub(super) fn sharpen(lack: Lack, indicator: &Indicator, dataset: &Dataset) -> Lack {
    if !lack.only_words() {
        return lack;
    }
    let Some(wanted) = &indicator.table else {
        return lack;
    };
    let columns = indicator.measure.columns();
    let Some(table) = dataset.table(wanted) else {
        return no_table(dataset, wanted, &columns).into();
    };
    let mut needs: Vec<Need> = Vec::new();
    for path in &columns {
        if let Err(unresolved) = resolve(dataset, table, path) {
            add(&mut needs, *unresolved.need);
            // Behind a missing link more may be missing.
            behind(dataset, path, &mut needs);
        }
    }
    if let Measure::Formula(rows) = &indicator.measure {
        for need in wrong_types(rows, dataset, table, &columns) {
            add(&mut needs, need);
        }
    }
    if needs.is_empty() {
        lack
    } else {
        Lack { needs }
    }
}

/// A table that is not there, with the columns that would be read from it.
pub fn no_table(dataset: &Dataset, table: &str, columns: &[Vec<String>]) -> Need {
    let mut paths: Vec<String> = columns.iter().map(|path| path.join(".")).collect();
    let mut seen = Vec::new();
    paths.retain(|p| {
        let new = !seen.contains(p);
        seen.push(p.clone());
        new
    });
    let names = dataset.tables.iter().map(|t| t.name.as_str());
    Need::Table {
        table: table.to_owned(),
        columns: paths,
        nearest: nearest(table, names).map(str::to_owned),
    }
}

/// The table that a path probably means by `programme` in `programme.start`: of that name or role, in one or several.
pub(super) fn parent<'a>(dataset: &'a Dataset, name: &str) -> Option<&'a Table> {
    dataset
        .table(name)
        .or_else(|| dataset.table(&format!("{name}s")))
}

fn behind(dataset: &Dataset, path: &[String], needs: &mut Vec<Need>) {
    let Some(Need::Link { to: Some(to), .. }) = needs.last() else {
        return;
    };
    let found = dataset.tables.iter().find(|t| t.name == *to);
    if let (Some(parent), Some((_, rest))) = (found, path.split_first())
        && let Err(unresolved) = resolve(dataset, parent, rest)
    {
        add(needs, *unresolved.need);
    }
}

fn add(needs: &mut Vec<Need>, need: Need) {
    if !needs.contains(&need) {
        needs.push(need);
    }
}

/// Types in the order in which they are tried for a column that does not fit.
const TYPES: [check::Type; 5] = [
    check::Type::Number,
    check::Type::Boolean,
    check::Type::Date,
    check::Type::List,
    check::Type::Text,
];

/// Columns of another type than a formula needs: a fault that goes away with another type of a column is one of that
/// column. It is supposed to be mended, to find the next.
fn wrong_types(rows: &Rows, dataset: &Dataset, table: &Table, paths: &[Vec<String>]) -> Vec<Need> {
    let declared: BTreeMap<&[String], resolve::Resolved> = paths
        .iter()
        .filter_map(|path| Some((path.as_slice(), resolve(dataset, table, path).ok()?)))
        .collect();
    // A column that is missing is told of elsewhere, and fits everywhere.
    let mut types: BTreeMap<&[String], check::Type> = declared
        .iter()
        .map(|(path, found)| (*path, formula_type(found.r#type)))
        .collect();
    let mut needs = Vec::new();
    while let Some(at) = fault(rows, &types) {
        let mended = declared.iter().find_map(|(path, found)| {
            let is = formula_type(found.r#type);
            if types.get(path) != Some(&is) {
                return None;
            }
            // A day written as text is a fault of the formula, not of the column.
            let day = |t: &check::Type| (is, *t) == (check::Type::Date, check::Type::Text);
            let wanted = TYPES.iter().filter(|t| **t != is && !day(t)).find(|t| {
                let mut supposed = types.clone();
                supposed.insert(*path, **t);
                fault(rows, &supposed).is_none_or(|next| next > at)
            })?;
            Some((*path, found, is, *wanted))
        });
        let Some((path, found, is, wanted)) = mended else {
            break;
        };
        let holder = found.joins.last().map_or(&table.name, |join| &join.table);
        needs.push(Need::Type {
            table: holder.clone(),
            column: found.column.clone(),
            is: is.name().to_owned(),
            wanted: wanted.name().to_owned(),
        });
        types.insert(path, wanted);
    }
    needs
}

/// Where the first fault in the types of a measure is: in which part, and from where to where.
fn fault(rows: &Rows, types: &BTreeMap<&[String], check::Type>) -> Option<(u8, usize, usize)> {
    let columns = |path: &[String]| Ok(types.get(path).copied().unwrap_or(check::Type::Unknown));
    let filter = rows.filter.as_ref();
    let found = filter.and_then(|(_, node)| check::filter(node, &columns).err());
    let place = |part: u8| move |fault: Fault| (part, fault.span.start, fault.span.end);
    found.map(place(0)).or_else(|| {
        let found = check::formula(&rows.formula, &columns);
        found.err().map(place(1))
    })
}

/// The survey design that a sample declares must be there: without it its figures would be wrong, not rough.
pub(super) fn design(table: &Table) -> Result<(), Lack> {
    if table.sampling() == Sampling::Census {
        return Ok(());
    }
    let meaning = &table.meaning;
    let population = meaning.population.as_ref().and_then(Clusters::column);
    let units = meaning
        .cluster_population
        .as_ref()
        .and_then(Clusters::column);
    let named = [
        ("weight", meaning.weight.as_ref()),
        ("cluster", meaning.cluster.as_ref()),
        ("stratum", meaning.stratum.as_ref()),
        ("population", population),
        ("cluster population", units),
    ];
    for (what, name) in named {
        let Some(name) = name else { continue };
        match table.column(name) {
            None => {
                let names = table.columns.iter().map(|c| c.name.as_str());
                let words = format!(
                    "the {what} column `{name}` is not in the table `{}`",
                    table.name
                );
                let remedy = match nearest(name, names) {
                    Some(near) => format!("Did you mean `{near}` in the codev object?"),
                    None => "Add the column, or correct the table's codev object.".to_owned(),
                };
                return Err(Need::Other { words, remedy }.into());
            }
            Some(c)
                if matches!(what, "weight" | "population" | "cluster population")
                    && c.r#type != Type::Number =>
            {
                let words = format!(
                    "the {what} `{name}` of the table `{}` is not declared a number",
                    table.name
                );
                let remedy = "Give it the type `number` in the manifest.".to_owned();
                return Err(Need::Other { words, remedy }.into());
            }
            Some(_) => {}
        }
    }
    if let Some((fault, remedy)) = table.replicate_fault() {
        let words = format!(
            "the replicate weights of the table `{}` can't be used: {fault}",
            table.name
        );
        return Err(Need::Other { words, remedy }.into());
    }
    Ok(())
}
