"""Whether what a definition needs is there, in its region."""

import pytest

from aibwatch.core.definition.needs import Kind, Need
from aibwatch.core.deployment.lookup import Lookup, Standing, lookup_of, offered_of
from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Absence, Place, Unread

NEU, WEU = Region("northeurope"), Region("westeurope")
GALLERY = Need(
    kind=Kind.GALLERY, id="/subscriptions/s/resourcegroups/g/providers/n/galleries/gal", where="distribute[0]"
)
VERSION = Need(
    kind=Kind.SOURCE_VERSION, id="/a/galleries/gal/images/base/versions/1.0.0", where="source.imageVersionId"
)
SCRIPT = Need(
    kind=Kind.SCRIPT, id="https://st.blob.core.windows.net/a.sh", where="customize[0].scriptUri", account="st"
)
GROUP = Need(kind=Kind.RESOURCE_GROUP, id="/subscriptions/s/resourcegroups/images", where="id")


def test_what_is_in_the_region_is_there() -> None:
    assert lookup_of(GALLERY, Place(region=NEU), NEU, said=False) == Lookup(
        need=GALLERY, standing=Standing.THERE, why="gallery gal is in northeurope", holds=False
    )


def test_what_is_elsewhere_holds_unless_the_operator_named_it() -> None:
    found = lookup_of(SCRIPT, Place(region=WEU), NEU, said=False)

    assert found == Lookup(
        need=SCRIPT,
        standing=Standing.ELSEWHERE,
        why=("script https://st.blob.core.windows.net/a.sh is in westeurope; the template would depend on that region"),
        holds=True,
    )
    assert not lookup_of(SCRIPT, Place(region=WEU), NEU, said=True).holds


def test_a_group_that_is_elsewhere_can_be_chosen_otherwise() -> None:
    assert lookup_of(GROUP, Place(region=WEU), NEU, said=False).why.endswith("; choose another with --resource-group")


@pytest.mark.parametrize("said", [False, True])
def test_what_does_not_exist_holds_whoever_named_it(said: bool) -> None:
    assert lookup_of(GALLERY, ABSENT, NEU, said=said) == Lookup(
        need=GALLERY, standing=Standing.ABSENT, why="gallery gal does not exist; create it", holds=True
    )


def test_what_cannot_be_read_holds_unless_the_operator_named_it_and_names_the_permission() -> None:
    unread = Unread(why="the permission a/read is missing", permission="a/read")

    assert lookup_of(GALLERY, unread, NEU, said=False) == Lookup(
        need=GALLERY,
        standing=Standing.UNREAD,
        why="gallery gal could not be read: the permission a/read is missing",
        holds=True,
        permission="a/read",
    )
    assert not lookup_of(GALLERY, unread, NEU, said=True).holds


@pytest.mark.parametrize(
    ("version", "found", "standing", "why"),
    [
        ("latest", ("1.0.1",), Standing.THERE, "platform image a:b:c is offered in northeurope"),
        ("1.0.1", ("1.0.1",), Standing.THERE, "platform image a:b:c is offered in northeurope"),
        (
            "1.0.0",
            ("1.0.1",),
            Standing.ABSENT,
            "version 1.0.0 of platform image a:b:c is not offered in northeurope; choose another image or region",
        ),
        (
            "latest",
            ABSENT,
            Standing.ABSENT,
            "platform image a:b:c is not offered in northeurope; choose another image or region",
        ),
        (
            "latest",
            Unread(why="hidden"),
            Standing.UNREAD,
            "whether platform image a:b:c is offered in northeurope could not be read: hidden",
        ),
    ],
)
def test_a_platform_image_has_to_be_offered_in_the_region(
    version: str, found: tuple[str, ...] | Absence | Unread, standing: Standing, why: str
) -> None:
    told = offered_of("a:b:c", version, found, NEU)

    assert (told.standing, told.why, told.holds) == (standing, why, standing is Standing.ABSENT)


@pytest.mark.parametrize(("replicas", "holds"), [((WEU, NEU), False), ((WEU,), True), ((), True)])
def test_a_source_has_to_be_replicated_to_the_region(replicas: tuple[Region, ...], holds: bool) -> None:
    found = lookup_of(VERSION, Place(region=WEU, replicas=replicas), NEU, said=True)

    assert found.holds is holds
    assert found.why.startswith("source image version gal/base/1.0.0 is ")
