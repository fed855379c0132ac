use std::collections::BTreeMap;
use std::io::Write as _;

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;
use crate::model::{Position, Row, RowFault};
use crate::source::{Input, Source, SourceError};

/// What a text gives: the header, and each row as the cells that it has, by column.
struct Table {
    header: Vec<String>,
    rows: Vec<Read>,
}

#[derive(Debug, PartialEq)]
struct Read {
    position: Position,
    fault: Option<RowFault>,
    cells: BTreeMap<String, String>,
    unfit: Vec<String>,
}

fn source(text: &[u8]) -> NdjsonSource {
    NdjsonSource::of_stream(Box::new(std::io::Cursor::new(text.to_vec())))
}

fn read_row(header: &[String], row: &Row) -> Read {
    let named = |column: usize| {
        header
            .get(column)
            .map_or("(extra)", String::as_str)
            .to_owned()
    };
    let cell = |column| {
        let bytes = row.raw(column)?;
        Some((named(column), String::from_utf8_lossy(bytes).into_owned()))
    };
    Read {
        position: row.position(),
        fault: row.fault(),
        cells: (0..row.len()).filter_map(cell).collect(),
        unfit: (0..row.len())
            .filter(|&column| row.is_unfit(column))
            .map(named)
            .collect(),
    }
}

fn try_read(source: &NdjsonSource) -> Result<Table, SourceError> {
    let mut rows = source.rows()?;
    let header = rows.header().to_vec();
    let (mut row, mut read) = (Row::default(), Vec::new());
    while rows.next(&mut row)? {
        read.push(read_row(&header, &row));
    }
    Ok(Table { header, rows: read })
}

fn table(text: &str) -> Table {
    try_read(&source(text.as_bytes())).expect("the text is read")
}

fn refusal(text: &[u8]) -> String {
    let error = try_read(&source(text)).err().expect("the text is refused");
    error.to_string()
}

/// The cells of a text that is one line.
fn cells(line: &str) -> BTreeMap<String, String> {
    let Table { rows, .. } = table(line);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].fault, None);
    rows.into_iter().next().expect("one row").cells
}

fn pairs(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(name, cell): &(&str, &str)| ((*name).to_owned(), (*cell).to_owned());
    expected.iter().map(owned).collect()
}

mod cells {
    use super::*;

    #[test]
    fn objects_and_lists_become_columns_as_the_field_table_writes_them() {
        let line = r#"{"id":"u-1","address":{"line1":"12 Alder","geo":{"lat":1.50}},
            "currencies":["USD","EUR"],"beneficialOwners":[{"fullName":"Ada"},null,{"address":{"city":"X"}}]}"#
            .replace('\n', " ");
        assert_eq!(
            cells(&line),
            pairs(&[
                ("id", "u-1"),
                ("address.line1", "12 Alder"),
                ("address.geo.lat", "1.50"),
                ("currencies", "USD;EUR"),
                ("beneficialOwners[0].fullName", "Ada"),
                ("beneficialOwners[2].address.city", "X"),
            ])
        );
    }

    #[test]
    fn numbers_keep_every_digit_and_texts_every_zero() {
        let line = r#"{"a":123456789012345678901234567890,"b":1.10,"c":-0,"d":1E+5,"e":"007","f":true,"g":[1,2.0,false]}"#;
        assert_eq!(
            cells(line),
            pairs(&[
                ("a", "123456789012345678901234567890"),
                ("b", "1.10"),
                ("c", "-0"),
                ("d", "1E+5"),
                ("e", "007"),
                ("f", "true"),
                ("g", "1;2.0;false"),
            ])
        );
    }

    #[test]
    fn escapes_are_read_and_what_is_nothing_is_absent() {
        let line = r#"{"a":"l\u00e9\"\n\ud83d\ude00","b":null,"c":[],"d":{},"e":"","f":[null,"x\u0041",null],"\u0067":"g"}"#;
        let table = table(line);
        assert_eq!(table.header, ["a", "b", "c", "e", "f", "g"]);
        let expected = [("a", "lé\"\n😀"), ("e", ""), ("f", "xA"), ("g", "g")];
        assert_eq!(table.rows[0].cells, pairs(&expected));
    }

    #[test]
    fn what_no_cell_can_hold_stands_there_as_it_is_and_is_no_text() {
        let line = r#"{"id":"1","a":["x;y","z"],"b":[[1],[2]],"c":[1,{"d":2}],"e":["\u003b"]}"#;
        let Table { rows, .. } = table(line);
        assert_eq!(rows[0].fault, None, "it is a matter of the mapping");
        assert_eq!(rows[0].unfit, ["a", "b", "c", "e"]);
        assert_eq!(rows[0].cells["a"], r#"["x;y","z"]"#);
        assert_eq!(rows[0].cells["b"], "[[1],[2]]");
    }

    #[test]
    fn nesting_beyond_reason_ends_in_a_cell() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
        let Table { header, rows } = table(&deep);
        assert_eq!(header.len(), 1);
        assert_eq!(header[0].len(), "a.".repeat(33).len() - 1);
        assert_eq!(rows[0].unfit.len(), 1);
    }
}

