import { html, type Html } from './html.ts'

/** A denial as its owner sees it. */
export interface DenialView {
  id: string
  requestId: string
  at: string
  code: string
  problem: Record<string, unknown>
  trace: { check: string; result: string; facts?: Record<string, unknown> }[]
  configurationVersion: number
  /** Only for the operator. */
  operatorDetail?: string
}

/** The form that asks for the key. It is posted, never put in the URL. */
export function denialForm(id: string, refused: boolean): Html {
  return html`${refused ? html`<p role="alert" class="failing">Nothing to show for that key. It is shown to the key that was refused, and to the operator's token.</p>` : undefined}
    <p>A refusal is shown to the owner of the key that was refused, and to the operator.</p>
    <form method="post" action="/denials/${id}">
      <label for="key">API key, or operator's token</label>
      <input id="key" name="key" type="password" autocomplete="off" required />
      <button type="submit">Show the decision</button>
    </form>`
}

/** The whole decision: what was answered, and every check in order. */
export function denialPage(view: DenialView): Html {
  const detail = view.problem['detail']
  const steps = view.trace.map(
    (step) =>
      html`<tr>
        <td>${step.check}</td>
        <td class="${step.result === 'denied' ? 'failing' : 'ok'}">${step.result}</td>
        <td><code>${step.facts === undefined ? '' : JSON.stringify(step.facts)}</code></td>
      </tr>`,
  )
  return html`<p>
      <a href="/problems/${view.code.replaceAll('_', '-')}"><code>${view.code}</code></a> at ${view.at}, request
      <code>${view.requestId}</code>.
    </p>
    <p>${typeof detail === 'string' ? detail : ''}</p>
    ${
      view.operatorDetail === undefined
        ? undefined
        : html`<h2>For the operator</h2>
            <p>${view.operatorDetail}</p>`
    }
    <h2>Every check, in order</h2>
    <div class="wide">
      <table>
        <thead>
          <tr>
            <th scope="col">check</th>
            <th scope="col">result</th>
            <th scope="col">facts</th>
          </tr>
        </thead>
        <tbody>
          ${steps}
        </tbody>
      </table>
    </div>
    <h2>What was answered</h2>
    <pre tabindex="0"><code>${JSON.stringify(view.problem, null, 2)}</code></pre>
    <p class="soft">Configuration version ${view.configurationVersion}.</p>`
}
