"""Read the text of a web config file: what it says, or ConfigError with everything that is wrong with it.

Rules: the format is that of exporter-toolkit, and what it refuses is refused here. What it takes and Python's TLS
cannot do is refused, with what to do instead, rather than left out: nobody shall believe in a lock that is not there.
Names of files are relative to the file itself.
"""

import re
import ssl
from collections.abc import Mapping
from pathlib import Path

import yaml

from aibwatch.config.problem import ConfigError, Problem, in_order
from aibwatch.config.web.nodes import Nodes
from aibwatch.config.web.settings import ClientAuth, Tls, Web
from aibwatch.config.web.suites import CURVES, OLD_VERSIONS, SUITES, VERSIONS
from aibwatch.config.words import choices, quoted

SECTIONS = ("tls_server_config", "http_server_config", "basic_auth_users")

TLS_KEYS = (
    "cert_file",
    "key_file",
    "client_auth_type",
    "client_ca_file",
    "client_allowed_sans",
    "min_version",
    "max_version",
    "cipher_suites",
    "curve_preferences",
    "prefer_server_cipher_suites",
)

INLINE = {"cert": "cert_file", "key": "key_file", "client_ca": "client_ca_file"}
"""What newer exporters take inside of the file, and what to write instead."""

HEADERS: Mapping[str, tuple[str, ...]] = {
    "Content-Security-Policy": (),
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
}
"""The headers that may be set, and the values of those that have only a few."""

UNVERIFIED = ("RequestClientCert", "RequireAnyClientCert", "RequireClientCert")
"""They ask for a certificate and believe whatever it says."""

HASH = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")

LEAST_COST, MOST_COST = 4, 16
"""Of a hash. From 17 on one password takes more than ten seconds, and whoever gives a wrong one takes them, too."""


def parse(text: str, file: Path) -> Web:
    """Return what the text says; `file` is what messages call it, and where names of files start.

    Raises:
        ConfigError: with every mistake.
    """
    nodes = Nodes(text, file)
    sections = nodes.table(nodes.root, "", SECTIONS)
    warnings: list[Problem] = []
    tls = _tls(nodes, sections.get("tls_server_config"), warnings)
    headers = _http(nodes, sections.get("http_server_config"), warnings)
    users = _users(nodes, sections.get("basic_auth_users"))
    if nodes.problems:
        raise ConfigError(nodes.problems)
    if users and tls is None:
        message = "passwords go over the wire in the clear without tls_server_config; listen on loopback only"
        warnings.append(nodes.problem(sections["basic_auth_users"], "basic_auth_users", message))
    if not users and tls is None:
        message = "says neither how to speak TLS nor who may look; plain HTTP is served to everybody"
        warnings.append(nodes.problem(nodes.root, "file", message))
    return Web(tls=tls, users=users, headers=headers, warnings=in_order(warnings))


def _tls(nodes: Nodes, node: yaml.Node | None, warnings: list[Problem]) -> Tls | None:
    table = nodes.table(node, "tls_server_config", (*TLS_KEYS, *INLINE))
    if not table:
        return None
    _inline(nodes, table)
    if "prefer_server_cipher_suites" in table:
        key = "tls_server_config.prefer_server_cipher_suites"
        nodes.flag(table["prefer_server_cipher_suites"], key, default=True)
        message = "has no effect: the server's order of ciphers always counts; remove it"
        warnings.append(nodes.problem(table["prefer_server_cipher_suites"], key, message))
    files = {key: _file(nodes, table, key) for key in ("cert_file", "key_file", "client_ca_file")}
    for key in ("cert_file", "key_file"):
        if files[key] is None and key.removesuffix("_file") not in table:
            nodes.complain(table.get(key, node), f"tls_server_config.{key}", "is missing; name a PEM file")
    auth = _client_auth(nodes, table)
    least, most = _version(nodes, table, "min_version"), _version(nodes, table, "max_version")
    settings = Tls(
        cert_file=files["cert_file"] or Path(),
        key_file=files["key_file"] or Path(),
        client_auth=auth,
        client_ca_file=files["client_ca_file"],
        client_names=_client_names(nodes, table, auth),
        least=least or ssl.TLSVersion.TLSv1_2,
        most=most or ssl.TLSVersion.TLSv1_3,
        ciphers=_ciphers(nodes, table),
        curve=_curve(nodes, table),
    )
    if settings.least > settings.most:
        message = "is above max_version, so nobody could connect; lower it"
        nodes.complain(table.get("min_version"), "tls_server_config.min_version", message)
    return settings


def _inline(nodes: Nodes, table: Mapping[str, yaml.Node]) -> None:
    for key in INLINE.keys() & table.keys():
        message = f"is not taken from this file; write it into a file of its own and name that with {INLINE[key]}"
        nodes.complain(table[key], f"tls_server_config.{key}", message)


def _file(nodes: Nodes, table: Mapping[str, yaml.Node], key: str) -> Path | None:
    written = nodes.text(table.get(key), f"tls_server_config.{key}")
    if "\0" in written:
        nodes.complain(table[key], f"tls_server_config.{key}", "is no name of a file")
        return None
    return nodes.file.parent / written if written else None


