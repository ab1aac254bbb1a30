"""Renders in a process of its own, so that a server need not carry copier."""

import asyncio
import os
import sys
from pathlib import Path

from app.scaffold.answers import Answers
from app.scaffold.error import ScaffoldError

DEADLINE = 120.0  # seconds; it takes one


async def project(answers: Answers, into: Path, template: Path | None = None) -> str:
    """As `render`, any number at a time. Raises ScaffoldError."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "app.scaffold", str(into)),
        *([str(template)] if template else ()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTHONUTF8": "1"},
    )
    try:
        async with asyncio.timeout(DEADLINE):
            out, err = await process.communicate(answers.model_dump_json().encode())
    except TimeoutError:
        raise ScaffoldError(f"The template was not rendered in {DEADLINE:.0f} s. Retry.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise ScaffoldError(err.decode("utf-8", "replace").strip()[-2_000:])
    return out.decode().strip()
