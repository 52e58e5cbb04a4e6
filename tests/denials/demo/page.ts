import type { Shown } from './shown.ts'

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
  h2 { margin: 2.5rem 0 .25rem; font-size: 1.15rem } h2 span { font-weight: 400; color: #57606a }
  dl { display: grid; grid-template-columns: 6rem 1fr; gap: .35rem 1rem; margin: .75rem 0 } dt { color: #57606a } dd { margin: 0 }
  code, pre { font: 13px/1.5 ui-monospace, monospace } pre { background: #f3f4f6; padding: .75rem; overflow: auto; border-radius: 6px }
  .ok { color: #116329 } .failed { color: #a40e26 }
  @media (prefers-color-scheme: dark) {
    body { color: #e6edf3; background: #0d1117 } h2 span, dt { color: #9198a1 } pre { background: #161b22 }
    .ok { color: #3fb950 } .failed { color: #ff7b72 }
  }`

/** Everything that was shown, as one page that needs nothing else. */
export function pageText(shown: Shown[], at: string): string {
  const worked = shown.filter(({ replay }) => replay.ok).length
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Every refusal, and its fix</title>
<style>${STYLE}
</style>
<h1>Every refusal, and its fix</h1>
<p>Each was made to happen against a running gateway (${escaped(at)}); then its first fix was carried out and the request sent again:
${worked} of ${shown.length} were served.</p>
<ul>
${shown.map(({ code, status, title }) => `<li><a href="#${code}"><code>${code}</code></a> ${status} ${escaped(title)}</li>`).join('\n')}
</ul>
${shown.map(sectionText).join('\n')}
</html>
`
}

function sectionText({ code, status, title, meaning, headers, body, fix, replay }: Shown): string {
  return `<section id="${code}">
<h2>${status} ${code} <span>${escaped(title)}</span></h2>
<p>${escaped(meaning)}</p>
<pre>${headers.map(([name, value]) => `${name}: ${escaped(value)}\n`).join('')}
${escaped(body)}</pre>
<dl><dt>fix</dt><dd>${escaped(fix)}</dd><dt>sent again</dt><dd class="${replay.ok ? 'ok' : 'failed'}">${escaped(replay.text)}</dd></dl>
</section>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
