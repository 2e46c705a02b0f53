"""What tests of single services share: the world outside, as it records what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from clients.recorder import Recorder


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Recorder]:
    """One for all the tests of a module, which know it as `recorder`."""
    recorder = Recorder()
    await recorder.start()
    yield recorder
    await recorder.stop()


@pytest.fixture
def recorder(running: Recorder) -> Recorder:
    """It has heard nothing yet, and answers as it does by itself."""
    running.forget_everything()
    return running
