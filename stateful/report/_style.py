"""How the page looks: on light and on dark ground, on a phone, and on paper."""

STYLE = """\
:root{--ground:#fff;--ink:#1f2328;--dim:#59636e;--line:#d1d9e0;--soft:#f6f8fa;--link:#0550ae;
--proved:#c3ecd0;--complete:#cfe8fc;--bounded:#e4dcfa;--sampled:#fcecc0;--failed:#ffc9c4;--heat:#0969da;
--open:#0969da;--closed:#bc4c00;--done:#1a7f37}
@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#e6edf3;--dim:#9aa4af;--line:#3d444d;--soft:#161b22;
--link:#79b8ff;--proved:#14432a;--complete:#0c3a5c;--bounded:#3a2a66;--sampled:#4d3b0a;--failed:#7a1f1a;--heat:#388bfd;
--open:#58a6ff;--closed:#f0883e;--done:#3fb950}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1180px;margin:0 auto;padding:16px 20px 64px}
h1{margin:.4em 0}
h2{margin:2em 0 .6em;padding-bottom:.2em;border-bottom:1px solid var(--line)}
h3{margin:1.6em 0 .3em}
p{margin:.4em 0 .8em;max-width:80ch;overflow-wrap:anywhere}
a{color:var(--link)}
nav{display:flex;flex-wrap:wrap;gap:6px 18px;margin:0 0 1em}
p.passed,p.failed,p.idle{padding:8px 12px;border-left:4px solid var(--done);background:var(--soft)}
p.failed{border-color:#cf222e;background:var(--failed)}
p.idle{border-color:var(--dim)}
.scroll{overflow-x:auto;margin:12px 0 20px;max-width:100%}
.scroll:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;font-size:14px;line-height:1.35}
caption{text-align:left;font-weight:600;padding:4px 0 6px}
th,td{border:1px solid var(--line);padding:5px 8px;text-align:left;vertical-align:top}
thead th{background:var(--soft)}
tbody th{font-weight:600}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
table.matrix td{min-width:88px;font-size:13px}
table.matrix tbody th{position:sticky;left:0;background:var(--ground)}
.proved{background:var(--proved)}
.complete{background:var(--complete)}
.bounded{background:var(--bounded)}
.sampled{background:var(--sampled)}
td.failed,th.failed{background:var(--failed);font-weight:700}
td.silent{color:var(--dim)}
td.idle,th.idle{color:var(--dim);font-style:italic;
background:repeating-linear-gradient(135deg,transparent 0 6px,var(--soft) 6px 12px)}
figure{margin:16px 0}
figcaption{font-size:14px;color:var(--dim);max-width:80ch}
code{font:.92em ui-monospace,monospace}
pre{margin:0;padding:12px;background:var(--soft);font:12.5px/1.45 ui-monospace,monospace;width:max-content;min-width:100%}
svg{display:block;font:12px system-ui,sans-serif}
svg text{fill:var(--ink)}
svg .edge{stroke:var(--dim);stroke-opacity:.35;stroke-width:1}
svg circle{stroke:var(--ground);stroke-width:1}
svg .open,svg .bar1{fill:var(--open)}
svg .closed,svg .halted,svg .bar2{fill:var(--closed)}
svg .done{fill:var(--done)}
svg .heat{fill:var(--heat)}
svg rect.failed{fill:#cf222e}
svg .none{fill:none;stroke:var(--line);stroke-dasharray:3 3}
svg text.cell{font-size:10.5px}
svg text.strong{fill:#fff}
@media(max-width:600px){main{padding:8px 12px 40px}body{font-size:15px}}
@media print{:root{--ground:#fff;--ink:#000}nav{display:none}main{max-width:none;padding:0}.scroll{overflow:visible}
table{font-size:9px}table.matrix td{min-width:0;font-size:8px}svg,img{max-width:100%;height:auto}
tr,figure{break-inside:avoid}h2,h3{break-after:avoid}*{print-color-adjust:exact}}
"""
