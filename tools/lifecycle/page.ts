import type { Told } from './story.ts'

const STYLE = `body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
h2 { font-size: 1.05rem; margin-top: 2rem; } pre { background: #f4f4f4; padding: 0.5rem 0.75rem; overflow-x: auto; margin: 0; }
.done { font-weight: bold; } .answer { color: #444; } .check { color: #1a6b2f; margin: 0.25rem 0; }`

/** The story as a page that needs nothing else. */
export function pageOf(title: string, told: readonly Told[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width" />
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<h1>${escaped(title)}</h1>
${told.map(elementOf).join('\n')}
</html>
`
}

function elementOf({ kind, text }: Told): string {
  if (kind === 'step') return `<h2>${escaped(text)}</h2>`
  return kind === 'check' ? `<p class="check">${escaped(text)}</p>` : `<pre class="${kind}">${escaped(text)}</pre>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
