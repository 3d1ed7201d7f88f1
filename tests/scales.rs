//! Scales: scores and reliability against published figures, Python, the truth of tandem and simulations.
//!
//! Figures called "python" are what `tests/scale_expected.py` prints (numpy 2.4, scipy).

use crate::kit::{Folder, close, result, root, table, total};
use codev::outcome::{Content, Outcome, Scale, Status};
use codev::run::{Quiet, evaluate};
use rand::Rng;
use rand_pcg::Pcg64;
use std::fmt::Write as _;

/// The measure of a definition: a scale over the table `t`.
fn scale(items: &str, more: &str) -> String {
    let items: Vec<String> = items.split(' ').map(|i| format!("\"{i}\"")).collect();
    format!(
        "type = \"scale\"\ntable = \"t\"\nitems = [{}]\n{more}",
        items.join(", ")
    )
}

fn details<'a>(outcome: &'a Outcome, id: &str) -> &'a Scale {
    let detail = result(outcome, id)
        .details
        .iter()
        .find(|d| d.programme.is_none());
    match detail.map(|d| &d.content) {
        Some(Content::Scale(scale)) => scale,
        other => panic!("{id}: {other:?}"),
    }
}

fn agree(got: impl IntoIterator<Item = Option<f64>>, wanted: &[f64], tolerance: f64) {
    let got: Vec<f64> = got.into_iter().map(Option::unwrap).collect();
    assert_eq!(got.len(), wanted.len());
    for (g, w) in got.iter().zip(wanted) {
        assert!(close(*g, *w, tolerance), "{got:?} is not {wanted:?}");
    }
}

/// Chatterjee & Price (1977), R's `attitude`: favourable answers in 30 departments, an item a line.
const ATTITUDE: [(&str, &str); 7] = [
    (
        "rating",
        "43 63 71 61 81 43 58 71 72 67 64 67 69 68 77 81 74 65 65 50 50 64 53 40 63 66 78 48 85 82",
    ),
    (
        "complaints",
        "51 64 70 63 78 55 67 75 82 61 53 60 62 83 77 90 85 60 70 58 40 61 66 37 54 77 75 57 85 82",
    ),
    (
        "privileges",
        "30 51 68 45 56 49 42 50 72 45 53 47 57 83 54 50 64 65 46 68 33 52 52 42 42 66 58 44 71 39",
    ),
    (
        "learning",
        "39 54 69 47 66 44 56 55 67 47 58 39 42 45 72 72 69 75 57 54 34 62 50 58 48 63 74 45 71 59",
    ),
    (
        "raises",
        "61 63 76 54 71 54 66 70 71 62 58 59 55 59 79 60 79 55 75 64 43 66 63 50 66 88 80 51 77 64",
    ),
    (
        "critical",
        "92 73 86 84 83 49 68 66 83 80 67 74 63 77 77 54 79 80 85 78 64 80 80 57 75 76 78 83 74 78",
    ),
    (
        "advance",
        "45 47 48 35 47 34 35 41 31 41 34 41 25 35 46 36 63 60 46 52 33 41 37 49 33 72 49 38 55 39",
    ),
];

fn attitude() -> String {
    let names: Vec<&str> = ATTITUDE.iter().map(|(name, _)| *name).collect();
    let columns: Vec<Vec<&str>> = ATTITUDE
        .iter()
        .map(|(_, values)| values.split(' ').collect())
        .collect();
    let mut csv = names.join(",");
    for row in 0..30 {
        let cells: Vec<&str> = columns.iter().map(|c| c[row]).collect();
        let _ = write!(csv, "\n{}", cells.join(","));
    }
    csv + "\n"
}

const ALL: &str = "rating complaints privileges learning raises critical advance";

