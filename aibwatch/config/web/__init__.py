"""Understand the file that `http.web_config_file` names: TLS, passwords, headers, as exporters of Prometheus do.

`parse` reads the text of one, `settings` names what it says, `nodes` knows lines and keys, `suites` the names of
ciphers. Nothing here touches the disk; `aibwatch.runtime.door` reads the file and the certificates that it names.
"""
