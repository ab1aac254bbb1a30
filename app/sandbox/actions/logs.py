"""Reads the logs of jobs back: whole, by step, or zipped; it writes none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from app.sandbox.actions.record import JobRecord, StepRecord


def of_step(step: StepRecord) -> str:
    """With a time before each line."""
    if step.log is None or not step.log.is_file():
        return ""
    return step.log.read_text(encoding="utf-8", errors="replace")


def of_job(job: JobRecord) -> str:
    return "".join(of_step(step) for step in job.steps)


def zipped(jobs: Sequence[JobRecord]) -> bytes:
    """One file for each job, as GitHub packs them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, job in enumerate(jobs):
            name = "".join("_" if c in '/\\:<>"|?*' else c for c in job.name)[:100]
            archive.writestr(f"{number}_{name}.txt", of_job(job))
    return packed.getvalue()
