import { CATALOGUE, noticeEntry, NOTICES, problemPath, type CatalogueEntry } from '@faregate/core'
import { MANAGEMENT_PROBLEMS, problemEntry } from '@faregate/contract/problems'
import { html, type Html } from './html.ts'

/** Markdown's `code` is the only markup that the catalogues use. */
function inline(text: string): Html {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))
  return html`${parts}`
}

const ACTORS: Record<CatalogueEntry['actor'], string> = {
  caller: 'whoever sent the request',
  key_owner: 'the owner of the key',
  team_admin: 'an administrator of the team',
  org_admin: 'an administrator of the organization',
  billing_admin: 'whoever pays for the organization',
  publisher: 'the publisher of the API',
  operator: 'the operator of this gateway',
}

/** `/problems`: every code, in order of precedence. */
export function problemIndex(): Html {
  return html`<p>
      Every refusal carries one of these codes, in the body as <code>code</code> and in the header <code>Faregate-Denial</code>. When
      several apply, the one that stands first here is the answer, and the others are in <code>also</code>.
    </p>
    <h2>Calls</h2>
    ${table(CATALOGUE)}
    <h2>Management API</h2>
    ${table(MANAGEMENT_PROBLEMS)}
    <h2>Notices</h2>
    <p>Nothing is refused: an answer that is served says these in the header <code>Faregate-Notice</code>.</p>
    <ul>
      ${Object.entries(NOTICES).map(
        ([code, { title }]) =>
          html`<li>
            <a href="${problemPath(code)}"><code>${code}</code></a
            >: ${title}
          </li>`,
      )}
    </ul>`
}

function table(catalogue: Record<string, CatalogueEntry>): Html {
  const rows = Object.entries(catalogue).map(
    ([code, entry]) =>
      html`<tr>
        <td>
          <a href="${problemPath(code)}"><code>${code}</code></a>
        </td>
        <td>${entry.status}</td>
        <td>${entry.title}</td>
      </tr>`,
  )
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th scope="col">code</th>
          <th scope="col">status</th>
          <th scope="col">what</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}

/** `/problems/{code}`, with dashes or underscores; `undefined` for a code that no catalogue knows. */
export function problemPage(name: string): { title: string; body: Html } | undefined {
  const code = name.replaceAll('-', '_')
  const entry = problemEntry(code)
  if (entry === undefined) return noticePage(code)
  const body = html`<p><span class="status">${entry.status}</span><code>${code}</code></p>
    <p>${inline(entry.meaning)}</p>
    <h2>How to mend it</h2>
    <ol>
      ${entry.mend.map((step) => html`<li>${inline(step)}</li>`)}
    </ol>
    <p>
      It is mended first by ${ACTORS[entry.actor]}.
      ${entry.retryable ? 'The same request can be sent again: waiting helps.' : 'Sending the same request again does not help by itself.'}
    </p>
    <p>
      Each refusal has an id (<code>denialId</code>): <code>GET /denials/ID</code> with the key that was refused tells the whole decision.
      <a href="/problems">All problems</a>
    </p>`
  return { title: entry.title, body }
}

/** The page of what is said beside an answer. */
function noticePage(code: string): { title: string; body: Html } | undefined {
  const entry = noticeEntry(code)
  if (entry === undefined) return undefined
  const { title, headers, actor, meaning, mend } = entry
  const body = html`<p><span class="status">200</span><code>${code}</code></p>
    <p>${inline(meaning)}</p>
    <h2>What to do</h2>
    <ol>
      ${mend.map((step) => html`<li>${inline(step)}</li>`)}
    </ol>
    <p>
      It is said in <code>Faregate-Notice</code>${headers.map((name) => html`, <code>${name}</code>`)}. To act is up to ${ACTORS[actor]};
      what was asked for is served. <a href="/problems">All problems</a>
    </p>`
  return { title, body }
}
