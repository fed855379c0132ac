//! How much the operator sees, and in which form.

/// How progress is shown. Chosen once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A bar on stderr.
    Terminal,
    /// A line on stderr every few seconds.
    Lines,
    /// Nothing; not even the result, unless it was asked for as JSON. When the exit code is not
    /// 0, the reasons still go to stderr.
    Quiet,
}

impl Mode {
    /// The mode for these facts: whether stderr is a terminal that can move its cursor, and
    /// whether `-q` was given.
    pub const fn choose(stderr_is_terminal: bool, quiet: bool) -> Self {
        match (quiet, stderr_is_terminal) {
            (true, _) => Self::Quiet,
            (false, true) => Self::Terminal,
            (false, false) => Self::Lines,
        }
    }
}

/// What goes to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Text for people.
    Text,
    /// The summary at the end, as one line of JSON.
    Json,
    /// Each event as one line of JSON, the summary last.
    Events,
}

impl Output {
    /// The output for the flags `--json` and `--events`; the second wins, for it says more.
    pub const fn choose(json: bool, events: bool) -> Self {
        match (events, json) {
            (true, _) => Self::Events,
            (false, true) => Self::Json,
            (false, false) => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_a_bar_cron_gets_lines_and_quiet_wins() {
        assert_eq!(Mode::choose(true, false), Mode::Terminal);
        assert_eq!(Mode::choose(false, false), Mode::Lines);
        assert_eq!(Mode::choose(true, true), Mode::Quiet);
        assert_eq!(Mode::choose(false, true), Mode::Quiet);
    }

    #[test]
    fn events_say_more_than_json() {
        assert_eq!(Output::choose(false, false), Output::Text);
        assert_eq!(Output::choose(true, false), Output::Json);
        assert_eq!(Output::choose(true, true), Output::Events);
    }
}
