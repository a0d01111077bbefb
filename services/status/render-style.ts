/** The one style sheet: system fonts, both colour schemes, readable without it. */
export const STYLE = `:root { color-scheme: light dark; --good: #14866d; --bad: #b32424; --busy: #3366cc; --line: #8886; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 0 1rem 3rem; }
header { border-bottom: 1px solid var(--line); padding: .75rem 0; font-weight: 600; }
h1 { font-size: 1.5rem; } h1 .phase { vertical-align: middle; } h2 { font-size: 1.2rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; } tbody th { font-weight: 500; white-space: nowrap; } td p { margin: 0; } td p + p { margin-top: .35rem; }
.phase { border-radius: .25rem; color: #fff; background: #54595d; font-size: .85rem; padding: .1rem .5rem; white-space: nowrap; }
.succeeded { background: var(--good); } .failed, .error { background: var(--bad); } .running { background: var(--busy); }
.why { border-left: .25rem solid var(--bad); margin: 1.25rem 0; padding: .1rem 1rem; } .why p { margin: .25rem 0; overflow-wrap: anywhere; }
details { margin: .75rem 0; } summary { cursor: pointer; font-weight: 500; }
pre { border: 1px solid var(--line); border-radius: .25rem; font-size: .85rem; max-height: 30rem; overflow: auto; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
