//! Sheets of means over programmes and of the programmes in them.

use super::{head, id, name, table, word};
use crate::outcome::comparison::{Compared, Comparison, PoolModel, PoolScale, Pooled};
use crate::report::comparison::{Data, Datum, ends};

pub(super) fn pooled(compared: &Compared) -> Data {
    let mut data = table(&[
        "what",
        "scale",
        "value",
        "low",
        "high",
        "se",
        "df",
        "p",
        "programmes",
    ]);
    for c in &compared.comparisons {
        let Some(pooled) = &c.pooled else { continue };
        let mut add = |what: String, mean: &crate::outcome::comparison::PooledMean, n: usize| {
            let mut row = head(c);
            row.extend([
                Datum::text(what),
                word(&pooled.scale),
                Datum::number(Some(mean.value)),
                Datum::number(Some(mean.interval.0)),
                Datum::number(Some(mean.interval.1)),
                Datum::number(Some(mean.se)),
                Datum::number(mean.df),
                Datum::p(Some(mean.p)),
                Datum::Count(n as u64),
            ]);
            data.push(row);
        };
        let all = pooled.pooled.len();
        add("mean".to_owned(), &pooled.mean, all);
        add("fixed effect".to_owned(), &pooled.fixed, all);
        for group in pooled.subgroups.iter().flat_map(|s| &s.groups) {
            if let Some(mean) = &group.mean {
                add(format!("group {}", group.label), mean, group.entries.len());
            }
        }
        for coefficient in pooled.regression.iter().flat_map(|r| &r.coefficients) {
            add(
                format!("regression on {}", coefficient.name),
                &coefficient.estimate,
                all,
            );
        }
        if let Some(levels) = &pooled.multilevel {
            add(
                format!("programmes within {}", levels.by),
                &levels.mean,
                all,
            );
        }
        if let Some(egger) = pooled.small_study.as_ref().and_then(|s| s.egger.as_ref()) {
            add("Egger's slope".to_owned(), egger, all);
        }
        scatter(&mut data, c, pooled);
    }
    data
}

fn scatter(data: &mut Data, c: &Comparison, pooled: &Pooled) {
    let h = &pooled.heterogeneity;
    let mut add = |what: &str, value: Option<f64>, interval: Option<(f64, f64)>, df, p| {
        let mut row = head(c);
        let (low, high) = ends(interval);
        row.extend([
            Datum::text(what),
            word(&pooled.scale),
            Datum::number(value),
            Datum::number(low),
            Datum::number(high),
            Datum::None,
            Datum::number(df),
            Datum::p(p),
            Datum::Count(pooled.pooled.len() as u64),
        ]);
        data.push(row);
    };
    add(
        "prediction",
        None,
        pooled.prediction,
        pooled.prediction_df,
        None,
    );
    add("tau2", Some(h.tau2), h.tau2_interval, None, None);
    add("I2", Some(h.i2), h.i2_interval, None, None);
    let q = match pooled.model {
        PoolModel::BinomialNormal => "likelihood-ratio",
        _ => "Q",
    };
    add(q, Some(h.q), None, Some(h.df), Some(h.p));
}

/// From the pooling scale to the measure's own.
fn back(value: f64, scale: PoolScale) -> f64 {
    match scale {
        PoolScale::Own => value,
        PoolScale::Logit => 1.0 / (1.0 + (-value).exp()),
        PoolScale::Log => value.exp(),
    }
}

pub(super) fn members(compared: &Compared) -> Data {
    let mut data = table(&[
        "id",
        "name",
        "weight",
        "drawn_to_mean",
        "drawn_low",
        "drawn_high",
        "mean_without",
        "without_low",
        "without_high",
        "tau2_without",
        "residual",
        "cook",
        "influential",
        "unit",
    ]);
    for c in &compared.comparisons {
        let Some(pooled) = &c.pooled else { continue };
        let unit = c.measure.unit.as_str();
        let own = |v: f64| Datum::of(Some(back(v, pooled.scale)), unit);
        for m in &pooled.members {
            let without = |at: usize| match m.without {
                Some((value, low, high)) => own([value, low, high][at]),
                None => Datum::None,
            };
            let mut row = head(c);
            row.extend([
                id(c, m.entry),
                name(c, m.entry),
                Datum::of(Some(m.weight), "%"),
                own(m.shrunken.0),
                own(m.shrunken.1),
                own(m.shrunken.2),
                without(0),
                without(1),
                without(2),
                Datum::number(m.tau2_without),
                Datum::number(m.residual),
                Datum::number(m.cook),
                Datum::yes(Some(m.influential)),
                Datum::text(unit),
            ]);
            data.push(row);
        }
    }
    data
}
