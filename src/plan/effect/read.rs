//! What an effect reads of each row: the indicator row by row, the design's conditions, covariates, clusters and persons.

use super::conditions::all;
use super::outcome::Outcome;
use super::{Asked, EffectWork, Refusal, weights};
use crate::dataset::{Table, Type};
use crate::evaluation::EffectSetting;
use crate::finding::{Finding, nearest};
use crate::indicator::formula::check;
use crate::indicator::formula::node::{Fault, Node, NodeKind};
use crate::indicator::formula::parse;
use crate::indicator::measure::{Field, Input, Wants};
use crate::indicator::{Indicator, Measure, fault_finding};
use crate::outcome::{EffectDesign, Sampling};
use crate::plan::apart::Overlap;
use crate::plan::compared::in_condition;
use crate::plan::extract::{self, Extract};
use crate::plan::rates::Rates;
use crate::plan::resolve::{formula_type, programme_column, resolve};
use crate::plan::{Plan, column, currency, lack, private};

/// Plans what an effect reads.
///
/// # Errors
/// Why it can't be estimated from these data.
pub(super) fn read(
    plan: &mut Plan,
    asked: &Asked<'_>,
    remarks: &mut Vec<String>,
) -> Result<EffectWork, Refusal> {
    let setting = asked.setting;
    let (table_at, table) = table_of(asked, asked.indicator)?;
    lack::design(table)?;
    let mut reading = Reading {
        asked,
        table,
        table_at,
        fields: vec![],
        reasons: vec![],
        apart: vec![],
        rates: plan.rates.clone(),
        converted: false,
    };
    let mut work = EffectWork {
        table: table_at,
        sampling: Some(table.sampling()),
        persons: asked.evaluation.small_cells > 0 && table.of_persons(),
        ..EffectWork::default()
    };
    let design = reading.conditions(&mut work)?;
    let mut own = reading.columns_read(0);
    no_p_of_a_census(plan, asked, table);
    let mut outcome = Outcome::of(plan, &reading, asked.indicator, &design.sets_aside, remarks)?;
    let mut filters = std::mem::take(&mut outcome.filters);
    work.numerator = reading.number("the indicator", outcome.value.numerator.clone());
    let denominator = outcome.value.denominator.clone();
    work.denominator = denominator.map(|node| reading.number("the indicator", node));
    let by_cell = matches!(
        setting.design,
        EffectDesign::TwoWayEffects | EffectDesign::Staggered | EffectDesign::InterruptedSeries
    );
    if work.denominator.is_none() && !by_cell {
        return Refusal::reason(
            format!(
                "`{}` is a total, and the rows of a total have no average that could differ",
                asked.indicator.id
            ),
            "Name a unit and a time (two-way-effects, staggered, interrupted-series), or use an indicator that is a mean or a share.",
        );
    }
    if let Some(with) = &setting.with {
        let other = reading.other(with)?;
        let (other_table, _) = table_of(asked, other)?;
        if other_table != table_at {
            return Refusal::reason(
                format!(
                    "`{}` and `{}` are measured in different tables, so no row has both",
                    asked.indicator.id, other.id
                ),
                "Name an indicator over the same table.",
            );
        }
        let with = Outcome::of(plan, &reading, other, &design.sets_aside, remarks)?;
        let value = with.value.clone();
        if value.denominator.is_none() {
            return Refusal::reason(
                format!("`{}` is a total, not a value of each row", other.id),
                "Name an indicator that is a mean or a share over the rows.",
            );
        }
        filters.extend(outcome.join(with, asked.indicator, other)?);
        let numerator = reading.number("the indicator it goes with", value.numerator);
        let denominator = value
            .denominator
            .map(|node| reading.number("the indicator it goes with", node));
        work.with = Some((numerator, denominator));
        work.with_name = Some((other.name.clone(), other.unit.clone()));
    }
    filters.extend(design.filter);
    let from = reading.fields.len();
    if let Some(text) = &setting.filter {
        let condition = reading.condition("where", text)?;
        condition.columns(&mut own);
        filters.push(condition);
    }
    reading.variables(&mut work)?;
    own.extend(reading.columns_read(from));
    reading.clusters(&mut work)?;
    let remark = reading.rates.as_ref().map(Rates::remark);
    let remark = remark.filter(|remark| reading.converted && !remarks.contains(remark));
    remarks.extend(remark);
    filters.extend(outcome.together(&mut reading, &mut work, &own));
    let input = Input {
        name: "effect",
        table: table.name.clone(),
        optional: false,
        filter: all(filters).map(|node| (String::new(), node)),
        filter_key: "where",
        fields: reading.fields,
        date: None,
    };
    let mut extract = Extract::default();
    extract.scan.table = table_at;
    extract::read(&mut extract, &input, asked.dataset, table);
    for (required, reason) in extract.required.iter_mut().zip(reading.reasons) {
        if required.is_some() {
            *required = Some(reason);
        }
    }
    if let Some(weight) = &table.meaning.weight {
        extract.scan.weight = column(
            &mut extract.scan,
            asked.dataset,
            table,
            std::slice::from_ref(weight),
        );
        work.weight_name = Some(weight.clone());
    }
    weights::calibrate(&mut work, &mut extract.scan, asked, table);
    weights::replicated(&work, table, remarks)?;
    plan.extracts.push(extract);
    work.extract = plan.extracts.len() - 1;
    Ok(work)
}

