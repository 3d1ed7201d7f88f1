//! Text from data, definitions and file names can't steer the terminal, whatever command prints it.

use crate::kit::{Folder, definition, formula};
use std::process::Output;

/// Clears the screen, turns the writing, sets a colour with one character, rings.
const BAD: &str = "\u{1b}[2J\u{202e}\u{9b}31m\u{7}\u{2066}\u{7f}";

fn steers(c: char) -> bool {
    let turns = matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && c != '\n') || turns
}

/// Names of every kind with such characters in them.
fn folder() -> Folder {
    let folder = Folder::new();
    let toml = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let json = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    let mut csv = format!("id,who,wave,kind,x{BAD},y\n");
    for row in 0..60_u32 {
        csv += &format!(
            "P{BAD}{},{row},{},k{BAD}{},{},{}\n",
            row % 3,
            row % 2,
            row % 2,
            row * 7 % 13,
            if row == 5 {
                format!("no{BAD}number")
            } else {
                (row % 5).to_string()
            }
        );
    }
    let file = format!("t{BAD}.csv");
    folder.write(&file, csv);
    folder.write(
        "programmes.csv",
        format!("id,name\nP{BAD}0,Name {BAD}\nP{BAD}1,B\n"),
    );
    folder.write(
        "datapackage.json",
        format!(
            r#"{{ "name": "t", "resources": [
              {{ "name": "programmes", "path": "programmes.csv",
                 "schema": {{ "fields": [ {{ "name": "id", "type": "string" }}, {{ "name": "name", "type": "string" }} ],
                              "primaryKey": "id" }},
                 "codev": {{ "role": "programmes", "label": "name" }} }},
              {{ "name": "t", "path": {path},
                 "schema": {{ "fields": [ {{ "name": "id", "type": "string" }}, {{ "name": "who", "type": "string" }},
                   {{ "name": "wave", "type": "string" }}, {{ "name": "kind", "type": "string" }},
                   {{ "name": {x}, "type": "number" }}, {{ "name": "y", "type": "number" }},
                   {{ "name": {z}, "type": "number" }} ],
                   "foreignKeys": [ {{ "fields": "id", "reference": {{ "resource": "programmes", "fields": "id" }} }} ] }},
                 "codev": {{ "unit": "answer", "sampling": "sample", "wave": "wave" }} }} ] }}"#,
            path = json(&file),
            x = json(&format!("x{BAD}")),
            z = json(&format!("z{BAD}")),
        ),
    );
    folder.write(
        "evaluation.toml",
        format!(
            "title = {title}\nindicators = [\"own/*\", {unknown}]\nby = [\"kind\"]\nsmall_cells = 0\n\n\
             [[target]]\nindicator = \"mean\"\nprogramme = {target}\nvalue = 3\n\n\
             [[effect]]\nid = {effect}\nindicators = [\"mean\"]\ndesign = \"comparison\"\ntreated = {treated}\n\n\
             [[comparison]]\nid = {effect}\ntitle = {title}\nindicators = [\"mean\"]\nbenchmark = {target}\n",
            title = toml(&format!("Title {BAD}")),
            unknown = toml(&format!("un{BAD}known")),
            target = toml(&format!("nobody{BAD}")),
            effect = toml(&format!("effect{BAD}")),
            treated = toml(&format!("kind = 'k{BAD}1'")),
        ),
    );
    let with = |text: String, name: &str| text.replace("Test of", name);
    let name = "Name \\u001b[2J\\u202e\\u009b31m of";
    folder.write(
        "indicators/mean.toml",
        with(definition("mean", "points", &formula("t", "AVG(y)")), name)
            + &format!(
                "\n[[example]]\nnote = {note}\nrows = \"\"\"\nprogramme,y\nP\\u001b[2J,1\n\"\"\"\nexpect = {{ total = 2 }}\n",
                note = toml(&format!("note {BAD}"))
            ),
    );
    let lost = formula("t", "AVG(lost)").replace("lost", "\\\"lo\\u001b[2J\\u202est\\\"");
    folder.write(
        "indicators/lost.toml",
        with(definition("lost", "points", &lost), name),
    );
    folder.write(
        format!("indicators/bad{BAD}.toml").as_str(),
        format!("id = \"{}", BAD.replace('\u{7f}', "")),
    );
    folder
}

