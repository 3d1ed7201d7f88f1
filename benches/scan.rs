//! Twenty indicators over one table of 20 million rows, beside Python polars and DuckDB on the same machine.
//!
//! `cargo bench --bench scan`. `CODEV_BENCH_ROWS` sets another number of rows, `CODEV_BENCH_PYTHON` another Python than
//! `python3` (it needs `pip install polars duckdb`). The table is generated once and kept under the target folder.
#![allow(clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod formulas;
mod table;

use formulas::FORMULAS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const RUNS: usize = 5;
const CHILD: &str = "CODEV_BENCH_FOLDER";
const TOLERANCE: f64 = 1e-9;

/// Values by indicator and programme.
type Values = BTreeMap<String, BTreeMap<String, f64>>;

/// What one program needed for the work, and what came out.
#[derive(Serialize, Deserialize)]
struct Run {
    name: String,
    seconds: Vec<f64>,
    median_seconds: f64,
    peak_mb: f64,
    values: Values,
}

fn main() -> ExitCode {
    let done = match std::env::var_os(CHILD) {
        Some(folder) => measure(Path::new(&folder)),
        None => compare(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("scan: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Generates what is missing, runs all in turn, compares, prints.
fn compare() -> Result<(), Box<dyn Error>> {
    let rows: usize = match std::env::var("CODEV_BENCH_ROWS") {
        Ok(text) => text
            .replace('_', "")
            .parse()
            .map_err(|_| format!("CODEV_BENCH_ROWS: not a number: {text}"))?,
        Err(_) => 20_000_000,
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{rows}"));
    let started = Instant::now();
    lay_out(&folder, rows)?;
    println!(
        "table: {rows} rows, {} indicators ({:.1} s to lay out)",
        FORMULAS.len(),
        started.elapsed().as_secs_f64()
    );

    let codev = child(&folder);
    let peers = peers(&folder);
    for run in codev.iter().chain(&peers) {
        println!(
            "{:<18} {:>7.3} s  {:>6.0} MB",
            run.name, run.median_seconds, run.peak_mb
        );
    }
    let codev = codev.ok_or("codev did not finish; see above")?;
    let mut wrong = 0;
    for peer in &peers {
        let (cells, differ) = disagreements(&codev.values, &peer.values);
        println!(
            "codev and {}: {cells} cells, {} beyond {TOLERANCE:e}",
            peer.name,
            differ.len()
        );
        for line in differ.iter().take(10) {
            println!("  {line}");
        }
        wrong += differ.len();
    }
    match peers
        .iter()
        .min_by(|a, b| a.median_seconds.total_cmp(&b.median_seconds))
    {
        Some(best) => println!(
            "codev / {}: {:.2}",
            best.name,
            codev.median_seconds / best.median_seconds
        ),
        None => println!("no peer ran: pip install polars duckdb"),
    }
    if wrong == 0 {
        Ok(())
    } else {
        Err(format!("{wrong} cells differ from the peers").into())
    }
}

/// The evaluation folder: manifest, evaluation, definitions, data.
fn lay_out(folder: &Path, rows: usize) -> Result<(), Box<dyn Error>> {
    let definitions = folder.join("indicators/output/delivery");
    fs::create_dir_all(&definitions)?;
    for formula in &FORMULAS {
        fs::write(
            definitions.join(format!("{}.toml", formula.id)),
            formula.toml(),
        )?;
    }
    let ids: Vec<&str> = FORMULAS.iter().map(|f| f.id).collect();
    fs::write(
        folder.join("evaluation.toml"),
        format!("title = \"Benchmark\"\nindicators = {ids:?}\nby = []\n"),
    )?;
    let field = |name: &str, r#type: &str| serde_json::json!({ "name": name, "type": r#type });
    let manifest = serde_json::json!({
        "name": "benchmark",
        "resources": [{
            "name": "events", "path": "events.parquet", "format": "parquet",
            "schema": { "fields": [
                field("programme", "string"), field("date", "date"), field("sector", "string"), field("direction", "string"),
                field("spend", "number"), field("beneficiaries", "integer"), field("score", "integer"), field("adopted", "boolean")
            ]},
            "codev": { "unit": "activity", "sampling": "census", "programme": "programme", "date": "date" }
        }]
    });
    fs::write(
        folder.join("datapackage.json"),
        serde_json::to_string_pretty(&manifest)?,
    )?;
    table::write(&folder.join("events.parquet"), rows)
}

/// Runs codev in a process of its own, so that its peak memory is its own.
fn child(folder: &Path) -> Option<Run> {
    let program = std::env::current_exe().ok()?;
    run_of(Command::new(program).env(CHILD, folder)).pop()
}

/// Runs the peers, where this machine has them.
fn peers(folder: &Path) -> Vec<Run> {
    let python = std::env::var("CODEV_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers.py");
    run_of(
        Command::new(python)
            .arg(script)
            .arg(folder.join("events.parquet")),
    )
}

/// The runs that a command prints, one JSON object a line.
fn run_of(command: &mut Command) -> Vec<Run> {
    let Ok(output) = command.stderr(Stdio::inherit()).output() else {
        eprintln!(
            "scan: can't start {}",
            command.get_program().to_string_lossy()
        );
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// In the child: evaluates the folder once to warm up and [`RUNS`] times for the clock.
fn measure(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut seconds = Vec::new();
    let mut values = Values::new();
    for run in 0..=RUNS {
        let started = Instant::now();
        let outcome = codev::run::evaluate(folder, &codev::run::Quiet)?;
        if run > 0 {
            seconds.push(started.elapsed().as_secs_f64());
        }
        for result in &outcome.indicators {
            let id = &result.definition.id;
            if let Some(reason) = &result.not_computable {
                return Err(format!("{id} can't be computed: {reason}").into());
            }
            let cells = result
                .estimates
                .iter()
                .filter(|e| e.group.is_none() && e.period.is_none());
            let cells = cells.filter_map(|e| Some((e.programme.clone()?, e.value?)));
            values.insert(id.clone(), cells.collect());
        }
    }
    seconds.sort_by(f64::total_cmp);
    let median_seconds = seconds[RUNS / 2];
    let run = Run {
        name: "codev".to_owned(),
        seconds,
        median_seconds,
        peak_mb: peak_mb(),
        values,
    };
    println!("{}", serde_json::to_string(&run)?);
    Ok(())
}

/// Peak resident memory of this process; NaN where the system doesn't tell.
fn peak_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line
        .and_then(|l| l.split_whitespace().next())
        .and_then(|n| n.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |k| k / 1024.0)
}

/// How many cells were compared, and those that differ or that only one side has.
fn disagreements(ours: &Values, theirs: &Values) -> (usize, Vec<String>) {
    let mut cells = 0;
    let mut differ = Vec::new();
    let nothing = BTreeMap::new();
    for formula in &FORMULAS {
        let (a, b) = (
            ours.get(formula.id).unwrap_or(&nothing),
            theirs.get(formula.id).unwrap_or(&nothing),
        );
        for programme in a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))) {
            cells += 1;
            match (a.get(programme), b.get(programme)) {
                (Some(x), Some(y)) if (x - y).abs() <= TOLERANCE * x.abs().max(y.abs()) => {}
                (x, y) => differ.push(format!("{} {programme}: {x:?} and {y:?}", formula.id)),
            }
        }
    }
    if cells == 0 {
        differ.push("nothing to compare".to_owned());
    }
    (cells, differ)
}
