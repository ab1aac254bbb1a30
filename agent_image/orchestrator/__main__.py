"""`python3 -P -m agent_image.orchestrator`; it does nothing but call the command line."""

import sys

from agent_image.orchestrator.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
