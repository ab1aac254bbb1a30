"""Who knocks: reads a run's token and asks whether the run is let in. It opens no account."""

from app.db.account import Account
from app.gateway.ledger import Ledger
from app.gateway.token import Claims, TokenError, Tokens

RETRY_SECONDS = 5


class Refused(Exception):
    """Why a run is not let in. `retry_after` (s): it may be by then."""

    def __init__(self, status: int, reason: str, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


def admitted(account: Account | None) -> Account:
    """The account, if its run may go on. Raises Refused."""
    if account is None:  # an app that lost its accounts opens them again for every run at work
        raise Refused(503, "orc: this run is not known yet; try again", RETRY_SECONDS)
    if not account.open:
        raise ended()
    return account


def ended() -> Refused:
    return Refused(401, "orc: this run has ended, and its token with it")


class Entry:
    """Every door of the gateway asks here."""

    def __init__(self, tokens: Tokens, ledger: Ledger) -> None:
        self._tokens = tokens
        self._ledger = ledger

    async def claims(self, token: str | None) -> Claims:
        """What the token's run may do. Raises Refused."""
        return (await self.visit(token))[0]

    async def visit(self, token: str | None) -> tuple[Claims, Account]:
        """The same, with the run's account."""
        if not token:
            raise Refused(401, "orc: show the run's token, $ORC_TOKEN")
        try:
            claims = self._tokens.read(token)
        except TokenError as error:
            raise Refused(401, f"orc: {error}") from None
        return claims, admitted(await self._ledger.get(claims.run_id))
