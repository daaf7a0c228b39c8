"""Ask Azure and turn what it says into observations.

arm.py talks, the parse modules understand, one module a source asks: templates, probe, service_health,
resource_health, activity_log. Nothing here judges, remembers or reads a clock; `now` is given.
"""
