//! Reads plans from the log: the latest image, and the commits after it. The sequencer's lock is not held.
//!
//! What is read is durable. A plan that is not resident does not change meanwhile, because whoever changes
//! it loads it first.

use std::sync::Arc;

use plansync_domain::ids::stream::Stream;
use plansync_domain::ids::version::Version;
use plansync_domain::ids::{LearnerId, TenantId};
use plansync_domain::state::fetch::{PlanCommit, image_version_max};
use plansync_domain::state::image::PlanImage;
use plansync_domain::state::tenant::Tenant;
use plansync_log::{Position, Read};
use plansync_measures::Counter;

use crate::call::Refusal;
use crate::codec;
use crate::config::Config;
use crate::naming::stream_id;
use crate::recorded::commit::decoded;
use crate::sequencing::lock::Sequencing;
use crate::state::snapshot::Snapshot;
use crate::writing::group_writer::GroupWriter;

/// Commits of a plan read at a time.
const READ_COUNT: usize = 256;

/// A plan as it was read.
pub(super) struct ReadPlan {
    pub(super) learner: LearnerId,
    /// The plan's version after the last commit.
    pub(super) version: Version,
    pub(super) image: Option<PlanImage>,
    /// The commits after the image.
    commits: Vec<PlanCommit>,
}

/// Plans of one tenant as they were read.
pub(super) struct ReadPlans {
    plans: Vec<ReadPlan>,
    /// All their commits in the order of the log: the index of the plan, and of the commit in it.
    order: Vec<(usize, usize)>,
}

impl ReadPlans {
    pub(super) fn plans(&self) -> &[ReadPlan] {
        &self.plans
    }

    /// How many commits all plans have together.
    pub(super) fn commit_count(&self) -> usize {
        self.order.len()
    }

    /// The commits of all plans in the order of the log, without the first ones, each with the index of its
    /// plan.
    pub(super) fn commits_from(&self, first: usize) -> impl Iterator<Item = (usize, &PlanCommit)> {
        let order = self.order.get(first..).unwrap_or_default().iter();
        order.map(|(plan, number)| (*plan, &self.plans[*plan].commits[*number]))
    }
}

/// Reads plans from the log and their images from beside it.
pub(crate) struct PlanReader {
    config: Arc<Config>,
    log: Arc<dyn Read>,
    sequencing: Arc<Sequencing>,
    writer: Arc<GroupWriter>,
    fetched: Counter,
    fetched_commits: Counter,
}

impl PlanReader {
    pub(crate) fn new(
        config: &Arc<Config>,
        log: &Arc<dyn Read>,
        sequencing: &Arc<Sequencing>,
        writer: &Arc<GroupWriter>,
    ) -> Self {
        Self {
            config: Arc::clone(config),
            log: Arc::clone(log),
            sequencing: Arc::clone(sequencing),
            writer: Arc::clone(writer),
            fetched: Counter::default(),
            fetched_commits: Counter::default(),
        }
    }

    /// How many plans were fetched, and the commits that were read for them.
    pub(crate) fn fetched(&self) -> (u64, u64) {
        (self.fetched.get(), self.fetched_commits.get())
    }

    /// Reads plans that are not resident in this state.
    pub(super) fn read(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learners: &[LearnerId],
    ) -> Result<ReadPlans, Refusal> {
        let mut plans = Vec::with_capacity(learners.len());
        let mut order = Vec::new();
        for (plan, learner) in learners.iter().enumerate() {
            let version = snapshot.tenant.plans().version(*learner);
            let image = self.latest_image(snapshot, tenant, *learner);
            let start = image.as_ref().map_or(Version::ZERO, PlanImage::version);
            let commits = self.commits(tenant, *learner, (start, version))?;
            let numbered = commits.iter().enumerate();
            order.extend(numbered.map(|(number, (position, _))| (*position, plan, number)));
            plans.push(ReadPlan {
                learner: *learner,
                version,
                image,
                commits: commits.into_iter().map(|(_, commit)| commit).collect(),
            });
        }
        let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
        self.fetched.add(number(plans.len()));
        self.fetched_commits.add(number(order.len()));
        order.sort_unstable();
        let order = order.into_iter().map(|(_, plan, number)| (plan, number));
        Ok(ReadPlans {
            plans,
            order: order.collect(),
        })
    }

    /// The image that a plan can be loaded from, if there is one.
    pub(super) fn latest_image(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learner: LearnerId,
    ) -> Option<PlanImage> {
        let version = snapshot.tenant.plans().version(learner);
        let version_max = version.min(image_version_max(&snapshot.tenant, learner));
        self.image(snapshot, tenant, learner, version_max)
    }

    /// The latest image of a plan, if it is usable and not newer than a version.
    pub(crate) fn image(
        &self,
        snapshot: &Snapshot,
        tenant: &TenantId,
        learner: LearnerId,
        version_max: Version,
    ) -> Option<PlanImage> {
        let kept = snapshot.image(tenant, learner)?;
        if kept.version > version_max {
            return None;
        }
        let read = self.config.checkpoints.as_ref()?.image(kept.place);
        let read = read.map_err(|error| error.to_string());
        let decoded = read.and_then(|bytes| codec::image::<PlanImage>(&bytes));
        match decoded {
            // It is restored once here, where nobody waits for it, to see whether it can be.
            Ok(image) => image.clone().restore(&mut Tenant::default()).map(|_| image),
            Err(problem) => {
                tracing::warn!(
                    %learner,
                    problem,
                    "the image of a plan cannot be used; the plan is read from the log instead"
                );
                None
            }
        }
    }

    /// The commits that lead a plan from one version to another, with their positions.
    pub(crate) fn commits(
        &self,
        tenant: &TenantId,
        learner: LearnerId,
        (start, last): (Version, Version),
    ) -> Result<Vec<(Position, PlanCommit)>, Refusal> {
        let stream = stream_id(tenant, &Stream::Plan(learner));
        let (mut next, last) = (u64::from(start) + 1, u64::from(last));
        let (mut commits, mut has_settled) = (Vec::new(), false);
        while next <= last {
            let count = usize::try_from(last - next + 1).unwrap_or(usize::MAX);
            let from = plansync_log::Version::new(next);
            let read = self.log.stream(&stream, from, count.min(READ_COUNT))?;
            if read.is_empty() && !has_settled {
                // The latest decisions may not be durable yet.
                let position = self.sequencing.lock().position();
                self.writer.settle(position).map_err(Refusal::unavailable)?;
                has_settled = true;
                continue;
            }
            if read.is_empty() {
                let problem = format!("the log has no version {from} of {stream}");
                return Err(Refusal::internal(problem));
            }
            for commit in &read {
                let decided = decoded(commit, &self.config.keys)?;
                let plan_commit = PlanCommit {
                    version: Version::of_stream(next),
                    by: decided.actor,
                    events: decided.events,
                };
                commits.push((commit.position(), plan_commit));
                next += 1;
            }
        }
        Ok(commits)
    }
}
