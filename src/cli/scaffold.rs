//! The files that `codev init` starts an evaluation with.

use crate::indicator::{Catalogue, Indicator};
use serde_json::Value;
use std::fmt::Write;

/// `evaluation.toml`: asks for the indicators that the described tables allow, and names the others as comments.
pub fn evaluation(title: &str, library: &Catalogue, manifest: Option<&Value>) -> String {
    let title = toml::Value::String(title.to_owned());
    let indicators = match manifest {
        Some(manifest) if !library.indicators.is_empty() => requested(library, &tables(manifest)),
        _ => "indicators = [\"process/*\", \"output/*\", \"structure/*\"]\n".to_owned(),
    };
    format!(
        r#"# What is evaluated, for whom, and how. `codev check` says what is wrong here; docs/formats.md explains every key.

title = {title}
description = ""       # what is evaluated, for whom and why: one paragraph, printed on page one
authors = []

# Ids, or patterns over kind/dimension/id: "process/*" asks for every process measure of the library and of
# indicators/ beside this file; "own/*" for all of those beside this file. `codev indicators list` shows them all.
{indicators}
# Columns to split the results by; an indicator uses those that its table has.
# A column of the programmes table is written with the foreign key that leads to it: "programme.type".
by = []

# period = "year"      # year | quarter | month: results over time
confidence = 0.95      # level of the intervals (samples only: a census has none)
seed = 1
small_cells = 5        # groups of 1 to 4 persons are suppressed; 0: off
locale = "en"          # how numbers are written: en, nl, fr, es, ca, de, it, tr, pt
# note = "..."         # licence of the data or limits of use, printed on the report

# [[target]]
# indicator = "claims-adopted"
# programme = "P01"    # without it: the target of all programmes together
# value = 0.5
"#
    )
}

/// Roles and names of the tables of a manifest.
fn tables(manifest: &Value) -> Vec<&str> {
    let resources = manifest.get("resources").and_then(Value::as_array);
    let mut names = Vec::new();
    for resource in resources.into_iter().flatten() {
        names.extend(resource.pointer("/codev/role").and_then(Value::as_str));
        names.extend(resource.get("name").and_then(Value::as_str));
    }
    names
}

fn requested(library: &Catalogue, tables: &[&str]) -> String {
    let there = |i: &Indicator| i.table.as_deref().is_none_or(|t| tables.contains(&t));
    let mut text = "indicators = [\n".to_owned();
    for indicator in library.indicators.iter().filter(|i| there(i)) {
        let quoted = format!("\"{}\",", indicator.id);
        let _ = writeln!(text, "  {quoted:<36} # {}", indicator.name);
    }
    for indicator in library.indicators.iter().filter(|i| !there(i)) {
        let quoted = format!("\"{}\",", indicator.id);
        let table = indicator.table.as_deref().unwrap_or_default();
        let _ = writeln!(text, "  # {quoted:<34} # needs a table of role {table}");
    }
    text.push_str("]\n");
    text
}

/// `indicators/README.md` of an evaluation.
pub const INDICATORS_README: &str = "# Indicators of this evaluation

One file per indicator: `<kind>/<dimension>/<id>.toml`, the file named as the id. Start one with

    codev indicators new ID --dimension governance --table activities --value \"COUNT(*)\"

or copy `example.toml.sample`. Every definition carries examples: rows, and what comes out of them. Run them with

    codev indicators test --dir FOLDER

then ask for the id in `evaluation.toml`. `codev indicators functions` lists what a formula may use; `schema.json` lets
editors complete and check these files. A definition never replaces one of the library: a repeated id is an error.
";

/// `indicators/example.toml.sample`.
pub const EXAMPLE: &str = r##"#:schema ../../schema.json
# Copy this to <kind>/<dimension>/<id>.toml, here process/governance/share-with-citizens.toml.

id = "share-with-citizens"                  # kebab-case, the file's name
name = "Decisions with citizen input"
kind = "process"                            # output (delivered) | process (how, and what it did) | structure (what it is)
dimension = "governance"
side = "origin"                             # origin | destination | both
question = "Did residents have a say in what the programme decided?"
unit = "%"                                  # "%": the formula gives a proportion, shown as a percentage
direction = "higher-is-better"              # lower-is-better | neither
source = "Where the measure comes from"
limits = "Counts a say of any kind; not whether it was followed."

[measure]
type = "formula"                            # formula | derived | progress
table = "decisions"                         # role or name of a table
# where = "forum <> 'internal'"             # optional: which rows it speaks of
value = "COUNT(*) FILTER (WHERE proposer_sector = 'citizens') / COUNT(*)"

# Rows, and what comes out of them: documentation and test at once. An empty cell is missing.
[[example]]
note = "one decision of two"
rows = """
programme,proposer_sector
P1,citizens
P1,government
"""
expect = { P1 = 0.5 }

[[example]]
note = "no decisions recorded is not zero"
rows = """
programme,proposer_sector
"""
expect = { total = "no-rows" }
"##;
