//! The one table of what a formula may call: parser, type check, help and documentation read it.

use super::node::{AggregateFunction, Op};

/// What a function takes and gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Numbers to a number.
    Numbers,
    /// Values of one type to a value of that type.
    Same,
    /// Texts to a text.
    Text,
    /// A text to a number.
    TextToNumber,
    /// Dates to a number.
    DatesToNumber,
    /// A list and texts to a truth value.
    ListHas,
    /// Lists to a truth value.
    ListsToTruth,
    /// A list to a number.
    ListToNumber,
}

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Callable {
    /// A function of one row, with its shape and the least and most arguments it takes.
    Row(Op, Shape, usize, usize),
    /// An aggregate.
    Aggregate(AggregateFunction),
}

/// A function of the formula language.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Name in capitals.
    pub name: &'static str,
    /// How it is called.
    pub signature: &'static str,
    /// What it gives, one sentence.
    pub description: &'static str,
    /// Whether it is an aggregate.
    pub aggregate: bool,
    /// What it means.
    pub callable: Callable,
}

const fn row(
    name: &'static str,
    signature: &'static str,
    callable: (Op, Shape, usize, usize),
    description: &'static str,
) -> Function {
    let callable = Callable::Row(callable.0, callable.1, callable.2, callable.3);
    Function {
        name,
        signature,
        description,
        aggregate: false,
        callable,
    }
}

const fn aggregate(
    name: &'static str,
    signature: &'static str,
    function: AggregateFunction,
    description: &'static str,
) -> Function {
    Function {
        name,
        signature,
        description,
        aggregate: true,
        callable: Callable::Aggregate(function),
    }
}

const MANY: usize = 50;

