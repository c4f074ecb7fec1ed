//! The people of the demo: administrators with their permissions, and 250 learners at different stages.
//!
//! All data is derived from numbers, so that every run shows the same.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::activities::ACTIVITIES;
use crate::commands::demo::id;

pub(super) const TENANT: &str = "northfield";
/// Who does everything that the demo does.
pub(super) const DELIVERY_MANAGER: &str = "priya-nair";
pub(super) const LEARNERS: usize = 250;
/// The group that the delivery manager may not view.
const UNSEEN: &str = "hull-autumn";
const GROUPS: [&str; 5] = [
    "leeds-autumn",
    "leeds-spring",
    "york-autumn",
    "york-spring",
    UNSEEN,
];
const TUTORS: [(&str, &str); 4] = [
    ("d-okafor", "Daniel Okafor"),
    ("m-whitcombe", "Megan Whitcombe"),
    ("s-rahman", "Sadia Rahman"),
    ("t-lindqvist", "Tom Lindqvist"),
];
const FIRST_NAMES: [&str; 25] = [
    "Amelia", "Oliver", "Aisha", "Jack", "Chloe", "Mohammed", "Grace", "Callum", "Priti", "Ethan",
    "Zoe", "Liam", "Fatima", "Harry", "Ruby", "Kwame", "Ellie", "Josh", "Ngozi", "Ben", "Megan",
    "Yusuf", "Hannah", "Dylan", "Sofia",
];
const LAST_NAMES: [&str; 10] = [
    "Hart", "Begum", "Clarke", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal", "Jones",
];

/// One learner, and how far on the way.
#[derive(Debug, Clone)]
pub(super) struct DemoLearner {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) group: &'static str,
    tutor: &'static str,
    pub(super) status: &'static str,
    /// The number of completed activities, from the first.
    pub(super) completed: usize,
}

/// How far a learner's third progress review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Review {
    /// It has no date.
    Open,
    /// It is in two calendars.
    Dated,
    /// It has begun.
    Begun,
    /// It was held; the activity is not completed for that.
    Held,
}

/// All learners; the first is the learner whose plan is edited.
pub(super) fn learners() -> Vec<DemoLearner> {
    (0..LEARNERS).map(learner).collect()
}

fn learner(index: usize) -> DemoLearner {
    let first = FIRST_NAMES[index % FIRST_NAMES.len()];
    let last = LAST_NAMES[(index / FIRST_NAMES.len()) % LAST_NAMES.len()];
    DemoLearner {
        index,
        name: format!("{first} {last}"),
        group: GROUPS[(index * 7) % GROUPS.len()],
        tutor: TUTORS[index % TUTORS.len()].0,
        status: status(index),
        completed: if index == 0 {
            6
        } else {
            (index * 17) % (ACTIVITIES.len() - 1)
        },
    }
}

fn status(index: usize) -> &'static str {
    match index % 50 {
        11 => "on_break",
        19 => "completed",
        23 => "withdrawn",
        31 => "expired",
        37 => "cancelled",
        43 => "archived",
        47 => "pending_change_of_programme",
        _ => "active",
    }
}

impl DemoLearner {
    pub(super) fn id(&self) -> Uuid {
        id(&["learner", &self.index.to_string()])
    }

    /// Whether the delivery manager finds this learner among those to choose from (S5, P8).
    pub(super) fn may_be_chosen(&self) -> bool {
        let excluded = [
            "expired",
            "cancelled",
            "archived",
            "pending_change_of_programme",
        ];
        self.index != 0 && self.group != UNSEEN && !excluded.contains(&self.status)
    }

    /// Whether the extra criterion of the demo was given to this learner by hand before.
    pub(super) fn has_criterion_already(&self) -> bool {
        self.index % 10 == 3
    }

    /// Whether the activity that the demo deletes was removed from this learner's plan before.
    pub(super) fn lacks_deleted_activity(&self) -> bool {
        self.index % 25 == 8
    }

    /// Whether the activity that the demo rewrites was removed from this learner's plan before.
    pub(super) fn lacks_rewritten_activity(&self) -> bool {
        self.index % 40 == 14
    }

    /// How far the review is that the demo moves.
    pub(super) fn review(&self) -> Review {
        match self.index % 12 {
            5 => Review::Dated,
            7 => Review::Begun,
            9 => Review::Held,
            _ => Review::Open,
        }
    }

    /// Who teaches this learner.
    pub(super) fn tutor(&self) -> &'static str {
        self.tutor
    }

    /// The learner as `learner.put` takes it.
    pub(super) fn for_put(&self, programme: Uuid) -> Value {
        json!({
            "learner": self.id(),
            "name": self.name,
            "case_owner": self.tutor,
            "groups": [self.group],
            "tutors": [self.tutor],
            "enrolments": [{ "programme": programme, "status": self.status }],
        })
    }
}

/// Administrators as `administrator.put` takes them.
pub(super) fn administrators() -> Vec<Value> {
    let seen: Vec<_> = GROUPS.iter().filter(|group| **group != UNSEEN).collect();
    let mut all = vec![json!({
        "administrator": DELIVERY_MANAGER,
        "name": "Priya Nair",
        "permissions":
            ["advanced_delivery_add", "advanced_delivery_edit", "advanced_delivery_delete"],
        "groups": seen,
    })];
    all.extend(TUTORS.iter().map(|(tutor, name)| {
        json!({
            "administrator": tutor,
            "name": name,
            "permissions": [],
            "groups": "all",
        })
    }));
    all
}
