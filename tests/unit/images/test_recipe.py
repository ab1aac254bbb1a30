"""What goes into an image, and that its tag names exactly that."""

import io
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from app.images.capability import PACKAGE
from app.images.error import ImageError
from app.images.recipe import Source, recipe, tag


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A copy of ours, to be changed."""
    copy = tmp_path / "agent_image"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    authorities = tmp_path / "authorities"
    authorities.mkdir()
    (authorities / "company.crt").write_text("-----BEGIN CERTIFICATE-----\n")
    return Source("debian:12", authorities, copy)


def test_tag_is_a_repository_and_twelve_digits(source: Source) -> None:
    repository, _, digest = tag({"git"}, source).partition(":")
    assert repository == "orc-agent"
    assert len(digest) == 12
    assert set(digest) <= set("0123456789abcdef")


def test_order_and_repetition_of_capabilities_do_not_matter(source: Source) -> None:
    assert tag(["python", "node", "git"], source) == tag(["git", "node", "python", "git"], source)


def test_what_a_capability_needs_may_be_named_or_not(source: Source) -> None:
    assert tag({"node"}, source) == tag({"git", "python", "node"}, source)


def test_other_capabilities_make_another_tag(source: Source) -> None:
    asked = [(), ("python",), ("node",), ("curl",), ("python", "curl"), ("claude",), ("codex",)]
    assert len({tag(each, source) for each in asked}) == len(asked)


def test_the_base_image_counts(source: Source) -> None:
    assert tag({"git"}, source) != tag({"git"}, replace(source, base_image="debian:13"))


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("agent_image/Dockerfile", id="Dockerfile"),
        pytest.param("agent_image/install/node.sh", id="install script"),
        pytest.param("agent_image/install/python.sh", id="install script of a need"),
        pytest.param("agent_image/install/packages", id="what the scripts call"),
        pytest.param("agent_image/wrapper.py", id="wrapper"),
        pytest.param("agent_image/orchestrator/__init__.py", id="file in a subpackage"),
        pytest.param("authorities/company.crt", id="certificate"),
    ],
)
def test_any_changed_byte_makes_another_tag(path: str, source: Source, tmp_path: Path) -> None:
    before = tag({"node"}, source)
    content = (tmp_path / path).read_bytes()
    (tmp_path / path).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    changed = tag({"node"}, source)
    (tmp_path / path).write_bytes(content)
    assert changed != before
    assert tag({"node"}, source) == before


def test_a_moved_file_makes_another_tag(source: Source) -> None:
    before = tag({"node"}, source)
    (source.package / "work.py").rename(source.package / "works.py")
    assert tag({"node"}, source) != before


def test_what_is_not_in_the_image_does_not_count(source: Source) -> None:
    before = tag({"node"}, source)
    (source.package / "install" / "codex.sh").write_text("# needs:\nfalse\n")
    (source.package / "README.md").write_text("another")
    (source.package / "__pycache__").mkdir()
    (source.package / "__pycache__" / "wrapper.cpython-311.pyc").write_bytes(b"another")
    assert source.extra_ca
    (source.extra_ca / "company.key").write_text("-----BEGIN PRIVATE KEY-----\n")
    assert tag({"node"}, source) == before
    assert not [path for path in recipe({"node"}, source).files if "key" in path]


def test_context_is_the_same_whoever_makes_it(source: Source) -> None:
    made = recipe({"node"}, source)
    (source.package / "wrapper.py").chmod(0o600)
    assert recipe({"node"}, source).context() == made.context()
    with tarfile.open(fileobj=io.BytesIO(made.context())) as tar:
        entries = {entry.name: entry for entry in tar}
    assert {entry.uid for entry in entries.values()} == {0}
    assert {entry.mode & 0o777 for entry in entries.values()} == {0o644, 0o755}
    assert entries["ca/company.crt"].size == len("-----BEGIN CERTIFICATE-----\n")
    assert entries["install/packages"].mode == 0o755
    assert "install/codex.sh" not in entries


def test_capabilities_have_their_lines_before_the_wrapper_and_the_user(source: Source) -> None:
    lines = recipe({"node"}, source).files["Dockerfile"].decode().splitlines()
    runs = [f"RUN sh /opt/orc/install/{name}.sh" for name in ("git", "python", "node")]
    positions = [lines.index(line) for line in runs]
    assert positions == sorted(positions)
    assert positions[-1] < lines.index("COPY agent_image/ /opt/orc/agent_image/")
    assert lines.index("COPY agent_image/ /opt/orc/agent_image/") < lines.index("USER agent")


def test_a_dockerfile_without_a_place_for_capabilities_is_refused(source: Source) -> None:
    (source.package / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(ValueError, match="has no line '# capabilities'"):
        recipe({"git"}, source)


def test_a_folder_without_certificates_is_refused(source: Source, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "missing"):
        with pytest.raises(ImageError, match=r"put PEM files there that end in \.crt"):
            recipe({"git"}, replace(source, extra_ca=tmp_path / folder))


def test_nothing_declares_an_argument_but_the_base_image() -> None:
    text = (PACKAGE / "Dockerfile").read_text()
    declared = [line for line in text.splitlines() if line.split(" ")[0] in {"ARG", "ENV"}]
    assert declared == ["ARG BASE_IMAGE=python:3.12-slim-bookworm"]