fn check(args: &[&str], output: &Output) {
    for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = String::from_utf8_lossy(bytes);
        let bad = text.lines().find(|line| line.chars().any(steers));
        assert!(bad.is_none(), "{args:?} on {stream}: {bad:?}");
    }
}

#[test]
fn no_command_lets_data_steer_the_terminal() {
    let folder = folder();
    let unknown = format!("un{BAD}known");
    let file = format!("t{BAD}.csv");
    let mut shown = 0;
    let mut run = |args: &[&str]| {
        let output = folder.codev(args);
        check(args, &output);
        let all = [output.stdout, output.stderr].concat();
        let all = String::from_utf8_lossy(&all);
        // What would have steered is there to be seen.
        let escaped = ["\\u{1b}", "\\u001b", "\\u{202e}", "\\u202e", "?[2J"].iter();
        shown += usize::from(escaped.clone().any(|text| all.contains(text)));
    };
    for json in [&[][..], &["--json"]] {
        let mut with = |args: &[&str]| run(&[args, json].concat());
        with(&["check", "."]);
        with(&["compute", "."]);
        with(&["compute", ".", "--indicator", &unknown]);
        with(&["compute", ".", "--format", "json"]);
        with(&["report", ".", "--out", &format!("out{BAD}")]);
        with(&["report", "."]);
        with(&["compare", "."]);
        with(&[
            "compare",
            ".",
            "--benchmark",
            &unknown,
            "--out",
            &format!("cmp{BAD}"),
        ]);
        with(&["render", &unknown]);
        with(&[
            "render",
            "report/outcome.json",
            "--out",
            &format!("again{BAD}.html"),
        ]);
        with(&["power", ".", "--indicator", &unknown]);
        with(&["power", "."]);
        with(&["power", ".", "--format", "json"]);
        with(&["diagnose", ".", "--draws", "3"]);
        with(&["diagnose", ".", "--indicator", &unknown]);
        with(&["indicators", "list", "--dir", "."]);
        with(&["indicators", "list", "--for", "."]);
        with(&["indicators", "list", "--table", &unknown]);
        with(&["indicators", "show", "mean"]);
        with(&["indicators", "show", "lost"]);
        with(&["indicators", "show", &unknown]);
        with(&["indicators", "test", "mean"]);
        with(&["indicators", "test", "--explain", "mean"]);
        with(&["indicators", "export", "--format", "md"]);
        with(&["indicators", "functions"]);
        with(&[
            "indicators",
            "new",
            &unknown,
            "--dimension",
            "x",
            "--table",
            "t",
        ]);
        with(&[
            "indicators",
            "new",
            "mine",
            "--dimension",
            "x",
            "--table",
            "t",
            "--value",
            "SUM(\"\u{1b}[2J\u{202e}\")",
        ]);
        with(&[
            "init",
            &format!("new{BAD}"),
            "--from",
            &file,
            "programmes.csv",
        ]);
        with(&["init", &format!("new{BAD}"), "--from", &unknown]);
        with(&[&unknown]);
        with(&["check", &unknown]);
        with(&["check", ".", &format!("--{unknown}")]);
    }
    assert!(shown > 35, "only {shown} commands met such a text");
}

/// In a terminal there are colours, which are ours; nothing else of the kind comes through.
#[cfg(target_os = "linux")]
#[test]
fn in_a_terminal_only_our_own_colours_come_through() {
    let folder = folder();
    let codev = env!("CARGO_BIN_EXE_codev");
    let ours = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    // The progress bar moves in its own line.
    let moves = regex::Regex::new("\u{1b}\\[([0-9]*[GK]|\\?25[lh])").unwrap();
    for command in [
        "check .",
        "compute . --format csv",
        "indicators show mean --toml",
    ] {
        let output = std::process::Command::new("script")
            .args(["-qec", &format!("{codev} {command}"), "/dev/null"])
            .current_dir(folder.path())
            .env("TERM", "xterm")
            .env_remove("NO_COLOR")
            .output();
        // Not every machine has `script`.
        let Ok(output) = output else { return };
        let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        let rest = ours.replace_all(&text, "");
        let rest = moves.replace_all(&rest, "");
        let bad = rest.lines().find(|line| line.chars().any(steers));
        assert!(bad.is_none(), "{command}: {bad:?}");
        assert!(
            !text.contains("\u{1b}[2J") && text.contains("[2J"),
            "{command}"
        );
    }
}
