import { html, type Html } from './html.ts'

/** What the reference needs of an OpenAPI 3.1 document. */
export interface OpenApi {
  info?: { title?: string; description?: string }
  paths?: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, unknown> }
}

interface Operation {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: unknown }[]
  requestBody?: { content?: Record<string, { schema?: unknown }> }
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: unknown }> }>
  [extension: string]: unknown
}

interface Listed {
  method: string
  path: string
  operation: Operation
}

/** The API reference as one page, made from the same OpenAPI document that `GET /api/openapi.json` answers. */
export function referencePage(document: OpenApi): Html {
  const groups = Object.groupBy(list(document), ({ operation }) => operation.tags?.[0] ?? 'Other')
  const sections = Object.entries(groups).map(
    ([tag, listed = []]) =>
      html`<h2 id="${anchor(tag)}">${tag}</h2>
        ${listed.map((one) => operationOf(one))}`,
  )
  return html`<p>
      Send the operator's token, or a management token, as <code>Authorization: Bearer</code>. Amounts are decimal strings. Errors are
      problems (<a href="/problems">all of them</a>). The same as data: <a href="/api/openapi.json">OpenAPI 3.1</a>.
    </p>
    <p>${Object.keys(groups).map((tag) => html`<a href="#${anchor(tag)}">${tag}</a> `)}</p>
    ${sections}`
}

function list(document: OpenApi): Listed[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
}

function operationOf({ method, path, operation }: Listed): Html {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const success = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith('2'))
  const answer = Object.values(success?.[1].content ?? {})[0]?.schema
  return html`<h3 id="${anchor(`${method} ${path}`)}"><span class="status">${method}</span><code>${path}</code></h3>
    <p>${operation.summary ?? operation.description ?? ''}</p>
    ${parameters(operation)} ${body === undefined ? undefined : schema('Body', body)}
    ${answer === undefined ? html`<p class="soft">Answers ${success?.[0] ?? '2xx'}, without a body.</p>` : schema(`Answer ${success?.[0] ?? ''}`, answer)}`
}

function parameters(operation: Operation): Html | undefined {
  const all = (operation.parameters ?? []).filter((parameter) => parameter.in !== 'header')
  if (all.length === 0) return undefined
  const rows = all.map(
    (one) =>
      html`<tr>
        <td><code>${one.name}</code></td>
        <td>${one.in}${one.required === true ? ', required' : ''}</td>
        <td>${one.description ?? ''}</td>
      </tr>`,
  )
  return html`<div class="wide">
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}

function schema(title: string, node: unknown): Html {
  return html`<details>
    <summary>${title}</summary>
    <pre tabindex="0"><code>${JSON.stringify(node, null, 2)}</code></pre>
  </details>`
}

function anchor(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
