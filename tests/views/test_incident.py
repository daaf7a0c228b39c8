"""An incident is told so that support can work with it, and nothing in it lets anybody in."""

import io
import json
import tarfile
from dataclasses import replace
from typing import Any

import pytest

from aibwatch.cli.archive import packed
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.incident import Incident
from aibwatch.core.model import Diagnosis, FailureClass
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.observation import HandlerChecked, Observation, TemplateGone
from aibwatch.runtime.codec import dump_observations
from aibwatch.views import incident
from aibwatch.views.bundle import members
from aibwatch.views.history import Recorded
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    NORTH,
    WEST,
    a_call,
    a_canary,
    a_canary_run,
    a_check,
    a_dependency,
    a_diagnosis,
    a_move,
    a_peer,
    a_poll,
    a_probe,
    a_report,
    a_run,
    a_setup,
    a_step,
    a_template,
    an_event,
    at,
)

FOUND = Incident(id="westeurope-20260302-020200", region=WEST, opened_at=at(2), why="so it is", confirmed_at=at(5))
PLACES = {BASE_WEST: WEST, BASE_NORTH: NORTH}
CORRELATION = "0f1e2d3c-1111-2222-3333-444455556666"

SECRETS = (
    "hunter_22_secret",
    "c2ln_bmF0dXJl",
    "eyJhbGciOiJSUzI1NiJ9",
    "sv=2024-01-01",
    "PqRs_TuVw",
)
LEAKY = (
    "password: hunter_22_secret; log https://s.blob.core.windows.net/logs/c.log?sv=2024-01-01&sig=c2ln_bmF0dXJl_Zm9y "
    "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQi_iJh.c2ln_bmF0dXJl_Zm9yZ2Vk git https://me:PqRs_TuVw@host/x "
    f"CorrelationId {CORRELATION}"
)


def told(*seen: Observation, notes: tuple[Note, ...] = (), **settings: Any) -> incident.Told:
    recorded = tuple(Recorded(id=i, at=at(3 + i), note=note) for i, note in enumerate(notes))
    known: dict[str, Any] = {
        "incident": FOUND,
        "setup": a_setup(),
        "places": PLACES,
        "notes": recorded,
        "seen": seen,
        "moves": (),
        "now": at(33),
    }
    return incident.Told(**{**known, **settings})


def failed_probe(minute: float, *ids: str) -> Observation:
    return replace(a_probe(when=at(minute)), diagnosis=replace(a_diagnosis("service"), ids=ids))


# what belongs to it


@pytest.mark.parametrize(
    "seen",
    [
        a_probe(WEST),
        a_poll(subject=WEST),
        a_template(region=WEST),
        an_event(WEST),
        a_call(region=WEST),
        a_dependency(region=WEST),
        a_peer(region=WEST),
        a_check(target=BASE_WEST),
        a_report(template=BASE_WEST),
        TemplateGone(at=at(0), template=BASE_WEST),
    ],
    ids=lambda o: o.type,
)
def test_what_was_seen_in_its_region_belongs_to_it_and_to_no_other(seen: Observation) -> None:
    assert [incident.concerns(seen, region, PLACES) for region in (WEST, NORTH)] == [True, False]


def test_every_failure_is_told_once_with_its_ids_oldest_first() -> None:
    run = a_run("service", started=1, ended=4)
    run = replace(run, diagnosis=replace(run.diagnosis, ids=(f"correlation id {CORRELATION}",)))
    failed = incident.failures(
        [
            a_call(called=5),
            failed_probe(3, "x-ms-request-id r1"),
            a_template(run=run),
            a_template(run=run, when=at(9)),
            a_template(run=a_run("ok", started=7)),
            a_probe(cls="ok", when=at(6)),
        ]
    )
    assert [(f.at, f.what, f.ids) for f in failed] == [
        (at(3), "read of a template", ("x-ms-request-id r1",)),
        (at(4), "run of base, started 2026-03-02 02:01:00", (f"correlation id {CORRELATION}",)),
        (at(5), "call to run base", ("correlation id c0ffee",)),
    ]


def test_reads_that_did_not_get_through_are_no_failures_of_azure() -> None:
    assert incident.failures([replace(a_probe(), diagnosis=a_diagnosis("network"))]) == ()


def test_a_canary_that_was_refused_in_that_time_is_told_with_the_ids_of_the_answer() -> None:
    why = replace(a_diagnosis("service"), ids=("x-ms-correlation-request-id c7",))
    refused = a_canary_run("failed", asked=4, started=None, diagnosis=why)
    before, taken = replace(refused, asked_at=at(-120)), a_canary_run("failed", asked=10)
    body = incident.as_dict(told(failed_probe(5), canary=a_canary(before, refused, taken)))
    assert [(f["what"], f["ids"]) for f in body["failures"]] == [  # type: ignore[attr-defined]
        ("call to run the canary canary", ["x-ms-correlation-request-id c7"]),
        ("read of a template", []),
    ]


