//! What is wrong between here and a database: the same faults, in the same words, for each kind.
//!
//! A driver's own text is not shown: it may quote a value of a row. What is shown of a server's words is
//! its code, and its message about the query where nothing but the query was looked at.

use std::fmt;
use std::io;

/// Why a database does not give its rows. Codes are the server's own, as in `SQLSTATE 42P01`.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in each variant's text")]
pub enum DatabaseFault {
    /// The URL is none, or asks for what cannot be done.
    #[error("the URL of the database: {0}")]
    Url(String),
    /// A file that the URL names, such as a certificate, is not there or not what it should be.
    #[error("{parameter} of the database's URL: `{path}` cannot be read as {expected}")]
    UrlFile {
        parameter: &'static str,
        path: String,
        expected: &'static str,
        #[source]
        cause: Option<io::Error>,
    },
    /// The name does not resolve.
    #[error("no address is known for the host `{host}`: check its spelling, and the network")]
    UnknownHost { host: String },
    /// Nobody answers there.
    #[error(
        "cannot connect to {server}: check host and port, that the database runs, and that no \
         firewall stands between"
    )]
    Unreachable {
        server: String,
        #[source]
        cause: Option<io::Error>,
    },
    /// User, password, or the server's rules of who may come from where.
    #[error(
        "{server} refuses the login of `{user}` ({code}): check user and password, and that the \
         server lets this user in from here"
    )]
    Login {
        server: String,
        user: String,
        code: String,
    },
    /// The server asks for a password and there is none.
    #[error(
        "{server} asks for a password and the URL has none: add it after the user, as in `user:password@host`"
    )]
    NoPassword { server: String },
    /// The server asks for a login that is not known here.
    #[error(
        "{server} asks for a kind of login that is not known here ({method}): let the user log in by \
         mysql_native_password or caching_sha2_password"
    )]
    LoginMethod { server: String, method: String },
    /// The server does not have the database.
    #[error("{server} has no database `{database}` ({code}): check the name in the URL")]
    NoDatabase {
        server: String,
        database: String,
        code: String,
    },
    /// The server speaks in the clear only.
    #[error(
        "{server} offers no TLS, and personal data is not read in the clear: turn TLS on there, or, \
         where the network itself is trusted, say so in the URL ({way_out})"
    )]
    NoTls {
        server: String,
        way_out: &'static str,
    },
    /// TLS was offered and failed.
    #[error("{server}: {why}")]
    Tls { server: String, why: String },
    /// No table or view of that name.
    #[error(
        "there is no table or view `{table}` ({code}){}: check the name, its schema, and that the \
         user may see it", meant(.nearest.as_deref())
    )]
    NoTable {
        table: String,
        code: String,
        nearest: Option<String>,
    },
    /// The query is wrong.
    #[error("the query is refused ({code}): {message}{}", located(*.place))]
    Query {
        code: String,
        /// What the server says of the query, and of nothing else.
        message: String,
        place: Option<QueryPlace>,
    },
    /// The query is no query.
    #[error(
        "the query must be one SELECT that can stand in parentheses, without a semicolon in it: \
         {found}"
    )]
    NotSelect { found: String },
    /// A right is missing.
    #[error("the user of the database may not read that ({code}): grant it SELECT{}", what(.message))]
    Denied { code: String, message: String },
    /// The query writes.
    #[error(
        "the query would write ({code}); a source is only read: take a SELECT without side effects"
    )]
    Writes { code: String },
    /// The query has no column.
    #[error("the query gives no column: select the columns that [fields] names")]
    NoColumns,
    /// A column of bytes that are no text.
    #[error(
        "column `{column}` is binary ({kind}), expected text: leave it out of the query, or select \
         a text form of it, as in `{advice}`"
    )]
    Binary {
        column: String,
        kind: String,
        advice: String,
    },
    /// A limit of time that the server holds.
    #[error(
        "the server ended the query after {rows} rows ({code}), because of a limit of time or \
         because somebody cancelled it; they do not count as the whole{advice}"
    )]
    Cancelled {
        rows: u64,
        code: String,
        advice: &'static str,
    },
    /// The server, or the file, has no room or no time for it now.
    #[error("the database is not to be had now ({code}): {why}; try again later")]
    Busy { code: String, why: &'static str },
    /// The connection broke.
    #[error(
        "the connection to the database was lost after {rows} rows ({code}); they do not count as \
         the whole, and nothing is deleted for the rows that are missing: run again"
    )]
    Lost {
        rows: u64,
        /// The server's last words, or that there were none.
        code: String,
    },
    /// A row made the query fail.
    #[error(
        "the query failed on a row, after {rows} rows ({code}, {what}); they do not count as the \
         whole: run the query by hand to see which row it is"
    )]
    Row {
        rows: u64,
        code: String,
        what: &'static str,
    },
    /// Anything else that a server said.
    #[error(
        "the server failed after {rows} rows ({code}); they do not count as the whole: see the server's log"
    )]
    Server { rows: u64, code: String },
    /// The file is not there.
    #[error("no such file: check the path of the database")]
    NoFile,
    /// The file cannot be opened.
    #[error("the file cannot be opened ({code}): {advice}")]
    File { code: String, advice: &'static str },
    /// The file is something else.
    #[error("the file is no SQLite database ({code}): check the path")]
    NotDatabase { code: String },
    /// The file is damaged.
    #[error(
        "the database file is damaged, seen after {rows} rows ({code}); they do not count as the \
         whole: look at `PRAGMA integrity_check`, and restore a copy"
    )]
    Damaged { rows: u64, code: String },
}

