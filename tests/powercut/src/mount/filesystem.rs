//! Owns the translation between FUSE requests and the disk model. Decides nothing itself.

use std::ffi::OsStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fuser::{
    BsdFileFlags, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation,
    INodeNo, LockOwner, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory,
    ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use super::SharedDisk;
use crate::disk::{Disk, Inode, Refusal};

/// The kernel is the only one that changes this disk while it is mounted, so what it knows of
/// names and attributes stays true.
const KNOWN_FOR: Duration = Duration::from_hours(1);

const BLOCK_BYTES: u32 = 512;

/// `fallocate` modes, from `linux/falloc.h`.
const KEEP_SIZE: i32 = 1;

/// A disk model as FUSE sees it.
#[derive(Debug)]
pub(super) struct ForgetfulFilesystem {
    disk: SharedDisk,
}

impl ForgetfulFilesystem {
    pub(super) fn new(disk: SharedDisk) -> Self {
        Self { disk }
    }

    fn attributes(&self, inode: Inode) -> Result<FileAttr, Refusal> {
        attributes(&self.disk.lock(), inode)
    }

    fn make(
        &self,
        make: impl FnOnce(&mut Disk) -> Result<Inode, Refusal>,
    ) -> Result<FileAttr, Refusal> {
        let inode = self.disk.operate(make)?;
        self.attributes(inode)
    }

    fn answer(&self, reply: ReplyEmpty, operation: impl FnOnce(&mut Disk) -> Result<(), Refusal>) {
        match self.disk.operate(operation) {
            Ok(()) => reply.ok(),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }
}

fn inode(number: INodeNo) -> Inode {
    Inode::new(number.into())
}

fn errno(refusal: Refusal) -> Errno {
    match refusal {
        Refusal::Stopped => Errno::EIO,
        Refusal::NotFound => Errno::ENOENT,
        Refusal::Exists => Errno::EEXIST,
        Refusal::NotEmpty => Errno::ENOTEMPTY,
        Refusal::NotADirectory => Errno::ENOTDIR,
        Refusal::TooLarge => Errno::EFBIG,
    }
}

fn attributes(disk: &Disk, inode: Inode) -> Result<FileAttr, Refusal> {
    let (kind, bytes_count) = match disk.tree().entries(inode) {
        Some(_) => (FileType::Directory, 0),
        None => (FileType::RegularFile, disk.file(inode)?.len()),
    };
    let size = u64::try_from(bytes_count).map_err(|_| Refusal::TooLarge)?;
    Ok(FileAttr {
        ino: INodeNo(inode.get()),
        size,
        blocks: size.div_ceil(u64::from(BLOCK_BYTES)),
        atime: UNIX_EPOCH,
        mtime: UNIX_EPOCH,
        ctime: UNIX_EPOCH,
        crtime: UNIX_EPOCH,
        kind,
        perm: if kind == FileType::Directory {
            0o755
        } else {
            0o644
        },
        nlink: if kind == FileType::Directory { 2 } else { 1 },
        uid: nix::unistd::geteuid().as_raw(),
        gid: nix::unistd::getegid().as_raw(),
        rdev: 0,
        blksize: 4096,
        flags: 0,
    })
}

/// The entries of a directory as FUSE lists them, each with the offset that follows it.
fn listing(disk: &Disk, directory: Inode) -> Result<Vec<(Inode, FileType, String)>, Refusal> {
    let entries = disk
        .tree()
        .entries(directory)
        .ok_or(Refusal::NotADirectory)?;
    let dots = [".", ".."].map(|dot| (directory, FileType::Directory, dot.to_owned()));
    let named = entries.iter().map(|(name, inode)| {
        let kind = match disk.tree().entries(*inode) {
            Some(_) => FileType::Directory,
            None => FileType::RegularFile,
        };
        (*inode, kind, name.to_string_lossy().into_owned())
    });
    Ok(dots.into_iter().chain(named).collect())
}

impl Filesystem for ForgetfulFilesystem {
    fn lookup(&self, _request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = {
            let disk = self.disk.lock();
            disk.lookup(inode(parent), name)
                .and_then(|inode| attributes(&disk, inode))
        };
        match found {
            Ok(found) => reply.entry(&KNOWN_FOR, &found, Generation(0)),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn getattr(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: Option<FileHandle>,
        reply: ReplyAttr,
    ) {
        match self.attributes(inode(ino)) {
            Ok(found) => reply.attr(&KNOWN_FOR, &found),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn setattr(
        &self,
        request: &Request,
        ino: INodeNo,
        _mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        handle: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let resized = match size {
            Some(size) => self.disk.operate(|disk| disk.resize(inode(ino), size)),
            None => Ok(()),
        };
        match resized {
            Ok(()) => self.getattr(request, ino, handle, reply),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn mkdir(
        &self,
        _request: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        reply: ReplyEntry,
    ) {
        match self.make(|disk| disk.make_directory(inode(parent), name)) {
            Ok(made) => reply.entry(&KNOWN_FOR, &made, Generation(0)),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn create(
        &self,
        _request: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        _flags: i32,
        reply: ReplyCreate,
    ) {
        match self.make(|disk| disk.create(inode(parent), name)) {
            Ok(made) => reply.created(
                &KNOWN_FOR,
                &made,
                Generation(0),
                FileHandle(0),
                FopenFlags::FOPEN_KEEP_CACHE,
            ),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn unlink(&self, _request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.answer(reply, |disk| disk.unlink(inode(parent), name));
    }

    fn rmdir(&self, _request: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.answer(reply, |disk| disk.remove_directory(inode(parent), name));
    }

    fn rename(
        &self,
        _request: &Request,
        parent: INodeNo,
        name: &OsStr,
        parent_new: INodeNo,
        name_new: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        if !flags.is_empty() {
            return reply.error(Errno::EINVAL);
        }
        let (from, to) = ((inode(parent), name), (inode(parent_new), name_new));
        self.answer(reply, |disk| disk.rename(from, to));
    }

    fn open(&self, _request: &Request, _ino: INodeNo, _flags: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_KEEP_CACHE);
    }

    fn read(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        offset: u64,
        size: u32,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let count = usize::try_from(size).unwrap_or(usize::MAX);
        match self.disk.lock().read(inode(ino), offset, count) {
            Ok(bytes) => reply.data(bytes),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    fn write(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        offset: u64,
        bytes: &[u8],
        _write_flags: WriteFlags,
        _flags: OpenFlags,
        _owner: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let written = self
            .disk
            .operate(|disk| disk.write(inode(ino), offset, bytes));
        let count = u32::try_from(bytes.len()).map_err(|_| Refusal::TooLarge);
        match written.and(count) {
            Ok(count) => reply.written(count),
            Err(refusal) => reply.error(errno(refusal)),
        }
    }

    /// Closing a file promises nothing.
    fn flush(
        &self,
        _request: &Request,
        _ino: INodeNo,
        _handle: FileHandle,
        _owner: LockOwner,
        reply: ReplyEmpty,
    ) {
        reply.ok();
    }

    fn fsync(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        data_only: bool,
        reply: ReplyEmpty,
    ) {
        self.answer(reply, |disk| disk.sync_file(inode(ino), data_only));
    }

    fn fsyncdir(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        _data_only: bool,
        reply: ReplyEmpty,
    ) {
        self.answer(reply, |disk| disk.sync_directory(inode(ino)));
    }

    fn readdir(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let entries = match listing(&self.disk.lock(), inode(ino)) {
            Ok(entries) => entries,
            Err(refusal) => return reply.error(errno(refusal)),
        };
        for (next, (inode, kind, name)) in (1..).zip(entries) {
            if next > offset && reply.add(INodeNo(inode.get()), next, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn fallocate(
        &self,
        _request: &Request,
        ino: INodeNo,
        _handle: FileHandle,
        offset: u64,
        length: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        match mode {
            0 => self.answer(reply, |disk| {
                let bytes_count = disk.file(inode(ino))?.len();
                let end = offset.checked_add(length).ok_or(Refusal::TooLarge)?;
                if u64::try_from(bytes_count).is_ok_and(|count| count < end) {
                    return disk.resize(inode(ino), end);
                }
                Ok(())
            }),
            KEEP_SIZE => reply.ok(),
            _ => reply.error(Errno::ENOTSUP),
        }
    }

    /// Plenty of room: a full disk is another test's concern.
    fn statfs(&self, _request: &Request, _ino: INodeNo, reply: ReplyStatfs) {
        let (blocks, files) = (1 << 24, 1 << 20);
        reply.statfs(blocks, blocks, blocks, files, files, 4096, 255, 4096);
    }
}
