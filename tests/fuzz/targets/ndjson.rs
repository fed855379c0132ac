//! Bytes as JSON lines.

use std::sync::Arc;

use crate::model::{Edition, MappingSpec};
use crate::source::{Delimiter, Input, NdjsonSettings, NdjsonSource};

use super::csv::spec;
use super::input::{choice, file};
use super::rows::{read, through};

/// The first byte, from its first bit: edition, mapping, buffer.
pub(super) fn run(mut bytes: &[u8]) {
    let Some(choice) = choice(&mut bytes) else {
        return;
    };
    let path = file("users.ndjson", bytes);
    let source = |buffer| {
        let input = Input::Path(path.clone());
        NdjsonSource::new(NdjsonSettings { input, buffer })
    };
    let (whole, sips) = (read(&source(16 * 1024)), read(&source(choice / 4)));
    assert_eq!(whole.end, sips.end, "the buffer makes no difference");
    assert_eq!(whole.header, sips.header, "the buffer makes no difference");
    assert_eq!(whole.rows, sips.rows, "the buffer makes no difference");
    let spec = [MappingSpec::default(), spec()][choice / 2 % 2].clone();
    through(
        Arc::new(source(16 * 1024)),
        &spec,
        Edition::ALL[choice % 2],
        Delimiter::default(),
    );
}