impl DatabaseFault {
    /// What a server is called whose URL cannot be read.
    pub(super) const NO_PLACE: &str = "(its URL cannot be read)";

    /// Whether a later pass may succeed with nothing changed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::Unreachable { .. }
            | Self::Busy { .. }
            | Self::Lost { .. } => true,
            Self::Url(_)
            | Self::UrlFile { .. }
            | Self::Login { .. }
            | Self::NoPassword { .. }
            | Self::LoginMethod { .. }
            | Self::NoDatabase { .. }
            | Self::NoTls { .. }
            | Self::Tls { .. }
            | Self::NoTable { .. }
            | Self::Query { .. }
            | Self::NotSelect { .. }
            | Self::Denied { .. }
            | Self::Writes { .. }
            | Self::NoColumns
            | Self::Binary { .. }
            | Self::Cancelled { .. }
            | Self::Row { .. }
            | Self::Server { .. }
            | Self::NoFile
            | Self::File { .. }
            | Self::NotDatabase { .. }
            | Self::Damaged { .. } => false,
        }
    }

    /// Whether the URL is wrong in itself, whatever the server says.
    pub fn is_setting(&self) -> bool {
        matches!(self, Self::Url(_) | Self::UrlFile { .. })
    }
}

/// Where in the operator's query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryPlace {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub character: usize,
}

impl QueryPlace {
    /// The place of a character of the query, counted from 0.
    pub fn of(query: &str, character: usize) -> Self {
        let before: String = query.chars().take(character).collect();
        let line_begins = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            character: before[line_begins..].chars().count() + 1,
        }
    }
}

impl fmt::Display for QueryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, character {}", self.line, self.character)
    }
}

fn located(place: Option<QueryPlace>) -> String {
    place.map_or_else(String::new, |place| format!("; {place} of the query"))
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

fn what(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(" ({message})")
    }
}

/// The known name that is nearest to what was written, if one is near.
pub(super) fn nearest(written: &str, known: impl IntoIterator<Item = String>) -> Option<String> {
    let near = |name: &String| {
        let bare = name.rsplit('.').next().unwrap_or(name);
        let likeness = strsim::jaro_winkler(&written.to_lowercase(), &name.to_lowercase());
        likeness.max(strsim::jaro_winkler(
            &written.to_lowercase(),
            &bare.to_lowercase(),
        ))
    };
    known
        .into_iter()
        .map(|name| (near(&name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let query = "SELECT id\nFROM ä FORM x";
        let at = |character| QueryPlace::of(query, character).to_string();
        assert_eq!(at(0), "line 1, character 1");
        assert_eq!(at(7), "line 1, character 8");
        assert_eq!(at(10), "line 2, character 1");
        assert_eq!(at(17), "line 2, character 8");
    }

    #[test]
    fn the_nearest_name_is_one_that_could_have_been_meant() {
        let known = || ["app.users", "app.orders", "public.Uploads"].map(str::to_owned);
        assert_eq!(nearest("user", known()).as_deref(), Some("app.users"));
        assert_eq!(nearest("app.user", known()).as_deref(), Some("app.users"));
        assert_eq!(nearest("USERS", known()).as_deref(), Some("app.users"));
        assert_eq!(nearest("invoices", known()), None);
    }
}
