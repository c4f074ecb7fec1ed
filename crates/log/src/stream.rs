//! Streams: the plan, learner, synchronisation and so on that a commit is about, and whose version it
//! raises.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

/// The kinds of streams. The codes are stored in every commit and therefore frozen: kinds may be added, but
/// not renumbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum StreamKind {
    /// The plan of one learner.
    Plan = 1,
    /// One learner.
    Learner = 2,
    /// One administrator.
    Administrator = 3,
    /// One programme with its template.
    Programme = 4,
    /// The settings of the tenant.
    Tenant = 5,
    /// One open learner record.
    Record = 6,
    /// One synchronisation, and the chunks of its change set.
    Sync = 7,
    /// A target of a synchronisation whose plan did not change.
    Target = 8,
    /// Commands that changed nothing, and outcomes of durable commands.
    Command = 9,
    /// The versions and settings of the engine that decided.
    Engine = 10,
}

impl StreamKind {
    /// Every kind, in the order of the codes.
    pub const ALL: [Self; 10] = [
        Self::Plan,
        Self::Learner,
        Self::Administrator,
        Self::Programme,
        Self::Tenant,
        Self::Record,
        Self::Sync,
        Self::Target,
        Self::Command,
        Self::Engine,
    ];

    /// The frozen code.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The kind with this code, if there is one.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Learner => "learner",
            Self::Administrator => "administrator",
            Self::Programme => "programme",
            Self::Tenant => "tenant",
            Self::Record => "record",
            Self::Sync => "sync",
            Self::Target => "target",
            Self::Command => "command",
            Self::Engine => "engine",
        }
    }
}

impl fmt::Display for StreamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The key of a stream among those of its kind and tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamKey {
    /// A 16-byte id.
    Uuid(Uuid),
    /// A name of at most [`NAME_BYTES_MAX`](crate::NAME_BYTES_MAX) bytes.
    Name(Arc<str>),
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uuid(id) => id.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// One stream of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    tenant: Arc<str>,
    kind: StreamKind,
    key: StreamKey,
}

impl StreamId {
    /// Makes the id of a stream. The tenant is at most [`NAME_BYTES_MAX`](crate::NAME_BYTES_MAX) bytes, which
    /// [`sequence`](crate::sequence()) checks.
    pub fn new(tenant: impl Into<Arc<str>>, kind: StreamKind, key: StreamKey) -> Self {
        Self {
            tenant: tenant.into(),
            kind,
            key,
        }
    }

    /// The tenant.
    pub fn tenant(&self) -> &Arc<str> {
        &self.tenant
    }

    /// The kind.
    pub const fn kind(&self) -> StreamKind {
        self.kind
    }

    /// The key.
    pub const fn key(&self) -> &StreamKey {
        &self.key
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.tenant, self.kind, self.key)
    }
}
