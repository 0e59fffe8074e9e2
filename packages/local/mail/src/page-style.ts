/** Style sheet of the pages. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#dde1e6, #343a40); --soft: light-dark(#5c6670, #a5adb5);
  --back: light-dark(#f5f6f8, #15181b); --card: light-dark(#fff, #1e2226); --link: light-dark(#0b57d0, #8ab4f8); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main, header { max-width: 56rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.375rem; margin: 0; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
a { color: var(--link); }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.card, .mails { background: var(--card); border: 1px solid var(--line); border-radius: .625rem; }
.card { padding: 1rem; }
.mails { list-style: none; margin: 0; padding: 0; }
.mails li + li { border-top: 1px solid var(--line); }
.mails a { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; padding: .75rem 1rem; color: inherit; text-decoration: none; }
.mails a:hover strong { text-decoration: underline; }
.mails .wide { grid-column: 1 / -1; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; }
pre { margin: 0; white-space: pre-wrap; font: inherit; }
iframe { width: 100%; height: 70vh; border: 1px solid var(--line); border-radius: .625rem; background: #fff; }
details dl { grid-template-columns: 1fr; font: .8125rem/1.5 ui-monospace, monospace; }
details dd { white-space: pre-wrap; margin-bottom: .5rem; }
summary { cursor: pointer; margin: 1.5rem 0 .5rem; }
`;
