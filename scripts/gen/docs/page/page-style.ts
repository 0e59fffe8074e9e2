/** The style sheet of the page, as it stands between its `style` tags. */
export const pageStyle = `
:root { color-scheme: light dark; --text: #1c2430; --soft: #5a6675; --line: #dfe4ea; --page: #f6f7f9; --card: #fff; --code: #f2f4f7;
  --link: #0a58ca; --green: #136c3a; --orange: #97480a; --violet: #6a35b8; --red: #b02335; --blue: #0a58ca; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ee; --soft: #a0abb8; --line: #2f3742; --page: #12161b; --card: #191f26;
  --code: #11161c; --link: #82b4ff; --green: #6fd79c; --orange: #f0b072; --violet: #c4a3ff; --red: #ff98a3; --blue: #82b4ff; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
header { padding: 2rem 1.25rem 0; max-width: 84rem; margin: 0 auto; }
header p { margin: .25rem 0 0; color: var(--soft); }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; margin: 0; }
h2 { font-size: 1.5rem; line-height: 1.2; letter-spacing: -.01em; margin: 3rem 0 1rem; padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.0625rem; margin: 2rem 0 .5rem; }
h4 { font-size: .8125rem; font-weight: 600; color: var(--soft); margin: .75rem 0 .375rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .15em; }
p a:has(code) { text-underline-offset: .35em; }
td code { overflow-wrap: break-word; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .25rem; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; }
.small { color: var(--soft); font-size: .875rem; }
small { font-size: .8125rem; font-weight: 400; color: var(--soft); }
code { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { margin: .375rem 0; padding: .75rem .875rem; background: var(--code); border: 1px solid var(--line); border-radius: .5rem; }
pre { line-height: 1.3; } pre code { font-size: .8125rem; white-space: pre-wrap; }
pre i { color: var(--soft); } pre b { font-weight: 400; color: var(--green); }
article { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; margin: 1rem 0; }
article:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
article h3 { margin: 0; font: 600 1rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
article h3 a { color: inherit; text-decoration: none; } article h3 a:hover { text-decoration: underline; }
.event h4 { margin: 0; font: 600 .9375rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--text); overflow-wrap: anywhere; }
.event { padding: .75rem 1.25rem; margin: .5rem 0; }
p.tags { margin: .375rem 0 .5rem; }
.tag { display: inline-block; padding: 0 .5rem; border: 1px solid currentColor; border-radius: 1rem; font-size: .75rem; line-height: 1.5; }
.query { color: var(--green); } .mutation { color: var(--orange); } .subscription { color: var(--violet); }
.public, .user { color: var(--soft); } .organization { color: var(--blue); } .operator, .deprecated { color: var(--red); }
.sides { display: grid; gap: 0 1rem; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); }
.sides > div { min-width: 0; }
summary { cursor: pointer; font-size: .875rem; color: var(--link); padding: .25rem 0; width: fit-content; }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; background: var(--card); border: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-top: 1px solid var(--line); }
.status { white-space: nowrap; } th { font-size: .8125rem; color: var(--soft); }
tr:target td { background: var(--code); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1rem; margin: .75rem 0; max-width: 46rem; } dd { margin: 0; }
.columns { display: grid; grid-template-columns: 17rem minmax(0, 1fr); gap: 0 2.5rem; max-width: 84rem; margin: 0 auto; padding: 0 1.25rem 6rem; }
main > section:first-child h2 { margin-top: 1.5rem; }
nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 1.5rem 0 2rem; font-size: .9375rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav > ul > li > a { font-weight: 600; color: var(--text); }
nav li li a { color: var(--soft); font-size: .875rem; }
nav a { display: block; padding: .125rem 0; text-decoration: none; overflow-wrap: anywhere; } nav a:hover { text-decoration: underline; }
nav > ul > li { margin-bottom: .5rem; } nav ul ul { padding-left: .75rem; border-left: 1px solid var(--line); }
@media (max-width: 56rem) {
  header { padding-top: 1.25rem; }
  .columns { grid-template-columns: minmax(0, 1fr); padding: 0 1rem 4rem; }
  header { padding-left: 1rem; padding-right: 1rem; }
  nav { position: static; max-height: none; padding: 1rem 0 0; } nav ul ul { display: none; }
  nav > ul { display: flex; flex-wrap: wrap; gap: .5rem; } nav > ul > li { margin: 0; }
  nav > ul > li > a { padding: .375rem .75rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); font-weight: 400; }
  article { padding: .875rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .75rem; }
  table { font-size: .875rem; } th, td { padding: .5rem; } td small { display: block; }
}
@media (max-width: 30rem) { td small { display: none; } td:last-child { overflow-wrap: anywhere; } }
@media print { nav, .skip { display: none; } .columns { display: block; } }
`;
