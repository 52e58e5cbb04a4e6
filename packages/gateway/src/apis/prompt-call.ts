import type { Denial } from '@faregate/core'
import type { GatewayDeps } from '../deps.ts'
import type { Flow } from '../flow.ts'
import { retiredApi } from '../retirement.ts'
import { unknown } from './locate.ts'
import type { PublishedPrompt } from './port.ts'

/** In what a call of a prompt differs from any other call of its model. */

/** The one route of a prompt, as records name it. */
const ROUTE = 'POST /'

/** Why a request is no call of the prompt; undefined: it is one. `path`: where it is sent. */
export function locatePrompt(deps: GatewayDeps, flow: Flow, { entry }: PublishedPrompt, path: string): Denial | undefined {
  const gone = retiredApi(deps, entry)
  if (gone !== undefined) return gone
  const { name, prefix, release } = entry
  const rest = path.slice(prefix.length)
  if (rest !== '' && rest !== '/') return { ...unknown(name, `The API "${name}" has no route for this path.`), didYouMean: [prefix] }
  const { method } = flow.inbound
  if (method !== 'POST') return { ...unknown(name, `The path is right, but it takes POST, not ${method}.`), allow: ['POST'] }
  flow.api = { name, route: ROUTE, release }
  return undefined
}

/** Refusals that are about the model, or about what the prompt asks of it. */
const OF_THE_PROMPT: readonly Denial['code'][] = ['model_unknown', 'model_retired', 'request_invalid']

/** What a caller of a prompt is told where the prompt itself cannot be asked: it is the publisher's to mend. */
export function ofPrompt({ prompt }: Flow, denial: Denial): Denial {
  if (prompt === undefined || !OF_THE_PROMPT.includes(denial.code)) return denial
  const { name, organization } = prompt.entry
  return {
    code: 'gateway_misconfigured',
    detail: `The API "${name}" is not configured properly.`,
    operatorDetail: `API ${name}: ${denial.detail}`,
    scope: { level: 'api', id: name },
    fixes: [{ kind: 'configure', action: 'mend_api', by: organization === undefined ? 'operator' : 'publisher', canYou: false }],
  }
}

/** A refusal without what only callers of models can do: how long the answer may be is said in the prompt. */
export function withoutLimitFix({ prompt }: Flow, denial: Denial): Denial {
  if (prompt === undefined) return denial
  const { affordable: _steps, fixes = [], ...rest } = denial
  return { ...rest, fixes: fixes.filter(({ action }) => action !== 'lower_max_tokens') }
}