/// The help page of `alpha` in R's package psych runs it on these data: raw alpha 0.84, alpha without each item 0.81 0.80 0.83
/// 0.80 0.80 0.86 0.84, corrected item-total correlations 0.67 0.74 0.56 0.71 0.79 0.27 0.46, Feldt's interval 0.74 to 0.92.
#[test]
fn attitude_has_the_reliability_that_psych_and_python_give() {
    let folder = table(&attitude(), &[], r#""sampling": "sample""#);
    folder.define("attitude", "points", &scale(ALL, ""));
    let outcome = folder.evaluate();
    let found = details(&outcome, "attitude");
    assert_eq!((found.rows, found.complete), (30, 30));
    let (low, high) = found.alpha.interval.unwrap();
    agree(
        [
            found.alpha.value,
            found.standardised_alpha,
            Some(low),
            Some(high),
        ],
        &[
            0.843142769565,
            0.839083803030,
            0.7393756856431069,
            0.9157730721599816,
        ],
        1e-11,
    );
    agree([found.omega.value], &[0.85632678], 1e-7);
    agree(
        found.items.iter().map(|i| i.item_rest),
        &[
            0.6712620572,
            0.7421097102,
            0.5607111115,
            0.7144454981,
            0.7862755938,
            0.2650343392,
            0.4608105495,
        ],
        1e-9,
    );
    agree(
        found.items.iter().map(|i| i.alpha_without),
        &[
            0.8097602063,
            0.7969174573,
            0.8278477659,
            0.803030975,
            0.7953865742,
            0.8638723114,
            0.8404648683,
        ],
        1e-9,
    );
    agree(
        found.items.iter().map(|i| i.loading),
        &[
            0.8524773, 0.902241, 0.5927055, 0.7306966, 0.7649943, 0.2460928, 0.3778453,
        ],
        1e-6,
    );
    // 91 answers from 0 to 100 are no categories.
    assert!(found.categories.is_empty());
}

/// Two items have no omega, and a census no interval.
#[test]
fn two_items_give_spearman_brown_and_a_census_no_interval() {
    let folder = table(&attitude(), &[], "");
    folder.define("pair", "points", &scale("rating complaints", ""));
    let outcome = folder.evaluate();
    let found = details(&outcome, "pair");
    let r = found.items[0].item_rest.unwrap();
    agree([found.standardised_alpha], &[2.0 * r / (1.0 + r)], 1e-12);
    assert_eq!(found.omega.value, None);
    assert!(found.omega.note.contains("Spearman-Brown"));
    assert_eq!(found.alpha.interval, None);
    assert!(found.alpha.note.contains("census"));
    assert!(found.items.iter().all(|i| i.alpha_without.is_none()));
}

/// The table of `tests/scale_expected.py`; by construction the items of integration and of engagement are parallel (one latent
/// value, equal errors), so omega is alpha and one factor leaves nothing, and trust has no person in common: its alpha is small.
#[test]
fn tandem_has_the_reliability_that_python_gives() {
    let outcome = evaluate(&root().join("datasets/tandem"), &Quiet).unwrap();
    let cases = [
        (
            "integration-score",
            [8883, 8878, 6988],
            [
                3.199586715187,
                0.847968330940,
                0.840063062152,
                0.855482862757,
                0.847997656810,
            ],
            0.84800924,
        ),
        (
            "trust-in-local-institutions",
            [8883, 8705, 6754],
            [
                3.344477132589,
                0.118677549791,
                0.069062728057,
                0.165648121896,
                0.118207126410,
            ],
            0.13487760,
        ),
        (
            "engagement-for-the-origin",
            [4709, 4708, 4031],
            [
                3.129896567906,
                0.801725222159,
                0.791059147611,
                0.811846811774,
                0.801708415036,
            ],
            0.80182974,
        ),
    ];
    for (id, counts, figures, omega) in cases {
        let found = details(&outcome, id);
        // Of persons they are told to the nearest 5.
        let told = counts.map(codev::protect::rounded);
        assert_eq!([found.rows, found.scored, found.complete], told, "{id}");
        let (low, high) = found.alpha.interval.unwrap();
        agree(
            [
                total(&outcome, id).value,
                found.alpha.value,
                Some(low),
                Some(high),
                found.standardised_alpha,
            ],
            &figures,
            1e-10,
        );
        agree([found.omega.value], &[omega], 1e-7);
        let said = result(&outcome, id).remarks.join(" ");
        let weak = id.starts_with("trust");
        assert_eq!(said.contains("below one half"), weak, "{id}: {said}");
        if !weak {
            let alpha = found.alpha.value.unwrap();
            assert!((found.omega.value.unwrap() - alpha).abs() < 1e-3, "{id}");
            assert!(found.residual.unwrap() < 0.005, "{id}");
        }
    }
    let items = &details(&outcome, "integration-score").items;
    agree(
        items.iter().map(|i| i.item_rest),
        &[
            0.6538850728,
            0.6534841371,
            0.6522190409,
            0.6614177985,
            0.6608928868,
        ],
        1e-9,
    );
    for item in items {
        assert!((item.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

/// By hand: (1 + 2) / 2, (4 + 6 - 2) / 2 and so on; the score of a row that answers enough never counts an item left out as zero.
#[test]
fn scores_by_hand() {
    let csv = "programme,a,b,c,yes\nA,1,2,,true\nA,4,2,,false\nB,1,,,\nB,9,3,2,true\nB,,,,\n";
    let folder = Folder::new();
    folder.write("t.csv", csv);
    folder.write(
        "datapackage.json",
        r#"{ "name": "t", "resources": [ { "name": "t", "path": "t.csv", "schema": { "fields": [
            { "name": "programme", "type": "string" },
            { "name": "a", "type": "integer", "categories": [1, 2, 3, 4, 5, -9], "missingValues": ["", "-9"] },
            { "name": "b", "type": "integer", "constraints": { "minimum": 1, "maximum": 5 } },
            { "name": "c", "type": "number" }, { "name": "yes", "type": "boolean" } ] },
            "codev": { "programme": "programme" } } ] }"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n",
    );
    folder.define("mean", "points", &scale("a b", ""));
    folder.define("both", "points", &scale("a b", "minimum = 2"));
    folder.define("turned", "points", &scale("a b", "reverse = [\"b\"]"));
    folder.define(
        "sum",
        "points",
        &scale("a b c", "minimum = 2\ncombine = \"sum\"\nrange = [1, 5]"),
    );
    folder.define("truth", "points", &scale("yes b", "reverse = [\"yes\"]"));
    folder.define("clash", "points", &scale("a b", "range = [0, 5]"));
    folder.define("blind", "points", &scale("b c", "reverse = [\"c\"]"));
    let outcome = folder.evaluate();
    let of = |id: &str, programme: &str| {
        let cells = &result(&outcome, id).estimates;
        let cell = cells
            .iter()
            .find(|e| e.programme.as_deref() == Some(programme))
            .unwrap();
        (cell.value, cell.n, cell.missing)
    };
    assert_eq!(of("mean", "A"), (Some(2.25), 2, 0));
    // 9 is out of the range that the categories declare: the mean of the row is that of `b`.
    assert_eq!(of("mean", "B"), (Some(2.0), 2, 1));
    assert_eq!(of("both", "B"), (None, 0, 3));
    // (1 + 4) / 2, (4 + 4) / 2.
    assert_eq!(of("turned", "A"), (Some(3.25), 2, 0));
    // (1 + 2) / 2 * 3, (4 + 2) / 2 * 3; and (3 + 2) / 2 * 3.
    assert_eq!(of("sum", "A"), (Some(6.75), 2, 0));
    assert_eq!(of("sum", "B"), (Some(7.5), 1, 2));
    // (0 + 2) / 2, (1 + 2) / 2.
    assert_eq!(of("truth", "A"), (Some(1.25), 2, 0));
    assert_eq!(details(&outcome, "mean").items[0].out_of_range, 1);
    let remarks = &result(&outcome, "mean").remarks;
    assert!(
        remarks[0].contains("1 answer to a lies out of range"),
        "{remarks:?}"
    );
    let rows = result(&outcome, "mean").rows.as_ref().unwrap();
    assert_eq!((rows.used, rows.missing[0].1), (4, 1));
    assert_eq!(rows.missing[0].0, "fewer than 1 of the 2 items answered");
    let why = |id: &str| result(&outcome, id).not_computable.clone().unwrap();
    assert!(
        why("clash").contains("goes from 1 to 5"),
        "{}",
        why("clash")
    );
    assert!(why("blind").contains("must be known"), "{}", why("blind"));
}

