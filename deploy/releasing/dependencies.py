"""The crates of which the program is made, with their licences, from `cargo metadata` and Cargo.lock."""

import json
import pathlib
import re
import subprocess
import tomllib

# Names of files with the text of a licence, also of C libraries within a crate.
LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)([-._].*)?$", re.IGNORECASE)
# How deep within a crate they are looked for.
DEPTH_MAX = 4
# Expressions of older crates, as SPDX writes them.
OLDER = {
    "MIT/Apache-2.0": "MIT OR Apache-2.0",
    "Apache-2.0/MIT": "Apache-2.0 OR MIT",
    "Unlicense/MIT": "Unlicense OR MIT",
    "MPL-2.0+": "MPL-2.0",
}


class Crate:
    """A crate, and the ids of those that it needs."""

    def __init__(self, package, needs, checksum):
        self.id = package["id"]
        self.name = package["name"]
        self.version = package["version"]
        self.licence = OLDER.get(package["license"], package["license"])
        self.repository = package["repository"]
        self.folder = pathlib.Path(package["manifest_path"]).parent
        self.is_ours = package["source"] is None
        self.needs = needs
        self.checksum = checksum

    def licence_texts(self):
        """Pairs of the path within the crate and the text, sorted."""
        files = (path for path in self.folder.rglob("*") if LICENCE_FILE.match(path.name) and path.is_file())
        within = sorted(path.relative_to(self.folder) for path in files)
        return [
            (str(path), (self.folder / path).read_text(errors="replace").strip())
            for path in within
            if len(path.parts) <= DEPTH_MAX and path.suffix not in (".rs", ".c", ".h", ".py")
        ]


def metadata(root, platform):
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", platform]
    return json.loads(subprocess.run(command, check=True, cwd=root, capture_output=True).stdout)


def of_program(metadata, lock):
    """The crate `plansync` and all that it needs to be built, by id; crates that only tests need are not among them."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    checksums = {
        (package["name"], package["version"]): package.get("checksum")
        for package in tomllib.loads(lock.read_text())["package"]
    }
    found = {}
    waiting = [next(id for id, package in packages.items() if package["name"] == "plansync")]
    while waiting:
        id = waiting.pop()
        if id in found:
            continue
        package = packages[id]
        needs = sorted(
            dependency["pkg"]
            for dependency in nodes[id]["deps"]
            if any(kind["kind"] in (None, "build") for kind in dependency["dep_kinds"])
        )
        if not package["license"]:
            raise SystemExit(f"{package['name']} {package['version']} states no licence")
        found[id] = Crate(package, needs, checksums.get((package["name"], package["version"])))
        waiting += needs
    return dict(sorted(found.items(), key=lambda one: (one[1].name, one[1].version)))


def licence_list(release):
    """The list of licences, and below it each text once, with the crates to which it belongs."""
    others = [crate for crate in release.dependencies.values() if not crate.is_ours]
    lines = [
        "plansync contains the crates below, and the Rust standard library "
        f"({release.rust}, MIT OR Apache-2.0). Each text follows once.",
        "",
        *(f"{crate.name} {crate.version}: {crate.licence}" for crate in others),
    ]
    texts = {}
    for crate in others:
        for path, text in crate.licence_texts():
            texts.setdefault(text, []).append(f"{crate.name} {crate.version} ({path})")
    for text, owners in sorted(texts.items(), key=lambda one: one[1]):
        lines += ["", "-" * 80, *owners, "-" * 80, "", text]
    return "\n".join(lines) + "\n"
