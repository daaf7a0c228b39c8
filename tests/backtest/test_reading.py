"""A file of worlds is read whole or not at all, and every mistake names the file, the world and the key."""

import json
from pathlib import Path

import pytest

from aibwatch.backtest.files import load
from aibwatch.backtest.world import MOST_BYTES, WorldError, read_worlds

from .support import DOWN, a_text, a_world, mistakes


def expecting(**expect: object) -> str:
    return a_text(expect=expect)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (a_text({"what": "earthquake"}), "one: conditions[0].what: there is no such condition; known are canary, "),
        (a_text(DOWN[0], {}), "one: conditions[1].what: it does not say what it is about"),
        (a_text({"what": ["canary"]}), "one: conditions[0].what: there is no such condition"),
        ('[{"id": "one", "horizon_minutes": 5, "conditions": [7]}]', "one: conditions[0]: it is no object"),
        (a_text({**DOWN[0], "form": 3}), "one: conditions[0].form: there is no such key"),
        (a_text(horizon=3), "one: horizon: there is no such key"),
        (
            a_text({"what": "read_probe", "answer": "servis"}),
            "one: conditions[0].answer: Input should be 'ok', 'service'",
        ),
        (a_text({"what": "read_probe"}), "one: conditions[0].answer: it is missing"),
        (a_text({**DOWN[0], "to": -1}), "one: conditions[0]: it ends at minute -1, before it begins at 0"),
        (a_text({"what": "closed_gate", "gate": "garden"}), "one: conditions[0].gate: Input should be 'paused'"),
        (a_text({**DOWN[0], "from": "0"}), "one: conditions[0].from: Input should be a valid number"),
        (a_text({**DOWN[0], "from": True}), "one: conditions[0].from: Input should be a valid number"),
        (a_text({"what": "other_regions", "regions": 21}), "one: conditions[0].regions: Input should be less than"),
        (a_text({"what": "canary", "answer": "ok", "takes_minutes": -1}), "one: conditions[0].takes_minutes: Input"),
        (a_text(runs=[{"ended": 1, "template": "", "class": "ok"}]), "one: runs[0].template: String should have"),
        (a_text(runs=[{"ended": 1, "template": "a"}]), "one: runs[0].class: it is missing"),
        (
            a_text(runs=[{"ended": 1, "template": "a", "class": "ok", "started": 2}]),
            "one: runs[0]: it ended at minute 1, before it started at 2",
        ),
        (expecting(kind="failover"), 'one: expect: "failover" needs by_minute'),
        (expecting(kind="alert"), 'one: expect: "alert" needs by_minute'),
        (expecting(kind="hold"), 'one: expect: "hold" needs the gate that holds'),
        (expecting(kind="perhaps"), "one: expect.kind: Input should be 'failover'"),
        (expecting(kind="failover", by_minute=3, not_before_minute=4), "one: expect: minute 3 comes before minute 4"),
        (a_text(horizon_minutes=1e300), "one: horizon_minutes: Input should be less than or equal to 576000"),
        (a_text(horizon_minutes=0), "one: horizon_minutes: Input should be greater than 0"),
        (a_text(horizon_minutes=float("nan")), "one: horizon_minutes: Input should be a finite number"),
        (a_text(horizon_minutes=10**40), "one: horizon_minutes: Input should be less than or equal to 576000"),
        ('[{"id": "one", "horizon_minutes": 1e999}]', "one: horizon_minutes: Input should be a finite number"),
        ('[{"horizon_minutes": 1}]', "world 1: id: it is missing"),
        ("[1]", "world 1: the world: it is no object"),
    ],
)
def test_a_mistake_in_a_world_names_file_world_and_key(text: str, said: str) -> None:
    (message,) = mistakes(text)
    assert message.startswith(f"bad.json: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this cannot be read as JSON (Expecting value"),
        ("worlds:\n- id: a", "this cannot be read as JSON (Expecting value"),
        ("[" * 100_000, "this cannot be read as JSON (it is nested too deeply)"),
        ("[" + "1" * 5000 + "]", "this cannot be read as JSON (Exceeds the limit"),
        ('[{"id": "a", "id": "b", "horizon_minutes": 1}]', "this cannot be read as JSON (the key 'id' is given twice"),
        ('[{"id": "a", "horizon_minutes": 1, "story": "\\uD800"}]', "this cannot be read as JSON ("),
        ("[]", "a file of worlds is a list with at least one object"),
        ("{}", "a file of worlds is a list with at least one object"),
        ("null", "a file of worlds is a list with at least one object"),
    ],
)
def test_what_is_no_list_of_worlds_is_said_of_the_file(text: str, said: str) -> None:
    (message,) = mistakes(text)
    assert message.startswith(f"bad.json: {said}")


