import type { Fix } from '@faregate/core'
import { isPermission, type Permission } from '@faregate/contract'
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
  /** Whose role decides what it may do; null: a token for itself, or the operator. */
  member: string | null
}

export const OPERATOR: Credential = { id: 'operator', permissions: 'all', organization: null, member: null }

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
  const held = member === null ? token.permissions : await permissionsOfMember(deps, member)
  return { id, permissions: new Set(held.filter(isPermission)), organization, member }
}

/** What the role of a member allows now. */
async function permissionsOfMember({ store: { read } }: AdminDeps, id: string): Promise<readonly string[]> {
  const member = await read.members.get(id)
  if (member === undefined) return refuse({ code: 'credential_invalid', detail: 'The membership that this token rests on has ended.' })
  const custom = Object.hasOwn(BUILT_IN_ROLES, member.role) ? undefined : await read.roles.get(member.role)
  return permissionsOf({ role: member.role, permissions: custom?.permissions ?? null })
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

/** Whether the credential may know of what belongs to this organization. */
export function sees(credential: Credential, organization: string | null): boolean {
  return credential.organization === null || credential.organization === organization
}
