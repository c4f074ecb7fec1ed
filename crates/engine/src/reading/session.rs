//! `record.list` and `record.changes`: open records and their recent changes.

use plansync_domain::decide::record::programme_choices;
use plansync_domain::event::ProgrammeChoice;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, SessionId};
use plansync_domain::plan::ComponentView;
use plansync_domain::recent::change::RecentChange;
use plansync_domain::selection::source::Source;
use plansync_log::{Position, Recorded};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::reading::headers::{Headers, LastUpdated};
use crate::reading::window::{Listed, Window};

/// An open record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRecord {
    /// The session's id.
    pub session: SessionId,
    /// The learner whose record it is.
    pub learner: LearnerId,
    /// The plan's version when it was opened.
    pub marker: Version,
    /// When it was opened.
    pub opened_at: Recorded,
    /// The learner's programmes to choose from, as they are now (S2).
    pub programmes: Vec<ProgrammeChoice>,
}

/// A recent change, and the commit that last changed the component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentItem {
    /// The change.
    pub change: RecentChange,
    /// The commit that last changed the component, by whichever actor.
    pub last_updated: LastUpdated,
}

impl Reading<'_> {
    /// `record.list`: the actor's own open records of learners whom the actor may see (P8), oldest first.
    pub fn open_records(&self, window: Window) -> Result<Listed<OpenRecord>, Refusal> {
        let Some(administrator) = self.actor.administrator() else {
            return Ok(window.of(Vec::new()));
        };
        let mut open: Vec<(Position, OpenRecord)> = Vec::new();
        for (id, session) in self.tenant().records().open_of(administrator) {
            let Ok(learner) = self.learner_seen(session.learner) else {
                continue;
            };
            let opened = self.commit(&Stream::Record(id), 1)?;
            let record = OpenRecord {
                session: id,
                learner: session.learner,
                marker: session.marker,
                opened_at: opened.at(),
                programmes: programme_choices(self.tenant(), learner),
            };
            open.push((opened.position(), record));
        }
        open.sort_by_key(|(position, _)| *position);
        Ok(window.of(open.into_iter().map(|(_, record)| record).collect()))
    }

    /// `record.changes`: in plan order, then the deleted components as they were at the marker.
    pub fn recent_changes(
        &self,
        session: SessionId,
        window: Window,
    ) -> Result<Listed<RecentItem>, Refusal> {
        let tenant = self.with_source(session)?;
        let (_, (learner, plan, mut changes)) = self.answered(tenant, |tenant| {
            let source = Source::of_session(tenant, self.actor, session)?;
            let changes = source.all_recent_changes();
            Ok((source.learner, source.plan, changes))
        })?;
        changes.sort_by_key(RecentChange::place);
        let mut headers = Headers::new(self, Stream::Plan(learner));
        window.of(changes).try_map(|change| {
            let now = plan.component(change.component);
            let version = now.map_or(change.touched, ComponentView::last_changed);
            Ok(RecentItem {
                change,
                last_updated: headers.of(version)?,
            })
        })
    }
}
