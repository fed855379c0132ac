//! Exit codes, one meaning each.
