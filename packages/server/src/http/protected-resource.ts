import type { ApiEntry } from '@faregate/core'
import { RESOURCE_METADATA_PATH } from '@faregate/gateway'

export const RESOURCE_PATH = RESOURCE_METADATA_PATH

/** What is told of an API to whoever looks for a token that it takes (RFC 9728); undefined: it takes none. */
export function protectedResource(publicUrl: string, { name, prefix, authentication }: ApiEntry): Record<string, unknown> | undefined {
  const { oauth, jwt, introspection } = authentication ?? {}
  const servers = [oauth && publicUrl, jwt?.issuer, introspection?.issuer].filter((one) => one !== undefined)
  if (servers.length === 0) return undefined
  const { scopes } = introspection ?? {}
  return {
    resource: publicUrl + prefix,
    resource_name: name,
    // An issuer may be called by what is no address: who it is callers know then.
    authorization_servers: [...new Set(servers)].filter((one) => /^https?:/.test(one)),
    bearer_methods_supported: ['header'],
    ...(scopes === undefined ? {} : { scopes_supported: scopes }),
  }
}
