//! A log that is asked in this process: a data folder or a backup that is only read, behind the same service
//! that answers requests over NATS.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::Context as _;
use plansync_domain::ids::TenantId;
use plansync_engine::{Config, Engine};
use plansync_log::backend::{LogView, OpenError, Progress};
use plansync_log::environment::temporary_folder;
use plansync_protocol::Encoding;
use plansync_service::{Answer, Headers, Inbound, RandomIds, Service};
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::task::{JoinError, spawn_blocking};

use crate::backend;
use crate::erasure_key::GivenKeys;
use crate::exit::{Exit, NotUnderstood};
use crate::failure;
use crate::output::{self, Output};
use crate::paths;
use crate::place::Place;
use crate::progress::CommitsBar;
use crate::signals::Signals;

/// What is damaged in the log that this process reads, if what follows it is not seen.
static DAMAGE: OnceLock<String> = OnceLock::new();

/// What is damaged in the log that this process reads. What is behind that is not seen, so that an answer of "there is no
/// such thing" is only true of what is before it.
pub(crate) fn damage() -> Option<&'static str> {
    DAMAGE.get().map(String::as_str)
}

/// Why a log that is only read gives no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ViewError {
    /// A signal asked the process to end.
    #[error("interrupted; nothing was changed")]
    Interrupted,
    /// A defect.
    #[error("the request crashed; nothing was changed: report it")]
    Crashed(#[source] JoinError),
}

/// A log that is only read, and the service that answers from it.
pub(crate) struct View {
    // Closed before the folder is removed that it needs.
    service: Service,
    wrong: Vec<OpenError>,
    signals: Mutex<Signals>,
    interrupted: Arc<AtomicBool>,
    _temporary: TempDir,
}

impl View {
    /// Opens a log. The progress is shown on a terminal. A signal ends the opening, and whatever is in the
    /// temporary folder is removed.
    pub(crate) async fn open(
        place: Place,
        keys: GivenKeys,
        output: Output,
    ) -> anyhow::Result<Self> {
        let mut signals = Signals::listen()?;
        let within = temporary_folder();
        let temporary = tempfile::Builder::new()
            .prefix("plansync-view-")
            .tempdir_in(&within)
            .with_context(|| {
                let within = within.display();
                format!("a folder could not be created in {within}; set TMPDIR to another folder")
            })?;
        let interrupted = Arc::<AtomicBool>::default();
        let folder = temporary.path().to_owned();
        let (bar, ends) = (CommitsBar::new(output, "reading"), Arc::clone(&interrupted));
        let opening = move || open(&place, keys, &folder, bar, &ends);
        let (service, wrong) = aside(&mut signals, &interrupted, opening).await??;
        if let Some(first) = wrong.first() {
            // A process reads one log.
            let _ = DAMAGE.set(first.to_string());
        }
        Ok(Self {
            service,
            wrong,
            signals: Mutex::new(signals),
            interrupted,
            _temporary: temporary,
        })
    }

    /// The view, unless the log is damaged before the first commit of this tenant, or of any if none is given.
    pub(crate) fn reaching(mut self, tenant: Option<&str>) -> Result<Self, OpenError> {
        let tenants = self.tenants();
        let is_there = match tenant {
            Some(tenant) => tenants.iter().any(|one| one.as_str() == tenant),
            None => !tenants.is_empty(),
        };
        if is_there || self.wrong.is_empty() {
            Ok(self)
        } else {
            Err(self.wrong.remove(0))
        }
    }

    /// The learners whose texts cannot be read, though the log says of nobody that they were erased: their keys are not
    /// at hand. The second number is that of all who were not erased.
    fn without_keys(&self) -> (usize, usize) {
        let engine = self.service.engine();
        let (mut without, mut all) = (0, 0);
        for name in engine.tenants() {
            let tenant = engine.snapshot(&name).tenant;
            let learners = tenant.learners();
            for (_, learner) in learners.filter(|(id, _)| !tenant.erasures().is_erased(*id)) {
                all += 1;
                without += usize::from(learner.name.is_erased());
            }
        }
        (without, all)
    }

    /// Tells of texts that cannot be read because their keys are not at hand.
    fn tell_missing_keys(&self) {
        match self.without_keys() {
            (0, _) => {}
            (without, all) if without == all => output::aside(
                "plansync: names, reasons and searches are shown as erased, because the keys of this log are not at hand; \
                 give a copy of its file KEYS by `--keys`.",
            ),
            (without, _) => output::aside(&format!(
                "plansync: of learners without a key ({without}), names, reasons and searches are shown as erased: they were \
                 erased after what is read here was written, or the keys are a copy from before they were added."
            )),
        }
    }

    /// How a command ends that got its answers: if the log is damaged, answers may lack what could not be
    /// read, so that is told and is not a success.
    pub(crate) fn exit(&self, output: Output) -> Exit {
        if !output.is_json() {
            self.tell_missing_keys();
        }
        for wrong in &self.wrong {
            let message = format!(
                "{wrong}. The answer is from what is before that; `plansync audit verify` reports all damage."
            );
            if output.is_json() {
                let exit = Exit::NotUsable;
                output::failure(&failure::failure(failure::word(exit), &message, exit));
            } else {
                output::aside(&format!("plansync: {message}"));
            }
        }
        if self.wrong.is_empty() {
            Exit::Done
        } else {
            Exit::NotUsable
        }
    }

