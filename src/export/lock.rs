//! One run at a time writes into a folder.

use crate::finding::{Finding, Stop};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long another run is waited for. Everything is made before it is written, so that a writer takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Holds off other runs until it is dropped, or until the process ends in whatever way.
pub(super) struct Lock {
    held: bool,
    _file: Option<File>,
    #[cfg(not(unix))]
    path: std::path::PathBuf,
}

impl Lock {
    /// Waits for other runs that write in `folder`. Where the file system knows no locks there is nothing to wait for.
    ///
    /// # Errors
    /// A [`Stop`] when another run doesn't come to an end.
    pub fn on(folder: &Path) -> Result<Lock, Stop> {
        // Where a folder can be opened, it is locked itself, and no file of ours is left in it.
        #[cfg(unix)]
        let opened = File::open(folder);
        #[cfg(not(unix))]
        let path = folder.join(".codev-lock");
        #[cfg(not(unix))]
        let opened = File::create(&path);
        let mut lock = Lock {
            held: false,
            _file: None,
            #[cfg(not(unix))]
            path,
        };
        let Ok(file) = opened else {
            return Ok(lock);
        };
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => {
                    let message = format!(
                        "Another program has been writing in this folder for {} seconds; nothing was written.",
                        PATIENCE.as_secs()
                    );
                    let help = "Wait until it is done (or end it, if it hangs), then run the command again; or choose another folder with --out.";
                    return Err(Finding::error("export-busy", message, help)
                        .in_file(folder.display().to_string())
                        .into());
                }
                Err(TryLockError::Error(_)) => return Ok(lock),
            }
        }
        (lock.held, lock._file) = (true, Some(file));
        Ok(lock)
    }

    /// Whether no other run writes: what is left over is then that of a run that was ended.
    pub fn is_held(&self) -> bool {
        self.held
    }
}

#[cfg(not(unix))]
impl Drop for Lock {
    fn drop(&mut self) {
        self._file = None;
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::on(folder.path()).unwrap();
        assert!(first.is_held());
        let path = folder.path().to_owned();
        let second = std::thread::spawn(move || {
            let start = Instant::now();
            assert!(Lock::on(&path).unwrap().is_held());
            start.elapsed()
        });
        std::thread::sleep(Duration::from_millis(200));
        drop(first);
        assert!(second.join().unwrap() > Duration::from_millis(150));
    }
}
