"""Finds how a repository is tested and what that needs. It reads, and executes nothing.

An explicit test command in the configuration is the caller's to take first. Then comes what the
repository says itself: `make test`, the script `test` of package.json, pytest. CI is but a hint.
"""

from collections.abc import Collection, Iterable, Iterator

from app.graphs.engineering.conventions import makefile, node, packages, python, workflow
from app.graphs.engineering.conventions.found import Conventions, Unfound, Way, unfound
from app.graphs.engineering.conventions.tree import Entry, Files, FolderTree, Tree

__all__ = ["Conventions", "Entry", "FolderTree", "Tree", "Unfound", "Way", "find"]

_INSTRUCTIONS = (
    "AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md", ".github/CONTRIBUTING.md",
    ".github/copilot-instructions.md", "README.md",
)  # fmt: skip
# Known by their files; no image has what they need, unless an operator adds it.
_OTHERS = (
    ("go.mod", "Go", "go"),
    ("Cargo.toml", "Rust", "rust"),
    ("pom.xml", "Java", "java"),
    ("build.gradle", "Java", "java"),
    ("Gemfile", "Ruby", "ruby"),
    ("composer.json", "PHP", "php"),
)


def find(tree: Tree, available: Collection[str] = ("make", "node", "python")) -> Conventions:
    """`available` are the capabilities that images can have. Raises Unfound."""
    files = Files(tree)
    run = workflow.lines(files)
    ci = workflow.tests(run)
    ways = list(_ways(files, run))
    fit = [way for way in ways if way.capabilities <= set(available)]
    other = next(((file, name, need) for file, name, need in _OTHERS if file in files), None)
    if other is not None and not any(way.counted for way in fit):
        raise _missing(*other)
    if not fit:
        raise _nothing(ways, available, ci)
    return Conventions(
        fit[0],
        tuple(way for way in ways if way is not fit[0]),
        ci,
        tuple(name for name in _INSTRUCTIONS if name in files),
    )


def _ways(files: Files, run: tuple[str, ...]) -> Iterator[Way]:
    """The best first. Tests in folders are their packages' own where those say so."""
    top = [makefile.find(files, workflow.targets(run)), node.find(files)]
    if any(name in files for name in python.MANIFESTS) or not packages.folders(files):
        top.append(python.find(files))
    yield from (way for way in top if way is not None)
    if not any(top) and (way := packages.find(files)):
        yield way


def _missing(file: str, language: str, capability: str) -> Unfound:
    return unfound(
        f"This is a {language} project ({file}), and images have no capability `{capability}`: an "
        f"operator adds agent_image/install/{capability}.sh.",
        capability,
    )


def _nothing(ways: Iterable[Way], available: Collection[str], ci: tuple[str, ...]) -> Unfound:
    for way in ways:
        needed = ", ".join(sorted(way.capabilities - set(available)))
        return unfound(f"{way.why} Images can't have what that needs: {needed}.")
    hint = f" CI runs `{ci[0]}`." if ci else ""
    return unfound(
        "Nothing here says how it is tested: there is no Makefile with a target `test`, no "
        f"package.json, and nothing of Python.{hint}"
    )
