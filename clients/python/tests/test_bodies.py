"""Bodies and replies in both encodings, held against the examples of the wire protocol."""

import datetime
import json
import pathlib
import uuid

import msgpack
import pytest

from plansync._event_kinds import BYTES_FIELDS
from plansync.bodies import as_dict, decode, encode

GOLDEN = sorted((pathlib.Path(__file__).resolve().parents[3] / "proto-schemas" / "golden").glob("*.json"))
EXAMPLES = [(path.stem, part, each) for path in GOLDEN for part, each in json.loads(path.read_text()).items()]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 70


@pytest.mark.parametrize("name, part, example", EXAMPLES, ids=[f"{name}-{part}" for name, part, _ in EXAMPLES])
def test_both_encodings_of_an_example_have_one_form(name: str, part: str, example: dict[str, object]) -> None:
    packed = bytes.fromhex(str(example["msgpack"]))
    assert decode(packed, "application/msgpack", BYTES_FIELDS) == example["json"]
    assert decode(json.dumps(example["json"]).encode(), "Application/JSON; charset=utf-8", BYTES_FIELDS) == example["json"]


def test_a_body_may_have_ids_and_dates_as_objects() -> None:
    learner = uuid.UUID("0190a1b2-0000-7000-8000-000000000001")
    body = {"learner": learner, "due_date": datetime.date(2026, 11, 23)}
    assert json.loads(encode(body, "json")) == {"learner": str(learner), "due_date": "2026-11-23"}
    assert msgpack.unpackb(encode(body, "msgpack")) == {"learner": str(learner), "due_date": "2026-11-23"}


def test_what_has_no_form_in_a_body_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no form"):
        encode({"groups": {"north"}}, "msgpack")


def test_without_a_media_type_the_first_byte_decides() -> None:
    assert decode(b'{"a": 1}', None) == {"a": 1}
    assert decode(msgpack.packb({"a": 1}), None) == {"a": 1}


def test_an_unknown_media_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="text/plain"):
        decode(b"hello", "text/plain")


def test_sixteen_bytes_are_a_uuid_except_where_bytes_belong() -> None:
    packed = msgpack.packb({"learner": bytes(16), "bytes": bytes(16), "ids": [bytes(16)], "short": b"\x01"})
    assert decode(packed, "application/msgpack", frozenset({"bytes"})) == {
        "learner": "00000000-0000-0000-0000-000000000000",
        "bytes": "AAAAAAAAAAAAAAAAAAAAAA==",
        "ids": ["00000000-0000-0000-0000-000000000000"],
        "short": "AQ==",
    }


def test_a_model_dumps_only_what_was_set() -> None:
    class Model:
        def model_dump(self, *, mode: str, by_alias: bool, exclude_unset: bool) -> dict[str, object]:
            return {"mode": mode, "by_alias": by_alias, "exclude_unset": exclude_unset}

    assert as_dict(Model()) == {"mode": "json", "by_alias": True, "exclude_unset": True}
