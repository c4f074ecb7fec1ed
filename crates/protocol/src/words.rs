//! Closed lists of words: one enum for each.
//!
//! The domain has enums of its own for most of them. They are written down twice so that the wire
//! format does not follow the rules by accident.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};

/// An enum whose values are words in messages.
pub trait Word: Sized + Copy + 'static {
    /// All words, in the order of the variants.
    const WORDS: &'static [&'static str];

    /// The value of a word; `None` if there is none.
    fn from_word(word: &str) -> Option<Self>;

    /// The word.
    fn as_str(self) -> &'static str;
}

/// Accepts only text; derived code would also accept the number of a variant.
pub(crate) fn deserialize_word<'de, D: Deserializer<'de>, W: Word>(
    deserializer: D,
) -> Result<W, D::Error> {
    deserializer.deserialize_str(WordVisitor(PhantomData))
}

struct WordVisitor<W>(PhantomData<W>);

impl<W: Word> Visitor<'_> for WordVisitor<W> {
    type Value = W;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of ")?;
        for (index, word) in W::WORDS.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}`{word}`")?;
        }
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<W, E> {
        W::from_word(text).ok_or_else(|| E::unknown_variant(text, W::WORDS))
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl $name {
            /// All values, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::words::Word for $name {
            const WORDS: &'static [&'static str] = &[$($word,)+];

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::words::deserialize_word(deserializer)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($word),+] })
            }
        }
    };
}

pub(crate) use words;

words! {
    /// The status of a component.
    Status {
        NotStarted = "not_started",
        InProgress = "in_progress",
        Submitted = "submitted",
        Returned = "returned",
        Completed = "completed",
    }
}

words! {
    /// A condition on components: their status, or that they are planned for QA (S7).
    Condition {
        NotStarted = "not_started",
        InProgress = "in_progress",
        Submitted = "submitted",
        Returned = "returned",
        Completed = "completed",
        PlannedForQa = "planned_for_qa",
    }
}

words! {
    /// The status of an enrolment (S5).
    ProgrammeStatus {
        Active = "active",
        OnBreak = "on_break",
        Completed = "completed",
        Withdrawn = "withdrawn",
        Expired = "expired",
        Cancelled = "cancelled",
        Archived = "archived",
        PendingChangeOfProgramme = "pending_change_of_programme",
    }
}

words! {
    /// A permission of an administrator (section 6 of the rules: P1 to P6).
    Permission {
        Supervisor = "supervisor",
        ComplianceQa = "compliance_qa",
        InternalVerifier = "internal_verifier",
        AdvancedDeliveryAdd = "advanced_delivery_add",
        AdvancedDeliveryEdit = "advanced_delivery_edit",
        AdvancedDeliveryDelete = "advanced_delivery_delete",
        EditDeleteFinished = "edit_delete_finished",
    }
}

words! {
    /// What becomes of an owner who is the case owner (O4).
    OwnerRule {
        Keep = "keep",
        FollowCaseOwner = "follow_case_owner",
    }
}

words! {
    /// Why a record was closed (C6).
    CloseReason {
        Closed = "closed",
        Idle = "idle",
        Displaced = "displaced",
    }
}

words! {
    /// How a component differs (C4), or how an edit changed it.
    Change {
        Created = "created",
        Updated = "updated",
        Deleted = "deleted",
    }
}

words! {
    /// How a component is replayed (T1 to T3).
    Replay {
        Created = "created",
        Updated = "updated",
        Deleted = "deleted",
        Overwrite = "overwrite",
    }
}

words! {
    /// The three types of synchronisation (T1, T2, T3).
    SyncType {
        ChangesOnly = "changes_only",
        AllAttributes = "all_attributes",
        SelectedAttributes = "selected_attributes",
    }
}

impl SyncType {
    /// Whether a request of this type chooses the attributes that are replayed (T3).
    pub const fn chooses_attributes(self) -> bool {
        match self {
            Self::ChangesOnly | Self::AllAttributes => false,
            Self::SelectedAttributes => true,
        }
    }

