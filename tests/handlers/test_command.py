"""Do steps by real programs, small ones in sh: whatever they do, there is one answer with a reason, and one effect."""

import asyncio
import json
import os
import re
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from aibwatch.core.model import TemplateId
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.handlers import command as command_module
from aibwatch.handlers.api import (
    Answer,
    Capability,
    Check,
    Description,
    HandlerError,
    HandlerRequest,
    Plan,
    RefusedHandlerError,
    Surroundings,
    TemporaryHandlerError,
    UnderWayError,
)
from aibwatch.handlers.command import Command
from aibwatch.handlers.errand import Errand, Order
from aibwatch.handlers.warden import MOST_ERRORS, MOST_OUTPUT
from aibwatch.handlers.wire import PASSED
from aibwatch.runtime.clock import Clock
from tests.clocks import FakeClock
from tests.program import FORKS
from tests.waiting import until

from .test_run_template import OneTemplate

PAGE = Path(__file__).parents[2] / "docs" / "handlers.md"
PLAN = Plan(changes=("switch",), before={"was": "old"})
SOON, LATE = timedelta(seconds=0.4), timedelta(seconds=60)


def result(**said: object) -> str:
    """Return the line of sh that prints a result."""
    return "echo '" + json.dumps({"type": "result", **said}) + "'"


