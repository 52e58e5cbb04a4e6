import type { UpstreamClient } from '../../edge.ts'
import { headOf, type AnswerHead, type HeadTerms, type NoAnswer } from '../../upstream/once.ts'
import { fixedHeaders, type ApiUpstream } from './compiled.ts'
import type { Member } from './pool.ts'
import { whyNone } from './token.ts'

/** There is no token to ask with. */
export interface Tokenless {
  tokenless: string
}

/**
 * Asks an upstream of an API with GET for what lies below its base URL, as calls do: with the secrets, and once more with
 * another token where it refuses the one that was kept. Never rejects.
 */
export async function askUpstream(
  client: Pick<UpstreamClient, 'send'>,
  upstream: ApiUpstream,
  { origin, path: base }: Member,
  { path, limits, ...terms }: HeadTerms & { path: string; limits?: ApiUpstream['timeouts'] },
): Promise<AnswerHead | NoAnswer | Tokenless> {
  const { token, guarded, connection } = upstream
  const whole = base + path
  const ask = (authorization: string | undefined): Promise<AnswerHead | NoAnswer> => {
    const headers = fixedHeaders(upstream, authorization)
    const request = { origin, path: whole === '' ? '/' : whole, method: 'GET', headers, body: null, asSent: true, guarded, connection }
    return headOf(client, limits === undefined ? request : { ...request, limits }, terms)
  }
  if (token === undefined) return ask(undefined)
  const first = await token.fetchIfNeeded()
  if (!('value' in first)) return { tokenless: whyNone(first) }
  const answer = await ask(first.value)
  if ('broken' in answer || answer.status !== 401 || !token.refused(first.value)) return answer
  const second = await token.fetchIfNeeded()
  return 'value' in second ? ask(second.value) : { tokenless: whyNone(second) }
}
