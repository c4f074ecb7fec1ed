"""Runs an engine that has done something, and has its metrics read by programs that share no code with plansync: the
parsers of prometheus-client, promtool, and a Prometheus that scrapes it and evaluates every query of the dashboard and
of the alert rules. `.ci/metrics` starts it."""

import argparse
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy/prometheus/alerts.yaml"
DASHBOARD = ROOT / "deploy/grafana/plansync.json"
PATIENCE_S = 60
TENANT = "northgate"
PROGRAMME = "00000000-0000-0000-0000-000000000a00"
LEARNERS = [f"00000000-0000-0000-0000-00000000b{number:03}" for number in range(4)]
COMPONENT = "00000000-0000-0000-0000-000000000c01"
# What stands for the variables of the dashboard.
VARIABLES = {"$__rate_interval": "1m", "$instance": ".*"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running(*command, log):
    """A process that is ended by its id."""
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()


def fetch(url, accept="*/*"):
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def until(what, ask):
    """Asks until there is something, and gives it."""
    end = time.monotonic() + PATIENCE_S
    failure = None
    while time.monotonic() < end:
        try:
            if found := ask():
                return found
        except (OSError, urllib.error.URLError) as error:
            failure = error
        time.sleep(0.1)
    raise SystemExit(f"{what}: not within {PATIENCE_S} s ({failure})")


class Engine:
    """A running engine, and what is sent to it."""

    def __init__(self, plansync, nats_url, http):
        self.plansync, self.nats_url, self.http = plansync, nats_url, http

    def run(self, *arguments):
        command = [self.plansync, *arguments, "--nats-url", self.nats_url]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def ask(self, actor, operation, body, durable=False):
        arguments = ["request", operation, json.dumps(body), "--tenant", TENANT, "--as", actor, "--output", "json"]
        ended = self.run(*arguments, *(["--durable"] if durable else []))
        return json.loads(ended.stdout) if ended.stdout else {"stderr": ended.stderr}

    def do_something(self):
        """Something of everything: each metric that counts has counted."""
        self.ask("system", "tenant.put", {"marking_aid": True, "owner_rule": "keep"})
        self.ask("system", "administrator.put", {
            "administrator": "alice", "name": "Alice", "permissions": ["supervisor"], "groups": "all"})
        self.ask("system", "programme.put", {"programme": PROGRAMME, "name": "Carpentry", "parent": None})
        self.ask("system", "template.put", {"programme": PROGRAMME, "components": [
            {"component": COMPONENT, "type": "task", "attributes": {"name": "A task"}}]})
        for learner in LEARNERS:
            self.ask("system", "learner.put", {
                "learner": learner, "name": f"Learner {learner[-1]}", "case_owner": None, "groups": [], "tutors": [],
                "enrolments": [{"programme": PROGRAMME, "status": "active"}]})
            self.ask("system", "plan.instantiate", {"learner": learner, "programme": PROGRAMME})
        session = self.ask("alice", "record.open", {"learner": LEARNERS[0]})["session"]
        self.ask("alice", "plan.edit", {"learner": LEARNERS[0], "edits": [
            {"op": "change", "component": COMPONENT, "set": {"name": f"A new name {uuid.uuid4()}"}}]})
        started = self.ask("alice", "sync.start", {
            "session": session, "programme": PROGRAMME, "components": [COMPONENT], "learners": LEARNERS[1:],
            "type": "changes_only"})
        until("the synchronisation", lambda: self.ask("alice", "sync.get", {"sync": started["sync"]})["state"] == "completed")
        self.ask("alice", "sync.outcomes", {"sync": started["sync"]})
        self.ask("alice", "no.such", {})
        self.ask("alice", "plan.edit", {"learner": LEARNERS[1], "edits": [
            {"op": "change", "component": COMPONENT, "set": {"name": "A third name"}}]}, durable=True)


def check_by_client_library(http):
    """The parsers of prometheus-client accept both formats, and find the same numbers of families."""
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as of_openmetrics
        from prometheus_client.parser import text_string_to_metric_families as of_text
    except ImportError:
        return
    media, text = fetch(f"http://{http}/metrics", "application/openmetrics-text;version=1.0.0")
    assert media.startswith("application/openmetrics-text; version=1.0.0"), media
    open_families = {family.name: family for family in of_openmetrics(text)}
    media, text = fetch(f"http://{http}/metrics")
    assert media.startswith("text/plain; version=0.0.4"), media
    families = {family.name: family for family in of_text(text)}
    # The text format has no type info: such a metric is a gauge with the suffix in its name.
    named = {name + "_info" if family.type == "info" else name for name, family in open_families.items()}
    assert named == set(families), named ^ set(families)
    for family in open_families.values():
        assert family.documentation, family.name
        assert not family.unit or family.name.endswith(f"_{family.unit}"), family.name
    print(f"prometheus-client reads {len(families)} metrics in both formats")


def check_by_promtool(promtool, http):
    _, text = fetch(f"http://{http}/metrics")
    ended = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    if ended.returncode or ended.stdout.strip() or ended.stderr.strip():
        raise SystemExit(f"promtool check metrics: {ended.stdout}{ended.stderr}")
    print("promtool has nothing to say about the metrics")


def expressions(dashboard):
    """Every expression of the dashboard, with its title."""
    for panel in dashboard["panels"]:
        for asked in panel.get("targets", []):
            yield panel["title"], asked["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]


# Queries whose answer is empty while all is well, or while there is nothing of the kind.
MAY_BE_EMPTY = {"Starts"}


class Prometheus:
    def __init__(self, address):
        self.address = address

    def get(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        _, body = fetch(f"http://{self.address}/api/v1/{path}?{query}")
        answer = json.loads(body)
        assert answer["status"] == "success", answer
        return answer["data"]

    def ask(self, expression):
        return self.get("query", query=expression)["result"]


def check_by_prometheus(prometheus, engine, work, stack):
    address = f"127.0.0.1:{free_port()}"
    config = work / "prometheus.yaml"
    config.write_text(
        "global: { scrape_interval: 1s, evaluation_interval: 1s }\n"
        f"rule_files: ['{RULES}']\n"
        "scrape_configs:\n"
        "  - job_name: plansync\n"
        f"    static_configs: [{{ targets: ['{engine.http}'] }}]\n")
    command = [prometheus, f"--config.file={config}", f"--storage.tsdb.path={work / 'tsdb'}",
               f"--web.listen-address={address}", "--log.level=warn"]
    stack.enter_context(running(*command, log=work / "prometheus.log"))
    server = Prometheus(address)
    until("prometheus has scraped", lambda: len(server.ask("plansync_ready[1m]")) and
          len(server.ask("plansync_ready[1m]")[0]["values"]) > 3)
    # Rates need something that was counted between two scrapes.
    engine.do_something()
    time_ready = server.ask("count_over_time(plansync_ready[10m])")[0]["value"][1]
    until("another scrape", lambda: server.ask("count_over_time(plansync_ready[10m])")[0]["value"][1] != time_ready)
    groups = server.get("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert rules and all(rule["health"] in ("ok", "unknown") for rule in rules), rules
    unhealthy = until("every rule was evaluated", lambda: [
        [rule["lastError"] for rule in group["rules"] if rule.get("lastError")] or ["none"]
        for group in server.get("rules")["groups"]
        if all(rule["health"] == "ok" for rule in group["rules"])])
    assert unhealthy == [["none"]], unhealthy
    empty = []
    asked = list(expressions(json.loads(DASHBOARD.read_text())))
    for title, expression in asked:
        for variable, value in VARIABLES.items():
            expression = expression.replace(variable, value)
        if not server.ask(expression) and title not in MAY_BE_EMPTY:
            empty.append(f"{title}: {expression}")
    assert not empty, "these queries have no answer:\n" + "\n".join(empty)
    firing = server.get("alerts")["alerts"]
    assert not [alert for alert in firing if alert["state"] == "firing"], firing
    print(f"a Prometheus evaluates {len(rules)} alert rules and {len(asked)} queries of the dashboard")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plansync", required=True)
    parser.add_argument("--nats-server", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--promtool")
    parser.add_argument("--prometheus")
    arguments = parser.parse_args()
    work = arguments.work
    nats_port, http = free_port(), f"127.0.0.1:{free_port()}"
    nats_url = f"nats://127.0.0.1:{nats_port}"
    with ExitStack() as stack:
        nats = [arguments.nats_server, "--jetstream", "--store_dir", str(work / "nats"), "--addr", "127.0.0.1",
                "--port", str(nats_port)]
        stack.enter_context(running(*nats, log=work / "nats.log"))
        serve = [arguments.plansync, "serve", "--data", str(work / "log"), "--nats-url", nats_url, "--http", http]
        stack.enter_context(running(*serve, log=work / "plansync.log"))
        until("the engine is ready", lambda: fetch(f"http://{http}/readyz")[1].startswith("ready\n"))
        engine = Engine(arguments.plansync, nats_url, http)
        engine.do_something()
        check_by_client_library(http)
        if arguments.promtool:
            check_by_promtool(arguments.promtool, http)
        if arguments.prometheus:
            check_by_prometheus(arguments.prometheus, engine, work, stack)


if __name__ == "__main__":
    sys.exit(main())
