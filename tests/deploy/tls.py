"""Certificates for tests: an authority, and a server and a client that it knows. Needs openssl."""

from common import DEPLOY, run

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-batch")


def make(folder):
    """Writes the files of `deploy/nats/tls.conf` into a folder, and returns them by name."""
    files = ("-keyout", folder / "ca-key.pem", "-out", folder / "ca.pem")
    run("openssl", "req", "-x509", *KEY, "-subj", "/CN=test authority", "-days", 3650, *files)
    for name in ("server", "client"):
        files = ("-keyout", folder / f"{name}-key.pem", "-out", folder / f"{name}.csr")
        run("openssl", "req", *KEY, "-subj", f"/CN={name}", *files)
        sign(folder, name)
    return {path.name: path for path in folder.glob("*.pem")}


def sign(folder, name, at=None):
    """Makes a certificate that is valid for two days from now, or from another time (with faketime)."""
    extensions = folder / "extensions"
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    by = ("-CA", folder / "ca.pem", "-CAkey", folder / "ca-key.pem", "-CAcreateserial", "-extfile", extensions)
    files = ("-in", folder / f"{name}.csr", "-out", folder / f"{name}.pem")
    clock = ("faketime", at) if at else ()
    run(*clock, "openssl", "x509", "-req", "-days", 2, *by, *files)


def configuration(folder):
    """A server with `deploy/nats/tls.conf`, whose files are in this folder."""
    text = (DEPLOY / "nats/tls.conf").read_text()
    (folder / "tls.conf").write_text(text.replace("/etc/nats/", f"{folder}/"))
    (folder / "tls-server.conf").write_text('jetstream { store_dir: $NATS_STORE }\ninclude "tls.conf"\n')
