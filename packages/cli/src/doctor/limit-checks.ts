import { shellWord } from '@faregate/core'
import { isBelowAnyCall, type Callable } from './cheapest.ts'
import type { Check, Finding } from './finding.ts'
import type { Members, NamedCaps, Organizations, Teams } from './rig.ts'

/** A spend cap, whose it is, and how it is raised. */
interface Capped {
  of: string
  cap: { amount: string; period: string } | null
  /** The command that sets it, to its flag. */
  command: string
}

/** The caps of organizations, their end users, tags, teams and members. */
export const caps: Check = async (rig) => {
  const [organizations, named, teams, members, models, prices, apis] = await Promise.all([
    rig.organizations(),
    rig.namedCaps(),
    rig.teams(),
    rig.members(),
    rig.models(),
    rig.prices(),
    rig.apis(),
  ])
  const capped = [
    ...organizations.flatMap(capsOfOrganization),
    ...named.map(capOfNamed),
    ...teams.map(capOfTeam),
    ...members.map(capOfMember),
  ]
  return capped.flatMap((one) => capFindings(one, { models, prices, apis }))
}

/** A cap below what the cheapest call costs lets no call through. */
export function capFindings({ of, cap, command }: Capped, callable: Callable): Finding[] {
  if (cap === null || !isBelowAnyCall(cap.amount, callable)) return []
  const detail = `the cap of ${cap.amount} is below what any call costs: it can never be met`
  const fix = `${command} AMOUNT/${cap.period}`
  return [{ check: `cap of ${of}`, result: 'warning', detail, place: 'database', fix }]
}

/** Under prices of its own a call may cost less than any. */
function capsOfOrganization({ id, name, cap, userCap, tagCap, priceFactor, prices }: Organizations[number]): Capped[] {
  if (priceFactor !== '1' || prices.length > 0) return []
  const command = `faregate org update ${shellWord(id)}`
  return [
    { of: name, cap, command: `${command} --cap` },
    { of: `each end user of ${name}`, cap: userCap, command: `${command} --user-cap` },
    { of: `each tag of ${name}`, cap: tagCap, command: `${command} --tag-cap` },
  ]
}

function capOfNamed({ organization, kind, name, cap }: NamedCaps[number]): Capped {
  const command = `faregate cap set ${shellWord(organization)} --${kind} ${shellWord(name)} --cap`
  return { of: `the ${kind === 'user' ? 'end user' : 'tag'} ${name}`, cap, command }
}

function capOfTeam({ id, name, cap }: Teams[number]): Capped {
  return { of: `the team ${name}`, cap, command: `faregate team update ${shellWord(id)} --cap` }
}

function capOfMember({ id, name, cap }: Members[number]): Capped {
  return { of: `the member ${name}`, cap, command: `faregate member update ${shellWord(id)} --cap` }
}
