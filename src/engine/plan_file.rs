//! The plan file on disk: written whole or not at all, read twice, once to trust it and once to
//! apply it.

#![expect(
    clippy::disallowed_types,
    reason = "edge: writes and reads saved plans"
)]

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::draft::DraftOut;
use super::error::EngineError;
use crate::model::visible_json;
use crate::plan::{
    Change, Finding, Footer, Header, Line, PLAN_FORMAT_VERSION, Plan, PlanDigest, ReadPlan,
    read_line,
};

/// The longest line that is read, in bytes: a plan may come with a ticket, from anybody.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Writes a plan beside its final place, and moves it there when it is complete.
pub struct PlanWriter {
    path: PathBuf,
    file: BufWriter<NamedTempFile>,
    digest: PlanDigest,
}

impl PlanWriter {
    /// Begins the file with the plan's header. Readable by its owner alone.
    pub fn begin(path: &Path, header: &Header) -> Result<Self, EngineError> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let file = tempfile::Builder::new()
            .prefix(".plan-")
            .tempfile_in(folder)
            .map_err(failed(path))?;
        let mut writer = Self {
            path: path.to_owned(),
            file: BufWriter::new(file),
            digest: PlanDigest::default(),
        };
        writer.line(&Line::Plan {
            format_version: PLAN_FORMAT_VERSION,
            header,
        })?;
        Ok(writer)
    }

    /// Ends the file and moves it to its place, over an older plan.
    pub fn finish(mut self, plan: &Plan) -> Result<(), EngineError> {
        let mut footer = Footer {
            totals: plan.totals,
            guards: plan.guards.clone(),
            fingerprint: plan.fingerprint.clone(),
            digest: String::new(),
        };
        footer.digest = digest_with(std::mem::take(&mut self.digest), &footer);
        self.line(&Line::End(&footer))?;
        let Self { path, file, .. } = self;
        let file = file
            .into_inner()
            .map_err(|error| failed(&path)(error.into_error()))?;
        file.as_file().sync_all().map_err(failed(&path))?;
        file.persist(&path)
            .map_err(|error| failed(&path)(error.error))?;
        Ok(())
    }

    fn line(&mut self, line: &Line<'_>) -> Result<(), EngineError> {
        let text = serde_json::to_string(line).map_err(|error| failed(&self.path)(error.into()))?;
        // Whoever is sent a plan looks at it with `cat`.
        let text = visible_json(text);
        self.digest.add(&text);
        writeln!(self.file, "{text}").map_err(failed(&self.path))
    }
}

impl DraftOut for PlanWriter {
    fn change(&mut self, change: Change) -> Result<(), EngineError> {
        self.line(&Line::Change(&change))
    }

    fn finding(&mut self, finding: &Finding) -> Result<(), EngineError> {
        self.line(&Line::Finding(finding))
    }
}

/// The digest of all lines before the footer and of what the footer says: the verdicts of the guards
/// are as much a part of the plan as its changes.
fn digest_with(mut lines: PlanDigest, footer: &Footer) -> String {
    let unsigned = Footer {
        digest: String::new(),
        ..footer.clone()
    };
    let text = serde_json::to_string(&Line::End(&unsigned))
        .expect("a footer has text for keys and no value that JSON lacks");
    lines.add(&text);
    lines.finish()
}

/// Reads the whole file and answers what it was made from and what it comes to. A file that was
/// cut short or edited is refused.
pub fn verify_plan(path: &Path) -> Result<(Header, Footer), EngineError> {
    let damaged = |reason: &str| EngineError::PlanDamaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let mut digest = PlanDigest::default();
    let mut header = None;
    let mut footer = None;
    each_line(path, |text, line| {
        if footer.is_some() {
            return Err(damaged("it goes on after its end"));
        }
        match line {
            ReadPlan::End(end) => {
                if digest_with(std::mem::take(&mut digest), &end) != end.digest {
                    return Err(damaged("it was changed after it was made"));
                }
                footer = Some(end);
                return Ok(());
            }
            ReadPlan::Plan { header: found, .. } if header.is_none() => header = Some(found),
            ReadPlan::Plan { .. } => return Err(damaged("it holds two plans")),
            ReadPlan::Change(_) | ReadPlan::Finding {} => {}
        }
        digest.add(text);
        Ok(())
    })?;
    header
        .ok_or_else(|| damaged("it has no header"))
        .and_then(|header| match footer {
            Some(footer) => Ok((header, footer)),
            None => Err(damaged("its end is missing")),
        })
}

