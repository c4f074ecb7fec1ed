//! The handlers of all operations, and how one is found by its name.
//!
//! An operation of the protocol's table is handled by an implementation of [`Commands`] or [`Reads`]
//! for its marker type. The matches below are made from the table, so that an operation without a
//! handler does not compile; a handler without an operation has no type to be implemented for.

use plansync_domain::command::Command;
use plansync_domain::ids::CommandId;
use plansync_engine::read::Reading;
use plansync_engine::{Receipt, Refusal};
use plansync_protocol::audit::CommandReply;
use plansync_protocol::{
    self as protocol, DecodeError, Error, Operation, OperationName, ReadOperation, list_operations,
};

use crate::service::Service;

/// The handler of an operation that changes something.
pub(crate) trait Commands: Operation<Reply: Into<CommandReply>> {
    /// The body as a command of the domain. Ids that the sender left out are derived from the id of
    /// the command, so that they are the same when it is repeated.
    fn command(body: Self::Body, id: CommandId) -> Result<Command, DecodeError>;

    /// The receipt as a reply; `None` if the receipt belongs to another operation.
    fn reply(receipt: Receipt) -> Option<Self::Reply>;
}

/// The handler of an operation that only reads.
pub(crate) trait Reads: ReadOperation {
    /// Checks conditions between the fields of a body; the type of a field checks the field itself.
    fn check(_body: &Self::Body) -> Result<(), DecodeError> {
        Ok(())
    }

    /// The reply, from one state of the engine.
    fn answer(reading: &Reading<'_>, body: Self::Body) -> Result<Self::Reply, Refusal>;

    /// The reply of an operation that is about the engine and no tenant; `None` of all others, which is the default.
    fn about_engine(_service: &Service) -> Option<Result<Self::Reply, Error>> {
        None
    }

    /// Adds to the reply what the service knows and the engine does not.
    fn complete(_service: &Service, _reply: &mut Self::Reply) {}
}

/// An action on a command whose types are known.
pub(crate) trait WithCommand {
    type Output;

    fn with<O: Commands>(self) -> Self::Output;
}

/// An action on a read whose types are known.
pub(crate) trait WithRead {
    type Output;

    fn with<O: Reads>(self) -> Self::Output;
}

macro_rules! find_handlers {
    (commands { $($command:ident,)+ } reads { $($read:ident,)+ }) => {
        /// Calls the action with the command of this name; `None` if the name is that of a read.
        pub(crate) fn with_command<W: WithCommand>(
            name: OperationName,
            with: W,
        ) -> Option<W::Output> {
            match name {
                $(OperationName::$command => Some(with.with::<protocol::$command>()),)+
                $(OperationName::$read => None,)+
            }
        }

        /// Calls the action for commands or the action for reads with the operation of this name.
        pub(crate) fn with_operation<C: WithCommand, R: WithRead<Output = C::Output>>(
            name: OperationName,
            command: C,
            read: R,
        ) -> C::Output {
            match name {
                $(OperationName::$command => command.with::<protocol::$command>(),)+
                $(OperationName::$read => read.with::<protocol::$read>(),)+
            }
        }
    };
}

list_operations!(find_handlers);