mod columns {
    use super::*;

    #[test]
    fn the_header_is_all_names_in_the_order_in_which_they_come() {
        let Table { header, rows } = table(
            "{\"id\":1,\"b\":2}\n\n  \r\n{\"z\":3,\"id\":4}\r\n{\"b\":5,\"a\":{\"x\":6},\"id\":7}",
        );
        assert_eq!(header, ["id", "b", "z", "a.x"]);
        assert_eq!(rows[1].cells, pairs(&[("id", "4"), ("z", "3")]));
        assert_eq!(
            rows[2].cells,
            pairs(&[("id", "7"), ("b", "5"), ("a.x", "6")])
        );
        let places: Vec<_> = rows
            .iter()
            .map(|row| (row.position.record, row.position.line))
            .collect();
        assert_eq!(places, [(1, 1), (2, 4), (3, 5)]);
        assert_eq!(rows[1].position.byte, 20);
    }

    #[test]
    fn what_is_null_here_and_an_object_there_is_no_column() {
        let text = "{\"id\":1,\"address\":null,\"tags\":[],\"vat\":null}\n{\"id\":2,\"address\":{\"city\":\"X\"}}\n";
        assert_eq!(table(text).header, ["id", "tags", "vat", "address.city"]);
    }

    #[test]
    fn a_bad_line_names_no_columns() {
        let text = "{\"id\":1}\n{\"oops\":1,}\n{\"id\":2,\"id\":3,\"more\":4}\n";
        assert_eq!(table(text).header, ["id", "more"]);
    }

    #[test]
    fn names_that_are_data_are_refused() {
        let members: Vec<String> = (0..5000).map(|id| format!("\"u{id}\":1")).collect();
        let text = format!("{{\"id\":1}}\n{{{}}}\n", members.join(","));
        insta::assert_snapshot!(refusal(text.as_bytes()), @"ndjson -: line 2: there are more than 4096 different member names by this line: expected the names of columns; are some of them data, such as ids?");
        let lines: Vec<String> = (0..5000).map(|id| format!("{{\"u{id}\":1}}")).collect();
        assert!(refusal(lines.join("\n").as_bytes()).contains("line 4097"));
    }

    #[test]
    fn a_name_that_comes_later_means_that_the_file_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users.ndjson");
        std::fs::write(&path, "{\"id\":1}\n{\"id\":2}\n").expect("written");
        let source = NdjsonSource::new(NdjsonSettings::new(Input::Path(path.clone())));
        assert_eq!(try_read(&source).expect("read").rows.len(), 2);
        std::fs::write(&path, "{\"id\":1}\n{\"id\":2,\"new\":3}\n").expect("written");
        let mut rows = source.rows().expect("opened");
        let mut row = Row::default();
        assert!(rows.next(&mut row).expect("the first is as it was"));
        let error = rows.next(&mut row).expect_err("it changed").to_string();
        assert!(
            error.contains("line 2: has a member that no line had"),
            "{error}"
        );
        assert!(!error.contains("new"), "a name may be data: {error}");
        assert!(matches!(rows.next(&mut row), Err(SourceError::Over { .. })));
    }

    #[test]
    fn a_file_that_is_written_while_it_is_read_fails_the_pass() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("users.ndjson");
        std::fs::write(&path, "{\"id\":1}\n").expect("written");
        let source = NdjsonSource::new(NdjsonSettings::new(Input::Path(path.clone())));
        let mut rows = source.rows().expect("opened");
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("opened");
        file.write_all(b"{\"id\":2}\n").expect("written");
        let mut row = Row::default();
        let ended =
            std::iter::from_fn(|| Some(rows.next(&mut row))).find(|next| !matches!(next, Ok(true)));
        assert!(matches!(ended, Some(Err(SourceError::Changed { .. }))));
    }
}

