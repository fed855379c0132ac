//! gridsync
fn main() {}
