"""The sandbox's clock: it goes on by itself, can be moved, can stand still, and never goes back."""

import time

from app.sandbox.clock import Clock


def test_what_is_stopped_only_moves_when_it_is_moved() -> None:
    clock = Clock()
    with clock.stopped():
        began = clock.time()
        time.sleep(0.01)
        assert clock.time() == began
        clock.advance(3)
        assert clock.time() == began + 3
    assert clock.time() > began + 3
