//! The identity of a command. With it, the log finds a command that is sent twice.

use std::fmt;

use uuid::Uuid;

/// Who gave a command its id. Ids of different scopes do not collide, so that no sender can take an id that
/// the engine will derive. The codes are stored in every commit and frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CommandScope {
    /// An id given by a sender.
    Client = 1,
    /// An id that the engine derives.
    Engine = 2,
    /// The outcome of a durable command, under the id of that command.
    Outcome = 3,
}

impl CommandScope {
    /// Every scope, in the order of the codes.
    pub const ALL: [Self; 3] = [Self::Client, Self::Engine, Self::Outcome];

    /// The frozen code.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The scope with this code, if there is one.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.code() == code)
    }
}

impl fmt::Display for CommandScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Engine => "engine",
            Self::Outcome => "outcome",
        })
    }
}

/// A command id in its scope, unique within a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandKey {
    /// Who gave the id.
    pub scope: CommandScope,
    /// The id.
    pub id: Uuid,
}

impl fmt::Display for CommandKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scope, self.id)
    }
}
