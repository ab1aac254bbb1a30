"""Keeps what an agent needs to go on with its own session. Losing it costs context and no work."""

import asyncio
import json
import time
import uuid
from pathlib import Path

from agent_image.keep import Keeper
from app.domain.run import AgentSession
from app.executors.folder import remove

_DAYS = 14
_FILES = 2_000
_BYTES = 200_000_000


class AgentHomes:
    """One folder per issue and agent below `state_dir`; see the port AgentSessions."""

    def __init__(self, state_dir: Path) -> None:
        self._root = state_dir.absolute() / "homes"

    async def find(self, key: str, agent: str) -> AgentSession | None:
        return await asyncio.to_thread(self._find, self._root / key / agent)

    def _find(self, folder: Path) -> AgentSession | None:
        try:
            said = json.loads((folder / "session.json").read_text())
            request, heard = str(said.get("request", "")), int(said.get("heard", 0))
            return AgentSession(str(said["id"]), folder / "home", request, heard)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    async def keep(self, key: str, agent: str, session: AgentSession) -> None:
        await asyncio.to_thread(self._keep, self._root / key / agent, session)

    def _keep(self, folder: Path, session: AgentSession) -> None:
        """Complete or not at all: put together aside, then renamed."""
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder.with_name(f"{folder.name}~{uuid.uuid4().hex[:12]}")
        keeper = Keeper(total_bytes=_BYTES, files=_FILES)
        try:
            (draft / "home").mkdir(parents=True, mode=0o700)
            # A run can leave more in its results than its wrapper would have copied there.
            keeper.copy(session.home, session.files, draft / "home")
            if keeper.skipped:
                return
            known = {"id": session.id, "request": session.request, "heard": session.heard}
            (draft / "session.json").write_text(json.dumps(known))
            if folder.exists():
                folder.rename(folder.with_name(f"{folder.name}~{uuid.uuid4().hex[:12]}"))
            draft.rename(folder)
        finally:
            for left in folder.parent.glob(f"{folder.name}~*"):
                remove(left)

    async def collect(self) -> None:
        """Forget what nobody went on with for two weeks."""
        await asyncio.to_thread(self._collect, time.time() - _DAYS * 86_400)

    def _collect(self, before: float) -> None:
        for issue in self._root.glob("*"):
            if max((path.stat().st_mtime for path in issue.glob("*")), default=0.0) < before:
                remove(issue)
