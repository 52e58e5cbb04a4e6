import type { Permission } from '@faregate/contract'
import { capOfKey, capOfMember, capOfOrganization, capOfTeam } from '@faregate/core'
import { nameDigest } from '@faregate/ledger/name-digest'
import { adjustCap, baseOfNamed } from '../caps.ts'
import type { Cap } from '../people-rows.ts'
import type { AdminTransaction } from '../ports.ts'
import type { OrganizationRow } from '../rows.ts'
import type { Subject, UsageOf } from './rows.ts'
import type { Finding, Target } from './targets.ts'

type CapSubject = Extract<Subject, { kind: 'cap' }>

/** Where a cap is, and how it is changed. */
interface Place {
  id: string
  team: string | null
  /** Whose it is, for people. */
  whose: string
  cap: Cap | null
  base: string
  permission: Permission
  used: Omit<UsageOf, 'organization'>
  set(trx: AdminTransaction, cap: Cap, now: number): Promise<void>
}

type Find = (finding: Finding, owner: OrganizationRow, id: string) => Promise<Place | undefined>

const FIND: Record<CapSubject['level'], Find> = {
  async key({ read, organization }, _owner, id) {
    const key = await read.keys.get(id)
    if (key?.organization !== organization || key.state === 'revoked') return undefined
    const { name, team, cap, capKey } = key
    const set = (trx: AdminTransaction, to: Cap) => trx.updateKey(id, { cap: to })
    const whose = `the key "${name}"`
    return { id, team, whose, cap, base: capOfKey(capKey), permission: 'keys:write', used: { key: id }, set }
  },

  async member({ read, organization }, _owner, id) {
    const member = await read.members.get(id)
    if (member?.organization !== organization) return undefined
    const { name, role, team, cap } = member
    const set = (trx: AdminTransaction, to: Cap) => trx.updateMember(id, { name, role, team, cap: to })
    const whose = `the member "${name}"`
    return { id, team, whose, cap, base: capOfMember(id), permission: 'members:write', used: { member: id }, set }
  },

  async user({ read, organization }, { userCap }, id) {
    const own = await read.namedCaps.get(organization, 'user', id)
    return named(organization, 'user', id, own?.cap ?? userCap)
  },

  async tag({ read, organization }, { tagCap }, id) {
    const own = await read.namedCaps.get(organization, 'tag', id)
    return named(organization, 'tag', id, own?.cap ?? tagCap)
  },

  async team({ read, organization }, _owner, id) {
    const team = await read.teams.get(id)
    if (team?.organization !== organization) return undefined
    const { name, cap } = team
    const set = (trx: AdminTransaction, to: Cap) => trx.updateTeam(id, { name, cap: to })
    return { id, team: id, whose: `the team "${name}"`, cap, base: capOfTeam(id), permission: 'teams:write', used: { team: id }, set }
  },

  async org({ organization }, { name, cap }, id) {
    if (id !== organization) return undefined
    const set = (trx: AdminTransaction, to: Cap) => trx.updateOrganization(id, { cap: to })
    const whose = `the organization "${name}"`
    return { id, team: null, whose, cap, base: capOfOrganization(id), permission: 'organizations:write', used: {}, set }
  },
}

/** An end user, or a tag, that is given more gets a cap of its own: the others keep the one that all have. */
function named(organization: string, kind: 'user' | 'tag', name: string, cap: Cap | null): Place {
  return {
    id: name,
    team: null,
    whose: `the ${kind === 'user' ? 'end user' : 'tag'} "${name}"`,
    cap,
    base: baseOfNamed(organization, kind, nameDigest(name)),
    permission: 'organizations:write',
    used: { [kind]: name },
    set: (trx, to, now) => trx.putNamedCap({ organization, kind, name, cap: to, createdAt: now }),
  }
}

/** A spend cap; undefined where there is none. */
export async function capTarget(finding: Finding, { level, id }: CapSubject): Promise<Target | undefined> {
  const { read, organization, currency } = finding
  const owner = await read.organizations.get(organization)
  const place = owner && (await FIND[level](finding, owner, id ?? (level === 'org' ? organization : '')))
  if (owner === undefined || place === undefined || place.cap === null || place.id === '') return undefined
  const { cap, base } = place
  const to = (amount: bigint): Cap => ({ amount, period: cap.period })
  return {
    name: `${organization} cap ${level} ${place.id}`,
    subject: { kind: 'cap', level, id: place.id },
    organization,
    team: place.team,
    title: `the spend cap of ${place.whose}`,
    permission: place.permission,
    unit: currency,
    per: cap.period,
    current: cap.amount,
    money: true,
    usage: { of: { organization, ...place.used }, measure: { of: 'spend' }, period: cap.period, zone: owner.zone },
    set: (trx, value, now) => place.set(trx, to(value), now),
    adjust: (context, value) => adjustCap(context, organization, base, to(value)),
  }
}
