import { isDenial, type Denial } from '@faregate/core'
import { sharedHeaders } from '../answer-headers.ts'
import { authorizeApi } from '../authorize.ts'
import { finish } from '../finish.ts'
import type { Flow } from '../flow.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
import { known, type Shared } from '../model-call.ts'
import { checkUse } from '../permission.ts'
import { refuse } from '../refuse.ts'

/** Below it each API that has a document is answered for, published or not: `/mock/weather/forecast/berlin`. */
export const MOCK_PREFIX = '/mock/'

/** What a mock answers; `api`: there is no such API, or it has no document; `answer`: the document says nothing of such a call. */
export type MockFound = { status: number; type?: string; body?: string } | { missing: 'api' | 'answer' }

/** Mocks of APIs by their documents, drafts before releases. Rejects where the database does not answer. */
export interface MockDirectory {
  answer(api: string, method: string, rest: string, preference: { code?: string; example?: string }): Promise<MockFound>
}

/** Answers a call as the API's document says that it is answered: whoever has a key that may call the API, at no charge. */
export async function serveMock(shared: Shared, flow: Flow): Promise<void> {
  const { deps } = shared
  const found = await answerOf(shared, flow)
  if (isDenial(found)) return refuse(deps, flow, found)
  const body = Buffer.from(found.body ?? '')
  flow.outbound.head(found.status, {
    ...sharedHeaders(deps, flow),
    ...(found.type === undefined ? {} : { 'content-type': found.type }),
    'content-length': String(body.length),
    'faregate-cost': '0.00',
    'faregate-notice': 'mock',
  })
  const delivered = await flow.outbound.end(body)
  finish(deps, flow, { outcome: 'served', status: found.status, delivery: delivered ? 'confirmed' : 'unconfirmed' })
}

async function answerOf(shared: Shared, flow: Flow): Promise<Exclude<MockFound, { missing: string }> | Denial> {
  const { deps } = shared
  const { method, path, headers, ip } = flow.inbound
  const [, name = '', rest = ''] = /^([^/]*)(.*)$/s.exec(path.slice(MOCK_PREFIX.length)) ?? []
  flow.api = { name, route: 'mock' }
  const key = await known(shared, flow)
  if (isDenial(key)) return key
  const refused = checkUse(key, 'apis', ip) ?? authorizeApi(key, name)
  if (refused !== undefined) return refused
  try {
    const found = await deps.mocks.answer(name, method, rest, preferenceOf(String(headers['prefer'] ?? '')))
    return 'missing' in found ? unknown(name, found.missing) : found
  } catch (error) {
    return ledgerUnavailable(error)
  }
}

function unknown(name: string, missing: 'api' | 'answer'): Denial {
  const shown = name.slice(0, 100)
  const detail =
    missing === 'api' ? `No API "${shown}" has a document to be mocked from.` : `The document of the API "${shown}" says of no such answer.`
  return {
    code: 'route_unknown',
    detail,
    didYouMean: [],
    fixes: [{ kind: 'change_request', action: 'correct_path', by: 'caller', canYou: true }],
  }
}

/** `Prefer: code=404, example=unknown` (RFC 7240). */
function preferenceOf(text: string): { code?: string; example?: string } {
  const named = (name: string): string | undefined => new RegExp(`(?:^|[,;]\\s*)${name}="?([^",;\\s]+)`).exec(text)?.[1]
  const [code, example] = [named('code'), named('example')]
  return { ...(code === undefined ? {} : { code }), ...(example === undefined ? {} : { example }) }
}
