//! One run of the real program, in an environment of its own.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use super::{Ended, Place};

/// No story's run takes as long; one that does hangs, and is killed.
const HANGS_AFTER: Duration = Duration::from_mins(2);

/// A command that is not run yet.
pub(crate) struct Run {
    command: Command,
    name: String,
    folder: PathBuf,
    json: bool,
    /// What begins the program: words before its own.
    within: Vec<String>,
    /// Flags that stand unless the story says otherwise.
    defaults: Vec<(&'static str, OsString)>,
    args: Vec<OsString>,
}

/// A run that is going on. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
    json: bool,
}

impl Run {
    pub(super) fn new(place: &Place, name: &str) -> Self {
        // `env` takes what is put before the program.
        let mut command = Command::new("/usr/bin/env");
        command
            .env_clear()
            .current_dir(place.folder())
            .stdin(Stdio::null())
            .env("HOME", place.path("home"))
            .env("XDG_CONFIG_HOME", place.path("home/config"))
            .env("XDG_STATE_HOME", place.path("home/state"))
            .env("TMPDIR", place.path("tmp"))
            // One read is enough, but where the story is about waiting.
            .env("GRIDSYNC_MIN_ABSENCE", "0s");
        let mut defaults = vec![("--state", place.path("state.sqlite").into_os_string())];
        if matches!(name, "check" | "plan" | "apply" | "sync" | "rehearse") {
            defaults.extend([
                ("--csv", OsString::from("users.csv")),
                ("--base-url", OsString::from(place.base_url())),
                ("--rate", OsString::from("100000/s")),
                ("--settle", OsString::from("300ms")),
                ("--timeout", OsString::from("1s")),
            ]);
        }
        Self {
            command,
            name: name.to_owned(),
            folder: place.folder().to_owned(),
            json: true,
            within: Vec::new(),
            defaults,
            args: Vec::new(),
        }
    }

    /// With these words, as a shell would take them if none had a space.
    pub(crate) fn args(mut self, words: &str) -> Self {
        for word in words.split_whitespace() {
            self = self.arg(word);
        }
        self
    }

    /// With this word. A flag that stands by itself takes its place.
    pub(crate) fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.defaults.retain(|(flag, _)| *flag != word.as_ref());
        self.args.push(word.as_ref().to_owned());
        self
    }

    /// Without one of the flags that stand by themselves.
    #[track_caller]
    pub(crate) fn without(mut self, flag: &str) -> Self {
        let before = self.defaults.len();
        self.defaults.retain(|(known, _)| *known != flag);
        assert_eq!(
            self.defaults.len(),
            before - 1,
            "{flag} does not stand by itself"
        );
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn stdin(mut self, file: File) -> Self {
        self.command.stdin(file);
        self
    }

    /// No file grows over so many blocks, as if the disk were full: a write fails, and no signal comes.
    pub(crate) fn largest_file(mut self, blocks: u32) -> Self {
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        self.within = ["sh", "-c", &limit].map(str::to_owned).to_vec();
        self
    }

    /// Permissions of files hold even for root.
    pub(crate) fn obeying_modes(mut self) -> Self {
        let words = [
            "setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search",
        ];
        self.within = words.map(str::to_owned).to_vec();
        self
    }

    /// For people, not as JSON.
    pub(crate) fn in_words(mut self) -> Self {
        self.json = false;
        self
    }

    /// Runs to the end.
    #[track_caller]
    pub(crate) fn end(self) -> Ended {
        self.spawn().end()
    }

    /// Begins, and goes on beside the story.
    pub(crate) fn spawn(mut self) -> Running {
        let (stdout, stderr) = self.outputs();
        let file = |path: &PathBuf| File::create_new(path).expect("a new file");
        self.command.args(&self.within);
        self.command.arg(env!("CARGO_BIN_EXE_gridsync"));
        self.command.arg(&self.name);
        for (flag, value) in &self.defaults {
            self.command.arg(flag).arg(value);
        }
        self.command.args(&self.args);
        if self.json {
            self.command.arg("--json");
        }
        let child = self
            .command
            .stdout(file(&stdout))
            .stderr(file(&stderr))
            .spawn()
            .expect("the program was built for this test");
        Running {
            child,
            stdout,
            stderr,
            json: self.json,
        }
    }

    /// Files, not pipes: nothing waits for a story to read.
    fn outputs(&self) -> (PathBuf, PathBuf) {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let path = |stream| self.folder.join(format!("tmp/run-{number}.{stream}"));
        (path("stdout"), path("stderr"))
    }
}

impl Running {
    /// Waits for the end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        let status = self.wait();
        let read = |path| fs::read_to_string(path).expect("the run's output is UTF-8");
        Ended::new(status, read(&self.stdout), read(&self.stderr), self.json)
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// As if the machine lost its power.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("our own child can be killed");
        self.child.wait().expect("our own child can be waited for");
    }

    /// Sends `INT`, `TERM`, ….
    pub(crate) fn signal(&self, name: &str) {
        let sent = send_signal(self.id(), name).expect("`kill` can be run");
        assert!(sent.success(), "SIG{name} was not sent");
    }

    fn wait(&mut self) -> ExitStatus {
        let id = self.id();
        let watchdog = watchdog(id);
        let status = self.child.wait().expect("our own child can be waited for");
        drop(watchdog);
        status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended long since.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Kills the process unless what is returned is dropped in time.
fn watchdog(id: u32) -> Sender<()> {
    let (over, ended) = mpsc::channel();
    thread::spawn(move || {
        if ended.recv_timeout(HANGS_AFTER) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = send_signal(id, "KILL");
        }
    });
    over
}

fn send_signal(id: u32, name: &str) -> io::Result<ExitStatus> {
    Command::new("kill")
        .args(["-s", name, &id.to_string()])
        .status()
}
