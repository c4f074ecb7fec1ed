//! The commits of a programme's template, oldest first: which of them put a component as it was at a version.

use std::collections::BTreeSet;

use plansync_domain::event::Event;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::TemplateVersion;
use plansync_domain::ids::{Actor, CommandId, ComponentId, ProgrammeId};
use plansync_log::{Position, Recorded, Version};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::commit::Decided;

/// Commits read at a time.
const READ_COUNT: usize = 256;

/// The commit that put a component into a template as it was at a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutIntoTemplate {
    /// The version of the template that the commit made.
    pub version: TemplateVersion,
    /// Its position in the log.
    pub position: Position,
    /// When it was recorded.
    pub at: Recorded,
    /// Who sent the command.
    pub by: Actor,
    /// The command that caused it.
    pub command: CommandId,
}

/// The commits of one template.
#[derive(Debug)]
pub(super) struct TemplateLog {
    commits: Vec<(PutIntoTemplate, BTreeSet<ComponentId>)>,
}

impl TemplateLog {
    /// The version of the template at a position.
    pub(super) fn version_at(&self, position: Position) -> TemplateVersion {
        let before = self.commits.iter().rev();
        let mut before = before.filter(|(commit, _)| commit.position <= position);
        before
            .next()
            .map_or(TemplateVersion::ZERO, |(commit, _)| commit.version)
    }

    /// The commit that put a component as the template had it at a version.
    pub(super) fn put(
        &self,
        component: ComponentId,
        version: TemplateVersion,
    ) -> Option<&PutIntoTemplate> {
        let before = self.commits.iter().rev();
        let mut before = before.filter(|(commit, _)| commit.version <= version);
        let found = before.find(|(_, components)| components.contains(&component));
        found.map(|(commit, _)| commit)
    }
}

impl Reading<'_> {
    /// The commits of a programme's template.
    pub(super) fn template_log(&self, programme: ProgrammeId) -> Result<TemplateLog, Refusal> {
        let stream = Stream::Programme(programme);
        let (id, last) = (self.stream(&stream), self.tenant().version_of(&stream));
        let (mut commits, mut next) = (Vec::new(), 1);
        let mut version = TemplateVersion::ZERO;
        while next <= last {
            let read = self.log().stream(&id, Version::new(next), READ_COUNT)?;
            if read.is_empty() {
                return Err(Refusal::internal(format!(
                    "the log has no version {next} of {id}"
                )));
            }
            for commit in &read {
                let decided = self.decoded(commit)?;
                if let Some(components) = changed(&decided) {
                    version = version.next();
                    commits.push((put(decided, version), components));
                }
                next += 1;
            }
        }
        Ok(TemplateLog { commits })
    }
}

/// The components that a commit put into the template; none if it did not change the template.
fn changed(decided: &Decided) -> Option<BTreeSet<ComponentId>> {
    decided.events.iter().find_map(|event| {
        if let Event::TemplatePut(put) = event {
            Some(put.components.iter().map(|put| put.component).collect())
        } else {
            matches!(event, Event::TemplateRemoved(_)).then(BTreeSet::new)
        }
    })
}

fn put(decided: Decided, version: TemplateVersion) -> PutIntoTemplate {
    PutIntoTemplate {
        version,
        position: decided.commit.position,
        at: decided.commit.at,
        by: decided.actor,
        command: CommandId::from_uuid(decided.commit.proposal.cause.correlation),
    }
}
