//! Agreement of raters on tandem, against Python: krippendorff 0.8 (alpha), scikit-learn 1.9.1 (kappa), pingouin (ICC),
//! pandas (gaps). Tolerance 1e-9: the same arithmetic in another order.

use crate::kit::root;
use codev::outcome::{Agreement, Content, Outcome};
use codev::run::{Quiet, evaluate};

fn tandem() -> Outcome {
    evaluate(&root().join("datasets/tandem"), &Quiet).unwrap_or_else(|stop| panic!("{stop}"))
}

fn near(got: f64, expected: f64, what: &str) {
    assert!(
        (got - expected).abs() < 1e-9,
        "{what}: {got}, not {expected}"
    );
}

fn of<'a>(outcome: &'a Outcome, id: &str) -> (f64, &'a Agreement) {
    let result = outcome
        .indicators
        .iter()
        .find(|i| i.definition.id == id)
        .unwrap();
    let total = result
        .details
        .iter()
        .find(|d| d.programme.is_none())
        .unwrap();
    match &total.content {
        Content::Agreement(found) => (result.estimates[0].value.unwrap(), found),
        other => panic!("{other:?}"),
    }
}

#[test]
fn coders_and_partners_of_tandem_agree_as_python_says() {
    let outcome = tandem();
    let (value, coders) = of(&outcome, "agreement-of-coders");
    near(value, 0.628_953_286_013_666_2, "ordinal alpha");
    let alpha = [
        0.606_216_225_442_056_1,
        0.628_953_286_013_666_2,
        0.628_926_169_418_479_8,
        0.626_281_423_443_507_5,
    ];
    for ((level, got), expected) in coders.alpha.iter().zip(alpha) {
        near(got.unwrap(), expected, level);
    }
    assert_eq!(
        (coders.cases, coders.paired, coders.complete),
        (480, 477, 426)
    );
    let pairs = [
        (446, KAPPA[0], QUADRATIC[0]),
        (443, KAPPA[1], QUADRATIC[1]),
        (440, KAPPA[2], QUADRATIC[2]),
    ];
    for (pair, (cases, kappa, quadratic)) in coders.pairs.iter().zip(pairs) {
        assert_eq!(pair.cases, cases);
        near(pair.kappa.unwrap(), kappa, "kappa");
        near(pair.quadratic_kappa.unwrap(), quadratic, "quadratic kappa");
    }
    let (gap, partners) = of(&outcome, "influence-gap-between-partners");
    near(gap, 0.708_333_333_333_333_4, "gap");
    assert_eq!(partners.raters, ["destination-partner", "origin-partner"]);
    near(partners.pairs[0].gap.unwrap(), gap, "gap of the pair");
    let (distance, _) = of(&outcome, "benefit-gap-between-partners");
    near(distance, 0.447_916_666_666_666_7, "distance");
}

const KAPPA: [f64; 3] = [
    0.613_282_648_989_978_3,
    0.590_935_432_308_681_8,
    0.604_988_665_060_614_4,
];
const QUADRATIC: [f64; 3] = [
    0.644_356_211_003_970_4,
    0.613_027_202_140_462_8,
    0.629_234_476_681_847_6,
];
