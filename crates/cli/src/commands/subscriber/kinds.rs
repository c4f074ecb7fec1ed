//! The kinds of events that a subscriber can ask for.

/// The nouns of events, with what happens to each.
const KINDS: [(&str, &[&str]); 5] = [
    ("plan", &["changed"]),
    ("learner", &["erased"]),
    ("record", &["opened", "closed"]),
    ("sync", &["started", "target", "completed", "cancelled"]),
    ("command", &["accepted", "rejected"]),
];

/// A kind of events: a noun, or a noun and what happens to it.
pub(super) fn kind(given: &str) -> Result<String, String> {
    let (noun, what) = match given.split_once('.') {
        Some((noun, what)) => (noun, Some(what)),
        None => (given, None),
    };
    let is_known = KINDS
        .iter()
        .find(|(known, _)| *known == noun)
        .is_some_and(|(_, whats)| what.is_none_or(|what| whats.contains(&what)));
    if is_known {
        return Ok(given.to_owned());
    }
    let all = KINDS.iter().flat_map(|(noun, whats)| {
        let narrower = whats.iter().map(move |what| format!("{noun}.{what}"));
        std::iter::once((*noun).to_owned()).chain(narrower)
    });
    Err(format!(
        "choose from {}",
        all.collect::<Vec<_>>().join(", ")
    ))
}

/// The same kinds in order, each once, and none that another one includes: the server refuses subjects
/// that overlap.
pub(super) fn distinct(kinds: &[String]) -> Vec<String> {
    let mut distinct: Vec<_> = kinds
        .iter()
        .filter(|kind| match kind.split_once('.') {
            Some((noun, _)) => !kinds.iter().any(|other| other == noun),
            None => true,
        })
        .cloned()
        .collect();
    distinct.sort();
    distinct.dedup();
    distinct
}

#[cfg(test)]
mod tests {
    use plansync_protocol::event::EventKind;

    use super::{KINDS, distinct, kind};

    fn every_kind() -> Vec<EventKind> {
        let id = "0190a1b2-0000-7000-8000-000000000001";
        let mut kinds = vec![EventKind::PlanChanged(id.parse().unwrap())];
        // A kind that is added must be added here, because this does not compile without it.
        while let Some(next) = match *kinds.last().unwrap() {
            EventKind::PlanChanged(learner) => Some(EventKind::LearnerErased(learner)),
            EventKind::LearnerErased(_) => Some(EventKind::RecordOpened(id.parse().unwrap())),
            EventKind::RecordOpened(id) => Some(EventKind::RecordClosed(id)),
            EventKind::RecordClosed(_) => Some(EventKind::SyncStarted(id.parse().unwrap())),
            EventKind::SyncStarted(id) => Some(EventKind::SyncTarget(id)),
            EventKind::SyncTarget(id) => Some(EventKind::SyncCompleted(id)),
            EventKind::SyncCompleted(id) => Some(EventKind::SyncCancelled(id)),
            EventKind::SyncCancelled(_) => Some(EventKind::CommandAccepted(id.parse().unwrap())),
            EventKind::CommandAccepted(id) => Some(EventKind::CommandRejected(id)),
            EventKind::CommandRejected(_) => None,
        } {
            kinds.push(next);
        }
        kinds
    }

    #[test]
    fn every_kind_of_event_can_be_asked_for_and_no_other() {
        let published: Vec<_> = every_kind().iter().map(|kind| kind.name()).collect();
        let known = KINDS
            .iter()
            .flat_map(|(noun, whats)| whats.iter().map(move |what| format!("{noun}.{what}")));
        assert_eq!(known.collect::<Vec<_>>(), published);
        for good in published
            .iter()
            .chain(&["plan", "record", "sync", "command"])
        {
            assert_eq!(kind(good).as_deref(), Ok(*good));
        }
        for bad in [
            "",
            "plans",
            "sync.",
            "sync.done",
            ".completed",
            "sync.*",
            ">",
        ] {
            let error = kind(bad).unwrap_err();
            assert!(
                error.starts_with("choose from plan, plan.changed, "),
                "{error}"
            );
        }
    }

    #[test]
    fn kinds_that_others_include_are_left_out() {
        let given = [
            "sync.target",
            "record.closed",
            "sync",
            "record.closed",
            "plan",
        ];
        let given = given.map(str::to_owned);
        assert_eq!(distinct(&given), ["plan", "record.closed", "sync"]);
    }
}
