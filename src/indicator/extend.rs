//! Definitions that extend others: merged as TOML before anything is typed, so that it works for every type of measure.

use super::Indicator;
use super::filled::Filled;
use super::parameters::{self, Value, Values};
use super::source::{self, Entry, Item, Source, Sources, Table};
use crate::finding::Finding;
use std::collections::BTreeMap;
use std::ops::Range;

/// A definition file, read but not merged with what it extends.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The file.
    pub source: Source,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Id of the definition that it extends.
    pub extends: Option<String>,
}

/// A definition merged from its file and those that it extends; its parameters are not inserted yet.
#[derive(Debug, Clone)]
pub struct Composed {
    /// Files, the farthest first and its own last.
    pub(super) sources: Sources,
    /// Its keys, without `extends`, `parameters` and `only`.
    pub(super) tree: Table,
    /// Id of the definition that it extends.
    pub extends: Option<String>,
    pub(super) parameters: BTreeMap<String, Parameter>,
    pub(super) narrowing: Vec<Narrowing>,
    /// Whether its own file states a name.
    names_itself: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub value: Value,
    pub span: Range<usize>,
    /// Whether its own file sets it.
    pub own: bool,
}

/// A further filter, and whether the definition in words speaks of it.
#[derive(Debug, Clone)]
pub(super) struct Narrowing {
    pub sql: Entry,
    pub said: bool,
}

impl Draft {
    /// Reads the parts that say how a file relates to others.
    ///
    /// # Errors
    /// A finding with the line: no TOML, or `extends` is no text.
    pub fn read(text: &str, file: &str, builtin: bool) -> Result<Draft, Box<Finding>> {
        let source = Source {
            file: file.to_owned(),
            text: text.to_owned(),
            builtin,
        };
        let table = source::read(&source, 0)?;
        let text_of = |key: &str| table.get(key).and_then(|(_, e)| e.text());
        if let Some((span, entry)) = table.get("extends")
            && entry.text().is_none()
        {
            let help = "Write the id of another definition: extends = \"claims-adopted\".";
            let finding = Finding::error(
                "definition-bad-extends",
                "`extends` takes one id as a text.",
                help,
            );
            return Err(Box::new(Sources(vec![source]).underline(finding, span)));
        }
        Ok(Draft {
            id: text_of("id").map(str::to_owned),
            extends: text_of("extends").map(str::to_owned),
            source,
        })
    }

    /// A finding on the line of a key at the top of the file.
    pub fn at(&self, key: &str, finding: Finding) -> Finding {
        let finding = finding.in_file(&self.source.file).in_column(key);
        let table = source::read(&self.source, 0).unwrap_or_default();
        let sources = Sources(vec![self.source.clone()]);
        match table.get(key).and_then(|(span, _)| sources.line(span)) {
            Some((_, line)) => finding.at_line(line),
            None => finding,
        }
    }
}

impl Composed {
    /// A file, merged with the definition that it extends.
    ///
    /// # Errors
    /// A finding with file and line: parameters or `only` that can't be, or another type of measure than the base's.
    pub fn new(draft: Draft, base: Option<&Indicator>) -> Result<Composed, Box<Finding>> {
        let mut composed = match base {
            Some(base) => (*base.composed).clone(),
            None => Composed {
                sources: Sources::default(),
                tree: Table::new(),
                extends: None,
                parameters: BTreeMap::new(),
                narrowing: vec![],
                names_itself: false,
            },
        };
        let mut own = source::read(&draft.source, composed.sources.end())?;
        composed.sources.0.push(draft.source);
        own.remove("extends");
        composed.extends = draft.extends;
        composed.names_itself = own.contains_key("name");
        composed.add_parameters(own.remove("parameters"))?;
        let only = match own.get_mut("measure").map(|(_, e)| &mut e.item) {
            Some(Item::Table(measure)) => measure.remove("only"),
            _ => None,
        };
        match base {
            Some(base) => composed.merge(own, only, base)?,
            None if only.is_some() => {
                let message = "`only` narrows the filter of a definition that is extended, and this one extends none.";
                let help = "Write the filter as `where`.";
                return Err(composed.fault("definition-bad-only", message, help, only.as_ref()));
            }
            None => composed.tree = own,
        }
        Ok(composed)
    }