/// Every function that a formula may use, aggregates first.
pub const FUNCTIONS: &[Function] = &[
    aggregate(
        "COUNT",
        "COUNT(*), COUNT(x), COUNT(DISTINCT x)",
        AggregateFunction::CountRows,
        "Number of rows, of values present, or of different values.",
    ),
    aggregate(
        "SUM",
        "SUM(x)",
        AggregateFunction::Sum,
        "Sum of numbers; 0 when rows exist but none matches the filter.",
    ),
    aggregate(
        "AVG",
        "AVG(x)",
        AggregateFunction::Average,
        "Mean of numbers, weighted where the table has weights; of a truth value, the share that is true.",
    ),
    aggregate(
        "MIN",
        "MIN(x)",
        AggregateFunction::Minimum,
        "Smallest number.",
    ),
    aggregate(
        "MAX",
        "MAX(x)",
        AggregateFunction::Maximum,
        "Largest number.",
    ),
    aggregate(
        "VAR",
        "VAR(x)",
        AggregateFunction::Variance,
        "Sample variance (divisor n - 1).",
    ),
    aggregate(
        "STDDEV",
        "STDDEV(x)",
        AggregateFunction::StandardDeviation,
        "Sample standard deviation (divisor n - 1).",
    ),
    aggregate(
        "CORR",
        "CORR(x, y)",
        AggregateFunction::Correlation,
        "Pearson correlation of two numbers.",
    ),
    aggregate(
        "MEDIAN",
        "MEDIAN(x)",
        AggregateFunction::Quantile(0.5),
        "Median; midway between the two middle values of an even number (where the table has weights, of the weighted distribution: see QUANTILE).",
    ),
    aggregate(
        "QUANTILE",
        "QUANTILE(x, p)",
        AggregateFunction::Quantile(f64::NAN),
        "Quantile at probability p, interpolated linearly (Hyndman and Fan, type 7); where the table has weights, the inverse of the weighted distribution.",
    ),
    aggregate(
        "FIRST",
        "FIRST(x, date), SUM(FIRST(x, date, series, ...))",
        AggregateFunction::First,
        "Value in the first row by date; within SUM, AVG, COUNT, MIN, MAX, VAR or STDDEV, that of each series of a programme.",
    ),
    aggregate(
        "LAST",
        "LAST(x, date), SUM(LAST(x, date, series, ...))",
        AggregateFunction::Last,
        "Value in the last row by date; within SUM, AVG, COUNT, MIN, MAX, VAR or STDDEV, that of each series of a programme.",
    ),
    row(
        "COALESCE",
        "COALESCE(x, y, ...)",
        (Op::Coalesce, Shape::Same, 2, MANY),
        "First value that is not missing.",
    ),
    row(
        "NULLIF",
        "NULLIF(x, y)",
        (Op::NullIf, Shape::Same, 2, 2),
        "Missing where x equals y, else x.",
    ),
    row(
        "ABS",
        "ABS(x)",
        (Op::Abs, Shape::Numbers, 1, 1),
        "Absolute value.",
    ),
    row(
        "ROUND",
        "ROUND(x)",
        (Op::Round, Shape::Numbers, 1, 1),
        "Nearest whole number, halves away from zero.",
    ),
    row(
        "FLOOR",
        "FLOOR(x)",
        (Op::Floor, Shape::Numbers, 1, 1),
        "Largest whole number not above x.",
    ),
    row(
        "CEIL",
        "CEIL(x)",
        (Op::Ceil, Shape::Numbers, 1, 1),
        "Smallest whole number not below x.",
    ),
    row(
        "SQRT",
        "SQRT(x)",
        (Op::Sqrt, Shape::Numbers, 1, 1),
        "Square root; missing below zero.",
    ),
    row(
        "LN",
        "LN(x)",
        (Op::Ln, Shape::Numbers, 1, 1),
        "Natural logarithm; missing at or below zero.",
    ),
    row(
        "EXP",
        "EXP(x)",
        (Op::Exp, Shape::Numbers, 1, 1),
        "e to the power x.",
    ),
    row(
        "POWER",
        "POWER(x, y)",
        (Op::Power, Shape::Numbers, 2, 2),
        "x to the power y.",
    ),
    row(
        "LEAST",
        "LEAST(x, y, ...)",
        (Op::Least, Shape::Numbers, 2, MANY),
        "Smallest of its arguments; missing if one is.",
    ),
    row(
        "GREATEST",
        "GREATEST(x, y, ...)",
        (Op::Greatest, Shape::Numbers, 2, MANY),
        "Largest of its arguments; missing if one is.",
    ),
    row(
        "LOWER",
        "LOWER(text)",
        (Op::Lower, Shape::Text, 1, 1),
        "Text in small letters.",
    ),
    row(
        "UPPER",
        "UPPER(text)",
        (Op::Upper, Shape::Text, 1, 1),
        "Text in capitals.",
    ),
    row(
        "TRIM",
        "TRIM(text)",
        (Op::Trim, Shape::Text, 1, 1),
        "Text without blanks at its ends.",
    ),
    row(
        "LENGTH",
        "LENGTH(text)",
        (Op::Length, Shape::TextToNumber, 1, 1),
        "Number of characters.",
    ),
    row(
        "YEAR",
        "YEAR(date)",
        (Op::Year, Shape::DatesToNumber, 1, 1),
        "Year of a date.",
    ),
    row(
        "QUARTER",
        "QUARTER(date)",
        (Op::Quarter, Shape::DatesToNumber, 1, 1),
        "Quarter of a date, 1 to 4.",
    ),
    row(
        "MONTH",
        "MONTH(date)",
        (Op::Month, Shape::DatesToNumber, 1, 1),
        "Month of a date, 1 to 12.",
    ),
    row(
        "DAYS",
        "DAYS(from, to)",
        (Op::Days, Shape::DatesToNumber, 2, 2),
        "Days from one date to another, negative when the second is earlier.",
    ),
    row(
        "YEARS",
        "YEARS(from, to)",
        (Op::Years, Shape::DatesToNumber, 2, 2),
        "Calendar years from one date to another: whole years by anniversaries (that of 29 February is the 28th in other years), and the share of the year begun.",
    ),
    row(
        "HAS",
        "HAS(list, 'code')",
        (Op::Has, Shape::ListHas, 2, 2),
        "Whether a list holds a code.",
    ),
    row(
        "HAS_ANY",
        "HAS_ANY(list, 'code', 'code', ...)",
        (Op::HasAny, Shape::ListHas, 2, MANY),
        "Whether a list holds at least one of several codes.",
    ),
    row(
        "HAS_COMMON",
        "HAS_COMMON(list, list)",
        (Op::HasCommon, Shape::ListsToTruth, 2, 2),
        "Whether two lists have a code in common.",
    ),
    row(
        "SIZE",
        "SIZE(list)",
        (Op::Size, Shape::ListToNumber, 1, 1),
        "Number of codes in a list.",
    ),
    row(
        "SIZE_DISTINCT",
        "SIZE_DISTINCT(list)",
        (Op::SizeDistinct, Shape::ListToNumber, 1, 1),
        "Number of different codes in a list.",
    ),
];

/// The function called `name`, in any case.
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.name.eq_ignore_ascii_case(name))
}
