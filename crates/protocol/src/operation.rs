//! Operations: what can be asked, with the body and the reply of each.
//!
//! Owns the catalogue and the binding of a name to its types. Carries nothing out.

use std::io::{self, Write};

use plansync_domain::ids::CommandId;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::canonical::Canonical;
use crate::plan::{
    EditPlan, GetPlan, GetPlanChange, GetPlanHistory, InstantiatePlan, PlanChangePage, PlanEdited,
    PlanHistoryPage, PlanInstantiated, PlanPage,
};
use crate::record::{
    CloseRecord, ListRecordChanges, ListRecords, OpenRecord, RecordChangesPage, RecordClosed,
    RecordOpened, RecordPage,
};
use crate::reference::{
    ActorRecord, AdministratorNameList, AdministratorPage, AdministratorRecord, FindLearners,
    FoundLearnerPage, GetActor, GetAdministrator, GetAdministratorNames, GetLearner, GetProgramme,
    GetTemplate, GetTenant, LearnerPage, LearnerRecord, ListAdministrators, ListLearners,
    ListProgrammes, ProgrammePage, ProgrammeRecord, PutAdministrator, PutLearner, PutProgramme,
    PutTemplate, PutTenant, RemoveAdministrator, RemoveTemplate, Stored, TemplatePage,
    TenantRecord,
};
use crate::sync::{
    AffectedSync, CancelSync, ExplainSync, GetSync, ListSyncChanges, ListSyncComponents,
    ListSyncFilters, ListSyncLearners, ListSyncOutcomes, ListSyncs, PreviewSync, StartSync,
    SyncAffectedPage, SyncCancelled, SyncChangesPage, SyncComponentPage, SyncExplanation,
    SyncFilterPage, SyncLearnerPage, SyncOutcomePage, SyncPage, SyncRecord, SyncStarted,
    SyncSummary,
};
use crate::words::{Word, words};

/// What an operation is asked with.
pub trait Body: Serialize + DeserializeOwned + JsonSchema {
    /// Takes the command id out, if the body names one.
    fn take_command_id(&mut self) -> Option<CommandId> {
        None
    }

    /// The same command in its canonical form, in which sets are sorted and hold nothing twice, and
    /// what says nothing is left out; none if it is in that form already.
    fn canonical(&self) -> Option<Self> {
        None
    }
}

/// What an operation answers with.
pub trait Reply: Serialize + DeserializeOwned + JsonSchema {}

impl<T: Serialize + DeserializeOwned + JsonSchema> Reply for T {}

/// One operation, as a type.
pub trait Operation {
    /// Its name.
    const NAME: OperationName;
    /// What it is asked with.
    type Body: Body;
    /// What it answers with.
    type Reply: Reply;
}

/// Does something for each operation, with its types at hand.
pub trait EachOperation {
    /// Called once for each, in the order of the catalogue.
    fn operation<O: Operation>(&mut self);
}

macro_rules! operations {
    (
        commands { $($command:ident = $command_name:literal: $command_body:ty => $command_reply:ty,)+ }
        reads { $($read:ident = $read_name:literal: $read_body:ty => $read_reply:ty,)+ }
    ) => {
        words! {
            /// The name of an operation: `<noun>.<verb>`.
            OperationName {
                $($command = $command_name,)+
                $($read = $read_name,)+
            }
        }

        impl OperationName {
            /// The operation of this name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::from_word(name)
            }

            /// Whether it is a command: one that is taken as a durable command too.
            pub const fn is_command(self) -> bool {
                match self {
                    $(Self::$command => true,)+
                    $(Self::$read => false,)+
                }
            }
        }

        $(operations!(@type $command $command_name $command_body => $command_reply);)+
        $(operations!(@type $read $read_name $read_body => $read_reply);)+

        $(
            impl Body for $command_body {
                fn take_command_id(&mut self) -> Option<CommandId> {
                    self.command_id.take()
                }

                fn canonical(&self) -> Option<Self> {
                    Canonical::canonical(self)
                }
            }
        )+
        $(impl Body for $read_body {})+

        /// Calls the visitor for each operation.
        pub fn for_each_operation<V: EachOperation>(visitor: &mut V) {
            $(visitor.operation::<$command>();)+
            $(visitor.operation::<$read>();)+
        }
    };
    (@type $operation:ident $name:literal $body:ty => $reply:ty) => {
        #[doc = concat!("`", $name, "`")]
        #[derive(Debug, Clone, Copy)]
        pub struct $operation;

        impl Operation for $operation {
            const NAME: OperationName = OperationName::$operation;
            type Body = $body;
            type Reply = $reply;
        }
    };
}

