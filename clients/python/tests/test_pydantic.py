"""Models that are generated from the schemas carry bodies and replies."""

import importlib.util
import json
import pathlib
import subprocess
import sys
from types import ModuleType

import pytest

from plansync.bodies import as_dict

SCHEMAS = pathlib.Path(__file__).resolve().parents[3] / "proto-schemas"

pydantic = pytest.importorskip("pydantic")
pytest.importorskip("datamodel_code_generator")


def generated(name: str, folder: pathlib.Path) -> ModuleType:
    """The module that the command in the README generates for one schema."""
    module = folder / f"{name.replace('.', '_')}.py"
    command = [sys.executable, "-m", "datamodel_code_generator", "--input-file-type", "jsonschema"]
    command += ["--output-model-type", "pydantic_v2.BaseModel", "--formatters", "builtin"]
    command += ["--input", str(SCHEMAS / "schemas" / f"{name}.json"), "--output", str(module)]
    subprocess.run(command, check=True, capture_output=True)
    spec = importlib.util.spec_from_file_location(module.stem, module)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[module.stem] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def model_of(module: ModuleType, name: str) -> type:
    """The class of the whole schema: its name is the title, without the dots."""
    wanted = name.replace(".", "").lower()
    (found,) = [each for key, each in vars(module).items() if key.replace("_", "").lower() == wanted]
    assert isinstance(found, type)
    return found


@pytest.mark.parametrize("operation", ["learner.put", "plan.edit", "sync.start"])
def test_a_model_is_sent_as_its_example(operation: str, tmp_path: pathlib.Path) -> None:
    example = json.loads((SCHEMAS / "golden" / f"{operation}.json").read_text())["body"]["json"]
    model = model_of(generated(f"{operation}.body", tmp_path), f"{operation}.body")
    assert as_dict(model.model_validate(example)) == example  # type: ignore[attr-defined]


def test_a_reply_is_read_by_its_model(tmp_path: pathlib.Path) -> None:
    example = json.loads((SCHEMAS / "golden" / "learner.get.json").read_text())["reply"]["json"]
    model = model_of(generated("learner.get.reply", tmp_path), "learner.get.reply")
    learner = model.model_validate({**example, "colour": "red"})  # type: ignore[attr-defined]
    assert learner.name == example["name"]
