//! The same picture in fewer words: lines of one look become one path.

/// Joins lines that follow each other and look the same; each stands on a row of its own, as the backend writes them. Rules of a
/// chart of many rows are most of its text otherwise.
pub(super) fn joined(marks: &str) -> String {
    let mut out = String::with_capacity(marks.len());
    let mut run: Vec<[&str; 4]> = Vec::new();
    let mut look = "";
    for row in marks.lines() {
        match line(row) {
            Some((this, ends)) => {
                if this != look {
                    write(&mut out, look, &run);
                    run.clear();
                    look = this;
                }
                run.push(ends);
            }
            None => {
                write(&mut out, look, &run);
                run.clear();
                look = "";
                out.push_str(row);
                out.push('\n');
            }
        }
    }
    write(&mut out, look, &run);
    out
}

/// How a line looks, and its ends: x1, y1, x2, y2. `None` for any other mark.
fn line(row: &str) -> Option<(&str, [&str; 4])> {
    let inside = row.strip_prefix("<line ")?.strip_suffix("/>")?;
    let (look, ends) = inside.split_once(" x1=\"")?;
    let mut ends = ends.split('"').step_by(2);
    Some((
        look,
        [ends.next()?, ends.next()?, ends.next()?, ends.next()?],
    ))
}

fn write(out: &mut String, look: &str, run: &[[&str; 4]]) {
    match run {
        [] => {}
        [[x1, y1, x2, y2]] => out.push_str(&format!(
            "<line {look} x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>\n"
        )),
        several => {
            let parts = several.iter().map(|[x1, y1, x2, y2]| {
                if x1 == x2 {
                    format!("M{x1} {y1}V{y2}")
                } else if y1 == y2 {
                    format!("M{x1} {y1}H{x2}")
                } else {
                    format!("M{x1} {y1}L{x2} {y2}")
                }
            });
            let parts: String = parts.collect();
            out.push_str(&format!(
                "<path class=\"lines\" fill=\"none\" {look} d=\"{parts}\"/>\n"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn lines_of_one_look_become_one_path_and_nothing_else_changes() {
        let marks = "<line stroke=\"#E3E3E3\" stroke-width=\"1\" x1=\"5\" y1=\"0\" x2=\"5\" y2=\"9\"/>\n\
                     <line stroke=\"#E3E3E3\" stroke-width=\"1\" x1=\"0\" y1=\"4\" x2=\"8\" y2=\"4\"/>\n\
                     <line stroke=\"#E3E3E3\" stroke-width=\"1\" x1=\"0\" y1=\"4\" x2=\"8\" y2=\"5\"/>\n\
                     <line stroke=\"#8A8A8A\" stroke-width=\"1\" x1=\"1\" y1=\"2\" x2=\"3\" y2=\"2\"/>\n\
                     <circle cx=\"1\" cy=\"2\" r=\"3\"/>\n";
        assert_eq!(
            joined(marks),
            "<path class=\"lines\" fill=\"none\" stroke=\"#E3E3E3\" stroke-width=\"1\" d=\"M5 0V9M0 4H8M0 4L8 5\"/>\n\
             <line stroke=\"#8A8A8A\" stroke-width=\"1\" x1=\"1\" y1=\"2\" x2=\"3\" y2=\"2\"/>\n\
             <circle cx=\"1\" cy=\"2\" r=\"3\"/>\n"
        );
        assert_eq!(joined(""), "");
    }
}
