"""Find handlers by name."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from aibwatch.core.policy import StepSpec
from aibwatch.handlers.api import Surroundings
from aibwatch.handlers.loader import Handlers, UnknownHandlerError
from aibwatch.handlers.run_template import RunTemplate
from tests.clocks import FakeClock

from .test_run_template import OneTemplate


@pytest.fixture
def handlers() -> Handlers:
    clock = FakeClock()
    return Handlers(
        Surroundings(templates=OneTemplate(clock), now=clock.now, pause=clock.pause, folder=Path("/nowhere"))
    )


def test_a_configured_handler_is_made_once_however_often_it_is_named(handlers: Handlers) -> None:
    handlers.load([StepSpec(handler="run-template"), StepSpec(handler="run-template")])
    made = handlers.find("run-template", {})
    assert type(made) is RunTemplate
    assert handlers.find("run-template", {}) is made


def test_nothing_configured_loads_nothing(handlers: Handlers) -> None:
    handlers.load([])


def test_all_missing_handlers_are_named_and_those_that_are_there(handlers: Handlers) -> None:
    with pytest.raises(UnknownHandlerError) as raised:
        handlers.load([StepSpec(handler=name) for name in ("zulu", "run-template", "alpha")])
    assert str(raised.value).startswith("no handler alpha, zulu is installed; there are: ")
    assert "run-template" in str(raised.value).partition("; ")[2]


class Closing:
    """Notes that it was closed, and then does as it was told."""

    def __init__(self, says: Exception | None) -> None:
        self.says, self.closed = says, 0

    async def close(self) -> None:
        self.closed += 1
        if self.says:
            raise self.says


async def test_at_the_end_every_handler_lets_go_whatever_the_others_do(handlers: Handlers) -> None:
    handlers.load([StepSpec(handler="run-template")])
    closing = [Closing(OSError("no line")), Closing(TimeoutError()), Closing(None)]
    handlers._made |= {(f"h{number}", "{}"): made for number, made in enumerate(closing)}  # type: ignore[misc]
    with capture_logs() as logged:
        await handlers.close()
    assert [made.closed for made in closing] == [1, 1, 1]
    assert [line["handler"] for line in logged] == ["h0", "h1"]


def test_options_that_a_handler_does_not_take_name_the_handler_and_the_key(handlers: Handlers) -> None:
    with pytest.raises(UnknownHandlerError, match="handler 'run-template' cannot be made: speed: "):
        handlers.load([StepSpec(handler="run-template", options={"speed": "high"})])
