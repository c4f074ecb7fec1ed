//! Generates `docs/codes.md`, which explains every word of every closed list, and compares it with the file.
//!
//! The explanations are the comments of the words. `UPDATE_SCHEMAS=1` writes the file, as it does the schemas.

use std::fmt::Write as _;
use std::path::Path;

use plansync_protocol::audit::{
    AuditKind, AuditOrder, BlamedAttribute, ContentChange, OriginKind, Reached, SelectionRule,
    StreamKind,
};
use plansync_protocol::event::EventName;
use plansync_protocol::plan::EditForm;
use plansync_protocol::{
    Action, AttributeName, Change, CloseReason, Condition, EnginePart, ErrorCode, FilterField,
    Outcome, OwnerRule, PairWarning, Permission, PermissionReason, ProgrammeStatus, Reason, Replay,
    ReviewStatus, SessionEnd, Side, Status, SummaryWarning, SyncState, SyncType, TaskStatus,
    Urgency, Word,
};

/// What a word means, and what to do next, each on one line.
pub(crate) fn explained<W: Word>(word: W) -> (String, Option<String>) {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match word.documentation().split_once("\n\n") {
        Some((meaning, next)) => (line(meaning), Some(line(next))),
        None => (line(word.documentation()), None),
    }
}

/// The page, and the names of the lists on it as the schemas have them.
#[derive(Default)]
struct Page {
    text: String,
    lists: Vec<String>,
}

impl Page {
    fn chapter(&mut self, heading: &str) {
        write!(self.text, "\n## {heading}\n").unwrap();
    }

    /// A list, and where in the messages its words stand.
    fn list<W: Word>(&mut self, name: &str, heading: &str, place: &str) {
        let about: Vec<_> = W::ABOUT
            .split_whitespace()
            .chain(place.split(' '))
            .collect();
        let about = about.join(" ");
        write!(self.text, "\n### {heading}\n\n{}\n\n", about.trim_end()).unwrap();
        let rows = W::VALUES.iter().map(|word| (*word, explained(*word)));
        let rows: Vec<_> = rows.collect();
        let advises = rows.iter().any(|(_, (_, next))| next.is_some());
        self.text.push_str(if advises {
            "| word | meaning | what to do |\n| --- | --- | --- |\n"
        } else {
            "| word | meaning |\n| --- | --- |\n"
        });
        for (word, (meaning, next)) in rows {
            let word = word.as_str();
            write!(self.text, "| `{word}` | {meaning} |").unwrap();
            if advises {
                write!(self.text, " {} |", next.unwrap_or_default()).unwrap();
            }
            self.text.push('\n');
        }
        self.lists.push(name.to_owned());
    }

    fn errors(&mut self) {
        self.text.push_str(
            "\n### Error codes\n\nAn error reply has one of these codes in `error.code`, and its number in the header \
             `Nats-Service-Error-Code`. The event `command.rejected` has the same codes.\n\n\
             | code | number | meaning | what to do |\n| --- | --- | --- | --- |\n",
        );
        for code in ErrorCode::ALL {
            let (meaning, next) = explained(*code);
            let next = next.unwrap();
            let number = code.number();
            writeln!(self.text, "| `{code}` | {number} | {meaning} | {next} |").unwrap();
        }
        self.lists.push("ErrorCode".to_owned());
    }
}

const START: &str = "\
# Codes and other words

Every word that messages of plansync contain in place of free text: what it means, and what to do when you receive it.
The page is generated from the definitions in `crates/protocol`.

The **source** is the learner whose record an administrator has open. A synchronisation replays changes of the source's
plan onto the plans of other learners. A **component** is one activity of a plan. A **recent change** is one that the
administrator has made on the source's plan since opening the record.

Later versions may have further codes, reasons, warnings, permissions, attributes and kinds of events. Treat one that
you do not know like the general case: an error code by its number, a reason like any other reason, and ignore unknown
warnings and events.
";

fn page() -> Page {
    let mut page = Page {
        text: START.to_owned(),
        lists: Vec::new(),
    };
    refusals(&mut page);
    results(&mut page);
    requests(&mut page);
    plans(&mut page);
    page.chapter("Events");
    page.list::<EventName>(
        "EventName",
        "Kinds of events",
        "The header `ce-type` is `plansync.v1.` and the kind. [subscriber.md](subscriber.md) says how to receive them.",
    );
    audit(&mut page);
    engine(&mut page);
    page
}

fn audit(page: &mut Page) {
    page.chapter("Audit");
    page.list::<AuditKind>("AuditKind", "Kinds of events of a commit", "");
    page.list::<AuditOrder>("AuditOrder", "Order of commits", "");
    page.list::<StreamKind>("StreamKind", "What a commit is about", "");
    page.list::<BlamedAttribute>("BlamedAttribute", "What was set", "");
    page.list::<OriginKind>("OriginKind", "How it was set", "");
    page.list::<ContentChange>("ContentChange", "Changes in a period", "");
    page.list::<Reached>("Reached", "How far a synchronisation came", "");
    page.list::<SelectionRule>("SelectionRule", "Why a learner was not selected", "");
}

