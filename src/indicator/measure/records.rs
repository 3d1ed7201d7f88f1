//! Measures that read rows one by one: which tables, and what of each row.

use super::agreement::Agreement;
use super::concentration::Concentration;
use super::network::Network;
use super::representation::Representation;
use super::retention::Retention;
use super::scale::Scale;
use super::{MeasureFault, optional, required};
use crate::indicator::formula::check::Type;
use crate::indicator::formula::node::Node;

/// A measure over the rows of one or more tables.
#[derive(Debug, Clone)]
pub struct Records {
    /// What is read. The rows of the first are what estimates are disaggregated by.
    pub inputs: Vec<Input>,
    /// What is made of it.
    pub what: What,
}

/// What a measure makes of its rows.
#[derive(Debug, Clone)]
pub enum What {
    /// How far raters agree.
    Agreement(Agreement),
    /// How evenly something is spread over categories.
    Concentration(Concentration),
    /// Who takes part, against who lives there.
    Representation(Representation),
    /// What is still there after an event.
    Retention(Retention),
    /// How well the items of a score hang together.
    Scale(Scale),
    /// What ties between actors form.
    Network(Box<Network>),
}

impl What {
    /// Expression of the categories that the rows of the first input are spread over.
    pub fn categories<'a>(&self, input: &'a Input) -> Option<&'a str> {
        match self {
            What::Concentration(_) | What::Representation(_) => {
                input.fields.first().map(|field| field.text.as_str())
            }
            _ => None,
        }
    }

    /// Why the measure can't be made of a sample; `None` for one that can.
    pub fn needs_census(&self) -> Option<&'static str> {
        match self {
            What::Network(_) => Some(
                "the network of ties that were drawn is not the network: every tie that was not drawn changes it. Declare the \
                 table a census if all were recorded, or count ties with type = \"formula\"",
            ),
            _ => None,
        }
    }
}

/// A table, and what is read of each of its rows.
#[derive(Debug, Clone)]
pub struct Input {
    /// Name of the input within the measure.
    pub name: &'static str,
    /// Role or name of the table.
    pub table: String,
    /// Whether the measure does without it.
    pub optional: bool,
    /// Filter as written and as parsed.
    pub filter: Option<(String, Node)>,
    /// Its key in the definition.
    pub filter_key: &'static str,
    /// Values read of each row.
    pub fields: Vec<Field>,
    /// Column that places a row in time, where it is not the table's own.
    pub date: Option<String>,
}

/// A value read of each row.
#[derive(Debug, Clone)]
pub struct Field {
    /// Key in the definition.
    pub key: &'static str,
    /// Expression as written.
    pub text: String,
    /// As parsed.
    pub node: Node,
    /// Type it must have.
    pub wants: Wants,
    /// Whether a row without it is left out and counted as missing.
    pub required: bool,
    /// Whether the table may lack its column: it is then missing in every row.
    pub if_there: bool,
}

/// Type that a field must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// A number; a truth value counts as 0 or 1.
    Number,
    /// A number, a truth value or a date, as a number (days since 1970-01-01).
    Ordered,
    /// A date.
    Date,
    /// A truth value.
    Truth,
    /// Any type but a list, as a label: numbers and dates as written.
    Label,
    /// A list of codes, or any other type as a label, which is a list of one.
    Labels,
}

impl Wants {
    /// Whether an expression of type `found` will do.
    pub fn takes(self, found: Type) -> bool {
        match self {
            Wants::Number => matches!(found, Type::Number | Type::Boolean | Type::Unknown),
            Wants::Ordered => !matches!(found, Type::Text | Type::List),
            Wants::Date => matches!(found, Type::Date | Type::Unknown),
            Wants::Truth => matches!(found, Type::Boolean | Type::Unknown),
            Wants::Label => found != Type::List,
            Wants::Labels => true,
        }
    }

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Wants::Number => "a number",
            Wants::Ordered => "a number or a date",
            Wants::Date => "a date",
            Wants::Truth => "a truth value",
            Wants::Label => "a single value, not a list",
            Wants::Labels => "a value or a list",
        }
    }
}

impl Input {
    /// An input without fields yet.
    ///
    /// # Errors
    /// A fault in the filter.
    pub fn new(
        name: &'static str,
        table: &str,
        filter: &Option<String>,
    ) -> Result<Input, MeasureFault> {
        Input::with_filter(name, table, "where", filter)
    }

    /// An input whose filter has a key of its own in the definition.
    ///
    /// # Errors
    /// A fault in the filter.
    pub fn with_filter(
        name: &'static str,
        table: &str,
        filter_key: &'static str,
        filter: &Option<String>,
    ) -> Result<Input, MeasureFault> {
        Ok(Input {
            name,
            table: table.to_owned(),
            optional: false,
            filter: optional(filter_key, filter)?,
            filter_key,
            fields: vec![],
            date: None,
        })
    }

    /// Adds a field; gives its position.
    ///
    /// # Errors
    /// A fault in the expression.
    pub fn field(
        &mut self,
        key: &'static str,
        text: &str,
        wants: Wants,
        is_required: bool,
    ) -> Result<usize, MeasureFault> {
        self.fields.push(Field {
            key,
            text: text.to_owned(),
            node: required(key, text)?,
            wants,
            required: is_required,
            if_there: false,
        });
        Ok(self.fields.len() - 1)
    }

    /// Adds a field that is read where the table has its column; gives its position.
    ///
    /// # Errors
    /// A fault in the expression.
    pub fn field_if_there(
        &mut self,
        key: &'static str,
        text: &str,
        wants: Wants,
    ) -> Result<usize, MeasureFault> {
        let at = self.field(key, text, wants, false)?;
        if let Some(field) = self.fields.get_mut(at) {
            field.if_there = true;
        }
        Ok(at)
    }

    /// Every row expression that the input needs.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        let filter = self.filter.iter().map(|(_, node)| node);
        let needed = self.fields.iter().filter(|f| !f.if_there);
        filter.chain(needed.map(|f| &f.node))
    }
}
