//! The real program, timed from outside, with the most memory that it held.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Outcome;

/// How often the program's memory is looked at.
const SAMPLED_EVERY: Duration = Duration::from_millis(5);

/// A run that ended well.
pub(crate) struct Finished {
    /// From before its start to after its end.
    pub(crate) took: Duration,
    /// Peak resident memory in kB; `None` where the system has no `/proc`.
    pub(crate) peak: Option<u64>,
    /// What `--json` printed.
    summary: Value,
}

impl Finished {
    /// One of its counts.
    pub(crate) fn count(&self, name: &str) -> Option<u64> {
        self.summary["counts"][name].as_u64()
    }
}

/// Runs the program in this folder, without any surroundings but the folder. It must end with 0, or
/// with 3: some rows need a look.
pub(crate) fn run(folder: &Path, args: &[&str]) -> Outcome<Finished> {
    let begun = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_gridsync"))
        .args(args)
        .arg("--json")
        .env_clear()
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (output, peak) = wait(child)?;
    let took = begun.elapsed();
    if !matches!(output.status.code(), Some(0 | 3)) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("gridsync {}: {}\n{said}", args.join(" "), output.status).into());
    }
    Ok(Finished {
        took,
        peak,
        summary: serde_json::from_slice(&output.stdout)?,
    })
}

fn wait(child: Child) -> Outcome<(Output, Option<u64>)> {
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let (running, ended) = channel::<()>();
    thread::scope(|scope| {
        let sampler = scope.spawn(move || sample(&status, &ended));
        let output = child.wait_with_output();
        drop(running);
        let peak = sampler.join().map_err(|_| "the sampler panicked")?;
        Ok((output?, peak))
    })
}

/// The high-water mark, looked at until the program has ended. The system keeps the mark, so all
/// that can be missed is what the program newly took after the last look.
fn sample(status: &Path, ended: &Receiver<()>) -> Option<u64> {
    let mut peak = None;
    loop {
        peak = peak.max(high_water(status));
        if ended.recv_timeout(SAMPLED_EVERY) != Err(RecvTimeoutError::Timeout) {
            return peak;
        }
    }
}

fn high_water(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
