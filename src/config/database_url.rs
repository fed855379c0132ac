//! Where a database's address is written, and the address itself, which may hold a password.
//!
//! What an address says, and what of it may be shown, only the source knows that connects to it. Here
//! it is a text with the right beginning, and never shown.

use std::path::{Path, PathBuf};

use url::form_urlencoded;

use crate::model::Secret;

use super::raw::{Raw, Rejection};
use super::secret_file::{self, Fault};
use super::{ConfigError, Env, Place, Problem, Setting};

/// The databases whose addresses are URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlScheme {
    /// `postgres://` or `postgresql://`
    Postgres,
    /// `mysql://` or `mariadb://`
    Mysql,
}

impl UrlScheme {
    const fn names(self) -> [&'static str; 2] {
        match self {
            Self::Postgres => ["postgres", "postgresql"],
            Self::Mysql => ["mysql", "mariadb"],
        }
    }

    const fn example(self) -> &'static str {
        match self {
            Self::Postgres => "postgres://reader@db.internal/app",
            Self::Mysql => "mysql://reader@db.internal/app",
        }
    }

    /// The kind of database that a URL names, by its scheme alone.
    pub fn of(url: &str) -> Option<Self> {
        [Self::Postgres, Self::Mysql]
            .into_iter()
            .find(|kind| kind.begins(url))
    }

    fn begins(self, url: &str) -> bool {
        let scheme = url.split_once("://");
        scheme.is_some_and(|(scheme, rest)| self.names().contains(&scheme) && !rest.is_empty())
    }
}

/// Where the address is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum UrlFrom {
    /// In a variable, as `env:DATABASE_URL`.
    Env(String),
    /// In a file, as `file:/run/secrets/database-url`.
    File(PathBuf),
    /// Here. Without a password, unless it stands in the environment.
    Here(Secret),
}

/// A database's address as it was configured: not read yet, so that a command that needs no
/// database needs no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlSetting {
    scheme: UrlScheme,
    from: UrlFrom,
    place: Place,
}

/// Reads a setting's text. What `env:` and `file:` name is not looked at.
pub(super) fn url_from(scheme: UrlScheme) -> impl Fn(&Raw) -> Result<UrlFrom, Rejection> {
    move |raw| {
        let text = raw.text().map(str::trim).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| expected(scheme))?;
        match elsewhere(text) {
            Some(from) => Ok(from),
            None if scheme.begins(text) => Ok(UrlFrom::Here(Secret::new(text))),
            None => Err(expected(scheme)),
        }
    }
}

/// The name of a variable or a file, which may be shown: so what looks like an address is none.
fn elsewhere(text: &str) -> Option<UrlFrom> {
    match text.split_once(':')? {
        (_, name) if name.is_empty() || name.contains("://") => None,
        ("env", name) => Some(UrlFrom::Env(name.to_owned())),
        ("file", path) => Some(UrlFrom::File(path.into())),
        _ => None,
    }
}

/// The value is never shown: whoever mistypes an address mistypes its password too.
fn expected(scheme: UrlScheme) -> Rejection {
    Rejection::Reason(
        format!(
            "expected an address such as \"{}\", or \"env:DATABASE_URL\" or \"file:PATH\" that names where it stands",
            scheme.example()
        )
        .into(),
    )
}

impl UrlSetting {
    /// Gives a setting its meaning. A path is relative to the configuration file that names it.
    pub(super) fn new(
        scheme: UrlScheme,
        Setting { value, place }: Setting<UrlFrom>,
        folder: &Path,
    ) -> Result<Self, Problem> {
        let from = match value {
            UrlFrom::Here(url) if !matches!(place, Place::Env(_)) && has_password(url.expose()) => {
                let reason = "no password in an address here: put the address into a variable and \
                              name it, as \"env:DATABASE_URL\", or into a file, as \"file:PATH\"";
                let reason = reason.to_owned();
                return Err(Problem::Refused { place, reason });
            }
            UrlFrom::File(path) if matches!(place, Place::File { .. }) => {
                UrlFrom::File(folder.join(path))
            }
            from => from,
        };
        Ok(Self {
            scheme,
            from,
            place,
        })
    }

    /// The address, from wherever it is written. It has the right beginning; whether the rest makes sense,
    /// the source says.
    ///
    /// # Errors
    /// The variable or the file is not there, or holds no such address. No text shows any of it.
    pub fn read(&self, env: &Env) -> Result<Secret, ConfigError> {
        let text = match &self.from {
            UrlFrom::Here(url) => url.expose().to_owned(),
            UrlFrom::Env(name) => env
                .get(name)
                .and_then(|text| text.to_str())
                .map(str::to_owned)
                .ok_or_else(|| self.refused(format!("the variable {name} is not set")))?,
            UrlFrom::File(path) => {
                secret_file::read(path, env).map_err(|fault| self.refused(unread(path, &fault)))?
            }
        };
        let text = text.trim();
        if self.scheme.begins(text) {
            return Ok(Secret::new(text));
        }
        let origin = match &self.from {
            UrlFrom::Here(_) => "this".to_owned(),
            UrlFrom::Env(name) => format!("what {name} holds"),
            UrlFrom::File(path) => format!("what {} holds", path.display()),
        };
        let example = self.scheme.example();
        Err(self.refused(format!("{origin} is no address such as {example}")))
    }

    fn refused(&self, reason: String) -> ConfigError {
        let place = self.place.clone();
        ConfigError::Invalid(vec![Problem::Refused { place, reason }])
    }
}

