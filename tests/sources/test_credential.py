"""Credentials by name."""

import subprocess
import sys

import pytest
from azure.identity import aio

from aibwatch.sources.credential import make_credential


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("managed-identity", aio.ManagedIdentityCredential),
        ("workload-identity", aio.WorkloadIdentityCredential),
        ("environment", aio.EnvironmentCredential),
        ("cli", aio.AzureCliCredential),
        ("default", aio.DefaultAzureCredential),
    ],
)
@pytest.mark.parametrize("client_id", ["", "22222222-2222-2222-2222-222222222222"])
async def test_every_name_of_the_configuration_makes_its_credential(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: type, client_id: str
) -> None:
    monkeypatch.setenv("AZURE_TENANT_ID", "33333333-3333-3333-3333-333333333333")
    monkeypatch.setenv("AZURE_CLIENT_ID", "44444444-4444-4444-4444-444444444444")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", "/nowhere")
    credential = make_credential(name, client_id)

    assert isinstance(credential, kind)
    await credential.close()


def test_another_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match=r'"password" is not a credential; choose cli, default, environment'):
        make_credential("password")


def test_the_heavy_library_is_not_loaded_before_a_credential_is_made() -> None:
    script = "import sys, aibwatch.sources.credential; sys.exit('azure.identity' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)
