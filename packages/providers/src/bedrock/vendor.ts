import type { ProviderEntry } from '@faregate/core'
import type { Vendor, VendorCall, VendorRequest } from '@faregate/wire'
import { classifyBedrock } from './classify.ts'
import { credentialsOf } from './credentials.ts'
import { BEDROCK_ACCOUNTS } from './environment.ts'
import { regionOf } from './region.ts'
import { signedHeaders } from './sign.ts'

/** Amazon Bedrock, by Converse. `now`: milliseconds since 1970, for signatures. */
export function createBedrock(now: () => number): Vendor {
  return {
    kind: 'bedrock',
    title: 'Amazon Bedrock',
    documentation: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
    authentication: 'as `Authorization: Bearer KEY`, or signs each request (AWS Signature Version 4)',
    notes: [
      'The key is a Bedrock API key, or `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, with `:SESSION_TOKEN` where it is a temporary one.',
      'The base URL names the region: `https://bedrock-runtime.REGION.amazonaws.com`. Where another host stands before it, add `?region=REGION`.',
      "A model is named by its id, an inference profile's id, or an ARN.",
    ],
    environmentAccounts: BEDROCK_ACCOUNTS,
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
