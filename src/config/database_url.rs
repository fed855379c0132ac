//! Where a database's address is written, and the address itself, which may hold a password.

use std::path::{Path, PathBuf};

use url::Url;

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
        let (scheme, _) = url.split_once("://")?;
        [Self::Postgres, Self::Mysql]
            .into_iter()
            .find(|kind| kind.names().contains(&scheme))
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

/// A database's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl {
    /// The URL as it was written, with its password.
    pub url: Secret,
    /// Host, port and database: what texts may show.
    pub label: String,
}

/// Reads a setting's text. What `env:` and `file:` name is not looked at.
pub(super) fn url_from(scheme: UrlScheme) -> impl Fn(&Raw) -> Result<UrlFrom, Rejection> {
    move |raw| {
        let text = raw.text().map(str::trim).filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| expected(scheme))?;
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(UrlFrom::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(UrlFrom::File(path.into())),
            _ => parsed(scheme, text)
                .map(|_| UrlFrom::Here(Secret::new(text)))
                .ok_or_else(|| expected(scheme)),
        }
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

    /// The address, from wherever it is written.
    ///
    /// # Errors
    /// The variable or the file is not there, or holds no such address. No text shows any of it.
    pub fn read(&self, env: &Env) -> Result<DatabaseUrl, ConfigError> {
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
        let url = parsed(self.scheme, text).ok_or_else(|| {
            let origin = match &self.from {
                UrlFrom::Here(_) => "this".to_owned(),
                UrlFrom::Env(name) => format!("what {name} holds"),
                UrlFrom::File(path) => format!("what {} holds", path.display()),
            };
            self.refused(format!(
                "{origin} is no address such as {}: a character of a password that has a meaning in \
                 a URL is written as %40 (for @), %3A, %2F, %23, %3F or %25",
                self.scheme.example()
            ))
        })?;
        Ok(DatabaseUrl {
            label: label(&url),
            url: Secret::new(text),
        })
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

fn parsed(scheme: UrlScheme, text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    // Without its `?`, a parameter would be a part of the database's name, and shown.
    if url.path().contains('=') {
        return None;
    }
    scheme.names().contains(&url.scheme()).then_some(url)
}

fn has_password(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
    })
}

/// `db.internal:5433/app`; of a socket, its folder stands for the host.
fn label(url: &Url) -> String {
    let socket = url
        .query_pairs()
        .find(|(name, _)| matches!(name.as_ref(), "host" | "socket"));
    let host = match (url.host_str().filter(|host| !host.is_empty()), socket) {
        (Some(host), _) => host.to_owned(),
        (None, Some((_, path))) => path.into_owned(),
        (None, None) => "localhost".to_owned(),
    };
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    format!("{host}{port}{}", url.path())
}

#[cfg(test)]
mod tests {
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
        assert_eq!(found.label, "db.internal:5433/app");
        assert!(found.url.expose().contains("s3cret"));
        assert!(!format!("{found:?}").contains("s3cret"));

        let socket = setting(
            written("postgres:///app?host=/run/postgresql").expect("accepted"),
            flag(),
        );
        let found = socket.expect("accepted").read(&env).expect("is here");
        assert_eq!(found.label, "/run/postgresql/app");
    }

    #[test]
    fn a_password_stands_in_the_environment_or_in_a_file_and_nowhere_else() {
        for url in [
            "postgres://ada:s3cret@db/app",
            "postgres://db/app?password=s3cret",
        ] {
            let from = written(url).expect("an address");
            let refused = setting(from.clone(), flag())
                .expect_err("refused")
                .to_string();
            assert!(refused.contains("env:DATABASE_URL"), "{refused}");
            assert!(!refused.contains("s3cret"), "{refused}");
            let variable = Place::Env("GRIDSYNC_POSTGRES".to_owned());
            assert!(setting(from, variable).is_ok());
        }
    }

    #[test]
    fn what_is_no_address_is_refused_unseen() {
        for text in [
            "",
            "s3cret",
            "mysql://s3cret@db/app",
            "env:",
            "postgres://ada:s3cret/x@db:y/app",
            "postgres://ada@db/app&password=s3cret",
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
