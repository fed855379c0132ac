//! Bytes as a CSV file: plain, gzip or zstd, with any delimiter.

use std::sync::Arc;

use crate::model::{Edition, FieldRule, MappingSpec};
use crate::source::{CsvSettings, CsvSource, Delimiter, FileKind, Input};

use super::input::{choice, file};
use super::rows::{read, through};

const NAMES: [&str; 4] = ["users.csv", "users.csv.gz", "users.csv.zst", "users"];

/// The second byte, from its first bit: name, delimiter, edition, mapping.
pub(super) fn run(mut bytes: &[u8]) {
    let (Some(buffer), Some(choice)) = (choice(&mut bytes), choice(&mut bytes)) else {
        return;
    };
    let path = file(NAMES[choice % 4], bytes);
    let input = Input::Path(path);
    drop(FileKind::of(input.clone()));
    let delimiter = Delimiter::from_byte(b",;\t|"[choice / 4 % 4]);
    let source = |buffer| {
        let settings = CsvSettings {
            input: input.clone(),
            delimiter,
            buffer,
        };
        CsvSource::new(settings)
    };
    let (whole, sips) = (read(&source(16 * 1024)), read(&source(buffer % 19)));
    assert_eq!(
        whole.end.is_ok(),
        sips.end.is_ok(),
        "{:?} {:?}",
        whole.end,
        sips.end
    );
    if whole.end.is_ok() {
        assert_eq!(whole.header, sips.header, "the buffer makes no difference");
        assert_eq!(whole.rows, sips.rows, "the buffer makes no difference");
    }
    let edition = Edition::ALL[choice / 16 % 2];
    let spec = [MappingSpec::default(), spec()][choice / 32 % 2].clone();
    through(Arc::new(source(16 * 1024)), &spec, edition, delimiter);
}

/// Rules of every kind, over columns of one letter.
pub(super) fn spec() -> MappingSpec {
    let mut date = FieldRule::column("d");
    date.format = Some("%d/%m/%Y".to_owned());
    let mut country = FieldRule::column("c");
    country.map = [("Peru", "PE"), ("xyzzy", "DE")]
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .into();
    let mut kind = FieldRule::column("t");
    kind.default = Some("INDIVIDUAL".to_owned());
    let mut funds = FieldRule::column("f");
    funds.separator = Some("/".to_owned());
    let mut email = FieldRule::column("e");
    email.trim = false;
    let rules = [
        ("platformCustomerId", FieldRule::column("k")),
        ("fullName", FieldRule::column("n")),
        ("address.line1", FieldRule::column("l")),
        ("address.country", country),
        ("birthDate", date),
        ("customerType", kind),
        ("sourceOfFundsCategories", funds),
        ("email", email),
        ("phoneNumber", FieldRule::column("p")),
    ];
    MappingSpec {
        rules: rules.map(|(field, rule)| (field.to_owned(), rule)).into(),
    }
}
