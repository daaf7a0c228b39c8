import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from aibwatch.config import schema
from aibwatch.config.schema import Group, PolicySettings, Settings, Table
from aibwatch.config.sections import SECTIONS
from aibwatch.config.setup import setup_of
from aibwatch.config.unacted import UNACTED
from aibwatch.config.unwise import CEILINGS, FLOORS
from aibwatch.core.policy import Policy, Setup

MODULES = [ast.parse(file.read_text()) for file in Path(schema.__path__[0]).glob("*.py")]


def undocumented(table: ast.ClassDef) -> Iterator[str]:
    body = [node for node in table.body if not isinstance(node, ast.FunctionDef)]
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign):
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            explained = isinstance(text, str) and (table.name == "Settings" or "efault" in text)
            if not (text and explained):
                yield f"{table.name}.{ast.unparse(node.target)}"


def test_every_setting_says_what_it_is_and_why_its_default() -> None:
    tables = {node for module in MODULES for node in module.body if isinstance(node, ast.ClassDef)}
    assert {"Settings", "Group", "PolicySettings", "AzureSettings"} <= {table.name for table in tables}

    assert [name for table in tables for name in undocumented(table)] == []


def test_a_group_may_override_every_key_of_the_policy() -> None:
    assert set(PolicySettings.model_fields) < set(Group.model_fields)


def test_the_defaults_are_those_of_the_core() -> None:
    assert setup_of(Settings()) == Setup(groups={})


def test_every_threshold_of_the_core_can_be_set() -> None:
    assert {field.name for field in fields(Policy)} <= set(PolicySettings.model_fields)


def test_lists_of_settings_name_only_settings() -> None:
    named = {row.key for row in UNACTED} | {
        row.key if "." in row.key else f"policy.{row.key}" for row in (*FLOORS, *CEILINGS)
    }
    known = {".".join((*section.path, key)) for section in SECTIONS.values() for key in section.table.model_fields}

    assert named <= known | set(Settings.model_fields)


def test_settings_do_not_change_after_loading() -> None:
    assert all(table.model_config.get("frozen") for table in Table.__subclasses__())
