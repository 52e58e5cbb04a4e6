import type { ProviderEntry } from '@faregate/core'
import type { Vendor, VendorCall, VendorRequest } from '@faregate/wire'
import { classifyBedrock } from './classify.ts'
import { credentialsOf } from './credentials.ts'
import { regionOf } from './region.ts'
import { signedHeaders } from './sign.ts'

/** Amazon Bedrock, by Converse. `now`: milliseconds since 1970, for signatures. */
export function createBedrock(now: () => number): Vendor {
  return {
    kind: 'bedrock',
    title: 'Amazon Bedrock',
    dialects: ['bedrock'],
    outputLimitMember: 'max_tokens',
    priceKey: 'aws',
    request: (entry, secret, call) => bedrockRequest(entry, secret, call, now()),
    classify: (failure) => classifyBedrock(failure),
  }
}

export const bedrockVendor = createBedrock(Date.now)

/** An ARN is one segment of the path, its colons and slashes encoded ("Converse", URI request parameters). */
async function bedrockRequest(entry: ProviderEntry, secret: string | undefined, call: VendorCall, now: number): Promise<VendorRequest> {
  const path = `/model/${encodeURIComponent(call.model)}/${call.stream ? 'converse-stream' : 'converse'}`
  const credentials = credentialsOf(secret)
  if (credentials.kind === 'bearer') return { path, headers: { authorization: `Bearer ${credentials.token}` } }
  const base = new URL(entry.baseUrl)
  const scope = { region: regionOf(base), service: 'bedrock' }
  const url = `${base.origin}${base.pathname.replace(/\/$/, '')}${path}`
  return { path, headers: await signedHeaders({ url, body: call.body }, credentials, scope, now) }
}
