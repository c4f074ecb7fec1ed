"""Writes a folder as a tarball that does not depend on who packs it, or when."""

import gzip
import tarfile


def write(folder, file, epoch, is_fast):
    def plain(member):
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = epoch
        is_run = member.isdir() or member.mode & 0o100
        member.mode = 0o755 if is_run else 0o644
        return member

    # The name and the time in the header of gzip would vary.
    with file.open("wb") as raw, gzip.GzipFile("", "wb", 1 if is_fast else 9, raw, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
            archive.add(folder, folder.name, recursive=False, filter=plain)
            for path in sorted(folder.rglob("*")):
                archive.add(path, f"{folder.name}/{path.relative_to(folder)}", recursive=False, filter=plain)
