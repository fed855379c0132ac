//! Against a real server: PostgreSQL on 127.0.0.1:5432, where the user `postgres` needs no password.

mod connecting;
mod forms;
mod reading;
mod server;
mod statements;
mod trusting;
