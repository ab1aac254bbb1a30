"""`python3 -P -m agent_image.orchestrator`; it does nothing but call the command line."""

import sys

from agent_image.orchestrator.cli import main


def run() -> int:
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
