//! Difference-in-differences on real data, against published numbers and a second opinion.

use codev::stats::did::{Aggregation, Options, Rows, group_time};

fn mpdta() -> Option<(Vec<f64>, Vec<i64>, Vec<Option<i64>>, Vec<usize>, Vec<f64>)> {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/reference/mpdta.csv");
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        eprintln!("skipped: no ../shared/data");
        return None;
    };
    let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.unwrap();
        let number = |i: usize| record[i].parse::<f64>().unwrap();
        columns.0.push(number(3));
        columns.1.push(number(0) as i64);
        columns
            .2
            .push((number(4) > 0.0).then_some(number(4) as i64));
        columns.3.push(number(1) as usize);
        columns.4.push(number(2));
    }
    Some(columns)
}

#[test]
fn show() {
    let Some((y, t, g, u, x)) = mpdta() else {
        return;
    };
    for cov in [false, true] {
        let c = [("lpop", x.as_slice())];
        let rows = Rows {
            outcome: &y,
            period: &t,
            cohort: &g,
            unit: Some(&u),
            cluster: None,
            weight: None,
            covariates: if cov { &c } else { &[] },
        };
        let r = group_time(&rows, &Options::default()).unwrap();
        for c in &r.cells {
            eprintln!(
                "{} {} {:.10} {:.10}",
                c.cohort, c.period, c.inference.value, c.inference.se
            );
        }
        eprintln!("{:?} {:?}", r.pretrend, r.counts);
        for how in [
            Aggregation::Simple,
            Aggregation::Dynamic {
                between: None,
                balanced: None,
            },
            Aggregation::Group,
            Aggregation::Calendar,
        ] {
            let a = r.aggregate(how).unwrap();
            eprintln!("{how:?} {:.10} {:.10}", a.overall.value, a.overall.se);
            for p in a.parts {
                eprintln!(
                    "   {} {:.10} {:.10}",
                    p.at, p.inference.value, p.inference.se
                );
            }
        }
    }
}

#[test]
fn swiss() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/swiss-naturalisation/hh2019.csv");
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        eprintln!("skipped: no ../shared/data");
        return;
    };
    let (mut unit, mut period, mut y, mut on) = (vec![], vec![], vec![], vec![]);
    for record in reader.records() {
        let record = record.unwrap();
        let number = |i: usize| record[i].parse::<f64>().unwrap();
        unit.push(number(0) as usize);
        period.push(number(1) as i64);
        y.push(number(2));
        on.push(number(3) > 0.0);
    }
    let mut start = std::collections::BTreeMap::new();
    for i in 0..y.len() {
        if on[i] {
            start
                .entry(unit[i])
                .and_modify(|t: &mut i64| *t = (*t).min(period[i]))
                .or_insert(period[i]);
        }
    }
    let cohort: Vec<Option<i64>> = unit.iter().map(|u| start.get(u).copied()).collect();
    let rows = Rows {
        outcome: &y,
        period: &period,
        cohort: &cohort,
        unit: Some(&unit),
        cluster: None,
        weight: None,
        covariates: &[],
    };
    for kind in [
        codev::stats::linear::Kind::Cr1,
        codev::stats::linear::Kind::Cr2,
    ] {
        let t0 = std::time::Instant::now();
        let r = codev::stats::did::sun_abraham(
            &rows,
            &codev::stats::did::EventOptions {
                anticipation: 0,
                kind,
                confidence: 0.95,
            },
        )
        .unwrap();
        eprintln!(
            "{:?} {:?} {} rows {:?} {:?}",
            r.overall,
            r.pretrend,
            r.rows,
            r.counts,
            t0.elapsed()
        );
        for e in r.events {
            eprintln!(
                "  {} {:.6} {:.6} {:.1}",
                e.at, e.inference.value, e.inference.se, e.inference.df
            );
        }
    }
    let t0 = std::time::Instant::now();
    let r = group_time(&rows, &Options::default()).unwrap();
    eprintln!(
        "{:?} {} cells {:?} skipped {:?}",
        r.counts,
        r.cells.len(),
        r.pretrend,
        r.skipped.len()
    );
    eprintln!("{:?} {:?}", r.aggregate(Aggregation::Simple), t0.elapsed());
}
