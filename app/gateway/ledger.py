"""What the gateway needs of the accounts of runs. It says nothing of where they are kept."""

from typing import Protocol

from app.db.account import Account, Opening
from app.domain.run import Usage


class Ledger(Protocol):
    """One account per run; `app.db.account.Accounts` is one."""

    async def open(self, opening: Opening) -> Account: ...

    async def close(self, run_id: str) -> Usage: ...

    async def get(self, run_id: str) -> Account | None: ...

    async def add(self, run_id: str, model: str | None, usage: Usage, calls: int = 1) -> None: ...
