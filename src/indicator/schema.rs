//! The JSON Schema of definition files, for editors.

use super::DefinitionFile;
use serde_json::{Value, json};

/// Text of the JSON Schema of definition files (what `indicators/schema.json` holds).
pub fn json_schema() -> String {
    let mut schema =
        serde_json::to_value(schemars::schema_for!(DefinitionFile)).unwrap_or_default();
    allow_extending(&mut schema);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// A definition that extends another needs its id alone; its measure may state single keys, and `only`.
fn allow_extending(schema: &mut Value) {
    let Some(root) = schema.as_object_mut() else {
        return;
    };
    let required = root.remove("required").unwrap_or_default();
    let described = "How it is computed. In a definition that extends another: the keys that differ, \
                     or `only`, a further filter.";
    let measure = root
        .get_mut("properties")
        .and_then(|p| p.get_mut("measure"))
        .map(|m| std::mem::replace(m, json!({ "description": described, "type": "object" })));
    root.insert("if".into(), json!({ "required": ["extends"] }));
    root.insert("then".into(), json!({ "required": ["id"] }));
    root.insert(
        "else".into(),
        json!({ "required": required, "properties": { "measure": measure } }),
    );
}
