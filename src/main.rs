//! The command `standin`.

fn main() {}