mod bad_lines {
    use super::*;

    fn faults(text: &[u8]) -> Vec<Option<RowFault>> {
        let table = try_read(&source(text)).expect("read to the end");
        table.rows.iter().map(|row| row.fault).collect()
    }

    #[test]
    fn a_line_that_is_no_object_is_a_bad_row_and_the_next_one_is_good() {
        let text = "{\"id\":1}\n[1]\n\"x\"\n{\"id\":2\n{\"id\":3} {}\n{'id':4}\n{\"id\":05}\n{\"id\":\"\\ud800\"}\n{\"id\":9}\n";
        let not_object = |byte| Some(RowFault::NotObject { byte });
        assert_eq!(
            faults(text.as_bytes()),
            [
                None,
                not_object(9),
                not_object(15),
                not_object(23),
                not_object(34),
                not_object(38),
                not_object(53),
                not_object(56),
                None
            ]
        );
    }

    #[test]
    fn it_has_no_cells_and_the_line_itself_behind_them() {
        let Table { rows, .. } = table("{\"id\":1,\"b\":2}\n  oops, \r\n");
        assert_eq!(rows[1].cells, pairs(&[("(extra)", "oops,")]));
    }

    #[test]
    fn a_member_twice_is_a_fault_whatever_it_holds() {
        let twice = |column| Some(RowFault::Twice { column });
        let text = r#"{"id":1,"a":{"x":1},"b":2,"a.x":3}
{"id":1,"id":2}
{"a":{"x":1},"a":{"y":2}}
{"a":1,"a":{"x":2}}
{"b":null,"b":1}
{"a":{"y":1,"x":2,"y":3}}"#;
        assert_eq!(
            faults(text.as_bytes()),
            [2, 0, 1, 1, 3, 4].map(|column| twice(Some(column)))
        );
        let text = "{\"a\":{\"x\":1},\"a\":{}}\n";
        assert_eq!(
            faults(text.as_bytes()),
            [twice(None)],
            "an object is no column"
        );
    }

    #[test]
    fn a_cell_that_is_not_utf8_is_named_and_the_others_are_read() {
        let text = b"{\"id\":\"u-1\",\"name\":\"Jos\xe9\",\"n\":\"\\u0041\"}\n{\"id\":\"u-2\",\"name\":\"A\",\"n\":1}\n";
        let table = try_read(&source(text)).expect("read");
        let [bad, good] = &table.rows[..] else {
            panic!("two rows")
        };
        assert_eq!(
            bad.fault,
            Some(RowFault::NotUtf8 {
                column: 1,
                byte: 23
            })
        );
        assert_eq!(bad.cells["id"], "u-1", "its customer is known");
        assert_eq!(bad.cells["n"], "A");
        assert_eq!(good.fault, None);
    }

    #[test]
    fn a_name_that_is_not_utf8_spoils_the_line() {
        let text = b"{\"id\":\"u-1\"}\n{\"id\":\"u-2\",\"na\xefve\":1}\n";
        assert_eq!(faults(text), [None, Some(RowFault::NotObject { byte: 28 })]);
    }
}

mod refused {
    use super::*;

    #[test]
    fn a_text_without_any_object() {
        insta::assert_snapshot!(refusal(b"id,name\n1,Ada\n"), @"ndjson -: none of its 2 lines is a JSON object: expected one on each line; a JSON array becomes such lines with `jq -c '.[]'`");
        insta::assert_snapshot!(refusal(b"\n \n"), @"ndjson -: is empty, expected a JSON object on each line");
        insta::assert_snapshot!(refusal(b""), @"ndjson -: is empty, expected a JSON object on each line");
        assert!(refusal("[\n{\"id\":1},\n]".as_bytes()).contains("none of its 3 lines"));
    }

    #[test]
    fn one_that_ends_in_the_middle_of_an_object() {
        insta::assert_snapshot!(refusal(b"{\"id\":1}\n{\"id\":2,\"na"), @"ndjson -: line 2, byte 9: the file ends in the middle of the JSON object that begins here, so lines may be missing: copy it again");
        let text = "{\"id\":1}\n{\"id\":2,\"na\n";
        assert_eq!(
            table(text).rows.len(),
            2,
            "a bad line that is ended is a bad row"
        );
    }

