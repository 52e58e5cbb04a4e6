import type { Fix } from '@faregate/core'
import { isPermission, type Permission, type RouteSpec } from '@faregate/contract'
import { BUILT_IN_ROLES, permissionsOf } from '@faregate/identity'
import type { AdminDeps } from './deps.ts'
import { refuse } from './refusal.ts'

/** Who calls the management API. */
export interface Credential {
  /** `operator`, or the id of a management token: what the audit says. */
  id: string
  permissions: ReadonlySet<Permission> | 'all'
  /** The one organization it sees; null: all. */
  organization: string | null
  /** The one team of it to which its role is narrowed; null: the whole organization. */
  team: string | null
  /** Whose role decides what it may do; null: a token for itself, or the operator. */
  member: string | null
}

export const OPERATOR: Credential = { id: 'operator', permissions: 'all', organization: null, team: null, member: null }

/** Who the bearer of this Authorization header is. 401 for anyone unknown; rejects when the database does not answer. */
export async function authenticate(deps: AdminDeps, header: string | undefined): Promise<Credential> {
  const presented = bearerOf(header)
  if (deps.isOperatorToken(presented)) return OPERATOR
  const token = presented.startsWith('fgm_') ? await deps.store.read.tokens.byHash(deps.hashSecret(presented)) : undefined
  if (token === undefined)
    return refuse({ code: 'credential_invalid', detail: 'No management token like this one exists.', ...hintFor(presented) })
  if (token.expiresAt !== null && token.expiresAt <= deps.clock.now()) {
    return refuse({ code: 'key_expired', detail: `This management token expired at ${new Date(token.expiresAt).toISOString()}.` })
  }
  const { id, organization, member } = token
  const { held, team } = member === null ? { held: token.permissions, team: null } : await roleOfMember(deps, member)
  return { id, permissions: new Set(held.filter(isPermission)), organization, team, member }
}

/** What the role of a member allows now, and in which team alone. */
async function roleOfMember({ store: { read } }: AdminDeps, id: string): Promise<{ held: readonly string[]; team: string | null }> {
  const member = await read.members.get(id)
  if (member === undefined) return refuse({ code: 'credential_invalid', detail: 'The membership that this token rests on has ended.' })
  const custom = Object.hasOwn(BUILT_IN_ROLES, member.role) ? undefined : await read.roles.get(member.role)
  return { held: permissionsOf({ role: member.role, permissions: custom?.permissions ?? null }), team: member.team }
}

function bearerOf(header: string | undefined): string {
  const [scheme, token] = (header ?? '').trim().split(/\s+/, 2)
  if (scheme?.toLowerCase() === 'bearer' && token !== undefined) return token
  return refuse({
    code: 'credential_missing',
    detail: 'The management API takes `Authorization: Bearer TOKEN`.',
    hint: "The operator's token lies in the file `operator-token` of the data folder.",
  })
}

function hintFor(presented: string): { hint?: string } {
  if (presented.startsWith('fg_'))
    return { hint: "This is an API key, which opens the data plane. The management API takes the operator's or a management token." }
  if (presented.startsWith('fgo_')) return { hint: "It looks like an operator's token, but of another installation." }
  return {}
}

/** Refuses with 403 what the credential was not given. */
export function requirePermission(credential: Credential, permission: Permission): void {
  if (credential.permissions === 'all' || credential.permissions.has(permission)) return
  refuse({
    code: 'permission_denied',
    detail: `This management token lacks the permission ${permission}.`,
    required: [permission],
    granted: [...credential.permissions],
    fixes: [fixOf(credential)],
  })
}

/** Refuses with 403 what concerns more than the one team in which a role holds. */
export function requireReach(credential: Credential, { permission, withinTeam }: Pick<RouteSpec, 'permission' | 'withinTeam'>): void {
  const { team, member, permissions } = credential
  if (team === null || withinTeam === true) return
  const fix = fixOf(credential)
  refuse({
    code: 'permission_denied',
    detail: `This concerns the whole organization, and the role behind this management token holds for the team ${team} alone.`,
    required: [permission],
    granted: permissions === 'all' ? [] : [...permissions],
    fixes: [{ ...fix, action: 'widen_role', command: `faregate member update ${member ?? 'ID'} --no-team` }],
  })
}

/** Nobody gives himself what he does not hold. */
function fixOf({ member }: Credential): Fix {
  if (member === null) return { kind: 'change_policy', action: 'grant_permission', by: 'operator', canYou: false }
  const command = `faregate member update ${member} --role ROLE`
  return {
    kind: 'change_policy',
    action: 'change_role',
    by: 'org_admin',
    canYou: false,
    method: 'PATCH',
    path: `/api/members/${member}`,
    command,
  }
}

/** Whose a row is. One that says nothing of a team is the whole organization's. */
export interface Owned {
  organization: string | null
  team?: string | null
}

/** Whether the credential may know of a row. */
export function sees(credential: Credential, row: Owned): boolean {
  if (credential.organization !== null && credential.organization !== row.organization) return false
  return credential.team === null || credential.team === row.team
}
