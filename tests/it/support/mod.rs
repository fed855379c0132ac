//! What makes the stories short: an emulated Grid, a CSV of users, a place with a state file, and
//! the real program between them.
//!
//! ```ignore
//! let grid = Grid::new().fault("drop-after-commit=#3").start();
//! let place = Place::on(&grid).users(&Users::some(30));
//! place.sync().end().exits(0).counts("source_rows 30, created 30, planned.create 30");
//! grid.assert_one_active_each(&Users::some(30).keys());
//! ```

mod database;
mod ended;
mod grid;
mod place;
mod run;
mod server;
mod sheet;
mod sql;
mod users;

pub(crate) use database::{Database, FIELDS, Kind, User, sqlite_of_samples};
pub(crate) use ended::Ended;
pub(crate) use grid::Grid;
pub(crate) use place::{Place, sample};
pub(crate) use run::{Run, Running};
pub(crate) use server::{Server, read_request};
pub(crate) use sheet::Sheet;
pub(crate) use users::{Users, key};