operations! {
    commands {
        TenantPut = "tenant.put": PutTenant => Stored,
        AdministratorPut = "administrator.put": PutAdministrator => Stored,
        AdministratorRemove = "administrator.remove": RemoveAdministrator => Stored,
        LearnerPut = "learner.put": PutLearner => Stored,
        ProgrammePut = "programme.put": PutProgramme => Stored,
        TemplatePut = "template.put": PutTemplate => Stored,
        TemplateRemove = "template.remove": RemoveTemplate => Stored,
        PlanInstantiate = "plan.instantiate": InstantiatePlan => PlanInstantiated,
        PlanEdit = "plan.edit": EditPlan => PlanEdited,
        RecordOpen = "record.open": OpenRecord => RecordOpened,
        RecordClose = "record.close": CloseRecord => RecordClosed,
        SyncStart = "sync.start": StartSync => SyncStarted,
        SyncCancel = "sync.cancel": CancelSync => SyncCancelled,
    }
    reads {
        TenantGet = "tenant.get": GetTenant => TenantRecord,
        AdministratorGet = "administrator.get": GetAdministrator => AdministratorRecord,
        AdministratorList = "administrator.list": ListAdministrators => AdministratorPage,
        AdministratorNames = "administrator.names": GetAdministratorNames => AdministratorNameList,
        LearnerGet = "learner.get": GetLearner => LearnerRecord,
        LearnerList = "learner.list": ListLearners => LearnerPage,
        LearnerFind = "learner.find": FindLearners => FoundLearnerPage,
        ProgrammeGet = "programme.get": GetProgramme => ProgrammeRecord,
        ProgrammeList = "programme.list": ListProgrammes => ProgrammePage,
        TemplateGet = "template.get": GetTemplate => TemplatePage,
        ActorGet = "actor.get": GetActor => ActorRecord,
        PlanGet = "plan.get": GetPlan => PlanPage,
        PlanChange = "plan.change": GetPlanChange => PlanChangePage,
        PlanHistory = "plan.history": GetPlanHistory => PlanHistoryPage,
        RecordList = "record.list": ListRecords => RecordPage,
        RecordChanges = "record.changes": ListRecordChanges => RecordChangesPage,
        SyncComponents = "sync.components": ListSyncComponents => SyncComponentPage,
        SyncLearners = "sync.learners": ListSyncLearners => SyncLearnerPage,
        SyncFilters = "sync.filters": ListSyncFilters => SyncFilterPage,
        SyncPreview = "sync.preview": PreviewSync => SyncSummary,
        SyncAffected = "sync.affected": AffectedSync => SyncAffectedPage,
        SyncExplain = "sync.explain": ExplainSync => SyncExplanation,
        SyncGet = "sync.get": GetSync => SyncRecord,
        SyncOutcomes = "sync.outcomes": ListSyncOutcomes => SyncOutcomePage,
        SyncChanges = "sync.changes": ListSyncChanges => SyncChangesPage,
        SyncList = "sync.list": ListSyncs => SyncPage,
    }
}

/// Writes what makes two commands the same: the operation, and the body as it was understood,
/// whatever encoding or order of fields it came in. The command id must have been taken out, and the
/// body be in its [canonical form](Body::canonical): other forms of it give other bytes.
pub fn write_fingerprint<B: Body, W: Write>(
    operation: OperationName,
    body: &B,
    mut to: W,
) -> io::Result<()> {
    to.write_all(operation.as_str().as_bytes())?;
    to.write_all(&[0])?;
    let mut serializer = rmp_serde::Serializer::new(&mut to).with_struct_map();
    body.serialize(&mut serializer).map_err(io::Error::other)
}
