//! gridsync makes the customers of a Lightspark Grid platform agree with the platform's users.

pub mod cli;
pub mod commands;
pub mod config;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod engine;
pub mod event;
pub mod exit;
pub mod grid;
pub mod map;
pub mod model;
pub mod plan;
pub mod report;
pub mod source;
pub mod state;
pub mod validate;
