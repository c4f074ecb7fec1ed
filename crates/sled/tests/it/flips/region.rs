//! Which part of a folder carries what, worked out from the layout of its files and not by asking
//! the log.

use std::fs;
use std::path::{Path, PathBuf};

pub(super) const UNSEALED_DATABASE: &str = "unsealed database";
const TORN: &str = "torn copy";
pub(super) const KINDS: [&str; 11] = [
    "MANIFEST",
    "HEAD",
    "sealed database",
    "sealed files",
    "sealed derived",
    "sealed tree",
    "full journal",
    "active journal",
    "next journal",
    UNSEALED_DATABASE,
    TORN,
];

/// A file with its place and kind.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// What a byte of a file is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    /// Something that the log needs.
    Something,
    /// A bound that an older one stands in for.
    LaterBound,
    /// Nothing, because nobody reads it, or it is written anew before anybody does.
    Nothing,
}

impl Region {
    /// Every file that is not empty.
    pub(super) fn all(dir: &Path) -> Vec<Self> {
        let mut paths = Vec::new();
        gather(dir, &mut paths);
        let active = active(dir);
        paths.sort();
        paths
            .into_iter()
            .map(|path| {
                let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                Self {
                    kind: kind(dir, &name, active),
                    bytes: fs::read(&path).unwrap(),
                    name,
                }
            })
            .collect()
    }

    pub(super) fn carries(&self, place: usize) -> Carries {
        match self.kind {
            "HEAD" => self.head_carries(place),
            "full journal" | "active journal" | "next journal" if self.is_outside(place) => {
                Carries::Nothing
            }
            UNSEALED_DATABASE | TORN => Carries::Nothing,
            _ => Carries::Something,
        }
    }

    /// Two slots of 76 bytes at 0 and 2048, each with its position in bytes 32 to 39.
    fn head_carries(&self, place: usize) -> Carries {
        let position = |slot: usize| self.bytes[slot + 32..slot + 40].to_vec();
        let later = if position(2048) > position(0) {
            2048
        } else {
            0
        };
        if (later..later + 76).contains(&place) {
            Carries::LaterBound
        } else {
            Carries::Nothing
        }
    }

    /// Whether the place is behind the last group of a journal, or in the padding behind a group.
    fn is_outside(&self, place: usize) -> bool {
        let mut offset = 512;
        while self.bytes[offset..].starts_with(b"PSGR") {
            let payload =
                u32::from_be_bytes(self.bytes[offset + 4..offset + 8].try_into().unwrap());
            let end = offset + 32 + payload as usize;
            if (offset..end).contains(&place) {
                return false;
            }
            offset = end.next_multiple_of(16);
        }
        place >= 512
    }
}

fn gather(dir: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, all);
        } else if fs::metadata(&path).unwrap().len() > 0 {
            all.push(path);
        }
    }
}

fn kind(dir: &Path, name: &str, active: u64) -> &'static str {
    let Some(rest) = name.strip_prefix("volumes/") else {
        return if name == "HEAD" { "HEAD" } else { "MANIFEST" };
    };
    let (volume, file) = rest.split_once('/').unwrap();
    let number: u64 = volume.parse().unwrap();
    let is_sealed = dir.join("volumes").join(volume).join("files").exists();
    match (is_sealed, file) {
        (true, "files") => "sealed files",
        (true, "derived") => "sealed derived",
        (true, "tree") => "sealed tree",
        (true, _) => "sealed database",
        (false, "journal") if number < active => "full journal",
        (false, "journal") if number == active => "active journal",
        (false, "journal") => "next journal",
        (false, file) if file.starts_with("torn-") => TORN,
        (false, _) => UNSEALED_DATABASE,
    }
}

/// The last volume whose journal holds a group.
pub(super) fn active(dir: &Path) -> u64 {
    let volumes = fs::read_dir(dir.join("volumes")).unwrap();
    let mut numbers: Vec<u64> = volumes
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let journal = fs::read(path.join("journal")).unwrap_or_default();
            journal
                .get(512..)
                .is_some_and(|groups| groups.starts_with(b"PSGR"))
        })
        .map(|path| path.file_name().unwrap().to_str().unwrap().parse().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers.pop().unwrap()
}
