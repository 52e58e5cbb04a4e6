import assert from 'node:assert/strict'
import { say } from '../support/config.ts'
import { json, send } from '../support/http.ts'
import type { Answer } from '../support/http.ts'
import type { Gateway } from '../support/gateway.ts'

/** A call of a model, in no dialect's words. */
export interface ModelCall {
  key?: string
  model: string
  /** How many tokens the answer may have; not a number: something that is none. */
  output: number | string
  /** Whom it names as its end user. */
  user?: string
  headers?: Record<string, string>
  /** Members that no dialect knows. */
  more?: Record<string, unknown>
}

type Problem = Record<string, unknown>

/** Where models are called, in whose words, and how a refusal comes there. */
export interface Surface {
  name: string
  path: (model: string) => string
  body: (call: ModelCall) => Record<string, unknown>
  headers?: Record<string, string>
  /** The type of a refusal. */
  type: 'application/json' | 'application/problem+json'
  /** Checks what is around the problem, and takes it out. */
  problem: (body: Problem, status: number, answer: Answer) => Problem
  /** Members that the dialect adds to a problem (`+`) or leaves out (`-`). */
  differs: string[]
  /** It has a word for end users. */
  users: boolean
}

/** Anthropic's words for errors, by status (API reference, "Errors"). */
const ANTHROPIC: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  410: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  502: 'api_error',
  503: 'api_error',
  504: 'timeout_error',
}

/** Names of google.rpc.Code, by status (AIP-193). */
const GOOGLE: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  410: 'NOT_FOUND',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const messages = ({ model, output, more }: ModelCall) => ({ model, max_tokens: output, messages: say(), ...more })

const asMessages: Surface['body'] = (call) => ({
  ...messages(call),
  ...(call.user === undefined ? {} : { metadata: { user_id: call.user } }),
})

const anthropic: Surface = {
  name: '/v1/messages',
  path: () => '/v1/messages',
  body: asMessages,
  type: 'application/json',
  users: true,
  differs: ['+error_code'],
  problem: (body, status, answer) => {
    const error = body['error'] as { type: string; message: string; details: Problem }
    assert.deepEqual(Object.keys(body).toSorted(), ['error', 'request_id', 'type'])
    assert.deepEqual(Object.keys(error).toSorted(), ['details', 'message', 'type'])
    assert.deepEqual(
      [body['type'], error.type, body['request_id']],
      ['error', ANTHROPIC[status] ?? 'invalid_request_error', answer.headers['x-request-id']],
    )
    assert.deepEqual([error.message, error.details['error_code']], [error.details['detail'], error.details['code']])
    return error.details
  },
}

const gemini: Surface = {
  name: ':generateContent',
  path: (model) => `/v1beta/models/${model}:generateContent`,
  body: ({ output, more }) => ({
    contents: [{ role: 'user', parts: [{ text: 'Hello!' }] }],
    generationConfig: { maxOutputTokens: output },
    ...more,
  }),
  type: 'application/json',
  users: false,
  differs: ['-error'],
  problem: (body, status) => {
    const error = body['error'] as { code: number; message: string; status: string; details: Problem[] }
    const [problem = {}, ...rest] = error.details
    assert.deepEqual([Object.keys(body), Object.keys(error).toSorted()], [['error'], ['code', 'details', 'message', 'status']])
    assert.deepEqual([error.code, error.status, error.message], [status, GOOGLE[status], problem['detail']])
    const { afterSeconds } = problem['retry'] as { afterSeconds?: number }
    const after = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${afterSeconds}s` }
    assert.deepEqual(rest, afterSeconds === undefined ? [] : [after])
    return problem
  },
}

const cohere: Surface = {
  name: '/v2/chat',
  path: () => '/v2/chat',
  body: messages,
  type: 'application/json',
  users: false,
  differs: ['+message'],
  problem: (body) => {
    assert.equal(body['message'], body['detail'])
    return body
  },
}

const ollama: Surface = {
  name: '/ollama/api/chat',
  path: () => '/ollama/api/chat',
  body: ({ model, output, more }) => ({ model, messages: say(), stream: false, options: { num_predict: output }, ...more }),
  type: 'application/json',
  users: false,
  differs: ['-error'],
  problem: ({ error, ...problem }) => {
    assert.equal(error, problem['detail'])
    return problem
  },
}

const plain: Surface = {
  name: 'Accept: application/problem+json',
  path: () => '/v1/messages',
  headers: { accept: 'application/problem+json' },
  body: asMessages,
  type: 'application/problem+json',
  users: true,
  differs: [],
  problem: (body) => body,
}

/** Every envelope but OpenAI's, in which every case is made to happen. */
export const SURFACES: readonly Surface[] = [anthropic, gemini, cohere, ollama, plain]

/** Sends a call to a surface. */
export function callAt(gateway: Gateway, surface: Surface, call: ModelCall, path = surface.path(call.model)): Promise<Answer> {
  const authorization = call.key === undefined ? {} : { authorization: `Bearer ${call.key}` }
  return send(gateway.url + path, { body: surface.body(call), headers: { ...authorization, ...surface.headers, ...call.headers } })
}

/** The problem that a refusal there holds. */
export function problemAt(surface: Surface, answer: Answer): Problem {
  return surface.problem(json(answer), answer.status, answer)
}
