"""A fake model server: a script's turns in the providers' own formats. It thinks of nothing itself.

It is for the demo without a model key and for the tests; the product never imports it.
"""

from app.sandbox.models.ledger import Entry, Ledger
from app.sandbox.models.load import ScriptError, builtin_scripts, load_script
from app.sandbox.models.script import Script, Tokens
from app.sandbox.models.server import FakeModels

__all__ = [
    "Entry", "FakeModels", "Ledger", "Script", "ScriptError", "Tokens", "builtin_scripts",
    "load_script",
]  # fmt: skip
