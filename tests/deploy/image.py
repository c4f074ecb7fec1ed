"""Builds the container image, and runs it: not as root, with a root that cannot be written to.

    python image.py --binary FILE --nats-server PROGRAM --work FOLDER [--size]

With --size, the program is of the profile `dist`, and the image may have 40 MB.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import sys
import tarfile

from common import DEPLOY, NatsServer, expect, leave_out, run, wait_for

TAG = "localhost/plansync:test"
SIZE_MAX = 40_000_000
STOP_S_MAX = 10
IS_WITHIN = "PLANSYNC_IMAGE_WITHIN"
# Neither control groups nor limits nor seccomp can be set on every machine where this runs.
LEAN = ("--runtime=crun", "--cgroups=disabled", "--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096", "--network=host")
SAFE = ("--read-only", "--read-only-tmpfs=false", "--tmpfs=/tmp:rw,size=256m,mode=1777", "--cap-drop=all",
        "--security-opt=no-new-privileges")  # fmt: skip


def enter():
    """Begins again with mounts of its own, where control groups are those that podman knows."""
    if os.environ.get(IS_WITHIN) or pathlib.Path("/sys/fs/cgroup/cgroup.procs").exists():
        return
    mounts = 'mount --make-rprivate / && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"'
    os.environ[IS_WITHIN] = "1"
    os.execvp("unshare", ["unshare", "--mount", "bash", "-c", mounts, "-", sys.executable, "-B", *sys.argv])


def use_storage(work):
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    storage = f'[storage]\ndriver = "vfs"\nrunroot = "{work}/run"\ngraphroot = "{work}/store"\n'
    (work / "storage.conf").write_text(storage)
    os.environ["CONTAINERS_STORAGE_CONF"] = str(work / "storage.conf")
    os.environ["BUILDAH_ISOLATION"] = "chroot"


def build(binary, work):
    os.environ["SOURCE_DATE_EPOCH"] = "1767225600"
    layers = []
    for _ in range(2):
        run(DEPLOY / "container/build", "--builder", "buildah", "--tag", TAG, binary)
        layers.append(json.loads(run("buildah", "inspect", "--type", "image", TAG).stdout)["OCIv1"]["rootfs"]["diff_ids"])
    # buildah gives each image an id of its own, in its configuration.
    expect(layers[0] == layers[1], f"the same program gives different files: {layers}")
    run("podman", "save", "--quiet", "--format", "docker-archive", "--output", work / "image.tar", TAG)


def files_of(archive):
    """The files of the image, and its configuration."""
    with tarfile.open(archive) as image:
        manifest = json.load(image.extractfile("manifest.json"))[0]
        configuration = json.load(image.extractfile(manifest["Config"]))["config"]
        files = []
        for layer in manifest["Layers"]:
            with tarfile.open(fileobj=image.extractfile(layer)) as packed:
                files += packed.getmembers()
        return files, configuration


def holds_what_it_should(archive, is_release):
    files, configuration = files_of(archive)
    names = {member.name.strip("/") for member in files}
    for name in ("usr/bin/plansync", "etc/ssl/certs/ca-certificates.crt", "etc/passwd", "tmp", "var/lib/plansync"):
        expect(name in names, f"the image lacks {name}")
    programs = {one.name for one in files if one.isfile() and one.mode & 0o111 and "/lib" not in f"/{one.name}"}
    expect(programs == {"usr/bin/plansync"}, f"programs in the image: {programs}")
    expect(not any(member.mode & 0o6000 for member in files), "a file of the image has the bits setuid or setgid")
    expect(configuration["User"] == "65532:65532", f"user {configuration['User']}")
    expect(configuration["StopSignal"] == "SIGTERM", "it is not stopped with SIGTERM")
    expect(configuration["Healthcheck"]["Test"][:3] == ["CMD", "/usr/bin/plansync", "ping"], "no check of health")
    size = sum(member.size for member in files)
    if is_release:
        expect(size <= SIZE_MAX, f"the image has {size} bytes, more than {SIZE_MAX}")
    else:
        leave_out("the size of the image: the program is not of the profile `dist`")
    print(f"the image has {len(names)} files and {size} bytes")


class Container:
    """The engine in a container; removed at the end of the block."""

    def __init__(self, data, url):
        self.options = [*LEAN, *SAFE, f"--volume={data}:/var/lib/plansync", f"--env=NATS_URL={url}"]

    def __enter__(self):
        started = run("podman", "run", "--detach", "--no-healthcheck", *self.options, TAG)
        self.id = started.stdout.strip()
        return self

    def ping(self):
        return run("podman", "exec", self.id, "/usr/bin/plansync", "ping", "--timeout", "5", ok=None).returncode == 0

    def state(self, key):
        return run("podman", "inspect", "--format", f"{{{{.State.{key}}}}}", self.id).stdout.strip()

    def __exit__(self, kind=None, *_):
        if kind:
            ended = run("podman", "logs", self.id, ok=None)
            print(ended.stdout, ended.stderr, sep="\n", file=sys.stderr)
        run("podman", "rm", "--force", "--time", "0", self.id, ok=None)


def is_confined(pid):
    process = pathlib.Path(f"/proc/{pid}")
    status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
    expect(status["Uid"].split()[0] == "65532", f"it runs as {status['Uid']}")
    expect(status["CapEff"].strip("0") == "", f"it has the capabilities {status['CapEff']}")
    expect(status["NSpid"].split()[-1] == "1", f"it is not process 1: {status['NSpid']}")
    mounts = (line.split() for line in (process / "mountinfo").read_text().splitlines())
    root = next(fields for fields in mounts if fields[4] == "/")
    expect("ro" in root[5].split(","), f"the root can be written to: {root}")


def serves_and_ends(work, nats):
    data = work / "data"
    data.mkdir()
    os.chown(data, 65532, 65532)
    with Container(data, nats.url) as engine:
        wait_for(engine.ping, "that the engine serves")
        is_confined(engine.state("Pid"))
        run("podman", "exec", engine.id, "/usr/bin/plansync", "request", "tenant.put",
            '{"marking_aid": false, "owner_rule": "keep"}', "--tenant", "northgate", "--as", "system")  # fmt: skip
        # Whoever does not end within this time is killed, and has another exit code.
        run("podman", "stop", "--time", STOP_S_MAX, engine.id)
        expect(engine.state("ExitCode") == "0", f"exit code {engine.state('ExitCode')} after SIGTERM")
    with Container(data, nats.url) as engine:
        wait_for(engine.ping, "that the engine serves again")
        read = run("podman", "exec", engine.id, "/usr/bin/plansync", "tenant", "show", "--tenant", "northgate",
                   "--as", "system", ok=None)  # fmt: skip
        expect(read.returncode == 0, f"what was written is gone: {read.stdout}{read.stderr}")
        os.kill(int(engine.state("Pid")), signal.SIGKILL)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--nats-server", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--size", action="store_true")
    options = parser.parse_args()
    lacking = [tool for tool in ("buildah", "podman", "crun", "unshare") if not shutil.which(tool)]
    if lacking or os.geteuid() != 0:
        leave_out(f"the container image: {', '.join(lacking) or 'root'} is missing")
        return
    enter()
    use_storage(options.work)
    build(options.binary, options.work)
    holds_what_it_should(options.work / "image.tar", options.size)
    if run("podman", "run", "--rm", *LEAN, *SAFE, TAG, "--version", ok=None).returncode != 0:
        leave_out("the container at work: podman cannot run one on this machine")
        return
    with NatsServer(options.nats_server) as nats:
        serves_and_ends(options.work, nats)
    print("the container image is right")


main()
