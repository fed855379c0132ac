//! A statement with named parameters, which each driver spells in its own way.

use super::lexer::{Token, tokens};

/// Whose SQL it is: they differ in what is quoted and what is a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `PostgreSQL`
    Postgres,
    /// `MySQL` and `MariaDB`
    Mysql,
    /// `SQLite`
    Sqlite,
}

/// What a statement is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// `:key`: the platform customer id.
    Key,
    /// `:customer_id`: Grid's id.
    CustomerId,
}

impl Parameter {
    /// Its name, without the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::CustomerId => "customer_id",
        }
    }
}

/// One statement that puts one id where it belongs. The operator's own words, and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Parameter(Parameter),
}

/// Why it is no such statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// A parameter is not used.
    #[error("lacks `:{}`: a statement needs `:key` and `:customer_id`", .0.name())]
    Lacks(Parameter),
    /// A name that is none of the two.
    #[error("has `:{0}`, expected `:key` and `:customer_id` and no other parameter")]
    Unknown(String),
    /// A placeholder of a driver's own.
    #[error("has `{0}`, a placeholder of the driver's own: write `:key` and `:customer_id`")]
    Placeholder(String),
    /// More than one statement.
    #[error("has more behind its semicolon: expected one statement")]
    Several,
    /// A quote or a comment that does not end.
    #[error("has a quote or a comment that is not closed")]
    Open,
}

