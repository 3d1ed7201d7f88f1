//! Effects by design: known truths, published numbers, and what is refused.

mod bad_input;
mod coverage;
mod designs;
mod expected;
mod few_designs;
mod few_units;
mod periods;
mod ratios;
mod real;
mod tandem;
mod times;
mod together;

use crate::kit::Folder;
use codev::outcome::{Effect, EffectEstimate, Outcome};

/// The effect with this id.
pub fn effect<'a>(outcome: &'a Outcome, id: &str) -> &'a Effect {
    let found = outcome.effects.iter().find(|e| e.id == id);
    let ids: Vec<&str> = outcome.effects.iter().map(|e| e.id.as_str()).collect();
    found.unwrap_or_else(|| panic!("no effect {id} among {ids:?}"))
}

/// Its estimate.
pub fn estimate<'a>(outcome: &'a Outcome, id: &str) -> &'a EffectEstimate {
    let effect = effect(outcome, id);
    let none = || panic!("{id}: {:?}", effect.not_estimable);
    effect.estimate.as_ref().unwrap_or_else(none)
}

/// Why an effect could not be estimated.
pub fn reason<'a>(outcome: &'a Outcome, id: &str) -> &'a str {
    let effect = effect(outcome, id);
    let none = || panic!("{id} was estimated: {:?}", effect.estimate);
    &effect.not_estimable.as_ref().unwrap_or_else(none).reason
}

/// A table `t` with these columns (name, type), the codev object as given, and an indicator `y` that is the mean of column `y`.
pub fn folder(rows: &str, columns: &[(&str, &str)], codev: &str, effects: &str) -> Folder {
    let folder = Folder::new();
    let fields: Vec<String> = columns
        .iter()
        .map(|(name, kind)| format!(r#"{{"name": "{name}", "type": "{kind}"}}"#))
        .collect();
    let manifest = format!(
        r#"{{"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", "name": "test", "resources": [
        {{"name": "t", "path": "t.csv", "format": "csv", "schema": {{"fields": [{}]}}, "codev": {codev}}}]}}"#,
        fields.join(", ")
    );
    folder.write("datapackage.json", manifest);
    folder.write("t.csv", rows);
    folder.define("y", "points", &crate::kit::formula("t", "AVG(y)"));
    folder.write("evaluation.toml", format!("title = \"Test\"\n{effects}"));
    folder
}
