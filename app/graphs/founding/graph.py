"""The founding graph put together. It ends as an event and owns no state of the task."""

from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import StateSnapshot

from app.domain.event import PartsMade, RunFinished
from app.domain.ref import IssueRef
from app.engine.clock import now
from app.engine.ports import Refused, Unanswered
from app.graphs.context import Context
from app.graphs.founding.first_issue import part
from app.graphs.founding.nodes.earlier import earlier
from app.graphs.founding.nodes.first_commit import first_commit
from app.graphs.founding.nodes.first_issue import first_issue
from app.graphs.founding.nodes.furnishing import furnishing
from app.graphs.founding.nodes.repository import repository
from app.graphs.founding.state import State, repo_of
from app.graphs.ports import GivenUp

Compiled = CompiledStateGraph[State, Context, State, State]


def compile_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> Compiled:
    """repository → earlier → first commit → furnishing → first issue."""
    graph: StateGraph[State, Context, State, State] = StateGraph(State, context_schema=Context)
    graph.add_node("repository", repository)
    graph.add_node("earlier", earlier, destinations=("first_commit", END))
    graph.add_node("first_commit", first_commit)
    graph.add_node("furnishing", furnishing)
    graph.add_node("first_issue", first_issue)
    graph.add_edge(START, "repository")
    graph.add_edge("repository", "earlier")
    graph.add_edge("first_commit", "furnishing")
    graph.add_edge("furnishing", "first_issue")
    graph.add_edge("first_issue", END)
    return graph.compile(checkpointer=checkpointer)


async def run_graph(graph: Compiled, context: Context) -> PartsMade | RunFinished:
    """One run from where it was cut short, or from its start, to its end."""
    task = context.task
    config: Any = {"configurable": {"thread_id": f"{task.issue.key}-r{task.record.round}"}}
    before = await graph.aget_state(config)
    try:
        if before.values and not before.next:
            state = cast("State", before.values)
        else:
            start = None if before.values else State()
            ended = await graph.ainvoke(start, config, context=context, durability="sync")
            state = cast("State", ended)
    except Unanswered:
        raise  # the run is taken up again from here
    except (GivenUp, Refused) as error:
        why = f"GitHub refused: {error}" if isinstance(error, Refused) else str(error)
        why += _left(await graph.aget_state(config))
        return RunFinished(now(), task.record.round, attempts=(), reason=why)
    made = IssueRef(repo_of(state), state["number"])
    return PartsMade(now(), task.record.round, (part(task, made),))


def _left(state: StateSnapshot) -> str:
    """What stands already, so that nobody gets a second one without wanting it."""
    if not {"furnishing", "first_issue"} & set(state.next):
        return ""
    name = repo_of(cast("State", state.values)).full_name
    return f" `{name}` was made, and `/retry` goes on with it; delete it if you want another name."
