//! What an indicator reads: sums over a table, or rows one by one.

use super::cut::{Asked, Errors, cut};
use super::extract::{self, Extract};
use super::fit::fit;
use super::interval::{Shape, limits};
use super::program::{Program, program};
use super::reach;
use super::resolve::resolve;
use super::scan::{Key, Scan, What};
use super::together::{Together, percentages};
use super::{Plan, RecordsWork, RowWork, add_column, column, lack, lower_first};
use super::{apart, currency};
use crate::dataset::{Dataset, Table};
use crate::evaluation::Evaluation;
use crate::finding::Finding;
use crate::indicator::Indicator;
use crate::indicator::formula::node::{Node, NodeKind};
use crate::indicator::measure::{Records, Rows};
use crate::outcome::{Lack, Sampling};
use std::collections::BTreeSet;

impl Plan {
    pub(super) fn rows(
        &mut self,
        indicator: &Indicator,
        rows: &Rows,
        dataset: &Dataset,
        evaluation: &Evaluation,
        used_by: &mut BTreeSet<String>,
        remarks: &mut Vec<String>,
    ) -> Result<RowWork, Lack> {
        let Some(table_at) = dataset
            .table(&rows.table)
            .and_then(|t| dataset.tables.iter().position(|o| o.name == t.name))
        else {
            let columns = indicator.measure.columns();
            return Err(lack::no_table(dataset, &rows.table, &columns).into());
        };
        let table = &dataset.tables[table_at];
        lack::design(table)?;
        let fitted = match fit(rows, dataset, table) {
            Ok(rows) => rows,
            Err(finding) => {
                let reason = extract::reason(&finding);
                self.tell(*finding, indicator);
                return Err(reason.into());
            }
        };
        let reported = apart::reports(fitted, (dataset, table), remarks)?;
        let Together {
            rows,
            overlapping,
            shared,
            told,
            remarks: said,
        } = self.together(reported, indicator, dataset, table_at);
        remarks.extend(said);
        let asked = Asked {
            indicator,
            dataset,
            evaluation,
            refused: &self.refused,
            told: (&told.0, &told.1),
        };
        let scan_at = scan_of(&mut self.scans, table_at);
        let scan = &mut self.scans[scan_at];
        let mut paths = Vec::new();
        rows.nodes().for_each(|node| node.columns(&mut paths));
        overlapping.iter().for_each(|o| o.node.columns(&mut paths));
        shared.iter().for_each(|s| s.key.columns(&mut paths));
        paths.extend(indicator.measure.columns());
        for path in paths {
            if let Ok(found) = resolve(dataset, table, &path) {
                add_column(scan, path, found);
            }
        }
        let cut = cut(scan, table, rows.date.as_ref(), &asked, used_by, remarks);
        if scan.is_weighted() {
            apart::of_one_population(&rows)?;
        }
        let mut persons = Vec::new();
        for path in table.persons.keys.iter().filter(|_| cut.persons) {
            if column(scan, dataset, table, path).is_some() {
                persons.push(Node::synthetic(NodeKind::Column(path.clone())));
            }
        }
        let program = program(
            scan,
            &rows,
            cut.programme,
            (&overlapping, &shared),
            &persons,
        );
        let percentages = percentages(indicator, &rows.formula).map(|column| {
            let path = vec![column.to_owned()];
            let x = scan.expression(&Node::synthetic(NodeKind::Column(path)));
            let mask = scan.components[program.used].mask;
            (
                column.to_owned(),
                scan.component(mask, What::Minimum(x), false),
            )
        });
        let mut clusters = None;
        if cut.errors == Errors::Replicates {
            for component in program.components() {
                self.scans[scan_at].replicate(component);
            }
            clusters = self.clusters(scan_at, &program, (dataset, table));
        }
        let beside = match &rows.beside {
            None => None,
            Some(records) => {
                let work = self.records(
                    indicator,
                    records,
                    dataset,
                    evaluation,
                    used_by,
                    &mut vec![],
                )?;
                Some(Box::new(work))
            }
        };
        let shape = Shape::of(&mut self.scans[scan_at], &rows, &program, (dataset, table));
        let mean = rows.scale().and_then(|_| limits(&rows, dataset, table));
        let reach = reach::of_formula(&rows.formula, mean, (dataset, table));
        Ok(RowWork {
            scan: scan_at,
            program,
            cut,
            shape,
            reach,
            percentages,
            clusters,
            beside,
        })
    }

