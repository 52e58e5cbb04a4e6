import type { Candidate } from '../locate.ts'
import type { Failure } from './failure.ts'

/** Shorter runs are words that anybody uses; a run of this length and half as much again is always found. */
const RUN = 16
/** So much of a body is compared: what upstreams repeat is near its beginning. */
const COMPARED_BYTES = 1024 * 1024
/** Shorter secrets stand in other words by accident. */
const SHORTEST_SECRET = 8

const LEFT_OUT = '…'

/**
 * A failure as it may be logged and passed on. Upstreams repeat in their errors what they were sent: the operator's
 * key, which nobody may see, and parts of the caller's body, which are the caller's alone.
 */
export function discreet(failure: Failure, candidate: Candidate, body: Buffer): Failure {
  const { denial, rejected } = failure
  const { operatorDetail } = denial
  return {
    ...failure,
    denial:
      operatorDetail === undefined ? denial : { ...denial, operatorDetail: withoutEcho(withoutKeys(operatorDetail, candidate), body) },
    ...(rejected === undefined ? {} : { rejected: { ...rejected, body: bytesWithoutKeys(rejected.body, candidate) } }),
  }
}

function secretsOf({ provider }: Candidate): string[] {
  return provider.keys.map(({ secret }) => secret).filter(({ length }) => length >= SHORTEST_SECRET)
}

function withoutKeys(text: string, candidate: Candidate): string {
  return secretsOf(candidate).reduce((rest, secret) => rest.replaceAll(secret, LEFT_OUT), text)
}

/** The very bytes, unless a key is in them. */
function bytesWithoutKeys(bytes: Buffer, candidate: Candidate): Buffer {
  if (!secretsOf(candidate).some((secret) => bytes.includes(secret))) return bytes
  const clean = secretsOf(candidate).reduce((rest, secret) => rest.replaceAll(secret, '...'), bytes.toString('latin1'))
  return Buffer.from(clean, 'latin1')
}

/** The text without the longer runs of characters that it has in common with the body. */
function withoutEcho(text: string, bytes: Buffer): string {
  const starts = new Map<string, number>()
  for (let at = 0; at + RUN <= text.length; at++) starts.set(text.slice(at, at + RUN), at)
  const body = bytes.toString('utf8', 0, COMPARED_BYTES)
  const echoed = new Uint8Array(text.length)
  for (let at = 0; at + RUN <= body.length; at += RUN / 2) {
    const start = starts.get(body.slice(at, at + RUN))
    if (start !== undefined && echoed[start] === 0) markRun(text, start, body, at, echoed)
  }
  return leaveOut(text, echoed)
}

/** Marks the whole run of equal characters around the place where they were found to be equal. */
function markRun(text: string, inText: number, body: string, inBody: number, echoed: Uint8Array): void {
  let from = 0
  while (inText + from > 0 && inBody + from > 0 && text[inText + from - 1] === body[inBody + from - 1]) from--
  let to = RUN
  while (inText + to < text.length && inBody + to < body.length && text[inText + to] === body[inBody + to]) to++
  echoed.fill(1, inText + from, inText + to)
}

function leaveOut(text: string, echoed: Uint8Array): string {
  let rest = ''
  for (let at = 0; at < text.length; at++) {
    if (echoed[at] === 0) rest += text.charAt(at)
    else if (at === 0 || echoed[at - 1] === 0) rest += LEFT_OUT
  }
  return rest
}
