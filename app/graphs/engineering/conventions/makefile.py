"""Whether `make test` is how a repository is tested, and what it comes to. It runs no make."""

import re
from dataclasses import dataclass

from app.graphs.engineering.conventions import node
from app.graphs.engineering.conventions.shell import by_exit_code, gathered, hooks
from app.graphs.engineering.conventions.tree import Files
from app.graphs.engineering.conventions.way import Way

_NAMES = ("GNUmakefile", "makefile", "Makefile")  # as make looks for them
_TARGETS = ("test", "tests", "check")
_RULE = re.compile(r"([^\s:#=][^:#=]{0,500}+):(?![:=])([^#\n]*+)")
_SET = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]{0,100}+)\s*(?:[:?+]|::)?=(.*)")
_USED = re.compile(r"\$[({]([A-Za-z_][\w.-]{0,100}+)[)}]")
_MOST = 40  # Makefiles below the root that are read
_PYTEST = re.compile(r"\bpy\.?test\b")
_NODE_TEST = re.compile(r"\bnode\b[^\n;&|]*\s--test\b")
_NPM = re.compile(r"\b(?:npm|yarn|pnpm)\b[^\n;&|]*\btest\b")
_DEEPER = re.compile(r"\$[({]MAKE[)}]|\bmake\b")
# What no image has; what these tools would start can often be started without them.
_ABSENT = re.compile(r"\b(?:uv|poetry|pipenv|pdm|hatch|rye|tox|nox|docker(?:-compose)?|podman)\b")


@dataclass(frozen=True, slots=True)
class _Makefile:
    """Rules by target, each with prerequisites and recipe; and all that variables are set to."""

    rules: dict[str, list[tuple[list[str], list[str]]]]
    variables: dict[str, list[str]]

    def closure(self, target: str) -> str:
        """All the recipe lines that making the target can come to, and the variables in them."""
        lines: list[str] = []
        names, known = [target], {target}
        while names:
            for needed, recipe in self.rules.get(names.pop(), ()):
                lines += recipe
                names += [name for name in needed if name not in known]
                known.update(needed)
        return "\n".join([*lines, *self._values("\n".join(lines))])

    def _values(self, text: str) -> list[str]:
        values: list[str] = []
        names, known = _USED.findall(text), set[str]()
        while names:
            name = names.pop()
            if name in known:
                continue
            known.add(name)
            for value in self.variables.get(name, []):
                values.append(value)
                names += _USED.findall(value)
        return values


def find(files: Files, hints: tuple[str, ...] = ()) -> Way | None:
    """`hints` are targets that CI makes, for where there is no target `test`."""
    path = next((name for name in _NAMES if name in files), None)
    if path is None:
        return None
    makefile = _parse(files.text(path))
    target = next((name for name in (*_TARGETS, *hints) if name in makefile.rules), None)
    if target is None:
        return None
    reached = _reached(files, makefile.closure(target))
    return _way(files, path, target, reached)


def _way(files: Files, path: str, target: str, reached: str) -> Way | None:
    if _ABSENT.search(reached):
        return None
    scripts = node.scripts(files) if _NPM.search(reached) else ""
    python = _PYTEST.search(reached) is not None
    own = _NODE_TEST.search(reached + "\n" + scripts) is not None
    languages = {"python"} if python else set()
    languages |= {"node"} if own or scripts or re.search(r"\bnode\b", reached) else set()
    said = f"{path} has a target `{target}`"
    if python or own:
        kinds = " and ".join(["pytest"] * python + ["Node's own runner"] * own)
        return Way(
            gathered(f"make {target}", hooks(python=python, node=own)),
            f"{said}; the reports of {kinds} that it comes to are put together.",
            frozenset({"make", *languages}),
        )
    return Way(
        by_exit_code(f"make {target}", hooks(python=True, node=True)),
        f"{said}, and nobody can say beforehand what it runs: should that leave no report and "
        "print no TAP, its exit code counts as one test.",
        frozenset({"make", *languages}),
        counted=False,
    )


def _reached(files: Files, text: str) -> str:
    """With the Makefiles below, where this one makes those."""
    if not _DEEPER.search(text):
        return text
    below = [path for path in files.named(*_NAMES) if "/" in path][:_MOST]
    return "\n".join([text, *(files.text(path) for path in below)])


def _parse(text: str) -> _Makefile:
    rules: dict[str, list[tuple[list[str], list[str]]]] = {}
    variables: dict[str, list[str]] = {}
    recipe: list[str] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("\t"):
            recipe.append(line.strip())
        elif match := _SET.match(line):
            variables.setdefault(match.group(1), []).append(match.group(2))
        elif rule := _RULE.match(line):
            needed, _, inline = rule.group(2).partition(";")
            recipe = [inline] if inline else []
            for name in set(rule.group(1).split()):
                rules.setdefault(name, []).append((needed.split(), recipe))
    return _Makefile(rules, variables)