    /// Collectors of the clusters behind a value and of their strata: with replicate weights they are only counted, so they
    /// split no cells.
    fn clusters(
        &mut self,
        scan: usize,
        program: &Program,
        (dataset, table): (&Dataset, &Table),
    ) -> Option<(usize, Option<usize>)> {
        let named = table.meaning.cluster.as_ref()?;
        let scan = &mut self.scans[scan];
        let mask = scan.components[program.used].mask;
        let mut different = |name: &String| {
            let expression = column(scan, dataset, table, std::slice::from_ref(name))?;
            Some(scan.collector(mask, expression, true))
        };
        let clusters = different(named)?;
        Some((clusters, table.meaning.stratum.as_ref().and_then(different)))
    }

    /// Plans the reading of rows one by one.
    pub(super) fn records(
        &mut self,
        indicator: &Indicator,
        records: &Records,
        dataset: &Dataset,
        evaluation: &Evaluation,
        used_by: &mut BTreeSet<String>,
        remarks: &mut Vec<String>,
    ) -> Result<RecordsWork, Lack> {
        let mut extracts = Vec::with_capacity(records.inputs.len());
        // Ties of actors who are persons are about persons, whatever the ties themselves say.
        let inputs = records
            .inputs
            .iter()
            .filter_map(|i| dataset.table(&i.table));
        let persons = evaluation.small_cells > 0 && inputs.into_iter().any(Table::of_persons);
        let mut first = None;
        for input in &records.inputs {
            let Some(table) = dataset.table(&input.table) else {
                if input.optional {
                    extracts.push(None);
                    continue;
                }
                let mut paths = Vec::new();
                input.nodes().for_each(|node| node.columns(&mut paths));
                return Err(lack::no_table(dataset, &input.table, &paths).into());
            };
            lack::design(table)?;
            if let Some(reason) = records.what.needs_census()
                && table.sampling() == Sampling::Sample
            {
                return Err(format!(
                    "the table `{}` is declared a sample, and {reason}",
                    table.name
                )
                .into());
            }
            if let Err(finding) = extract::check_input(input, dataset, table) {
                let reason = extract::reason(&finding);
                self.tell(*finding, indicator);
                return Err(reason.into());
            }
            let table_at = dataset.tables.iter().position(|t| t.name == table.name);
            let table_at = table_at.unwrap_or_default();
            let (input, overlapping) = self.input(input, (table, table_at), first.is_none());
            let mut extract = Extract::default();
            extract.scan.table = table_at;
            extract::read(&mut extract, &input, dataset, table);
            extract::keep_apart(&mut extract, overlapping, dataset, table);
            if first.is_none() {
                let asked = Asked {
                    indicator,
                    dataset,
                    evaluation,
                    refused: &self.refused,
                    told: (&[], &[]),
                };
                let scan = &mut extract.scan;
                let nodes = input.fields.iter().map(|field| &field.node);
                if let Some(reason) =
                    currency::apart_by_name(nodes, indicator, (dataset, table), &self.money)
                {
                    return Err(reason.into());
                }
                for field in &input.fields {
                    let filter = input.filter.as_ref().map(|(_, node)| node);
                    if let Some(reason) =
                        currency::mixed((&field.node, filter), (dataset, table), &self.money)
                    {
                        return Err(reason.into());
                    }
                }
                let mut made = cut(scan, table, input.date.as_ref(), &asked, used_by, remarks);
                made.persons |= persons;
                let person = table.persons.keys.first().filter(|_| made.persons);
                made.person = person
                    .and_then(|path| column(scan, dataset, table, path))
                    .map(|e| scan.key(Key::Column(e)));
                // A column that the measure spreads its rows over can't split them: each part would be one category.
                let own = records.what.categories(&input);
                made.by.retain(|(name, _)| own != Some(name.as_str()));
                extract.programme = made.programme;
                first = Some(made);
            } else {
                extract.programme = extract::programme_key(&mut extract.scan, dataset, table);
            }
            self.extracts.push(extract);
            extracts.push(Some(self.extracts.len() - 1));
        }
        match first {
            Some(cut) => Ok(RecordsWork { extracts, cut }),
            None => Err("it reads no table".to_owned().into()),
        }
    }
}

/// The scan of a table, begun where there is none.
fn scan_of(scans: &mut Vec<Scan>, table: usize) -> usize {
    match scans.iter().position(|s| s.table == table) {
        Some(at) => at,
        None => {
            scans.push(Scan {
                table,
                ..Scan::default()
            });
            scans.len() - 1
        }
    }
}

impl Plan {
    /// Tells that a definition of one's own does not fit the data. What the library could measure on other data is no fault, and
    /// stands with its reason among what can't be computed.
    fn tell(&mut self, mut finding: Finding, indicator: &Indicator) {
        if indicator.builtin {
            return;
        }
        finding.message = format!(
            "`{}` can't be computed: {}",
            indicator.id,
            lower_first(&finding.message)
        );
        self.findings.push(indicator.locate(finding));
    }
}
