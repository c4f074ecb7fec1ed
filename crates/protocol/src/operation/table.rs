//! The table of operations. To add an operation, add a row.
//!
//! A row reads: what it does, as a doc comment, which is also its description in the AsyncAPI document
//! and in the completion of the command line; the name of its marker type; its name on the wire; the
//! actors that it is open to ([`Audience`]) and how long it takes ([`Weight`]); the types of body and
//! reply. The audience is only the first check: `Everyone` may ask for the outcomes of a synchronisation,
//! but they are returned to those who may read it (P11 in `crates/domain/RULES.md`). In brackets
//! stands the list that the reply is a page of: the field and the type of its items, and `held` if the
//! other pages can be asked for at the position of the first one. The body then has the fields of
//! `page_body!` or of `held_page_body!`.
//!
//! The macro stands in this file because it is used once.

use plansync_primitives::ids::CommandId;

use super::{Audience, Body, EachOperation, Operation, ReadOperation, Weight};
use crate::audit::{
    AuditBlamePage, AuditChangesPage, AuditDecision, AuditDiffPage, AuditLogPage, AuditPlanPage,
    AuditReadPage, AuditTracePage, AuditTreeHead, AuditTreeProof, AuditWhatIfPage, GetAuditBlame,
    GetAuditCommit, GetAuditDiff, GetAuditHead, GetAuditPlan, GetAuditProof, GetAuditWhatIf,
    GetAuditWhy, ListAuditChanges, ListAuditLog, ReadAudit, ShownCommit, TraceCommand,
};
use crate::canonical::Canonical;
use crate::decode::{DecodeError, check};
use crate::engine::{EngineStatusRecord, GetEngineStatus};
use crate::page::PageOf;
use crate::plan::{
    Component, ComponentDifference, EditPlan, GetPlan, GetPlanChange, GetPlanHistory,
    InstantiatePlan, PlanChangePage, PlanCommit, PlanEdited, PlanHistoryPage, PlanInstantiated,
    PlanPage,
};
use crate::record::{
    CloseRecord, ListRecordChanges, ListRecords, OpenRecord, RecentChange, Record,
    RecordChangesPage, RecordClosed, RecordOpened, RecordPage,
};
use crate::reference::{
    ActorRecord, AdministratorNameList, AdministratorPage, AdministratorRecord, EraseLearner,
    FindLearners, FoundLearner, FoundLearnerPage, GetActor, GetAdministrator,
    GetAdministratorNames, GetLearner, GetProgramme, GetTemplate, GetTenant, HoldLearner,
    LearnerPage, LearnerRecord, ListAdministrators, ListLearners, ListProgrammes, ProgrammePage,
    ProgrammeRecord, PutAdministrator, PutLearner, PutProgramme, PutTemplate, PutTenant,
    ReleaseLearner, RemoveAdministrator, RemoveTemplate, Stored, TemplateComponent, TemplatePage,
    TenantRecord,
};
use crate::scalar::Position;
use crate::sync::{
    AffectedLearner, AffectedSync, CancelSync, ChangeSetItem, ExplainSync, ExplainedPair,
    FilterValue, GetSync, ListSyncChanges, ListSyncComponents, ListSyncFilters, ListSyncLearners,
    ListSyncOutcomes, ListSyncs, PairOutcome, PreviewSync, StartSync, SummaryRow, SyncAffectedPage,
    SyncCancelled, SyncChangesPage, SyncComponent, SyncComponentPage, SyncExplanation,
    SyncFilterPage, SyncLearner, SyncLearnerPage, SyncOutcomePage, SyncPage, SyncRecord,
    SyncStarted, SyncSummary,
};
use crate::words::{Word, words};