/// Table of an indicator over rows.
fn table_of<'a>(asked: &Asked<'a>, indicator: &Indicator) -> Result<(usize, &'a Table), Refusal> {
    let id = &indicator.id;
    let rows = match &indicator.measure {
        _ if indicator.refused.is_some() => {
            return Refusal::reason(
                indicator.refused.clone().unwrap_or_default(),
                "Correct its definition.",
            );
        }
        Measure::Formula(rows) => rows,
        Measure::Derived { .. } => {
            return Refusal::reason(
                format!("`{id}` is made of other indicators, not of rows"),
                "Ask for the effect on one of its inputs.",
            );
        }
        Measure::Records(_) => {
            return Refusal::reason(
                format!("`{id}` is not a mean, a share or a sum over rows"),
                "Effects are told on means, shares, sums and scales; use one of these.",
            );
        }
    };
    let found = asked.dataset.table(&rows.table).and_then(|table| {
        let at = asked
            .dataset
            .tables
            .iter()
            .position(|t| t.name == table.name)?;
        Some((at, table))
    });
    match found {
        Some(found) => Ok(found),
        None => {
            let columns = indicator.measure.columns();
            let need = lack::no_table(asked.dataset, &rows.table, &columns);
            Err(crate::outcome::Lack::from(need).into())
        }
    }
}

/// What is read of the rows of a table, as it is put together.
pub(super) struct Reading<'a> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) table: &'a Table,
    /// Index of the table in the data set.
    pub(super) table_at: usize,
    fields: Vec<Field>,
    reasons: Vec<String>,
    /// What else must not meet: amounts in several currencies that the design itself reads.
    pub(super) apart: Vec<Overlap>,
    rates: Option<Rates>,
    /// Whether amounts that the design reads are converted.
    converted: bool,
}

impl<'a> Reading<'a> {
    /// Columns that the fields from this one on read.
    fn columns_read(&self, from: usize) -> Vec<Vec<String>> {
        let mut read = Vec::new();
        let fields = self.fields.iter().skip(from);
        fields.for_each(|field| field.node.columns(&mut read));
        read
    }

    /// An expression of the design with its amounts in one currency: converted where there are rates, else only of rows in one currency.
    fn in_one_currency(&mut self, node: Node, is_condition: bool) -> Node {
        let on = (self.asked.dataset, self.table);
        let money = &self.asked.money;
        let found = match is_condition {
            true => in_condition(&node, on, money),
            false => currency::not_by_hand(&node, on, money),
        };
        self.converted |= self.rates.is_some() && !found.is_empty();
        match &self.rates {
            Some(rates) => rates.expression(&node, &found, on, is_condition),
            None => {
                self.apart.extend(currency::by_row(found, self.table));
                node
            }
        }
    }

