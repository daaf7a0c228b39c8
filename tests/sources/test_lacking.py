"""What follows from an answer that did not bring what was asked for."""

import pytest

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.readiness.survey import ABSENT, Absence, Unread
from aibwatch.sources.answer import Bad
from aibwatch.sources.lacking import lacking, unread

READ = "Microsoft.Compute/galleries/read"
SAYS_SO = (
    "The client 'a' with object id 'b' does not have authorization to perform action "
    "'microsoft.keyvault/vaults/read' over scope '/subscriptions/1' or the scope is invalid."
)
LINKED = (
    "The client 'a' has permission to perform action 'Microsoft.Compute/galleries/read' on scope 'x'; however, it does "
    "not have permission to perform action(s) 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked one"
)
NO_GALLERIES = Unread(why=f'the permission {READ} is missing (role "aibwatch watch")', permission=READ)


def bad(status: int | None, code: str = "", message: str = "words", *, from_azure: bool = True) -> Bad:
    symptom = Symptom(status=status, code=code, message=message, from_azure=from_azure)
    return Bad(symptom=symptom, diagnosis=classify(symptom), status=status)


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (bad(404, "ResourceNotFound"), ABSENT),
        (bad(404, "ResourceGroupNotFound"), ABSENT),
        (bad(404), ABSENT),
        (bad(404, "SubscriptionNotFound"), Unread(why="404 SubscriptionNotFound: words")),
        (bad(404, "InvalidResourceType"), Unread(why="404 InvalidResourceType: words")),
        (bad(404, from_azure=False), Unread(why="404: words")),
        (bad(403, "AuthorizationFailed"), NO_GALLERIES),
        (bad(403), NO_GALLERIES),
        (bad(403, "RequestDisallowedByPolicy"), Unread(why="403 RequestDisallowedByPolicy: words")),
        (bad(403, from_azure=False), Unread(why="403: words")),
        (bad(401, "ExpiredAuthenticationToken"), Unread(why="401 ExpiredAuthenticationToken: words")),
        (bad(500, "InternalServerError"), Unread(why="500 InternalServerError: words")),
        (bad(None), Unread(why="words")),
    ],
)
def test_only_azures_own_404_is_absence_and_only_its_403_is_a_missing_right(
    answer: Bad, means: Absence | Unread
) -> None:
    assert lacking(answer, READ) == means


@pytest.mark.parametrize(
    ("message", "permission"),
    [
        (SAYS_SO, "Microsoft.KeyVault/vaults/read"),
        (LINKED, "Microsoft.Network/virtualNetworks/subnets/join/action"),
        ("no action named", READ),
    ],
)
def test_the_action_that_a_refusal_names_is_the_missing_one(message: str, permission: str) -> None:
    assert unread(bad(403, "AuthorizationFailed", message), READ).permission == permission


def test_a_list_is_never_absent() -> None:
    assert unread(bad(404, "ResourceNotFound"), READ) == Unread(why="404 ResourceNotFound: words")
