//! Wild cluster bootstrap on published data.

use codev::stats::resample::wild::{Options, Regression, Weights, Wild, wild};

/// Columns of `../shared/data/reference/wildboot-collapsed.csv`, where it is.
fn collapsed() -> Option<Vec<Vec<f64>>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/reference/wildboot-collapsed.csv");
    if !path.exists() {
        eprintln!("skipped: no ../shared/data");
        return None;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().skip(1).map(|line| {
        line.split(',')
            .map(|x| x.parse::<f64>().unwrap())
            .collect::<Vec<_>>()
    });
    let rows: Vec<Vec<f64>> = rows.collect();
    Some(
        (0..5)
            .map(|j| rows.iter().map(|row| row[j]).collect())
            .collect(),
    )
}

fn test(columns: &[Vec<f64>], weights: Weights) -> Wild {
    let constant = vec![1.0; columns[0].len()];
    let year: Vec<usize> = columns[0].iter().map(|year| *year as usize).collect();
    let regression = Regression {
        outcome: &columns[2],
        columns: &[&constant, &columns[1], &columns[3], &columns[4]],
        names: &["constant", "selfemployed", "post", "post_self"],
        weights: None,
        clusters: &year,
        absorbed: 0,
    };
    let options = Options {
        restricted: true,
        weights,
        draws: 0,
        null: 0.04,
        confidence: 0.95,
        seed: 1,
        what: 1,
    };
    wild(&regression, &[0.0, 0.0, 0.0, 1.0], &options).unwrap()
}

/// hasinsurance on selfemployed, post, post_self by year, H0 post_self = .04, restricted: t(7) = 2.0194; all 6^8 Webb patterns p = .0757423; all
/// 2^8 Rademacher patterns 18/256 (above) and 20/256 (at least). Four and seven digits are those given; counts are exact.
#[test]
fn collapsed_insurance_data() {
    let Some(columns) = collapsed() else { return };
    let webb = test(&columns, Weights::Webb);
    assert!(
        (webb.t - 2.0194).abs() < 5e-5 && webb.df == 7.0,
        "{}",
        webb.t
    );
    assert_eq!((webb.exact, webb.draws), (true, 1_679_616));
    assert!(
        (webb.p_above - 0.075_742_3).abs() < 5e-8,
        "{} {}",
        webb.p_above,
        webb.p
    );
    let rademacher = test(&columns, Weights::Rademacher);
    assert_eq!(
        (rademacher.p_above, rademacher.p),
        (18.0 / 256.0, 20.0 / 256.0)
    );
    // The interval holds the hypothesised value, which is not rejected at 5 %, and ends where the p-value crosses it.
    let found = webb.inference().unwrap();
    assert!(
        found.low < 0.04
            && 0.04 < found.high
            && found.low < found.value
            && found.value < found.high
    );
}
