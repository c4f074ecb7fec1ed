"""The list of components of a release, as CycloneDX 1.6 JSON."""

import datetime
import json
import uuid

# The namespace of the serial numbers of these lists.
NAMESPACE = uuid.UUID("4b7e4f4e-6a53-5d0e-9a1e-2f9c6e0a7d11")


def purl(crate):
    return f"pkg:cargo/{crate.name}@{crate.version}"


def component(crate, kind):
    described = {
        "type": kind,
        "bom-ref": purl(crate),
        "name": crate.name,
        "version": crate.version,
        "licenses": [{"expression": crate.licence}],
        "purl": purl(crate),
    }
    if crate.checksum:
        described["hashes"] = [{"alg": "SHA-256", "content": crate.checksum}]
    if crate.repository:
        described["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return described


def text(release):
    crates = release.dependencies
    program = next(crate for crate in crates.values() if crate.name == "plansync")
    described = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": datetime.datetime.fromtimestamp(release.epoch, datetime.UTC).isoformat(),
            "component": component(program, "application"),
        },
        "components": [component(crate, "library") for crate in crates.values() if crate is not program],
        "dependencies": [
            {"ref": purl(crate), "dependsOn": sorted(purl(crates[needed]) for needed in crate.needs)}
            for crate in crates.values()
        ],
    }
    # The same contents have the same number.
    described["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps(described, sort_keys=True))}"
    return json.dumps(described, indent=2, sort_keys=True) + "\n"
