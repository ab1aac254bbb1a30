"""One run of a graph, from where it was cut short, or from its start, as far as it comes.

It owns no state of the task: its checkpoints only spare work after a cut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langgraph.graph.state import CompiledStateGraph

from app.engine.ports import Refused, Unanswered
from app.graphs.context import Context
from app.graphs.ports import GivenUp


@dataclass(frozen=True, slots=True)
class Ended:
    """The graph's state at the end. Where the run has given up, `why` says what a person can do,
    and `left` are the nodes that it did not come through.
    """

    state: Mapping[str, Any]
    why: str = ""
    left: frozenset[str] = frozenset()


async def run(
    graph: CompiledStateGraph[Any, Context, Any, Any], context: Context, *, steps: int | None = None
) -> Ended:
    """The task's round, in at most so many `steps` (None: LangGraph's own limit).

    Raises Unanswered, also where git is at fault: the run is then taken up again from there.
    """
    task = context.task
    config: Any = {"configurable": {"thread_id": f"{task.issue.key}-r{task.record.round}"}}
    if steps is not None:
        config["recursion_limit"] = steps
    before = await graph.aget_state(config)
    if before.values and not before.next:
        return Ended(before.values)
    start: Any = None if before.values else {}
    try:
        return Ended(await graph.ainvoke(start, config, context=context, durability="sync"))
    except Unanswered:
        raise
    except (GivenUp, Refused) as error:
        so_far = await graph.aget_state(config)
        why = f"GitHub refused: {error}" if isinstance(error, Refused) else str(error)
        return Ended(so_far.values, why, frozenset(so_far.next))
