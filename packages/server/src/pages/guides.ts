import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { marked } from 'marked'
import { Html, html } from './html.ts'

/** A guide, as docs/guides holds it: a Markdown file whose first line is its title. */
export interface Guide {
  name: string
  title: string
  text: string
}

const NAME = /^[a-z0-9][a-z0-9-]*$/

/** All guides of a folder, by name; none where there is no folder. */
export function listGuides(folder: string): Guide[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md') && NAME.test(file.slice(0, -3)))
    .toSorted()
    .map((file) => readGuide(folder, file.slice(0, -3)))
    .filter((guide) => guide !== undefined)
}

/** One guide; `undefined` for a name that is none. */
export function readGuide(folder: string, name: string): Guide | undefined {
  const file = join(folder, `${name}.md`)
  if (!NAME.test(name) || !existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const [first = '', ...rest] = text.split('\n')
  const titled = first.startsWith('# ')
  return { name, title: titled ? first.slice(2).trim() : name, text: titled ? rest.join('\n') : text }
}

export function guideIndex(guides: readonly Guide[]): Html {
  if (guides.length === 0) return html`<p>No guides are installed here.</p>`
  return html`<ul class="cards">
    ${guides.map((guide) => html`<li><a href="/docs/${guide.name}">${guide.title}</a></li>`)}
  </ul>`
}

/** Renders a guide. Guides are part of the program and trusted; links to neighbours lose their `.md`. */
export function guidePage(guide: Guide): Html {
  const text = marked.parse(guide.text, { async: false })
  return new Html(text.replace(/href="(?:\.\/)?([a-z0-9-]+)\.md(#[^"]*)?"/g, 'href="/docs/$1$2"'))
}
