"""The intake graph put together. It ends as an event and owns no state of the task."""

from dataclasses import replace
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from app.domain.event import IntakeFinished
from app.domain.task import Task
from app.engine.clock import now
from app.engine.ports import Refused, Unanswered
from app.graphs.context import Context
from app.graphs.intake.nodes.analyst import analyst
from app.graphs.intake.nodes.listener import listener
from app.graphs.intake.nodes.product_owner import product_owner
from app.graphs.intake.state import State, spec_of, usage_of
from app.graphs.ports import GivenUp

Compiled = CompiledStateGraph[State, Context, State, State]


def compile_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> Compiled:
    """listener → product owner → analyst."""
    graph: StateGraph[State, Context, State, State] = StateGraph(State, context_schema=Context)
    graph.add_node("listener", listener)
    graph.add_node("product_owner", product_owner, destinations=("analyst", END))
    graph.add_node("analyst", analyst)
    graph.add_edge(START, "listener")
    graph.add_edge("listener", "product_owner")
    graph.add_edge("analyst", END)
    return graph.compile(checkpointer=checkpointer)


async def run_graph(graph: Compiled, context: Context) -> IntakeFinished:
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
        so_far = cast("State", (await graph.aget_state(config)).values)
        why = f"GitHub refused: {error}" if isinstance(error, Refused) else str(error)
        return replace(_finished(task, so_far), reason=why, spec=None, question="", answer="")
    return _finished(task, state)


def _finished(task: Task, state: State) -> IntakeFinished:
    return IntakeFinished(
        now(),
        task.record.round,
        task.request_digest,
        spec=spec_of(state),
        question=state.get("question", ""),
        answer=state.get("answer", ""),
        reason=state.get("reason", ""),
        usage=usage_of(state),
        over_budget=state.get("over_budget", False),
        heard=state.get("heard", 0),
    )