fn refusals(page: &mut Page) {
    page.chapter("Refusals");
    page.errors();
    page.list::<PermissionReason>("PermissionReason", "Missing permissions", "");
    page.list::<SessionEnd>("SessionEnd", "Why a session is not open", "");
}

fn results(page: &mut Page) {
    page.chapter("Results of a synchronisation");
    page.list::<Outcome>(
        "Outcome",
        "Outcomes",
        "In `outcome` of `sync.outcomes` and `sync.explain`; the counts of events and previews have the same names.",
    );
    page.list::<Reason>(
        "Reason",
        "Reasons",
        "In `reason` of `sync.outcomes` and `sync.explain`, and in `skipped` of the event `sync.target`.",
    );
    page.list::<PairWarning>(
        "PairWarning",
        "Warnings about one component",
        "In `warnings` of `sync.outcomes` and `sync.explain`, and of the event `sync.target`.",
    );
    page.list::<SummaryWarning>(
        "SummaryWarning",
        "Warnings of a preview",
        "In `warnings` of `sync.preview`. Those with the name of a warning about one component say that there is at least \
         one of these: `sync.affected` returns the learners, and the list above says what to do.",
    );
    page.list::<SyncState>(
        "SyncState",
        "States",
        "In `state` of `sync.get` and `sync.list`.",
    );
    page.list::<Action>("Action", "Actions", "In `action` of rows and outcomes.");
    page.list::<Replay>(
        "Replay",
        "Kinds of replay",
        "In `change` of `sync.changes`.",
    );
}

fn requests(page: &mut Page) {
    page.chapter("Requests and reference data");
    page.list::<SyncType>("SyncType", "Types of synchronisation", "In `type`.");
    page.list::<Condition>(
        "Condition",
        "Conditions",
        "In `statuses` of a synchronisation.",
    );
    page.list::<Side>("Side", "Sides", "In `side` of `sync.explain`.");
    page.list::<FilterField>("FilterField", "Filters", "In `field`.");
    page.list::<EditForm>("EditForm", "Forms of an edit", "In `op` of `plan.edit`.");
    page.list::<Permission>("Permission", "Permissions", "In `permissions`.");
    page.list::<OwnerRule>("OwnerRule", "Owner rules", "In `owner_rule` of a tenant.");
}

fn plans(page: &mut Page) {
    page.chapter("Plans and records");
    page.list::<Status>("Status", "Statuses of components", "In `status`.");
    page.list::<ReviewStatus>("ReviewStatus", "Statuses of reviews", "In `review.status`.");
    page.list::<TaskStatus>("TaskStatus", "Statuses of calendar tasks", "In `tasks`.");
    page.list::<ProgrammeStatus>(
        "ProgrammeStatus",
        "Statuses of enrolments",
        "In `enrolments` and `programme_status`.",
    );
    page.list::<AttributeName>(
        "AttributeName",
        "Attributes",
        "The names in `attributes` and `set`.",
    );
    page.list::<Change>("Change", "Changes", "In `change`.");
    page.list::<CloseReason>(
        "CloseReason",
        "Why a record was closed",
        "In `reason` of the event `record.closed`.",
    );
}

fn engine(page: &mut Page) {
    page.chapter("The engine");
    page.list::<EnginePart>("EnginePart", "Parts", "In `part` of `engine.status`.");
    page.list::<Urgency>(
        "Urgency",
        "Urgency of problems",
        "In `urgency` of `engine.status`.",
    );
}

/// The names of all lists that are explained.
pub(crate) fn lists() -> Vec<String> {
    page().lists
}

#[test]
fn the_page_of_codes_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes.md");
    let generated = page().text;
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept, generated,
        "docs/codes.md differs from the types: if that is meant, run \
         `UPDATE_SCHEMAS=1 cargo test -p plansync-protocol --test wire`"
    );
}

/// A code that stops a program needs the next step.
#[test]
fn every_refusal_reason_and_event_has_advice() {
    fn advised<W: Word>() {
        for word in W::VALUES {
            let (meaning, next) = explained(*word);
            let next = next.unwrap_or_default();
            for sentence in [&meaning, &next] {
                assert!(sentence.ends_with('.'), "{}: {sentence:?}", word.as_str());
            }
        }
    }
    advised::<ErrorCode>();
    advised::<PermissionReason>();
    advised::<SessionEnd>();
    advised::<Reason>();
    advised::<PairWarning>();
    advised::<EventName>();
}
