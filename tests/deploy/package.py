"""Checks the files of a release: made twice they are the same; the Debian package by lintian; the list of components by the
schema of CycloneDX; pages, completions and licences by what they must contain.

    python package.py --binary FILE --work FOLDER
"""

import argparse
import gzip
import os
import pathlib
import shutil
import tarfile

from common import ROOT, expect, leave_out, run

# What a release is for: each of these is named by README or docs/.
NEEDED = (
    "bin/plansync", "etc/plansync/plansync.toml", "lib/systemd/system/plansync.service", "lib/sysusers.d/plansync.conf",
    "share/man/man1/plansync.1.gz", "share/man/man1/plansync-serve.1.gz", "share/doc/plansync/docs/runbook.md",
    "share/bash-completion/completions/plansync", "share/zsh/site-functions/_plansync",
    "share/fish/vendor_completions.d/plansync.fish", "share/doc/plansync/THIRD-PARTY-LICENSES",
    "share/doc/plansync/sbom.cdx.json", "share/doc/plansync/deploy/container/build",
)  # fmt: skip


def make(binary, folder):
    shutil.rmtree(folder, ignore_errors=True)
    identity = {"DEBFULLNAME": "plansync tests", "DEBEMAIL": "tests@plansync.test"}
    run(ROOT / "deploy/release", "--fast", "--binary", binary, "--output", folder, env=os.environ | identity)
    run("sha256sum", "--check", "SHA256SUMS", cwd=folder)
    return (folder / "SHA256SUMS").read_text()


def one(folder, pattern):
    found = list(folder.glob(pattern))
    expect(len(found) == 1, f"{pattern}: {found}")
    return found[0]


def tarball(file):
    with tarfile.open(file) as archive:
        members = {member.name.split("/", 1)[-1]: member for member in archive.getmembers()}
        for name in NEEDED:
            expect(name in members, f"the tarball lacks {name}")
        expect(all(member.uid == 0 and member.mode & 0o6022 == 0 for member in members.values()), "owners or modes")
        read = lambda name: archive.extractfile(members[name]).read()  # noqa: E731
        page = gzip.decompress(read("share/man/man1/plansync-serve.1.gz")).decode()
        for text in (".TH plansync-serve 1", "PLANSYNC_DATA", "\\-\\-nats\\-url"):
            expect(text in page, f"the manual page of serve lacks {text}")
        licences = read("share/doc/plansync/THIRD-PARTY-LICENSES").decode()
        for text in ("serde 1.", "Apache License", "Permission is hereby granted", "zstd"):
            expect(text in licences, f"the list of licences lacks {text}")
        # A text that is not there would be missing for each of its crates.
        names = [member for member in members if member.startswith("share/man/man1/")]
        commands = run(ROOT / "target/deploy/plansync", "--help").stdout.split("Commands:\n")[1].split("\n\n")[0]
        for line in commands.splitlines():
            command = line.split()[0]
            expect(command == "help" or f"share/man/man1/plansync-{command}.1.gz" in names, f"no page of {command}")


def components(file):
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read_text())
    expect(error is None, f"{file.name}: {error}")


def scripts(folder):
    """The scripts that complete in shells, in the shells that there are."""
    for shell, arguments, file in (
        ("bash", ["-n"], "bash-completion/completions/plansync"),
        ("zsh", ["-n"], "zsh/site-functions/_plansync"),
        ("fish", ["--no-execute"], "fish/vendor_completions.d/plansync.fish"),
    ):
        if shutil.which(shell):
            run(shell, *arguments, folder / "share" / file)
        else:
            leave_out(f"completion in {shell}: it is not installed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    options = parser.parse_args()
    shutil.copy(options.binary, ROOT / "target/deploy/plansync")
    first = make(options.binary, options.work / "release")
    second = make(options.binary, options.work / "release-again")
    expect(first == second, f"made twice, the files differ:\n{first}{second}")
    file = one(options.work / "release", "*.tar.gz")
    tarball(file)
    components(one(options.work / "release", "*.cdx.json"))
    unpacked = options.work / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir()
    run("tar", "--extract", "--file", file, "--strip-components=1", "--directory", unpacked)
    scripts(unpacked)
    if shutil.which("lintian"):
        said = run("lintian", "--fail-on", "error,warning", one(options.work / "release", "*.deb"))
        print(said.stdout, end="")
    else:
        leave_out("the Debian package with lintian: it is not installed")
    print("the files of the release are right")


main()