    fn fault(
        &self,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
        at: Option<&(Range<usize>, Entry)>,
    ) -> Box<Finding> {
        let finding = Finding::error(code, message, help);
        Box::new(match at {
            Some((span, _)) => self.sources.underline(finding, span),
            None => finding,
        })
    }

    fn add_parameters(
        &mut self,
        stated: Option<(Range<usize>, Entry)>,
    ) -> Result<(), Box<Finding>> {
        for parameter in self.parameters.values_mut() {
            parameter.own = false;
        }
        let Some(stated) = stated else { return Ok(()) };
        let Item::Table(table) = &stated.1.item else {
            let help = "Write `[parameters]`, and under it a line for each: years = 2.";
            let message = "`parameters` is a table of names and values.";
            return Err(self.fault("definition-bad-parameter", message, help, Some(&stated)));
        };
        for (name, at) in table {
            let Some(value) = Value::of(&at.1.item) else {
                let message = format!("The parameter `{name}` is no number, text or date.");
                let help =
                    "Write it as in years = 2, sector = \"government\" or since = 2020-01-31.";
                return Err(self.fault("definition-bad-parameter", message, help, Some(at)));
            };
            if !parameters::is_name(name) {
                let message = format!("`{name}` is no name of a parameter.");
                let help = "Use letters, digits and `_`, a letter first.";
                return Err(self.fault("definition-bad-parameter", message, help, Some(at)));
            }
            if let Some(before) = self.parameters.get(name)
                && before.value.kind() != value.kind()
            {
                let message = format!(
                    "The parameter `{name}` is {}, and was {} in the definition that is extended.",
                    value.kind(),
                    before.value.kind()
                );
                let help = "Give it a value of the same kind.";
                return Err(self.fault("definition-bad-parameter", message, help, Some(at)));
            }
            let parameter = Parameter {
                value,
                span: at.0.clone(),
                own: true,
            };
            self.parameters.insert(name.clone(), parameter);
        }
        Ok(())
    }

    /// Merges its own keys into those of the definition that it extends.
    fn merge(
        &mut self,
        own: Table,
        only: Option<(Range<usize>, Entry)>,
        base: &Indicator,
    ) -> Result<(), Box<Finding>> {
        let no_keys = Table::new();
        let measure = |tree: &Table| match tree.get("measure").map(|(_, e)| &e.item) {
            Some(Item::Table(measure)) => Some(measure.clone()),
            _ => None,
        };
        let inherited = measure(&self.tree).unwrap_or_default();
        let stated = measure(&own);
        let keys = stated.as_ref().unwrap_or(&no_keys);
        let type_of = |table: &Table| {
            let entry = table.get("type").and_then(|(_, e)| e.text());
            entry.unwrap_or_default().to_owned()
        };
        let was = type_of(&inherited);
        if let Some(at) = keys.get("type")
            && type_of(keys) != was
        {
            let message = format!(
                "It extends `{}`, whose measure is of type `{was}`; another type can't be made of it.",
                base.id
            );
            let help = "Leave out `type`; or leave out `extends` and write the whole definition.";
            return Err(self.fault("definition-other-type", message, help, Some(at)));
        }
        if let Some(at) = &only {
            let refused = if at.1.text().is_none() {
                Some((
                    "`only` is a filter, a text.",
                    "Write it as in only = \"side = 'origin'\".",
                ))
            } else if keys.contains_key("where") {
                Some((
                    "`where` takes the place of the inherited filter and `only` narrows it; one file can't do both.",
                    "Write the whole filter as `where`, or leave `where` out.",
                ))
            } else if was == "derived" {
                Some((
                    "A derived indicator has no rows of its own to narrow.",
                    "Extend its inputs, and name those under [measure] as inputs = { name = \"id\" }.",
                ))
            } else {
                None
            };
            if let Some((message, help)) = refused {
                return Err(self.fault("definition-bad-only", message, help, only.as_ref()));
            }
        }
        if keys.contains_key("where") {
            self.narrowing.clear();
        }
        let mut words_hold = true;
        for (key, (_, entry)) in keys {
            words_hold &= inherited.get(key).is_some_and(|(_, e)| e == entry);
        }
        if let Some((_, sql)) = only.filter(|(_, e)| e.text() != Some("")) {
            self.narrowing.push(Narrowing { sql, said: false });
        }
        if own.contains_key("definition") {
            self.narrowing.iter_mut().for_each(|n| n.said = true);
        }
        let examples = own.contains_key("example");
        self.tree.remove("id");
        if !own.contains_key("source")
            && let Some((_, entry)) = self.tree.get_mut("source")
            && let Item::Text(text) = &mut entry.item
        {
            *text = format!("After {}: {text}", base.id);
        }
        if !words_hold {
            for key in ["definition", "numerator", "denominator"] {
                self.tree.remove(key);
            }
        }
        merge(&mut self.tree, own);
        let after = self.filled(&Values::new()).ok();
        let same = after.is_some_and(|after| {
            ["measure", "direction"].iter().all(|key| {
                let of = |filled: &Filled| filled.tree.get(*key).map(|(_, e)| e.clone());
                of(&base.filled) == of(&after)
            })
        });
        if !examples && !same {
            self.tree.remove("example");
        }
        Ok(())
    }

