//! The commands that need the emulator, in a build that has none: they say so.

#![expect(clippy::unused_async, reason = "called as the real ones are")]

use super::ending::Ending;
use super::session::Session;
use crate::config::{EmulateOptions, RehearseOptions};
use crate::exit::Failure;

const TEXT: &str =
    "this build has no emulator: build it with the feature `emulator`, which is on by default";

pub(super) async fn rehearse(
    _: &Session<'_>,
    _: &RehearseOptions,
    _: &mut Ending,
) -> Result<(), Failure> {
    Err(Failure::Usage(TEXT.into()))
}

pub(super) async fn emulate(
    _: &Session<'_>,
    _: &EmulateOptions,
    _: &mut Ending,
) -> Result<(), Failure> {
    Err(Failure::Usage(TEXT.into()))
}
