import { isDenial, NOTICE_HEADER, type Denial, type NoticeCode } from '@faregate/core'
import { sharedHeaders } from '../answer-headers.ts'
import { authorizeApi } from '../authorize.ts'
import { identifyCaller, waysOf, type Ways } from '../callers/identify-caller.ts'
import type { GatewayDeps } from '../deps.ts'
import { finish } from '../finish.ts'
import { useOf, type Flow } from '../flow.ts'
import { ledgerUnavailable } from '../ledger-unavailable.ts'
import { withinLimits } from '../limits/within-limits.ts'
import { known, type Shared } from '../model-call.ts'
import { checkUse } from '../permission.ts'
import { refuse } from '../refuse.ts'

/** Below it each published API that has a document is answered for, and each draft to whoever knows its document: `/mock/weather/forecast/berlin`. */
export const MOCK_PREFIX = '/mock/'

/** What a mock answers. */
export interface Mocked {
  status: number
  type?: string
  /** Absent: there is none. */
  body?: string
}

/** What a caller prefers (RFC 7240): an answer of this status, an example of this name. */
interface Preferred {
  code?: string
  example?: string
}

/** Mocks of APIs by their documents. */
export interface MockDirectory {
  /**
   * The mock of an API as it is in force, or by the document that is called so. Undefined: there is no such API or document.
   * Rejects where the database does not answer.
   */
  find(api: string, document: string | undefined): Promise<Mock | undefined>
}

export interface Mock {
  /** Undefined: the document says nothing of such a call. */
  answer(method: string, rest: string, preferred: Preferred): Mocked | undefined
}

/** Answers a call as a document says that it is answered: whoever may call the API, within its limits, at no charge. */
export async function serveMock(shared: Shared, flow: Flow): Promise<void> {
  const { deps } = shared
  const { path, ip: address } = flow.inbound
  const [, name = '', rest = ''] = /^([^/]*)(.*)$/s.exec(path.slice(MOCK_PREFIX.length)) ?? []
  flow.api = { name, route: 'mock' }
  const ways = waysInForce(deps, name)
  const key = await (ways === undefined ? known(shared, flow) : identifyCaller(flow, ways))
  if (isDenial(key)) return refuse(deps, flow, key)
  const refused = checkUse(key, useOf(flow, { scope: 'apis', address, product: { api: name } })) ?? authorizeApi(key, name)
  if (refused !== undefined) return refuse(deps, flow, refused)
  return withinLimits(deps, flow, { key, user: null }, async () => {
    const found = await answerOf(shared, flow, name, rest)
    return isDenial(found) ? refuse(deps, flow, found) : deliverMock(shared, flow, found)
  })
}

/** A mock takes the credentials that its API takes; one of what is not in force takes keys. */
function waysInForce(deps: GatewayDeps, name: string): Ways | undefined {
  const prefix = deps.snapshot().apis.get(name)?.prefix
  const published = prefix === undefined ? undefined : deps.apis.find(prefix)
  return published && waysOf(deps, published.value)
}

async function deliverMock({ deps }: Shared, flow: Flow, { status, type, body }: Mocked): Promise<void> {
  const bytes = Buffer.from(body ?? '')
  flow.outbound.head(status, {
    ...sharedHeaders(deps, flow),
    ...(type === undefined ? {} : { 'content-type': type }),
    // A length is no part of an answer that cannot have a body (RFC 9110, 8.6).
    ...(body === undefined && (status === 204 || status === 304) ? {} : { 'content-length': String(bytes.length) }),
    'faregate-cost': '0.00',
    [NOTICE_HEADER]: 'mock' satisfies NoticeCode,
  })
  const delivered = await flow.outbound.end(bytes)
  finish(deps, flow, { outcome: 'served', status, delivery: delivered ? 'confirmed' : 'unconfirmed' })
}

async function answerOf({ deps }: Shared, flow: Flow, name: string, rest: string): Promise<Mocked | Denial> {
  const { document, ...preferred } = preferenceOf(String(flow.inbound.headers['prefer'] ?? ''))
  const shown = name.slice(0, 100)
  let mock: Mock | undefined
  try {
    mock = await deps.mocks.find(name, document)
  } catch (error) {
    return ledgerUnavailable(error)
  }
  if (mock === undefined) {
    const what = document === undefined ? `No API "${shown}" is published with a document` : 'There is no such document'
    return unknown(`${what} to be mocked from; a draft is mocked by its own, which the call names: \`Prefer: document=doc_…\`.`)
  }
  return mock.answer(flow.inbound.method, rest, preferred) ?? unknown(`The document of the API "${shown}" says of no such answer.`)
}

function unknown(detail: string): Denial {
  return {
    code: 'route_unknown',
    detail,
    didYouMean: [],
    fixes: [{ kind: 'change_request', action: 'correct_path', by: 'caller', canYou: true }],
  }
}

/** `Prefer: code=404, example=unknown` (RFC 7240). */
function preferenceOf(text: string): Preferred & { document?: string } {
  const named = (name: string): string | undefined => new RegExp(`(?:^|[,;]\\s*)${name}="?([^",;\\s]+)`).exec(text)?.[1]
  const [code, example, document] = [named('code'), named('example'), named('document')]
  return {
    ...(code === undefined ? {} : { code }),
    ...(example === undefined ? {} : { example }),
    ...(document === undefined ? {} : { document }),
  }
}
