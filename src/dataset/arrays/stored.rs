//! What arrays of a file or a frame hold, and which of it a declared column can take.

use super::zones::Zone;
use crate::dataset::Type;
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};

/// What a column of a file holds.
#[derive(Debug, Clone)]
pub(in crate::dataset) enum Stored {
    Integers,
    Floats,
    /// Decimals with so many digits after the point.
    Decimals(usize),
    Truths,
    Days,
    /// Days counted in milliseconds.
    Midnights,
    /// Points in time.
    Instants(TimeUnit, Zone),
    /// Times of a day.
    Clock(TimeUnit),
    Texts,
    /// Bytes that may be text.
    Bytes,
    /// Lists of texts.
    Lists,
    /// No value at all.
    Nothing,
    /// What no column can hold, in words.
    Other(String),
}

/// Digits of the largest decimals that there are.
const MOST_DIGITS: usize = 76;

impl Stored {
    /// What an arrow type stands for.
    pub fn of(data_type: &ArrowDataType) -> Stored {
        use ArrowDataType as A;
        match data_type.to_storage() {
            A::Int8 | A::Int16 | A::Int32 | A::Int64 => Stored::Integers,
            A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64 => Stored::Integers,
            A::Float16 | A::Float32 | A::Float64 => Stored::Floats,
            A::Decimal(_, scale)
            | A::Decimal32(_, scale)
            | A::Decimal64(_, scale)
            | A::Decimal256(_, scale) => match *scale {
                scale if scale <= MOST_DIGITS => Stored::Decimals(scale),
                // Below zero, or nonsense.
                _ => Stored::Other("decimal with a scale out of range".to_owned()),
            },
            A::Boolean => Stored::Truths,
            A::Date32 => Stored::Days,
            A::Date64 => Stored::Midnights,
            A::Timestamp(unit, zone) => Stored::Instants(*unit, Zone::of(zone.as_deref())),
            A::Time32(unit) | A::Time64(unit) => Stored::Clock(*unit),
            A::Utf8 | A::LargeUtf8 | A::Utf8View => Stored::Texts,
            A::Dictionary(_, value, _) => Stored::of(value),
            A::Binary | A::LargeBinary | A::BinaryView => Stored::Bytes,
            A::List(item) | A::LargeList(item) => match Stored::of(&item.dtype) {
                Stored::Texts => Stored::Lists,
                other => Stored::Other(format!("list of {}", other.name())),
            },
            A::Null => Stored::Nothing,
            A::FixedSizeList(_, length) => Stored::Other(format!("list of {length} values each")),
            A::Duration(_) | A::Interval(_) => Stored::Other("length of time".to_owned()),
            A::FixedSizeBinary(length) => Stored::Other(format!("{length} bytes each")),
            A::Struct(_) => Stored::Other("struct".to_owned()),
            A::Map(..) => Stored::Other("map".to_owned()),
            A::Int128 | A::UInt128 => Stored::Other("integer of 128 bits".to_owned()),
            A::Union(_) => Stored::Other("union of several types".to_owned()),
            _ => Stored::Other("type that is not known here".to_owned()),
        }
    }

    /// What it is in words, as in "The column has the type ...".
    pub fn name(&self) -> String {
        match self {
            Stored::Integers => "integer".to_owned(),
            Stored::Floats => "number".to_owned(),
            Stored::Decimals(_) => "decimal".to_owned(),
            Stored::Truths => "boolean".to_owned(),
            Stored::Days | Stored::Midnights => "date".to_owned(),
            Stored::Instants(_, Zone::Unknown(zone)) => {
                format!("datetime in `{zone}`, a time zone that is not known")
            }
            Stored::Instants(..) => "datetime".to_owned(),
            Stored::Clock(_) => "time of day".to_owned(),
            Stored::Texts => "string".to_owned(),
            Stored::Bytes => "binary".to_owned(),
            Stored::Lists => "list".to_owned(),
            Stored::Nothing => "null".to_owned(),
            Stored::Other(name) => name.clone(),
        }
    }

    /// Type word of the Table Schema; `None` for what no column can hold.
    pub fn declared(&self) -> Option<&'static str> {
        Some(match self {
            Stored::Integers => "integer",
            Stored::Floats | Stored::Decimals(_) => "number",
            Stored::Truths => "boolean",
            Stored::Days | Stored::Midnights => "date",
            Stored::Instants(_, zone) if zone.is_known() => "datetime",
            Stored::Texts => "string",
            Stored::Lists => "list",
            _ => return None,
        })
    }

    /// Whether a column declared so can take it.
    pub fn fits(&self, r#type: Type) -> bool {
        match self {
            Stored::Nothing => true,
            Stored::Other(_) => false,
            Stored::Instants(_, zone) if !zone.is_known() => false,
            Stored::Integers => true,
            Stored::Floats | Stored::Decimals(_) | Stored::Truths => r#type != Type::Date,
            Stored::Days | Stored::Midnights | Stored::Instants(..) => {
                matches!(r#type, Type::Date | Type::Text | Type::List)
            }
            Stored::Clock(_) | Stored::Bytes | Stored::Lists => {
                matches!(r#type, Type::Text | Type::List)
            }
            Stored::Texts => true,
        }
    }

    /// Whether a value of the file may be no value of a column declared so, which only reading tells.
    pub fn may_fail(&self, r#type: Type) -> bool {
        let unsure = match self {
            Stored::Floats => matches!(r#type, Type::Number | Type::Boolean),
            Stored::Texts => !matches!(r#type, Type::Text | Type::List),
            // Numbers of days reach further than calendars do.
            Stored::Integers | Stored::Days | Stored::Midnights | Stored::Instants(..) => {
                r#type == Type::Date
            }
            _ => false,
        };
        unsure || !self.fits(r#type)
    }
}
