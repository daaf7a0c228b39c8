"""Make the credential by which we sign in, from the name that the configuration uses for it.

azure.identity is imported only here and only when one is made: it costs half a second of start-up.
"""

from collections.abc import Callable

from azure.core.credentials_async import AsyncTokenCredential


def make_credential(name: str, client_id: str = "") -> AsyncTokenCredential:
    """Return the credential called `name`, for the user-assigned identity `client_id` or, if "", the host's own.

    Names: managed-identity, workload-identity, environment, cli, default. Asks for no token yet.
    Whoever makes it hands it to Arm, which closes it. Raises ValueError for any other name, and where azure.identity
    finds the environment incomplete (workload identity without its variables); the message says what is missing.
    """
    try:
        make = MAKERS[name]
    except KeyError:
        raise ValueError(f'"{name}" is not a credential; choose {", ".join(sorted(MAKERS))}') from None
    return make(client_id)


def _managed_identity(client_id: str) -> AsyncTokenCredential:
    from azure.identity.aio import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=client_id or None)


def _workload_identity(client_id: str) -> AsyncTokenCredential:
    from azure.identity.aio import WorkloadIdentityCredential

    return WorkloadIdentityCredential(client_id=client_id or None)


def _environment(_client_id: str) -> AsyncTokenCredential:
    from azure.identity.aio import EnvironmentCredential

    return EnvironmentCredential()


def _cli(_client_id: str) -> AsyncTokenCredential:
    from azure.identity.aio import AzureCliCredential

    return AzureCliCredential()


def _default(client_id: str) -> AsyncTokenCredential:
    from azure.identity.aio import DefaultAzureCredential

    if not client_id:
        return DefaultAzureCredential()
    return DefaultAzureCredential(managed_identity_client_id=client_id, workload_identity_client_id=client_id)


MAKERS: dict[str, Callable[[str], AsyncTokenCredential]] = {
    "managed-identity": _managed_identity,
    "workload-identity": _workload_identity,
    "environment": _environment,
    "cli": _cli,
    "default": _default,
}
