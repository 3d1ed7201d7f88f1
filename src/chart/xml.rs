//! Writing text into XML, and reading back the XML that this module wrote.

/// One line of text that XML can hold: runs of white space are one space, and characters that XML forbids or that change the
/// direction of what follows are left out.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => gap = true,
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => {}
            '\u{FFFE}' | '\u{FFFF}' => {}
            c if c.is_control() => {}
            c => {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.push(c);
            }
        }
    }
    out
}

/// Text with the five characters of XML markup replaced; right in attributes and between tags.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            other => out.push(other),
        }
    }
    out
}

/// The reverse of [`escape`].
pub(super) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// A piece of a document, each with the source text it came from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece<'a> {
    /// `<name a="b">`, or `<name/>` when `closed`.
    Open {
        name: &'a str,
        attributes: Vec<(&'a str, &'a str)>,
        closed: bool,
        source: &'a str,
    },
    /// `</name>`.
    Close { name: &'a str, source: &'a str },
    /// Everything between tags, still escaped.
    Text(&'a str),
}

/// Cuts a document into pieces; `None` where it is not the plain XML that this module writes (no comments, no CDATA).
pub(super) fn pieces(document: &str) -> Option<Vec<Piece<'_>>> {
    let mut out = Vec::new();
    let mut rest = document;
    while !rest.is_empty() {
        let Some(start) = rest.find('<') else {
            out.push(Piece::Text(rest));
            break;
        };
        if start > 0 {
            out.push(Piece::Text(rest.get(..start)?));
        }
        let tag = rest.get(start..)?;
        let end = tag.find('>')?;
        let source = tag.get(..=end)?;
        let inside = tag.get(1..end)?;
        rest = tag.get(end + 1..)?;
        if let Some(name) = inside.strip_prefix('/') {
            out.push(Piece::Close { name, source });
            continue;
        }
        let (inside, closed) = match inside.strip_suffix('/') {
            Some(shorter) => (shorter, true),
            None => (inside, false),
        };
        let (name, attributes) = match inside.split_once(' ') {
            Some((name, rest)) => (name, attributes(rest)?),
            None => (inside, Vec::new()),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        out.push(Piece::Open {
            name,
            attributes,
            closed,
            source,
        });
    }
    Some(out)
}

fn attributes(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"")?;
        let (value, after) = after.split_once('"')?;
        out.push((name, value));
        rest = after.trim_start();
    }
    Some(out)
}
