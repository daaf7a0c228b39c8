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


PLUG_INS = """
class Old:
    def __init__(self, surroundings, options): self.options = options
    async def plan(self, request): ...
    async def activate(self, request, plan): ...
    async def status(self, request, plan): ...

def none(surroundings, options): return 7

def picky(surroundings, options): raise ValueError("room: which one?")
"""


@pytest.fixture
def plug_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a package with plug-ins, as far as that can be seen from here."""
    (tmp_path / "aibwatch_plug_ins.py").write_text(PLUG_INS)
    installed = tmp_path / "aibwatch_plug_ins-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: aibwatch-plug-ins\nVersion: 1\n")
    names = {"old": "Old", "none": "none", "picky": "picky", "gone": "Gone"}
    points = "".join(f"{name} = aibwatch_plug_ins:{what}\n" for name, what in names.items())
    (installed / "entry_points.txt").write_text(f"[aibwatch.handlers]\n{points}")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("plug_ins")
def test_an_installed_handler_is_made_for_each_set_of_options_and_needs_three_methods(handlers: Handlers) -> None:
    first, second = (handlers.find("old", {"room": room}) for room in ("ops", "dev"))
    assert [handler.options for handler in (first, second)] == [{"room": "ops"}, {"room": "dev"}]  # type: ignore[attr-defined]  # its own
    assert handlers.find("old", {"room": "ops"}) is first


@pytest.mark.usefixtures("plug_ins")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("none", "handler 'none' is none: it has no plan and no activate and no status; see handlers/api.py"),
        ("picky", "handler 'picky' cannot be made: room: which one?"),
        ("gone", "handler 'gone' cannot be made: module 'aibwatch_plug_ins' has no attribute 'Gone'"),
    ],
)
def test_an_installed_handler_that_cannot_be_used_says_why(name: str, why: str, handlers: Handlers) -> None:
    with pytest.raises(UnknownHandlerError) as raised:
        handlers.find(name, {})
    assert str(raised.value) == why


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
    handlers._made |= {(f"h{number}", "{}"): made for number, made in enumerate(closing)}  # type: ignore[misc]  # in the place of three plug-ins
    with capture_logs() as logged:
        await handlers.close()
    assert [made.closed for made in closing] == [1, 1, 1]
    assert [line["handler"] for line in logged] == ["h0", "h1"]


def test_options_that_a_handler_does_not_take_name_the_handler_and_the_key(handlers: Handlers) -> None:
    with pytest.raises(UnknownHandlerError, match="handler 'run-template' cannot be made: speed: "):
        handlers.load([StepSpec(handler="run-template", options={"speed": "high"})])
