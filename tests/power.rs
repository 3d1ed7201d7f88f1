//! `codev power` and `codev diagnose`: published numbers, the known truth of tandem, words where a plan can't be made.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use std::process::Output;

fn codev(args: &[&str]) -> Output {
    let mut command = Command::cargo_bin("codev").unwrap();
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS");
    command.args(args).output().unwrap()
}

fn json(args: &[&str]) -> Value {
    let output = codev(&[args, &["--format", "json"]].concat());
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e}: {errors}"))
}

/// The one message of a command that can't be met.
fn refused(args: &[&str]) -> String {
    let output = codev(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty(), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn figure<'a>(plan: &'a Value, key: &str) -> &'a Value {
    let all = plan["figures"].as_array().unwrap();
    all.iter().find(|f| f["key"] == key).unwrap()
}

/// Cohen 1988, "Statistical Power Analysis for the Behavioral Sciences", table 2.4.1: n per group for a two-sided test at .05 with
/// power .80: d = .20: 393, .50: 64, .80: 26.
#[test]
fn persons_needed_are_those_of_cohens_tables() {
    for (effect, per_group) in [("0.2", 393), ("0.5", 64), ("0.8", 26)] {
        let plan = json(&["power", "--effect", effect]);
        assert_eq!(
            plan["answer"]["units"],
            f64::from(2 * per_group),
            "{effect}"
        );
        assert_eq!(plan["answer"]["sought"], "units");
    }
    // And back: what 64 per group can find is .50 (.4996 by the noncentral t).
    let back = json(&["power", "--persons", "128"]);
    let found = back["answer"]["detectable"].as_f64().unwrap();
    assert!((found - 0.5).abs() < 0.003, "{found}");
}

/// Whatever is left out is solved for, and the four answers agree with each other.
#[test]
fn what_is_not_given_is_solved_for() {
    let base = ["power", "--icc", "0.05"];
    let with = |more: &[&str]| json(&[&base[..], more].concat());
    let clusters = with(&["--effect", "0.25", "--per-cluster", "20"]);
    assert_eq!(clusters["answer"]["sought"], "units");
    let k = clusters["answer"]["units"].as_f64().unwrap();
    let k_text = k.to_string();
    let power = with(&[
        "--effect",
        "0.25",
        "--per-cluster",
        "20",
        "--clusters",
        &k_text,
    ]);
    assert_eq!(power["answer"]["sought"], "power");
    let reached = power["answer"]["power"].as_f64().unwrap();
    assert!((0.8..0.84).contains(&reached), "{reached}");
    let size = with(&["--effect", "0.25", "--clusters", &k_text]);
    assert_eq!(size["answer"]["sought"], "cluster-size");
    let m = size["answer"]["cluster_size"].as_f64().unwrap();
    assert!((15.0..=20.0).contains(&m), "{m}");
    let effect = with(&["--per-cluster", "20", "--clusters", &k_text]);
    assert_eq!(effect["answer"]["sought"], "effect");
    let found = effect["answer"]["detectable"].as_f64().unwrap();
    assert!((0.235..=0.25).contains(&found), "{found}");
}

#[test]
fn what_makes_no_plan_is_said_in_words() {
    let cases: [(&[&str], &str); 9] = [
        (
            &["--effect", "0"],
            "An effect of 0 can't be found by any sample.",
        ),
        (
            &["--effect", "0.2", "--icc", "1.5", "--per-cluster", "20"],
            "The intra-cluster correlation (1.5) is not a share from 0 to below 1.",
        ),
        (
            &["--effect", "0.2", "--clusters", "20", "--per-cluster", "20"],
            "Give --icc",
        ),
        (&[], "Neither the number of persons nor an effect is given."),
        (&["--icc", "0.05", "--clusters", "20"], "Give --per-cluster"),
        (
            &["--sd", "-1", "--effect", "1"],
            "The standard deviation (-1) is not above 0.",
        ),
        (
            &["--effect", "0.2", "--simulate"],
            "There is no baseline to simulate from.",
        ),
        (&["datasets/tandm"], "Did you mean `datasets/tandem`?"),
        (
            &["datasets/tandem", "--effect-block", "member"],
            "Did you mean `members`?",
        ),
    ];
    for (args, words) in cases {
        let said = refused(&[&["power"], args].concat());
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(words), "{args:?}: {said}");
    }
    let several = refused(&["power", "datasets/tandem", "--effect-block", "members"]);
    assert!(several.contains("--indicator"), "{several}");
    let staggered = refused(&["power", "datasets/tandem", "--effect-block", "adoption"]);
    assert!(staggered.contains("staggered"), "{staggered}");
}

