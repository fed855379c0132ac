//! From a source and a mirror to a plan, with real files and without Grid.

mod histories;
mod model;
mod stories;
mod world;
