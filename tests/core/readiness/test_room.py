"""Whether the subscription may build there: machines, containers, providers."""

from dataclasses import replace

from aibwatch.core.readiness.room import containers, machines, providers
from aibwatch.core.readiness.said import not_ready, ready
from aibwatch.core.readiness.survey import ABSENT, Quota, Size
from tests.core.builders import the
from tests.core.readiness.surveys import FAMILY, FORBIDDEN, REGISTERED, SILENT, a_survey, the_state

SIZE = Size(name="Standard_D4s_v5", family=FAMILY, cores=4)


def cores(free: int, *, of_all: int = 100) -> dict[str, Quota]:
    return {
        FAMILY.lower(): Quota(name=FAMILY, limit=16, used=16 - free),
        "cores": Quota(name="cores", limit=of_all, used=0),
    }


def test_as_many_cores_as_the_machine_has_must_be_free() -> None:
    enough, one_less = (machines(a_survey(size=SIZE, quotas=cores(free))) for free in (4, 3))
    assert enough == ready(f"4 cores of {FAMILY} are free (Standard_D4s_v5)")
    assert one_less == not_ready(f"3 of 16 cores of {FAMILY} free, 4 needed; ask for more quota or free some")


def test_the_cores_of_the_whole_region_count_too() -> None:
    assert the_state(machines(a_survey(size=SIZE, quotas=cores(8, of_all=3)))) == "not_ready"


def test_a_family_without_a_quota_is_told_and_does_not_hold() -> None:
    assert the_state(machines(a_survey(quotas={"cores": Quota(name="cores", limit=9, used=0)}))) == "degraded"


def test_a_size_that_is_not_offered_or_closed_to_us_is_not_ready() -> None:
    assumed = the(machines(a_survey(size=ABSENT, wanted_size="Standard_D1_v2", size_assumed=True)))
    default = "the default of a template that names no size"
    assert assumed.why == f"Standard_D1_v2 is not offered in northeurope, {default}; choose another vmSize for it"
    closed = the(machines(a_survey(size=replace(SIZE, restricted="NotAvailableForSubscription"))))
    assert (the_state(closed), "NotAvailableForSubscription" in closed.why) == ("not_ready", True)


def test_quotas_that_may_not_be_read_name_the_permission() -> None:
    said = the(machines(a_survey(quotas=FORBIDDEN)))
    assert said.why == f'may not read quotas: {FORBIDDEN.permission} is missing (role "aibwatch watch")'
    assert (the_state(said), said.permission) == ("unknown", FORBIDDEN.permission)
    assert the_state(machines(a_survey(size=SILENT))) == "unknown"


def test_a_build_takes_four_cores_of_container_instances() -> None:
    enough, one_less = (
        containers(a_survey(containers=Quota(name="StandardCores", limit=10, used=used))) for used in (6, 7)
    )
    assert (the_state(enough), the_state(one_less)) == ("ready", "not_ready")
    assert the_state(containers(a_survey(containers=SILENT))) == "unknown"
    assert the_state(containers(a_survey(containers=ABSENT))) == "degraded"


def test_every_provider_that_a_build_works_with_must_be_registered() -> None:
    without = {**REGISTERED, "microsoft.containerinstance": "NotRegistered"}
    said = providers(a_survey(providers=without))
    name = "Microsoft.ContainerInstance"
    assert said == not_ready(f"not registered: {name}; az provider register --namespace {name}")
    assert the_state(providers(a_survey())) == "ready"
    assert the_state(providers(a_survey(providers={}))) == "not_ready"
    assert the_state(providers(a_survey(providers=SILENT))) == "unknown"


def test_nothing_is_said_of_the_room_for_a_secondary_that_is_not_there() -> None:
    assert [rule(a_survey(seen=None)) for rule in (machines, containers, providers)] == [None] * 3
