//! Reads the log over the operations of the wire protocol into an export: first the commits, then what they lead to.
//!
//! Everything is read as it was at one position, the last one of the export, so that a running engine does not change
//! what is read.

use std::collections::HashMap;

use plansync_domain::ids::{ProgrammeId, SyncId};
use plansync_export::dossier::Collecting;
use plansync_export::model::hexadecimal;
use plansync_export::{FORM, Workspace, load};
use plansync_protocol::audit::{AuditCommit, AuditTreeProof, StreamKind};
use plansync_protocol::sync::SyncRecord;
use plansync_protocol::{ErrorCode, Position};
use serde_json::{Value, json};

use super::Read;
use super::commits::Commits;
use super::pages::{ask, ask_typed};
use super::selection::Selection;
use crate::ask_error::AskError;
use crate::caller::Caller;
use crate::output::Output;
use crate::reply::{items, number, typed};

/// An export that is being read.
pub(super) struct Reading<'a> {
    pub(super) caller: &'a Caller,
    pub(super) workspace: Workspace,
    pub(super) selection: &'a Selection,
    pub(super) output: Output,
    /// The last position that is read.
    pub(super) end: u64,
    /// Everybody else, for the dossier of a learner.
    others: Option<Collecting>,
    /// Whether synchronisations are of the wanted programme.
    of_programme: HashMap<SyncId, bool>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        caller: &'a Caller,
        workspace: Workspace,
        selection: &'a Selection,
        output: Output,
    ) -> Self {
        Self {
            caller,
            workspace,
            selection,
            output,
            end: 0,
            others: None,
            of_programme: HashMap::new(),
        }
    }

    pub(super) async fn run(mut self, is_dossier: bool) -> anyhow::Result<Read> {
        self.others = self
            .selection
            .learner
            .filter(|_| is_dossier)
            .map(Collecting::except);
        self.end = self.last_position().await?;
        if self.end > 0 {
            self.state().await?;
            if self.selection.is_part() {
                self.reference().await?;
            }
            if self.selection.programme.is_some() {
                self.changes().await?;
            }
            self.commits().await?;
            if self.selection.programme.is_some() {
                self.workspace.drop_edits_of_others()?;
            }
            self.syncs().await?;
            if self.selection.programme.is_none() {
                self.changes().await?;
            }
            self.plans().await?;
            if self.others.is_some() {
                self.proofs().await?;
            }
        }
        self.keep_named()?;
        self.workspace.finish(self.selection.is_part())?;
        Ok(Read {
            workspace: self.workspace,
            position: self.end,
            others: self.others.map(Collecting::complete).transpose()?,
        })
    }

    /// The last commit before the end of the period, or of the log.
    async fn last_position(&self) -> anyhow::Result<u64> {
        let mut body = json!({ "order": "newest_first", "limit": 1 });
        let Some(until) = self.selection.until else {
            return Ok(number(
                &ask(self.caller, "audit.log", &body).await?,
                "position",
            ));
        };
        body["to_time"] = json!(until.to_string());
        loop {
            let reply = ask(self.caller, "audit.log", &body).await?;
            if let Some(newest) = items(&reply, "items").first() {
                return Ok(number(newest, "position"));
            }
            // Other tenants' commits were passed through.
            match reply.get("next") {
                Some(next) if !next.is_null() => body["after"] = next.clone(),
                Some(_) | None => return Ok(0),
            }
        }
    }

    /// Says what the export is of. The root of the tree ties it to anchors.
    async fn state(&mut self) -> anyhow::Result<()> {
        let body = json!({ "position": self.end, "size": self.end });
        let tree: AuditTreeProof = ask_typed(self.caller, "audit.proof", &body).await?;
        let body = json!({ "from_position": self.end, "to_position": self.end });
        let last = ask(self.caller, "audit.log", &body).await?;
        let at = items(&last, "items").first().map(|last| last["at"].clone());
        let selection = self.selection;
        let text = |id: Option<String>| id.unwrap_or_default();
        for (name, value) in [
            ("form", FORM.to_string()),
            ("plansync_version", env!("CARGO_PKG_VERSION").to_owned()),
            ("tenant", self.caller.tenant().to_owned()),
            ("position", self.end.to_string()),
            (
                "position_at",
                text(at.as_ref().and_then(Value::as_str).map(str::to_owned)),
            ),
            ("tree_origin", tree.origin),
            ("tree_size", tree.size.0.to_string()),
            ("tree_root", hexadecimal(&tree.root.0)),
            (
                "filter_learner",
                text(selection.learner.map(|id| id.to_string())),
            ),
            (
                "filter_programme",
                text(selection.programme.map(|id| id.to_string())),
            ),
            ("filter_sync", text(selection.sync.map(|id| id.to_string()))),
            (
                "filter_from",
                text(selection.from.map(|time| time.to_string())),
            ),
            (
                "filter_before",
                text(selection.until.map(|time| time.to_string())),
            ),
        ] {
            self.workspace.put_fact(name, &value)?;
        }
        Ok(())
    }

    /// Reads all reference data, because a filter leaves out the commits with them.
    async fn reference(&mut self) -> anyhow::Result<()> {
        let filter = json!({ "kinds": load::REFERENCE_KINDS });
        let mut log = Commits::new(filter, self.end, self.output, "reading names");
        while let Some(page) = log.next(self.caller).await? {
            for item in items(&page, "items") {
                let commit = typed(item)?;
                load::reference(&mut self.workspace, &commit)?;
                if let Some(others) = &mut self.others {
                    others.collect(&commit);
                }
            }
        }
        Ok(())
    }

    /// Reads the commits that pass the filters.
    async fn commits(&mut self) -> anyhow::Result<()> {
        let selection = self.selection;
        let mut filter = json!({});
        if let Some(learner) = selection.learner {
            filter["learner"] = json!(learner);
            filter["records"] = json!(true);
        }
        if let Some(sync) = selection.sync {
            filter["sync"] = json!(sync);
        }
        if let Some(from) = selection.from {
            filter["from_time"] = json!(from);
        }
        let is_whole = !selection.is_part();
        let mut log = Commits::new(filter, self.end, self.output, "reading commits");
        while let Some(page) = log.next(self.caller).await? {
            for item in items(&page, "items") {
                let commit: AuditCommit = typed(item)?;
                if is_whole {
                    load::reference(&mut self.workspace, &commit)?;
                }
                if self.is_of_programme(&commit).await? {
                    load::commit(&mut self.workspace, &commit, item)?;
                }
            }
        }
        Ok(())
    }

    /// Whether a commit passes the filter by programme.
    async fn is_of_programme(&mut self, commit: &AuditCommit) -> anyhow::Result<bool> {
        let Some(wanted) = self.selection.programme else {
            return Ok(true);
        };
        if let Some(programme) = load::programme_of(commit) {
            return Ok(programme == wanted);
        }
        if let Some(sync) = commit.events.iter().find_map(load::sync_of) {
            return self.is_sync_of(sync, wanted).await;
        }
        if commit.stream.kind != StreamKind::Plan {
            return Ok(false);
        }
        let sql = "SELECT 1 FROM edits WHERE position = CAST(? AS INTEGER)";
        let found = self
            .workspace
            .number(sql, &[&commit.position.0.to_string()])?;
        Ok(found.is_some())
    }

    async fn is_sync_of(&mut self, sync: SyncId, wanted: ProgrammeId) -> anyhow::Result<bool> {
        if let Some(known) = self.of_programme.get(&sync) {
            return Ok(*known);
        }
        let body = json!({ "sync": sync });
        let found = ask_typed::<SyncRecord>(self.caller, "sync.get", &body).await;
        let is_of_it = match found {
            Ok(found) => found.programme == wanted,
            // Parts of one that was never started.
            Err(error) if is(&error, ErrorCode::SyncNotFound) => false,
            Err(error) => return Err(error.into()),
        };
        self.of_programme.insert(sync, is_of_it);
        Ok(is_of_it)
    }

    /// Reads the proof of every commit that was loaded.
    async fn proofs(&mut self) -> anyhow::Result<()> {
        let sql = "SELECT CAST(position AS TEXT) FROM commits ORDER BY position";
        for position in self.workspace.texts(sql, &[])? {
            let Ok(position) = position.parse() else {
                continue;
            };
            let position = Position(position);
            let body = json!({ "position": position, "size": self.end });
            let proof: AuditTreeProof = ask_typed(self.caller, "audit.proof", &body).await?;
            load::proof(&mut self.workspace, position, &proof)?;
        }
        Ok(())
    }

    /// Keeps the learner and the programme that were asked for, and the learners on the programme, even if nothing
    /// refers to them.
    fn keep_named(&mut self) -> anyhow::Result<()> {
        if let Some(learner) = self.selection.learner {
            self.workspace
                .keep_unreferred("learners", &learner.to_string())?;
        }
        if let Some(programme) = self.selection.programme {
            let programme = programme.to_string();
            self.workspace.keep_unreferred("programmes", &programme)?;
            if self.selection.learner.is_none() {
                for learner in self
                    .workspace
                    .texts(super::plans::ENROLLED, &[&programme])?
                {
                    self.workspace.keep_unreferred("learners", &learner)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether the service refused a request with a code.
pub(super) fn is(error: &AskError, code: ErrorCode) -> bool {
    matches!(error, AskError::Refused { error } if error.code == code)
}
