//! The programme of the demo: a Level 3 Business Administrator apprenticeship of forty activities,
//! mapped to the knowledge, skills and behaviours of its standard (K1–K8, S1–S8, B1–B5).

use serde_json::{Value, json};
use uuid::Uuid;

use crate::commands::demo::id;

/// One activity of the template.
pub(super) struct Activity {
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    /// The codes that it covers, separated by spaces.
    pub(super) criteria: &'static str,
    /// How many pieces of evidence it asks for.
    pub(super) evidence: u16,
}

const fn activity(
    kind: &'static str,
    name: &'static str,
    criteria: &'static str,
    evidence: u16,
) -> Activity {
    Activity {
        kind,
        name,
        criteria,
        evidence,
    }
}

/// The plan, in its order.
pub(super) const ACTIVITIES: [Activity; 40] = [
    activity(
        "e_learning",
        "Induction: how your apprenticeship works",
        "K1 K2",
        0,
    ),
    activity(
        "assignment",
        "Initial assessment and individual learning plan",
        "B3",
        1,
    ),
    activity(
        "e_learning",
        "Health, safety and safeguarding at work",
        "K4",
        0,
    ),
    activity(
        "e_learning",
        "Equality, diversity and British values",
        "K4 B1",
        0,
    ),
    activity(
        "assignment",
        "My organisation: purpose, aims and structure",
        "K1",
        1,
    ),
    activity("assignment", "My role, my skills and my career", "K2", 1),
    activity("review", "Progress review 1", "B3", 0),
    activity(
        "workshop",
        "Workshop: working with stakeholders",
        "K3 S4",
        0,
    ),
    activity(
        "assignment",
        "Stakeholder map and communication plan",
        "K3 S5",
        1,
    ),
    activity("e_learning", "Data protection and the UK GDPR", "K4", 0),
    activity(
        "assignment",
        "Laws and regulations that shape my work",
        "K4",
        1,
    ),
    activity("assignment", "Our policies, and how I follow them", "K5", 1),
    activity(
        "workplace_evidence",
        "Handling confidential records",
        "K5 S2",
        2,
    ),
    activity("review", "Progress review 2", "B3", 0),
    activity("workshop", "Workshop: business fundamentals", "K6", 0),
    activity(
        "e_learning",
        "Finance for administrators: budgets and invoices",
        "K6",
        0,
    ),
    activity("assignment", "Managing a change in my team", "K6 B4", 1),
    activity("assignment", "Process improvement proposal", "K7 S6", 2),
    activity(
        "workplace_evidence",
        "Administrative processes I run",
        "K7 S7",
        3,
    ),
    activity(
        "assignment",
        "External factors: markets, politics, technology",
        "K8",
        1,
    ),
    activity("review", "Progress review 3", "B3", 0),
    activity("workshop", "Workshop: office software in depth", "S1", 0),
    activity(
        "workplace_evidence",
        "Spreadsheets and databases at work",
        "S1",
        3,
    ),
    activity(
        "workplace_evidence",
        "Producing reports and presentations",
        "S1 S2",
        3,
    ),
    activity("assignment", "Decisions I made, and why", "S3", 1),
    activity(
        "observation",
        "Workplace observation: dealing with people",
        "S4 B2",
        1,
    ),
    activity(
        "workplace_evidence",
        "Communicating in writing, by phone and in person",
        "S5",
        3,
    ),
    activity(
        "workplace_evidence",
        "Minutes and actions of a meeting",
        "S2 S5",
        2,
    ),
    activity("review", "Progress review 4", "B3", 0),
    activity(
        "assignment",
        "Quality: checking and improving my work",
        "S6",
        1,
    ),
    activity(
        "workplace_evidence",
        "Planning and organising an event",
        "S7 S4",
        2,
    ),
    activity("workshop", "Workshop: project management", "S8", 0),
    activity("project", "Improvement project", "S8 K7 S3", 4),
    activity(
        "observation",
        "Workplace observation: managing priorities",
        "S7 B5",
        1,
    ),
    activity(
        "assignment",
        "Reflective account: professionalism",
        "B1 B2",
        1,
    ),
    activity(
        "assignment",
        "Log: performance, adaptability, responsibility",
        "B3 B4 B5",
        1,
    ),
    activity("review", "Gateway review", "B3", 0),
    activity("exam", "Mock knowledge test", "K1 K2 K3 K4 K5 K6 K7 K8", 0),
    activity(
        "professional_discussion",
        "Mock interview on the portfolio",
        "S1 S3 S5 B1",
        0,
    ),
    activity(
        "exam",
        "End-point assessment: project presentation",
        "S8 S6 B5",
        0,
    ),
];

impl Activity {
    pub(super) fn component(&self) -> Uuid {
        id(&["activity", self.name])
    }

    pub(super) fn codes(&self) -> Vec<&'static str> {
        self.criteria.split(' ').collect()
    }

    /// The activity as `template.put` takes it.
    pub(super) fn for_template(&self) -> Value {
        let mut attributes = json!({
            "name": self.name,
            "criteria": self.codes(),
            "instructions": format!("Your tutor will go through “{}” with you.", self.name),
            "evidence_required": self.evidence > 0,
            "min_evidence": self.evidence,
            "completion_mode": if self.kind == "e_learning" { "automatic" } else { "tutor" },
            "delivery_via_organisation": self.kind == "workshop",
        });
        if self.kind == "review" {
            attributes["review_type"] = json!("Twelve-weekly progress review");
        }
        json!({ "component": self.component(), "type": self.kind, "attributes": attributes })
    }
}

/// The index of the activity with this name in the plan.
pub(super) fn index_of(name: &str) -> Option<usize> {
    ACTIVITIES.iter().position(|activity| activity.name == name)
}
