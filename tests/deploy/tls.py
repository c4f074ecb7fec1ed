"""Certificates for tests: an authority, and a server and a client that it knows. Needs openssl."""

from common import DEPLOY, run

NAMES = ("server", "client")


def make(folder, days=2):
    """Writes the files of `deploy/nats/tls.conf` into a folder, and returns them by name."""
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch")
    run("openssl", "req", "-x509", *key, "-subj", "/CN=test authority", "-days", days,
        "-keyout", folder / "ca-key.pem", "-out", folder / "ca.pem")  # fmt: skip
    for name in NAMES:
        run("openssl", "req", *key, "-subj", f"/CN={name}", "-keyout", folder / f"{name}-key.pem",
            "-out", folder / f"{name}.csr")  # fmt: skip
        extensions = folder / f"{name}.ext"
        extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        run("openssl", "x509", "-req", "-in", folder / f"{name}.csr", "-CA", folder / "ca.pem", "-CAkey",
            folder / "ca-key.pem", "-CAcreateserial", "-days", days, "-extfile", extensions,
            "-out", folder / f"{name}.pem")  # fmt: skip
    return {path.name: path for path in folder.glob("*.pem")}


def configuration(folder):
    """A server with `deploy/nats/tls.conf`, whose files are in this folder."""
    text = (DEPLOY / "nats/tls.conf").read_text()
    (folder / "tls.conf").write_text(text.replace("/etc/nats/", f"{folder}/"))
    (folder / "tls-server.conf").write_text('jetstream { store_dir: $NATS_STORE }\ninclude "tls.conf"\n')
