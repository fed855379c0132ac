//! One file a phase: stage, scan, draft, apply, settle.
