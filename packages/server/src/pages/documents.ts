import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Marked } from 'marked'
import { Html, html } from './html.ts'

/** The folders of docs/ that are served, and where. */
const SHELVES = { guides: '/docs', 'guides/vendors': '/docs/vendors', reference: '/docs/reference' } as const

export type Shelf = keyof typeof SHELVES

/** A page of docs/: a Markdown file whose first line is its title. */
export interface Document {
  shelf: Shelf
  name: string
  title: string
  text: string
}

/** Of a document; README.md, which lists a folder to those who read it elsewhere, is none. */
const NAME = /^[a-z0-9][a-z0-9-]*$/

/** All documents of a shelf, by name; none where the folder is not there. */
function listDocuments(docs: string, shelf: Shelf): Document[] {
  const folder = join(docs, shelf)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .toSorted()
    .map((file) => readDocument(docs, shelf, file.slice(0, -'.md'.length)))
    .filter((document) => document !== undefined)
}

/** One document; `undefined` for a name that is none. */
export function readDocument(docs: string, shelf: Shelf, name: string): Document | undefined {
  const file = join(docs, shelf, `${name}.md`)
  if (!NAME.test(name) || !existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const [first = '', ...rest] = text.split('\n')
  const titled = first.startsWith('# ')
  return { shelf, name, title: titled ? first.slice(2).trim() : name, text: titled ? rest.join('\n') : text }
}

/** A JSON Schema of the reference, as text; `undefined` where it is not there. */
export function readSchema(docs: string, name: string): string | undefined {
  const file = join(docs, 'reference', `${name}.schema.json`)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export function documentIndex(docs: string): Html {
  const guides = listDocuments(docs, 'guides')
  const vendors = listDocuments(docs, 'guides/vendors')
  const reference = listDocuments(docs, 'reference')
  if (guides.length + vendors.length + reference.length === 0) return html`<p>No guides are installed here.</p>`
  return html`${list(guides)}
    <h2 id="vendors">Vendors</h2>
    ${list(vendors)}
    <h2>Reference</h2>
    ${list(reference)}`
}

function list(documents: readonly Document[]): Html {
  return html`<ul class="cards">
    ${documents.map(({ shelf, name, title }) => html`<li><a href="${SHELVES[shelf]}/${name}">${title}</a></li>`)}
  </ul>`
}

/** Renders a document. Documents are part of the program and trusted. */
export function documentPage(document: Document): Html {
  const renderer = new Marked({
    walkTokens: (token) => {
      if (token.type === 'link') token.href = served(String(token.href), document.shelf)
    },
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${anchor(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
    },
  })
  return new Html(renderer.parse(document.text, { async: false }))
}

/** Where a link of a document leads on this server; links elsewhere stay as they are. */
function served(href: string, shelf: Shelf): string {
  if (href.startsWith('#') || /^[a-z]+:/.test(href)) return href
  const { pathname, hash } = new URL(href, `file:///docs/${shelf}/page.md`)
  const [, found, file] = /^\/docs\/(guides|guides\/vendors|reference)\/([^/]+)$/.exec(pathname) ?? []
  if (found === undefined || file === undefined) return href
  if (file === 'README.md') return `${SHELVES.guides}#${found.split('/').at(-1) ?? ''}`
  return `${SHELVES[found as Shelf]}/${file.replace(/\.md$/, '')}${hash}`
}

/** The id of a heading, as the usual Markdown hosts make it. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}