    /// The file of the definition itself.
    pub fn own(&self) -> Option<&Source> {
        self.sources.0.last()
    }

    /// File and line of a place; of another file than its own, it is said who inherits.
    pub fn place(&self, finding: Finding, span: &Range<usize>) -> Finding {
        let (Some((source, line)), Some(own)) = (self.sources.line(span), self.own()) else {
            return finding;
        };
        let mut finding = finding.in_file(&source.file).at_line(line);
        if source.file != own.file || source.builtin != own.builtin {
            let library = if source.builtin {
                " from the library"
            } else {
                ""
            };
            finding.help = format!("{} {} inherits this{library}.", finding.help, own.file);
        }
        finding
    }

    /// A fault of TOML in the merged definition, underlined in its file.
    pub fn underline(&self, error: &toml::de::Error, filled: &Filled) -> Finding {
        let message = error.message();
        let word = message.split('`').nth(1).unwrap_or_default();
        let measure = filled.tree.get("measure").map(|(_, e)| &e.item);
        // Serde takes `[measure]` as a whole; the key at fault is more to the point.
        let key = match measure {
            Some(Item::Table(keys)) if message.starts_with("unknown field") => keys.get(word),
            _ => None,
        };
        let top = filled
            .tree
            .get(word)
            .filter(|_| message.starts_with("unknown field"));
        let span = match (top.or(key), error.span()) {
            (Some((span, _)), _) => Some(span.clone()),
            (None, Some(span)) if span.end > span.start => Some(span),
            _ => None,
        };
        let found = span.and_then(|span| self.sources.find(&span));
        match (found, self.own()) {
            (Some((source, local)), _) => {
                super::toml_fault(message, Some(local), &source.text, &source.file)
            }
            (None, Some(own)) => super::toml_fault(message, Some(0..0), &own.text, &own.file),
            (None, None) => super::toml_fault(message, None, "", ""),
        }
    }

    /// The range of the file of the definition itself.
    pub fn root(&self) -> Range<usize> {
        let end = self.sources.end().saturating_sub(1);
        let length = self.own().map_or(0, |s| s.text.len());
        end.saturating_sub(length)..end.saturating_sub(length)
    }

    /// Whether its own file states a name.
    pub fn names_itself(&self) -> bool {
        self.names_itself
    }

    /// Default of a parameter.
    pub fn default(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name).map(|p| &p.value)
    }

    /// Names of the parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.parameters.keys().map(String::as_str)
    }
}

/// Puts keys over others: tables key by key, everything else as a whole. An empty text removes a key.
fn merge(onto: &mut Table, own: Table) {
    for (key, (span, entry)) in own {
        if entry.text() == Some("") {
            onto.remove(&key);
            continue;
        }
        match (onto.get_mut(&key).map(|(_, e)| &mut e.item), entry.item) {
            (Some(Item::Table(below)), Item::Table(above)) => {
                merge(below, above);
                if let Some((at, e)) = onto.get_mut(&key) {
                    (*at, e.span) = (span, entry.span);
                }
            }
            (_, item) => {
                let span_of_value = entry.span;
                let entry = Entry {
                    span: span_of_value,
                    item,
                };
                onto.insert(key, (span, entry));
            }
        }
    }
}
