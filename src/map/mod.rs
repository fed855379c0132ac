//! From rows to users: which column fills which field. Pure.
