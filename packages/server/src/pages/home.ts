import { html, type Html } from './html.ts'

/** One provider as the start page shows it. */
export interface ProviderLine {
  name: string
  kind: string
  state: 'ok' | 'failing' | 'unknown'
}

export interface HomeFacts {
  version: string
  publicUrl: string
  providers: ProviderLine[]
  commands: Command[]
}

/** A command to paste, and what it does. */
export interface Command {
  what: string
  text: string
}

/** The three commands of the first minute, with the real address and a model that answers. */
export function firstCommands(publicUrl: string, model: string, arguments_: string): Command[] {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })
  return [
    { what: 'Make a key with 5.00 of credit (it is shown once)', text: `npx faregate key create --credit 5${arguments_}` },
    {
      what: 'Call a model with it',
      text: `curl ${publicUrl}/v1/chat/completions -H "Authorization: Bearer $FAREGATE_KEY" -H "Content-Type: application/json" -d '${body}'`,
    },
    { what: 'See what it cost', text: `npx faregate requests${arguments_}` },
  ]
}

const STATES = { ok: 'answering', failing: 'failing', unknown: 'not called yet' } as const

/** `GET /`: what runs here, and what to do next. No account data, no secret. */
export function homePage(facts: HomeFacts): Html {
  const providers = facts.providers.map(
    (provider) =>
      html`<tr>
        <td>${provider.name}</td>
        <td>${provider.kind}</td>
        <td class="state ${provider.state}">${STATES[provider.state]}</td>
      </tr>`,
  )
  return html`<p>
      This gateway serves models and charges exactly for what it serves. Version ${facts.version}, at <code>${facts.publicUrl}</code>.
    </p>
    <h2>Try it</h2>
    ${facts.commands.map(
      (command, index) =>
        html`<h3>${index + 1}. ${command.what}</h3>
          <pre tabindex="0"><code>${command.text}</code></pre>`,
    )}
    <h2>Providers</h2>
    ${
      providers.length === 0
        ? html`<p>None is connected.</p>`
        : html`<div class="wide">
            <table>
              <thead>
                <tr>
                  <th scope="col">name</th>
                  <th scope="col">kind</th>
                  <th scope="col">state</th>
                </tr>
              </thead>
              <tbody>
                ${providers}
              </tbody>
            </table>
          </div>`
    }
    <h2>Read on</h2>
    <ul class="cards">
      <li>
        <a href="/docs">Guides<span>From the first call to selling access</span></a>
      </li>
      <li>
        <a href="/catalogue">APIs<span>What is published here, what it costs, how it is called</span></a>
      </li>
      <li>
        <a href="/api/reference">API reference<span>The management API, call by call</span></a>
      </li>
      <li>
        <a href="/problems">Problems<span>Every refusal, and how to mend it</span></a>
      </li>
    </ul>`
}
