"""What every role is told about how an agent ends its work; app/agents/contract.py reads it."""

RESULT = """
When you stop, end your last message with one line, and nothing after it:

<result>{"verdict": "…", "text": "…"}</result>

`verdict` is "success" when all that was asked for is done and committed, with what you did in a
sentence or two in `text`; "failure" when you could not do it, with the reason in `text`; "question"
when you can't go on before a person has answered what you ask in `text`. Nobody answers while you
work: don't ask in any other way. A message without this line counts as a failure, however good the
work is.
"""

COMMANDS = """
While you work, you can speak through the command `orchestrator`; it answers with JSON, and its
`--help` says what it can do. `orchestrator respond "…"` leaves a comment on the issue and lets you
go on: use it for what a person should know before you are done, and sparingly.
"""
