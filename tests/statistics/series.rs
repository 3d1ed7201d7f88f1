//! Interrupted series of the tandem data, whose truth is known.

use codev::stats::series::{Errors, Options, Rows, segmented};

/// `spending`: level -20, slope 0.5 before and -0.9 more after, autocorrelation 0.4, in eight localities.
#[test]
fn spending_of_tandem() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/tandem/spending.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let (mut names, mut series, mut time, mut outcome) = (vec![], vec![], vec![], vec![]);
    for record in reader.records() {
        let record = record.unwrap();
        let name = record[0].to_owned();
        if !names.contains(&name) {
            names.push(name.clone());
        }
        series.push(names.iter().position(|n| *n == name).unwrap());
        let (year, month): (i64, i64) = (
            record[1][..4].parse().unwrap(),
            record[1][5..7].parse().unwrap(),
        );
        time.push(4 * (year - 2006) + (month - 1) / 3);
        outcome.push(record[2].parse::<f64>().unwrap() / 1000.0);
    }
    let rows = Rows {
        outcome: &outcome,
        time: &time,
        series: Some(&series),
        exposed: None,
    };
    let options = Options {
        start: 28,
        seasons: None,
        errors: Errors::RestrictedLikelihood,
        check_lags: None,
        confidence: 0.95,
    };
    let fit = segmented(&rows, &options).unwrap();
    for (name, effect, truth) in [
        ("level", fit.level, -20.0),
        ("slope", fit.slope, -0.9),
        ("slope before", fit.slope_before, 0.5),
    ] {
        eprintln!(
            "{name}: truth {truth}, {:.3} ({:.3})",
            effect.value, effect.se
        );
        assert!((effect.value - truth).abs() < 3.0 * effect.se);
    }
    eprintln!("rho {:?}, remaining {:?}", fit.rho, fit.remaining);
    assert!((fit.rho.unwrap() - 0.4).abs() < 0.15);
    assert!(fit.checks.durbin_watson < 1.6);
    assert!((fit.remaining.unwrap().durbin_watson - 2.0).abs() < 0.3);
}
