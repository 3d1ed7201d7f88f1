//! Lists the definitions of the built-in library, so that adding one is adding a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "toml") {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=indicators");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut found = Vec::new();
    collect(&root.join("indicators"), &mut found)?;
    found.sort();
    // Relative to the package, so that a target folder shared by several checkouts never reads another one's files.
    let mut list = String::from("&[\n");
    for path in found {
        let name = path
            .strip_prefix(&root)?
            .to_string_lossy()
            .replace('\\', "/");
        writeln!(
            list,
            "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {:?}))),",
            format!("/{name}")
        )?;
    }
    list.push_str("]\n");
    std::fs::write(
        PathBuf::from(std::env::var("OUT_DIR")?).join("library.rs"),
        list,
    )?;
    Ok(())
}
