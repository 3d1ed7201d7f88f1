//! Questions in the terminal: a prompt on standard error, an answer on standard input.

use crate::cli::terminal::{Fault, Terminal};
use crate::finding::{Finding, nearest};

/// Asks for a text; an empty answer is the default. Without one, it asks until there is an answer.
pub fn text(terminal: &Terminal, question: &str, default: Option<&str>) -> Result<String, Fault> {
    let shown = default.map(|d| format!(" [{d}]")).unwrap_or_default();
    loop {
        let answer = line(terminal, question, &format!("{question}{shown}: "))?;
        match (answer.is_empty(), default) {
            (false, _) => return Ok(answer),
            (true, Some(default)) => return Ok(default.to_owned()),
            (true, None) => terminal.prompt("  An answer is needed here.\n"),
        }
    }
}

/// Asks for a text that may be left out.
pub fn optional(terminal: &Terminal, question: &str) -> Result<Option<String>, Fault> {
    let answer = line(terminal, question, &format!("{question} [none]: "))?;
    Ok(Some(answer).filter(|a| !a.is_empty()))
}

/// Asks for one of several words, each with what it means, by number or word. With `free` another word will do, too.
pub fn choice(
    terminal: &Terminal,
    question: &str,
    options: &[(String, String)],
    default: Option<&str>,
    free: bool,
) -> Result<String, Fault> {
    terminal.prompt(&format!("{question}\n"));
    let width = options.iter().map(|(w, _)| w.chars().count()).max();
    let width = width.unwrap_or(0);
    for (at, (word, meaning)) in options.iter().enumerate() {
        let entry = format!("  {:>2}  {word:<width$}  {meaning}", at + 1);
        terminal.prompt(&format!("{}\n", entry.trim_end()));
    }
    let shown = default.map(|d| format!(" [{d}]")).unwrap_or_default();
    let what = if free {
        "Number, or another word"
    } else {
        "Number"
    };
    loop {
        let answer = line(terminal, question, &format!("{what}{shown}: "))?;
        if answer.is_empty() {
            match default {
                Some(default) => return Ok(default.to_owned()),
                None => terminal.prompt("  An answer is needed here.\n"),
            }
            continue;
        }
        let by_number = answer.parse::<usize>().ok();
        if let Some(number) = by_number {
            match number.checked_sub(1).and_then(|at| options.get(at)) {
                Some((word, _)) => return Ok(word.clone()),
                None => terminal.prompt(&format!("  There is no number {number} in the list.\n")),
            }
            continue;
        }
        let words = || options.iter().map(|(word, _)| word.as_str());
        if free || words().any(|word| word == answer) {
            return Ok(answer);
        }
        let near = nearest(&answer, words()).map(|n| format!(" Did you mean {n}?"));
        let near = near.unwrap_or_default();
        terminal.prompt(&format!("  `{answer}` is not in the list.{near}\n"));
    }
}

fn line(terminal: &Terminal, question: &str, prompt: &str) -> Result<String, Fault> {
    terminal.prompt(prompt);
    match terminal.answer()? {
        Some(answer) => Ok(answer),
        None => {
            terminal.prompt("\n");
            let message = format!("The input ended at the question “{question}”.");
            let help = "Nothing was written. Answer all questions, or give flags instead.";
            Err(Finding::error("cli-no-answer", message, help).into())
        }
    }
}
