"""Ask Azure, and other observers of it, and turn what they say into observations.

arm.py talks, the parse modules understand, one module a source asks: templates, probe, service_health,
resource_health, activity_log; peer talks by itself, because it must not carry a token.
Nothing here judges, remembers or reads a clock; `now` is given.
"""