/// Draws as in the generator of tandem: a sum of twelve uniforms is close to a normal distribution.
struct Draw(Pcg64);

impl Draw {
    fn new(seed: u128) -> Self {
        Draw(Pcg64::new(seed, 7))
    }

    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self, sd: f64) -> f64 {
        ((0..12).map(|_| self.uniform()).sum::<f64>() - 6.0) * sd
    }
}

/// Rows of four parallel items with alpha 4 / (4 + 1.5): person and cluster 1 together, error 1.5.
fn sample(draw: &mut Draw, start: &str, clusters: usize, rows: usize, between: f64) -> String {
    let mut csv = String::new();
    for cluster in 0..clusters {
        let own = draw.normal(between.sqrt());
        for _ in 0..rows {
            let person = own + draw.normal((1.0 - between).sqrt());
            let _ = write!(csv, "{start}c{cluster}");
            for _ in 0..4 {
                let _ = write!(csv, ",{}", person + draw.normal(1.5_f64.sqrt()));
            }
            csv.push('\n');
        }
    }
    csv
}

/// Share of 500 samples, each that of a programme, whose interval holds the true alpha.
fn coverage(seed: u128, design: &str, (clusters, rows, between): (usize, usize, f64)) -> f64 {
    let truth = 4.0 / 5.5;
    let mut draw = Draw::new(seed);
    let mut csv = "programme,cluster,a,b,c,d\n".to_owned();
    for programme in 0..500 {
        csv += &sample(
            &mut draw,
            &format!("P{programme},"),
            clusters,
            rows,
            between,
        );
    }
    let folder = table(&csv, &["programme", "cluster"], design);
    folder.define("alpha", "points", &scale("a b c d", ""));
    let outcome = folder.evaluate();
    let samples: Vec<(f64, f64)> = result(&outcome, "alpha")
        .details
        .iter()
        .filter(|d| d.programme.is_some())
        .map(|d| match &d.content {
            Content::Scale(scale) => scale.alpha.interval.unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(samples.len(), 500);
    let held = samples
        .iter()
        .filter(|(low, high)| *low <= truth && truth <= *high);
    held.count() as f64 / 500.0
}

/// 95 % give or take four standard errors of 500 samples (0.039).
#[test]
fn the_interval_of_a_simple_sample_holds_alpha_in_95_of_100_samples() {
    let design = r#""sampling": "sample", "programme": "programme""#;
    let held = coverage(1965, design, (1, 60, 0.0));
    assert!((0.911..=0.989).contains(&held), "{held}");
}

/// Persons of a cluster are alike: an interval that took them for independent would be too short.
#[test]
fn the_interval_of_a_clustered_sample_holds_alpha_in_95_of_100_samples() {
    let design = r#""sampling": "sample", "programme": "programme", "cluster": "cluster""#;
    let held = coverage(2002, design, (25, 8, 0.4));
    assert!((0.911..=0.989).contains(&held), "{held}");
}

/// Items keyed the wrong way are named, those keyed rightly are not.
#[test]
fn an_item_keyed_the_wrong_way_is_named() {
    let mut draw = Draw::new(4);
    let csv = "cluster,a,b,c,d\n".to_owned() + &sample(&mut draw, "", 1, 200, 0.0);
    let csv: String = csv
        .lines()
        .map(|line| match line.rsplit_once(',') {
            Some((rest, d)) if d != "d" => format!("{rest},{}\n", -d.parse::<f64>().unwrap()),
            _ => format!("{line}\n"),
        })
        .collect();
    let folder = table(&csv, &["cluster"], "");
    folder.define("forgotten", "points", &scale("a b c d", ""));
    folder.define(
        "right",
        "points",
        &scale("a b c d", "reverse = [\"d\"]\nrange = [-20, 20]"),
    );
    folder.define(
        "wrong",
        "points",
        &scale("a b c d", "reverse = [\"a\", \"d\"]\nrange = [-20, 20]"),
    );
    let outcome = folder.evaluate();
    let suspects = |id: &str| -> Vec<String> {
        let items = details(&outcome, id).items.iter();
        items
            .filter(|i| i.suspect)
            .map(|i| i.item.clone())
            .collect()
    };
    assert_eq!(suspects("forgotten"), ["d"]);
    assert_eq!(suspects("right"), Vec::<String>::new());
    assert_eq!(suspects("wrong"), ["a"]);
    let said = |id: &str| result(&outcome, id).remarks.join(" ");
    assert!(said("forgotten").contains("add it to `reverse`"));
    assert!(said("wrong").contains("take it out of `reverse`"));
    let alpha = |id: &str| details(&outcome, id).alpha.value.unwrap();
    assert!(alpha("forgotten") < alpha("right"));
}

/// What can't be told is said in words: an item without variance, a factor that explains an item wholly, too few rows.
#[test]
fn coefficients_that_do_not_exist_say_why() {
    let csv = "a,b,c,d\n1,1,3,1\n2,2,3,2\n3,3,3,4\n4,4,3,3\n5,5,3,5\n";
    let folder = table(csv, &[], "");
    folder.define("flat", "points", &scale("a c d", ""));
    folder.define("twins", "points", &scale("a b d", ""));
    folder.define("nothing", "points", &definition_of_few());
    let outcome = folder.evaluate();
    for id in ["flat", "twins"] {
        let omega = &details(&outcome, id).omega;
        assert_eq!(omega.value, None);
        assert!(
            omega.note.contains("does not vary, or follows"),
            "{omega:?}"
        );
    }
    assert!(details(&outcome, "flat").alpha.value.is_some());
    let few = details(&outcome, "nothing");
    assert_eq!((few.rows, few.alpha.value), (1, None));
    assert!(few.alpha.note.contains("fewer than two rows"));

    let folder = table("a,b,c\n1e300,1,2\n-1e300,2,1\n1,5,4\n", &[], "");
    folder.define("huge", "points", &scale("a b c", ""));
    let outcome = folder.evaluate();
    let alpha = &details(&outcome, "huge").alpha;
    assert_eq!(alpha.value, None);
    assert!(alpha.note.contains("too large"), "{alpha:?}");

    // Correlations 0.9, 0.9 and 0.65: the first item would need a loading above one.
    let csv = heywood();
    let folder = table(&csv, &[], "");
    folder.define("heywood", "points", &scale("a b c", ""));
    let outcome = folder.evaluate();
    let omega = &details(&outcome, "heywood").omega;
    assert!(
        omega.note.contains("leave a no variance") && omega.note.contains("Heywood"),
        "{omega:?}"
    );
}

fn definition_of_few() -> String {
    scale("a d", "where = \"a = 1\"")
}

/// Rows with just these correlations: eight rows of orthogonal columns, mixed.
fn heywood() -> String {
    let signs = |bit: usize, row: usize| if row >> bit & 1 == 1 { 1.0 } else { -1.0 };
    let mut csv = "a,b,c\n".to_owned();
    for row in 0..8 {
        let (x, y, z) = (signs(0, row), signs(1, row), signs(2, row));
        let b = 0.9 * x + 0.19_f64.sqrt() * y;
        // cov(b, c) = 0.81 + sqrt(0.19) p = 0.65
        let p = (0.65 - 0.81) / 0.19_f64.sqrt();
        let c = 0.9 * x + p * y + (0.19 - p * p).sqrt() * z;
        let _ = writeln!(csv, "{x},{b},{c}");
    }
    csv
}

/// Where one to four persons left some items out, item means next to the score's mean would tell their answers.
#[test]
fn few_persons_with_gaps_keep_item_means_back() {
    let mut csv = "programme,person,a,b\n".to_owned();
    for row in 0..20 {
        let _ = writeln!(csv, "P,p{row},{},{}", row % 5 + 1, (row * 3) % 5 + 1);
    }
    let design = r#""unit": "person", "person": "person""#;
    let evaluated = |csv: &str| {
        let folder = table(csv, &["programme", "person"], design);
        folder.write(
            "evaluation.toml",
            "title = \"t\"\nindicators = [\"own/*\"]\nsmall_cells = 5\n",
        );
        folder.define("gaps", "points", &scale("a b", "range = [1, 5]"));
        folder.evaluate()
    };
    let outcome = evaluated(&csv);
    let found = details(&outcome, "gaps");
    assert!(!found.withheld && found.items.iter().all(|i| i.mean.is_some()));
    // Each answer was given by four persons: no shares.
    assert!(found.items.iter().all(|i| i.shares.is_empty()));
    let outcome = evaluated(&(csv.clone() + "P,q1,5,\nP,q2,,1\n"));
    let found = details(&outcome, "gaps");
    assert!(found.withheld && found.alpha.value.is_some());
    for item in &found.items {
        assert_eq!((item.mean, item.sd, item.shares.len()), (None, None, 0));
    }
    // Three persons answer everything: nothing is said of the items.
    let few: String = csv.lines().take(4).map(|l| format!("{l}\n")).collect();
    let outcome = evaluated(&few);
    assert_eq!(total(&outcome, "gaps").status, Status::Suppressed);
    assert!(result(&outcome, "gaps").details.is_empty());
}

/// A filter, a weight and clusters as every formula has them.
#[test]
fn a_scale_is_disaggregated_as_a_formula_is() {
    let csv = "programme,group,weight,cluster,a,b\n\
        A,x,1,1,1,3\nA,x,3,2,5,5\nA,y,1,1,2,2\nB,x,1,3,4,\nB,y,1,4,4,2\nB,y,1,3,,\n";
    let design = r#""sampling": "sample", "programme": "programme", "weight": "weight", "cluster": "cluster""#;
    let folder = table(csv, &["programme", "group", "cluster"], design);
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"own/*\"]\nsmall_cells = 0\nby = [\"group\"]\n",
    );
    folder.define("score", "points", &scale("a b", ""));
    folder.define(
        "formula",
        "points",
        "type = \"formula\"\ntable = \"t\"\nvalue = \"AVG((COALESCE(a, b) + COALESCE(b, a)) / 2)\"",
    );
    let outcome = folder.evaluate();
    let (score, formula) = (result(&outcome, "score"), result(&outcome, "formula"));
    assert_eq!(score.estimates, formula.estimates);
    assert_eq!(score.method, formula.method);
    assert_eq!(
        score.estimates[0].value,
        Some((2.0 + 15.0 + 2.0 + 4.0 + 3.0) / 7.0)
    );
}
