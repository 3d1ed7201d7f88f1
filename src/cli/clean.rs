//! Text from data, definitions and file names that can't steer the terminal. Everything that is printed goes through here.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character does something to a terminal, or to the order in which the characters around it are shown: control characters
/// (escape sequences begin with one), line and paragraph separators, and those that turn the direction of writing. Marks that
/// Arabic and Hebrew texts need (U+200E, U+200F, U+061C) turn nothing around.
pub fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// One line: what steers is shown as an escape, ends of lines and tabs too.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, &|_| false)
}

/// Text of several lines, in which ends of lines and tabs stay.
pub fn text(text: &str) -> Cow<'_, str> {
    let kept = |c| matches!(c, '\n' | '\t');
    match text.contains("\r\n") {
        true => Cow::Owned(escaped(&text.replace("\r\n", "\n"), &kept).into_owned()),
        false => escaped(text, &kept),
    }
}

fn escaped<'t>(text: &'t str, kept: &dyn Fn(char) -> bool) -> Cow<'t, str> {
    if !text.chars().any(|c| steers(c) && !kept(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match steers(c) && !kept(c) {
            true => out.extend(c.escape_default()),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Text in which our own colours stay: sequences that set the look of what follows. What comes from outside has been cleaned by
/// [`line`] or [`excerpt`] before it came between them.
pub fn coloured(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(&self::text(before));
        rest = after;
        let length = after.strip_prefix('[').and_then(|codes| {
            let end = codes.find(|c: char| !c.is_ascii_digit() && c != ';')?;
            codes.get(end..)?.starts_with('m').then_some(end + 2)
        });
        match length {
            Some(length) => {
                out.push('\u{1b}');
                out.push_str(after.get(..length).unwrap_or_default());
                rest = after.get(length..).unwrap_or_default();
            }
            None => out.push_str("\\u{1b}"),
        }
    }
    out.push_str(&self::text(rest));
    out
}

/// JSON with escapes of its own in place of what steers, which means the same.
pub fn json(text: &str) -> Cow<'_, str> {
    let stays = |c: char| !steers(c) || matches!(c, '\n' | '\t' | '\r');
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match stays(c) {
            true => out.push(c),
            // All of them have four digits; only inside texts can there be any.
            false => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
        }
    }
    Cow::Owned(out)
}

/// Source text of as many bytes, so that places in it stay where they are.
pub fn excerpt(text: &str) -> String {
    let tame = |c: char| match c {
        '\n' | '\t' => c,
        c if !steers(c) => c,
        c => match c.len_utf8() {
            1 => '?',
            2 => '\u{bf}',
            _ => '\u{fffd}',
        },
    };
    text.chars().map(tame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clears the screen, changes the title, a control sequence in one character, turned letters, a new line.
    const BAD: &str = "a\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}31m\u{202e}b\u{2066}c\u{7f}\r\u{2028}d\n\te";

    #[test]
    fn nothing_that_steers_is_left() {
        let shown = line(BAD);
        assert!(!shown.chars().any(steers), "{shown}");
        assert!(shown.starts_with("a\\u{1b}[2J\\u{1b}]0;t\\u{7}\\u{9b}31m\\u{202e}b"));
        let shown = text(BAD);
        assert!(shown.ends_with("d\n\te"));
        assert!(!shown.chars().any(|c| steers(c) && c != '\n' && c != '\t'));
        let shown = excerpt(BAD);
        assert_eq!(shown.len(), BAD.len());
        assert!(!shown.chars().any(|c| steers(c) && c != '\n' && c != '\t'));
        // Words of people stay as they are.
        for plain in ["Meppel – Al Hoceïma", "مغاربة\u{200f} (2019)", "吉 🚲"] {
            assert_eq!(line(plain), plain);
        }
    }

    #[test]
    fn colours_of_ours_stay_and_nothing_else_does() {
        let ours = "\u{1b}[1;31merror\u{1b}[0m x\n";
        assert_eq!(coloured(ours), ours);
        assert_eq!(
            coloured("\u{1b}[2J\u{1b}[31\u{1b}\u{9b}m\u{1b}"),
            "\\u{1b}[2J\\u{1b}[31\\u{1b}\\u{9b}m\\u{1b}"
        );
    }

    #[test]
    fn json_means_the_same() {
        let value = serde_json::json!({ "name": BAD });
        let shown = json(&value.to_string()).into_owned();
        assert!(!shown.chars().any(steers), "{shown}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).ok(),
            Some(value)
        );
    }
}