fn unread(path: &Path, fault: &Fault) -> String {
    let path = path.display();
    match fault {
        Fault::Unreadable(error) => format!("cannot read the address from {path}: {error}"),
        Fault::OpenToOthers(mode) => format!(
            "{path} can be read or changed by others (mode {mode:04o}): run `chmod 600 {path}` (or mount \
             the secret with mode 0400), and change the password if others may have seen it"
        ),
    }
}

/// Whether there may be a password in it, however a driver takes it apart: as long as any can, it stands
/// before an `@` and behind a `:`, or in a parameter that is called so.
fn has_password(url: &str) -> bool {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    let login = rest.rsplit_once('@').map(|(login, _)| login);
    let is_password = |parameter: &str| {
        let mut pairs = form_urlencoded::parse(parameter.as_bytes());
        let name = pairs.next().filter(|_| parameter.contains('='));
        name.is_some_and(|(name, _)| name.to_ascii_lowercase().contains("password"))
    };
    login.is_some_and(|login| login.contains(':'))
        || rest.split(['/', '?', '#', '&']).any(is_password)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> Result<UrlFrom, Rejection> {
        url_from(UrlScheme::Postgres)(&Raw::Text(text.to_owned()))
    }

    fn setting(from: UrlFrom, place: Place) -> Result<UrlSetting, Problem> {
        let value = Setting { value: from, place };
        UrlSetting::new(UrlScheme::Postgres, value, Path::new("/etc/gridsync"))
    }

    fn flag() -> Place {
        Place::Flag("--postgres".to_owned())
    }

    #[test]
    fn an_address_is_read_from_where_it_is_written() {
        let env = Env::default().with(
            "DATABASE_URL",
            "postgresql://ada:s3cret@db.internal:5433/app",
        );
        let named = setting(written("env:DATABASE_URL").expect("accepted"), flag());
        let found = named.expect("accepted").read(&env).expect("is set");
        assert!(found.expose().contains("s3cret"));

        let here = setting(written("postgres://db/app").expect("accepted"), flag());
        let found = here.expect("accepted").read(&env).expect("is here");
        assert_eq!(found.expose(), "postgres://db/app");
    }

    /// Refused where it stands, unseen; unless it stands in the environment.
    #[track_caller]
    fn assert_has_password(url: &str, words: &[&str]) {
        let from = written(url).expect("an address");
        let refused = setting(from.clone(), flag())
            .expect_err("refused")
            .to_string();
        assert!(refused.contains("env:DATABASE_URL"), "{refused}");
        for word in words {
            assert!(!refused.contains(word), "{refused}");
        }
        let variable = Place::Env("GRIDSYNC_POSTGRES".to_owned());
        assert!(setting(from, variable).is_ok());
    }

    #[test]
    fn a_password_stands_in_the_environment_or_in_a_file_and_nowhere_else() {
        for url in [
            "postgres://ada:s3cret@db/app",
            "postgres://ada:12/s3cret@db/app",
            "postgres://ada:s3cret?x@db/app",
            "postgres://ada:s3cret#x@db/app",
            "postgres://db/app?password=s3cret",
            "postgres://db/app?user=a#b&pass%77ord=s3cret",
            "postgres://ada@db/app&password=s3cret",
        ] {
            assert_has_password(url, &["s3cret"]);
        }
        for url in [
            "postgres://ada@password-db:5433/passwords?application_name=password",
            "postgres://[::1]:5433/app?host=/run/postgresql",
        ] {
            assert!(
                setting(written(url).expect("an address"), flag()).is_ok(),
                "{url}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_password_is_it_is_seen_to_be_there(
            password in "\\PC{0,12}",
            form in proptest::sample::select(&["postgres://ada:{}@db/app", "postgresql://db:1/app?user=ada&password={}"][..]),
        ) {
            assert_has_password(&form.replace("{}", &password), &[]);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_unseen() {
        for text in [
            "",
            "s3cret",
            "mysql://s3cret@db/app",
            "env:",
            "env:postgres://ada:s3cret@db/app",
            "file:postgres://ada:s3cret@db/app",
            "postgres:ada:s3cret@db/app",
            "postgres://",
        ] {
            let Err(Rejection::Reason(reason)) = written(text) else {
                panic!("accepted or shown: {text}");
            };
            assert!(!reason.contains("s3cret"), "{reason}");
        }
        let env = Env::default().with("DATABASE_URL", "s3cret");
        for name in [
            "env:DATABASE_URL",
            "env:NOT_SET",
            "file:/nowhere/s3cret-free",
        ] {
            let named = setting(written(name).expect("accepted"), flag()).expect("accepted");
            let error = named.read(&env).expect_err("unusable").to_string();
            assert!(
                !error.contains("s3cret\"") && !error.ends_with("s3cret"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_unseen() {
        use std::os::unix::fs::PermissionsExt;

        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let path = file.path().to_owned();
        let read = |mode| {
            let permissions = std::fs::Permissions::from_mode(mode);
            file.as_file().set_permissions(permissions).expect("ours");
            let from = written(&format!("file:{}", path.display())).expect("accepted");
            setting(from, flag())
                .expect("accepted")
                .read(&Env::default())
        };
        std::io::Write::write_all(&mut file.as_file(), b"postgres://a:s3cret@db/app")
            .expect("written");
        assert!(read(0o600).is_ok());
        let error = read(0o644).expect_err("refused").to_string();
        assert!(error.contains("chmod 600"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }

    #[test]
    fn a_file_is_found_beside_the_configuration_that_names_it() {
        let place = Place::File {
            key: "source.postgres".to_owned(),
            path: "/etc/gridsync/gridsync.toml".into(),
            line: 1,
            column: 1,
        };
        let named = setting(written("file:url").expect("accepted"), place).expect("accepted");
        assert_eq!(named.from, UrlFrom::File("/etc/gridsync/url".into()));
    }
}
