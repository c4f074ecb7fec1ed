"""Makes the faults that the runbook describes, by the anchors of its sections. `repair` does what a reader would do where
no command of the page can: freeing a disk, correcting a file."""

import json

import tls
from common import run

DROP_IN = "/run/systemd/system/plansync.service.d/zz-fault.conf"
PUT = """plansync request tenant.put '{"marking_aid": false, "owner_rule": "keep"}' --tenant northgate --as system"""


class Faults:
    def __init__(self, machine):
        self.machine = machine

    def sh(self, script, ok=(0,)):
        return self.machine.run("bash", "-euc", f"set -a; . /etc/plansync/plansync.env; set +a; {script}", ok=ok)

    def api(self, subject, **body):
        self.sh(f"nats-api '{subject}' '{json.dumps(body)}'")

    def drop_in(self, *lines):
        self.machine.write(DROP_IN, "".join(f"{line}\n" for line in ("[Service]", *lines)))
        self.machine.run("systemctl", "daemon-reload")

    def without_drop_in(self):
        self.machine.run("rm", "--force", DROP_IN)
        self.machine.run("systemctl", "daemon-reload")

    def restart(self):
        """Starts the engine again without waiting for it to be ready, which it may never be."""
        self.machine.run("systemctl", "restart", "--no-block", "plansync")

    def make(self, anchor):
        getattr(self, f"make_{anchor.replace('-', '_')}")()

    def repair(self, anchor):
        getattr(self, f"repair_{anchor.replace('-', '_')}", lambda: None)()

    def make_no_engine_answers(self):
        self.machine.run("systemctl", "stop", "plansync")

    def make_nats_is_gone(self):
        self.machine.run("systemctl", "stop", "nats-server")

    def make_jetstream_is_off(self):
        self.sh("sed --in-place=.good '/^jetstream {/,/^}/d; s/jetstream: enabled//' /etc/nats/tenants.conf")
        self.machine.run("systemctl", "restart", "nats-server")
        self.restart()

    def repair_jetstream_is_off(self):
        self.sh("mv /etc/nats/tenants.conf.good /etc/nats/tenants.conf")

    def make_the_nats_server_does_not_meet_the_requirements(self):
        self.sh("sed --in-place=.good 's/^max_payload: 1MB/max_payload: 512KB/' /etc/nats/tenants.conf")
        self.machine.run("systemctl", "restart", "nats-server")
        self.restart()

    def repair_the_nats_server_does_not_meet_the_requirements(self):
        self.sh("mv /etc/nats/tenants.conf.good /etc/nats/tenants.conf")

    def make_a_setting_is_wrong(self):
        self.sh("""cp /etc/plansync/plansync.toml /etc/plansync/plansync.toml.good
            printf '[engine]\\ncolour = "red"\\n' >/etc/plansync/plansync.toml""")
        self.restart()

    def repair_a_setting_is_wrong(self):
        self.sh("mv /etc/plansync/plansync.toml.good /etc/plansync/plansync.toml")

    def make_a_stream_was_altered(self):
        information = self.sh("nats stream info PLANSYNC_COMMANDS --json").stdout
        self.api("STREAM.UPDATE.PLANSYNC_COMMANDS", **json.loads(information)["config"] | {"max_age": 3_600_000_000_000})

    def make_somebody_elses_consumer_is_on_the_work_queue(self):
        self.sh("nats-api steal mine")

    def make_the_consumer_is_paused(self):
        # The engine makes its own again a moment after that of somebody else is gone.
        there = "nats-api CONSUMER.INFO.PLANSYNC_COMMANDS.plansync-engine '{}'"
        self.sh(f"for _ in {{1..100}}; do {there} 2>/dev/null && exit; sleep 0.2; done; {there}")
        self.api("CONSUMER.PAUSE.PLANSYNC_COMMANDS.plansync-engine", pause_until="2100-01-01T00:00:00Z")

    def make_a_command_cannot_be_delivered(self):
        self.sh("nats-api poison northgate")

    def make_the_disk_is_full(self):
        self.machine.run("systemctl", "stop", "plansync")
        self.sh("""mv /var/lib/plansync /var/lib/plansync.aside
            mkdir /var/lib/plansync
            used=$(du --summarize --block-size=1M /var/lib/plansync.aside | cut --fields=1)
            mount -t tmpfs -o "size=$((used + 24))m" tmpfs /var/lib/plansync
            cp -a /var/lib/plansync.aside/. /var/lib/plansync/""")
        self.machine.run("systemctl", "start", "plansync")
        self.sh("dd if=/dev/zero of=/var/lib/plansync/ballast bs=64k 2>/dev/null || true; nats-api fill northgate")

    def repair_the_disk_is_full(self):
        self.sh("rm /var/lib/plansync/ballast")

    def end_the_disk_is_full(self):
        self.machine.run("systemctl", "stop", "plansync")
        self.sh("""cp -a /var/lib/plansync/. /var/lib/plansync.aside/
            umount /var/lib/plansync && rmdir /var/lib/plansync && mv /var/lib/plansync.aside /var/lib/plansync""")
        self.machine.run("systemctl", "start", "plansync")

    def make_the_folder_is_read_only(self):
        self.machine.run("systemctl", "stop", "plansync")
        self.sh("""mount --bind /var/lib/plansync /var/lib/plansync
            mount -o remount,bind,ro /var/lib/plansync""")
        self.restart()

    def repair_the_folder_is_read_only(self):
        self.machine.run("umount", "/var/lib/plansync")

    def make_tmpdir_is_missing_or_small(self):
        self.sh("mkdir -p /mnt/small && mount -t tmpfs -o size=4k tmpfs /mnt/small")

    def make_there_are_too_few_file_descriptors(self):
        self.drop_in("LimitNOFILE=16")
        self.restart()

    def repair_there_are_too_few_file_descriptors(self):
        self.without_drop_in()

    def make_the_clock_was_ahead(self):
        self.machine.run("systemctl", "stop", "plansync")
        self.drop_in("ExecStart=", "ExecStart=faketime '2031-01-01 00:00:00' /usr/bin/plansync serve", "Type=exec",
                     "PrivateIPC=no")  # fmt: skip
        self.machine.run("systemctl", "start", "plansync")
        self.sh(f"plansync ping && {PUT}")
        # Its timers do not know how long a stop takes.
        self.machine.run("systemctl", "kill", "--signal=KILL", "plansync")
        self.machine.run("systemctl", "stop", "plansync")
        self.without_drop_in()
        self.machine.run("systemctl", "start", "plansync")

    def make_there_are_two_engines(self):
        pass

    def make_permissions_are_wrong(self):
        self.machine.run("chown", "root", "/var/lib/plansync/LOCK")
        self.restart()

    def make_a_certificate_has_expired(self):
        folder = self.machine.shared / "tls"
        folder.mkdir()
        tls.make(folder)
        tls.sign(folder, "server", at="2026-01-01 00:00:00")
        self.sh("""cp /shared/tls/ca.pem /shared/tls/server.pem /shared/tls/server-key.pem /etc/nats/
            cp /etc/nats/tenants.conf /etc/nats/tenants.conf.good
            sed -i 's/verify: true/verify: false/' /etc/nats/tls.conf
            echo 'include "tls.conf"' >>/etc/nats/tenants.conf
            chown nats /etc/nats/*.pem""")
        self.sh("""cp /shared/tls/ca.pem /run/ca.pem
            sed -i 's/127.0.0.1/localhost/; $aNATS_CA=/run/ca.pem' /etc/plansync/plansync.env""")
        self.machine.run("systemctl", "restart", "nats-server")
        self.restart()

    def repair_a_certificate_has_expired(self):
        folder = self.machine.shared / "tls"
        tls.sign(folder, "server")
        self.sh("cp /shared/tls/server.pem /etc/nats/server.pem")


def lacks():
    """Programs that making the faults needs, and that are missing."""
    programs = ("openssl", "faketime", "mount")
    return [name for name in programs if run("which", name, ok=None).returncode]


# The page is about these faults, and `plansync doctor` may name their anchors.
ANCHORS = tuple(
    name.removeprefix("make_").replace("_", "-") for name in vars(Faults) if name.startswith("make_")
)

# Faults that nothing on this machine can make; their commands are typed to an engine that is well.
UNMADE = ("the-engine-is-overloaded", "the-disk-does-not-answer")

# Faults that `plansync doctor` does not see here: the engine has rejected the command already; the limit of open files and
# the folder for temporary files are those of another process; a second engine is refused and ends.
UNSEEN = (
    "a-command-cannot-be-delivered",
    "there-are-too-few-file-descriptors",
    "there-are-two-engines",
    "tmpdir-is-missing-or-small",
)
