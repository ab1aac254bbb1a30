"""The engineering graph put together, from the survey of the branch to the pull request.

It ends as an event and owns no state of the task: its checkpoints only spare work after a cut, and
without them it goes on from the branch.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from app.domain.event import PartsMade, RunFinished
from app.domain.task import Task
from app.engine.clock import now
from app.graphs.context import Context
from app.graphs.engineering.nodes.answers import answers
from app.graphs.engineering.nodes.architect import architect
from app.graphs.engineering.nodes.developer import developer
from app.graphs.engineering.nodes.lead import lead
from app.graphs.engineering.nodes.preparer import preparer
from app.graphs.engineering.nodes.publisher import publisher
from app.graphs.engineering.nodes.pull_request import pull_request
from app.graphs.engineering.nodes.reviewer import reviewer
from app.graphs.engineering.nodes.splitter import splitter
from app.graphs.engineering.nodes.submitter import submitter
from app.graphs.engineering.nodes.survey import survey
from app.graphs.engineering.nodes.tester import tester
from app.graphs.engineering.nodes.updater import updater
from app.graphs.engineering.parts import made_parts, parts_of
from app.graphs.engineering.state import State, attempts_of, verdict_of
from app.graphs.run import run
from app.graphs.state import usage_of

Compiled = CompiledStateGraph[State, Context, State, State]
_STEPS_PER_ATTEMPT = 5


def compile_graph(checkpointer: BaseCheckpointSaver[Any] | None) -> Compiled:
    """Each node says where it goes on to; `over` is where an attempt leads that was the last."""
    begins, over = ("lead", "architect", "updater", "developer", "tester"), ("publisher", END)
    graph: StateGraph[State, Context, State, State] = StateGraph(State, context_schema=Context)
    graph.add_node("survey", survey, destinations=("preparer", *begins))
    graph.add_node("preparer", preparer, destinations=begins)
    graph.add_node("lead", lead, destinations=("splitter", "architect", "developer", END))
    graph.add_node("splitter", splitter)
    graph.add_node("architect", architect, destinations=("developer", END))
    graph.add_node("updater", updater, destinations=("developer", "tester", END))
    graph.add_node("developer", developer, destinations=("developer", "submitter", *over))
    graph.add_node("submitter", submitter, destinations=("survey", "developer", "tester", *over))
    graph.add_node("tester", tester, destinations=("developer", "reviewer", *over))
    graph.add_node("reviewer", reviewer, destinations=("developer", *over))
    graph.add_node("publisher", publisher, destinations=("pull_request", END))
    graph.add_node("pull_request", pull_request, destinations=("answers", END))
    graph.add_node("answers", answers)
    graph.add_edge(START, "survey")
    graph.add_edge("splitter", END)
    graph.add_edge("answers", END)
    return graph.compile(checkpointer=checkpointer)


async def run_graph(graph: Compiled, context: Context) -> PartsMade | RunFinished:
    """One run, as the event that it comes to."""
    task = context.task
    ended = await run(graph, context, steps=10 + _STEPS_PER_ATTEMPT * task.policy.attempts)
    state = cast("State", ended.state)
    if ended.why:
        finished = _finished(task, state)
        return replace(finished, reason=ended.why, pull_request=None, verified=None)
    return _split(task, state) if state.get("made") else _finished(task, state)


def _split(task: Task, state: State) -> PartsMade:
    """Handed over, before anything of it was built."""
    parts = parts_of(state["parts"], task.record.round)
    made = made_parts(task.issue, parts, state["made"])
    heard = state.get("heard", 0)
    return PartsMade(now(), task.record.round, made, usage=usage_of(state), heard=heard)


def _finished(task: Task, state: State) -> RunFinished:
    number, spared = state.get("pull_request"), state.get("spared", False)
    verified = None
    if number is not None:
        verified = state["head"] if spared else verdict_of(state).sha
    return RunFinished(
        now(),
        task.record.round,
        attempts=attempts_of(state),
        pull_request=number,
        verified=verified,
        by_hand=state.get("by_hand", ""),
        reason=state.get("reason", ""),
        usage=usage_of(state),
        over_budget=state.get("over_budget", False),
        question=state.get("question", ""),
        heard=state.get("heard", 0),
        spared=spared,
        answer=state.get("answer", ""),
        read=datetime.fromisoformat(read) if (read := state.get("read")) else None,
    )
