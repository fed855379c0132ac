//! The one option.

use std::env;

use super::Outcome;

/// Users of a run by `cargo test --benches`, which only asks whether a benchmark works.
const SMOKE: u32 = 500;

/// The number behind `--users`. Without it `default`, or a few where cargo did not ask for figures.
pub(crate) fn users_or(default: u32) -> Outcome<u32> {
    let mut users = SMOKE;
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--bench" => users = users.max(default),
            "--users" => return parse(args.next()),
            _ => return Err(format!("expected `--users N`, found `{arg}`").into()),
        }
    }
    Ok(users)
}

fn parse(number: Option<String>) -> Outcome<u32> {
    let number = number.unwrap_or_default();
    match number.parse() {
        Ok(users) if users >= 100 => Ok(users),
        _ => Err(format!("`--users`: expected a number from 100, found `{number}`").into()),
    }
}
