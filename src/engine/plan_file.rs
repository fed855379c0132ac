//! The plan file on disk: written whole or not at all, read twice, once to trust it and once to
//! apply it.

#![expect(
    clippy::disallowed_types,
    reason = "edge: writes and reads saved plans"
)]

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::draft::DraftOut;
use super::error::EngineError;
use crate::plan::{
    Change, Finding, Footer, Header, Line, PLAN_FORMAT_VERSION, Plan, PlanDigest, ReadPlan,
    read_line,
};

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
        let digest = std::mem::take(&mut self.digest).finish();
        let (totals, guards, fingerprint) =
            (plan.totals, plan.guards.clone(), plan.fingerprint.clone());
        self.line(&Line::End(&Footer {
            totals,
            guards,
            fingerprint,
            digest,
        }))?;
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
                if std::mem::take(&mut digest).finish() != end.digest {
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
    let file = BufReader::new(File::open(path).map_err(failed(path))?);
    for (number, text) in (1..).zip(file.lines()) {
        let text = text.map_err(failed(path))?;
        let line = read_line(&text, number).map_err(|error| EngineError::PlanDamaged {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        take(&text, line)?;
    }
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> EngineError {
    let path = path.to_owned();
    move |source| EngineError::PlanFile { path, source }
}
