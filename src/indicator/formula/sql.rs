//! SQL text to the parser's own tree, and the parser's places and messages in words for people.

use super::node::{Fault, Span};
use super::synonyms;
use sqlparser::ast::Expr;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, Tokenizer};

/// Longest formula, in bytes: far beyond what a person writes.
const LONGEST: usize = 8_000;

/// Most operators and keywords: each can make the tree one deeper, and trees are walked and dropped by recursion.
const OPERATORS: usize = 400;

pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    let whole = Span {
        start: 0,
        end: text.len(),
    };
    if text.trim().is_empty() {
        return Err(Fault::new(
            "formula-empty",
            whole,
            "The expression is empty.",
            "Write an SQL expression.",
        ));
    }
    if text.len() > LONGEST {
        let message = format!(
            "The expression has {} bytes; at most {LONGEST} are read.",
            text.len()
        );
        return Err(Fault::new(
            "formula-too-long",
            whole,
            message,
            "Split it into several indicators.",
        ));
    }
    let fault = |error: ParserError| {
        let (message, mut span) = match error {
            ParserError::TokenizerError(m) | ParserError::ParserError(m) => locate(text, m),
            ParserError::RecursionLimitExceeded => {
                ("The expression is nested too deeply.".to_owned(), whole)
            }
        };
        let message = plain(&message);
        if message.ends_with(ENDS) {
            span.start = text.trim_end().len();
        }
        let help = match unquoted(text, span.start) {
            Some(name) => synonyms::quote(name),
            None => "Expressions are SQL: see `codev indicators functions`.".to_owned(),
        };
        Fault::new("formula-syntax", span, message, help)
    };
    let dialect = PostgreSqlDialect {};
    let tokens = Tokenizer::new(&dialect, text)
        .tokenize_with_location()
        .map_err(|e| fault(e.into()))?;
    let operators = tokens.iter().filter(|t| operates(&t.token)).count();
    if operators > OPERATORS {
        let message =
            format!("The expression has {operators} operators; at most {OPERATORS} are read.");
        let help = "Use IN (...) for many values, or split the indicator.";
        return Err(Fault::new("formula-too-long", whole, message, help));
    }
    let mut parser = Parser::new(&dialect)
        .with_recursion_limit(50)
        .with_tokens_with_locations(tokens);
    let expression = parser.parse_expr().map_err(fault)?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let start = offset(text, next.span.start);
        return Err(Fault::new(
            "formula-syntax",
            Span {
                start,
                end: text.len(),
            },
            format!("The expression should end before `{}`.", next.token),
            match unquoted(text, start) {
                Some(name) => synonyms::quote(name),
                None => "Write one expression, without SELECT, alias or semicolon.".to_owned(),
            },
        ));
    }
    Ok(expression)
}

/// The name with blanks of which the word at `start` is perhaps a part, since it follows another word.
fn unquoted(text: &str, start: usize) -> Option<&str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let (before, after) = (text.get(..start)?, text.get(start..)?);
    let follows = before.ends_with(char::is_whitespace) && before.trim_end().ends_with(word);
    let found = after.starts_with(|c: char| word(c) || !c.is_ascii());
    synonyms::unquoted(text, start).filter(|_| follows && found)
}

/// Whether a token can stand between or before operands.
pub(super) fn operates(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword,
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::Whitespace(_)
        | Token::EOF => false,
        _ => true,
    }
}

const ENDS: &str = "but the text ends.";

/// The parser's `Expected: ), found: EOF` as a sentence.
pub(super) fn plain(message: &str) -> String {
    let parts = message
        .strip_prefix("Expected: ")
        .and_then(|rest| rest.split_once(", found: "));
    match parts {
        Some((wanted, found)) if found.trim_end_matches('.') == "EOF" => {
            format!("Here {} is expected, {ENDS}", quoted(wanted))
        }
        Some((wanted, found)) => format!(
            "Here {} is expected, not `{}`.",
            quoted(wanted),
            found.strip_suffix('.').unwrap_or(found)
        ),
        None => message.to_owned(),
    }
}

/// Words as they are, signs in code quotes.
pub(super) fn quoted(wanted: &str) -> String {
    if wanted.contains(' ') {
        wanted.to_owned()
    } else {
        format!("`{wanted}`")
    }
}

/// Takes the ` at Line: 1, Column: 9` that the parser appends off its message and turns it into a range.
pub(super) fn locate(text: &str, message: String) -> (String, Span) {
    let whole = Span {
        start: 0,
        end: text.len(),
    };
    let Some((head, tail)) = message.rsplit_once(" at Line: ") else {
        return (message, whole);
    };
    let Some((line, column)) = tail.split_once(", Column: ") else {
        return (message.clone(), whole);
    };
    match (line.trim().parse(), column.trim().parse()) {
        (Ok(line), Ok(column)) => {
            let start = offset(text, Location { line, column });
            let word = text[start..]
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .filter(|at| *at > 0);
            let one = text[start..].chars().next().map_or(0, char::len_utf8);
            (
                format!("{}.", head.trim_end_matches('.')),
                Span {
                    start,
                    end: start + word.unwrap_or(one),
                },
            )
        }
        _ => (message, whole),
    }
}

/// Byte offset of a line and column, both from 1, columns counted in characters.
pub(super) fn offset(text: &str, location: Location) -> usize {
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if number as u64 + 1 == location.line {
            let skip = usize::try_from(location.column.saturating_sub(1)).unwrap_or(usize::MAX);
            return at
                + line
                    .char_indices()
                    .nth(skip)
                    .map_or(line.len(), |(byte, _)| byte);
        }
        at += line.len();
    }
    at
}

/// Where a call that starts at `start` closes its parentheses: the parser's own span stops at the last argument.
pub(super) fn call_end(text: &str, start: usize) -> usize {
    let (mut depth, mut quote) = (0_u32, None);
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < start) {
        match (quote, c) {
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth <= 1 => return at + 1,
            (None, ')') => depth -= 1,
            _ => {}
        }
    }
    start
}
