"""From deliveries to handled events: a bounded queue, workers, and no second look at a GUID."""

import asyncio
from collections import OrderedDict, deque

import structlog

from app.domain.event import Answered, Misconfigured, Reviewed
from app.domain.policy import Role
from app.domain.ref import IssueRef, RepoRef
from app.engine.batch import Batch
from app.engine.clock import now
from app.engine.delivery import Delivery
from app.engine.handle import Handler
from app.engine.ports import Outside, Postponed, Refused, Setting, Unanswered
from app.engine.triage import Declined, Hint, Reader, repo_of, triage

log = structlog.get_logger(__name__)
REMEMBERED = 10_000
LANES = 16
ACCEPTED, SEEN, FULL = "accepted", "seen before", "left to a sweep"  # what `put` says
CONFIG_PATHS = frozenset({".github/orchestrator.yml", "orchestrator.yml"})


class Lane:
    """Deliveries in order, for one worker: what the door needs of a queue, at half its price."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: deque[Delivery] = deque()
        self._filled: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, delivery: Delivery) -> bool:
        """False, and nothing done, if the lane is full."""
        if len(self._waiting) >= self._size:
            return False
        self._waiting.append(delivery)
        if self._filled is not None and not self._filled.done():
            self._filled.set_result(None)
        return True

    async def get(self) -> Delivery:
        """The oldest, as soon as there is one."""
        while not self._waiting:
            self._filled = asyncio.get_running_loop().create_future()
            await self._filled
        return self._waiting.popleft()


class Inbox:
    """`put` is all that the door calls. What does not fit is left to a sweep: `full` asks for it.

    Deliveries about one issue lie in one lane, in order; lanes are emptied side by side.
    """

    def __init__(self, size: int = 10_000, lanes: int = LANES) -> None:
        self.lanes = [Lane(size // lanes) for _ in range(lanes)]
        self._seen: OrderedDict[str, None] = OrderedDict()
        self.full = asyncio.Event()

    def put(self, delivery: Delivery) -> str:
        """What becomes of it, in a word for the log and the answer."""
        if delivery.guid and delivery.guid in self._seen:  # a proxy may have lost it
            return SEEN
        if not self.lanes[delivery.payload.subject % len(self.lanes)].put(delivery):
            self.full.set()
            return FULL
        self._seen[delivery.guid] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return ACCEPTED


class Intake:
    """Turns deliveries and sightings into events that people were allowed to cause."""

    def __init__(self, slug: str, outside: Outside, handler: Handler, reviews: Batch) -> None:
        self._slug = slug
        self._policies = outside.policies
        self._roster = outside.roster
        self._board = outside.board
        self._handler = handler
        self._reviews = reviews
        self.resurvey = asyncio.Event()

    async def work(self, lane: Lane) -> None:
        """Take deliveries for ever. One that fails is logged; the sweep finds what it meant."""
        while True:
            delivery = await lane.get()
            try:
                await self.take(delivery)
            except (Unanswered, Postponed, Refused) as error:
                log.warning("delivery left to a sweep", **delivery.facts(), why=str(error))
                self.resurvey.set()
            except Exception:
                log.exception("delivery failed", **delivery.facts())
                self.resurvey.set()

    async def take(self, delivery: Delivery) -> None:
        """Everything one delivery holds, in order."""
        if delivery.event in ("installation", "installation_repositories"):
            if not self._is_own(delivery):  # what we have made ourselves holds no news
                self.resurvey.set()
            return
        repo = repo_of(delivery.payload)
        if repo is None:
            log.info("ignored: no repository or no installation", **delivery.facts())
            return
        if delivery.event == "push":
            self._push(delivery, repo)
            return
        setting = await self._policies.of(repo)
        hints = triage(delivery, repo, setting.policy, Reader(self._slug, now()))
        for hint in hints:
            await self.consider(hint)

    def _is_own(self, delivery: Delivery) -> bool:
        sender = delivery.payload.sender
        return sender is not None and sender.login == f"{self._slug}[bot]"

    def _push(self, delivery: Delivery, repo: RepoRef) -> None:
        payload = delivery.payload
        default = payload.repository.default_branch if payload.repository else ""
        changed = {path for commit in payload.commits for path in commit.paths}
        if payload.ref == f"refs/heads/{default}" and changed & CONFIG_PATHS:
            self._policies.forget(repo)

    async def consider(self, hint: Hint) -> bool:
        """Handle it if its sender may ask; a stranger is not even answered.

        False: it is not dealt with yet, and a sweep must be able to find it.
        """
        event = hint.event
        if hint.asks or isinstance(event, Answered):
            setting, role = await self._standing(hint)
            allowed = role >= setting.policy.who
            if allowed and isinstance(event, Answered):
                event = event.by_right()
            elif hint.asks and not allowed:
                who = {"by": getattr(event, "by", ""), "role": role.name.lower()}
                log.info("ignored: may not ask", issue=str(hint.issue), **who)
                if setting.known or role < Role.WRITE:
                    return True
                event = Misconfigured(now())  # who could ask otherwise has to hear of it
        if isinstance(event, Reviewed):  # reviewers rarely say one thing only
            return self._reviews.put(hint.issue, event)
        if isinstance(event, Declined):
            await self._decline(hint.issue, event.comment)
            return True
        return await self._handler.handle(hint.issue, event)

    async def _decline(self, issue: IssueRef, comment: int) -> None:
        """A sign and no more, for the want of which nothing is to be looked for."""
        try:
            await self._board.acknowledge(issue, comment, accepted=False)
        except (Unanswered, Postponed, Refused) as error:
            log.warning("no reaction", issue=str(issue), why=str(error))

    async def _standing(self, hint: Hint) -> tuple[Setting, Role]:
        """What holds in the repository, and what whoever asks may do there."""
        repo, by = hint.issue.repo, getattr(hint.event, "by", "")
        role = await self._roster.role(repo, by) if by else Role.NONE
        return await self._policies.of(repo), role