@dataclass
class Site:
    """A folder with a program in it, and the handler that calls it."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    grace: timedelta = timedelta(seconds=0.2)

    @property
    def program(self) -> Path:
        return self.folder / "switch.sh"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def says(self, *lines: str) -> "Site":
        """Let the program be these lines; `$1` is the verb and `$D` a folder to leave traces in."""
        self.program.write_text("\n".join((f"D={self.folder}", 'echo "$1" >> $D/calls', *lines, "")))
        return self

    @property
    def surroundings(self) -> Surroundings:
        azure = OneTemplate(FakeClock())
        return Surroundings(templates=azure, now=self.clock.now, pause=self.clock.pause, folder=self.state)

    def handler(self, *arguments: str) -> Command:
        return Command(self.surroundings, {"command": ("/bin/sh", str(self.program), *arguments)}, grace=self.grace)

    def request(self, *, within: timedelta = LATE, **changes: object) -> HandlerRequest:
        known = HandlerRequest(
            activation_id="base-1",
            epoch=1,
            group="base",
            kind=MoveKind.FAILOVER,
            source=TemplateId("/t/west"),
            target=TemplateId("/t/north"),
            step=0,
            attempt=1,
            deadline=self.clock.now() + within,
        )
        return replace(known, **changes)  # type: ignore[arg-type]  # the names are those of HandlerRequest

    def calls(self) -> list[str]:
        """Return the verbs that the program was called with."""
        file = self.folder / "calls"
        return file.read_text().split() if file.exists() else []

    async def has(self, name: str) -> str:
        """Wait for a trace of the program and return it."""

        async def there() -> str | None:
            file = self.folder / name
            return file.read_text().strip() if file.exists() else None

        return await until(f"the program left {name}", there)

    def let_go(self) -> None:
        """Let a program end that waits with AWAIT."""
        (self.folder / "go").touch()


AWAIT = "while [ ! -e $D/go ]; do sleep 0.02; done"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    made = Site(tmp_path)
    yield made
    made.let_go()


async def activate(site: Site, **changes: object) -> Answer:
    return await site.handler().activate(site.request(**changes), PLAN)  # type: ignore[arg-type]  # as in request


def _has_ended(pid: str) -> bool:
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


async def gone(pid: str) -> None:
    """Wait until a process has ended."""

    async def ended() -> bool:
        return _has_ended(pid)

    await until(f"process {pid} ended", ended)


# what it answers


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (0, "applied"),
        (10, "already_applied"),
        (20, "nothing_changed"),
        (30, "never"),
        (40, "partial"),
        (50, "refused"),
    ],
)
async def test_the_exit_code_is_the_word_and_the_result_says_why(code: int, answer: str, site: Site) -> None:
    site.says(result(why="so it is"), f"exit {code}")
    known = Answer(result=StepResult(answer), why="so it is")
    handler = site.handler()
    assert await handler.activate(site.request(), PLAN) == known
    assert await handler.deactivate(site.request(attempt=2), PLAN) == known
    assert site.calls() == ["activate", "deactivate"]


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("exit 1", "sh ended with exit code 1, which says nothing; it said: so it is"),
        ("exit 64", "sh ended with exit code 64, which says nothing; it said: so it is"),
        ("kill -SEGV $$", "sh was ended by SIGSEGV; it said: so it is"),
        ("kill -KILL $$", "sh was ended by SIGKILL; it said: so it is"),
    ],
)
async def test_any_other_end_is_unknown_whatever_it_said(end: str, why: str, site: Site) -> None:
    site.says(result(why="so it is"), end)
    assert await activate(site) == Answer(result=StepResult.UNKNOWN, why=why)


@pytest.mark.parametrize(
    "garbage",
    [
        "echo done",
        "printf '\\377\\376\\000\\n\\n{'",
        'echo \'{"type":"result"\'',
        "echo '[\"result\"]'",
        'echo \'{"type":"result","why":7}\' | tr 7 "\\377"',
        "head -c 3000000 /dev/zero",
        ":",
    ],
)
async def test_without_a_result_the_code_counts_all_the_same(garbage: str, site: Site) -> None:
    site.says(garbage, "exit 0")
    answer = await activate(site)
    assert (answer.result, answer.why) == (StepResult.APPLIED, "sh ended with exit code 0 and printed no result")


async def test_of_a_flood_beginning_and_end_are_kept_and_the_result_is_found(site: Site) -> None:
    flood = "head -c 20000000 /dev/zero | tr '\\0' x"
    site.says(flood, "echo", f"({flood}) >&2", result(why="after all that"))
    assert await activate(site) == Answer(result=StepResult.APPLIED, why="after all that")
    folder = site.state / "command" / "moves" / "base" / "base-1" / "0-1"
    sizes = [(folder / name).stat().st_size for name in ("output", "errors")]
    assert sizes == [MOST_OUTPUT + 1, MOST_ERRORS + 1], "a line break stands where something was dropped"


async def test_the_last_result_counts(site: Site) -> None:
    site.says(result(why="first"), result(why="last"), 'echo \'{"type": "progress"}\'')
    assert (await activate(site)).why == "last"


async def test_it_need_not_read_what_it_is_told(site: Site) -> None:
    site.says("exec <&-", result(why="deaf"))
    assert await activate(site) == Answer(result=StepResult.APPLIED, why="deaf")


@pytest.mark.parametrize(
    ("said", "code", "answer"),
    [
        ({"state": "applied", "why": "seen"}, 0, Answer(result=StepResult.APPLIED, why="seen")),
        ({"state": "not_applied"}, 0, Answer(result=StepResult.NOTHING_CHANGED, why="sh says not_applied")),
        ({"state": "partial"}, 0, Answer(result=StepResult.PARTIAL, why="sh says partial")),
        ({"state": "unknown"}, 0, Answer(result=StepResult.UNKNOWN, why="sh says unknown")),
        ({"state": "fine"}, 0, Answer(result=StepResult.UNKNOWN, why='sh named no state: it said "fine"')),
        ({"state": ["applied"]}, 0, Answer(result=StepResult.UNKNOWN, why='sh named no state: it said ["applied"]')),
        ({}, 0, Answer(result=StepResult.UNKNOWN, why="sh named no state")),
        ({"state": "applied"}, 20, Answer(result=StepResult.UNKNOWN, why="sh ended with exit code 20")),
        (
            {"state": "applied"},
            3,
            Answer(result=StepResult.UNKNOWN, why="sh ended with exit code 3, which says nothing"),
        ),
        ({"why": "9 stands"}, 50, Answer(result=StepResult.REFUSED, why="9 stands")),
    ],
)
async def test_status_must_name_its_state(said: dict[str, object], code: int, answer: Answer, site: Site) -> None:
    site.says(result(**said), f"exit {code}")
    assert await site.handler().status(site.request(), PLAN) == answer


async def test_status_that_is_late_is_unknown(site: Site) -> None:
    site.says(result(state="not_applied"), "sleep 60")
    answer = await site.handler().status(site.request(within=SOON), PLAN)
    assert answer == Answer(result=StepResult.UNKNOWN, why="sh was ended at its deadline")


async def test_the_example_of_the_readme_works(site: Site) -> None:
    (text,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    site.program.write_text(text.replace("/srv/images", str(site.folder)))
    handler, request = site.handler(), site.request()
    assert await handler.check(request) == Check(well=True, why="sh says that it can act")
    assert (await handler.status(request, PLAN)).result is StepResult.NOTHING_CHANGED
    assert (await handler.activate(replace(request, rehearsal=True), PLAN)).result is StepResult.APPLIED
    assert (await handler.status(request, PLAN)).result is StepResult.NOTHING_CHANGED
    assert (await handler.activate(request, PLAN)).result is StepResult.APPLIED
    assert (await handler.status(request, PLAN)).result is StepResult.APPLIED
    assert (site.folder / "active").read_text() == "1 base-1 /t/north\n"


# what it is told


async def test_it_is_told_the_move_on_stdin_and_the_essentials_in_variables(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"AZURE_CLIENT_SECRET": "s3cret", "HTTPS_PROXY": "http://u:p@h", "TZ": "UTC"}.items():
        monkeypatch.setenv(name, value)
    site.says("cat > $D/told", "env > $D/environment", "pwd > $D/where", 'echo "$@" > $D/arguments')
    request = site.request(kind=MoveKind.DRILL, rehearsal=True, attempt=2)
    await site.handler("-v", "a b; c").activate(request, PLAN)
    deadline = request.deadline.isoformat()
    told = {
        "protocol": 1,
        "activation_id": "base-1",
        "epoch": 1,
        "group": "base",
        "kind": "drill",
        "from": "/t/west",
        "to": "/t/north",
        "rehearsal": True,
        "deadline": deadline,
        "step": 0,
        "attempt": 2,
        "before": {"was": "old"},
    }
    assert json.loads((site.folder / "told").read_text()) == told
    environment = dict(line.split("=", 1) for line in (site.folder / "environment").read_text().splitlines())
    assert {name: value for name, value in environment.items() if name.startswith("AIBWATCH_")} == {
        "AIBWATCH_VERB": "activate",
        "AIBWATCH_PROTOCOL": "1",
        "AIBWATCH_ACTIVATION_ID": "base-1",
        "AIBWATCH_EPOCH": "1",
        "AIBWATCH_GROUP": "base",
        "AIBWATCH_KIND": "drill",
        "AIBWATCH_FROM": "/t/west",
        "AIBWATCH_TO": "/t/north",
        "AIBWATCH_REHEARSAL": "true",
        "AIBWATCH_DEADLINE": deadline,
        "AIBWATCH_STEP": "0",
        "AIBWATCH_ATTEMPT": "2",
    }
    others = {name for name in environment if not name.startswith("AIBWATCH_")}
    assert others <= {*PASSED, "PWD", "OLDPWD", "SHLVL", "_"}
    assert environment["TZ"] == "UTC"
    texts = [(site.folder / name).read_text().strip() for name in ("where", "arguments")]
    assert texts == ["/", "-v a b; c activate"]


async def test_what_it_writes_for_people_is_logged_without_secrets_and_within_bounds(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_module, "log", structlog.get_logger())
    lines = "for i in $(seq 300); do echo line $i >&2; done"
    progress = 'echo \'{"type":"progress","text":"half of it"}\''
    site.says("echo 'password=hunter22' >&2", progress, lines, result())
    with structlog.testing.capture_logs() as logged:
        await activate(site)
    stderr = [line["stderr"] for line in logged if "stderr" in line]
    assert stderr[:2] == ["password=***", "line 1"]
    assert (len(stderr), stderr[-1]) == (201, "(it says more)")
    assert [line["progress"] for line in logged if "progress" in line] == ["half of it"]


# check, plan, describe


@pytest.mark.parametrize(
    ("lines", "check"),
    [
        ([result(why="all there")], Check(well=True, why="all there")),
        ([result()], Check(well=True, why="sh says that it can act")),
        ([":"], Check(well=True, why="sh says that it can act")),
        ([result(well=False, why="no token")], Check(well=False, why="no token")),
        ([result(why="no token"), "exit 30"], Check(well=False, why="no token")),
        (["exit 1"], Check(well=False, why="sh ended with exit code 1, which says nothing and printed no result")),
    ],
)
async def test_a_check_says_whether_it_could_act(lines: list[str], check: Check, site: Site) -> None:
    assert await site.says(*lines).handler().check(site.request(activation_id="", attempt=0)) == check


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("echo", "it is neither a program nor does its first line name an interpreter, as #!/bin/sh does"),
        ("#!/no/such/sh\n", "it is not there, or the interpreter in its first line is not"),
    ],
)
async def test_a_script_without_its_interpreter_says_so(text: str, why: str, site: Site, tmp_path: Path) -> None:
    script = tmp_path / "switch"
    script.write_text(text)
    script.chmod(0o700)
    if not os.access(script, os.X_OK):
        pytest.skip("nothing may be executed where tests keep their files")
    handler = Command(site.surroundings, {"command": (str(script),)})
    answer = await handler.activate(site.request(), PLAN)
    assert answer == Answer(result=StepResult.NEVER, why=f"switch could not be executed: {why}")


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: None, "is not there, or may not be seen by the daemon; install it, or correct options.command"),
        (lambda path: path.mkdir(), "is no file; name the program itself in options.command"),
        (lambda path: path.touch(0o600), "may not be executed by the daemon; chmod +x, or chown"),
    ],
    ids=["missing", "folder", "mode"],
)
async def test_a_program_that_cannot_be_run_is_told_by_its_check_and_never_acts(
    make: Callable[[Path], None], why: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = site.folder / "switch"
    make(path)
    monkeypatch.setattr(command_module, "log", structlog.get_logger())
    with structlog.testing.capture_logs() as logged:
        handler = Command(site.surroundings, {"command": (str(path),)})
    assert [line["why"] for line in logged] == [f"{path} {why}"]
    assert await handler.check(site.request()) == Check(well=False, why=f"{path} {why}")
    answer = await handler.activate(site.request(), PLAN)
    assert (answer.result, answer.why[:30]) == (StepResult.NEVER, "switch could not be executed: ")


async def test_a_name_without_a_path_is_looked_up(site: Site) -> None:
    handler = Command(site.surroundings, {"command": ("no-such-program",)})
    why = "no-such-program is not in the PATH of the daemon; write its whole path"
    assert await handler.check(site.request()) == Check(well=False, why=why)


@pytest.mark.parametrize("options", [{}, {"command": ()}, {"command": "sh"}, {"command": ("a\0",)}])
def test_options_that_name_no_program_are_refused(options: dict[str, tuple[str, ...]], site: Site) -> None:
    with pytest.raises(ValueError, match=r"^command: "):
        Command(site.surroundings, options)


def test_options_that_it_does_not_know_are_refused(site: Site) -> None:
    with pytest.raises(ValueError, match=r"^speed: handler command takes command only; remove this key$"):
        Command(site.surroundings, {"command": ("/bin/sh",), "speed": 1})


async def test_a_plan_says_what_will_change_and_what_was_before(site: Site) -> None:
    site.says(result(changes=["switch"], before={"was": "old"}))
    assert await site.handler().plan(site.request()) == PLAN


async def test_a_program_that_plans_nothing_has_a_plan_that_says_so(site: Site) -> None:
    plan = Plan(changes=("sh does not say what it will change",))
    assert await site.says(":").handler().plan(site.request()) == plan


@pytest.mark.parametrize(
    ("lines", "error", "why"),
    [
        ([result(changes="x")], HandlerError, 'sh made a plan that cannot be used: "changes" is no list of texts'),
        ([result(before=[1])], HandlerError, 'sh made a plan that cannot be used: "before" is no table of texts'),
        ([result(before={"a": 1})], HandlerError, 'sh made a plan that cannot be used: "before" is no table of texts'),
        ([result(why="not now"), "exit 20"], TemporaryHandlerError, "not now"),
        ([result(why="never"), "exit 30"], HandlerError, "never"),
        ([result(why="9 stands"), "exit 50"], RefusedHandlerError, "9 stands"),
        ([result(), "exit 7"], TemporaryHandlerError, "sh ended with exit code 7, which says nothing"),
    ],
)
async def test_a_plan_that_is_none_is_refused(
    lines: list[str], error: type[HandlerError], why: str, site: Site
) -> None:
    with pytest.raises(HandlerError) as raised:
        await site.says(*lines).handler().plan(site.request())
    assert (type(raised.value), str(raised.value)) == (error, why)


async def test_it_describes_itself_and_an_edited_script_is_another_handler(site: Site) -> None:
    line = result(name="switch", version="2", capabilities=["resume", "fly", 7])
    first = await site.says(line).handler().describe()
    again = await site.says(line).handler().describe()
    edited = await site.says(line, "# edited").handler().describe()
    assert (first.name, first.capabilities) == ("switch", frozenset({Capability.RESUME}))
    assert first.version.startswith("2 ")
    assert first == again
    assert first.version != edited.version


async def test_a_program_that_does_not_know_the_question_is_described_by_its_file(site: Site) -> None:
    described = await site.says("exit 64").handler().describe()
    digest = site.handler()._program.digest()
    assert described == Description(name="sh", version=digest)
    assert len(digest) == 12


async def test_a_program_that_was_not_heard_does_not_become_another_one(site: Site) -> None:
    with pytest.raises(TemporaryHandlerError, match=r"^sh was ended by SIGKILL$"):
        await site.says("kill -9 $$").handler().describe()


async def test_questions_leave_nothing_behind(site: Site) -> None:
    site.says(result(state="applied"))
    for ask in (site.handler().check, site.handler().plan):
        await ask(site.request())
    await site.handler().status(site.request(), PLAN)
    assert [*(site.state / "command" / "questions").iterdir()] == []


async def test_what_a_crash_left_of_a_question_is_removed_later(site: Site) -> None:
    for name, age in (("old", 7200), ("new", 60)):
        left = site.state / "command" / "questions" / name
        left.mkdir(parents=True)
        os.utime(left, times=(site.clock.now().timestamp() - age,) * 2)
    await site.says(result()).handler().check(site.request())
    assert [path.name for path in (site.state / "command" / "questions").iterdir()] == ["new"]


# deadlines


async def test_at_its_deadline_it_is_asked_to_end_and_nobody_knows_what_it_did(site: Site) -> None:
    site.says("trap 'echo asked > $D/asked; exit 0' TERM", result(why="begun"), "while :; do sleep 0.02; done")
    answer = await activate(site, within=SOON)
    assert answer == Answer(result=StepResult.UNKNOWN, why="sh was ended at its deadline; it said: begun")
    assert await site.has("asked") == "asked"


async def test_a_program_that_will_not_end_is_killed_with_all_that_it_began(site: Site) -> None:
    site.says("trap '' TERM", "sleep 60 & echo $! > $D/child", "echo $$ > $D/parent", "while :; do sleep 0.02; done")
    answer = await activate(site, within=SOON)
    assert answer == Answer(result=StepResult.UNKNOWN, why="sh was ended at its deadline")
    for name in ("parent", "child"):
        await gone(await site.has(name))


async def test_what_it_leaves_running_ends_with_it(site: Site) -> None:
    site.says("sleep 60 & echo $! > $D/child", result(why="done"))
    assert await activate(site) == Answer(result=StepResult.APPLIED, why="done")
    await gone(await site.has("child"))


async def test_what_flees_from_its_group_holds_nobody_up(site: Site) -> None:
    flee = f"{sys.executable} -c 'import os, time; os.setsid(); print(flush=True); time.sleep(60)'"
    site.says(f"{flee} & echo $! > $D/child", "sleep 0.5", result(why="done"))
    assert await activate(site) == Answer(result=StepResult.APPLIED, why="done")
    os.kill(int(await site.has("child")), signal.SIGKILL)


async def test_a_warden_that_is_told_to_end_takes_its_program_along(site: Site) -> None:
    site.says("echo $PPID > $D/warden", "sleep 60")
    task = asyncio.create_task(activate(site))
    os.kill(int(await site.has("warden")), signal.SIGTERM)
    assert await task == Answer(result=StepResult.UNKNOWN, why="sh was ended from outside")


# once, whatever crashes


async def test_a_program_goes_on_when_the_daemon_stops_and_is_rejoined(site: Site) -> None:
    site.says("echo yes > $D/begun", AWAIT, result(why="done"))
    task = asyncio.create_task(activate(site))
    await site.has("begun")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    later = asyncio.create_task(site.handler().rejoin(site.request(), PLAN, site.clock.now() + LATE))
    site.let_go()
    assert await later == Answer(result=StepResult.APPLIED, why="done")
    assert site.calls() == ["activate"]


def _act(folder: Path) -> None:
    """Be a daemon that activates: in a process of its own."""
    asyncio.run(activate(Site(folder)))


async def killed(site: Site) -> None:
    """Begin an attempt in a daemon that is killed in the middle."""
    daemon = FORKS.Process(target=_act, args=(site.folder,), daemon=True)
    daemon.start()
    await site.has("begun")
    daemon.kill()
    daemon.join()


async def test_a_daemon_that_is_killed_leaves_its_program_to_its_end(site: Site) -> None:
    site.says("echo yes > $D/begun", AWAIT, result(why="done"))
    await killed(site)
    handler = site.handler()
    with pytest.raises(UnderWayError, match=r"^sh still goes on, past its deadline$"):
        await handler.rejoin(site.request(), PLAN, site.clock.now())
    with pytest.raises(TemporaryHandlerError, match="an attempt before this one still goes on"):
        await handler.activate(site.request(attempt=2), PLAN)
    site.let_go()
    assert await handler.rejoin(site.request(), PLAN, site.clock.now() + LATE) == Answer(
        result=StepResult.APPLIED, why="done"
    )
    assert site.calls() == ["activate"]


async def test_a_program_whose_warden_is_killed_dies_with_it_and_left_no_trace(site: Site) -> None:
    site.says("echo $$ > $D/self", "echo $PPID > $D/warden", "echo yes > $D/begun", "sleep 60")
    await killed(site)
    os.kill(int(await site.has("warden")), signal.SIGKILL)
    await gone(await site.has("self"))
    assert await site.handler().rejoin(site.request(), PLAN, site.clock.now() + LATE) is None


async def test_of_an_attempt_that_was_never_begun_there_is_nothing_to_rejoin(site: Site) -> None:
    assert await site.handler().rejoin(site.request(), PLAN, site.clock.now()) is None


async def test_a_record_that_is_garbage_is_none(site: Site) -> None:
    await activate(site.says(":"))
    (site.state / "command" / "moves" / "base" / "base-1" / "0-1" / "record.json").write_text('{"began": true')
    assert await site.handler().rejoin(site.request(), PLAN, site.clock.now()) is None


async def test_while_an_older_move_goes_on_the_next_does_not_begin(site: Site) -> None:
    site.says("echo yes > $D/begun", AWAIT)
    older = asyncio.create_task(activate(site))
    await site.has("begun")
    with pytest.raises(TemporaryHandlerError, match=r"^base-1 has not ended: its program still goes on$"):
        await activate(site, activation_id="base-2")
    site.let_go()
    await older
    assert site.calls() == ["activate"]


async def test_a_newer_move_removes_what_is_left_of_the_older_ones_of_its_group(site: Site) -> None:
    site.says(":")
    for group, activation in (("base", "base-1"), ("other", "other-1"), ("base", "base-2")):
        await activate(site, group=group, activation_id=activation)
    moves = site.state / "command" / "moves"
    left = sorted(str(path.relative_to(moves)) for path in moves.glob("*/*"))
    assert left == ["base/base-2", "other/other-1"]


async def test_where_nothing_can_be_kept_nothing_is_begun(site: Site) -> None:
    site.says(":").state.touch()
    with pytest.raises(HandlerError, match=r"^nothing was begun: .*: Not a directory; see to the state directory"):
        await activate(site)
    assert await site.handler().check(site.request()) == Check(
        well=False, why=f"{site.state}/command/questions: Not a directory; see to the state directory"
    )
    assert site.calls() == []


async def test_on_a_full_disk_nothing_is_begun_and_another_try_may_help(site: Site) -> None:
    await activate(site.says(":"))
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, usual[1]))
    try:
        with pytest.raises(TemporaryHandlerError, match=r"^nothing was begun: .*: File too large; see to the state"):
            await activate(site, attempt=2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert site.calls() == ["activate"]
    assert (await activate(site, attempt=3)).result is StepResult.APPLIED


async def test_a_lock_is_held_from_before_the_program_begins(site: Site) -> None:
    site.says(AWAIT)
    errand = Errand(folder=site.folder / "call", lock=site.folder / "lock")
    order = Order(
        command=("/bin/sh", str(site.program)), environment={"PATH": os.defpath}, input="", time=LATE, grace=LATE
    )
    errand.begin(order)
    assert (errand.under_way(), site.calls()) == (True, [])
    site.let_go()
    ending = await errand.end(site.clock.pause)
    assert ending is not None
    assert (ending.began, ending.code, errand.under_way()) == (True, 0, False)
