"""What a repository's own CI found wrong with a commit. It starts and changes nothing."""

import re
from typing import Any

from app.domain.ci import RED, CiFailure
from app.domain.ref import RepoRef
from app.engine.ports import Refused
from app.github.api import Api
from app.github.auth import Purpose, access

_MOST = 5
_ACTIONS = "github-actions"
_LOG_BYTES = 64_000
_LINES, _CHARS = 60, 6_000
_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ?", re.MULTILINE)
_GROUP = re.compile(r"^##\[(?:group|endgroup|section)\].*\n?", re.MULTILINE)


class GitHubCi:
    """`slug` is our App's own, whose check runs are verdicts and no CI."""

    def __init__(self, api: Api, slug: str) -> None:
        self._api = api
        self._slug = slug

    async def failures(self, repo: RepoRef, head: str, base: str) -> tuple[CiFailure, ...]:
        """What failed on `head`, the latest of each name; empty: nothing did.

        One request each for head and base, and one per job's log; where no job failed, one more.
        """
        bad = (await self._failed(repo, head))[:_MOST]
        if not bad:
            return await self._never_began(repo, head)
        before = {(run["app"]["slug"], run["name"]) for run in await self._failed(repo, base)}
        found = []
        for run in bad:
            essence = await self._essence(repo, run)
            on_base = (run["app"]["slug"], run["name"]) in before
            found.append(CiFailure(run["name"], run["html_url"] or "", essence, on_base))
        return tuple(found)

    async def _failed(self, repo: RepoRef, ref: str) -> list[dict[str, Any]]:
        path = f"/repos/{repo.full_name}/commits/{ref}/check-runs"
        answer = await self._api.get(
            access(repo, Purpose.CI), path, filter="latest", status="completed", per_page=100
        )
        runs: list[dict[str, Any]] = answer["check_runs"]
        return [
            run
            for run in runs
            if run["conclusion"] in RED and (run["app"] or {}).get("slug") not in (None, self._slug)
        ]

    async def _never_began(self, repo: RepoRef, head: str) -> tuple[CiFailure, ...]:
        """Workflows that failed though none of their jobs did. They have no log."""
        answer = await self._api.get(
            access(repo, Purpose.CI),
            f"/repos/{repo.full_name}/actions/runs",
            head_sha=head,
            status="completed",
            per_page=100,
        )
        return tuple(
            CiFailure(run["name"] or run["path"], run["html_url"], "", began=False)
            for run in answer["workflow_runs"]
            if run["conclusion"] in RED
        )[:_MOST]

    async def _essence(self, repo: RepoRef, run: dict[str, Any]) -> str:
        """The end of its log, where it is a job of GitHub Actions, which has the run's own id."""
        if run["app"]["slug"] != _ACTIONS:
            said = [run["output"][part] or "" for part in ("title", "summary", "text")]
            return "\n".join(filter(None, said))[-_CHARS:]
        path = f"/repos/{repo.full_name}/actions/jobs/{run['id']}/logs"
        try:
            log = await self._api.tail(access(repo, Purpose.CI), path, _LOG_BYTES)
        except Refused:
            return "(its log is not there any more)"
        text = _GROUP.sub("", _STAMP.sub("", log.decode(errors="replace")))
        return "\n".join(text.strip().splitlines()[-_LINES:])[-_CHARS:]
