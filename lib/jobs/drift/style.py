"""The report's style sheet: light and dark, and both on paper."""

STYLE = """
:root { --ink: #1b1f24; --soft: #57606a; --line: #d5dae0; --back: #ffffff; --card: #f6f8fa;
  --reference: #9db7d5; --current: #c2410c; --bad: #b42318; --good: #1a7f37; --unsure: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #a0a8b2; --line: #3a424c; --back: #14181d;
  --card: #1c2229; --reference: #4a6c94; --current: #ff9a5c; --bad: #ff8a80; --good: #6fd08c; --unsure: #e3b341; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--back); }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; } h3 { font-size: 1rem; margin: 0; }
p { margin: .3rem 0; } .soft { color: var(--soft); } .DRIFT, .yes { color: var(--bad); font-weight: 600; }
.OK { color: var(--good); font-weight: 600; }
.INSUFFICIENT_DATA, .UNMEASURED { color: var(--unsure); font-weight: 600; }
dl { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0; padding: 0; }
dl div { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem;
  min-width: 9rem; }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; font-size: 1.15rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:first-child { overflow-wrap: anywhere; } a { color: inherit; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(34rem, 100%), 1fr)); gap: 1rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; min-width: 0;
  break-inside: avoid; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; margin-top: .5rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
svg .r { fill: var(--reference); } svg path.c { fill: none; stroke: var(--current); stroke-width: 2; }
svg rect.c { fill: none; stroke: var(--current); stroke-width: 1.5; } svg .g { stroke: var(--line); }
.key { display: inline-block; width: 1rem; height: .7rem; margin: 0 .3rem 0 .8rem; }
.key.r { background: var(--reference); }
.key.c { border: 2px solid var(--current); }
"""
