//! What is still there after the funding on tandem, against Python: lifelines 0.30 (KaplanMeierFitter, its bounds on the
//! scale of log(-log)). Tolerance 1e-9: the same arithmetic in another order.

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
            0.474_136_363_636_363_7,
            0.368_702_676_632_631_9,
            0.572_265_587_109_235_9,
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
    assert!((ties.median.unwrap() - 2.663_928_815_879_534_5).abs() < 1e-9);
    assert_eq!(ties.before, 5);
}