impl Statement {
    /// Finds the parameters. Quoted text, quoted names, comments and casts (`::text`) are left alone.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, StatementError> {
        let mut statement = Self { pieces: Vec::new() };
        let mut ended = false;
        for token in tokens(text, dialect) {
            match token {
                Token::Open => return Err(StatementError::Open),
                Token::Semicolon => ended = true,
                Token::Blank(text) => statement.text(text),
                _ if ended => return Err(StatementError::Several),
                Token::Text(text) => statement.text(text),
                Token::Placeholder(text) => {
                    return Err(StatementError::Placeholder(text.to_owned()));
                }
                Token::Name(name) => {
                    let parameter = [Parameter::Key, Parameter::CustomerId]
                        .into_iter()
                        .find(|parameter| parameter.name() == name)
                        .ok_or_else(|| StatementError::Unknown(name.to_owned()))?;
                    statement.pieces.push(Piece::Parameter(parameter));
                }
            }
        }
        for needed in [Parameter::Key, Parameter::CustomerId] {
            if !statement.parameters().any(|parameter| parameter == needed) {
                return Err(StatementError::Lacks(needed));
            }
        }
        Ok(statement)
    }

    fn text(&mut self, text: &str) {
        if let Some(Piece::Text(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
    }

    /// The parameters in the order in which they occur.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Parameter(parameter) => Some(*parameter),
            Piece::Text(_) => None,
        })
    }

    /// The statement with each parameter as the driver spells it.
    pub fn sql(&self, placeholder: impl Fn(Parameter) -> &'static str) -> String {
        let spelt = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Parameter(parameter) => placeholder(*parameter),
        });
        spelt.collect()
    }

    /// The first word, in capitals: `UPDATE`.
    pub fn verb(&self) -> String {
        let sql = self.sql(|_| "");
        let letters = sql
            .trim_start()
            .chars()
            .take_while(char::is_ascii_alphabetic);
        letters.collect::<String>().to_ascii_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelt(text: &str, dialect: Dialect) -> Result<String, StatementError> {
        let spell = |parameter| match parameter {
            Parameter::Key => "<K>",
            Parameter::CustomerId => "<C>",
        };
        Statement::parse(text, dialect).map(|statement| statement.sql(spell))
    }

    const ALL: [Dialect; 3] = [Dialect::Postgres, Dialect::Mysql, Dialect::Sqlite];

    #[test]
    fn parameters_are_found_and_everything_else_is_left_alone() {
        let cases = [
            (
                "UPDATE u SET g=:customer_id WHERE id=:key",
                "UPDATE u SET g=<C> WHERE id=<K>",
            ),
            (
                "UPDATE u SET g = ':key' || :customer_id WHERE id = :key;",
                "UPDATE u SET g = ':key' || <C> WHERE id = <K>",
            ),
            (
                "UPDATE u SET g = 'it''s :key', h = :customer_id WHERE id = :key ; -- :key",
                "UPDATE u SET g = 'it''s :key', h = <C> WHERE id = <K>  -- :key",
            ),
            (
                "UPDATE u /* :key */ SET g = :customer_id WHERE \":key\" = :key",
                "UPDATE u /* :key */ SET g = <C> WHERE \":key\" = <K>",
            ),
            (
                "UPDATE u SET g = :customer_id -- :key\nWHERE id = :key",
                "UPDATE u SET g = <C> -- :key\nWHERE id = <K>",
            ),
            ("(:key,:customer_id,:key)", "(<K>,<C>,<K>)"),
        ];
        for dialect in ALL {
            for (text, expected) in cases {
                assert_eq!(spelt(text, dialect).as_deref(), Ok(expected), "{dialect:?}");
            }
        }
    }

    #[test]
    fn each_dialect_has_its_quotes_comments_and_casts() {
        use Dialect::{Mysql, Postgres, Sqlite};
        let cases = [
            (
                Postgres,
                "SET g = :customer_id::text WHERE id = :key::uuid",
                "SET g = <C>::text WHERE id = <K>::uuid",
            ),
            (
                Postgres,
                "$$ :key $$ $a$ :key $$ $a$ :key :customer_id",
                "$$ :key $$ $a$ :key $$ $a$ <K> <C>",
            ),
            (
                Postgres,
                r"E'\\' :key E'\' :key' :customer_id",
                r"E'\\' <K> E'\' :key' <C>",
            ),
            (Postgres, r"'\' :key :customer_id", r"'\' <K> <C>"),
            (
                Postgres,
                "/* /* */ :key */ :key :customer_id",
                "/* /* */ :key */ <K> <C>",
            ),
            (
                Postgres,
                "a[1:2] ? '?' :key :customer_id",
                "a[1:2] ? '?' <K> <C>",
            ),
            (Mysql, r"'\' :key' :key :customer_id", r"'\' :key' <K> <C>"),
            (
                Mysql,
                "`:key` # :key\n :key :customer_id",
                "`:key` # :key\n <K> <C>",
            ),
            (Mysql, "1--:key, :customer_id", "1--<K>, <C>"),
            (Mysql, "@a := :key, :customer_id", "@a := <K>, <C>"),
            (Sqlite, r"'\' :key :customer_id", r"'\' <K> <C>"),
            (
                Sqlite,
                "`:key` [:key] :key :customer_id",
                "`:key` [:key] <K> <C>",
            ),
        ];
        for (dialect, text, expected) in cases {
            assert_eq!(spelt(text, dialect).as_deref(), Ok(expected), "{dialect:?}");
        }
    }

    #[test]
    fn what_is_no_such_statement_is_refused() {
        use Parameter::{CustomerId, Key};
        use StatementError::{Lacks, Open, Placeholder, Several, Unknown};
        for dialect in ALL {
            let refused = |text| spelt(text, dialect).expect_err(text);
            assert_eq!(refused(""), Lacks(Key));
            assert_eq!(
                refused("UPDATE u SET g = 1 WHERE id = :key"),
                Lacks(CustomerId)
            );
            assert_eq!(refused("':key' :customer_id"), Lacks(Key));
            assert_eq!(refused(":key :customer_id :id"), Unknown("id".into()));
            assert_eq!(refused(":key :customer_id :keys"), Unknown("keys".into()));
            assert_eq!(
                refused(":key; DELETE FROM u WHERE g = :customer_id"),
                Several
            );
            assert_eq!(refused(":key :customer_id ' "), Open);
            assert_eq!(refused(":key :customer_id /* "), Open);
        }
        let refused = |text, dialect| spelt(text, dialect).expect_err(text);
        assert_eq!(
            refused(":key :customer_id $1", Dialect::Postgres),
            Placeholder("$1".into())
        );
        assert_eq!(
            refused(":key :customer_id ?", Dialect::Mysql),
            Placeholder("?".into())
        );
        assert_eq!(
            refused(":key :customer_id ?2", Dialect::Sqlite),
            Placeholder("?".into())
        );
        assert_eq!(
            refused(":key :customer_id @a", Dialect::Sqlite),
            Placeholder("@a".into())
        );
    }

    #[test]
    fn the_verb_is_the_first_word() {
        let statement = Statement::parse(
            "\n insert into u values (:key, :customer_id)",
            Dialect::Mysql,
        );
        assert_eq!(statement.expect("a statement").verb(), "INSERT");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 8 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

        /// Whatever stands around them, what comes out is what went in, but for the parameters.
        #[test]
        fn nothing_is_lost(text in "(:key|:customer_id|::|:=|'|\"|`|\\$|--|#|/\\*|\\*/|\\\\|\\[|\\]|[aE1 é\n;]){0,16}") {
            for dialect in ALL {
                if let Ok(statement) = Statement::parse(&text, dialect) {
                    let spell = |parameter| match parameter {
                        Parameter::Key => ":key",
                        Parameter::CustomerId => ":customer_id",
                    };
                    let back = statement.sql(spell);
                    prop_assert_eq!(back.replace(';', ""), text.replace(';', ""));
                }
            }
        }
    }
}
