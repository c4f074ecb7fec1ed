//! What a run of the comparison came across: a run that never saw a reason has not compared it.

use std::collections::BTreeMap;
use std::fmt::Write;

/// How often each thing was seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coverage(BTreeMap<String, u64>);

/// Everything that must be seen, and how often at least in 2,000 histories.
const NEEDED: &[(u64, &[&str])] = &[
    (
        40,
        &[
            "outcome applied create",
            "outcome applied delete",
            "outcome applied synchronise",
            "outcome unchanged synchronise",
            "reason cancelled",
            "reason learner_not_available",
            "reason learner_erased",
            "reason is_source",
            "reason not_on_programme",
            "reason programme_status_excluded",
            "reason no_recent_change",
            "reason no_template",
            "reason missing_on_target",
            "reason already_absent",
            "reason type_mismatch",
            "reason status_not_selected",
            "reason add_not_permitted",
            "reason edit_not_permitted",
            "reason edit_finished_not_permitted",
            "source applied",
            "source skipped",
            "source unchanged",
            "recent created",
            "recent updated",
            "recent deleted",
            "recent preselected",
            "recent not preselected",
            "recent elements",
            "warning some_not_synchronised",
            "warning source_will_be_updated",
            "two rows",
            "twice",
            "undisturbed",
            "disturbed",
            "recent since a sync: changed back",
            "recent since a sync: elements back",
            "recent since a sync: added by mistake",
            "recent since a sync: removed by mistake",
            "corrected: changed back",
            "corrected: elements back",
            "corrected: added by mistake",
            "corrected: removed by mistake",
            "first some, then others, then the first",
            "synchronised: review held, component open",
            "synchronised: component finished, review open",
            "a task follows the owner",
            "a task follows the case owner",
            "a task has lost its case owner",
        ],
    ),
    (
        5,
        &[
            "reason limit_exceeded",
            "pair warning review_recreated",
            "pair warning review_type_kept",
            "pair warning completed_review_kept",
            "pair warning marking_aid_evidence",
            "a task has lost its owner",
            "pair warning tasks_cancelled",
            "pair warning evidence_deleted",
            "pair warning finished_deleted",
            "warning marking_aid_evidence",
            "confirmed",
            "reason changed_since_preview",
            "refused source_changed",
            "reason delete_not_permitted",
            "reason delete_finished_not_permitted",
            "refused unknown_actor",
            "refused not_permitted system_only",
            "refused session_not_open",
            "refused session_not_open closed",
            "refused session_not_open idle",
            "refused session_not_open replaced",
            "resumed",
            "refused learner_not_available",
            "refused sync_not_permitted",
            "refused programme_not_found",
            "refused attribute_not_allowed",
            "refused nothing_selected",
            "refused too_many_components",
            "refused too_many_learners",
            "refused component_not_found",
            "refused no_recent_changes",
            "refused sync_exists",
            "refused session_exists",
            "refused overloaded",
            "refused version_conflict",
            "refused component_exists",
            "refused invalid_request",
            "refused reason_required",
            "refused sync_not_found",
            "refused not_permitted add_not_permitted",
            "refused not_permitted edit_not_permitted",
            "refused not_permitted edit_finished_not_permitted",
            "refused not_permitted delete_not_permitted",
            "refused not_permitted delete_finished_not_permitted",
        ],
    ),
    (
        1,
        &[
            "displaced",
            "left since the preview",
            "joined since the preview",
        ],
    ),
];

impl Coverage {
    /// Something was seen.
    pub(crate) fn saw(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// All of another's.
    pub(crate) fn and(&mut self, other: Self) {
        for (what, count) in other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// What was seen too rarely in so many histories.
    pub(crate) fn lacking(&self, cases: u64) -> Vec<String> {
        let mut lacking = Vec::new();
        for (least, needed) in NEEDED {
            let least = (least * cases / 2_000).max(u64::from(cases >= 1_000));
            for what in *needed {
                let count = self.0.get(*what).copied().unwrap_or(0);
                if count < least {
                    lacking.push(format!("{what}: {count} of {least}"));
                }
            }
        }
        lacking
    }

    /// All of it, for people.
    pub(crate) fn table(&self) -> String {
        let mut table = String::new();
        for (what, count) in &self.0 {
            let _ = writeln!(table, "{count:>9}  {what}");
        }
        table
    }
}
