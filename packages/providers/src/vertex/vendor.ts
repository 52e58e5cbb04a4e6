import type { ProviderEntry } from '@faregate/core'
import type { Vendor, VendorCall, VendorRequest } from '@faregate/wire'
import { AccessTokens, type AccessTokensDeps } from './access-tokens.ts'
import { vertexBody } from './anthropic-body.ts'
import { classifyVertex } from './classify.ts'
import { VERTEX_ACCOUNTS, VERTEX_BASE_URL } from './environment.ts'
import { vertexDialects, vertexPath } from './path.ts'
import { placeOf } from './place.ts'
import { serviceAccountOf } from './service-account.ts'

/** Vertex AI: Gemini, Claude and the models of others, in a project of the operator's. */
export function createVertex(deps: AccessTokensDeps): Vendor {
  const tokens = new AccessTokens(deps)
  return {
    kind: 'vertex',
    title: 'Google Vertex AI',
    documentation: 'https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
    authentication: 'as `Authorization: Bearer TOKEN`, a token that it is exchanged for and that is renewed before its hour ends',
    notes: [
      'The key is the text of the key file (JSON) of a service account, or an access token, which the operator renews.',
      'The location is that of the host, `https://LOCATION-aiplatform.googleapis.com`, or of `?location=`, else `global`. The project is that of the service account, or of `?project=`.',
      "Models are named as Google names them: `claude-…` is called in Anthropic's dialect, `PUBLISHER/MODEL` in OpenAI's, all others in Gemini's.",
    ],
    environmentAccounts: VERTEX_ACCOUNTS,
    dialectsOf: vertexDialects,
    dialects: ['gemini', 'anthropic', 'openai-chat', 'gemini-count-tokens', 'anthropic-count-tokens'],
    defaultBaseUrl: VERTEX_BASE_URL,
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
