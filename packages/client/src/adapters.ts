import { Denied } from './denied.ts'
import { createSdkFetch } from './fetch.ts'
import { WORLD, type Fetch, type Options, type World } from './options.ts'
import { isObject, problemIn } from './problem.ts'
import { deniedWith } from './read-denial.ts'

/** What an official SDK is made with. It does not repeat requests itself: that is done here, once and with the policy. */
export interface SdkOptions {
  baseURL: string
  apiKey: string
  fetch: Fetch
  maxRetries: 0
}

/** For OpenAI's SDK: `new OpenAI(openaiOptions({ url, key }))`. */
export function openaiOptions(options: Options & { key: string }, world: World = WORLD): SdkOptions {
  return sdkOptions('/v1', options, world)
}

/** For Anthropic's SDK: `new Anthropic(anthropicOptions({ url, key }))`. */
export function anthropicOptions(options: Options & { key: string }, world: World = WORLD): SdkOptions {
  return sdkOptions('', options, world)
}

function sdkOptions(path: string, options: Options & { key: string }, world: World): SdkOptions {
  const baseURL = options.url.replace(/\/+$/, '') + path
  return { baseURL, apiKey: options.key, fetch: createSdkFetch(options, world), maxRetries: 0 }
}

/**
 * The refusal behind an error: of {@link createFetch}, or of an SDK, also where it ended a stream. `undefined`: the error
 * is something else.
 */
export function denialOf(error: unknown): Denied | undefined {
  if (error instanceof Denied) return error
  if (!isObject(error)) return undefined
  const { headers, error: body, status } = error
  const read = headers instanceof Headers && status !== undefined ? deniedWith(headers) : undefined
  if (read !== undefined) return new Denied(read.problem, { cause: error })
  const problem = problemIn(body)
  if (problem !== undefined) return new Denied(problem, { inStream: status === undefined, cause: error })
  return denialOf(error['cause'])
}