def test_every_mistake_is_told_at_once() -> None:
    assert mistakes('[{"id": "a"}, {"id": "b", "horizon_minutes": 1, "x": 1}]') == (
        "bad.json: a: horizon_minutes: it is missing",
        "bad.json: b: x: there is no such key",
    )


def test_an_id_is_used_once() -> None:
    world = {"id": "a", "horizon_minutes": 1}
    assert mistakes(json.dumps([world, world])) == ("bad.json: a: id: it is used twice; results are known by their id",)


def test_a_file_says_what_is_right_in_all_of_its_worlds_or_in_none() -> None:
    labelled = {"id": "a", "horizon_minutes": 1, "expect": {"kind": "never"}}
    (message,) = mistakes(json.dumps([labelled, {"id": "b", "horizon_minutes": 1}]))
    assert message == "bad.json: b: expect: it is missing, and other worlds of this file have one"


def test_an_interval_without_ends_was_always_so_and_goes_on() -> None:
    (condition,) = a_world({"what": "maintenance", "from": None}).conditions
    assert (condition.at(-(10**9)), condition.at(10**9)) == (True, True)


def test_an_interval_is_half_open() -> None:
    (condition,) = a_world({"what": "maintenance", "from": 1, "to": 2}).conditions
    assert [condition.at(minute) for minute in (0.9, 1, 1.9, 2)] == [False, True, True, False]


def test_files_are_read_in_order_with_a_mark_in_front_or_without(tmp_path: Path) -> None:
    (tmp_path / "1").write_text(a_text(id="first"), encoding="utf-8-sig")
    (tmp_path / "2").write_text(a_text(id="second"))
    assert [w.id for w in load([tmp_path / "1", tmp_path / "2"])] == ["first", "second"]


def test_what_cannot_be_read_is_said_of_every_file(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'[{"id": "caf\xe9"}]')
    with (tmp_path / "endless").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    paths = [tmp_path / "absent", tmp_path, tmp_path / "latin", tmp_path / "endless", tmp_path / "nul\0"]
    with pytest.raises(WorldError) as error:
        load(paths)
    assert error.value.messages == (
        f"{tmp_path}/absent: there is no such file",
        f"{tmp_path}: this is a directory; name the files in it ({tmp_path}/*.json)",
        f"{tmp_path}/latin: it is not UTF-8 (byte 12); convert it first (iconv -t UTF-8)",
        f"{tmp_path}/endless: it is longer than 32 MiB, which no file of worlds is",
        f"{tmp_path}/nul\0: it cannot be read (embedded null byte)",
    )


def test_two_files_may_not_use_one_id(tmp_path: Path) -> None:
    (tmp_path / "1").write_text(a_text())
    with pytest.raises(WorldError) as error:
        load([tmp_path / "1", tmp_path / "1"])
    assert error.value.messages == (f"{tmp_path}/1: one: id: {tmp_path}/1 uses it as well",)


def test_a_world_reads_back_as_it_was_written() -> None:
    world = a_world(*DOWN, story="s", expect={"kind": "never", "max_canaries": 2})
    text = json.dumps([world.model_dump(mode="json", by_alias=True)])
    assert read_worlds(text, "again.json") == (world,)
