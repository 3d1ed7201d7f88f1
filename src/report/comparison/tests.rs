//! What the report of a comparison says.
