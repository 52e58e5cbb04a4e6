import { Html } from '@faregate/core/html'

/** On paper without the frame of the screen; a table may break between its rows, never within one. */
export const STYLE = new Html(`<style>
:root{--ink:#1c2330;--soft:#5f6b7e;--line:#d9dfe8;--tint:#f4f6f9;--good:#176b3a;--warn:#8a5200;--bad:#a4161a;color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:var(--tint);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
main{max-width:50rem;margin:2rem auto;background:#fff;border:1px solid var(--line);border-radius:.75rem;padding:3rem}
header,.parties{display:flex;justify-content:space-between;gap:2rem;flex-wrap:wrap}
header{border-bottom:2px solid var(--ink);padding-bottom:1.25rem;margin-bottom:1.75rem}
p{margin:0;overflow-wrap:anywhere}
h1{margin:0;font-size:1.75rem;line-height:1.2;letter-spacing:-.01em}
h2{margin:0 0 .35rem;font-size:.75rem;text-transform:uppercase;letter-spacing:.08em;color:var(--soft)}
.title{text-align:right}
.title p{font-variant-numeric:tabular-nums;color:var(--soft)}
.title .state{display:inline-block;margin-top:.35rem;border:1px solid;border-radius:1rem;padding:.05rem .75rem;font-size:.8125rem;font-weight:600}
.state.paid{color:var(--good)}.state.open{color:var(--warn)}.state.overdue{color:var(--bad)}
.soft{color:var(--soft)}
dl{display:grid;grid-template-columns:auto auto;gap:.15rem 1.25rem;margin:0;align-content:start}
dt{color:var(--soft)}dd{margin:0;text-align:right;font-variant-numeric:tabular-nums}
table{width:100%;border-collapse:collapse;margin-top:2rem}
th{font-size:.75rem;text-transform:uppercase;letter-spacing:.08em;color:var(--soft);font-weight:600;text-align:left}
th,td{padding:.5rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td:first-child{overflow-wrap:anywhere;padding-right:1rem}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;padding-left:1.25rem}
.used{display:block;font-size:.8125rem}
tfoot td{font-weight:600;border-bottom:0}
.sums{width:auto;min-width:24rem;max-width:100%;margin-left:auto}
.sums td{border-bottom:0;padding:.2rem 0}
.sums .strong td{font-weight:700;font-size:1.125rem;border-top:2px solid var(--ink);padding-top:.6rem}
.notes{margin-top:2rem}ul{margin:0;padding-left:1.1rem}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem;font-size:.8125rem;color:var(--soft)}
@media (max-width:40rem){main{margin:0;border:0;border-radius:0;padding:1.25rem}.title{text-align:left}.sums{min-width:100%}}
@media print{@page{size:A4;margin:18mm}body{background:#fff;font-size:10.5pt}main{max-width:none;margin:0;border:0;border-radius:0;padding:0}
tr,.sums,.parties{break-inside:avoid}thead{display:table-header-group}}
</style>`)
