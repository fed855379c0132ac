//! gridsync makes the customers of a Lightspark Grid platform agree with the platform's users: one
//! way, planned, rate-limited, resumable. This is the architecture page; how to use the program is in
//! the README.
//!
//! # The flow
//!
//! ```text
//!               pure: no I/O, no clock, no async
//!        ┌──────────────────────────────────────────┐
//! source │ map ─▶ validate ─▶ (staged) ─┐           │
//!  CSV   │                              ├─▶ draft ──┼─▶ plan ─▶ apply ─▶ report
//!  grid ─┼──────────────▶ (mirror) ─────┘           │    │        └ source again, for the values
//!  list  └──────────────────────────────────────────┘  guards
//! ```
//!
//! 1. **Stage** ([`engine::stage()`]): one streaming pass over the [`source`]. Each row is [`map`]ped to
//!    Grid's fields and [`validate`]d. A bad one becomes a [`model::Reject`] with position, field
//!    and code; a good one leaves its key, its position and its fingerprints, sorted by key on disk.
//! 2. **Scan** ([`engine::scan()`]): Grid's customers are listed into the mirror, a table of the
//!    [`state`] file. One page and the cursor after it are one transaction, so a scan goes on where
//!    it stopped.
//! 3. **Draft** ([`engine::draft()`]): both, in key order, merge into a plan by one `match`
//!    ([`plan::decide`]); [`plan::judge`] holds the guards against it.
//! 4. **Apply** ([`engine::Applier`]): a second pass over the source picks the rows that have a
//!    change, checks that each still has the fingerprint that was planned, and sends it: the
//!    customer, and then its bank account, which is a resource of its own in edition 2026-08.
//!    What came of it is also written back, if asked for: [`engine::write_back()`] puts the ids of customers
//!    that are ours into the platform's own database.
//! 5. **Report**: all of them emit [`event::Event`]s; [`report`] alone prints.
//!
//! Memory stays flat: nothing holds a row's values for longer than it takes to send them, and what
//! grows with the source is spilled to disk. No value is kept at all: state and plan hold keys, ids,
//! positions and keyed hashes ([`plan::HashKey`]).
//!
//! # The layers
//!
//! | layer | modules | may import |
//! |---|---|---|
//! | pure | [`model`]: ids, positions, the table of fields, user, customer, reject | nothing |
//! | | [`map`], [`validate`], [`plan`] | `model` |
//! | | [`event`] | `model`, `plan` |
//! | edges | [`source`]: rows out of files and databases; [`grid`]: the HTTP client | `model` |
//! | | [`state`]: SQLite | `model`, `plan` |
//! | | [`report`]: terminal, lines, JSON | `event`, `model`, `plan` |
//! | driver | [`engine`]: one file a phase | pure and `source`, `grid`, `state`; not `report` |
//! | shell | [`cli`]: what was typed | nothing |
//! | | [`config`]: what was meant | `cli`, `model`, `plan` |
//! | | [`exit`]: codes and failures | `config`, `engine`, `plan` |
//! | | [`commands`]: one file a command, wiring only | all of the above |
#![cfg_attr(
    feature = "emulator",
    doc = "| apart | [`emulator`]: a stand-in for Grid over HTTP; only `rehearse`, `emulate` and tests use it | nothing at all |"
)]
//!
//! `tests/it/layering.rs` holds the table; `.clippy.toml` holds what no import shows: files, clocks,
//! the environment, standard streams. A module that may lift a ban says why at its top
//! (`#![expect(…, reason = "edge: …")]`).
//!
//! Why: the pure middle gives the same plan for the same input, so it is tested with laws and without
//! a server. The edges do not know each other, so one can be replaced. Planning gets an
//! [`engine::Context`], whose [`grid::Reader`] has no method that writes; only [`engine::Applier`]
//! makes a [`grid::Writer`]. The emulator shares not even a type with the client: a misread field
//! would be wrong on both sides with every test green.
//!
//! # Where to find what
//!
//! | question | place |
//! |---|---|
//! | Which fields are there, and what do they accept? | [`model::field::FIELDS`] |
//! | Which account types are there, and what does each need? | [`model::account::KINDS`] |
//! | What does `init` propose? | [`map::propose`]: names, values, what is left to decide; its text is `config/draft/` |
//! | What is wrong with a row? | [`map::Mapping`] (cells), [`validate::Checker`] (values), [`model::FaultCode`] |
//! | What does one platform ask besides? | [`validate::PlatformRules`], out of [`model::Platform`] |
//! | Is a listed account the one that is meant? | [`model::account::likeness`] |
//! | Create, compare, orphan, ambiguous? | [`plan::decide`]; what differs: [`plan::compare`] |
//! | Whom is a run about? | [`model::Scope`]; rows: [`engine::Reading::judge`], customers: `engine/draft/scope.rs` |
//! | Who is absent for long enough to be deleted? Which reads count? | [`plan::DeleteRules`], [`plan::uncounted`] |
//! | Who is gone from a full list, and who is only not listed yet? | [`plan::may_be_unlisted`], `engine/scan/unlisted.rs` |
//! | What has Grid to show before a customer is deleted? | `engine/apply/doomed.rs` |
//! | Who refused, and why? | [`plan::judge`] |
//! | Is a failure transient, a refusal, or unknown? | [`grid::Class`]: the only table of it |
//! | When may a request leave? | [`grid::Throttle`] |
//! | What may a spreadsheet not run? | [`model::sheet`] |
//! | Which rows are left undone, and why? | `engine/undone.rs`, [`source::RejectsFile`] |
//! | What happens with the answer? | `engine/apply/once.rs` for all that is made, `engine/apply/delete.rs` |
//! | What is done about a bank account? | [`plan::account_need`], `engine/apply/attach.rs`, `detach.rs` |
//! | Which ids go back into which database? | `state/write_back.rs` says which wait; [`source::write_back`] puts them there |
//! | What is on disk? | [`state`]; its schema is `state/schema.rs` |
//! | Where does a setting come from? | `config/keys.rs` lists all, [`config::resolve()`] reads them |
//! | Which exit code? | [`exit::Exit`] |
//! | Who may do what, and what holds it? | [`threat_model`] |
//!
//! # The journal
//!
//! ```text
//! planned ──▶ in_flight ──▶ applied | already_applied | failed | deferred
//!    ▲            │ ▲
//!    └── no effect┘ └─ looked up ── unknown
//! ```
//!
//! Grid has no idempotency key for a create, so the journal stands in for it. The rules, in
//! [`state::Record`] and `engine/apply/`:
//!
//! - A change is `in_flight` **on disk before its request leaves**.
//! - An outcome is one transaction with what the mirror learns from it.
//! - A request whose outcome is not known (no answer, a 5xx, an answer that cannot be read) leaves
//!   the change `unknown`. It is **looked up** by `platformCustomerId`; only an answer that is
//!   successful and empty, after the time in which a late commit may land (`grid.settle`, from when the request was given up on),
//!   means absent.
//! - **No second `POST` for a key leaves before a look-up has said that the customer does not exist**,
//!   within a run and across runs: a key is looked up first if a request for it was ever tried, if a customer
//!   of it was ever known, or if Grid's count does not vouch for the list that the plan rests on.
//! - **No `DELETE` leaves before two answers of that moment agree with the plan**: the customer's key is looked
//!   up, for a list may have left out a second customer with it, and its id is asked for, which is the last
//!   word on whether and how it is there. With another customer of that key, another key or another
//!   version, it is left. Nobody in the look-up at all is a list that is late: it is waited for as after
//!   a create, and then the id decides. Only an answer that shows the deleted customer ends it.
//! - **What we made is not forgotten because a list does not show it.** A full scan drops whom it did not see,
//!   unless Grid made them so short a time before that no list need show them
//!   ([`plan::may_be_unlisted`]): those are asked for by their ids.
//! - A bank account is a step with a journal of its own, one row for each customer, which begins in one
//!   transaction with the customer. The same rules hold for it: the customer's accounts are listed
//!   before any `POST` but the first one of a customer that was made a moment ago. Grid cannot change an
//!   account: replacing it is a delete by id and then such a step. A row is counted by what became of
//!   both.
//! - A run begins by settling what any earlier run left open ([`engine::settle`]). Then `sync` plans
//!   anew, and `apply` goes on with the same plan.
//! - Commits are grouped: records that arrive together share one `fsync`, so the journal is not
//!   what a run waits for.
//!
//! `tests/it/kill.rs` kills the program at every request of a run, and in every phase.
//!
//! # How to add
//!
//! **A field**: one line in the group that it belongs to, in `model/field/table/`, with a code that was
//! never used (codes are stored). Mapping, validation, request bodies, comparison, `gridsync fields`
//! follow. The emulator has a table of its own, on purpose: teach it too (`emulator/shape/`).
//!
//! **An account type**: one line in `model/account/table.rs`. A field that only it has is added as above,
//! under `externalAccount.`, and without a rule where types differ in it.
//!
//! **A command**: arguments in [`cli`], options in `config/command.rs`, a file in [`commands`] and an arm
//! in `commands/run.rs`. A command makes edges, calls the engine, fills the ending; it decides
//! nothing.
//!
//! **A fault** of the emulator: a row in `emulator/fault/kind.rs`, and its effect in `emulator/trouble.rs` or
//! where it strikes. Tests and `--fault` have it then.
//!
//! **A migration**: append to the list in `state/schema.rs`; never edit an older entry. `user_version` counts
//! them, each is one transaction, and an older program refuses a newer file.
//!
//! **A source**: implement [`source::Source`] and [`source::Rows`]. Every pass must give the same rows, and
//! whatever could make it look shorter than it is must end the pass: absent users are deletes in the
//! making. A database's driver pushes its rows through `source/pump`, on a thread of its own: one
//! transaction that only reads, one snapshot a pass, let go when the reader is slow.
//!
//! # Words
//!
//! Errors say what was expected, what was found, where, and what to do: "`grid.rate`: expected requests in a
//! time, such as 5/s; found `fast`". They never hold a row's value ([`model::Personal`] cannot be
//! printed), and never a part of a credential ([`model::Secret`]). A refusal says what was measured, the limit,
//! where the limit comes from, that nothing was written, and the command that would go on. An error
//! type keeps its cause as `#[source]` and does not print it as well.
//!
//! A *user* is the platform's, a *customer* is Grid's; there is never a bare `id`, only a
//! [`model::Key`] (`platformCustomerId`) and a [`model::CustomerId`]. The stand-in is the *emulator*, never
//! the sandbox, which is Grid's own.
//!
//! # The checks
//!
//! `tests/run` runs all of them; `tests/run --quick` the tests alone. `tests/it/main.rs` says what each file of
//! integration tests is for: they run the real binary against the real emulator over HTTP, and against the
//! PostgreSQL and the MariaDB that `tests/servers` finds, starts or installs. `tests/campaign` plays seeded
//! stories of outcomes that are not known and of kills, as many as are asked for. `tests/fuzz/run` gives
//! whatever is read from outside to a fuzzer, one target for each kind of input; `cargo test` runs every target
//! over its seeds, among them each input that was a finding.

pub mod cli;
pub mod commands;
pub mod config;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod engine;
pub mod event;
pub mod exit;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
pub mod grid;
pub mod map;
pub mod model;
pub mod plan;
pub mod report;
pub mod source;
pub mod state;
pub mod threat_model;
pub mod validate;
