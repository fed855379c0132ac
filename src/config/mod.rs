//! Flags, environment and file, resolved into one value.