    pub(super) fn setting(&self) -> &'a EffectSetting {
        self.asked.setting
    }

    /// Adds a field; `what` is said of a row that lacks it.
    pub(super) fn field(&mut self, what: &str, node: Node, wants: Wants, required: bool) -> usize {
        let mut columns = Vec::new();
        node.columns(&mut columns);
        let columns: Vec<String> = columns.iter().map(|path| path.join(".")).collect();
        self.reasons.push(match columns.as_slice() {
            [] => format!("{what} missing"),
            [one] => format!("{one} missing or unusable"),
            many => format!("{what} ({}) missing or unusable", many.join(", ")),
        });
        self.fields.push(Field {
            key: "value",
            text: String::new(),
            node,
            wants,
            required,
            if_there: false,
        });
        self.fields.len() - 1
    }

    fn number(&mut self, what: &str, node: Node) -> usize {
        self.field(what, node, Wants::Number, true)
    }

    fn columns(&self) -> impl Fn(&[String]) -> Result<check::Type, (String, String)> + use<'a> {
        let (dataset, table) = (self.asked.dataset, self.table);
        move |path: &[String]| {
            resolve(dataset, table, path)
                .map(|found| formula_type(found.r#type))
                .map_err(|unresolved| (unresolved.message, unresolved.help))
        }
    }

    fn fault(&self, key: &str, text: &str, fault: &Fault) -> Refusal {
        let key = format!("effect.{}.{key}", self.setting().name());
        Refusal::Finding(Box::new(fault_finding(fault, text, &key)))
    }

    /// An expression of the evaluation file, with its type.
    pub(super) fn expression(&self, key: &str, text: &str) -> Result<(Node, check::Type), Refusal> {
        let node = match self.own_programme(text) {
            Some(node) => node,
            None => parse::row(text).map_err(|fault| self.fault(key, text, &fault))?,
        };
        let found =
            check::of(&node, &self.columns()).map_err(|fault| self.fault(key, text, &fault))?;
        Ok((node, found))
    }

    /// `programme` is the column that says which programme a row belongs to, whatever its name.
    fn own_programme(&self, text: &str) -> Option<Node> {
        if text != "programme" || self.table.column(text).is_some() {
            return None;
        }
        let own = programme_column(self.asked.dataset, self.table)?;
        Some(Node::synthetic(NodeKind::Column(vec![own])))
    }

    /// A condition of the evaluation file.
    pub(super) fn condition(&mut self, key: &str, text: &str) -> Result<Node, Refusal> {
        let (node, _) = self.expression(key, text)?;
        check::filter(&node, &self.columns()).map_err(|fault| self.fault(key, text, &fault))?;
        Ok(self.in_one_currency(node, true))
    }

    /// A number (or date, where `date`) of the evaluation file.
    pub(super) fn quantity(
        &mut self,
        key: &str,
        text: &str,
        date: bool,
    ) -> Result<(Node, bool), Refusal> {
        let (node, found) = self.expression(key, text)?;
        let is_date = found == check::Type::Date;
        let wants = if date { Wants::Ordered } else { Wants::Number };
        if wants.takes(found) {
            return Ok((self.in_one_currency(node, false), is_date));
        }
        let fault = Fault::new(
            "formula-type",
            node.span,
            format!("Expected {}, found a {}.", wants.name(), found.name()),
            "Name another column, or an expression that gives one.",
        );
        Err(self.fault(key, text, &fault))
    }

    pub(super) fn finding(&self, key: &str, message: String, help: impl Into<String>) -> Refusal {
        let column = format!("effect.{}.{key}", self.setting().name());
        let finding = Finding::error("evaluation-effect", message, help);
        Refusal::Finding(Box::new(finding.in_column(&column)))
    }

    /// The indicator named by `with`.
    fn other(&self, id: &str) -> Result<&'a Indicator, Refusal> {
        let catalogue = self.asked.catalogue;
        catalogue.get(id).ok_or_else(|| {
            if catalogue.faulty.contains_key(id) {
                let (message, help) = catalogue.faulty_in_words(id);
                return self.finding("with", message, help);
            }
            let ids = catalogue.indicators.iter().map(|i| i.id.as_str());
            let help = match nearest(id, ids) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "`codev indicators list` shows all.".to_owned(),
            };
            self.finding("with", format!("No indicator is called `{id}`."), help)
        })
    }

    /// Covariates, balance variables, dose, moderator and subgroups.
    fn variables(&mut self, work: &mut EffectWork) -> Result<(), Refusal> {
        let setting = self.setting();
        for (key, text, place) in [
            ("dose", &setting.dose, &mut work.dose),
            ("moderator", &setting.moderator, &mut work.moderator),
        ] {
            if let Some(text) = text {
                let (node, _) = self.quantity(key, text, false)?;
                *place = Some(self.field(key, node, Wants::Number, true));
            }
        }
        for name in &setting.covariates {
            let at = self.variable("covariates", name, true)?;
            work.covariates.push((name.clone(), at));
        }
        for name in &setting.balance {
            if !setting.covariates.contains(name) {
                let at = self.variable("balance", name, false)?;
                work.balance.push((name.clone(), at));
            }
        }
        for name in &setting.by {
            let path: Vec<String> = name.split('.').map(str::to_owned).collect();
            if work.persons
                && let Some(reason) = private::reason(self.asked.dataset, self.table, &path)
            {
                let message = format!("Effects are not told by `{name}`: {reason}.");
                let help = "Name a column with few values that many persons share.";
                return Err(self.finding("by", message, help));
            }
            let at = self.label("by", name, false)?;
            work.by.push((name.clone(), at));
        }
        Ok(())
    }

    /// A variable: numbers and truth values as numbers, everything else by category.
    fn variable(&mut self, key: &str, text: &str, required: bool) -> Result<usize, Refusal> {
        let (node, found) = self.expression(key, text)?;
        let node = self.in_one_currency(node, false);
        let wants = match found {
            check::Type::Number | check::Type::Boolean => Wants::Number,
            check::Type::List => {
                let message =
                    format!("`{text}` is a list, which is no single value to hold constant.");
                return Err(self.finding(
                    key,
                    message,
                    "Use HAS(list, 'code') for one of its codes.",
                ));
            }
            _ => Wants::Label,
        };
        Ok(self.field(text, node, wants, required))
    }

    fn label(&mut self, key: &str, text: &str, required: bool) -> Result<usize, Refusal> {
        let (node, found) = self.expression(key, text)?;
        if found == check::Type::List {
            let message = format!("`{text}` is a list, which does not split the rows.");
            return Err(self.finding(key, message, "Name a column with one value in each row."));
        }
        Ok(self.field(text, node, Wants::Label, required))
    }

    /// Clusters, persons and assignment.
    fn clusters(&mut self, work: &mut EffectWork) -> Result<(), Refusal> {
        let setting = self.setting();
        let meaning = &self.table.meaning;
        let own = |name: &String| Node::synthetic(NodeKind::Column(vec![name.clone()]));
        if let Some(name) = programme_column(self.asked.dataset, self.table) {
            let single = self
                .table
                .column(&name)
                .is_some_and(|c| c.r#type != Type::List);
            work.programme =
                single.then(|| self.field("the programme", own(&name), Wants::Label, false));
        }
        let there = |name: &&String| self.table.column(name).is_some();
        if let Some(person) = meaning.person.as_ref().filter(there) {
            work.person = Some(self.field("the person", own(person), Wants::Label, false));
        } else if let Some(path) = self.table.persons.keys.first()
            && resolve(self.asked.dataset, self.table, path).is_ok_and(|c| c.r#type != Type::List)
        {
            let node = Node::synthetic(NodeKind::Column(path.clone()));
            work.person = Some(self.field("the person", node, Wants::Label, false));
        }
        let there = |name: &&String| self.table.column(name).is_some();
        match (&setting.cluster, &meaning.cluster) {
            (Some(text), _) => {
                work.cluster = Some(self.label("cluster", text, true)?);
                work.cluster_name = Some(text.clone());
            }
            (None, Some(name)) if self.table.sampling() == Sampling::Sample && there(&name) => {
                work.cluster = Some(self.field("the cluster", own(name), Wants::Label, true));
                work.cluster_name = Some(name.clone());
            }
            _ => {}
        }
        if self.table.sampling() == Sampling::Sample {
            for (name, place) in [
                (&meaning.cluster, &mut work.sampled),
                (&meaning.stratum, &mut work.stratum),
            ] {
                if let Some(name) = name.as_ref().filter(there) {
                    *place =
                        Some(self.field("the sample's design", own(name), Wants::Label, false));
                }
            }
        }
        for (key, text, place) in [
            (
                "second_cluster",
                &setting.second_cluster,
                &mut work.second_cluster,
            ),
            ("assigned", &setting.assigned, &mut work.assigned),
            ("blocks", &setting.blocks, &mut work.blocks),
        ] {
            if let Some(text) = text {
                *place = Some(self.label(key, text, true)?);
            }
        }
        Ok(())
    }
}

/// Says that errors and p-values asked of a census are not given.
fn no_p_of_a_census(plan: &mut Plan, asked: &Asked<'_>, table: &Table) {
    let setting = asked.setting;
    let over_rows = !matches!(
        setting.design,
        EffectDesign::TwoWayEffects | EffectDesign::Staggered | EffectDesign::InterruptedSeries
    );
    let asks = setting.errors.is_some() || setting.wild.is_some() || setting.cluster.is_some();
    if table.sampling() == Sampling::Sample || setting.randomised || !over_rows || !asks {
        return;
    }
    let message = format!(
        "Standard errors are asked of `{}`, which is a census: all units are in it, so the difference has no sampling error and no p-value.",
        table.name
    );
    let help = "Remove `errors`, `wild` and `cluster`; declare the table a sample if it is one; or set randomised = true if chance assigned the treatment.";
    let finding = Finding::warning("evaluation-effect-census", message, help)
        .in_file("evaluation.toml")
        .in_column(format!("effect.{}", setting.name()));
    if !plan.findings.listed.contains(&finding) {
        plan.findings.push(finding);
    }
}
