//! What the server's codes mean. Its words are not shown: they may quote a value.

use mysql::Error;

use crate::model::Key;
use crate::source::write_back::WriteBackFault;

/// Of a question, of a transaction.
pub(super) fn fault(error: &Error) -> WriteBackFault {
    let Error::MySqlError(error) = error else {
        let code = "no code".to_owned();
        return match error {
            Error::IoError(_) | Error::CodecError(_) | Error::TlsError(_) => {
                WriteBackFault::Lost { code }
            }
            _ => WriteBackFault::Other { code },
        };
    };
    let code = format!("error {}", error.code);
    match error.code {
        1044 | 1142 | 1143 | 1227 | 1370 => WriteBackFault::Denied { code },
        1290 | 1792 | 1836 => WriteBackFault::ReadOnly { code },
        1205 | 1213 => WriteBackFault::Busy { code },
        1053 | 1927 | 4031 => WriteBackFault::Lost { code },
        1054 | 1064 | 1065 | 1146 | 1210 | 1305 => WriteBackFault::Statement { code },
        _ => WriteBackFault::Other { code },
    }
}

/// Of an update of this key.
pub(super) fn of_row(key: &Key, error: &Error) -> WriteBackFault {
    /// Data that does not fit, constraints of every kind, and what a trigger says.
    const REFUSED: [u16; 14] = [
        1048, 1062, 1264, 1265, 1292, 1364, 1366, 1369, 1406, 1451, 1452, 1644, 3819, 4025,
    ];
    match error {
        Error::MySqlError(refusal) if REFUSED.contains(&refusal.code) => {
            WriteBackFault::refused(key, key, format!("error {}", refusal.code))
        }
        _ => fault(error),
    }
}
