"""Where a run's parts are in its container: what host and container must agree on. No logic."""

from pathlib import Path
from typing import NamedTuple

# In the job's folder, once the workspace there is complete.
PREPARED = "prepared"


class Places(NamedTuple):
    """Where the executor mounts what. Only `work`, `results` and `scratch` can be written."""

    job: Path = Path("/run/orc/job")
    gateway: Path = Path("/run/orc/gateway")
    results: Path = Path("/run/orc/results")
    work: Path = Path("/work")
    scratch: Path = Path("/tmp")  # noqa: S108 - a file system of this run's own
