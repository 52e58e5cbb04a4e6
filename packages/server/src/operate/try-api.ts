import { isSafeMethod, type HttpApi } from '@faregate/core'
import type { ApiUpstream, UpstreamBook, UpstreamClient } from '@faregate/gateway'
import { MOST_CHECKED_BYTES, unpacked } from '@faregate/gateway/apis/contract/checked-body'
import { fixedHeaders, rewritten } from '@faregate/gateway/apis/upstreams/compiled'
import { Mock, savedCases, tryCases, type ContractCase, type ContractReport, type Documents, type TriedAnswer } from '@faregate/lifecycle'
import { unreachable } from './collect-answer.ts'

export interface TryDeps {
  documents: Pick<Documents, 'plan'>
  upstream: Pick<UpstreamClient, 'send'>
  upstreams: Pick<UpstreamBook, 'compile'>
}

/** What is tried: a definition, with what is behind it or without, and its document. */
export interface Tried {
  definition: Pick<HttpApi, 'checks'>
  /** Undefined: its mock is tried. */
  upstream: HttpApi | undefined
  document: string | undefined
  /** Calls that may change something are made as well. */
  unsafe: boolean
  /** Calls that follow from the document; without them the saved ones alone. */
  generated: boolean
}

const ONE_MS = 10_000
const ALL_MS = 60_000

type Ask = (call: ContractCase) => Promise<TriedAnswer | { broken: string }>

/** Makes the calls that follow from a document, and the saved ones. Undefined: the document is too large for that. Never rejects. */
export async function tryApi(deps: TryDeps, tried: Tried): Promise<ContractReport | undefined> {
  const { definition, upstream, document, unsafe, generated } = tried
  const planned = document === undefined || !generated ? EMPTY : await deps.documents.plan(document)
  if (planned === undefined) return undefined
  const loaded = await import('@faregate/lifecycle/contract/contract')
  const saved = savedCases(definition.checks?.calls ?? [])
  const started = performance.now()
  return tryCases({
    contract: new loaded.Contract(planned.contract),
    unchecked: planned.contract.unchecked,
    plan: { ...planned.plan, cases: [...saved, ...planned.plan.cases] },
    ask: upstream === undefined ? mocked(document) : calling(deps, upstream),
    left: (call) => {
      if (performance.now() - started > ALL_MS) return `the ${ALL_MS / 1000} s of all calls are over`
      if (upstream === undefined) return call.valid ? undefined : 'a mock refuses nothing'
      return unsafe || isSafeMethod(call.method) ? undefined : `${call.method} may change something: it is made only when asked for`
    },
  })
}

const EMPTY = {
  contract: { operations: [], code: { parameters: '', request: '', response: '' }, names: [], unchecked: [] },
  plan: { cases: [], skipped: [] },
}

function mocked(document: string | undefined): Ask {
  const mock = document === undefined ? undefined : new Mock(document)
  return ({ method, path }) => {
    const answer = mock?.answer(method, path)
    if (answer === undefined) return Promise.resolve({ broken: 'the document says nothing of such a call' })
    const { status, type, body = '' } = answer
    return Promise.resolve({ status, headers: type === undefined ? {} : { 'content-type': type }, body: Buffer.from(body) })
  }
}

/** Calls the first upstream as callers' calls are made: with its secrets, and with what the definition changes on the way. */
function calling({ upstream: client, upstreams }: TryDeps, api: HttpApi): Ask {
  const compiled = upstreams.compile(api)
  return async (call) => {
    try {
      const token = await compiled.token?.fetchIfNeeded()
      if (token !== undefined && !('value' in token)) return { broken: 'there is no token for the upstream' }
      const answer = await answered(client, compiled, call, token?.value)
      const body = answer.body && (await unpacked(answer.body, answer.headers))
      return { status: answer.status, headers: answer.headers, ...(body === undefined ? {} : { body }) }
    } catch (error) {
      return { broken: error instanceof Error ? error.message : String(error) }
    }
  }
}

async function answered(
  client: TryDeps['upstream'],
  upstream: ApiUpstream,
  { method, path, query, headers, body }: ContractCase,
  token: string | undefined,
): Promise<TriedAnswer> {
  const [member] = upstream.pool.members
  if (member === undefined) throw new Error('there is no upstream')
  const below = upstream.rewrite === undefined ? path : rewritten(path, upstream.rewrite)
  const target = member.path + below
  const ended = Promise.withResolvers<TriedAnswer>()
  const answer: TriedAnswer = { status: 0, headers: {} }
  const pieces: Buffer[] = []
  let size = 0
  const running = client.send(
    {
      origin: member.origin,
      path: (target === '' ? '/' : target) + (query === '' ? '' : `?${query}`),
      method,
      headers: { accept: '*/*', ...headers, ...fixedHeaders(upstream, token) },
      body: body === undefined ? null : Buffer.from(body),
      asSent: true,
      guarded: upstream.guarded,
      connection: upstream.connection,
      limits: upstream.timeouts,
    },
    {
      head: (status, said) => Object.assign(answer, { status, headers: said }),
      data: (piece) => {
        size += piece.length
        if (size <= MOST_CHECKED_BYTES) pieces.push(piece)
        else ended.resolve(answer)
      },
      end: () => ended.resolve({ ...answer, body: Buffer.concat(pieces) }),
      error: (failure) => ended.reject(unreachable(failure)),
    },
  )
  const timer = setTimeout(() => ended.reject(new Error(`it was not answered within ${ONE_MS / 1000} s`)), ONE_MS)
  try {
    return await ended.promise
  } finally {
    clearTimeout(timer)
    running.abort()
  }
}
