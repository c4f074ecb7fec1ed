//! The index of streams and commands of one volume, in memory: for volumes that are not sealed, and to
//! make the rows of a volume that is being sealed.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use plansync_log::{CommandKey, Position, Skim, SkimmedKey, StreamId, StreamKey, Version};
use sha2::{Digest, Sha256};

/// The first 16 bytes of the SHA-256 of a name. Two names with the same key cannot be found in practice,
/// so a key identifies its name.
pub(crate) type Key = u128;

const STREAM: u8 = 1;
const COMMAND: u8 = 2;

fn key(what: u8, tenant: &str, code: u8, rest: &[&[u8]]) -> Key {
    let mut hash = Sha256::new();
    hash.update([what, code]);
    // A tenant has at most 255 bytes, so a byte for its length makes the encoding unambiguous.
    hash.update([u8::try_from(tenant.len()).unwrap_or(u8::MAX)]);
    hash.update(tenant);
    for part in rest {
        hash.update(part);
    }
    let hash: [u8; 32] = hash.finalize().into();
    hash.first_chunk().copied().map_or(0, u128::from_be_bytes)
}

/// The key of a stream.
pub(crate) fn stream_key(stream: &StreamId) -> Key {
    let skimmed = match stream.key() {
        StreamKey::Uuid(id) => SkimmedKey::Uuid(*id),
        StreamKey::Name(name) => SkimmedKey::Name(name),
    };
    skimmed_key(stream.tenant(), stream.kind().code(), skimmed)
}

fn skimmed_key(tenant: &str, kind: u8, name: SkimmedKey<'_>) -> Key {
    match name {
        SkimmedKey::Uuid(id) => key(STREAM, tenant, kind, &[&[0], id.as_bytes()]),
        SkimmedKey::Name(name) => key(STREAM, tenant, kind, &[&[1], name.as_bytes()]),
    }
}

/// The key of a command in its tenant and scope.
pub(crate) fn command_key(tenant: &str, command: CommandKey) -> Key {
    key(
        COMMAND,
        tenant,
        command.scope.code(),
        &[command.id.as_bytes()],
    )
}

/// What the index has of one commit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys {
    pub(crate) stream: Key,
    pub(crate) version: Version,
    pub(crate) command: Key,
}

impl Keys {
    pub(crate) fn of(skim: &Skim<'_>) -> Self {
        Self {
            stream: skimmed_key(skim.tenant, skim.kind.code(), skim.key),
            version: skim.version,
            command: command_key(skim.tenant, skim.command),
        }
    }
}

/// The commits of one stream in one volume. Their versions are consecutive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) first_version: Version,
    pub(crate) positions: Vec<Position>,
}

impl Run {
    /// The version of the last commit in the run.
    pub(crate) fn last_version(&self) -> Version {
        let count = u64::try_from(self.positions.len()).unwrap_or(u64::MAX);
        Version::new(
            self.first_version
                .get()
                .saturating_add(count)
                .saturating_sub(1),
        )
    }

    /// The positions from this version on.
    pub(crate) fn from(&self, version: Version) -> &[Position] {
        let skipped = version.get().saturating_sub(self.first_version.get());
        usize::try_from(skipped)
            .ok()
            .and_then(|skipped| self.positions.get(skipped..))
            .unwrap_or_default()
    }
}

/// Positions relative to the start of the volume. Most streams have one commit in a volume, and
/// those cost no allocation.
#[derive(Debug)]
enum StreamPlaces {
    One(u32),
    Many(Vec<u32>),
}

impl StreamPlaces {
    fn push(&mut self, place: u32) {
        match self {
            Self::One(first) => *self = Self::Many(vec![*first, place]),
            Self::Many(places) => places.push(place),
        }
    }

    fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(place) => std::slice::from_ref(place),
            Self::Many(places) => places,
        }
    }
}

/// Streams and commands of one volume.
#[derive(Debug)]
pub(crate) struct Index {
    first: Position,
    streams: HashMap<Key, (Version, StreamPlaces)>,
    commands: HashMap<Key, u32>,
}

impl Index {
    /// The index of a volume that begins with this position.
    pub(crate) fn new(first: Position) -> Self {
        Self {
            first,
            streams: HashMap::new(),
            commands: HashMap::new(),
        }
    }

    /// Adds the next commit, and returns the version that it must have if the volume has an earlier one of its stream.
    pub(crate) fn push(&mut self, position: Position, keys: &Keys) -> Option<Version> {
        let place = self.place(position);
        self.commands.entry(keys.command).or_insert(place);
        match self.streams.entry(keys.stream) {
            Entry::Occupied(mut run) => {
                let (first, places) = run.get_mut();
                let expected = next_version(*first, places);
                places.push(place);
                Some(expected)
            }
            Entry::Vacant(run) => {
                run.insert((keys.version, StreamPlaces::One(place)));
                None
            }
        }
    }

    fn place(&self, position: Position) -> u32 {
        // A journal with 4 billion commits would have terabytes.
        u32::try_from(position.get().saturating_sub(self.first.get())).unwrap_or(u32::MAX)
    }

    fn position(&self, place: u32) -> Position {
        Position::new(self.first.get().saturating_add(u64::from(place)))
    }

    /// The version that the next commit of a stream must have, if the volume has an earlier one.
    pub(crate) fn next_version(&self, stream: Key) -> Option<Version> {
        let (first, places) = self.streams.get(&stream)?;
        Some(next_version(*first, places))
    }

    pub(crate) fn stream(&self, stream: Key) -> Option<Run> {
        let (first_version, places) = self.streams.get(&stream)?;
        let positions = places
            .as_slice()
            .iter()
            .map(|place| self.position(*place))
            .collect();
        Some(Run {
            first_version: *first_version,
            positions,
        })
    }

    pub(crate) fn command(&self, command: Key) -> Option<Position> {
        self.commands
            .get(&command)
            .map(|place| self.position(*place))
    }

    /// Every stream with its first version and its places, in the order of the keys.
    pub(crate) fn streams(&self) -> Vec<(Key, Version, &[u32])> {
        let streams = self.streams.iter();
        let mut all: Vec<_> = streams
            .map(|(key, (version, places))| (*key, *version, places.as_slice()))
            .collect();
        all.sort_unstable_by_key(|(key, ..)| *key);
        all
    }

    /// Every command with its place, in the order of the keys.
    pub(crate) fn commands(&self) -> Vec<(Key, u32)> {
        let mut all: Vec<_> = self
            .commands
            .iter()
            .map(|(key, place)| (*key, *place))
            .collect();
        all.sort_unstable();
        all
    }
}

fn next_version(first: Version, places: &StreamPlaces) -> Version {
    let count = u64::try_from(places.as_slice().len()).unwrap_or(u64::MAX);
    Version::new(first.get().saturating_add(count))
}
