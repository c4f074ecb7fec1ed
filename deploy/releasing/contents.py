"""What a release contains, laid out as it is installed below a prefix such as /usr/local."""

import gzip
import os
import pathlib
import shutil
import subprocess

import dependencies

COMPLETIONS = {
    "bash": "share/bash-completion/completions/plansync",
    "zsh": "share/zsh/site-functions/_plansync",
    "fish": "share/fish/vendor_completions.d/plansync.fish",
}
# zsh loads the file as the body of the function `_plansync` when it completes for the first time.
ZSH_FIRST_TIME = '\n[[ $funcstack[1] == _plansync ]] && _clap_dynamic_completer_plansync "$@"\n'
UNITS = {
    "systemd/plansync.service": "lib/systemd/system/plansync.service",
    "systemd/plansync.sysusers": "lib/sysusers.d/plansync.conf",
}
# Written by others for their machines, beside what is installed.
DOCUMENTS = ("README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT")
EXAMPLES = ("compose", "container", "grafana", "kubernetes", "nats", "prometheus", "systemd")


def packed(data):
    return gzip.compress(data, 9, mtime=0)


def put(path, data, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)


def run(program, *arguments):
    """Runs the program without what the environment sets for it."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run([program, *arguments], check=True, capture_output=True, env=environment).stdout


def stage_pages(program, share):
    pages = share.parent / "pages"
    pages.mkdir()
    run(program, "man", str(pages))
    for page in sorted(pages.iterdir()):
        put(share / "man/man1" / f"{page.name}.gz", packed(page.read_bytes()))
    shutil.rmtree(pages)


def stage(release, program, bom, folder):
    deploy = release.root / "deploy"
    put(folder / "bin/plansync", program.read_bytes(), 0o755)
    stage_pages(program, folder / "share")
    for shell, file in COMPLETIONS.items():
        script = run(program, "completions", shell)
        put(folder / file, script + (ZSH_FIRST_TIME.encode() if shell == "zsh" else b""))
    for source, file in UNITS.items():
        put(folder / file, (deploy / source).read_bytes())
    put(folder / "etc/plansync/plansync.toml", (deploy / "plansync.toml").read_bytes())
    documents = folder / "share/doc/plansync"
    for name in DOCUMENTS:
        put(documents / name, (release.root / name).read_bytes())
    put(documents / "sbom.cdx.json", bom.read_bytes())
    put(documents / "THIRD-PARTY-LICENSES", dependencies.licence_list(release).encode())
    shutil.copytree(release.root / "docs", documents / "docs")
    for name in EXAMPLES:
        shutil.copytree(deploy / name, documents / "deploy" / pathlib.Path(name))
