//! The exact command that would go on, out of the one that was typed.

/// Flags that every command that reads a source understands, with their values.
const SHARED: [&str; 12] = [
    "--config",
    "--state",
    "--csv",
    "--delimiter",
    "--edition",
    "--base-url",
    "--rate",
    "--burst",
    "--concurrency",
    "--timeout",
    "--settle",
    "--color",
];

/// What was typed, and these flags besides.
pub(super) fn with_flags(args: &[String], flags: &[String]) -> String {
    let typed = args.iter().skip(1).map(String::as_str);
    join(typed.chain(flags.iter().map(String::as_str)))
}

/// Another command on the same source, state and configuration.
pub(super) fn another(args: &[String], command: &[&str]) -> String {
    join(command.iter().copied().chain(shared(args)))
}

/// The flags of the typed command that tell where things are.
fn shared(args: &[String]) -> impl Iterator<Item = &str> {
    let mut takes_value = false;
    args.iter().map(String::as_str).filter(move |arg| {
        if std::mem::take(&mut takes_value) {
            return true;
        }
        let (name, inline) = arg
            .split_once('=')
            .map_or((*arg, false), |(name, _)| (name, true));
        let known = SHARED.contains(&name);
        takes_value = known && !inline;
        known
    })
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold("gridsync".to_owned(), |mut line, word| {
        line.push(' ');
        line.push_str(&quoted(word));
        line
    })
}

/// As a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=%@,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_refused_command_is_repeated_with_the_flag_that_goes_on() {
        let typed = args("gridsync sync --csv users.csv --yes");
        let next = with_flags(&typed, &["--confirm-deletes".into(), "37".into()]);
        assert_eq!(
            next,
            "gridsync sync --csv users.csv --yes --confirm-deletes 37"
        );
    }

    #[test]
    fn another_command_keeps_what_tells_where_things_are_and_nothing_else() {
        let typed = args(
            "gridsync plan --csv users.csv -o plan.ndjson --rate=9/s --detailed-exitcode --state s.sqlite",
        );
        let next = another(&typed, &["apply", "my plan"]);
        assert_eq!(
            next,
            "gridsync apply 'my plan' --csv users.csv --rate=9/s --state s.sqlite"
        );
    }
}
