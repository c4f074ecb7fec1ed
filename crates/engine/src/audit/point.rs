//! A point in the history of a plan: a version, or the last commit of the plan at or before a position or a
//! time.
//!
//! Recorded times never decrease from one commit to the next (a clock that is put back repeats the last time),
//! so the last commit whose time is not after a given time is found by bisection, as for positions.

use plansync_domain::command::rejection::Rejection;
use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{AdministratorId, LearnerId};
use plansync_log::{Position, Recorded};

use crate::call::Refusal;
use crate::reading::Reading;
use crate::recorded::baseline::last_version;

/// How a point is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointName {
    /// By the version of the plan.
    Version(Version),
    /// By a position in the log.
    Position(Position),
    /// By a time.
    Time(Recorded),
}

/// A point in the history of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The version of the plan.
    pub version: Version,
    /// The position of the commit that made it; zero before the first one.
    pub position: Position,
    /// When that commit was recorded; none before the first one.
    pub at: Option<Recorded>,
    /// How the point was named; none for the present.
    name: Option<PointName>,
}

impl Reading<'_> {
    /// The point with this name, of a plan that may be shown; the present, if none is given. If the point was
    /// read before, in a part of the same list, `pinned` is the version that it was then. `path` is the field
    /// of the name.
    pub(super) fn point(
        &self,
        learner: LearnerId,
        name: Option<PointName>,
        pinned: Option<Version>,
        path: &str,
    ) -> Result<Point, Refusal> {
        let current = self.tenant().plans().version(learner);
        let version = match name {
            None => current,
            Some(PointName::Version(version)) => {
                check_version(current, version, &format!("{path}.version"))?;
                version
            }
            Some(PointName::Position(position)) => {
                self.check_position(&format!("{path}.position"), position)?;
                let stream = Stream::Plan(learner);
                Version::of_stream(self.versions_at().version_at(&stream, position)?)
            }
            Some(PointName::Time(time)) => {
                Version::of_stream(self.version_at_time(&Stream::Plan(learner), time)?)
            }
        };
        if let Some(pinned) = pinned {
            check_version(current, pinned, "after")?;
            // What is recorded after a time in the future may still move it on.
            let can_be_earlier = matches!(name, None | Some(PointName::Time(_)));
            if pinned > version || (pinned < version && !can_be_earlier) {
                let problem = "this is where another request continues; give the value `next` of the reply \
                               before, and otherwise the same request";
                return Err(Rejection::invalid("after", problem).into());
            }
        }
        self.point_at(learner, pinned.unwrap_or(version), name)
    }

    fn point_at(
        &self,
        learner: LearnerId,
        version: Version,
        name: Option<PointName>,
    ) -> Result<Point, Refusal> {
        if version == Version::ZERO {
            return Ok(Point {
                version,
                position: Position::ZERO,
                at: None,
                name,
            });
        }
        let commit = self.commit(&Stream::Plan(learner), version.into())?;
        Ok(Point {
            version,
            position: commit.position(),
            at: Some(commit.at()),
            name,
        })
    }

    /// The version that a stream had at a time: of the last commit that was not recorded after it.
    pub(super) fn version_at_time(&self, stream: &Stream, time: Recorded) -> Result<u64, Refusal> {
        let now = self.tenant().version_of(stream);
        last_version(
            now,
            |version| Ok(self.commit(stream, version)?.at() <= time),
        )
    }

    /// The learner's case owner at a point: at a version as `plan.get` shows it (V6), otherwise at the position
    /// or time itself.
    pub(super) fn case_owner_at_point(
        &self,
        learner: LearnerId,
        point: &Point,
    ) -> Result<Option<AdministratorId>, Refusal> {
        match point.name {
            None | Some(PointName::Version(_)) => self.case_owner_of(learner, point.version),
            Some(PointName::Position(position)) => self.case_owner_at(learner, position),
            Some(PointName::Time(time)) => {
                let version = self.version_at_time(&Stream::Learner(learner), time)?;
                let record = self.learner_at_version(learner, version)?;
                Ok(record.and_then(|record| record.case_owner))
            }
        }
    }
}

pub(super) fn check_version(current: Version, asked: Version, path: &str) -> Result<(), Refusal> {
    if asked <= current {
        return Ok(());
    }
    let problem = format!("the plan has no such version; request one from 0 to {current}");
    Err(Rejection::invalid(path, problem).into())
}
