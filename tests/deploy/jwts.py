"""An operator, an account with JetStream and a user of NATS, as `nsc` would make them: a server's configuration and a
credentials file."""

import base64
import json
import os

import nkeys

UNLIMITED = {name: -1 for name in ("subs", "data", "payload", "imports", "exports", "conn", "leaf")} | {"wildcards": True}


def key(prefix):
    return nkeys.from_seed(nkeys.encode_seed(os.urandom(32), prefix))


def sign(issuer, subject, name, claims):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    body = {"jti": name, "iat": 1_700_000_000, "iss": issuer.public_key.decode(), "sub": subject.public_key.decode(),
            "name": name, "nats": claims | {"version": 2}}  # fmt: skip
    header = {"typ": "JWT", "alg": "ed25519-nkey"}
    signed = b".".join(part(json.dumps(one).encode()) for one in (header, body))
    return (signed + b"." + part(issuer.sign(signed))).decode()


def make(folder):
    """Writes `jwts.conf` and `plansync.creds`."""
    operator, account, user = key(nkeys.PREFIX_BYTE_OPERATOR), key(nkeys.PREFIX_BYTE_ACCOUNT), key(nkeys.PREFIX_BYTE_USER)
    system = key(nkeys.PREFIX_BYTE_ACCOUNT)
    storage = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    accounts = {
        one.public_key.decode(): sign(operator, one, name, {"type": "account", "limits": UNLIMITED | more})
        for one, name, more in ((account, "PLANSYNC", storage), (system, "SYS", {}))
    }
    system_account = system.public_key.decode()
    of_operator = sign(operator, operator, "plansync", {"type": "operator", "system_account": system_account})
    preloaded = "".join(f"    {id}: {token}\n" for id, token in accounts.items())
    of_user = sign(account, user, "plansync", {"type": "user", "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1})
    (folder / "jwts.conf").write_text(
        "jetstream { store_dir: $NATS_STORE }\n"
        f"operator: {of_operator}\nsystem_account: {system_account}\n"
        f"resolver: MEMORY\nresolver_preload: {{\n{preloaded}}}\n"
    )
    (folder / "plansync.creds").write_text(
        f"-----BEGIN NATS USER JWT-----\n{of_user}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n"
    )
