"""Stand in for Azure: the HTTP surface aibwatch talks to, over a small world in which image templates live and fail.

It exists so that the real SDK, the real credential and the real daemon can be rehearsed without a subscription. It
knows nothing of aibwatch's judgement: it shares no rule with the core, so that a mistake there cannot hide behind the
same one here.
"""
