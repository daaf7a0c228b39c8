"""The roles that an operator deploys hold what core/rights.py says, no more, and the README says so too.

Whether that is enough, and not too much, for what the commands ask is tried in tests/cli/test_least_privilege.py.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from aibwatch.core.rights import RIGHTS, Right, Role

FOLDER = Path(__file__).parents[2] / "deploy" / "azure"
README = (FOLDER / "README.md").read_text()
FILES = {Role.WATCH: "role-watch.json", Role.MOVE: "role-move.json", Role.DEPLOY: "role-deploy.json"}
TEMPLATES: dict[Role, dict[str, Any]] = {role: json.loads((FOLDER / name).read_text()) for role, name in FILES.items()}
NAMED = re.compile(r"(?:parameters|variables)\('(\w+)'\)")
COMMAND = re.compile(r"^az (?:.*\\\n)*.*", re.MULTILINE)

ON_DEMAND = (
    "[concat(variables('actions'), if(parameters('excludeLateImages'), variables('lateImages'), createArray()))]"
)


def permission_of(role: Role) -> dict[str, Any]:
    (resource,) = TEMPLATES[role]["resources"]
    (permission,) = resource["properties"]["permissions"]
    return dict(permission)


def actions_of(role: Role, *, on_demand: bool = False) -> list[str]:
    """Return the actions that the template gives a role; `on_demand` with everything that can be asked for."""
    actions = permission_of(role)["actions"]
    if actions != ON_DEMAND:
        return list(actions)
    variables = TEMPLATES[role]["variables"]
    return [*variables["actions"], *(variables["lateImages"] if on_demand else ())]


def asked_for(right: Right) -> bool:
    """Return whether a right is one that only those have who ask for it: what changes something for a few."""
    return right.optional and not right.action.endswith("/read")


@pytest.mark.parametrize("role", Role)
def test_a_role_has_its_rights_and_no_others(role: Role) -> None:
    assert actions_of(role) == [right.action for right in RIGHTS if right.role is role and not asked_for(right)]
    assert actions_of(role, on_demand=True) == [right.action for right in RIGHTS if right.role is role]


@pytest.mark.parametrize("role", Role)
def test_a_role_has_no_wildcard_and_touches_no_contents(role: Role) -> None:
    permission = permission_of(role)
    assert [action for action in actions_of(role, on_demand=True) if "*" in action] == []
    assert (permission["notActions"], permission["dataActions"], permission["notDataActions"]) == ([], [], [])


def test_the_role_of_the_daemon_at_the_subscription_only_reads() -> None:
    assert [action for action in actions_of(Role.WATCH) if not action.endswith("/read")] == []


def test_no_action_is_in_two_roles() -> None:
    actions = [action.lower() for role in Role for action in actions_of(role, on_demand=True)]
    assert sorted(set(actions)) == sorted(actions)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_deployed_at_a_subscription_under_a_name_that_stays(role: Role) -> None:
    template = TEMPLATES[role]
    (resource,) = template["resources"]
    assert template["$schema"].endswith("/2018-05-01/subscriptionDeploymentTemplate.json#")
    assert (resource["type"], resource["apiVersion"]) == ("Microsoft.Authorization/roleDefinitions", "2022-04-01")
    assert resource["name"] == "[guid(subscription().id, parameters('roleName'))]"
    assert resource["properties"]["type"] == "CustomRole"
    assert template["parameters"]["roleName"]["defaultValue"] == role.value
    assert template["parameters"]["assignableScopes"]["defaultValue"] == ["[subscription().id]"]


@pytest.mark.parametrize("role", Role)
def test_every_parameter_and_variable_is_used_and_every_parameter_says_what_it_is(role: Role) -> None:
    template = TEMPLATES[role]
    parameters = template["parameters"]
    used = set(NAMED.findall(json.dumps(template["resources"])))
    assert used == {*parameters, *template.get("variables", {})}
    assert [name for name, one in parameters.items() if not one["metadata"]["description"].endswith(".")] == []
    assert [name for name, one in parameters.items() if "defaultValue" not in one] == []


# the README


def table() -> list[tuple[str, str, str, str]]:
    """Return action, feature, why and role of each row of the README's table."""
    rows = re.findall(r"^\| `(Microsoft\.[^`]+)` \| (.+) \| (.+) \| (.+) \|$", README, re.MULTILINE)
    return [(action, feature, why, role) for action, feature, why, role in rows]


def test_the_readme_has_a_row_for_each_right_in_the_same_words() -> None:
    told = [(action, feature, role) for action, feature, _, role in table()]
    assert told == [
        (right.action, right.feature + (" (optional)" if right.optional else ""), right.role.value) for right in RIGHTS
    ]


def test_every_row_says_why() -> None:
    assert [action for action, feature, why, _ in table() if len(why.split()) < 3 or why == feature] == []


def test_the_commands_name_the_files_parameters_and_roles_that_there_are() -> None:
    commands = COMMAND.findall(README)
    deploying = [command for command in commands if command.startswith("az deployment sub create ")]
    named = [re.search(r"--template-file (\S+)", command) for command in deploying]
    assert {found[1] for found in named if found} == set(FILES.values())
    for command, file in zip(deploying, named, strict=True):
        assert file is not None
        given = re.findall(r"--parameters (\w+)=", command)
        assert set(given) <= set(json.loads((FOLDER / file[1]).read_text())["parameters"])
    roles = [found for command in commands for found in re.findall(r'--role "([^"]+)"', command)]
    assert set(roles) <= {role.value for role in Role}
    assert len(deploying) >= len(FILES)
    assert len(roles) >= 2


def test_the_readme_says_where_each_role_belongs() -> None:
    assert [role for role in Role if f"| `{role}` | `{FILES[role]}` |" not in README] == []
