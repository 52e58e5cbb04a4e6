import type { Context } from './call.ts'
import { sees } from './credential.ts'
import type { AdminQueries } from './ports.ts'
import { invalid, refuse } from './refusal.ts'

/** A record of a request or a refusal with the team whose application made it, which is looked up where the role of the caller is narrowed to one. */
export async function withTeam<T extends { key: string | null }>(
  { deps, credential }: Context,
  row: T | undefined,
): Promise<(T & { team?: string | null }) | undefined> {
  if (row === undefined || credential.team === null) return row
  const key = row.key === null ? undefined : await deps.store.read.keys.get(row.key)
  return { ...row, team: key?.team ?? null }
}

/** The team of something new: a role that is narrowed to one makes what belongs to it, and what exists stays there. 400 for another. */
export function ownTeam({ credential: { team: own } }: Context, asked: string | null | undefined): string | null {
  if (own === null || asked === own) return asked ?? null
  if (asked === undefined) return own
  return invalid('/team', `your role holds for the team ${own} alone`)
}

/** 400 where the organization has no such member, or none whom the caller may know of. Oneself is always one. */
export async function checkMember(
  { credential }: Context,
  read: Pick<AdminQueries, 'members'>,
  organization: string,
  id: string | null,
  pointer: string,
): Promise<void> {
  if (id === null || id === credential.member) return
  const member = await read.members.get(id)
  if (member?.organization !== organization || !sees(credential, member)) invalid(pointer, `the organization has no member "${id}"`)
}

/** 409 where a membership cannot end without changing what is of other teams, by a role that is narrowed to one. Says how much it is. */
export async function leaveOthers({ credential: { team } }: Context, read: Pick<AdminQueries, 'members'>, member: string): Promise<void> {
  if (team === null) return
  const { applications, keys } = await read.members.outside(member, team)
  if (applications + keys === 0) return
  refuse({
    code: 'conflict',
    detail:
      `The member owns ${applications} applications outside your team, and has ${keys} keys there, which the end of the membership would ` +
      'hand over and revoke: whoever administers the whole organization can end it.',
  })
}

/** 400 where the organization has no such team. */
export async function checkTeam(read: Pick<AdminQueries, 'teams'>, organization: string, id: string | null): Promise<void> {
  if (id === null) return
  const team = await read.teams.get(id)
  if (team?.organization !== organization) invalid('/team', `the organization has no team "${id}"`)
}
