"""What people are told of groups by tags."""

from dataclasses import replace
from datetime import timedelta

from aibwatch.core.events import Observed
from aibwatch.core.observation import Source
from aibwatch.core.sentences import count
from aibwatch.views import status
from aibwatch.views.discovery import MOST_LINES
from aibwatch.views.pages import overview
from tests.core.builders import MINUTE, Play, a_discovery, a_group, a_poll, at

from .pages.seen import seen_of
from .words import faults


def a_play(*problems: str, poll: str = "ok", last_well: float | None = None, when: float = 0) -> Play:
    """Return a quiet night in which tags were read, or not, and say something wrong."""
    play = Play(replace(a_group(), tagged=True)).run(1)
    seen = [] if last_well is None else [a_poll("ok", source=Source.DISCOVERY, subject="tags", when=at(last_well))]
    last = a_poll(poll, source=Source.DISCOVERY, subject="tags", when=at(when))
    play.tell(Observed(observations=(*seen, last, a_discovery(*problems))))
    return play


def text(play: Play) -> str:
    return status.as_text(play.state, play.setup, play.now)


def test_where_all_is_well_a_group_is_marked_and_nothing_else_is_told() -> None:
    play = a_play()
    assert text(play).splitlines()[0] == "All is well in northeurope and westeurope."
    assert text(play).endswith("builds in westeurope (by tags)")


def test_what_is_tagged_wrongly_is_told_with_what_to_do_and_counts_as_degraded() -> None:
    play = a_play("linux")
    told = status.as_dict(play.state, play.setup, play.now)
    assert (told["severity"], told["headline"]) == (3, "groups by tags have 1 problem.")
    assert text(play).endswith("linux        TAGS        linux has no secondary; deploy one")
    assert told["discovery"] == {
        "groups": 1,
        "read_at": at(0).isoformat(),
        "unread": None,
        "problems": [{"about": "linux", "why": "linux has no secondary", "remedy": "deploy one", "templates": []}],
    }
    assert "linux has no secondary; deploy one" in overview.as_html(seen_of(play))


def test_of_many_problems_the_first_are_told_and_the_rest_counted() -> None:
    play = a_play(*(f"g{number:02}" for number in range(MOST_LINES + 5)))
    assert text(play).splitlines()[-1].endswith("5 more are in: aibwatch status --json")
    assert f"groups by tags have {count(MOST_LINES + 5, 'problem')}." in text(play)


def test_tags_that_were_never_read_are_told() -> None:
    play = a_play(poll="auth")
    assert text(play).splitlines()[0] == "tags cannot be read."
    assert "never read, tried 60 s ago: auth trouble; groups that were found before stay" in text(play)
    assert faults(text(play)) == []


def test_one_look_that_fails_is_not_told_and_half_an_hour_without_is() -> None:
    brief, long = a_play(poll="service", last_well=-15), a_play(poll="service", last_well=-31)
    assert ("tags cannot be read" in text(brief), "tags cannot be read" in text(long)) == (False, True)
    assert timedelta(minutes=30) == 2 * brief.setup.pace.discovery == 30 * MINUTE


def test_where_discovery_is_off_nothing_is_said_of_it() -> None:
    play = Play().run(1)
    assert status.as_dict(play.state, play.setup, play.now)["discovery"] is None
    assert "tags" not in text(play)
