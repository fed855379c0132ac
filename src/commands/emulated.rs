//! The commands that need the emulator, in a build that has it.

pub(super) use super::emulate::emulate;
pub(super) use super::rehearse::rehearse;
