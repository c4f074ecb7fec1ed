"""Checks what is read by other programs: Kubernetes and Compose against their schemas, recipes and scripts by linters, and
the configuration of the server as Compose starts it.

    python manifests.py --binary FILE --nats-server PROGRAM
"""

import argparse
import os
import pathlib
import re
import sys
import tempfile

import yaml

from common import DEPLOY, expect, run

TOOLS = pathlib.Path(sys.executable).parent
SCRIPTS = ("container/build", "nats/operator.sh", "releasing/debian/postinst", "releasing/debian/prerm",
           "releasing/debian/postrm")  # fmt: skip
PORT = 9464


def kubernetes():
    rendered = run(TOOLS / "kubectl", "kustomize", DEPLOY / "kubernetes").stdout
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(rendered)
        file.flush()
        run(TOOLS / "kubernetes-validate", "--strict", file.name, DEPLOY / "kubernetes/secret.example.yaml")
    kinds = {one["kind"]: one for one in yaml.safe_load_all(rendered)}
    expect({"StatefulSet", "Service", "ConfigMap", "PodDisruptionBudget", "NetworkPolicy"} <= kinds.keys(), str(kinds.keys()))
    pod = kinds["StatefulSet"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    probes = {name: container[f"{name}Probe"]["httpGet"] for name in ("liveness", "startup", "readiness")}
    expect({name: probe["path"] for name, probe in probes.items()}
           == {"liveness": "/livez", "startup": "/livez", "readiness": "/readyz"}, str(probes))  # fmt: skip
    expect(all(ports[probe["port"]] == PORT for probe in probes.values()), "a probe asks on another port")
    # What is mounted is there, under the name that kustomize gave it.
    maps = kinds["ConfigMap"]["metadata"]["name"]
    expect(any(volume.get("configMap", {}).get("name") == maps for volume in pod["volumes"]), f"{maps} is not mounted")
    expect(kinds["StatefulSet"]["spec"]["replicas"] == 1, "there is one engine for one log")


def compose(nats_server):
    file = DEPLOY / "compose/compose.yaml"
    run(TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)
    described = yaml.safe_load(file.read_text())
    names = re.findall(r"^([A-Z_]+)=$", (DEPLOY / "compose/env.example").read_text(), re.MULTILINE)
    passwords = {name: "secret" for name in names}
    # The server takes its arguments and its configuration, with the variables that .env has, and without one of them not.
    command = [argument.replace("/etc/nats", str(DEPLOY / "nats")) for argument in described["services"]["nats"]["command"]]
    for left_out, code in ((None, 0), (names[0], 1)):
        given = {name: value for name, value in passwords.items() if name != left_out}
        run(nats_server, *command, "-t", env={"PATH": os.environ["PATH"], "NATS_STORE": "/tmp"} | given, ok=(code,))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nats-server", required=True)
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    options = parser.parse_args()
    kubernetes()
    for settings in ("kubernetes/plansync.toml", "plansync.toml"):
        run(options.binary.absolute(), "config", "check", DEPLOY / settings)
    compose(options.nats_server)
    run(TOOLS / "hadolint", DEPLOY / "container/Containerfile")
    run(TOOLS / "shellcheck", "--severity=warning", *(DEPLOY / script for script in SCRIPTS), DEPLOY.parent / ".ci/deploy")
    print("manifests, recipes and scripts are right")


main()
