/** How a report in HTML looks, in light and in dark. Every pair of colours that carries text has a contrast of 4.5 or more. */
export const style = `
:root { color-scheme: light dark; --back: #fff; --card: #f6f7f8; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --mark: #ffe9a8; --error: #b3131d; --warning: #7a5200; --good: #12692f; --odd: #7b2fb5; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f1216; --card: #181d23; --text: #e6e9ec; --quiet: #a3adb8; --line: #343c46; --mark: #5c4a12; --error: #ff8f8a; --warning: #e8b14a; --good: #6fd08c; --odd: #cfa2f5; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 75rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2rem 0 0.5rem; font-size: 1.2rem; }
h3 { margin: 0; font-size: 1.05rem; }
p { margin: 0.25rem 0; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { margin: 0.25rem 0; white-space: pre-wrap; }
mark { background: var(--mark); color: inherit; }
article { margin: 0.75rem 0; padding: 0.75rem 1rem; background: var(--card); border: 1px solid var(--line); border-left: 0.3rem solid var(--error); border-radius: 0.3rem; }
section[aria-labelledby="warning"] article { border-left-color: var(--warning); }
section[aria-labelledby="green"] article { border-left-color: var(--good); }
ul { margin: 0.5rem 0; padding-left: 1.25rem; }
dl { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0.5rem 0; }
dl div { display: flex; flex-direction: column-reverse; }
dt { color: var(--quiet); font-size: 0.85rem; }
dd { margin: 0; font-weight: 600; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { min-width: 6rem; }
td.error, td.warning, td.info { min-width: 0; white-space: nowrap; }
.what { min-width: 16rem; }
tbody th { min-width: 9rem; font-weight: 600; }
thead th { white-space: nowrap; color: var(--quiet); font-weight: 600; font-size: 0.85rem; }
summary { cursor: pointer; }
footer { margin-top: 2rem; font-size: 0.85rem; }
.quiet { color: var(--quiet); font-weight: normal; }
.critical, .error { color: var(--error); }
.warning { color: var(--warning); }
.green, .good { color: var(--good); }
.odd { color: var(--odd); }
.error, .warning, .good, .odd { font-weight: 600; }
`;
