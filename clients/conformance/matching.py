"""Values in cases: variables that are filled in, and what an answer must look like."""

import re
import uuid

VARIABLE = re.compile(r"\$\{([a-z]+):?([^}]*)\}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Variables:
    """`${uuid:ann}` is one UUID for each name; `${saved:x}` is what a step saved; `${text:N}` is a text of N letters."""

    def __init__(self):
        self._uuids = {}
        self.saved = {}
        self.index = 0

    def filled(self, value):
        if isinstance(value, dict):
            return {key: self.filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.filled(each) for each in value]
        if not isinstance(value, str):
            return value
        whole = VARIABLE.fullmatch(value)
        return self._value(whole) if whole else VARIABLE.sub(lambda found: str(self._value(found)), value)

    def _value(self, found):
        kind, name = found[1], VARIABLE.sub(lambda inner: str(self._value(inner)), found[2])
        if kind == "uuid":
            return self._uuids.setdefault(name.replace("#", str(self.index)), str(uuid.uuid4()))
        if kind == "saved":
            return self.saved[name]
        if kind == "text":
            return "x" * int(name)
        if kind == "index":
            return self.index
        raise SystemExit(f"a case has an unknown variable: {found[0]}")


def differences(expected, actual, path="answer"):
    """How an answer differs from what is expected; fields that the case does not mention may be there."""
    if isinstance(expected, str) and expected.startswith("$"):
        return [] if is_like(expected, actual) else [f"{path}: {actual!r} is not {expected}"]
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [f"{path}: {actual!r} is no object"]
        out = []
        for key, each in expected.items():
            if each == "$absent":
                out += [f"{path}.{key}: should not be there: {actual[key]!r}"] if key in actual else []
            elif key not in actual:
                out.append(f"{path}.{key}: missing in {shortened(actual)}")
            else:
                out += differences(each, actual[key], f"{path}.{key}")
        return out
    if isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [f"{path}: {shortened(actual)} has not the {len(expected)} items that are expected"]
        pairs = enumerate(zip(expected, actual))
        return [each for i, (want, got) in pairs for each in differences(want, got, f"{path}[{i}]")]
    is_same = expected == actual and isinstance(expected, bool) == isinstance(actual, bool)
    return [] if is_same else [f"{path}: {shortened(actual)} instead of {expected!r}"]


def shortened(value):
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "…"


def is_like(expected, actual):
    if expected.startswith("$has:"):
        return isinstance(actual, str) and expected.removeprefix("$has:") in actual
    if expected == "$any":
        return True
    if expected == "$integer":
        return isinstance(actual, int) and not isinstance(actual, bool)
    if expected == "$text":
        return isinstance(actual, str) and actual != ""
    if expected == "$uuid":
        return isinstance(actual, str) and UUID.fullmatch(actual) is not None
    raise SystemExit(f"a case has an unknown expectation: {expected}")
