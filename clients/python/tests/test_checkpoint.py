"""Which events a checkpoint covers."""

import pytest

from plansync import Checkpoint, OtherLog

LOG = "0190a1b2-0000-7000-8000-00000000000a"


def at(text: str) -> Checkpoint:
    return Checkpoint.parse(f"{LOG}.{text}")


@pytest.mark.parametrize("text", [f"{LOG}.1/7", f"{LOG}.12/7@900"])
def test_the_text_is_read_again(text: str) -> None:
    assert str(Checkpoint.parse(text)) == text


@pytest.mark.parametrize("text", ["", "7", f"{LOG}/7", f"{LOG}.1/", f"{LOG}.1/7@", f"{LOG}.1/-7"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Checkpoint.parse(text)


def test_it_covers_its_event_and_all_before() -> None:
    assert at("1/7@9").covers(at("1/7"))
    assert at("1/7").covers(at("1/6@90"))
    assert not at("1/7").covers(at("1/8"))


def test_a_later_incarnation_uses_positions_again() -> None:
    assert not at("1/9").covers(at("2/6"))
    assert at("2/6").covers(at("1/9"))


def test_another_log_is_an_error() -> None:
    with pytest.raises(OtherLog):
        Checkpoint.parse("another.1/7").covers(at("1/1"))
