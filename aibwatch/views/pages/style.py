"""Hold how the pages look: the colours, light and dark, and what goes where on a phone and on a wall.

Rules: every pair of colours that meets as text and ground is at least 4.5 to 1 (a test computes it); nothing is wider
than 360 pixels; nothing moves for whoever asked for less motion.
"""

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "bg": "#f3f5f8",
    "card": "#ffffff",
    "ink": "#17202c",
    "soft": "#4d5869",
    "line": "#d5dbe4",
    "link": "#1d4f91",
    "good": "#12693c",
    "calm": "#2b5d97",
    "doubt": "#8a5300",
    "bad": "#a81f17",
    "on": "#ffffff",
}
DARK: Mapping[str, str] = {
    "bg": "#0f1319",
    "card": "#191f28",
    "ink": "#e9edf3",
    "soft": "#a3afbf",
    "line": "#323c49",
    "link": "#93c1fb",
    "good": "#56cc92",
    "calm": "#85b9f0",
    "doubt": "#f0b64d",
    "bad": "#ff8f85",
    "on": "#ffffff",
}
"""`good` to `bad` are text on `bg` and `card`. A banner is the same on both: the light ones, with `on` as its text."""


def _banners() -> str:
    return "".join(f".banner.{tone}{{--tone:{LIGHT[tone]}}}" for tone in ("good", "calm", "doubt", "bad"))


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


RULES = (
    f":root{{color-scheme:light dark;{_variables(LIGHT)}}}\n"
    f"@media(prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}\n"
    """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
overflow-wrap:anywhere}
.good{--tone:var(--good)}.calm{--tone:var(--calm)}.doubt{--tone:var(--doubt)}.bad{--tone:var(--bad)}
a{color:var(--link)}a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-100vw}.skip:focus{position:static;display:block;padding:.6rem 1rem;background:var(--card)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.top{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;max-width:80rem;margin:0 auto;
padding:.7rem 1.2rem}
.top .brand{font-weight:700;letter-spacing:.01em}.top nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem}
.top .asof{margin-left:auto;color:var(--soft);font-size:.85rem;font-variant-numeric:tabular-nums}
.banner{background:var(--tone);color:var(--on);padding:1.3rem 1.2rem}
.banner>div{max-width:80rem;margin:0 auto;padding:0}
.banner .word{font-size:clamp(1.5rem,6vw,3.4rem);font-weight:800;line-height:1.1;margin:0;letter-spacing:-.01em}
.banner h1{font-size:clamp(1.1rem,2.4vw,1.6rem);font-weight:500;margin:.5rem 0 0;line-height:1.35}
.banner .counts{font-size:.95rem;margin-top:.5rem}
.stale{display:none}
.silent .stale{display:block;margin:0;background:GROUND_BAD;color:var(--on);padding:.8rem 1.2rem;font-weight:700}
.silent .banner,.silent main{opacity:.55}
main{max-width:80rem;margin:0 auto;padding:.6rem 1.2rem 2rem}
h2{font-size:1.05rem;margin:1.8rem 0 .6rem;display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline}
h2 small{font-weight:400;color:var(--soft);font-size:.85rem}
h3{font-size:1rem;margin:0;display:inline}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:.8rem;align-items:start}
.card{background:var(--card);border:1px solid var(--line);border-left:.4rem solid var(--tone);border-radius:.5rem;
padding:.8rem 1rem;min-width:0}
.row{display:flex;gap:.2rem .8rem;align-items:baseline;flex-wrap:wrap}
.badge{color:var(--tone);font-weight:700;font-size:.85rem;letter-spacing:.03em;white-space:nowrap}
.when,.soft{color:var(--soft);font-size:.875rem}.row .when{margin-left:auto}
p{margin:.35rem 0 0}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem .9rem;margin:.6rem 0 0;font-size:.925rem}
dt{color:var(--soft)}dd{margin:0;min-width:0}
@media(max-width:30rem){dl{grid-template-columns:minmax(0,1fr)}dt{margin-top:.35rem}}
ul.plain,ol.plain{list-style:none;margin:0;padding:0}
ol.steps{margin:.2rem 0 0;padding-left:1.3rem}
.quiet{background:var(--card);border:1px solid var(--line);border-radius:.5rem}
.quiet li{display:flex;flex-wrap:wrap;gap:.1rem .9rem;align-items:baseline;padding:.45rem 1rem;
border-top:1px solid var(--line)}.quiet li:first-child{border-top:0}
.quiet .name{font-weight:600;min-width:9rem}
summary{cursor:pointer;color:var(--link);padding:.35rem 0}
svg.line{display:block;width:100%;height:2.2rem;margin-top:.7rem;border-bottom:2px solid var(--line)}
svg.line rect{fill:var(--tone)}svg.line .unseen{fill:var(--line)}
svg.line line{stroke:var(--ink);stroke-width:2;stroke-dasharray:3 3;vector-effect:non-scaling-stroke}
.axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.78rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);border-radius:.5rem;
font-size:.925rem;margin-top:.4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem;border-top:1px solid var(--line)}
th{color:var(--soft);font-weight:600;font-size:.82rem;white-space:nowrap}td a{overflow-wrap:normal}
@media(min-width:44.01rem){td:not(:first-child){min-width:7.5rem}}
tbody td:first-child{white-space:nowrap}
td.number{font-variant-numeric:tabular-nums;text-align:right}
@media(max-width:44rem){thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td{display:block;width:100%}tr{border-top:1px solid var(--line);padding:.4rem 0}
td,tbody td:first-child{border:0;padding:.1rem .8rem;white-space:normal;text-align:left}td.number{text-align:left}
td[data-of]:not([data-of=""])::before{content:attr(data-of) "  ";color:var(--soft);font-size:.82rem}}
pre{white-space:pre-wrap;margin:.4rem 0 0;
font:13.5px/1.55 ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;
background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem}
code.command{display:block;width:fit-content;max-width:100%;margin:.25rem 0;padding:.2rem .6rem;
background:var(--card);border:1px solid var(--line);border-radius:.3rem}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
footer{max-width:80rem;margin:0 auto;padding:0 1.2rem 2rem;color:var(--soft);font-size:.85rem}
@media(min-width:110rem){body{font-size:18px}.top,main,footer,.banner>div{max-width:108rem}}
@media(prefers-reduced-motion:no-preference){.card,.banner{transition:background-color .4s,border-color .4s}}
@media print{.top nav,.skip,footer{display:none}.banner{color:var(--tone);background:none;border:2px solid var(--tone)}}
"""
)

STYLE = RULES.replace("GROUND_BAD", LIGHT["bad"]) + _banners()
