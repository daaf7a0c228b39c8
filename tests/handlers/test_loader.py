"""Find handlers by name."""

import pytest

from aibwatch.handlers.api import Surroundings
from aibwatch.handlers.loader import UnknownHandlerError, load
from aibwatch.handlers.run_template import RunTemplate
from tests.clocks import FakeClock

from .test_run_template import OneTemplate


@pytest.fixture
def surroundings() -> Surroundings:
    clock = FakeClock()
    return Surroundings(templates=OneTemplate(clock), now=clock.now, pause=clock.pause)


def test_a_configured_handler_is_made_once_however_often_it_is_named(surroundings: Surroundings) -> None:
    handlers = load(["run-template", "run-template"], surroundings)
    assert {name: type(handler) for name, handler in handlers.items()} == {"run-template": RunTemplate}


def test_nothing_configured_loads_nothing(surroundings: Surroundings) -> None:
    assert load([], surroundings) == {}


def test_all_missing_handlers_are_named_and_those_that_are_there(surroundings: Surroundings) -> None:
    with pytest.raises(UnknownHandlerError) as raised:
        load(["zulu", "run-template", "alpha"], surroundings)
    assert str(raised.value).startswith("no handler alpha, zulu is installed; there are: ")
    assert "run-template" in str(raised.value).partition("; ")[2]
