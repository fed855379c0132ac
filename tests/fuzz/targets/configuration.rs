//! Text as a configuration with its mapping.

use std::cell::OnceCell;
use std::path::Path;

use crate::cli::{self, Cli};
use crate::config::{self, Config, ConfigError, Env};
use crate::engine::{Trial, try_rows};
use crate::exit::chain;
use crate::model::{Position, Row};

use super::input::{choice, file, has_canary, is_silent, place};

/// What stands before the text, by the first byte: nothing, or secrets, which no error may tell.
const BEFORE: [&str; 4] = [
    "",
    "[grid]\nclient_secret = \"xyzzy\"\n",
    "[source]\npostgres = \"postgres://ada:xyzzy@db.internal/app\"\n",
    "[source]\nmysql = \"mysql://ada:xyzzy@db.internal/app\"\ntable = \"users\"\n",
];

pub(super) fn run(mut bytes: &[u8]) {
    let Some(choice) = choice(&mut bytes) else {
        return;
    };
    let before = BEFORE[choice % 4];
    let path = file("gridsync.toml", &[before.as_bytes(), bytes].concat());
    let resolved = resolve(&path);
    match (&resolved, resolve(&path)) {
        (Ok(one), Ok(other)) => {
            assert_eq!(
                format!("{one:?}"),
                format!("{other:?}"),
                "the same file says the same"
            );
            use_it(one);
        }
        (Err(one), Err(other)) => {
            let told = chain(one);
            assert_eq!(told, chain(&other), "the same file says the same");
            assert!(
                told.len() < 20_000 + 40 * bytes.len(),
                "{} bytes of error",
                told.len()
            );
            assert!(!one.is_usage(), "nothing was typed");
            if !has_canary(bytes) {
                is_silent(&told);
            }
        }
        _ => panic!("the same file says the same"),
    }
}

fn resolve(path: &Path) -> Result<Config, ConfigError> {
    thread_local! {
        static CLI: OnceCell<Cli> = const { OnceCell::new() };
    }
    CLI.with(|cli| {
        let cli = cli.get_or_init(|| {
            let path = place("gridsync.toml").into_os_string();
            let words = ["gridsync", "plan", "--config"].map(Into::into);
            cli::parse(words.into_iter().chain([path]))
                .unwrap_or_else(|_| panic!("it is a good line"))
        });
        assert_eq!(cli.global.config.as_deref(), Some(path));
        config::resolve(cli, &Env::default())
    })
}

/// Its mapping, with a header of its own columns and of fields.
fn use_it(config: &Config) {
    let mut header: Vec<String> = config
        .fields
        .key_columns()
        .iter()
        .map(ToString::to_string)
        .collect();
    header.extend(["k", "n", "fullName", "customerType", "address.country"].map(str::to_owned));
    header.extend(config.fields.rules.values().map(|rule| match &rule.origin {
        crate::model::Origin::Column(name) => name.clone(),
        _ => String::new(),
    }));
    header.sort();
    header.dedup();
    let rows: Vec<Row> = ["", "xyzzy", "2026-08-01", "a;b", " é "]
        .iter()
        .map(|cell| {
            let mut row = Row::default();
            row.begin(Position {
                record: 1,
                line: 2,
                byte: 9,
            });
            for _ in &header {
                row.push(Some(cell.as_bytes()));
            }
            row
        })
        .collect();
    let today = "2026-08-01".parse().expect("a date");
    let trial = try_rows(
        &config.fields,
        config.grid.edition.value,
        today,
        &header,
        &rows,
    );
    let told = trial.as_json().to_string();
    if let Trial::Rows { .. } = trial {
        assert!(
            has_canary(header.concat()) || !has_canary(&told),
            "tells a value: {told}"
        );
    }
}
