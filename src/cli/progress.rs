//! A progress bar on standard error, for work that lasts over a second.

use super::terminal::Terminal;
use crate::run::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Default)]
struct State {
    bar: Option<ProgressBar>,
    shown: bool,
}

/// Draws what the stages report, once [`PATIENCE`] is over, if standard error is a terminal.
pub struct Bar {
    state: Arc<Mutex<State>>,
    wanted: bool,
}

impl Bar {
    /// A bar that nothing has been reported to yet. The waiting starts now.
    pub fn new(terminal: &Terminal) -> Bar {
        let wanted = !terminal.quiet && !terminal.json && std::io::stderr().is_terminal();
        let state = Arc::new(Mutex::new(State::default()));
        if wanted {
            let state = Arc::clone(&state);
            std::thread::spawn(move || {
                std::thread::sleep(PATIENCE);
                let mut state = lock(&state);
                state.shown = true;
                if let Some(bar) = &state.bar {
                    show(bar);
                }
            });
        }
        Bar { state, wanted }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn show(bar: &ProgressBar) {
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(Duration::from_millis(200));
}

impl Progress for Bar {
    fn start(&self, what: &str, steps: u64) {
        if !self.wanted {
            return;
        }
        let template = if steps == 0 {
            "{spinner} {msg}"
        } else {
            "{msg} {wide_bar} {percent:>3} %"
        };
        let length = (steps > 0).then_some(steps);
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(super::clean::line(what).into_owned());
        let mut state = lock(&self.state);
        if state.shown {
            show(&bar);
        }
        if let Some(earlier) = state.bar.replace(bar) {
            earlier.finish_and_clear();
        }
    }

    fn advance(&self, steps: u64) {
        if let Some(bar) = &lock(&self.state).bar {
            bar.inc(steps);
        }
    }

    fn finish(&self) {
        if let Some(bar) = lock(&self.state).bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.finish();
    }
}