/// Hands over every change of a file that was verified.
pub fn read_changes(path: &Path, out: &mut dyn DraftOut) -> Result<(), EngineError> {
    each_line(path, |_, line| match line {
        ReadPlan::Change(change) => out.change(change),
        ReadPlan::Plan { .. } | ReadPlan::Finding {} | ReadPlan::End(_) => Ok(()),
    })
}

fn each_line(
    path: &Path,
    mut take: impl FnMut(&str, ReadPlan) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let damaged = |reason: String| EngineError::PlanDamaged {
        path: path.to_owned(),
        reason,
    };
    let mut file = BufReader::new(File::open(path).map_err(failed(path))?);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        let mut bounded = file.by_ref().take(LONGEST_LINE);
        bounded
            .read_until(b'\n', &mut bytes)
            .map_err(failed(path))?;
        if bytes.is_empty() {
            break;
        }
        let text = line_of(&bytes)
            .ok_or_else(|| damaged(format!("line {number} is not a line of a plan file")))?;
        let line = read_line(text, number).map_err(|error| damaged(error.to_string()))?;
        take(text, line)?;
    }
    Ok(())
}

/// The text without the end of the line; `None` for one that is too long, or no text.
fn line_of(bytes: &[u8]) -> Option<&str> {
    let line = match bytes.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None if u64::try_from(bytes.len()).ok()? < LONGEST_LINE => bytes,
        None => return None,
    };
    str::from_utf8(line).ok()
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> EngineError {
    let path = path.to_owned();
    move |source| EngineError::PlanFile { path, source }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the tests look at the file from outside, and damage it"
)]
mod tests {
    use super::*;
    use crate::model::Scope;
    use crate::plan::testing::{create, delete, target};
    use crate::plan::{Samples, ScanFacts, ScanKind, Totals};

    fn plan() -> Plan {
        Plan {
            header: Header {
                nonce: "nonce".into(),
                created_at: jiff::Timestamp::UNIX_EPOCH,
                target: target(),
                state_id: "state-1".into(),
                generation: 0,
                source: "csv users.csv".into(),
                mapping: "mapping".into(),
                scan: ScanFacts {
                    kind: ScanKind::Full,
                    at: None,
                    count_agrees: Some(true),
                },
                scope: Scope::EVERYBODY,
            },
            totals: Totals::default(),
            samples: Samples::default(),
            guards: Vec::new(),
            fingerprint: "fingerprint".into(),
        }
    }

    /// A plan of a create and a delete, and its lines.
    fn written(path: &Path) -> Vec<String> {
        let plan = plan();
        let mut writer = PlanWriter::begin(path, &plan.header).expect("begun");
        writer.change(create("a", 1)).expect("written");
        writer.change(delete("b", "Customer:2")).expect("written");
        writer.finish(&plan).expect("finished");
        let text = std::fs::read_to_string(path).expect("read");
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_plan_comes_back_as_it_went() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("plan");
        written(&path);
        let (header, footer) = verify_plan(&path).expect("whole");
        assert_eq!(header, plan().header);
        assert_eq!(footer.fingerprint, "fingerprint");
        let mut kept = Vec::new();
        read_changes(&path, &mut kept).expect("read");
        assert_eq!(kept, [create("a", 1), delete("b", "Customer:2")]);
    }

    #[test]
    fn a_plan_that_was_cut_edited_or_joined_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("plan");
        let whole = written(&path);
        let edited = whole
            .iter()
            .map(|line| line.replace("Customer:2", "Customer:3"));
        let without = |at| {
            let mut lines = whole.clone();
            lines.remove(at);
            lines
        };
        let joined = [whole.as_slice(), &whole].concat();
        let twice_begun = [&whole[..1], &whole].concat();
        let cases = [
            (edited.collect(), "changed after"),
            (without(0), "changed after"),
            (without(1), "changed after"),
            (without(3), "end is missing"),
            (joined, "after its end"),
            (twice_begun, "two plans"),
            (Vec::new(), "no header"),
        ];
        for (lines, reason) in cases {
            std::fs::write(&path, lines.join("\n")).expect("written");
            let error = verify_plan(&path).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_plan_that_is_not_finished_leaves_the_older_one_in_its_place() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("plan");
        let older = written(&path);
        let mut writer = PlanWriter::begin(&path, &plan().header).expect("begun");
        writer.change(create("z", 9)).expect("written");
        drop(writer);
        let text = std::fs::read_to_string(&path).expect("read");
        assert_eq!(text.lines().collect::<Vec<_>>(), older);
        let files = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(files, 1, "and nothing beside it");
    }
}