const TRUST: [&str; 6] = [
    "power",
    "datasets/tandem",
    "--effect-block",
    "members",
    "--indicator",
    "trust-in-municipality",
];

/// Truth (datasets/tandem/README.md): variance .6 within stratum and group, of it cluster .04 + cluster x wave .02, so ICC .1; person
/// .24 of .54 within clusters stays (r = .44), cluster .04 of .06 (r = .67); attrition .12 of members, .2 of the others, and some who do not answer.
#[test]
fn tandems_baseline_tells_what_its_generator_put_in() {
    let plan = json(&TRUST);
    let truths = [
        ("icc", 0.1),
        ("sd", 0.6_f64.sqrt()),
        ("individual-autocorrelation", 0.24 / 0.54),
        ("cluster-autocorrelation", 0.04 / 0.06),
    ];
    for (key, truth) in truths {
        let found = figure(&plan, key);
        assert_eq!(found["source"], "estimated");
        let (low, high) = (
            found["interval"][0].as_f64().unwrap(),
            found["interval"][1].as_f64().unwrap(),
        );
        assert!(low < truth && truth < high, "{key}: {found}");
        assert!(high - low < 0.5, "{key}: {found}");
    }
    let icc = figure(&plan, "icc")["value"].as_f64().unwrap();
    assert!((icc - 0.1).abs() < 0.03, "{icc}");
    let lost = figure(&plan, "attrition")["value"].as_f64().unwrap();
    assert!((0.12..0.25).contains(&lost), "{lost}");
    assert_eq!(figure(&plan, "clusters")["value"], 318.0);
}

/// With the same seed the same bytes whatever the threads, and a power within Monte-Carlo error of the formula's.
#[test]
fn simulated_power_is_that_of_the_formula_with_any_number_of_threads() {
    let run = |threads: &str| {
        let more = ["--effect", "0.08", "--simulate", "60", "--format", "json"];
        codev(&[&TRUST[..], &more, &["--threads", threads]].concat()).stdout
    };
    let one = run("1");
    assert_eq!(one, run("2"));
    let plan: Value = serde_json::from_slice(&one).unwrap();
    let simulated = &plan["simulated"];
    let number = |key: &str| simulated[key].as_f64().unwrap();
    let (power, formula, error) = (number("power"), number("formula"), number("error"));
    assert!((0.3..0.95).contains(&formula), "{formula}");
    assert!(
        (power - formula).abs() < 3.0 * error,
        "{power} {formula} {error}"
    );
}

#[test]
fn every_effect_is_diagnosed_or_says_why_not() {
    let output = codev(&[
        "diagnose",
        "datasets/tandem",
        "--effect-block",
        "officials",
        "--draws",
        "40",
        "--format",
        "json",
    ]);
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    for one in all.as_array().unwrap() {
        let found = &one["found"];
        assert_eq!(found["estimated"], 40, "{one}");
        let property = |key: &str| {
            let all = found["properties"].as_array().unwrap();
            let of = all.iter().find(|p| p["key"] == key).unwrap();
            (of["value"].as_f64().unwrap(), of["error"].as_f64().unwrap())
        };
        let (bias, error) = property("bias");
        assert!(bias.abs() < 4.0 * error, "{one}");
        assert!(property("coverage").0 > 0.8, "{one}");
    }
    for block in ["adoption", "crisis", "reinforcing"] {
        let output = codev(&["diagnose", "datasets/tandem", "--effect-block", block, "-q"]);
        assert_eq!(output.status.code(), Some(0));
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            said.contains("Not diagnosed: a design of the kind"),
            "{said}"
        );
    }
}