def _client_auth(nodes: Nodes, table: Mapping[str, yaml.Node]) -> ClientAuth:
    key, node = "tls_server_config.client_auth_type", table.get("client_auth_type")
    word = nodes.text(node, key)
    if word in UNVERIFIED:
        message = f"{quoted(word)} would let in any certificate, unverified; choose {choices(list(ClientAuth))}"
        nodes.complain(node, key, message)
        return ClientAuth.NONE
    auth = ClientAuth(nodes.choice(node, key, list(ClientAuth)) or ClientAuth.NONE)
    named = bool(nodes.text(table.get("client_ca_file"), "tls_server_config.client_ca_file"))
    if named and not word:
        message = "client_ca_file is named and nobody is asked for a certificate; set client_auth_type"
        nodes.complain(table["client_ca_file"], key, message)
    if auth is not ClientAuth.NONE and not named and "client_ca" not in table:
        message = "needs client_ca_file; without it every public authority could let somebody in"
        nodes.complain(node, key, message)
    return auth


def _client_names(nodes: Nodes, table: Mapping[str, yaml.Node], auth: ClientAuth) -> tuple[str, ...]:
    key, node = "tls_server_config.client_allowed_sans", table.get("client_allowed_sans")
    names = nodes.texts(node, key)
    if names and auth is not ClientAuth.REQUIRED:
        nodes.complain(node, key, f"needs client_auth_type: {ClientAuth.REQUIRED}; whoever shows nothing has no name")
    return names


def _version(nodes: Nodes, table: Mapping[str, yaml.Node], name: str) -> ssl.TLSVersion | None:
    key, node = f"tls_server_config.{name}", table.get(name)
    if (word := nodes.text(node, key)) in OLD_VERSIONS:
        nodes.complain(node, key, f"{word} is no longer safe and is not offered; choose {choices(list(VERSIONS))}")
        return None
    return VERSIONS.get(nodes.choice(node, key, list(VERSIONS)))


def _ciphers(nodes: Nodes, table: Mapping[str, yaml.Node]) -> tuple[str, ...]:
    key, node = "tls_server_config.cipher_suites", table.get("cipher_suites")
    names = nodes.texts(node, key)
    for name in names:
        if name not in SUITES:
            nodes.complain(node, key, f"{quoted(name)} is no cipher that is offered; choose {choices(sorted(SUITES))}")
    return tuple(SUITES[name] for name in names if SUITES.get(name))


def _curve(nodes: Nodes, table: Mapping[str, yaml.Node]) -> str:
    key, node = "tls_server_config.curve_preferences", table.get("curve_preferences")
    names = nodes.texts(node, key)
    for name in names:
        if name not in CURVES:
            nodes.complain(node, key, f"{quoted(name)} is no curve that is offered; choose {choices(sorted(CURVES))}")
    if len(names) > 1:
        nodes.complain(node, key, "more than one cannot be set here; leave one, or leave it out for the usual ones")
    return CURVES.get(names[0], "") if names else ""


def _http(nodes: Nodes, node: yaml.Node | None, warnings: list[Problem]) -> Mapping[str, str]:
    table = nodes.table(node, "http_server_config", ("http2", "headers"))
    if nodes.flag(table.get("http2"), "http_server_config.http2", default=False):
        message = "has no effect: HTTP/1.1 is served, which every client takes; write false or remove it"
        warnings.append(nodes.problem(table["http2"], "http_server_config.http2", message))
    headers: dict[str, str] = {}
    for name, value in nodes.table(table.get("headers"), "http_server_config.headers", HEADERS).items():
        key = f"http_server_config.headers.{name}"
        text = nodes.text(value, key)
        if HEADERS[name] and text and text not in HEADERS[name]:
            nodes.complain(value, key, f"{quoted(text)} is no value of it; choose {choices(HEADERS[name])}")
        elif not text.isprintable() or not text.isascii():
            nodes.complain(value, key, "must be one line of printable ASCII")
        elif text:
            headers[name] = text
    return headers


def _users(nodes: Nodes, node: yaml.Node | None) -> Mapping[str, str]:
    users: dict[str, str] = {}
    for name, value in nodes.table(node, "basic_auth_users").items():
        key = f"basic_auth_users.{name}"
        hashed = nodes.text(value, key)
        found = HASH.fullmatch(hashed)
        if not name or ":" in name or not name.isprintable():
            nodes.complain(value, key, "is no name of a user; leave out : and what cannot be printed")
        elif found is None:
            # What stands there may be the password itself, so it is not told.
            nodes.complain(value, key, "is not a bcrypt hash; make one with: htpasswd -nBC 10 NAME")
        elif not LEAST_COST <= int(found[1]) <= MOST_COST:
            message = f"has cost {int(found[1])}; from {LEAST_COST} to {MOST_COST} is taken, 10 is usual"
            nodes.complain(value, key, message)
        else:
            users[name] = hashed
    return users
