"""What the caller may do: refused by ARM before anything is reached, filtered in lists, and told at a scope."""

import json
from collections.abc import Awaitable, Callable

import pytest

from aibwatch.simulator.parts import RoleSpec
from aibwatch.simulator.rights import Right, right_of
from aibwatch.simulator.roles import Roles

from .support import EVENTS, EVERYTHING, NORTH, PROVIDER, SUBSCRIPTION, UBUNTU, Rig

Open = Callable[..., Awaitable[Rig]]

ALL = f"/subscriptions/{SUBSCRIPTION}"
WEST = f"{ALL}/resourceGroups/images-weu"
GRAPH = "/providers/Microsoft.ResourceGraph/resources"
READ = "Microsoft.VirtualMachineImages/imageTemplates/read"
ONE_GROUP = f'[[role]]\nactions = ["{READ}"]\nscope = "{WEST}"'


@pytest.mark.parametrize(
    ("method", "path", "action", "scope"),
    [
        ("GET", UBUNTU, READ, UBUNTU),
        ("GET", EVERYTHING, READ, ALL),
        ("POST", f"{UBUNTU}/run", "Microsoft.VirtualMachineImages/imageTemplates/run/action", UBUNTU),
        ("PATCH", f"{WEST}/providers/N.C/a/b", "N.C/a/write", f"{WEST}/providers/N.C/a/b"),
        ("GET", f"{UBUNTU}/runOutputs", "Microsoft.VirtualMachineImages/imageTemplates/runOutputs/read", UBUNTU),
        ("GET", f"{ALL}/providers/N.C/locations/x/usages", "N.C/locations/usages/read",
         f"{ALL}/providers/N.C/locations/x"),
        ("GET", f"{ALL}/providers/Microsoft.Insights/eventtypes/management/values",
         "Microsoft.Insights/eventtypes/values/read", f"{ALL}/providers/Microsoft.Insights/eventtypes/management"),
        ("GET", f"{WEST}/providers/N.C/a/b/providers/N.H/s/current", "N.H/s/current/read",
         f"{WEST}/providers/N.C/a/b/providers/N.H/s/current"),
        ("GET", WEST, "Microsoft.Resources/subscriptions/resourceGroups/read", WEST),
        ("GET", f"{ALL}/locations", "Microsoft.Resources/subscriptions/locations/read", ALL),
        ("GET", f"{ALL}/providers/N.C", "Microsoft.Resources/subscriptions/providers/read", ALL),
        ("POST", GRAPH, "Microsoft.ResourceGraph/resources/read", "/"),
    ],
)  # fmt: skip
def test_an_action_is_named_after_its_path(method: str, path: str, action: str, scope: str) -> None:
    assert right_of(method, path) == Right(action=action, scope=scope)


@pytest.mark.parametrize(
    ("action", "scope", "allowed"),
    [
        ("N.C/a/read", "/subscriptions/s/resourceGroups/g/providers/N.C/a/b", True),
        ("n.c/A/READ", "/Subscriptions/S/resourcegroups/G", True),
        ("N.C/a/b/read", "/subscriptions/s/resourceGroups/g", True),
        ("N.C/a/write", "/subscriptions/s/resourceGroups/g", False),
        ("N.C/secret/read", "/subscriptions/s/resourceGroups/g", False),
        ("N.C/a/read", "/subscriptions/s/resourceGroups/g2", False),
        ("N.C/a/read", "/subscriptions/s", False),
    ],
)
def test_a_role_covers_its_actions_without_its_not_actions_at_its_scope_and_below(
    action: str, scope: str, *, allowed: bool
) -> None:
    role = RoleSpec(actions=("N.C/*/read",), not_actions=("N.C/secret/*",), scope="/subscriptions/s/resourceGroups/g")
    assert Roles([role], 7).allow(action, scope) is allowed


def test_what_one_role_denies_another_may_allow() -> None:
    roles = Roles([RoleSpec(actions=("*",), not_actions=("N/a/read",)), RoleSpec(actions=("N/a/read",))], 7)
    assert roles.allow("N/a/read", "/subscriptions/s")


