import { formatAmount, isDenial } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'
import { answerJson } from './answer-json.ts'
import { known, type Shared } from './model-call.ts'
import type { BalanceView } from './deps.ts'
import type { Flow } from './flow.ts'
import { legsOf } from './hold-plan.ts'
import { describeLimits } from './limits/describe.ts'
import { refuse } from './refuse.ts'
import { ledgerUnavailable } from './reserve.ts'

/** `GET /v1/key`: what a caller may know of its own key: balance, cap, limits, what is used, when it resets. */
export async function serveKeyInfo(shared: Shared, flow: Flow): Promise<void> {
  const { deps } = shared
  const key = await known(shared, flow)
  if (isDenial(key)) return refuse(deps, flow, key)
  const legs = legsOf(deps.settings, key)
  let balances: BalanceView[]
  try {
    balances = await deps.balances.read(legs)
  } catch (error) {
    return refuse(deps, flow, ledgerUnavailable(error))
  }
  const capIndex = legs.findIndex(({ kind }) => kind === 'cap')
  const facts = describeKey(key, balances[legs.length - 1], capIndex === -1 ? undefined : balances[capIndex], deps.settings.currency)
  await answerJson(deps, flow, { ...facts, limits: await describeLimits(deps, key.limits ?? []) })
}

function describeKey(
  key: KeyEntry,
  wallet: BalanceView | undefined,
  cap: BalanceView | undefined,
  currency: string,
): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    key: `…${key.lastFour}`,
    expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
    scopes: key.scopes,
    models: key.models,
    application: key.application,
    organization: { id: key.organization.id, name: key.organization.name },
    currency,
    balance:
      wallet === undefined
        ? null
        : { available: formatAmount(wallet.available), held: formatAmount(wallet.held), used: formatAmount(wallet.posted) },
    caps: cap === undefined || key.cap === null ? [] : [describeCap(key.cap, cap)],
  }
}

function describeCap({ amount, period }: NonNullable<KeyEntry['cap']>, view: BalanceView): Record<string, unknown> {
  return {
    level: 'key',
    period,
    amount: formatAmount(amount),
    used: formatAmount(view.posted),
    held: formatAmount(view.held),
    available: formatAmount(view.available),
    resetsAt: view.resetsAt === null ? null : new Date(view.resetsAt).toISOString(),
  }
}
