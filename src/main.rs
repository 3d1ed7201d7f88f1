//! The `codev` command.

fn main() {}
