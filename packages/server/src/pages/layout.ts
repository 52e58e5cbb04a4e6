import { createHash } from 'node:crypto'
import { Html, html } from './html.ts'

const STYLE = `
:root{color-scheme:light dark;--ink:#17202c;--soft:#5a6675;--line:#dde3ea;--paper:#fff;--tint:#f4f6f9;--accent:#0b63ce;--good:#14783c;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8edf3;--soft:#9aa7b6;--line:#2b3542;--paper:#11161d;--tint:#1a212b;--accent:#6cb0ff;--good:#5fd08a;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
header,main,footer{max-width:56rem;margin:0 auto;padding:0 1.25rem}header{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;align-items:baseline;padding-top:1.5rem;padding-bottom:.75rem;border-bottom:1px solid var(--line)}
header a.home{font-weight:700;font-size:1.15rem;color:var(--ink);text-decoration:none;margin-right:auto}footer{color:var(--soft);font-size:.875rem;padding-top:2rem;padding-bottom:2rem}
a{color:var(--accent)}a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
h1{font-size:1.75rem;line-height:1.25;margin:1.75rem 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.5rem 0 .25rem}
p,ul,ol{margin:.5rem 0}.soft{color:var(--soft)}code,pre{font:.875rem/1.5 ui-monospace,monospace}code{overflow-wrap:anywhere}
pre{background:var(--tint);border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;overflow-x:auto;white-space:pre}
table{border-collapse:collapse;width:100%}.wide{overflow-x:auto}th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:600;color:var(--soft);font-size:.875rem}
.state{white-space:nowrap}.ok{color:var(--good)}.failing{color:var(--bad)}.status{display:inline-block;font:600 .875rem ui-monospace,monospace;border:1px solid var(--line);border-radius:.375rem;padding:.05rem .5rem;margin-right:.5rem}
label{display:block;font-weight:600;margin:1rem 0 .25rem}input{width:100%;max-width:32rem;font:inherit;color:inherit;background:var(--tint);border:1px solid var(--soft);border-radius:.375rem;padding:.5rem .75rem}
button{font:inherit;font-weight:600;color:var(--paper);background:var(--accent);border:0;border-radius:.375rem;padding:.5rem 1.25rem;margin-top:.75rem;cursor:pointer}
h1,h2,h3,p,li{overflow-wrap:anywhere}.badge{font:600 .8rem ui-monospace,monospace;color:var(--bad);border:1px solid currentColor;border-radius:.375rem;padding:.05rem .4rem}span.badge{color:var(--good)}
.notice{border-left:4px solid var(--bad);padding-left:.75rem}.logo{display:block;max-width:8rem;max-height:4rem}.words{display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;list-style:none}.facts th{width:8rem}[role=region] table{min-width:28rem}blockquote{margin:.5rem 0;padding-left:1rem;border-left:4px solid var(--line)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:.75rem;padding:0;list-style:none}.cards a{display:block;height:100%;border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem;text-decoration:none}.cards span{display:block;color:var(--soft);font-size:.875rem}
`

/** One piece, because the hash below holds for these very bytes: a formatter must not put white space around them. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`)

/** Pages load nothing from elsewhere and run no script; the hash admits this one style sheet. */
export const PAGE_HEADERS: Record<string, string> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

/** The headers of a page that shows one picture, whose place may be elsewhere; the host of it has no characters of its own there. */
export function pageHeaders(picture: string | null = null): Record<string, string> {
  const url = picture === null || picture.startsWith('data:') ? null : URL.parse(picture)
  if (url === null || !/^[a-z0-9.-]+$/.test(url.hostname)) return PAGE_HEADERS
  const policy = PAGE_HEADERS['content-security-policy'] ?? ''
  return { ...PAGE_HEADERS, 'content-security-policy': policy.replace("img-src 'self' data:", `img-src 'self' data: ${url.origin}`) }
}

/** A whole page. Styles are in it, dark and light follow the reader's system. */
export function page(title: string, body: Html, version: string): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title === 'Faregate' ? title : `${title} · Faregate`}</title>
        <link rel="icon" href="data:," />
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header>
          <a class="home" href="/">Faregate</a>
          <nav aria-label="Pages">
            <a href="/catalogue">APIs</a> · <a href="/docs">Guides</a> · <a href="/api/reference">API reference</a> ·
            <a href="/problems">Problems</a>
          </nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
        <footer>Faregate ${version}</footer>
      </body>
    </html> `.text
}
