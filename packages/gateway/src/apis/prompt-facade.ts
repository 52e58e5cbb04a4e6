import type { Denial, Fix } from '@faregate/core'
import { authorizeStage } from '../authorize.ts'
import type { GatewayDeps } from '../deps.ts'
import type { Facade } from '../facade.ts'
import type { Flow } from '../flow.ts'
import { wantedOf } from '../plans/wanted.ts'
import { apiDeprecation, retiredApi } from '../retirement.ts'
import { unknown } from './locate.ts'
import type { PublishedPrompt } from './port.ts'

/** The one route of a prompt, as records name it. */
const ROUTE = 'POST /'

/** What would tell callers of an API which model serves them, in what is explained to them, in traces and in heads of answers. */
export const HIDDEN: ReadonlySet<string> = new Set([
  'model',
  'provider',
  'deployment',
  'deployments',
  'faregate-model',
  'faregate-provider',
  'faregate-dropped',
  'openai-model',
  'openai-version',
  'openai-processing-ms',
])

/** A prompt before its model: the API is what is called, sold and refused, and whatever is wrong with the model is its publisher's to mend. */
export function promptFacade(prompt: PublishedPrompt): Facade {
  const { entry } = prompt
  return {
    choosable: false,
    othersToo: false,
    queryKeys: false,
    find: (locator, name, mayCall) => locator.find(name, mayCall),
    locate: (deps, flow, path) => locate(deps, flow, prompt, path),
    // Of an organization it is sold as its model is: nobody publishes a way around the plans of the operator.
    product: (request, path, model) => (entry.organization === undefined ? { api: entry.name } : wantedOf(request, path, model)),
    told: (denial, flow) => told(entry, denial, flow),
    shown: (facts) => Object.fromEntries(Object.entries(facts).filter(([name]) => !HIDDEN.has(name))),
    deprecation: (deps) => apiDeprecation(deps, entry, undefined),
  }
}

function locate(deps: GatewayDeps, flow: Flow, { entry }: PublishedPrompt, path: string): Denial | undefined {
  const closed = retiredApi(deps, entry) ?? (flow.key && authorizeStage(flow.key, entry, deps.settings.publicUrl()))
  if (closed !== undefined) return closed
  const { name, prefix, release } = entry
  const rest = path.slice(prefix.length)
  if (rest !== '' && rest !== '/') return { ...unknown(name, `The API "${name}" has no route for this path.`), didYouMean: [prefix] }
  const { method } = flow.inbound
  if (method !== 'POST') return { ...unknown(name, `The path is right, but it takes POST, not ${method}.`), allow: ['POST'] }
  flow.api = { name, route: ROUTE, release }
  return undefined
}

type Owned = PublishedPrompt['entry']

function told(entry: Owned, denial: Denial, flow: Pick<Flow, 'request'>): Denial {
  if (denial.reason === 'context_length_exceeded') return tooLong(entry.name, denial)
  if (denial.reason === 'content_filter') return contentRefused(entry.name, denial)
  if (isOfThePublisher(denial, flow)) return toBeMended(entry, denial)
  const { affordable: _steps, fixes = [], scope, ...rest } = denial
  return {
    ...rest,
    ...(scope === undefined ? {} : { scope: scope.level === 'provider' ? { level: 'api', id: entry.name } : scope }),
    fixes: fixes.filter(isOfCallers),
  }
}

/** About the model, whoever asks it. */
const OF_THE_MODEL: ReadonlySet<Denial['code']> = new Set(['model_unknown', 'model_retired', 'price_missing', 'no_provider_key'])

/** What callers sent was found to be right before there was a request of the model: from there on it is the prompt that is wrong. */
function isOfThePublisher(denial: Denial, { request }: Pick<Flow, 'request'>): boolean {
  if (denial.code === 'request_invalid') return request !== undefined
  return denial.code === 'provider_rejected' || isOfModel(denial)
}

/** Whether a refusal is about how a model is configured. */
export function isOfModel({ code, scope }: Denial): boolean {
  return OF_THE_MODEL.has(code) || (code === 'gateway_misconfigured' && scope?.level === 'model')
}

/** The same as callers of an API are told it: nothing of what is behind that. */
export function toBeMended({ name: api, organization }: Pick<Owned, 'name' | 'organization'>, denial: Denial): Denial {
  const { charged, deliveredTokens } = denial
  return {
    code: 'gateway_misconfigured',
    detail: `The API "${api}" is not configured properly.`,
    operatorDetail: `API ${api}: ${causeOf(denial)}`,
    scope: { level: 'api', id: api },
    fixes: [{ kind: 'configure', action: 'mend_api', by: organization === undefined ? 'operator' : 'publisher', canYou: false }],
    ...(charged === undefined ? {} : { charged }),
    ...(deliveredTokens === undefined ? {} : { deliveredTokens }),
  }
}

/** What an upstream said is kept without what it repeats of the request, which only `operatorDetail` is. */
function causeOf({ code, detail, operatorDetail }: Denial): string {
  if (operatorDetail === undefined) return detail
  return code === 'provider_rejected' ? operatorDetail : `${detail} (${operatorDetail})`
}

function tooLong(api: string, { scope: _provider, ...denial }: Denial): Denial {
  return {
    ...denial,
    detail: `With these values the API "${api}" has to read more than it can. Send shorter ones.`,
    scope: { level: 'api', id: api },
    fixes: [{ kind: 'change_request', action: 'shorten_values', by: 'caller', canYou: true }],
  }
}

/** It is the values that differ from one call to the next, so whoever sent them is told, and nothing of what was made of them. */
function contentRefused(api: string, { scope: _provider, ...denial }: Denial): Denial {
  return {
    ...denial,
    detail: `The API "${api}" does not answer to these values: what they say is refused. Send others.`,
    scope: { level: 'api', id: api },
    fixes: [{ kind: 'change_request', action: 'change_values', by: 'caller', canYou: true }],
  }
}

/** How long an answer may be is said in the prompt, not by those who call it. */
function isOfCallers({ action }: Fix): boolean {
  return action !== 'lower_max_tokens'
}