    #[test]
    fn nul_bytes_other_formats_and_lines_without_end() {
        insta::assert_snapshot!(refusal(b"{\"id\":1}\n{\"id\":\"\0\"}\n"), @"ndjson -: line 2, byte 16: a NUL byte, expected text: the file is binary, damaged, or in UTF-16; export it as NDJSON in UTF-8");
        insta::assert_snapshot!(refusal(b"PK\x03\x04 and so on"), @"ndjson -: is a zip archive or a workbook (.xlsx), expected NDJSON in UTF-8: unzip it, or save the sheet as CSV UTF-8");
        let mut long = b"{\"id\":1}\n{\"id\":\"".to_vec();
        long.resize(long.len() + lines::LINE_LIMIT, b'x');
        insta::assert_snapshot!(refusal(&long), @"ndjson -: line 2, byte 9: the record that begins here is longer than 16777216 bytes: this is no NDJSON of users, or its lines do not end in a line feed");
    }
}

#[test]
fn a_mark_and_an_archive_are_read_as_they_are() {
    use flate2::{Compression, write::GzEncoder};
    let text = "\u{feff}{\"id\":1}\n{\"id\":2}\n";
    let mut archive = GzEncoder::new(Vec::new(), Compression::default());
    archive.write_all(text.as_bytes()).expect("written");
    let source = source(&archive.finish().expect("finished"));
    let table = try_read(&source).expect("read");
    assert_eq!(table.header, ["id"]);
    assert_eq!(table.rows[1].position.byte, 12);
    assert_eq!(
        try_read(&source).expect("a stream is read again").rows,
        table.rows
    );
}

/// Values that a line may hold, and that come back as themselves.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        proptest::collection::vec("[^;\\x00-\\x1f]{0,6}", 1..4).prop_map(Value::from),
    ]
}

fn object() -> impl Strategy<Value = Map<String, Value>> {
    let name = "[a-z]{1,3}";
    let members = |value| proptest::collection::btree_map(name, value, 0..6);
    let inner =
        members(value().boxed()).prop_map(|object| Value::Object(object.into_iter().collect()));
    let list = proptest::collection::vec(inner.clone(), 1..3).prop_map(Value::from);
    let value = prop_oneof![3 => value(), 1 => inner, 1 => list].boxed();
    members(value).prop_map(|object| object.into_iter().collect())
}

/// The cells that an object should become, by the words of the documentation.
fn flat(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    let mut put = |text: String| out.insert(path.to_owned(), text);
    match value {
        Value::Null => {}
        Value::String(text) => drop(put(text.clone())),
        Value::Bool(_) | Value::Number(_) => drop(put(value.to_string())),
        Value::Array(items) if items.iter().all(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                flat(&format!("{path}[{index}]"), item, out);
            }
        }
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            put(texts.join(";"));
        }
        Value::Object(members) => {
            for (name, value) in members {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                flat(&below, value, out);
            }
        }
    }
}

proptest! {
    #[test]
    fn what_was_written_comes_back(objects in proptest::collection::vec(object(), 1..8)) {
        let lines: Vec<String> = objects.iter().map(|object| Value::from(object.clone()).to_string()).collect();
        let table = table(&lines.join("\n"));
        prop_assert_eq!(table.rows.len(), objects.len());
        for (row, object) in table.rows.iter().zip(objects) {
            let mut expected = BTreeMap::new();
            flat("", &Value::Object(object), &mut expected);
            prop_assert_eq!(row.fault, None);
            prop_assert_eq!(&row.cells, &expected);
        }
    }

    #[test]
    fn any_bytes_are_rows_or_one_refusal(bytes in proptest::collection::vec(
        prop_oneof![Just(b'{'), Just(b'}'), Just(b'"'), Just(b':'), Just(b','), Just(b'['), Just(b']'), Just(b'\n'), Just(b'\\'), Just(b'u'), Just(0xe9), Just(b'1'), Just(b'a')],
        0..80,
    )) {
        let mut text = b"{\"a\":1}\n".to_vec();
        text.extend(&bytes);
        let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        match try_read(&source(&text)) {
            Ok(table) => prop_assert_eq!(table.rows.len(), lines.count()),
            Err(error) => prop_assert!(matches!(error, SourceError::ObjectCut { .. }), "{error}"),
        }
    }
}