# the story


def test_what_the_form_asks_for_stands_first() -> None:
    text = str(incident.as_dict(told(failed_probe(3), a_call(called=5), an_event()))["text"])
    assert text.startswith(
        "Trouble of Image Builder in westeurope since 2026-03-02 02:02:00 UTC and goes on (31 min); "
        "proven 2026-03-02 02:05:00 UTC.\n\nFor the support request\n"
    )
    for line in (
        "  region: westeurope\n",
        "  over: not yet\n",
        "  subscriptions: s1\n",
        "  Service Health events: VT60-RPZ (Image Builder: failures)\n",
        "  what failed: 1 read and 1 call to run\n",
        f"  template: {BASE_WEST}\n",
    ):
        assert line in text


def test_of_many_reads_the_first_and_the_last_stand_in_the_story_and_all_in_the_list() -> None:
    body = incident.as_dict(told(*(failed_probe(minute) for minute in range(3, 33)), a_call(called=40)))
    assert len(body["failures"]) == 31  # type: ignore[arg-type]
    assert "11 of 31; the others are in the archive" in str(body["text"])
    assert str(body["text"]).count("read of a template") == 10


def test_an_incident_of_which_nothing_is_on_record_any_more_says_so() -> None:
    assert "what failed: nothing that is on record any more" in str(incident.as_dict(told())["text"])


def test_without_incidents_it_is_said_that_there_was_none() -> None:
    assert incident.list_dict((), at(0))["text"] == "No incident is known: no region was suspected so far."


# the archive


def an_archive(body: Any) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(packed(members(body))), mode="r:gz") as archive:
        return {entry.name: (archive.extractfile(entry) or io.BytesIO()).read().decode() for entry in archive}


def a_leaky_body() -> Any:
    """Return the answer about an incident in which every text from outside carries secrets."""
    why = Diagnosis(cls=FailureClass.SERVICE, rule="r", summary=LEAKY, ids=(f"correlation id {CORRELATION}", LEAKY))
    run = replace(a_run("service", started=1, ended=4), diagnosis=why)
    check: HandlerChecked = replace(a_check(target=BASE_WEST), why=LEAKY)
    seen = (
        replace(a_probe(when=at(3)), diagnosis=why),
        a_template(run=run),
        replace(a_call(called=5), diagnosis=why),
        replace(an_event(), title=LEAKY),
        check,
    )
    move = a_move(steps=(a_step(why=LEAKY),), incident=FOUND.id)
    kept = KeptMove(move=move, given_up_at=at(4), given_up_why=LEAKY)
    note = Note(kind=NoteKind.VERDICT, subject="westeurope", what=LEAKY, why=LEAKY)
    story = told(*seen, notes=(note,), moves=(kept,), incident=replace(FOUND, why=LEAKY))
    return {**incident.as_dict(story), "observations": dump_observations(seen)}


def test_no_secret_is_in_any_file_and_the_ids_are() -> None:
    files = an_archive(a_leaky_body())
    assert [name.rpartition("/")[2] for name in files] == [
        "README.md",
        "failures.json",
        "history.json",
        "incident.json",
        "moves.json",
        "observations.jsonl",
    ]
    for name, text in files.items():
        assert [secret for secret in SECRETS if secret in text.replace("\\", "")] == [], name
        assert [secret for secret in SECRETS if secret in text] == [], name
    named = ("failures.json", "observations.jsonl")
    assert [CORRELATION in files[f"aibwatch-{FOUND.id}/{name}"] for name in named] == [True, True]


def test_the_files_are_json_and_the_readme_says_what_they_are() -> None:
    files = {name.rpartition("/")[2]: text for name, text in an_archive(a_leaky_body()).items()}
    assert len(json.loads(files["failures.json"])) == 3
    assert [json.loads(line)["type"] for line in files["observations.jsonl"].splitlines()] == [
        "probed",
        "template_seen",
        "call_failed",
        "event_seen",
        "handler_checked",
    ]
    assert json.loads(files["incident.json"])["region"] == "westeurope"
    assert all(f"- {name}: " in files["README.md"] for name in files if name != "README.md")


def test_the_same_incident_makes_the_same_archive() -> None:
    assert packed(members(a_leaky_body())) == packed(members(a_leaky_body()))


def test_the_archive_names_nobody_of_this_machine() -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(members(a_leaky_body()))), mode="r:gz") as archive:
        assert {(e.mtime, e.uid, e.gid, e.uname, e.gname, e.isfile()) for e in archive} == {(0, 0, 0, "", "", True)}
