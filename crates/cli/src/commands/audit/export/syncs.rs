//! The synchronisations of an export: when they began and ended, what they replayed, and what was decided.

use plansync_domain::ids::SyncId;
use plansync_export::load::{self, Targets};
use plansync_protocol::sync::{ChangeSetItem, PairOutcome, SyncRecord};
use serde_json::json;

use super::commits::Commits;
use super::pages::each_page;
use super::reading::Reading;
use crate::output::Output;
use crate::progress::CommitsBar;
use crate::reply::{items, typed};
use crate::table::Ids;

/// Synchronisations of which a commit was loaded.
const CONCERNED: &str = "\
SELECT DISTINCT sync FROM targets UNION SELECT stream_id FROM commits WHERE stream_kind = 'sync' \
UNION SELECT sync FROM edits WHERE sync IS NOT NULL";
/// Those that were loaded, and whether they have ended.
const ALL: &str = "SELECT sync || CASE WHEN state = 'running' THEN ' running' ELSE '' END FROM syncs ORDER BY sync";
/// The learners whose commit of a synchronisation was loaded.
const LEARNERS: &str = "SELECT learner FROM targets WHERE sync = ? ORDER BY learner";

impl Reading<'_> {
    pub(super) async fn syncs(&mut self) -> anyhow::Result<()> {
        let mut concerned = self.workspace.texts(CONCERNED, &[])?;
        if let Some(learner) = self.selection.learner
            && self.selection.sync.is_none()
        {
            let body = json!({ "learner": learner });
            let (from, programme) = (self.selection.from, self.selection.programme);
            let is_wanted = |sync: &SyncRecord| {
                from.is_none_or(|from| from <= sync.started_at)
                    && programme.is_none_or(|programme| programme == sync.programme)
            };
            let take = |syncs: Vec<SyncRecord>| {
                let wanted = syncs.into_iter().filter(is_wanted);
                concerned.extend(wanted.map(|sync| sync.sync.to_string()));
                Ok(())
            };
            each_page(self.caller, ("sync.list", "items"), body, take).await?;
        }
        if self.selection.is_part() {
            for sync in &concerned {
                self.bounds(sync).await?;
            }
        }
        let all = self.workspace.texts(ALL, &[])?;
        let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let bar = CommitsBar::counting(self.output, "reading outcomes", "synchronisations");
        for (done, sync) in (0..).zip(all) {
            bar.at(done, total);
            let (sync, is_running) = match sync.split_once(' ') {
                Some((sync, _)) => (sync, true),
                None => (&*sync, false),
            };
            // It was read from the log, so it is one.
            let Ok(sync) = sync.parse::<SyncId>() else {
                continue;
            };
            self.change_set(sync).await?;
            self.outcomes(sync, is_running).await?;
        }
        Ok(())
    }

    /// Loads the start and the end of a synchronisation, whatever the filters say.
    async fn bounds(&mut self, sync: &str) -> anyhow::Result<()> {
        let kinds = ["sync.started", "sync.completed", "sync.cancelled"];
        let filter = json!({ "sync": sync, "kinds": kinds });
        let quietly = Output::new(crate::output::Format::Json, Ids::Full);
        let mut log = Commits::new(filter, self.end, quietly, "");
        while let Some(page) = log.next(self.caller).await? {
            for item in items(&page, "items") {
                load::sync_start_or_end(&mut self.workspace, &typed(item)?, item)?;
            }
        }
        Ok(())
    }

    async fn change_set(&mut self, sync: SyncId) -> anyhow::Result<()> {
        let workspace = &mut self.workspace;
        let take = |items: Vec<ChangeSetItem>| load::change_set(workspace, sync, items);
        let body = json!({ "sync": sync });
        each_page(self.caller, ("sync.changes", "items"), body, take).await
    }

    async fn outcomes(&mut self, sync: SyncId, is_running: bool) -> anyhow::Result<()> {
        let targets = Targets::of(&self.workspace, sync)?;
        let learners = match self.selection.learner {
            Some(learner) => vec![json!(learner)],
            // The list of a synchronisation that runs changes; what was decided for one learner does not.
            None if is_running => {
                let learners = self.workspace.texts(LEARNERS, &[&sync.to_string()])?;
                learners.into_iter().map(|learner| json!(learner)).collect()
            }
            None => vec![serde_json::Value::Null],
        };
        for learner in learners {
            let mut body = json!({ "sync": sync });
            if !learner.is_null() {
                body["learner"] = learner;
            }
            let workspace = &mut self.workspace;
            let take = |items: Vec<PairOutcome>| load::outcomes(workspace, &targets, items);
            each_page(self.caller, ("sync.outcomes", "items"), body, take).await?;
        }
        Ok(())
    }
}
