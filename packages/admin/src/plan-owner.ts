import type { PlanVersion } from '@faregate/billing'
import { sellerOf } from './api-owner.ts'
import type { Call, Context } from './call.ts'
import type { Credential } from './credential.ts'
import { refuseTaken } from './managed.ts'
import type { AdminQueries } from './ports.ts'
import { invalid } from './refusal.ts'

type Sent = Call<'createPlan'>['body']

/** Whether somebody sells a plan: decides who has it, and sees who has. The operator does so with every one. */
export function sells({ organization }: Credential, plan: Pick<PlanVersion, 'organization'>): boolean {
  return organization === null || organization === (plan.organization ?? null)
}

/** Who sells the next version of a plan: whoever sells the one before; 409 for everybody else. */
export async function sellerOfPlan(
  context: Context,
  read: Pick<AdminQueries, 'organizations'>,
  before: PlanVersion | undefined,
  asked: string | undefined,
): Promise<string | null> {
  const wanted = await sellerOf(context, read, asked)
  if (before === undefined) return wanted ?? null
  const seller = before.organization ?? null
  if (wanted !== undefined && wanted !== seller) refuseTaken('plan', before.name)
  return seller
}

/**
 * An organization sells its own HTTP services, and nothing that somebody else pays for: models, and what is made of them,
 * cost the operator; credit could be spent on them. Patterns would take in what others publish later.
 */
export async function checkOwnProducts(
  { apis, apiOwners }: Pick<AdminQueries, 'apis' | 'apiOwners'>,
  organization: string,
  { models, apis: included, quotas, prices, credit }: Pick<Sent, 'models' | 'apis' | 'quotas' | 'prices' | 'credit'>,
): Promise<void> {
  const ofOperator = 'is for the operator: a plan of an organization has its own APIs alone'
  if (models.length > 0) invalid('/models', ofOperator)
  if (prices.length > 0) invalid('/prices', ofOperator)
  if (Number(credit) > 0) invalid('/credit', 'is for the operator: it could be spent on what an organization does not sell')
  const own = new Set(await apiOwners.of(organization))
  for (const [index, name] of included.entries()) await checkOwn(`/apis/${index}`, name)
  for (const [index, quota] of quotas.entries()) {
    if (quota.models !== null) invalid(`/quotas/${index}/models`, ofOperator)
    if (quota.apis !== null) await checkOwn(`/quotas/${index}/apis`, quota.apis)
  }

  async function checkOwn(pointer: string, name: string): Promise<void> {
    const api = own.has(name) ? await apis.get(name) : undefined
    if (api === undefined)
      return invalid(pointer, `"${name}" is no API that the organization has published: name each of its own, without \`*\``)
    if (api.kind !== 'http') invalid(pointer, `"${name}" is made of models, which the operator sells`)
  }
}
