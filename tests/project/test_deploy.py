"""What is in `deploy` is well-formed, refers to what exists, and gives the bot no more than it needs."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import chain, combinations
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from manifests import (
    COMPONENTS,
    KUBERNETES,
    ROOT,
    Manifest,
    bot_in,
    environment_of,
    image_environment,
    overlay,
    read,
    rendered,
    the,
)

from bot.settings import Settings
from bot.storage.database import MIGRATION_TIMEOUT

OLDEST = "1.29"
CUSTOM = ("ServiceMonitor", "PrometheusRule")  # no package carries their schemas
KUSTOMIZATIONS = sorted((ROOT / "deploy").rglob("kustomization.yaml"))
SETS = [*chain.from_iterable(combinations(COMPONENTS, count) for count in range(len(COMPONENTS) + 1))]
SETS = [names for names in SETS if len([name for name in names if name.startswith("knowledge")]) < 2]
PAGE = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "deploy/compose/compose.yaml").read_text(encoding="utf-8"))


def validate(manifest: Manifest) -> None:
    for version in (OLDEST, kubernetes_validate.latest_version()):
        kubernetes_validate.validate(manifest, version, strict=True)


def references_of(kustomization: Path) -> list[Path]:
    content = yaml.safe_load(kustomization.read_text(encoding="utf-8"))
    names = [*content.get("resources", ()), *content.get("components", ())]
    names += [patch["path"] for patch in content.get("patches", ()) if "path" in patch]
    for generator in content.get("configMapGenerator", ()):
        names += [name.rpartition("=")[2] for name in generator["files"]]
    return [kustomization.parent / name for name in names]


@pytest.mark.parametrize("file", KUSTOMIZATIONS, ids=lambda file: file.parent.name)
def test_a_kustomization_names_what_exists(file: Path) -> None:
    for reference in references_of(file):
        assert reference.is_file() or (reference / "kustomization.yaml").is_file(), reference


def test_every_manifest_is_used() -> None:
    used = {reference.resolve() for file in KUSTOMIZATIONS for reference in references_of(file)}

    assert set(KUBERNETES.rglob("*.yaml")) - set(KUSTOMIZATIONS) <= used


@pytest.mark.parametrize("file", sorted((KUBERNETES / "base").glob("*.yaml")), ids=lambda file: file.name)
def test_a_manifest_of_the_base_fits_its_schema(file: Path) -> None:
    if file.name != "kustomization.yaml":
        for manifest in read(file):
            validate(manifest)


@pytest.mark.parametrize("components", SETS, ids="+".join)
def test_every_combination_of_components_fits_its_schema(components: tuple[str, ...], tmp_path: Path) -> None:
    manifests = overlay(tmp_path, components=components)

    for manifest in manifests:
        validate(manifest)


def test_the_plain_overlay_fits_its_schema_and_stays_in_its_namespace() -> None:
    manifests = rendered(KUBERNETES / "overlays" / "plain")

    for manifest in manifests:
        if manifest["kind"] not in CUSTOM:
            validate(manifest)
    namespace = the("Namespace", manifests)["metadata"]["name"]
    assert {each["metadata"]["namespace"] for each in manifests if each["kind"] != "Namespace"} == {namespace}


def test_what_the_docs_say_to_add_can_be_rendered(tmp_path: Path) -> None:
    snippets = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)]
    assert len(snippets) == 3
    for number, snippet in enumerate(snippets):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "faq.yaml").write_text("name: us\n", encoding="utf-8")
        [name] = [Path(path).name for path in snippet["components"]]

        manifests = overlay(folder, **{**snippet, "components": [name]})

        pod = the("StatefulSet", manifests)["spec"]["template"]["spec"]
        for patch in snippet.get("patches", ()):
            [change] = yaml.safe_load(patch["patch"])
            replaced = [each for kind in ("containers", "initContainers") for each in pod.get(kind, ())]
            values = {each["name"]: each["value"] for container in replaced for each in container["env"]}
            [variable] = [name for name, value in values.items() if value == change["value"]]
            assert variable in {"GITSYNC_REPO", "DATABASE_URL"}
        for volume in pod["volumes"]:
            if "configMap" in volume:
                assert volume["configMap"]["name"] == the("ConfigMap", manifests)["metadata"]["name"]


@pytest.mark.parametrize("components", SETS, ids="+".join)
def test_each_container_is_restricted_and_mounts_what_there_is(components: tuple[str, ...], tmp_path: Path) -> None:
    stateful_set = the("StatefulSet", overlay(tmp_path, components=components))
    pod = stateful_set["spec"]["template"]["spec"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    volumes |= {claim["metadata"]["name"] for claim in stateful_set["spec"]["volumeClaimTemplates"]}

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (*pod["containers"], *pod.get("initContainers", ())):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        assert container["resources"]["limits"]["memory"]
    assert {mount["name"] for each in pod["containers"] for mount in each["volumeMounts"]} <= volumes


@pytest.mark.parametrize("components", SETS, ids="+".join)
def test_each_variable_is_a_setting_and_each_path_is_mounted(components: tuple[str, ...], tmp_path: Path) -> None:
    bot = bot_in(the("StatefulSet", overlay(tmp_path, components=components)))
    environment = environment_of(bot)
    mounted = tuple(f"{mount['mountPath']}/" for mount in bot["volumeMounts"])

    assert set(environment) <= {name.upper() for name in Settings.model_fields}
    for value in (*environment.values(), image_environment()["HOME"]):
        assert not value.startswith("/") or f"{value}/".startswith(mounted), value


def test_a_database_that_is_migrated_does_not_count_as_hung() -> None:
    [stateful_set] = read(KUBERNETES / "base" / "stateful-set.yaml")
    probe = bot_in(stateful_set)["startupProbe"]

    assert probe["periodSeconds"] * probe["failureThreshold"] >= MIGRATION_TIMEOUT + 60


def test_selectors_and_ports_fit_the_pods() -> None:
    base = [manifest for file in (KUBERNETES / "base").glob("[!k]*.yaml") for manifest in read(file)]
    [monitor] = read(ROOT / "deploy" / "monitoring" / "service-monitor.yaml")
    stateful_set, service = the("StatefulSet", base), the("Service", base)
    labels = stateful_set["spec"]["template"]["metadata"]["labels"]
    ports = {port["name"] for port in bot_in(stateful_set)["ports"]}

    assert stateful_set["spec"]["serviceName"] == service["metadata"]["name"]
    assert stateful_set["spec"]["selector"]["matchLabels"] == service["spec"]["selector"] == labels
    assert the("PodDisruptionBudget", base)["spec"]["selector"]["matchLabels"] == labels
    policy = the("NetworkPolicy", base)["spec"]
    assert policy["podSelector"]["matchLabels"] == labels
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == ports
    assert {port["targetPort"] for port in service["spec"]["ports"]} == ports
    assert monitor["spec"]["selector"]["matchLabels"] == service["metadata"]["labels"]
    assert {each["port"] for each in monitor["spec"]["endpoints"]} == {
        port["name"] for port in service["spec"]["ports"]
    }


@pytest.mark.parametrize("file", ["compose.yaml", "deploy/compose/compose.yaml"])
def test_a_compose_file_fits_the_specification(file: str) -> None:
    checked = subprocess.run(  # noqa: S603 - arguments of our own
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / file],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_service_is_limited_and_holds_its_secrets_in_files() -> None:
    for service in COMPOSE["services"].values():
        assert service["mem_limit"]
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert set(service["secrets"]) <= set(COMPOSE["secrets"])
        assert not [name for name in service["environment"] if name.endswith(("PASSWORD", "TOKEN"))]
        files = [value for name, value in service["environment"].items() if name.endswith("_FILE")]
        assert sorted(files) == sorted(f"/run/secrets/{name}" for name in service["secrets"])
    assert {name for name, network in COMPOSE["networks"].items() if network["internal"]} == {"database"}
    assert COMPOSE["services"]["database"]["networks"] == ["database"]


def test_the_secrets_of_compose_reach_neither_git_nor_the_image() -> None:
    files = [Path(secret["file"]) for secret in COMPOSE["secrets"].values()]
    ignored = (ROOT / "deploy/compose/secrets/.gitignore").read_text(encoding="utf-8").splitlines()

    assert {file.parent for file in files} == {Path("secrets")}
    assert "*" in ignored
