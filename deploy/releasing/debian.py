"""Makes the Debian package of a release."""

import email.utils
import hashlib
import os
import pathlib
import shutil
import subprocess

import contents

ARCHITECTURES = {"x86_64-unknown-linux-gnu": "amd64", "aarch64-unknown-linux-gnu": "arm64"}
SCRIPTS = pathlib.Path(__file__).resolve().parent / "debian"
DESCRIPTION = """\
engine that keeps learning plans and synchronises changes between them
 plansync keeps the learning plans of a college as events in an append-only
 log, and synchronises changes of one learner's plan onto those of others.
 Commands arrive over NATS, and events are published to it.
 .
 The engine is not started by the installation, because it needs the address
 of a NATS server first: see /usr/share/doc/plansync/docs/install.md.
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: plansync
Comment:
 The licences of the libraries that the program contains are in
 /usr/share/doc/plansync/THIRD-PARTY-LICENSES.gz.

Files: *
Copyright: the authors of plansync
License: Apache-2.0 or Expat

License: Apache-2.0
 On Debian systems, the full text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.

License: Expat
"""


def maintainer():
    """As Debian's tools know who makes a package."""
    name, mail = os.environ.get("DEBFULLNAME"), os.environ.get("DEBEMAIL")
    if not name or not mail:
        raise SystemExit("set DEBFULLNAME and DEBEMAIL to the name and the mail address of who makes the package")
    return f"{name} <{mail}>"


def libraries(program, work):
    """The packages that have the libraries which the program names."""
    folder = work / "shlibdeps"
    (folder / "debian").mkdir(parents=True)
    (folder / "debian/control").write_text("Source: plansync\nPackage: plansync\nArchitecture: any\n")
    command = ["dpkg-shlibdeps", "-O", f"-e{program}"]
    told = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    return told.strip().removeprefix("shlibs:Depends=")


def expat(root):
    lines = (root / "LICENSE-MIT").read_text().strip().splitlines()
    return "".join(f" {line}\n" if line.strip() else " .\n" for line in lines)


def changelog(release):
    date = email.utils.formatdate(release.epoch, usegmt=True).replace("GMT", "+0000")
    return (
        f"plansync ({release.version}) unstable; urgency=medium\n\n"
        "  * CHANGELOG.md.gz in this folder lists what has changed.\n\n"
        f" -- {maintainer()}  {date}\n"
    )


def stage_documents(release, documents):
    """What Debian's policy wants of documents: long ones are packed, licences are those of `copyright`."""
    for name in ("LICENSE-APACHE", "LICENSE-MIT"):
        (documents / name).unlink()
    for name in ("CHANGELOG.md", "THIRD-PARTY-LICENSES", "sbom.cdx.json"):
        text = (documents / name).read_bytes()
        (documents / name).unlink()
        contents.put(documents / f"{name}.gz", contents.packed(text))
    contents.put(documents / "changelog.gz", contents.packed(changelog(release).encode()))
    contents.put(documents / "copyright", (COPYRIGHT + expat(release.root)).encode())


def stage_control(release, folder, depends):
    control = folder / "DEBIAN"
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    contents.put(
        control / "control",
        (
            f"Package: plansync\nVersion: {release.version}\nArchitecture: {ARCHITECTURES[release.platform]}\n"
            f"Maintainer: {maintainer()}\nInstalled-Size: {-(-size // 1024)}\nDepends: {depends}\n"
            "Recommends: ca-certificates\n"
            f"Section: database\nPriority: optional\nDescription: {DESCRIPTION}"
        ).encode(),
    )
    for script in sorted(SCRIPTS.iterdir()):
        contents.put(control / script.name, script.read_bytes(), 0o755)
    contents.put(control / "conffiles", b"/etc/plansync/plansync.toml\n")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and control not in path.parents)
    sums = (f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files)
    contents.put(control / "md5sums", "".join(sums).encode())


def write(release, staged, work, output, is_fast):
    """Writes the package of what is staged for a tarball."""
    if release.platform not in ARCHITECTURES:
        raise SystemExit(f"there is no Debian package for {release.platform}")
    folder = work / "package"
    shutil.copytree(staged, folder / "usr")
    shutil.move(folder / "usr/etc", folder / "etc")
    zsh = folder / "usr/share/zsh"
    (zsh / "site-functions").rename(zsh / "vendor-completions")
    stage_documents(release, folder / "usr/share/doc/plansync")
    depends = libraries(folder / "usr/bin/plansync", work)
    depends += ", init-system-helpers (>= 1.52), systemd | systemd-standalone-sysusers | systemd-sysusers"
    stage_control(release, folder, depends)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    name = f"plansync_{release.version}_{ARCHITECTURES[release.platform]}.deb"
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(release.epoch)}
    compression = ["-Zgzip", "-z1"] if is_fast else ["-Zxz"]
    command = ["dpkg-deb", "--root-owner-group", *compression, "--build", folder, output / name]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
