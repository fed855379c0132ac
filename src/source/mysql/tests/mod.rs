//! Against the real server of this machine: `root` without a password, on port 3306.

mod ends;
mod faults;
mod forms;
mod passes;
mod tls;
mod world;