macro_rules! operations {
    (
        commands { $(
            $(#[doc = $command_summary:literal])+
            $command:ident = $command_name:literal ($command_audience:ident, $command_weight:ident):
                $command_body:ident => $command_reply:ident,
        )+ }
        reads { $(
            $(#[doc = $read_summary:literal])+
            $read:ident = $read_name:literal ($read_audience:ident, $read_weight:ident):
                $read_body:ident => $read_reply:ident $([$($page:tt)+])?,
        )+ }
    ) => {
        words! {
            /// The name of an operation: `<noun>.<verb>`.
            OperationName {
                $($(#[doc = $command_summary])+ $command = $command_name,)+
                $($(#[doc = $read_summary])+ $read = $read_name,)+
            }
        }

        impl OperationName {
            /// The operation with this name; `None` if there is none.
            ///
            /// ```
            /// use plansync_protocol::{Audience, OperationName};
            ///
            /// let operation = OperationName::parse("record.open").unwrap();
            /// assert!(operation.is_command());
            /// assert_eq!(operation.audience(), Audience::Administrators);
            /// assert_eq!(OperationName::parse("record.copy"), None);
            /// ```
            pub fn parse(name: &str) -> Option<Self> {
                Self::from_word(name)
            }

            /// Whether it is a command: an operation that changes something. A command can also be
            /// sent as a durable command.
            pub const fn is_command(self) -> bool {
                match self {
                    $(Self::$command => true,)+
                    $(Self::$read => false,)+
                }
            }

            /// Who may ask for it.
            pub const fn audience(self) -> Audience {
                match self {
                    $(Self::$command => Audience::$command_audience,)+
                    $(Self::$read => Audience::$read_audience,)+
                }
            }

            /// How long it takes.
            pub const fn weight(self) -> Weight {
                match self {
                    $(Self::$command => Weight::$command_weight,)+
                    $(Self::$read => Weight::$read_weight,)+
                }
            }

            /// Whether its list can be held, so that all pages belong to one reading.
            pub const fn is_held(self) -> bool {
                match self {
                    $(Self::$command => false,)+
                    $(Self::$read => operations!(@is_held $($($page)+)?),)+
                }
            }

            /// What it does, in one sentence.
            pub fn summary(self) -> &'static str {
                let text = match self {
                    $(Self::$command => concat!($($command_summary),+),)+
                    $(Self::$read => concat!($($read_summary),+),)+
                };
                text.trim()
            }

            /// Checks that a value in JSON is a reply of this operation. Fields that this version does
            /// not know are allowed.
            ///
            /// # Errors
            /// If a field is missing or has the wrong type; the error names the field.
            ///
            /// ```
            /// use plansync_protocol::OperationName;
            ///
            /// let reply = serde_json::json!({ "position": 9 });
            /// let error = OperationName::SyncStart.check_reply(&reply).unwrap_err();
            /// assert_eq!(error.path.as_deref(), Some("sync"));
            /// ```
            pub fn check_reply(self, reply: &serde_json::Value) -> Result<(), DecodeError> {
                match self {
                    $(Self::$command => check::<$command_reply>(reply),)+
                    $(Self::$read => check::<$read_reply>(reply),)+
                }
            }
        }

        $(
            operations!(@type $command ($($command_summary)+) $command_body $command_reply);

            impl Body for $command_body {
                fn take_command_id(&mut self) -> Option<CommandId> {
                    self.command_id.take()
                }

                fn canonical(&self) -> Option<Self> {
                    Canonical::canonical(self)
                }
            }
        )+

        $(
            operations!(@type $read ($($read_summary)+) $read_body $read_reply);
            operations!(@pages $read $read_body $read_reply $($($page)+)?);

            impl Body for $read_body {}
        )+

        /// Calls the visitor for each operation, in the order of the table.
        pub fn for_each_operation<V: EachOperation>(visitor: &mut V) {
            $(visitor.operation::<$command>();)+
            $(visitor.operation::<$read>();)+
        }

        /// Calls a macro with the names of all operations, in the order of the table:
        /// `commands { TenantPut, … } reads { TenantGet, … }`. Each is the name of a marker type and of
        /// a variant of [`OperationName`]. A match that is made from it misses no operation.
        #[macro_export]
        macro_rules! list_operations {
            ($callback:ident) => {
                $callback! { commands { $($command,)+ } reads { $($read,)+ } }
            };
        }
    };
    (@type $operation:ident ($($summary:literal)+) $body:ident $reply:ident) => {
        $(#[doc = $summary])+
        #[derive(Debug, Clone, Copy)]
        pub struct $operation;

        impl Operation for $operation {
            const NAME: OperationName = OperationName::$operation;
            type Body = $body;
            type Reply = $reply;
        }
    };
    (@is_held held $($list:tt)+) => { true };
    (@is_held $($list:tt)*) => { false };
    (@pages $operation:ident $body:ident $reply:ident) => {
        impl ReadOperation for $operation {
            type Item = ();

            fn items(_reply: &$reply) -> &[()] {
                &[]
            }
        }
    };
    (@pages $operation:ident $body:ident $reply:ident held $list:ident of $item:ident) => {
        impl ReadOperation for $operation {
            type Item = $item;

            fn page_of(body: &$body) -> PageOf {
                PageOf::of(body.hold, body.at)
            }

            fn items(reply: &$reply) -> &[$item] {
                &reply.$list
            }

            fn put_position(reply: &mut $reply, position: Position) {
                reply.position = Some(position);
            }
        }
    };
    (@pages $operation:ident $body:ident $reply:ident $list:ident of $item:ident) => {
        impl ReadOperation for $operation {
            type Item = $item;

            fn items(reply: &$reply) -> &[$item] {
                &reply.$list
            }
        }
    };
}

operations! {
    commands {
        /// Creates a tenant, or replaces its settings.
        TenantPut = "tenant.put" (System, Light): PutTenant => Stored,
        /// Creates or replaces an administrator.
        AdministratorPut = "administrator.put" (System, Light): PutAdministrator => Stored,
        /// Removes an administrator, who is unknown from then on; what they did stays.
        AdministratorRemove = "administrator.remove" (System, Light): RemoveAdministrator => Stored,
        /// Creates or replaces a learner.
        LearnerPut = "learner.put" (System, Light): PutLearner => Stored,
        /// Erases the name of a learner, the reasons given for their due dates, and the searches that found them. It
        /// cannot be undone, and is complete when it is answered. The plan stays; nothing about the learner can be
        /// changed any more.
        LearnerErase = "learner.erase" (System, Heavy): EraseLearner => Stored,
        /// Puts a legal hold on a learner, who cannot be erased while it stands.
        LearnerHold = "learner.hold" (System, Light): HoldLearner => Stored,
        /// Lifts the legal hold on a learner.
        LearnerRelease = "learner.release" (System, Light): ReleaseLearner => Stored,
        /// Creates or replaces a programme.
        ProgrammePut = "programme.put" (System, Light): PutProgramme => Stored,
        /// Adds components to the template of a programme, or replaces them there.
        TemplatePut = "template.put" (System, Heavy): PutTemplate => Stored,
        /// Removes components from the template of a programme; plans keep them.
        TemplateRemove = "template.remove" (System, Light): RemoveTemplate => Stored,
        /// Adds the components of a programme's template that a learner's plan does not have.
        PlanInstantiate = "plan.instantiate" (Everyone, Light): InstantiatePlan => PlanInstantiated,
        /// Edits a learner's plan: all edits are applied, or none.
        PlanEdit = "plan.edit" (Everyone, Light): EditPlan => PlanEdited,
        /// Opens a learner's record: recent changes count from here.
        RecordOpen = "record.open" (Administrators, Light): OpenRecord => RecordOpened,
        /// Closes an open record; the plan stays as it is.
        RecordClose = "record.close" (RecordHolder, Light): CloseRecord => RecordClosed,
        /// Starts a synchronisation, which continues after the reply.
        SyncStart = "sync.start" (Synchroniser, Heavy): StartSync => SyncStarted,
        /// Stops a running synchronisation before its next learner.
        SyncCancel = "sync.cancel" (Everyone, Light): CancelSync => SyncCancelled,
    }
    reads {
        /// Returns the settings of the tenant.
        TenantGet = "tenant.get" (ReferenceReaders, Light): GetTenant => TenantRecord,
        /// Returns an administrator.
        AdministratorGet = "administrator.get" (ReferenceReaders, Light):
            GetAdministrator => AdministratorRecord,
        /// Lists the administrators, by name.
        AdministratorList = "administrator.list" (ReferenceReaders, Heavy):
            ListAdministrators => AdministratorPage[held items of AdministratorRecord],
        /// Returns the names of up to 500 actors.
        AdministratorNames = "administrator.names" (Everyone, Light):
            GetAdministratorNames => AdministratorNameList,
        /// Returns a learner.
        LearnerGet = "learner.get" (ReferenceReaders, Light): GetLearner => LearnerRecord,
        /// Lists the learners that the actor may see, by name, with all their data.
        LearnerList = "learner.list" (ReferenceReaders, Heavy):
            ListLearners => LearnerPage[held items of LearnerRecord],
        /// Finds learners that the actor may see, by name.
        LearnerFind = "learner.find" (Everyone, Heavy):
            FindLearners => FoundLearnerPage[held items of FoundLearner],
        /// Returns a programme.
        ProgrammeGet = "programme.get" (ReferenceReaders, Light): GetProgramme => ProgrammeRecord,
        /// Lists the programmes, by name.
        ProgrammeList = "programme.list" (ReferenceReaders, Heavy):
            ListProgrammes => ProgrammePage[held items of ProgrammeRecord],
        /// Returns the components of a programme's template, in the order in which they were added.
        TemplateGet = "template.get" (ReferenceReaders, Heavy):
            GetTemplate => TemplatePage[held components of TemplateComponent],
        /// Returns the actor who asks, with permissions.
        ActorGet = "actor.get" (Everyone, Light): GetActor => ActorRecord,
        /// Returns the components of a learner's plan in plan order (the order in which they were added), now
        /// or at an earlier version.
        PlanGet = "plan.get" (Everyone, Heavy): GetPlan => PlanPage[components of Component],
        /// Returns what one commit changed in a plan, attribute by attribute, before and after.
        PlanChange = "plan.change" (Everyone, Heavy):
            GetPlanChange => PlanChangePage[changes of ComponentDifference],
        /// Lists the commits of a plan, oldest first.
        PlanHistory = "plan.history" (Everyone, Heavy):
            GetPlanHistory => PlanHistoryPage[items of PlanCommit],
        /// Lists the records that the actor has open, oldest first; `system` has none.
        RecordList = "record.list" (Everyone, Heavy):
            ListRecords => RecordPage[held items of Record],
        /// Returns what was changed since a record was opened, component by component.
        RecordChanges = "record.changes" (RecordHolder, Heavy):
            ListRecordChanges => RecordChangesPage[held changes of RecentChange],
        /// Lists the components that can be synchronised.
        SyncComponents = "sync.components" (RecordHolder, Heavy):
            ListSyncComponents => SyncComponentPage[held items of SyncComponent],
        /// Lists the learners that can be synchronised to, by name.
        SyncLearners = "sync.learners" (RecordHolder, Heavy):
            ListSyncLearners => SyncLearnerPage[held items of SyncLearner],
        /// Lists the values of a filter, with the number of components or learners for each.
        SyncFilters = "sync.filters" (RecordHolder, Heavy):
            ListSyncFilters => SyncFilterPage[held items of FilterValue],
        /// Returns what a synchronisation would do, one row for each component.
        SyncPreview = "sync.preview" (Synchroniser, Heavy):
            PreviewSync => SyncSummary[rows of SummaryRow],
        /// Returns what a synchronisation would do, one row for each learner.
        SyncAffected = "sync.affected" (Synchroniser, Heavy):
            AffectedSync => SyncAffectedPage[items of AffectedLearner],
        /// Returns for one component which learners it would be synchronised to, or which not and why.
        SyncExplain = "sync.explain" (Synchroniser, Heavy):
            ExplainSync => SyncExplanation[items of ExplainedPair],
        /// Returns the state of a synchronisation, to those who may read it.
        SyncGet = "sync.get" (Everyone, Heavy): GetSync => SyncRecord,
        /// Lists the outcome of every component on every learner's plan, to those who may read the
        /// synchronisation.
        SyncOutcomes = "sync.outcomes" (Everyone, Heavy):
            ListSyncOutcomes => SyncOutcomePage[held items of PairOutcome],
        /// Returns the changes that a synchronisation replays, component by component, to those who may
        /// read it.
        SyncChanges = "sync.changes" (Everyone, Heavy):
            ListSyncChanges => SyncChangesPage[items of ChangeSetItem],
        /// Lists the synchronisations that the actor may see, newest first.
        SyncList = "sync.list" (Everyone, Heavy): ListSyncs => SyncPage[held items of SyncRecord],
        /// Lists the commits of the log about a learner, a synchronisation or a command, or those that pass other
        /// filters, with everything that they did.
        AuditLog = "audit.log" (ReferenceReaders, Heavy): ListAuditLog => AuditLogPage,
        /// Returns one commit of the log in full, with its causes and effects.
        AuditShow = "audit.show" (ReferenceReaders, Heavy): GetAuditCommit => ShownCommit,
        /// Lists every commit to which a command led, each with its cause.
        AuditTrace = "audit.trace" (ReferenceReaders, Heavy): TraceCommand => AuditTracePage,
        /// Returns the log as events from a position, with those of reference data, and can wait for new ones.
        AuditRead = "audit.read" (System, Heavy): ReadAudit => AuditReadPage,
        /// Returns the head of the Merkle tree over all commits of the log, not signed.
        AuditHead = "audit.head" (ReferenceReaders, Heavy): GetAuditHead => AuditTreeHead,
        /// Proves that a commit is in the Merkle tree of the log, or that an earlier tree is its beginning.
        AuditProof = "audit.proof" (ReferenceReaders, Heavy): GetAuditProof => AuditTreeProof,
        /// Returns a learner's plan as it was at a version, a position or a time.
        AuditPlan = "audit.plan" (ReferenceReaders, Heavy): GetAuditPlan => AuditPlanPage,
        /// Returns what differs between a learner's plan at two points, and who made each difference.
        AuditDiff = "audit.diff" (ReferenceReaders, Heavy): GetAuditDiff => AuditDiffPage,
        /// Returns who set each attribute of a learner's plan last, by hand, from a template or by a synchronisation,
        /// and then also who set it at the source.
        AuditBlame = "audit.blame" (ReferenceReaders, Heavy): GetAuditBlame => AuditBlamePage,
        /// Returns what a synchronisation decided about a learner and on which records and permissions, or why the
        /// learner was not selected.
        AuditWhy = "audit.why" (ReferenceReaders, Heavy): GetAuditWhy => AuditDecision,
        /// Decides a recorded synchronisation again, on the records of then, for another administrator, with other
        /// permissions or under other conditions, and lists what would have been decided otherwise. Nothing is written.
        AuditWhatIf = "audit.what-if" (ReferenceReaders, Heavy): GetAuditWhatIf => AuditWhatIfPage,
        /// Lists what changed in the plans in a period: components added and removed, due dates moved with their
        /// reasons, and other changes.
        AuditChanges = "audit.changes" (ReferenceReaders, Heavy): ListAuditChanges => AuditChangesPage,
        /// Returns how the engine stands: what is ready, what is wrong and what to do, and what it has counted. It is
        /// about no tenant, and the tenant in the subject need not exist.
        EngineStatus = "engine.status" (System, Light): GetEngineStatus => EngineStatusRecord,
    }
}
