"""CopierScaffold: the engineering graph's `Scaffold`, in the mirrors. It decides nothing."""

import asyncio
from pathlib import Path

from app.domain.ref import IssueRef, RepoRef
from app.git.repository import GitCode
from app.graphs.ports import GivenUp, Merge, TemplateUpdate
from app.scaffold.error import ScaffoldError
from app.scaffold.shelf import Shelf
from app.scaffold.update import update

_GROUND = """\
Take up the template's workflows and settings

No agent may change them; these are the template's own.
"""


class CopierScaffold:
    """Projects' `template` as it is now, and on `shelf` as it was.

    `founding` pushes with the right to change workflows, `code` without.
    """

    def __init__(self, shelf: Shelf, template: Path, code: GitCode, founding: GitCode) -> None:
        self._shelf = shelf
        self._template = template
        self._code = code
        self._founding = founding

    async def newest(self) -> str:
        """It is kept from then on, so that projects made from it can be updated."""
        return await asyncio.to_thread(self._shelf.keep, self._template)

    async def update(
        self, repo: RepoRef, head: str, message: str, to: str
    ) -> TemplateUpdate | None:
        """Raises GivenUp, in words for people, for a project that can't be updated."""
        try:
            return await self._update(repo, head, message, to)
        except ScaffoldError as error:
            raise GivenUp(f"The project can't be updated: {error}") from None

    async def _update(
        self, repo: RepoRef, head: str, message: str, to: str
    ) -> TemplateUpdate | None:
        template = await asyncio.to_thread(self._shelf.find, to)
        async with self._code.holding(repo, head) as git:
            new = await update(git, head, self._shelf, template)
            if new is None:
                return None
            ground = await self._code.onto(git, head, new.ground, _GROUND) if new.ground else None
            parent = ground or head
            sha = await self._code.onto(git, parent, new.tree, message)
        merge = Merge(sha, new.ours, new.theirs, new.conflicts, (parent,))
        return TemplateUpdate(new.was, new.now, merge, new.brought, ground)

    async def lay(self, issue: IssueRef, branch: str, update: TemplateUpdate) -> None:
        """Nothing in it is an agent's: it comes from the template, merged by git."""
        if update.ground is not None:
            later = update.merge.sha  # the branch has come so far where the app was cut off
            await self._founding.push(issue, branch, update.ground, later=later)
