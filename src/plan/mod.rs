//! The plan as a value: diff, guards, fingerprints, the plan file. Pure.
