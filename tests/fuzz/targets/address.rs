//! Addresses of databases. A password is never told, whatever stands around it.

use std::cell::OnceCell;

use crate::cli;
use crate::config::{self, Env, Source, UrlScheme, UrlSetting};
use crate::exit::chain;
use crate::fuzzing::source::{mysql_told, postgres_told};

use super::input::{CANARY, choice, has_canary};

const SCHEMES: [&str; 4] = ["postgres", "postgresql", "mysql", "mariadb"];

/// The user, what stands before and behind the canary in the password, and the rest, each up to a line feed.
pub(super) fn run(mut bytes: &[u8]) {
    let Some(choice) = choice(&mut bytes) else {
        return;
    };
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if choice / 4 % 2 == 1 {
        return whole(text);
    }
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (user, before, behind, rest) = (part(), part(), part(), part());
    // Elsewhere it is no password, and may be shown.
    if has_canary(user) || has_canary(rest) {
        return;
    }
    let url = format!(
        "{}://{user}:{before}{CANARY}{behind}@{rest}",
        SCHEMES[choice % 4]
    );
    let told = told(&url);
    assert!(
        !has_canary(&told),
        "{} tells it: {told}",
        url.escape_debug()
    );
}

/// Any text is an address or none, and always the same.
fn whole(text: &str) {
    assert_eq!(told(text), told(text));
}

/// All that is told of an address in a variable: by the configuration, and then by the driver.
fn told(url: &str) -> String {
    let scheme = UrlScheme::of(url).unwrap_or(UrlScheme::Postgres);
    let env = Env::default().with("URL", url);
    match setting(scheme).read(&env) {
        Err(error) => chain(&error),
        Ok(url) => {
            let (Ok(told) | Err(told)) = match scheme {
                UrlScheme::Mysql => mysql_told(&url),
                UrlScheme::Postgres => postgres_told(&url),
            };
            told
        }
    }
}

/// What a configuration makes of `env:URL`.
fn setting(scheme: UrlScheme) -> UrlSetting {
    thread_local! {
        static SETTINGS: [OnceCell<UrlSetting>; 2] = const { [OnceCell::new(), OnceCell::new()] };
    }
    let (nth, name) = match scheme {
        UrlScheme::Postgres => (0, "postgres"),
        UrlScheme::Mysql => (1, "mysql"),
    };
    SETTINGS.with(|settings| {
        let made = settings[nth].get_or_init(|| {
            let words = [
                "gridsync",
                "check",
                &format!("--{name}"),
                "env:URL",
                "--table",
                "t",
            ]
            .map(str::to_owned);
            let cli = cli::parse(words).unwrap_or_else(|_| panic!("it is a good line"));
            match config::resolve(&cli, &Env::default()).map(|config| config.source) {
                Ok(Some(Source::Postgres { url, .. } | Source::Mysql { url, .. })) => url,
                other => panic!("{other:?}"),
            }
        });
        made.clone()
    })
}
