//! What is still there after the funding on tandem, against Python: lifelines 0.30 (KaplanMeierFitter, its bounds on the
//! scale of log(-log)), times in calendar years by dateutil. Tolerance 1e-9: the same arithmetic in another order.

use crate::kit::root;
use codev::outcome::{Content, Outcome, Retention};
use codev::run::{Quiet, evaluate};

fn of<'a>(outcome: &'a Outcome, id: &str) -> (&'a codev::outcome::Estimate, &'a Retention) {
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
        Content::Retention(found) => (&result.estimates[0], found),
        other => panic!("{other:?}"),
    }
}

#[test]
fn ties_and_organisations_of_tandem_last_as_lifelines_says() {
    let outcome =
        evaluate(&root().join("datasets/tandem"), &Quiet).unwrap_or_else(|stop| panic!("{stop}"));
    for (id, rows, ended, share, low, high) in [
        (
            "public-civil-ties-retained",
            110,
            56,
            0.461_659_090_909_090_96,
            0.356_516_594_037_45,
            0.560_321_228_448_371_6,
        ),
        (
            "organisations-retained",
            216,
            65,
            0.742_464_638_317_575_5,
            0.673_336_870_193_123_8,
            0.799_155_865_994_345_1,
        ),
    ] {
        let (estimate, found) = of(&outcome, id);
        let interval = estimate.interval.unwrap();
        assert_eq!(
            (found.rows, found.ended, estimate.n),
            (rows, ended, rows),
            "{id}"
        );
        for (got, expected) in [
            (estimate.value.unwrap(), share),
            (interval.low, low),
            (interval.high, high),
        ] {
            assert!((got - expected).abs() < 1e-9, "{id}: {got}, not {expected}");
        }
    }
    let (_, ties) = of(&outcome, "public-civil-ties-retained");
    assert!((ties.median.unwrap() - 2.663_013_698_630_137).abs() < 1e-9);
    assert_eq!(ties.before, 5);
}
