"""Web config files: what is good in one, what is bad, and what is only offered elsewhere.

`HERE` stands for the folder with here.pem, here.key and other.key.
"""

from tests.certificates import a_hash

PAIR = "tls_server_config:\n  cert_file: here.pem\n  key_file: here.key\n"
ADA = f"basic_auth_users:\n  ada: {a_hash('right')}\n"

GOOD = {
    "nothing": "",
    "no tls": "tls_server_config: {}\n",
    "null": "http_server_config:\n",
    "tls": PAIR,
    "a client's certificate": PAIR + "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: here.pem\n",
    "one if given": PAIR + "  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: here.pem\n",
    "none": PAIR + "  client_auth_type: NoClientCert\n",
    "versions": PAIR + "  min_version: TLS12\n  max_version: TLS13\n",
    "ciphers": PAIR + "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]\n",
    "a curve": PAIR + "  curve_preferences: [X25519]\n",
    "order of ciphers": PAIR + "  prefer_server_cipher_suites: true\n",
    "http2": PAIR + "http_server_config:\n  http2: true\n",
    "headers": "http_server_config:\n  headers:\n    X-Frame-Options: deny\n    Strict-Transport-Security: max-age=9\n",
    "users": ADA,
    "a user called by a number": f"basic_auth_users:\n  007: {a_hash('right')}\n",
}
"""Taken by exporters of Prometheus and by us."""

BAD = {
    "no table": ("[]", ":1: file: must be a table"),
    "no yaml": ("{a", ":1: syntax: not YAML: "),
    "a key that nobody knows": ("rate_limit:\n  burst: 1\n", ":1: rate_limit: is no setting; there are basic_auth"),
    "a key of tls that nobody knows": (PAIR + "  foo: 1\n", ":4: tls_server_config.foo: is no setting"),
    "a key twice": ("http_server_config:\n  http2: true\n  http2: false\n", ":3: http_server_config.http2: is written"),
    "no key": ("tls_server_config:\n  cert_file: here.pem\n", ":2: tls_server_config.key_file: is missing"),
    "no certificate there": (PAIR.replace("here.pem", "nope.pem"), "tls_server_config.cert_file: HERE/nope.pem cannot"),
    "another's key": (PAIR.replace("here.key", "other.key"), "HERE/other.key is not the key of the certificate in"),
    "a key for a certificate": (PAIR.replace("here.pem", "here.key"), "are not a certificate and its key in PEM form"),
    "an authority without a policy": (PAIR + "  client_ca_file: here.pem\n", "nobody is asked for a certificate"),
    "a policy that nobody knows": (PAIR + "  client_auth_type: Foo\n", ':4: tls_server_config.client_auth_type: "Foo"'),
    "an insecure cipher": (PAIR + "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n", "is no cipher that is offered"),
    "a curve that nobody knows": (PAIR + "  curve_preferences: [P1]\n", "is no curve that is offered"),
    "a version that nobody knows": (PAIR + "  min_version: TLS14\n", '"TLS14" is not offered; choose TLS12 or TLS13'),
    "a number for a flag": ("http_server_config:\n  http2: 1\n", ":2: http_server_config.http2: must be true or false"),
    "a header that nobody knows": ("http_server_config:\n  headers:\n    X-Foo: a\n", "headers.X-Foo: is no setting"),
    "a value that nobody knows": (
        "http_server_config:\n  headers:\n    X-Frame-Options: allow\n",
        ':3: http_server_config.headers.X-Frame-Options: "allow" is no value of it; choose deny or sameorigin',
    ),
    "a password for a hash": ("basic_auth_users:\n  ada: hunter2\n", ":2: basic_auth_users.ada: is not a bcrypt hash;"),
    "a hash that is cut off": (ADA[:-9] + "\n", ":2: basic_auth_users.ada: is not a bcrypt hash;"),
    "a hash that costs too much": (ADA.replace("$04$", "$32$"), ":2: basic_auth_users.ada: has cost 32; from 4 to 16"),
    "a list of users": ("basic_auth_users: []\n", ":1: basic_auth_users: must be a table of keys and values"),
}
"""Refused by both, and what we say."""

NOT_HERE = {
    "old versions": (PAIR + "  min_version: TLS10\n", "TLS10 is no longer safe and is not offered; choose TLS12 or"),
    "no version left": (PAIR + "  min_version: TLS13\n  max_version: TLS12\n", "is above max_version"),
    "an unverified certificate": (PAIR + "  client_auth_type: RequestClientCert\n", "would let in any certificate"),
    "any authority": (PAIR + "  client_auth_type: RequireAndVerifyClientCert\n", "needs client_ca_file"),
    "two curves": (PAIR + "  curve_preferences: [X25519, CurveP256]\n", "more than one cannot be set here"),
    "a hash that takes minutes": (ADA.replace("$04$", "$20$"), "has cost 20; from 4 to 16 is taken"),
}
"""Taken by them and not by us."""
