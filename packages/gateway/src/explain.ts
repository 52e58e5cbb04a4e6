import { disclosed, entryOf, formatAmount, isDenial, renderProblem, type Denial } from '@faregate/core'
import { amountOf, priceTexts } from '@faregate/pricing'
import type { KeyEntry } from '@faregate/identity'
import { formField, scanMembers, type EndpointDialect } from '@faregate/wire'
import { withAlternatives } from './alternatives.ts'
import { answerJson } from './answer-json.ts'
import { namedRelease, releaseOfKey } from './apis/canary.ts'
import { explainApi } from './apis/explain.ts'
import { modelsFlow } from './apis/models.ts'
import type { Published } from './apis/port.ts'
import { promptFlow } from './apis/prompt.ts'
import { disclosureOf } from './disclosure-of.ts'
import { admit, limitedCall, permitted, type Shared } from './model-call.ts'
import { evaluate, measureOf } from './evaluate.ts'
import { firstOf } from './limits/denial.ts'
import { limitVerdict } from './limits/within-limits.ts'
import type { Inbound } from './edge.ts'
import { shownSteps } from './facade.ts'
import type { Flow } from './flow.ts'
import { routeUnknown } from './hints.ts'
import { refuse } from './refuse.ts'
import { ledgerUnavailable } from './ledger-unavailable.ts'
import { isFree, SURFACES, surfaceOf } from './surfaces.ts'
import { traceOf } from './trace/trace.ts'

const DEFAULT_PATH = '/v1/chat/completions'

/** Codes that concern the call of explain itself rather than the request that it explains. */
const OWN_REFUSALS = new Set([
  'credential_missing',
  'credential_invalid',
  'key_revoked',
  'key_expired',
  'key_disabled',
  'request_invalid',
  'ledger_unavailable',
])

/** `POST /v1/explain`: price, holds and verdict of a request, without calling an upstream and without holding anything. */
export async function serveExplain(shared: Shared, flow: Flow): Promise<void> {
  const key = await permitted(shared, flow, 'explain')
  if (isDenial(key)) return refuse(shared.deps, flow, key)
  const published = publishedAt(shared, flow.inbound)
  if (published !== undefined) return explainPublished(shared, flow, key, published)
  const path = named(flow.inbound, 'path') ?? DEFAULT_PATH
  const dialect = surfaceOf(path)?.dialect({ path, query: flow.inbound.query })
  if (dialect === undefined) return answerVerdict(shared, flow, routeUnknown(shared.deps.settings.publicUrl(), 'POST', path))
  if (isFree(dialect)) return refuse(shared.deps, flow, free(path))
  return explainCall(shared, flow, { path, dialect })
}

/** A request that is refused before anything is known of what it would hold. */
function answerVerdict(shared: Shared, flow: Flow, denial: Denial): Promise<void> {
  if (OWN_REFUSALS.has(flow.facade.told(denial, flow).code)) return refuse(shared.deps, flow, denial)
  return answerJson(shared.deps, flow, { ...routeFacts(flow), hold: null, holds: [], verdict: problemOf(shared, flow, denial) })
}

function explainPublished(shared: Shared, flow: Flow, key: KeyEntry, { value, rest, path }: Published & { path: string }): Promise<void> {
  if (value.kind === 'http')
    return explainApi(shared, flow, { value, rest }, named(flow.inbound, 'method') ?? 'GET', (denial) =>
      OWN_REFUSALS.has(denial.code) ? undefined : problemOf(shared, flow, denial),
    )
  if (value.kind === 'model') {
    const models = releaseOfKey(value, namedRelease(value, flow.inbound), key)
    const called = modelsFlow(shared.deps, flow, models, rest)
    const { dialect } = called
    if (dialect === undefined || isFree(dialect)) return refuse(shared.deps, flow, free(path))
    return explainCall(shared, called, { path: rest, dialect })
  }
  const prompt = releaseOfKey(value, namedRelease(value, flow.inbound), key)
  const asked = promptFlow(shared.deps, { ...flow, inbound: { ...flow.inbound, body: bodyOf(flow.inbound) } }, prompt)
  return explainCall(shared, asked, { path, dialect: prompt.dialect })
}

interface Target {
  path: string
  dialect: EndpointDialect
}

