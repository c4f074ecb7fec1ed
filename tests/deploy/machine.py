"""A machine of its own: systemd as process 1 over a copy of this machine's files, which is thrown away.

It has namespaces of its own (mounts, processes, control groups), and shares the network if it is to have one. Writing to its files changes
nothing outside, except below `shared`. It needs to be root, and a kernel with overlayfs and control groups of version 2.
"""

import os
import pathlib
import signal
import subprocess
import tempfile

from common import expect, run, wait_for

# Mounts what the machine sees, and becomes its systemd. Units of the machine below are masked: only what a service
# needs is started.
BEGIN = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
root=$base/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
for name in null zero full random urandom tty; do
    touch "$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/shm" "$root/dev/pts" "$root/dev/mqueue" "$root/dev/hugepages" "$root/shared"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount --bind "$shared" "$root/shared"
rm -rf "$root/etc/systemd/system" "$root/var/log/journal"
mkdir -p "$root/etc/systemd/system"
: >"$root/etc/machine-id"
mask() { [ -e "$root/etc/systemd/system/$1" ] || ln -s /dev/null "$root/etc/systemd/system/$1"; }
for unit in "$root"/usr/lib/systemd/system/*.target.wants/*; do
    case ${unit##*/} in systemd-journald.service) ;; *) mask "${unit##*/}" ;; esac
done
for unit in dbus.socket dbus.service systemd-journald-audit.socket systemd-udevd.service tmp.mount network-online.target; do
    mask "$unit"
done
printf '[Unit]\nDescription=a machine for tests\nRequires=basic.target\nAfter=basic.target\n' \
    >"$root/etc/systemd/system/machine.target"
# In a plain chroot no user namespaces can be made, which PrivateUsers= needs.
mkdir "$root/before"
cd "$root"
pivot_root . before
umount --lazy before
# Credentials are mounted by a child of systemd, and must be seen by the others.
mount --make-rshared /
container=plansync exec chroot . /lib/systemd/systemd --system --unit=machine.target
"""
CONTROL_GROUPS = ("/sys/fs/cgroup/unified", "/sys/fs/cgroup")


class Machine:
    """Runs for as long as the block does; `run` runs a program in it."""

    def __init__(self, has_network=True):
        self.has_network = has_network

    @staticmethod
    def lacks():
        """What this machine lacks to run one; nothing if it lacks nothing."""
        if os.geteuid() != 0:
            return "only root can run a machine of its own"
        if not os.access("/lib/systemd/systemd", os.X_OK):
            return "systemd is not installed"
        if not Machine.control_group():
            return "there are no control groups of version 2 that can be written to"
        return None

    @staticmethod
    def control_group():
        for folder in CONTROL_GROUPS:
            if os.access(f"{folder}/cgroup.procs", os.W_OK):
                return pathlib.Path(folder)
        return None

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.shared = pathlib.Path(self.temporary.name) / "shared"
        self.shared.mkdir()
        base = pathlib.Path(self.temporary.name) / "base"
        base.mkdir()
        self.group = self.control_group() / f"plansync-deploy-{os.getpid()}"
        self.group.mkdir()
        enter = f"echo $$ >{self.group}/cgroup.procs && exec setpriv --pdeathsig=KILL unshare"
        enter += " --mount --pid --fork --kill-child --cgroup --ipc --uts"
        enter += "" if self.has_network else " --net"
        script = pathlib.Path(self.temporary.name) / "begin"
        script.write_text(BEGIN)
        self.log = (self.shared / "machine.log").open("wb")
        self.process = subprocess.Popen(
            ["bash", "-c", f"{enter} bash {script}"],
            env=os.environ | {"base": str(base), "shared": str(self.shared)},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        try:
            self.pid = wait_for(self.first_process, "the first process of the machine")
            wait_for(self.is_up, "systemd in the machine")
        except BaseException:
            self.__exit__()
            print((self.shared / "machine.log").read_text() if self.shared.exists() else "")
            raise
        return self

    def first_process(self):
        expect(self.process.poll() is None, f"the machine ended: {(self.shared / 'machine.log').read_text()}")
        try:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            name = pathlib.Path(f"/proc/{children[0]}/comm").read_text().strip()
        except (OSError, IndexError):
            return None
        return int(children[0]) if name == "systemd" else None

    def is_up(self):
        return self.run("systemctl", "is-active", "machine.target", ok=None).stdout.strip() == "active"

    def run(self, *command, ok=(0,)):
        return run("nsenter", f"--target={self.pid}", "--all", "--root", "--wd", *command, ok=ok)

    def show(self, unit, key):
        return self.run("systemctl", "show", "--value", f"--property={key}", unit).stdout.strip()

    def write(self, path, text, mode=0o644):
        """Writes a file in the machine."""
        passed = self.shared / "passed"
        passed.write_text(text)
        self.run("install", "-D", f"--mode={mode:o}", "/shared/passed", path)

    def __exit__(self, kind=None, *_):
        try:
            if kind and hasattr(self, "pid"):
                print(self.run("journalctl", "--no-pager", "--lines=40", ok=None).stdout)
        finally:
            self.end()

    def end(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()
        wait_for(self.is_gone, "the end of the machine")
        self.temporary.cleanup()

    def is_gone(self):
        folders = sorted((path for path in self.group.rglob("*") if path.is_dir()), reverse=True)
        try:
            for folder in (*folders, self.group):
                folder.rmdir()
        except OSError:
            return False
        return True
