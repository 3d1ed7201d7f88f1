//! Readers that may panic on damaged files.

use crate::finding::{Finding, Stop};
use polars::prelude::PolarsResult;
use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is expected, caught and told in words.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a piece of a reader of polars, which may panic on damaged files.
///
/// # Errors
/// A [`Stop`] for its errors and its panics. `what` of a file or frame (`kind`, as in "The Parquet file") is read.
pub(in crate::dataset) fn guarded<T>(
    kind: &str,
    shown: &str,
    what: &str,
    read: impl FnOnce() -> PolarsResult<T>,
) -> Result<T, Stop> {
    static HOOK: Once = Once::new();
    // The message of a panic that is caught would only puzzle who reads the terminal. All others are shown as before.
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                before(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = std::panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    let cause = match result {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            text.unwrap_or("its bytes contradict each other").to_owned()
        }
    };
    let message = format!(
        "The {kind} can't be read: {what} is damaged or of a kind that is not supported ({}).",
        crate::finding::shorten(cause.trim_end_matches('.'), 200)
    );
    let help = "Write the file again; if it is whole, write it with another program or other settings, or as CSV.";
    Err(Finding::error("data-unreadable", message, help)
        .in_file(shown)
        .into())
}
