//! Names in the manifest: roles, and columns that keys or the `codev` object name.

use super::declare::{ROLES, TableSpec};
use super::{Clusters, Table, manifest};
use crate::finding::{Finding, Findings, nearest};

/// A finding on a role that there is not.
pub(super) fn check_role(spec: &TableSpec, findings: &mut Findings) {
    let role = spec.meaning.role.as_str();
    if role.is_empty() || ROLES.contains(&role) {
        return;
    }
    let help = match nearest(role, ROLES.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => format!(
            "Roles are {}; leave it out for a table of your own.",
            ROLES.join(", ")
        ),
    };
    findings.push(
        Finding::error(
            "data-unknown-role",
            format!("The table `{}` has an unknown role.", spec.name),
            help,
        )
        .in_file(manifest::NAME)
        .in_column("role")
        .with_value(role),
    );
}

/// Findings on columns that keys or the `codev` object name but the table does not have.
pub(super) fn check_columns(spec: &TableSpec, findings: &mut Findings) {
    let names: Vec<&str> = spec.fields.iter().map(|f| f.column.name.as_str()).collect();
    let mut check = |what: &str, column: &str| {
        if names.contains(&column) {
            return;
        }
        let help = match nearest(column, names.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Its columns are {}.", names.join(", ")),
        };
        let message = format!(
            "`{what}` of table `{}` names a column that it does not have.",
            spec.name
        );
        findings.push(
            Finding::error("data-unknown-column", message, help)
                .in_file(manifest::NAME)
                .in_column(format!("{}.{what}", spec.name))
                .with_value(column),
        );
    };
    spec.primary_key.iter().for_each(|c| check("primaryKey", c));
    spec.unique_keys
        .iter()
        .flatten()
        .for_each(|c| check("uniqueKeys", c));
    spec.references
        .iter()
        .flat_map(|r| &r.fields)
        .for_each(|c| check("foreignKeys", c));
    let meaning = &spec.meaning;
    let named = [
        ("programme", &meaning.programme),
        ("label", &meaning.label),
        ("date", &meaning.date),
        ("person", &meaning.person),
        ("cluster", &meaning.cluster),
        ("stratum", &meaning.stratum),
        ("weight", &meaning.weight),
        ("wave", &meaning.wave),
    ];
    for (what, column) in named {
        column.iter().for_each(|c| check(what, c));
    }
    let population = meaning.population.as_ref().and_then(Clusters::column);
    population.into_iter().for_each(|c| check("population", c));
    let units = meaning
        .cluster_population
        .as_ref()
        .and_then(Clusters::column);
    units
        .into_iter()
        .for_each(|c| check("cluster_population", c));
    meaning
        .overlapping
        .iter()
        .for_each(|c| check("overlapping", c));
    meaning.series.iter().for_each(|c| check("series", c));
    meaning.totals.keys().for_each(|c| check("totals", c));
    let words = crate::outcome::ACCUMULATIONS;
    let accumulation = meaning.accumulation.iter();
    let accumulation = accumulation.filter(|a| !words.contains(&a.as_str()));
    accumulation.for_each(|c| check("accumulation", c));
    let currency = meaning.currency.iter();
    let currency = currency.filter(|c| crate::outcome::currency(c).is_none());
    currency.for_each(|c| check("currency", c));
}

/// A finding on replicate weights that can't be used as they are declared.
pub(super) fn check_replicates(table: &Table, findings: &mut Findings) {
    if let Some((fault, remedy)) = table.replicate_fault() {
        let message = format!(
            "The replicate weights of table `{}` can't be used: {fault}.",
            table.name
        );
        findings.push(
            Finding::error("data-replicate-weights", message, remedy)
                .in_file(manifest::NAME)
                .in_column(format!("{}.replicate_weights", table.name)),
        );
    }
}

/// Findings on tables that have the same role.
pub(super) fn check_roles(specs: &[TableSpec], findings: &mut Findings) {
    for (at, spec) in specs.iter().enumerate() {
        let role = &spec.meaning.role;
        let earlier = specs.iter().take(at).find(|s| s.meaning.role == *role);
        let Some(earlier) = earlier.filter(|_| !role.is_empty()) else {
            continue;
        };
        let message = format!(
            "The tables `{}` and `{}` have the same role; the first is used for it.",
            earlier.name, spec.name
        );
        let help = "Give the role to one of them; files of the same shape can be one table with a list in `path`.";
        findings.push(
            Finding::error("data-duplicate-role", message, help)
                .in_file(manifest::NAME)
                .in_column(format!("{}.role", spec.name))
                .with_value(role),
        );
    }
}
