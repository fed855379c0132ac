//! Bytes of a file or a stream, decompressed, from the beginning for each pass.

mod archive;
mod feed;
mod signature;
mod spool;

pub use feed::Input;
pub(super) use feed::{Feed, Pass};
