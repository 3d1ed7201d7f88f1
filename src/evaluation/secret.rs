//! The secret of cell keys, in a file of its own beside the evaluation. Who has it and the data can take the noise away, so it is in nothing
//! that is published.

use super::{Evaluation, ProtectionMethod};
use crate::finding::{Finding, Stop};
use crate::indicator::{beside, hex};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;

/// Name of the file.
pub const FILE: &str = "protection.key";

/// Characters that a secret has at least.
const LEAST: usize = 32;

/// What is to be done about a secret that can't be used.
const HELP: &str = "Put the secret back that earlier reports were made with; where there is none, delete the file, and the next report makes a new one.";

/// A secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A number by which two reports can be seen to have the same secret, and from which it does not follow: 32 bits of a hash.
    pub fn mark(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(b"codev protection mark");
        hash.update(&self.0);
        hex(&hash.finalize()).chars().take(8).collect()
    }
}

/// The secret of an evaluation that protects by cell keys; `None` for any other. With `make`, it is made where there is none.
///
/// # Errors
/// A [`Stop`] when the file can't be read or written, or holds too little.
pub fn secret(
    folder: &Path,
    evaluation: &Evaluation,
    make: bool,
) -> Result<Option<(Secret, Option<Finding>)>, Stop> {
    if evaluation.protection != ProtectionMethod::CellKey {
        return Ok(None);
    }
    let path = folder.join(FILE);
    // A link that leads nowhere is there, and is not written through.
    if std::fs::symlink_metadata(&path).is_err() {
        if !make {
            return Ok(None);
        }
        write(&path)?;
    }
    let text = beside::read(&path, Some(folder), ("protection", FILE), HELP)?;
    let secret = text.trim();
    if secret.len() < LEAST {
        let message = match secret.len() {
            0 => "The file of the secret is empty.".to_owned(),
            found => format!(
                "The secret has {found} characters; at least {LEAST} are needed so that nobody can guess it."
            ),
        };
        let finding = Finding::error("protection-secret", message, HELP);
        return Err(finding.in_file(FILE).into());
    }
    let secret = Secret(secret.as_bytes().to_vec());
    Ok(Some((secret, open_to_others(&path))))
}

/// Writes a new secret of 256 random bits, to be read by its owner alone.
fn write(path: &Path) -> Result<(), Stop> {
    let help = "The secret of `protection = \"cell-key\"` is kept there; make the folder writable, or put a file with 32 random characters or more there.";
    let failed = |what: &str| -> Stop {
        let message = format!("The file of the secret can't be made: {what}.");
        Finding::error("protection-secret", message, help)
            .in_file(FILE)
            .into()
    };
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| failed(&e.to_string()))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).and_then(|mut file| {
        file.write_all(format!("{}\n", hex(&bytes)).as_bytes())?;
        file.sync_all()
    });
    made.map_err(|e| failed(&e.to_string()))
}

/// A warning where others on the machine can read the file.
#[cfg(unix)]
fn open_to_others(path: &Path) -> Option<Finding> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o077 != 0).then(|| {
        let message = "Others on this machine can read the secret; with it and the data the noise can be taken away.";
        let help = format!("`chmod 600 {FILE}`.");
        Finding::warning("protection-secret-open", message, help).in_file(FILE)
    })
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Option<Finding> {
    None
}
