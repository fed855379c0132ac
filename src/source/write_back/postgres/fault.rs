//! What the server's codes mean. Its words are not shown: they may quote a value.

use std::error::Error as StdError;
use std::io;

use tokio_postgres::Error;

use crate::model::Key;
use crate::source::write_back::WriteBackFault;

/// Of a question, of a transaction.
pub(super) fn fault(error: &Error) -> WriteBackFault {
    let Some(state) = error.code() else {
        let code = "no code".to_owned();
        let is_io = |cause: &(dyn StdError + 'static)| cause.downcast_ref::<io::Error>().is_some();
        let is_lost = error.is_closed() || error.source().is_some_and(is_io);
        return if is_lost {
            WriteBackFault::Lost { code }
        } else {
            WriteBackFault::Other { code }
        };
    };
    let code = format!("SQLSTATE {}", state.code());
    match state.code() {
        "42501" => WriteBackFault::Denied { code },
        "25006" => WriteBackFault::ReadOnly { code },
        "40001" | "40P01" | "55P03" => WriteBackFault::Busy { code },
        "57P01" | "57P02" | "57P03" => WriteBackFault::Lost { code },
        other if other.starts_with("08") => WriteBackFault::Lost { code },
        other if other.starts_with("42") || other.starts_with("0A") => {
            WriteBackFault::Statement { code }
        }
        _ => WriteBackFault::Other { code },
    }
}

/// Of an update of these keys.
pub(super) fn of_rows(first: &Key, last: &Key, error: &Error) -> WriteBackFault {
    match error.code() {
        // Data, integrity, a check option, an exception of a trigger.
        Some(state)
            if ["22", "23", "44", "P0"]
                .iter()
                .any(|class| state.code().starts_with(class)) =>
        {
            WriteBackFault::refused(first, last, format!("SQLSTATE {}", state.code()))
        }
        _ => fault(error),
    }
}
