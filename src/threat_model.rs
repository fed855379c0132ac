//! Who may do what, what must not happen, and what holds it. Documentation only.
//!
//! gridsync stands between a source full of personal data and an API that makes customers of them. It runs
//! unattended, with credentials that can create and delete.
//!
//! # Who is trusted with what
//!
//! | who | may | must not be able to |
//! |---|---|---|
//! | operator: command line, environment, configuration | everything that a plan and its guards allow | leave a secret where it is kept (in the configuration, in a file that others read), or delete more than was agreed to |
//! | source: files, databases, whoever writes rows | say who the users are | run code, in SQL or in a spreadsheet; exhaust memory; delete customers by looking shorter than it is; put a value into a log |
//! | database server | answer queries | be written to by a pass; make us log what it says of a row |
//! | Grid, or whoever answers in its place | say what customers there are, refuse, be slow | exhaust memory, hold a request for ever, send us to another host with the credentials, write to the terminal, name a path of another resource by an id |
//! | network | lose, delay, repeat | read or change: TLS is verified; plain HTTP is for loopback alone |
//! | proxy (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`) | carry a tunnel, and know which host it leads to | see a request |
//! | other users of the machine | see that it runs, and its arguments | read the state, a plan, the rejects, a temporary file, a core file; give us secrets of their own |
//! | whoever reads a log, a ticket with a plan, an exit code | see keys, ids, positions, columns and codes | see a value or a secret; change a plan that is then applied |
//!
//! # What must not happen
//!
//! | it must not happen that | what holds it | what tests it |
//! |---|---|---|
//! | a value or a secret is printed or stored | [`model::Personal`](crate::model::Personal), [`model::Secret`](crate::model::Secret): no `Display`, no `Serialize` | their documentation does not compile; `tests/it/privacy.rs`: every kind of source, every class of failure, every output, at the loudest log |
//! | a library logs one | `report/logging.rs`: drivers only warn, nothing but our own lines is traced, whatever `RUST_LOG` says | `report/logging.rs`, `tests/it/privacy/sources.rs` |
//! | a driver's error quotes one | code and position are taken, not text: `source/{postgres,mysql,sqlite}/fault.rs` | `tests/it/privacy/sources.rs` |
//! | a panic quotes one | [`report::tell_panics_without_values`](crate::report::tell_panics_without_values) | `tests/it/privacy/ends.rs` |
//! | memory is written to a core file | `main.rs` sets the limit to 0 | `tests/it/privacy/ends.rs` |
//! | others read what a run keeps | files are made 0600: `state/open.rs`, `commands/export_file.rs`, `tempfile` | `tests/it/privacy/ends.rs` |
//! | others read or choose the credentials | `config/secret_file.rs` | there, `tests/it/privacy/ends.rs` |
//! | an address tells its password | who connects to it also names it, and refuses what it could name wrongly: `source/{postgres,mysql}/address.rs` | there, at random; `tests/it/privacy/addresses.rs` |
//! | a password is written down with an address | what may hold one is refused but in the environment or a private file: `config/database_url.rs` | there, at random; `tests/it/privacy/addresses.rs` |
//! | an answer exhausts memory | bytes and parts of an answer are bounded: `grid/transport.rs`, `grid/client.rs`; ids and cursors: `grid/wire.rs`, `grid/list.rs` | `tests/it/hostile.rs`: peak memory below 150 MB |
//! | an answer takes for ever | one time for a whole request; a list that brings nobody new ends: [`grid::ListGuard`](crate::grid::ListGuard) | `tests/it/hostile.rs` |
//! | a list that leaves somebody out makes us delete, forget or create | a look-up by key and one by id before each delete: `engine/apply/doomed.rs`; [`may_be_unlisted`](crate::plan::may_be_unlisted) | `tests/it/twins.rs`, `tests/campaign` |
//! | credentials go to another host | no redirect is followed; plain HTTP is refused but for loopback, which is never behind a proxy: `grid/client.rs`, `grid/settings.rs` | `tests/it/hostile.rs` |
//! | an id names another resource | one segment, fully encoded: `grid/call.rs` | there, `tests/it/hostile.rs` |
//! | text from outside acts on a terminal | [`report::safe`](crate::report::safe()), [`model::visible_json`](crate::model::visible_json) | `tests/it/hostile.rs` |
//! | input makes it panic or hang | bounds on records, lines, names and columns, in [`source`](crate::source) | `tests/it/fuzz.rs`, at random; `tests/fuzz`, guided by coverage: files, configurations, plans, state files, answers, addresses, statements |
//! | a plan is changed on its way | a digest over every line: `engine/plan_file.rs`; fingerprints of rows, checked again | `tests/it/fuzz.rs`, `tests/it/plan_file.rs` |
//! | a damaged state file is believed | SQLite's checks and ours: `state/open.rs` | `tests/it/fuzz.rs` |
//! | a cell runs in a spreadsheet | [`model::sheet`](crate::model::sheet) | `tests/it/export.rs`, `tests/it/rejects.rs` |
//!
//! # What is not held
//!
//! - Keys are not personal data here: they are told, stored and sent as they are. A platform whose keys are e-mail
//!   addresses has e-mail addresses in its logs.
//! - Columns are named. A CSV without a header has its first user there.
//! - A plan's digest is no signature: who can write the file can make another one. It tells damage and edits;
//!   guards and fingerprints are held against whatever is applied.
//! - A server that invents new customers for ever fills the disk with their ids, as fast as the rate allows;
//!   `--max-duration` ends it.
//! - Exports are for programs: CSV holds every key as it is, and escapes only on a terminal.
//! - Whoever runs as the same user, or as root, can read everything.
