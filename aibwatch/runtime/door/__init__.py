"""Keep the door of the web server: who comes in, in which language, and how long one may take.

`entrance` listens, `visitor` keeps one connection to its times, `guard` knows the web config file and follows it,
`certificates` and `passwords` do what it says. What is answered inside is the business of `aibwatch.runtime.http`.
"""
