import type { AdminDeps } from '@faregate/admin'
import { ManagementRefusal } from '@faregate/admin/refusal'
import type { ManagementDenial } from '@faregate/contract/problems'
import { presentedKey } from '@faregate/gateway'
import { inRanges, keyState, type KeyEntry } from '@faregate/identity'
import type { FastifyRequest } from 'fastify'
import { inboundOf } from '../http/data-plane.ts'

/** Who looks at the catalogue. */
export interface Viewer {
  /** Whether a credential said who it is; without one only what is public is seen. */
  known: boolean
  /** The organization of the credential; null: it has none. */
  organization: string | null
  /** Whoever may see all APIs in the management API sees them here. */
  everything: boolean
}

export const ANYBODY: Viewer = { known: false, organization: null, everything: false }

export interface ViewerDeps {
  admin: AdminDeps
  findKey: (presented: string) => Promise<KeyEntry | undefined> | KeyEntry | undefined
}

/** Whose key or token came with a request; a credential that opens nothing is told so, whatever was asked for. */
export async function viewerOf(deps: ViewerDeps, request: FastifyRequest): Promise<Viewer | ManagementDenial> {
  const inbound = inboundOf(request)
  const presented = presentedKey(inbound)
  if (presented === undefined) return ANYBODY
  if (/^fg[mo]_/.test(presented)) return viewerByToken(deps.admin, presented)
  const key = await deps.findKey(presented)
  const opens = key !== undefined && keyState(key, deps.admin.clock.now()) === 'active' && fromWhereItMay(key, inbound.ip)
  if (!opens)
    return { code: 'credential_invalid', detail: 'The key that was sent opens nothing here. Without one, what is public is shown.' }
  return { known: true, organization: key.organization.id, everything: false }
}

function fromWhereItMay({ addresses }: KeyEntry, address: string): boolean {
  return addresses === null || inRanges(addresses, address)
}

async function viewerByToken(admin: AdminDeps, presented: string): Promise<Viewer | ManagementDenial> {
  // What it takes is loaded with the first token: schemas that most starts never need.
  const { authenticate } = await import('@faregate/admin/credential')
  try {
    const { organization, permissions } = await authenticate(admin, `Bearer ${presented}`)
    const everything = organization === null && (permissions === 'all' || permissions.has('apis:read'))
    return { known: true, organization, everything }
  } catch (error) {
    if (error instanceof ManagementRefusal) return error.denial
    throw error
  }
}