/// A survey of one group of clusters, with one wave.
fn survey(folder: &Path, clusters: usize, waves: &[&str]) {
    let mut rows = "programme,person,wave,cluster,treated,trust\n".to_owned();
    for cluster in 0..clusters {
        for person in 0..8 {
            for wave in waves {
                let y = 1 + (cluster * 3 + person * 7 + wave.len()) % 5;
                let treated = cluster % 2 == 0;
                rows += &format!("P1,{cluster}-{person},{wave},C{cluster},{treated},{y}\n");
            }
        }
    }
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("answers.csv", &rows);
    write(
        "datapackage.json",
        r#"{ "name": "small", "resources": [ { "name": "answers", "path": "answers.csv",
          "schema": { "fields": [ { "name": "programme", "type": "string" }, { "name": "person", "type": "string" },
            { "name": "wave", "type": "string" }, { "name": "cluster", "type": "string" },
            { "name": "treated", "type": "boolean" }, { "name": "trust", "type": "number" } ] },
          "codev": { "role": "responses", "unit": "person", "sampling": "sample", "programme": "programme",
            "person": "person", "cluster": "cluster", "wave": "wave" } } ] }"#,
    );
    write(
        "evaluation.toml",
        "title = \"Small\"\nindicators = [\"own/*\"]\n[[effect]]\nid = \"members\"\nindicators = [\"trust\"]\n\
         design = \"difference-in-differences\"\ntreated = \"treated\"\nwaves = [\"baseline\", \"endline\"]\n",
    );
    let own = folder.join("indicators/process/integration");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(
        own.join("trust.toml"),
        "id = \"trust\"\nname = \"Trust\"\nkind = \"process\"\ndimension = \"integration\"\nside = \"destination\"\n\
         question = \"Do they trust?\"\nunit = \"points\"\ndirection = \"higher-is-better\"\nsource = \"test\"\n\
         [measure]\ntype = \"formula\"\ntable = \"answers\"\nvalue = \"AVG(trust)\"\n\
         [[example]]\nnote = \"mean\"\nrows = \"\"\"\nprogramme,trust\nP1,2\nP1,4\n\"\"\"\nexpect = { P1 = 3 }\n",
    )
    .unwrap();
}

#[test]
fn a_baseline_alone_is_enough_and_one_cluster_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap().to_owned();
    survey(folder.path(), 12, &["baseline"]);
    let plan = json(&["power", &at, "--individual-autocorrelation", "0.5"]);
    assert_eq!(figure(&plan, "clusters")["value"], 12.0);
    assert_eq!(
        figure(&plan, "individual-autocorrelation")["source"],
        "given"
    );
    assert_eq!(
        figure(&plan, "cluster-autocorrelation")["source"],
        "assumed"
    );
    assert!(plan["answer"]["detectable"].as_f64().unwrap() > 0.0);
    let said = String::from_utf8(codev(&["diagnose", &at, "--draws", "50"]).stdout).unwrap();
    assert!(
        said.contains("The endline is simulated from the baseline"),
        "{said}"
    );
    assert!(said.contains("50 of 50 draws gave an estimate"), "{said}");
    survey(folder.path(), 1, &["baseline"]);
    let one = refused(&["power", &at]);
    assert!(one.contains("a single cluster"), "{one}");
    survey(folder.path(), 12, &["endline"]);
    let none = refused(&["power", &at]);
    assert!(none.contains("there is no baseline row"), "{none}");
}

#[test]
fn curves_go_to_a_folder_and_rise() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("plan");
    let output = codev(&[
        "power",
        "--effect",
        "0.3",
        "--out",
        out.to_str().unwrap(),
        "--format",
        "csv",
    ]);
    assert_eq!(output.status.code(), Some(0));
    let text = std::fs::read_to_string(out.join("power.csv")).unwrap();
    let svg = std::fs::read_to_string(out.join("power.svg")).unwrap();
    assert!(
        svg.starts_with("<svg") && svg.contains("effect 0.3"),
        "{svg}"
    );
    let powers: Vec<f64> = text
        .lines()
        .filter(|l| l.starts_with("persons,"))
        .map(|l| l.rsplit(',').next().unwrap().parse().unwrap())
        .collect();
    assert!(powers.len() > 30);
    assert!(powers.windows(2).all(|w| w[0] <= w[1]));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(
        printed.contains("assumption,effect,assumed effect,0.3,,,,given"),
        "{printed}"
    );
}
