import { heldOf, knownOf } from '@faregate/billing'
import { sees } from '../credential.ts'
import type { Context, Handlers } from '../call.ts'
import { codeOf, type Evidence } from '../diagnosis/evidence.ts'
import { diagnosisSteps } from '../diagnosis/steps.ts'
import { withTeam } from '../of-team.ts'
import { pricesInForce } from '../prices-in-force.ts'
import { notFound } from '../refusal.ts'

export const diagnoseId: Handlers<'diagnose'> = {
  async diagnose(call) {
    const {
      params: { id },
    } = call
    const evidence = await collect(call, id)
    const requestId = evidence.request?.id ?? evidence.denial?.requestId ?? null
    const code = codeOf(evidence) ?? null
    const summary = code === null ? `Request ${requestId} was not refused.` : `Refused with ${code}.`
    return {
      id,
      requestId,
      denialId: evidence.denial?.id ?? evidence.request?.denialId ?? null,
      code,
      summary,
      steps: diagnosisSteps(evidence),
    }
  },
}

/** Who it was for, and what that has of the plans. */
async function ofOrganization({ deps }: Context, id: string | null): Promise<Pick<Evidence, 'organization' | 'plans'>> {
  if (id === null) return { organization: undefined, plans: undefined }
  const { organizations, plans, subscriptions } = deps.store.read
  const [organization, versions, rows] = await Promise.all([organizations.get(id), plans.list(), subscriptions.ofOrganization(id)])
  const known = knownOf(versions)
  const subscribed = rows.map(({ subscription }) => subscription)
  return { organization, plans: { newest: known.newest, held: heldOf(known, subscribed) } }
}

/** Everything known of a request or a refusal, by the id of either. */
async function collect(call: Context, id: string): Promise<Evidence> {
  const { deps } = call
  const { read } = deps.store
  await deps.flushed()
  const named = await read.denials.get(id)
  const requestId = named?.requestId ?? id
  const recorded = await read.requests.get(requestId)
  const request = recorded ?? (await read.requests.lost(requestId))
  const denial = named ?? (await read.denials.ofRequest(requestId))
  const organization = request?.organization ?? denial?.organization ?? null
  const known = await withTeam(call, request ?? denial)
  if (known === undefined || !sees(call.credential, { ...known, organization })) return notFound('request or denial', id)
  const key = request?.key ?? denial?.key ?? null
  const row = key === null ? undefined : await read.keys.get(key)
  const forOperator = call.credential.organization === null
  return {
    ...(await ofOrganization(call, organization)),
    denial: forOperator || denial === undefined ? denial : { ...denial, operatorDetail: null },
    request,
    fromLedger: recorded === undefined && request !== undefined,
    balance: organization === null ? undefined : await read.money.balance(organization, deps.clock.now()),
    key: row,
    application: row === undefined ? undefined : await read.applications.get(row.application),
    snapshot: deps.snapshot(),
    priced: new Set(pricesInForce(deps, await read.prices.list()).map(({ name }) => name)),
    providerState: (name) => deps.providerState(name),
    currency: deps.currency,
    now: deps.clock.now(),
    forOperator,
  }
}
