//! What was asked for.

/// The command line.
pub(crate) struct Args {
    pub(crate) seeds: u64,
    pub(crate) kills: u64,
    pub(crate) first: u64,
    pub(crate) only: Option<String>,
    pub(crate) jobs: usize,
}

/// What `cargo test` runs.
const FEW: (u64, u64) = (46, 12);

pub(crate) const USAGE: &str =
    "usage: tests/campaign [--seeds N] [--kills N] [--first N] [--only CLASS] [--jobs N]

  --seeds N     stories in which something goes wrong with Grid, one for each seed
  --kills N     stories in which the program is killed
  --first N     the first seed (1)
  --only CLASS  stories of one class
  --jobs N      stories at the same time (6)

Without --seeds and --kills: 46 stories of the one sort and 12 of the other.";

impl Args {
    /// `Ok(None)`: what `cargo test` was asked for is nothing of ours.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut args = Self {
            seeds: 0,
            kills: 0,
            first: 1,
            only: None,
            jobs: 6,
        };
        let mut asked = false;
        let mut words = words;
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word.as_str() {
                "--seeds" => (args.seeds, asked) = (number(&value()?)?, true),
                "--kills" => (args.kills, asked) = (number(&value()?)?, true),
                "--first" => args.first = number(&value()?)?,
                "--jobs" => args.jobs = usize::try_from(number(&value()?)?).unwrap_or(1).max(1),
                "--only" => args.only = Some(value()?),
                "--help" => return Err(String::new()),
                "--list" => return Ok(None),
                // Flags of the usual harness, which `cargo test` hands to everyone.
                flag if flag.starts_with('-') => {
                    let usual = ["--quiet", "-q", "--nocapture", "--no-capture", "--exact"];
                    let usual = usual.contains(&flag) || flag.starts_with("--test-threads=");
                    usual
                        .then_some(())
                        .ok_or_else(|| format!("there is no {flag}"))?;
                }
                filter if "campaign".contains(filter) => {}
                _ => return Ok(None),
            }
        }
        if !asked {
            (args.seeds, args.kills) = FEW;
        }
        Ok(Some(args))
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("expected a number, found {text}"))
}
