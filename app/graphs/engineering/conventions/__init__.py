"""Finds how a repository is tested and what that needs. It reads, and executes nothing.

What the configuration says is the caller's to take first. Then comes what the repository says
itself: `make test`, the script `test` of package.json, pytest.
"""

from collections.abc import Iterator

from app.graphs.engineering.conventions import makefile, node, packages, python, workflow
from app.graphs.engineering.conventions.tree import Entry, Files, FolderTree, Tree
from app.graphs.engineering.conventions.way import Way
from app.graphs.ports import GivenUp

__all__ = ["Entry", "FolderTree", "Tree", "Way", "find"]

# Languages by their files: how those are tested is not known here, nor has an image what they need.
_OTHERS = (
    ("go.mod", "Go", "go"),
    ("Cargo.toml", "Rust", "rust"),
    ("pom.xml", "Java", "java"),
    ("build.gradle", "Java", "java"),
    ("Gemfile", "Ruby", "ruby"),
    ("composer.json", "PHP", "php"),
)
_OTHER = (
    "This is a {language} project ({file}), and how such are tested can't be found out. Say it in "
    ".github/orchestrator.yml, then /retry: `test.command` is a line for bash that writes JUnit "
    'XML to "$ORC_OUT/junit.xml", and `capabilities` names what its image needs, such as '
    "`{capability}`. Should images have no such capability yet, an operator adds "
    "agent_image/install/{capability}.sh."
)


def find(tree: Tree) -> Way | None:
    """The best way; None where nothing says one, as before there are any tests.

    Raises GivenUp for a project in another language, in words for whoever may configure it.
    """
    files = Files(tree)
    way = next(_ways(files), None)
    tested = python.has_tests(files) or node.has_tests(files)
    if way is None or not way.counted or not tested:
        _refuse_others(files)
    return way or packages.find(files)


def _ways(files: Files) -> Iterator[Way]:
    """Those of the whole, the best first. Tests in folders are their packages' own."""
    found = [makefile.find(files, workflow.targets(files)), node.find(files)]
    if any(name in files for name in python.MANIFESTS) or not packages.folders(files):
        found.append(python.find(files))
    yield from (way for way in found if way is not None)


def _refuse_others(files: Files) -> None:
    """What would be tried on them costs an agent's attempts, and can't come to anything."""
    for file, language, capability in _OTHERS:
        if file in files:
            raise GivenUp(_OTHER.format(file=file, language=language, capability=capability))
