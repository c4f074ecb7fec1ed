//! The plans of an export: as they were at its end, and each change that made them so.

use plansync_domain::ids::LearnerId;
use plansync_export::load;
use plansync_protocol::audit::{AuditChangesPage, AuditPlanPage, PlanContentChange};
use plansync_protocol::{ErrorCode, Time};
use serde_json::json;

use super::pages::ask_typed;
use super::reading::{Reading, is};
use crate::progress::CommitsBar;

/// The learners on a programme.
pub(super) const ENROLLED: &str =
    "SELECT learner FROM enrolments WHERE programme = ? ORDER BY learner";
/// The learners whose plan is concerned by the commits that were loaded.
const CONCERNED: &str = "\
SELECT stream_id FROM commits WHERE stream_kind = 'plan' UNION SELECT learner FROM targets ORDER BY 1";
/// Before every commit, and after every one.
const PERIOD: [&str; 2] = ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];
/// The times of the first and the last commit on a plan.
const TIMES: [&str; 2] = [
    "SELECT min(at) FROM commits WHERE stream_kind = 'plan' HAVING min(at) IS NOT NULL",
    "SELECT max(at) FROM commits WHERE stream_kind = 'plan' HAVING max(at) IS NOT NULL",
];

impl Reading<'_> {
    /// Reads what the loaded commits changed. With a filter by programme, it is read before the commits, because it says
    /// which of them are wanted.
    pub(super) async fn changes(&mut self) -> anyhow::Result<()> {
        let selection = self.selection;
        let [mut from, mut to] = PERIOD.map(str::to_owned);
        let is_before_commits = selection.programme.is_some();
        if is_before_commits {
            from = selection.from.map_or(from, |time| time.to_string());
            to = selection.until.map_or(to, |time| time.to_string());
        } else {
            let [first, last] = TIMES.map(|sql| self.workspace.texts(sql, &[]));
            let (Some(first), Some(last)) = (first?.pop(), last?.pop()) else {
                return Ok(());
            };
            from = first;
            // The end is not within.
            to = Time::parse(&last).map_or(to, |last| {
                Time::from_micros(last.micros().saturating_add(1)).to_string()
            });
        }
        let mut body = json!({ "from_time": from, "to_time": to, "values": true, "limit": 500 });
        if let Some(learner) = selection.learner {
            body["learner"] = json!(learner);
        }
        if let Some(programme) = selection.programme {
            body["programme"] = json!(programme);
        }
        let learners = self
            .workspace
            .texts("SELECT learner FROM learners ORDER BY learner", &[])?;
        let bar = CommitsBar::counting(self.output, "reading changes", "learners");
        loop {
            let page: AuditChangesPage = ask_typed(self.caller, "audit.changes", &body).await?;
            let mut wanted = Vec::with_capacity(page.items.len());
            for change in page.items {
                if self.is_wanted(&change, is_before_commits)? {
                    wanted.push(change);
                }
            }
            load::changes(&mut self.workspace, wanted)?;
            let Some(next) = page.next else { return Ok(()) };
            let passed = learners.partition_point(|learner| **learner < *next.learner.to_string());
            let [passed, total] =
                [passed, learners.len()].map(|n| u64::try_from(n).unwrap_or(u64::MAX));
            bar.at(passed, total);
            body["after"] = json!(next);
        }
    }

    fn is_wanted(
        &self,
        change: &PlanContentChange,
        is_before_commits: bool,
    ) -> anyhow::Result<bool> {
        let position = change.position.0;
        if position > self.end {
            return Ok(false);
        }
        if is_before_commits {
            let sync = self.selection.sync;
            return Ok(sync.is_none() || change.sync == sync);
        }
        Ok(!self.selection.is_part() || self.workspace.has_commit(position)?)
    }

    /// Reads the plans that are concerned, as they were at the end.
    pub(super) async fn plans(&mut self) -> anyhow::Result<()> {
        let selection = self.selection;
        let mut learners = match selection.learner {
            Some(learner) => vec![learner.to_string()],
            None => self.workspace.texts(CONCERNED, &[])?,
        };
        if let (Some(programme), None) = (selection.programme, selection.learner) {
            learners.extend(self.workspace.texts(ENROLLED, &[&programme.to_string()])?);
            learners.sort_unstable();
            learners.dedup();
        }
        let bar = CommitsBar::counting(self.output, "reading plans", "plans");
        let total = u64::try_from(learners.len()).unwrap_or(u64::MAX);
        for (done, learner) in (0..).zip(learners) {
            bar.at(done, total);
            // It was read from the log, so it is one.
            if let Ok(learner) = learner.parse() {
                self.plan(learner).await?;
            }
        }
        Ok(())
    }

    async fn plan(&mut self, learner: LearnerId) -> anyhow::Result<()> {
        let mut body = json!({ "learner": learner, "at": { "position": self.end }, "limit": 500 });
        let mut before = 0;
        loop {
            let page = ask_typed::<AuditPlanPage>(self.caller, "audit.plan", &body).await;
            let page = match page {
                Ok(page) => page,
                // Somebody named an id that no learner has.
                Err(error) if is(&error, ErrorCode::LearnerNotAvailable) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let (count, next) = (page.components.len(), page.next);
            load::plan(&mut self.workspace, page, before, self.selection.programme)?;
            before += u64::try_from(count).unwrap_or(u64::MAX);
            match next {
                Some(next) => body["after"] = json!(next),
                None => return Ok(()),
            }
        }
    }
}