async function explainCall(shared: Shared, flow: Flow, target: Target): Promise<void> {
  const admitted = await admit(shared, flow, target.dialect, target.path)
  if (isDenial(admitted)) return answerVerdict(shared, flow, admitted)
  // The caps of the end user and of the tags that it names are among them.
  const { key, route, request } = admitted
  flow.step = 'hold'
  try {
    const evaluation = await evaluate(shared.deps, key, route, request, flow.plan)
    if (isDenial(evaluation)) return await answerVerdict(shared, flow, evaluation)
    flow.route = evaluation.route
    const { plan, steps, reach, balances } = evaluation
    const limited = await limitVerdict(shared.deps, flow, limitedCall(shared.deps, flow, admitted))
    const first = limited === undefined ? evaluation.refusal : firstOf(limited, evaluation.refusal)
    const refusal = first && (await withAlternatives(shared, flow, { ...admitted, ...target, plan: flow.plan }, first))
    const amount = formatAmount(amountOf(plan.measure, steps))
    await answerJson(shared.deps, flow, {
      ...routeFacts(flow),
      hold: amount,
      holds: balances.map(({ account, unit }, leg) => {
        const held = amountOf(measureOf(plan, leg), steps)
        return { account, unit, amount: unit.startsWith('quota:') ? String(held) : formatAmount(held) }
      }),
      maxOutputTokens: plan.sliced ? Math.min(plan.ceiling, reach) : steps,
      sliced: plan.sliced,
      verdict: refusal === undefined ? 'allow' : problemOf(shared, flow, refusal),
    })
  } catch (error) {
    await refuse(shared.deps, flow, ledgerUnavailable(error))
  }
}

/** The published API that the body names by its path. */
function publishedAt({ deps }: Shared, inbound: Inbound): (Published & { path: string }) | undefined {
  const path = named(inbound, 'path')?.replace(/\?.*$/s, '')
  const found = path === undefined ? undefined : deps.apis.find(path)
  return path === undefined || found === undefined ? undefined : { ...found, path }
}

/** What would be sent to a prompt stands under a name of its own: its values may be called anything. */
function bodyOf({ body }: Inbound): Buffer {
  const scan = scanMembers(body)
  const member = scan.ok ? scan.members.get('body') : undefined
  return member === undefined ? Buffer.from('{}') : body.subarray(member.valueStart, member.valueEnd)
}

/** What costs nothing has no price, no hold and no verdict to be told. */
function free(path: string): Denial {
  return {
    code: 'route_unknown',
    detail: `"path" names a route that costs nothing (${path.slice(0, 200)}); ${DEFAULT_PATH} can be explained.`,
    pointer: '/path',
    didYouMean: [...new Set(SURFACES.map((served) => served.path))],
    fixes: [{ kind: 'change_request', action: 'correct_path', by: 'caller', canYou: true }],
  }
}

/** A member of JSON, or a field of a form. A body that cannot be read is refused as what it would be sent as. */
function named({ body, headers }: Inbound, name: string): string | undefined {
  const scan = scanMembers(body)
  const member = scan.ok ? scan.members.get(name) : undefined
  if (member === undefined) return formField({ body, headers }, name)
  try {
    return String(JSON.parse(body.toString('utf8', member.valueStart, member.valueEnd)))
  } catch {
    return undefined
  }
}

function routeFacts({ route, request, api, facade }: Flow): Record<string, unknown> {
  const first = route?.candidates[0]
  return facade.shown<unknown>({
    ...(api === undefined ? {} : { api: api.name, route: api.route }),
    model: route?.model.name ?? request?.model ?? null,
    deployment: first === undefined ? null : `${first.deployment.provider}/${first.deployment.model}`,
    priceVersion: first?.price.version ?? null,
    price: first === undefined ? null : priceTexts(first.price),
  })
}

/** The problem as the request itself would get it; it has no denial id, because nothing was denied. */
function problemOf({ deps }: Shared, flow: Flow, refusal: Denial): Record<string, unknown> {
  const denial = flow.facade.told(refusal, flow)
  const asOf = new Date(deps.clock.now()).toISOString()
  const whole = renderProblem(denial, { denialId: '', requestId: flow.id, publicUrl: deps.settings.publicUrl(), asOf })
  const trace = shownSteps(flow.facade, traceOf(deps, flow, denial))
  const { instance: _none, denialId: _neither, ...problem } = disclosed(whole, disclosureOf(flow.key), trace)
  return { ...problem, status: entryOf(denial).status }
}
