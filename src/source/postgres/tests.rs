//! Against a real server: a PostgreSQL where the user `postgres` needs no password (`tests/servers`).

mod connecting;
mod forms;
mod reading;
mod server;
mod statements;
mod trusting;
