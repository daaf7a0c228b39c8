"""Let a page renew itself, and say what a browser may do with it.

Rules: without scripts the browser loads the page anew. With scripts the page is changed in its place, so that who
reads it keeps his place, his open details and his focus, and a page that gets no answer says so and does not look well.
Only the style and the script that stand here are let through, by their hashes; nothing else is loaded, sent or framed.
"""

from base64 import b64encode
from hashlib import sha256

from aibwatch.views.pages.html import Html, el, embedded, several
from aibwatch.views.pages.style import STYLE

SECONDS = 10
"""Between two looks: a verdict takes minutes, and a person who waits for one looks about this often."""

SCRIPT = (
    """
"use strict";
const silent = (yes) => document.documentElement.classList.toggle("silent", yes);
const open = () => new Set([...document.querySelectorAll("details[open]")].map((d) => d.id));
async function renew() {
  if (document.hidden) return;
  let fresh;
  try {
    const answer = await fetch(location.href, {cache: "no-store", signal: AbortSignal.timeout(8000)});
    if (!answer.ok && answer.status !== 404) throw new Error(answer.status);
    fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) { silent(true); return; }
  const kept = open(), focus = document.activeElement, id = focus && focus.id;
  const href = focus && focus.getAttribute && focus.getAttribute("href");
  // What somebody is marking stays until it is let go; the banner is renewed all the same.
  const parts = String(getSelection()) ? ["live-banner"] : ["live-top", "live-banner", "main", "live-foot"];
  for (const part of parts) {
    const now = document.getElementById(part), next = fresh.getElementById(part);
    if (now && next && now.outerHTML !== next.outerHTML) now.replaceWith(document.adoptNode(next));
  }
  document.title = fresh.title;
  for (const id of kept) { const d = id && document.getElementById(id); if (d) d.open = true; }
  if (!document.contains(focus)) {
    const again = (id && document.getElementById(id)) ||
      [...document.querySelectorAll("main a")].find((a) => a.getAttribute("href") === href);
    if (again) again.focus({preventScroll: true});
  }
  silent(false);
}
setInterval(renew, """
    + str(SECONDS * 1000)
    + """);
document.addEventListener("visibilitychange", renew);
"""
)


def _hash(source: str) -> str:
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src {_hash(STYLE)}",
        f"script-src {_hash(SCRIPT)}",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Of every page."""


def in_head() -> Html:
    """Return what goes into the head: the style, and both ways of renewal."""
    return several(
        embedded("style", STYLE),
        el("noscript", el("meta", http_equiv="refresh", content=SECONDS)),
        embedded("script", SCRIPT),
    )
