"""Let promtool judge the same web config files: we refuse what it refuses, and take what it takes and we can do."""

import shutil
import subprocess
from pathlib import Path

import pytest

from aibwatch.config.problem import ConfigError
from aibwatch.runtime.door.guard import examine
from tests.certificates import FAR, a_pair
from tests.web_files import BAD, GOOD, NOT_HERE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is missing: apt-get install prometheus"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    a_pair(tmp_path), a_pair(tmp_path, "other")
    return tmp_path / "web.yml"


def promtool_takes(file: Path) -> bool:
    done = subprocess.run(["promtool", "check", "web-config", file], capture_output=True, check=False, timeout=20)
    return done.returncode == 0


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_promtool_takes_is_taken(text: str, file: Path) -> None:
    file.write_text(text)
    assert promtool_takes(file)
    examine(file, FAR.replace(year=2030))


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_what_promtool_refuses_is_refused_with_what_and_where(text: str, said: str, file: Path) -> None:
    file.write_text(text)
    assert not promtool_takes(file)
    with pytest.raises(ConfigError) as told:
        examine(file, FAR)
    assert said.replace("HERE", str(file.parent)) in str(told.value)


@pytest.mark.parametrize(("text", "said"), NOT_HERE.values(), ids=NOT_HERE)
def test_what_only_promtool_takes_is_known(text: str, said: str, file: Path) -> None:
    file.write_text(text)
    assert promtool_takes(file), said
