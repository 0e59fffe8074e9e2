import { lookOf } from "../layout.ts";

/** The home page: wider than the others, its lists in columns that stack on a phone. */
export const homeLook = lookOf(`
main{max-width:62rem}h1{font-size:1.6rem;letter-spacing:-.015em;margin:.1rem 0 .75rem}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 1.25rem}nav a{text-underline-offset:.2em;padding:.2rem 0}
.card{padding:1.25rem 1.5rem;scroll-margin-top:1rem}code{font:.8125rem/1.6 ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.now{font-size:clamp(1.5rem,5.5vw,2.25rem);font-weight:650;letter-spacing:-.02em;line-height:1.2;margin:0;font-variant-numeric:tabular-nums}.now small{font-size:.45em;font-weight:500;letter-spacing:0;color:var(--soft)}
.moves{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.75rem 1.5rem;margin-top:1rem}.steps{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
.small{width:auto;margin:0;padding:.4rem .8rem;font-size:.875rem;line-height:1.4;white-space:nowrap}.small.quiet{border-color:var(--line)}.small.quiet:hover{border-color:var(--accent)}
.date{display:flex;gap:.5rem;align-items:center;font-weight:400}input[type=date]{font:inherit;font-size:.875rem;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:9px;padding:.35rem .6rem}
.rows{list-style:none;margin:0;padding:0}.rows li{display:grid;gap:.35rem 1.25rem;align-items:center;padding:.75rem 0;border-top:1px solid var(--line)}.rows li:first-child{border-top:0;padding-top:.25rem}.rows li:last-child{padding-bottom:0}
.rows div{min-width:0}.rows b{display:block;font-weight:600;overflow-wrap:anywhere}.rows div>.note{display:block;margin:0;overflow-wrap:anywhere}.rows .note{margin:0}.rows form,.rows .button{justify-self:end}
.checkout,.subscription{grid-template-columns:minmax(0,5fr) minmax(0,5fr) 7rem}.event{grid-template-columns:minmax(0,5fr) minmax(0,2.6fr) minmax(0,4fr) 7rem}
.delivery{display:flex;flex-wrap:wrap;gap:.1rem .5rem;align-items:baseline}.fine{color:var(--good);background:var(--goodbg);border-color:transparent}.wrong{color:var(--bad);background:var(--badbg);border-color:transparent}
.note+.rows{margin-top:.75rem}.note+.empty{margin-top:.5rem}.empty{color:var(--soft);margin:0}.commands{margin:.75rem 0}.commands dt{font-weight:600;margin-top:.75rem}.commands dd{margin:.25rem 0 0;background:var(--bg);border-radius:9px;padding:.5rem .75rem}.commands code{white-space:pre-wrap}
@media(max-width:44rem){.card{padding:1.1rem 1rem}.steps{gap:.35rem}.steps .quiet{padding:.5rem .35rem;font-size:.8125rem}
.rows li{grid-template-columns:minmax(0,1fr) auto}.rows li>*{grid-column:1}.rows li>:first-child,.rows .deliveries{grid-column:1/-1}.rows form,.rows .button{grid-column:2;grid-row:2}}
`);
