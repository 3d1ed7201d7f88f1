//! Shares pooled from their counts: programmes of none and all of their rows are pooled with the others. R 4.2.2, metafor 3.8.1.

use super::near;
use crate::kit::{Folder, formula};
use codev::outcome::comparison::{Compared, Part, PoolModel, PoolScale, Pooled};

/// An evaluation of programmes with so many of so many persons who said yes.
fn folder(counts: &[(u32, u32)], sampling: &str, lines: &str) -> Folder {
    let folder = Folder::new();
    let mut rows = "person,programme,yes\n".to_owned();
    let mut person = 0;
    for (at, (yes, of)) in counts.iter().enumerate() {
        for i in 0..*of {
            person += 1;
            rows += &format!("{person},P{at},{}\n", u32::from(i < *yes));
        }
    }
    folder
        .write("responses.csv", rows)
        .write(
            "datapackage.json",
            format!(
                r#"{{ "name": "t", "resources": [ {{ "name": "responses", "path": "responses.csv", "schema": {{ "fields": [
                  {{ "name": "person", "type": "string" }}, {{ "name": "programme", "type": "string" }},
                  {{ "name": "yes", "type": "number" }} ], "primaryKey": "person" }},
                "codev": {{ "unit": "answer", "sampling": "{sampling}", "programme": "programme" }} }} ] }}"#
            ),
        )
        .write(
            "evaluation.toml",
            format!("title = \"T\"\nindicators = [\"own/*\"]\nsmall_cells = 0\nseed = 1\n{lines}"),
        );
    for (id, value) in [
        ("mean-of-truth", "AVG(CASE WHEN yes = 1 THEN 1 ELSE 0 END)"),
        ("share", "COUNT(*) FILTER (WHERE yes = 1) / COUNT(*)"),
    ] {
        folder.define(id, "%", &formula("responses", value));
    }
    folder
}

fn made(folder: &Folder) -> (Compared, String) {
    let output = folder.codev(&["compare", ".", "--out", "out"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let json = std::fs::read(folder.file("out/comparison.json")).unwrap();
    let html = std::fs::read_to_string(folder.file("out/comparison.html")).unwrap();
    (serde_json::from_slice(&json).unwrap(), html)
}

fn pooled<'a>(compared: &'a Compared, id: &str) -> &'a Pooled {
    let of = compared.comparisons.iter().find(|c| c.measure.id == id);
    let of = of.unwrap();
    of.pooled
        .as_ref()
        .unwrap_or_else(|| panic!("{id}: {:?} {:?}", of.refusals, of.remarks))
}

const ENDS: [(u32, u32); 6] = [(0, 12), (0, 12), (12, 12), (4, 12), (5, 12), (6, 12)];

fn share(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// metafor: `escalc(measure = "PLO")` adds 1/2 to shares of none and all; `rma(method = "REML", test = "knha")`: 35 % (6 to 83), tau2
/// 2.4890, Q 14.6442 with p .0120, prediction interval 1 to 98 %. The factor of the spread is 1.27, so that the modified errors are these.
#[test]
fn programmes_of_none_and_all_are_pooled() {
    for sampling in ["sample", "census"] {
        let (compared, html) = made(&folder(&ENDS, sampling, ""));
        for id in ["share", "mean-of-truth"] {
            if sampling == "census" && id == "mean-of-truth" {
                // Of a census a mean is taken as it is: it is not told as counts.
                continue;
            }
            let pooled = pooled(&compared, id);
            assert_eq!((pooled.scale, pooled.halves_added), (PoolScale::Logit, 3));
            assert_eq!(pooled.pooled.len(), 6);
            near(pooled.mean.value, -0.6218, 5e-5);
            near(pooled.mean.se, 0.860_880, 5e-6);
            near(share(pooled.mean.interval.0), 0.0555, 5e-5);
            near(share(pooled.mean.interval.1), 0.8308, 5e-5);
            near(pooled.heterogeneity.tau2, 2.4890, 5e-5);
            near(pooled.heterogeneity.q, 14.6442, 5e-5);
            near(pooled.heterogeneity.p, 0.0120, 5e-5);
            let (low, high) = pooled.prediction.unwrap();
            near(share(low), 0.0053, 5e-5);
            near(share(high), 0.9820, 5e-5);
            assert_eq!(pooled.prediction_df, Some(5.0));
        }
        assert!(html.contains("half a row is added to both sides of these"));
        assert!(html.contains("by t with 5 degrees of freedom"));
    }
}

/// The binomial-normal model: lme4 1.1.31 `glmer(nAGQ = 50)`: log odds -1.1007, tau2 11.247; likelihood ratio 47.0526 (metafor).
#[test]
fn counts_are_pooled_as_they_are_where_asked_for() {
    let lines = "[[comparison]]\nindicators = [\"share\"]\npool = \"binomial-normal\"\n";
    let (compared, html) = made(&folder(&ENDS, "sample", lines));
    let pooled = pooled(&compared, "share");
    assert_eq!(pooled.model, PoolModel::BinomialNormal);
    assert_eq!(pooled.halves_added, 0);
    near(pooled.mean.value, -1.1007, 3e-4);
    near(pooled.mean.se, 1.5346, 4e-4);
    near(pooled.heterogeneity.tau2, 11.247, 3e-3);
    near(pooled.heterogeneity.q, 47.0526, 5e-5);
    near(pooled.members.iter().map(|m| m.weight).sum(), 1.0, 1e-12);
    assert!(
        html.contains("random effects, binomial-normal")
            || html.contains("Random effects, binomial-normal")
    );
    assert!(html.contains("likelihood ratio 47.1"));
    // What the model does not make is refused in words.
    let more = format!("{lines}subgroups = \"programme\"\n");
    let folder = folder(&ENDS, "sample", &more);
    folder.codev(&["compare", ".", "--out", "out"]);
    let json = std::fs::read(folder.file("out/comparison.json"));
    if let Ok(json) = json {
        let compared: Compared = serde_json::from_slice(&json).unwrap();
        let of = &compared.comparisons[0];
        assert!(
            of.refusals.iter().any(|r| r.part == Part::Pooled),
            "{:?}",
            compared.findings
        );
    }
}

/// So few rows each that what is added says more than they do: refused, with the model that needs nothing added.
#[test]
fn few_rows_and_many_of_none_are_refused_with_the_way_out() {
    let counts = [(0, 4), (0, 3), (3, 4), (1, 4), (4, 4)];
    let lines = "[[comparison]]\nindicators = [\"share\"]\npool = \"reml\"\n";
    let (compared, _) = made(&folder(&counts, "census", lines));
    let refusal = &compared.comparisons[0].refusals[0];
    assert!(refusal.reason.contains("too few rows each"), "{refusal:?}");
    assert!(refusal.help.contains("binomial-normal"));
    let (compared, _) = made(&folder(
        &counts,
        "census",
        &lines.replace("reml", "binomial-normal"),
    ));
    assert!(
        compared.comparisons[0].pooled.is_some(),
        "{:?}",
        compared.comparisons[0].refusals
    );
}
