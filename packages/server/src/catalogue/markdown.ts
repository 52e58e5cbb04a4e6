import { Marked, type Token, type Tokens } from 'marked'
import { Html, html } from '../pages/html.ts'

/** Raw HTML is no Markdown here: it is text, and shown as such. */
const READER = new Marked({ tokenizer: { html: () => undefined, tag: () => undefined } })

/** What the parser reads again and again within a paragraph: its time grows with the square of how many there are. */
const DELIMITER = /[*_~[\]>`!]/g
/** Of the squares of what the paragraphs hold: 500 delimiters in one, or 50 in each of a hundred. */
const MOST_WORK = 500 ** 2
/** A line that begins with more lists and quotes within each other than this. */
const NESTED = /^[ \t]*(?:>[ \t]?|(?:[-*+]|\d{1,9}[.)])[ \t]+){20}/m

/**
 * Markdown of strangers as markup. Every element is written here, so there is none but these: headings below those of the page,
 * paragraphs, lists, tables, quotes, code, emphasis, and links to the web and to mail. A picture is shown as its words. What would
 * take long to read is shown as it was written.
 */
export function strangersMarkdown(text: string): Html {
  return takesLong(text) ? asWritten(text) : asMarkup(text)
}

function takesLong(text: string): boolean {
  if (NESTED.test(text)) return true
  const work = text.split(/\n[ \t]*\n/).reduce((sum, paragraph) => sum + (paragraph.match(DELIMITER)?.length ?? 0) ** 2, 0)
  return work > MOST_WORK
}

function asMarkup(text: string): Html {
  try {
    return html`${blocks(READER.lexer(text))}`
  } catch {
    // Nested deeper than anybody writes.
    return asWritten(text)
  }
}

function asWritten(text: string): Html {
  return html`<pre tabindex="0">${text}</pre>`
}

function blocks(tokens: readonly Token[]): Html[] {
  return tokens.map((token) => block(token as Tokens.Generic))
}

function block(token: Tokens.Generic): Html {
  switch (token.type) {
    case 'space':
    case 'def':
      return html``
    case 'heading':
      return element(`h${Math.min(6, Number(token['depth']) + 2)}`, inlines(token))
    case 'paragraph':
      return element('p', inlines(token))
    case 'code':
      return html`<pre tabindex="0"><code>${textOf(token)}</code></pre>`
    case 'blockquote':
      return element('blockquote', blocks(token.tokens ?? []))
    case 'hr':
      return html`<hr />`
    case 'list':
      return list(token as Tokens.List)
    case 'table':
      return table(token as Tokens.Table)
    default:
      return html`${inline(token)}`
  }
}

function list({ ordered, start, items }: Tokens.List): Html {
  const shown = items.map(({ tokens }) => element('li', blocks(tokens)))
  if (!ordered) return element('ul', shown)
  return html`<ol start="${typeof start === 'number' ? start : 1}">
    ${shown}
  </ol>`
}

function table({ header, rows }: Tokens.Table): Html {
  const head = header.map((cell) => html`<th scope="col">${inlines(cell)}</th>`)
  const body = rows.map((row) =>
    element(
      'tr',
      row.map((cell) => element('td', inlines(cell))),
    ),
  )
  return html`<div class="wide" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`
}

/** Of a name that is written in this file alone. */
function element(name: string, content: readonly Html[]): Html {
  return html`${new Html(`<${name}>`)}${content}${new Html(`</${name}>\n`)}`
}

function inlines({ tokens, text }: { tokens?: Token[] | undefined; text?: string }): Html[] {
  return tokens === undefined ? [html`${text ?? ''}`] : tokens.map((token) => inline(token as Tokens.Generic))
}

function inline(token: Tokens.Generic): Html {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return html`${new Html(`<${token.type}>`)}${inlines(token)}${new Html(`</${token.type}>`)}`
    case 'codespan':
      return html`<code>${textOf(token)}</code>`
    case 'br':
      return html`<br />`
    case 'link':
      return link(token as Tokens.Link)
    case 'checkbox':
      return html`${token['checked'] === true ? '[x] ' : '[ ] '}`
    case 'text':
    case 'escape':
    case 'image':
      return token.tokens === undefined || token.type === 'image' ? html`${textOf(token)}` : html`${inlines(token)}`
    default:
      return html`${token.raw}`
  }
}

/** Where a link leads is decided by its scheme; one that leads nowhere else is its words. */
function link({ href, tokens }: Tokens.Link): Html {
  const url = URL.parse(href)
  if (url === null || !/^(https?|mailto):$/.test(url.protocol)) return html`${inlines({ tokens })}`
  return html`<a href="${url.href}" rel="nofollow noopener noreferrer">${inlines({ tokens })}</a>`
}

function textOf(token: Tokens.Generic): string {
  return typeof token['text'] === 'string' ? token['text'] : token.raw
}
