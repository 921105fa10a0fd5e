"""The manifests in `deploy`, and the image that they run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
COMPONENTS = tuple(sorted(folder.name for folder in (KUBERNETES / "components").iterdir()))

Manifest = dict[str, Any]


def read(file: Path) -> list[Manifest]:
    """Return the objects in a file."""
    return [*yaml.safe_load_all(file.read_text(encoding="utf-8"))]


def rendered(folder: Path) -> list[Manifest]:
    """Return what kustomize renders from a folder."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl isn't installed, so no manifests are rendered")
    done = subprocess.run([kubectl, "kustomize", folder], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return [*yaml.safe_load_all(done.stdout)]


def overlay(folder: Path, **fields: object) -> list[Manifest]:
    """Return what kustomize renders from the base with more fields in an overlay; `components` go by their names."""
    base = os.path.relpath(KUBERNETES, folder.resolve())
    components = fields.pop("components", ())
    assert isinstance(components, Sequence)
    written = {
        "resources": [f"{base}/base"],
        "components": [f"{base}/components/{name}" for name in components],
        **fields,
    }
    (folder / "kustomization.yaml").write_text(json.dumps(written), encoding="utf-8")
    return rendered(folder)


def the(kind: str, manifests: Sequence[Manifest]) -> Manifest:
    """Return the one object of a kind."""
    [found] = [each for each in manifests if each["kind"] == kind]
    return found


def bot_in(stateful_set: Manifest) -> Manifest:
    """Return the bot's container."""
    [found] = [each for each in stateful_set["spec"]["template"]["spec"]["containers"] if each["name"] == "bot"]
    return dict(found)


def environment_of(container: Manifest) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container["env"]}


def image_environment() -> Mapping[str, str]:
    """Return the variables that the image sets."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    [block] = re.findall(r"^ENV ((?:.*\\\n)*.*)$", dockerfile, flags=re.MULTILINE)
    return dict(each.split("=", 1) for each in block.replace("\\\n", " ").split())


def image_command(instruction: str) -> list[str]:
    """Return the command of the last instruction of this kind, such as ENTRYPOINT."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    found = re.findall(rf"^{instruction}\b[^\[\n]*(\[.*\])$", dockerfile, flags=re.MULTILINE)
    return [*json.loads(found[-1])]
