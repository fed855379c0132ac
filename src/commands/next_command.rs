//! The exact command that would go on, out of the one that was typed.

/// Flags that every command that reads a source understands, with their values.
const SHARED: [&str; 21] = [
    "--config",
    "--state",
    REJECTS,
    "--csv",
    "--ndjson",
    "--sqlite",
    "--postgres",
    "--mysql",
    "--table",
    "--query",
    "--delimiter",
    "--edition",
    "--base-url",
    "--rate",
    "--reserve",
    "--recovery",
    "--burst",
    "--concurrency",
    "--timeout",
    "--settle",
    "--color",
];

/// Flags that say whom a run is about. A saved plan and an interrupted run know it themselves.
const SCOPE: [&str; 2] = ["--only", "--where"];

/// Where the rows go that are left undone. Of no use to a run that tries them again.
const REJECTS: &str = "--rejects";

/// What was typed, and these flags besides.
pub(super) fn with_flags(args: &[String], flags: &[String]) -> String {
    let typed = args.iter().skip(1).map(String::as_str);
    join(typed.chain(flags.iter().map(String::as_str)))
}

/// Another command on the same source, state and configuration.
pub(super) fn another(args: &[String], command: &[&str]) -> String {
    join(command.iter().copied().chain(shared(args, &SHARED)))
}

/// The same about the same users.
pub(super) fn another_about_them(args: &[String], command: &[&str]) -> String {
    let known: Vec<&str> = SHARED.into_iter().chain(SCOPE).collect();
    join(command.iter().copied().chain(shared(args, &known)))
}

/// The command that tries the rejects of a run again.
pub(super) fn rejects_again(args: &[String], run_id: &str, file: &str) -> String {
    let known: Vec<&str> = SHARED.into_iter().filter(|flag| *flag != REJECTS).collect();
    let command = ["sync", "--rejects-of", run_id, file];
    join(command.into_iter().chain(shared(args, &known)))
}

/// The command that goes on with writing ids back.
pub(super) fn write_back_again(args: &[String]) -> String {
    let known: Vec<&str> = SHARED.into_iter().filter(|flag| *flag != REJECTS).collect();
    join(
        ["export", "--write-back"]
            .into_iter()
            .chain(shared(args, &known)),
    )
}

/// The flags of the typed command that tell where things are.
fn shared<'a>(args: &'a [String], flags: &[&str]) -> impl Iterator<Item = &'a str> {
    let mut takes_value = false;
    args.iter().map(String::as_str).filter(move |arg| {
        if std::mem::take(&mut takes_value) {
            return true;
        }
        let (name, inline) = arg
            .split_once('=')
            .map_or((*arg, false), |(name, _)| (name, true));
        let known = flags.contains(&name);
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
    fn rejects_are_tried_again_with_what_tells_where_things_are() {
        let typed = args("gridsync sync --csv users.csv --rejects bad.csv --yes --state s.sqlite");
        assert_eq!(
            rejects_again(&typed, "0199-run", "my bad.csv"),
            "gridsync sync --rejects-of 0199-run 'my bad.csv' --csv users.csv --state s.sqlite"
        );
        assert_eq!(
            another(&typed, &["apply"]),
            "gridsync apply --csv users.csv --rejects bad.csv --state s.sqlite"
        );
    }

    #[test]
    fn what_writes_ids_back_leaves_the_rows_that_were_rejected_alone() {
        let typed = args("gridsync sync --rejects bad.csv --yes --config g.toml");
        let next = write_back_again(&typed);
        assert_eq!(next, "gridsync export --write-back --config g.toml");
    }

    #[test]
    fn whom_it_is_about_is_kept_where_nothing_else_knows_it() {
        let typed = args("gridsync check --csv users.csv --only a* --where=customerType=BUSINESS");
        let next = another_about_them(&typed, &["plan"]);
        assert_eq!(
            next,
            "gridsync plan --csv users.csv --only 'a*' --where=customerType=BUSINESS"
        );
        assert_eq!(
            another(&typed, &["apply"]),
            "gridsync apply --csv users.csv"
        );
    }

    #[test]
    fn another_command_keeps_what_tells_where_things_are_and_nothing_else() {
        let typed = args(
            "gridsync plan --csv users.csv -o plan.ndjson --rate=9/s --reserve 20% --recovery 5s --detailed-exitcode --state s.sqlite",
        );
        let next = another(&typed, &["apply", "my plan"]);
        assert_eq!(
            next,
            "gridsync apply 'my plan' --csv users.csv --rate=9/s --reserve 20% --recovery 5s --state s.sqlite"
        );
    }
}