async def test_without_a_right_arm_refuses_and_nothing_is_reached(rig: Open) -> None:
    one = await rig(f'[[role]]\nactions = ["{READ}"]', '[[trouble]]\nregion = "*"\nanswer = "500"\noperations = "run"')
    answer = await one.arm("POST", f"{UBUNTU}/run")
    assert (answer.status, answer.json["error"]["code"]) == (403, "AuthorizationFailed")
    assert answer.headers["x-ms-failure-cause"] == "gateway"
    text = answer.json["error"]["message"]
    assert text.startswith("The client '")
    assert (
        "does not have authorization to perform action "
        f"'Microsoft.VirtualMachineImages/imageTemplates/run/action' over scope '{UBUNTU}' or the scope is invalid."
    ) in text
    assert await one.runs() == []
    assert (await one.requests())[-1]["lacking"] == "Microsoft.VirtualMachineImages/imageTemplates/run/action"
    assert (await one.arm("GET", UBUNTU)).status == 200


async def test_what_is_not_there_is_refused_like_everything_else_that_may_not_be_seen(rig: Open) -> None:
    one = await rig(ONE_GROUP)
    assert (await one.arm("GET", f"{NORTH}x")).status == 403
    assert (await one.arm("GET", f"{UBUNTU}x")).status == 404


async def test_a_list_shows_what_may_be_read_and_is_refused_if_that_is_nothing(rig: Open) -> None:
    one = await rig(ONE_GROUP)
    names = [template["name"] for template in (await one.arm("GET", EVERYTHING)).json["value"]]
    north = await one.arm("GET", f"{ALL}/resourceGroups/images-neu/{PROVIDER}/imageTemplates")
    assert (names, north.status, (await one.arm("GET", EVENTS)).status) == (["ubuntu-weu"], 403, 403)


async def test_resource_graph_leaves_out_what_may_not_be_read(rig: Open) -> None:
    one = await rig(ONE_GROUP, f'[[role]]\nactions = ["Microsoft.ResourceGraph/resources/read"]\nscope = "{ALL}"')
    answer = (await one.arm("POST", GRAPH, {"query": "resources | project name"})).json
    assert (answer["data"], answer["totalRecords"]) == ([{"name": "ubuntu-weu"}], 1)


async def test_resource_graph_is_refused_without_a_right_to_it(rig: Open) -> None:
    one = await rig(ONE_GROUP)
    answer = await one.arm("POST", GRAPH, {"query": "resources"})
    assert (answer.status, answer.json["error"]["code"]) == (403, "AuthorizationFailed")
    assert "'Microsoft.ResourceGraph/resources/read'" in answer.json["error"]["message"]
    assert (await one.requests())[-1]["lacking"] == "Microsoft.ResourceGraph/resources/read"


async def test_what_the_caller_may_is_told_at_every_scope(rig: Open) -> None:
    everywhere = '[[role]]\nactions = ["*/read"]\nnot_actions = ["Microsoft.Compute/*"]'
    one = await rig(everywhere, ONE_GROUP)
    path = "/providers/Microsoft.Authorization/permissions?api-version=2022-04-01"
    wide = {"actions": ["*/read"], "notActions": ["Microsoft.Compute/*"], "dataActions": [], "notDataActions": []}
    narrow = {"actions": [READ], "notActions": [], "dataActions": [], "notDataActions": []}
    assert (await one.arm("GET", ALL + path)).json == {"value": [wide]}
    assert (await one.arm("GET", WEST + path)).json == {"value": [wide, narrow]}
    assert (await one.arm("GET", UBUNTU + path)).json == {"value": [wide, narrow]}
    assert (await one.arm("GET", f"/subscriptions/other{path}")).status == 404


async def test_without_roles_everything_may_be_done_and_that_is_said(rig: Open) -> None:
    answer = await (await rig()).arm("GET", f"{ALL}/providers/Microsoft.Authorization/permissions")
    assert [entry["actions"] for entry in answer.json["value"]] == [["*"]]


async def assign(one: Rig, roles: object) -> tuple[int, object]:
    answer = await one.plain("POST", "/_stand-in/roles", data=json.dumps(roles).encode())
    return answer.status, answer.json


async def test_roles_can_be_changed_while_it_runs(rig: Open) -> None:
    one = await rig()
    assert await assign(one, [{"actions": ["N/*"]}]) == (200, {"roles": 1})
    assert (await one.arm("GET", UBUNTU)).status == 403
    assert await assign(one, []) == (200, {"roles": 0})
    assert (await one.arm("GET", UBUNTU)).status == 200


@pytest.mark.parametrize("roles", [{}, [7], [{}], [{"actions": []}], [{"actions": ["*"], "scope": "here"}]])
async def test_a_role_that_nobody_understands_changes_nothing(rig: Open, roles: object) -> None:
    one = await rig(ONE_GROUP)
    status, told = await assign(one, roles)
    assert (status, list(told) if isinstance(told, dict) else told) == (400, ["mistakes"])
    assert (await one.arm("GET", NORTH)).status == 403
