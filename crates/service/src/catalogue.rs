//! Which code carries out which operation.
//!
//! Two traits bind the types of an operation to what it does: commands become the domain's, reads
//! are answered from one state. Two functions find the operation by its name.

use plansync_domain::command::Command;
use plansync_domain::ids::CommandId;
use plansync_engine::read::Reading;
use plansync_engine::{Receipt, Refusal};
use plansync_protocol::{self as protocol, DecodeError, Operation, OperationName, PageOf, Paged};

/// An operation that changes something.
pub(crate) trait Commands: Operation {
    /// The domain's command; ids that its sender left out are derived from the command's own.
    fn command(body: Self::Body, id: CommandId) -> Result<Command, DecodeError>;

    /// The reply that a receipt stands for; none for a receipt of another operation.
    fn reply(receipt: Receipt) -> Option<Self::Reply>;
}

/// An operation that only looks.
pub(crate) trait Reads: Operation<Reply: Paged> {
    /// What the fields must hold together, beyond each by itself.
    fn check(_body: &Self::Body) -> Result<(), DecodeError> {
        Ok(())
    }

    /// Which reading the page is of, where its list can be held.
    fn page_of(_body: &Self::Body) -> PageOf {
        PageOf::ItsOwn
    }

    /// What there is to see.
    fn answer(reading: &Reading<'_>, body: Self::Body) -> Result<Self::Reply, Refusal>;
}

/// Something done with an operation that changes something, its types at hand.
pub(crate) trait WithCommand {
    type Output;

    fn with<O: Commands>(self) -> Self::Output;
}

/// Something done with an operation that only looks, its types at hand.
pub(crate) trait WithRead {
    type Output;

    fn with<O: Reads>(self) -> Self::Output;
}

macro_rules! catalogue {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        /// Does it with the command of this name; none if the name is a read's.
        pub(crate) fn with_command<W: WithCommand>(
            name: OperationName,
            with: W,
        ) -> Option<W::Output> {
            match name {
                $(OperationName::$command => Some(with.with::<protocol::$command>()),)+
                $(OperationName::$read => None,)+
            }
        }

        /// Does it with the read of this name; none if the name is a command's.
        pub(crate) fn with_read<W: WithRead>(name: OperationName, with: W) -> Option<W::Output> {
            match name {
                $(OperationName::$command => None,)+
                $(OperationName::$read => Some(with.with::<protocol::$read>()),)+
            }
        }
    };
}

catalogue! {
    commands {
        TenantPut,
        AdministratorPut,
        AdministratorRemove,
        LearnerPut,
        ProgrammePut,
        TemplatePut,
        TemplateRemove,
        PlanInstantiate,
        PlanEdit,
        RecordOpen,
        RecordClose,
        SyncStart,
        SyncCancel,
    }
    reads {
        TenantGet,
        AdministratorGet,
        AdministratorList,
        AdministratorNames,
        LearnerGet,
        LearnerList,
        LearnerFind,
        ProgrammeGet,
        ProgrammeList,
        TemplateGet,
        ActorGet,
        PlanGet,
        PlanChange,
        PlanHistory,
        RecordList,
        RecordChanges,
        SyncComponents,
        SyncLearners,
        SyncFilters,
        SyncPreview,
        SyncAffected,
        SyncExplain,
        SyncGet,
        SyncOutcomes,
        SyncChanges,
        SyncList,
    }
}
