//! Breaking and shortening labels to a width.

use super::font::{Weight, width};

/// A label laid out in lines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub lines: Vec<String>,
    /// Not all of the label is shown.
    pub shortened: bool,
}

impl Block {
    pub fn width(&self, size: f64, weight: Weight) -> f64 {
        self.lines
            .iter()
            .map(|line| width(line, size, weight))
            .fold(0.0, f64::max)
    }
}

/// Breaks a cleaned label into at most `most` lines no wider than `room`; what does not fit ends in "…".
pub(super) fn wrap(text: &str, size: f64, weight: Weight, room: f64, most: usize) -> Block {
    let long = |s: &str| width(s, size, weight);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    // Width of `line` with its trailing space; widths add up, since there is no kerning.
    let mut used = 0.0;
    for word in words(text) {
        if used + long(word.trim_end()) <= room {
            line.push_str(word);
            used += long(word);
            continue;
        }
        if !line.trim().is_empty() {
            lines.push(line.trim_end().to_owned());
        }
        line.clear();
        used = 0.0;
        // A word wider than the room is broken wherever it must; one character a line at worst.
        for c in word.chars() {
            let more = if c == ' ' {
                0.0
            } else {
                long(c.encode_utf8(&mut [0; 4]))
            };
            if !line.is_empty() && used + more > room {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0.0;
            }
            line.push(c);
            used += long(c.encode_utf8(&mut [0; 4]));
        }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    let shortened = lines.len() > most;
    if shortened {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(ellipsis(&rest, size, weight, room));
    }
    Block { lines, shortened }
}

/// The longest beginning of a text that fits with "…" behind it.
fn ellipsis(text: &str, size: f64, weight: Weight, room: f64) -> String {
    let mut kept = String::new();
    let mut used = width("…", size, weight);
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size, weight);
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end_matches([' ', '(', '-', '–', ',', '/']))
}

/// Pieces after which a line may end: after spaces, hyphens, dashes and slashes.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive([' ', '-', '–', '—', '/']).collect()
}
