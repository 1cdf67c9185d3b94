//! The binary `isolab`: one file per subcommand, each a thin shell around `isolab-core`.
fn main() {}
