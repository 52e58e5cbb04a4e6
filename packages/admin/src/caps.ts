import { capOfTag, capOfUser, capUnit, formatAmount, parseAmount } from '@faregate/core'
import { nameDigest } from '@faregate/ledger/name-digest'
import { capAccount } from '@faregate/ledger/reads'
import { freshId, type Context } from './call.ts'
import { submit } from './operation.ts'
import { found } from './refusal.ts'
import type { Cap, NamedCapRow } from './people-rows.ts'

/** Users and tags of one organization that may have a cap of their own, together. */
export const MOST_NAMED = 10_000

interface SentCap {
  amount: string
  period: Cap['period']
}

/** A cap as it is sent; its amount was checked by the schema. */
export function capOf(cap: SentCap): Cap
export function capOf(cap: SentCap | null): Cap | null
export function capOf(cap: SentCap | null): Cap | null {
  return cap === null ? null : { amount: parseAmount(cap.amount) ?? 0n, period: cap.period }
}

/** A cap as it is answered. */
export function presentCap(cap: Cap | null) {
  return cap === null ? null : { amount: formatAmount(cap.amount), period: cap.period }
}

/**
 * Moves the limit of the running period (M8). It follows the change of whatever has the cap: if the process dies in
 * between, the same PATCH again mends it, and later periods begin with the new limit anyway.
 */
export async function adjustCap(context: Context, organization: string, base: string, cap: Cap): Promise<void> {
  await adjust(context, base, cap, await zoneOf(context, organization))
}

/** The same for every end user, or tag, that has no cap of its own: all of their accounts of the running period. */
export async function adjustCaps(context: Context, organization: string, kind: NamedCapRow['kind'], cap: Cap): Promise<void> {
  const { deps } = context
  const prefix = baseOfNamed(organization, kind, '')
  const named = await deps.store.read.namedCaps.list({ limit: MOST_NAMED }, organization, kind)
  const own = new Set(named.map(({ name }) => prefix + nameDigest(name)))
  const zone = await zoneOf(context, organization)
  const running = capAccount(
    { kind: 'cap', base: prefix, unit: capUnit(deps.currency), period: cap.period, zone, limit: 0n },
    deps.clock.now(),
  )
  const period = running?.id.slice(prefix.length) ?? ''
  const accounts = await deps.store.read.money.capAccounts(prefix, deps.clock.now())
  const bases = accounts.filter((account) => account.endsWith(period)).map((account) => account.slice(0, -period.length))
  await Promise.all(bases.filter((base) => !own.has(base)).map((base) => adjust(context, base, cap, zone)))
}

/** The account of the cap of an end user or a tag, by the digest of its name. */
export function baseOfNamed(organization: string, kind: NamedCapRow['kind'], digest: string): string {
  return (kind === 'user' ? capOfUser : capOfTag)(organization, digest)
}

async function adjust(context: Context, base: string, { amount: limit, period }: Cap, zone: string): Promise<void> {
  const unit = capUnit(context.deps.currency)
  await submit(context, { type: 'adjust', id: freshId(context, 'adj'), cap: { kind: 'cap', base, unit, period, zone, limit } })
}

async function zoneOf({ deps }: Context, organization: string): Promise<string> {
  return found(await deps.store.read.organizations.get(organization), 'organization', organization).zone
}