    /// Whether the values are those of the programme's template, and the source's own plan is updated
    /// too (T3).
    pub const fn replays_template(self) -> bool {
        match self {
            Self::ChangesOnly | Self::AllAttributes => false,
            Self::SelectedAttributes => true,
        }
    }

    /// Whether it is refused if the source has no recent changes (T1).
    pub const fn needs_recent_changes(self) -> bool {
        match self {
            Self::ChangesOnly => true,
            Self::AllAttributes | Self::SelectedAttributes => false,
        }
    }
}

impl Default for SyncType {
    /// The type of a request that names none.
    fn default() -> Self {
        Self::ChangesOnly
    }
}

words! {
    /// The state of a synchronisation.
    SyncState {
        Running = "running",
        Completed = "completed",
        Cancelled = "cancelled",
    }
}

words! {
    /// What a synchronisation does with a component in the plan of a learner (M2).
    Action {
        Synchronise = "synchronise",
        Create = "create",
        Delete = "delete",
    }
}

words! {
    /// The outcome of one component in the plan of one learner.
    Outcome {
        Applied = "applied",
        Unchanged = "unchanged",
        Skipped = "skipped",
    }
}

words! {
    /// The learners for whom a component is synchronised, or those for whom it is not (M3).
    Side {
        Synchronised = "synchronised",
        NotSynchronised = "not_synchronised",
    }
}

words! {
    /// Why a component was skipped (T8, P2 to P5).
    Reason {
        Cancelled = "cancelled",
        LearnerNotAvailable = "learner_not_available",
        IsSource = "is_source",
        NotOnProgramme = "not_on_programme",
        ProgrammeStatusExcluded = "programme_status_excluded",
        ChangedSincePreview = "changed_since_preview",
        NoRecentChange = "no_recent_change",
        NoTemplate = "no_template",
        MissingOnTarget = "missing_on_target",
        AlreadyAbsent = "already_absent",
        TypeMismatch = "type_mismatch",
        StatusNotSelected = "status_not_selected",
        AddNotPermitted = "add_not_permitted",
        EditNotPermitted = "edit_not_permitted",
        EditFinishedNotPermitted = "edit_finished_not_permitted",
        DeleteNotPermitted = "delete_not_permitted",
        DeleteFinishedNotPermitted = "delete_finished_not_permitted",
        LimitExceeded = "limit_exceeded",
        Failed = "failed",
    }
}

words! {
    /// A warning about a component in the plan of a learner (P4, V2–V5, M4).
    PairWarning {
        ReviewRecreated = "review_recreated",
        ReviewTypeKept = "review_type_kept",
        CompletedReviewKept = "completed_review_kept",
        MarkingAidEvidence = "marking_aid_evidence",
        TasksCancelled = "tasks_cancelled",
        EvidenceDeleted = "evidence_deleted",
        FinishedDeleted = "finished_deleted",
        RestNotPermitted = "rest_not_permitted",
    }
}

words! {
    /// A warning of a preview (M4).
    SummaryWarning {
        SomeNotSynchronised = "some_not_synchronised",
        ReviewRecreated = "review_recreated",
        ReviewTypeKept = "review_type_kept",
        CompletedReviewKept = "completed_review_kept",
        MarkingAidEvidence = "marking_aid_evidence",
        TasksCancelled = "tasks_cancelled",
        EvidenceDeleted = "evidence_deleted",
        FinishedDeleted = "finished_deleted",
        RestNotPermitted = "rest_not_permitted",
        SourceWillBeUpdated = "source_will_be_updated",
    }
}

words! {
    /// A filter whose values `sync.filters` lists.
    FilterField {
        Type = "type",
        ProgrammeStatus = "programme_status",
        Group = "group",
        Tutor = "tutor",
    }
}
