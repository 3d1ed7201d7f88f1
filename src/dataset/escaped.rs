//! Records of text in which a character takes the next one's meaning away, inside of quotation marks and outside (`escapeChar`).

use csv::{Position, StringRecord};

/// The records of a text.
pub(super) struct Escaped<'a> {
    text: &'a str,
    at: usize,
    marks: Marks,
}

/// What has a meaning in the text.
pub(super) struct Marks {
    pub delimiter: u8,
    pub quote: Option<u8>,
    /// Whether a quotation mark written twice is one, inside of quotation marks.
    pub double: bool,
    pub escape: u8,
    pub comment: Option<u8>,
}

impl<'a> Escaped<'a> {
    pub fn new(text: &'a str, marks: Marks) -> Self {
        Escaped { text, at: 0, marks }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past empty lines and comments.
    fn skip(&mut self) {
        while let Some(byte) = self.byte() {
            match byte {
                b'\n' | b'\r' => self.at += 1,
                _ if Some(byte) == self.marks.comment => {
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                _ => break,
            }
        }
    }

    /// Reads the next record; false at the end.
    pub fn next(&mut self, record: &mut StringRecord) -> bool {
        record.clear();
        self.skip();
        if self.byte().is_none() {
            return false;
        }
        let mut start = Position::new();
        start.set_byte(self.at as u64);
        let (mut cell, mut fresh, mut quoted) = (String::new(), true, false);
        while let Some(c) = self.text.get(self.at..).and_then(|t| t.chars().next()) {
            let is = |mark: Option<u8>| mark.is_some_and(|m| c == char::from(m));
            self.at += c.len_utf8();
            if is(Some(self.marks.escape)) {
                let next = self.text.get(self.at..).and_then(|t| t.chars().next());
                self.at += next.map_or(0, char::len_utf8);
                cell.extend(next);
            } else if is(self.marks.quote) && quoted {
                let twice = self.marks.double && self.byte() == self.marks.quote;
                match twice {
                    true => {
                        self.at += 1;
                        cell.push(c);
                    }
                    false => quoted = false,
                }
            } else if is(self.marks.quote) && fresh {
                quoted = true;
            } else if quoted {
                cell.push(c);
            } else if is(Some(self.marks.delimiter)) {
                record.push_field(&cell);
                cell.clear();
                fresh = true;
                continue;
            } else if matches!(c, '\n' | '\r') {
                break;
            } else {
                cell.push(c);
            }
            fresh = false;
        }
        record.push_field(&cell);
        record.set_position(Some(start));
        true
    }
}
