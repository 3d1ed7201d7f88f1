//! Replicate weights of the data: whether they can be used, and what they rest on.

use super::{ROWS, Replicated, Source, Weighting};
use crate::dataset::{About, Dataset, MANIFEST, ReplicateMethod, ReplicateWeights, Scales, Table};
use crate::engine::sums::Sums;
use crate::engine::{State, frame};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::ReplicateFacts;
use crate::plan::extract::Extract;
use crate::plan::scan::Scan;
use crate::plan::weights::WeightsItem;
use crate::stats::Refused;
use crate::stats::survey::replicate::{Centre, Scheme, check, degrees_of_freedom, factors};
use rustc_hash::FxHashMap;

/// Rows by replicate that the rank of the weights is told from: taken evenly over the file where there are more.
const RANK: usize = 20;

/// Looks at the replicate weights of a table.
pub(super) fn look(
    weighting: &mut Weighting,
    item: &WeightsItem,
    (dataset, table): (&Dataset, &Table),
    sums: &Sums,
    findings: &mut Findings,
) -> Result<(), Stop> {
    let Some(said) = &table.meaning.replicate_weights else {
        return Ok(());
    };
    let count = item.columns.len();
    let place = |finding: Finding| {
        finding
            .in_file(MANIFEST)
            .in_column(format!("{}.replicate_weights", table.name))
    };
    let total = |component: usize| sums.components[component].iter().sum::<f64>();
    if let Some(rows) = item.unweighted.map(total).filter(|rows| *rows > 0.0) {
        let message = format!(
            "{rows} rows of `{}` have a replicate weight above zero and a full weight that is missing or zero.",
            table.name
        );
        let help = "They are left out; a row of the sample has a full weight above zero.";
        findings.push(place(Finding::warning(
            "data-replicate-weights",
            message,
            help,
        )));
    }
    let mut facts = ReplicateFacts {
        count: count as u64,
        columns: (
            item.columns.first().cloned().unwrap_or_default(),
            item.columns.last().cloned().unwrap_or_default(),
        ),
        method: said.method.name().to_owned(),
        about_mean: said.about == About::Mean,
        df: 0.0,
        df_said: said.df.is_some(),
        refused: None,
    };
    let df = match said.df {
        Some(df) => Ok(df),
        None => rank(dataset, table, item)?,
    };
    match usable(item, sums, said).and_then(|factors| df.map(|df| (factors, df))) {
        Ok((factors, df)) => {
            facts.df = df;
            weighting.source = Ok(Source::Given(Replicated {
                factors,
                about_mean: facts.about_mean,
                df,
                named: are_named(item, sums),
                cells: vec![],
            }));
        }
        Err(Refused { reason, help }) => {
            let message = format!(
                "The replicate weights of table `{}` can't be used: {reason}.",
                table.name
            );
            findings.push(place(Finding::error(
                "data-replicate-weights",
                message,
                help,
            )));
            let why = format!("the replicate weights can't be used: {reason}");
            facts.refused = Some(reason);
            weighting.source = Err(why);
        }
    }
    weighting.told.replicates = Some(facts);
    Ok(())
}

/// Factors of the variance, where the weights are what they should be.
fn usable(item: &WeightsItem, sums: &Sums, said: &ReplicateWeights) -> Result<Vec<f64>, Refused> {
    let count = item.columns.len();
    for (name, (least, missing)) in item.columns.iter().zip(&item.checks) {
        let missing: f64 = sums.components[*missing].iter().sum();
        if missing > 0.0 {
            return Err(Refused::new(
                format!("`{name}` is missing in {missing} rows that have a weight"),
                "Every row needs all replicate weights; 0 stands for left out.",
            ));
        }
        let least = sums.components[*least]
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min);
        if least < 0.0 {
            return Err(Refused::new(
                format!("`{name}` has a negative weight, {least}"),
                "Check the columns of replicate weights.",
            ));
        }
    }
    let full: f64 = sums.components[item.weight].iter().sum();
    let totals = totals(item, sums);
    let each: Vec<&[f64]> = totals.iter().map(std::slice::from_ref).collect();
    check(&[full], &each)?;
    let each = match &said.scales {
        Some(Scales::All(x)) => vec![*x; count],
        Some(Scales::Each(each)) => each.clone(),
        None => vec![1.0; count],
    };
    let scheme = match said.method {
        ReplicateMethod::Jk1 => Scheme::Jk1,
        ReplicateMethod::Jkn => Scheme::Jkn(&each),
        ReplicateMethod::Brr => Scheme::Brr,
        ReplicateMethod::Fay => Scheme::Fay(said.rho.unwrap_or(f64::NAN)),
        ReplicateMethod::Bootstrap => Scheme::Bootstrap,
        ReplicateMethod::Given => Scheme::Given(said.scale.unwrap_or(1.0), &each),
    };
    let centre = match said.about {
        About::Estimate => Centre::Estimate,
        About::Mean => Centre::Mean,
    };
    factors(count, &scheme, centre)
}

/// Sum of each replicate's weights.
fn totals(item: &WeightsItem, sums: &Sums) -> Vec<f64> {
    let count = item.columns.len();
    let mut totals = vec![0.0; count];
    for cell in sums
        .replicated
        .first()
        .map_or(&[][..], Vec::as_slice)
        .chunks_exact(count)
    {
        totals.iter_mut().zip(cell).for_each(|(sum, w)| *sum += w);
    }
    totals
}

/// Degrees of freedom by the rank of the weights.
fn rank(
    dataset: &Dataset,
    table: &Table,
    item: &WeightsItem,
) -> Result<Result<f64, Refused>, Stop> {
    let count = item.columns.len();
    if table.rows.saturating_mul(count as u64) > ROWS {
        return Ok(Err(Refused::new(
            format!(
                "{} rows are too many to tell the degrees of freedom from",
                table.rows
            ),
            "Give them in `df`: clusters less strata, or as the documentation of the data says.",
        )));
    }
    let extract = Extract {
        scan: Scan {
            table: item.scan.table,
            columns: item.scan.columns.clone(),
            expressions: item.scan.expressions.clone(),
            weight: item.scan.weight,
            replicates: item.scan.replicates.clone(),
            ..Scan::default()
        },
        ..Extract::default()
    };
    let rows = frame(dataset, &extract, &|_| {})?;
    let used = (0..rows.states.len()).filter(|row| rows.states[*row] == State::Used);
    let used: Vec<usize> = used.collect();
    let step = used.len().div_ceil(RANK * count).max(1);
    let weights: Vec<Vec<f64>> = rows
        .replicates
        .iter()
        .map(|all| used.iter().step_by(step).map(|row| all[*row]).collect())
        .collect();
    let each: Vec<&[f64]> = weights.iter().map(Vec::as_slice).collect();
    Ok(degrees_of_freedom(&each).and_then(|df| {
        if df < 1.0 {
            return Err(Refused::new(
                "they are all alike",
                "Check the columns of replicate weights.",
            ));
        }
        Ok(df)
    }))
}

/// Whether a cluster is named, and no two strata have one of the same name.
fn are_named(item: &WeightsItem, sums: &Sums) -> bool {
    let [stratum, Some(cluster)] = item.drawn.as_slice() else {
        return false;
    };
    let mut stratum_of: FxHashMap<u32, u32> = FxHashMap::default();
    sums.cells.iter().all(|cell| {
        let own = stratum.map_or(0, |key| cell[key]);
        *stratum_of.entry(cell[*cluster]).or_insert(own) == own
    })
}