    /// The names of the tenants in the log, in order.
    pub(crate) fn tenants(&self) -> Vec<TenantId> {
        self.service.engine().tenants()
    }

    /// Works with the engine, on a thread that may block, until it is done or the second argument says that a signal
    /// asked the process to end.
    pub(crate) async fn with_engine<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine, &AtomicBool) -> T + Send + 'static,
    ) -> Result<T, ViewError> {
        let (engine, ends) = (self.service.engine().clone(), Arc::clone(&self.interrupted));
        let mut signals = self.signals.lock().await;
        let working = move || work(&engine, &ends);
        aside(&mut signals, &self.interrupted, working).await
    }

    /// Answers a request in JSON, with the bytes that would be sent over NATS.
    pub(crate) async fn ask(&self, subject: String, body: Vec<u8>) -> Result<Answer, ViewError> {
        let service = self.service.clone();
        let asking = move || {
            let answer = service.request(Inbound {
                subject: &subject,
                headers: &InJson,
                body: &body,
            });
            // Lets go of plans that are beyond the bound of memory. There is nothing to write.
            if let Err(error) = service.engine().write_step() {
                tracing::debug!(%error, "memory was not released");
            }
            answer
        };
        let mut signals = self.signals.lock().await;
        aside(&mut signals, &self.interrupted, asking).await
    }
}

/// The headers of a request in JSON.
struct InJson;

impl Headers for InJson {
    fn values(&self, name: &str) -> Vec<&str> {
        if name.eq_ignore_ascii_case("content-type") {
            vec![Encoding::Json.content_type()]
        } else {
            Vec::new()
        }
    }
}

/// Works on a thread that may block. A signal interrupts the work, which is waited for: it may be writing to
/// the temporary folder.
async fn aside<T: Send + 'static>(
    signals: &mut Signals,
    interrupted: &AtomicBool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ViewError> {
    let mut working = spawn_blocking(work);
    tokio::select! {
        done = &mut working => done.map_err(ViewError::Crashed),
        () = signals.asked_to_end() => {
            interrupted.store(true, Ordering::Relaxed);
            // Whatever it gives, nobody wants it any more.
            let _ = working.await;
            Err(ViewError::Interrupted)
        }
    }
}

fn open(
    place: &Place,
    keys: GivenKeys,
    temporary: &Path,
    bar: CommitsBar,
    interrupted: &Arc<AtomicBool>,
) -> anyhow::Result<(Service, Vec<OpenError>)> {
    let GivenKeys {
        operator,
        of_backup,
    } = keys;
    let LogView {
        read,
        checkpoints,
        keys,
        wrong,
        is_in_use: _,
    } = match place {
        Place::Folder(data) => backend::of_folder(data, operator).view(temporary)?,
        Place::Backup(file) => {
            let length = readable(file)?;
            let view = backend::view_archive(file, temporary, &mut |progress| {
                bar.at(progress.commits, estimated(progress, length));
                go_on(interrupted)
            })?;
            LogView {
                keys: of_backup,
                ..view
            }
        }
    };
    let config = Config {
        checkpoints,
        keys,
        interrupted: Arc::clone(interrupted),
        folding: Some(Arc::new(move |position, last| {
            bar.at(position.get(), last.get());
        })),
        ..Config::default()
    };
    let engine = Engine::view(read, config)?;
    Ok((
        Service::new(engine, Encoding::Json, Arc::new(RandomIds)),
        wrong,
    ))
}

/// The size in bytes of a backup that can be read at any place.
pub(crate) fn readable(file: &Path) -> Result<u64, NotUnderstood> {
    let shown = paths::shown(file);
    let wrong = |error| NotUnderstood(format!("the backup {shown} could not be read: {error}"));
    let found = fs::metadata(file).map_err(wrong)?;
    if found.is_file() {
        return Ok(found.len());
    }
    Err(NotUnderstood(format!(
        "{shown} is not a file; give a file that `plansync backup` wrote"
    )))
}

/// The number of commits of a file of so many bytes, if the rest of it is like what was read.
pub(crate) fn estimated(progress: Progress, length: u64) -> u64 {
    let all = u128::from(progress.commits) * u128::from(length);
    let all = all / u128::from(progress.bytes.max(1));
    u64::try_from(all).unwrap_or(u64::MAX).max(progress.commits)
}

fn go_on(interrupted: &AtomicBool) -> ControlFlow<()> {
    if interrupted.load(Ordering::Relaxed) {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use plansync_log::backend::Progress;

    use super::estimated;

    #[test]
    fn the_commits_of_a_backup_are_estimated_from_its_size() {
        let progress = |commits, bytes| Progress {
            commits,
            commits_total: 0,
            bytes,
        };
        assert_eq!(estimated(progress(10, 100), 1_000), 100);
        assert_eq!(estimated(progress(10, 100), 50), 10);
        assert_eq!(estimated(progress(0, 0), 0), 0);
    }
}
