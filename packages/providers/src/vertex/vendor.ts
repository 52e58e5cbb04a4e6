import type { ProviderEntry } from '@faregate/core'
import type { Vendor, VendorCall, VendorRequest } from '@faregate/wire'
import { AccessTokens, type AccessTokensDeps } from './access-tokens.ts'
import { vertexBody } from './anthropic-body.ts'
import { classifyVertex } from './classify.ts'
import { vertexDialects, vertexPath } from './path.ts'
import { placeOf } from './place.ts'
import { serviceAccountOf } from './service-account.ts'

/** Vertex AI: Gemini, Claude and the models of others, in a project of the operator's. */
export function createVertex(deps: AccessTokensDeps): Vendor {
  const tokens = new AccessTokens(deps)
  return {
    kind: 'vertex',
    title: 'Google Vertex AI',
    dialectsOf: vertexDialects,
    dialects: ['gemini', 'anthropic', 'openai-chat', 'gemini-count-tokens', 'anthropic-count-tokens'],
    defaultBaseUrl: 'https://aiplatform.googleapis.com',
    outputLimitMember: 'max_tokens',
    priceKey: 'google',
    request: (entry, secret, call) => vertexRequest(tokens, entry, secret, call),
    classify: (failure) => classifyVertex(failure),
  }
}

export const vertexVendor = createVertex({ fetch: (url, init) => fetch(url, init), now: Date.now })

/** A key is a service account's key file, or an access token that the operator renews. */
async function vertexRequest(
  tokens: AccessTokens,
  entry: ProviderEntry,
  secret: string | undefined,
  call: VendorCall,
): Promise<VendorRequest> {
  const text = secret?.trim() ?? ''
  if (text === '') throw new Error('Vertex AI needs the key file of a service account, or an access token.')
  const account = serviceAccountOf(text)
  const path = `${placeOf(entry.baseUrl, account?.projectId)}${vertexPath(call)}`
  const token = account === undefined ? text : await tokens.of(account)
  const authorization = { authorization: `Bearer ${token}` }
  if (call.dialect !== 'anthropic' && call.dialect !== 'anthropic-count-tokens') return { path, headers: authorization }
  const beta = call.headers['anthropic-beta']
  return {
    path,
    headers: { ...authorization, ...(beta === undefined ? {} : { 'anthropic-beta': beta }) },
    body: vertexBody(call.body, call.dialect === 'anthropic-count-tokens'),
  }
}
