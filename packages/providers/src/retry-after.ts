type Headers = Record<string, string | string[] | undefined>

/**
 * Milliseconds until the upstream may be tried again, from its own headers and body: `retry-after-ms`, `Retry-After` in
 * seconds or as a date (RFC 9110, against the answer's own `Date`), `x-ratelimit-reset-*` durations (`6m0s`) of the limits
 * that are used up, Anthropic's `anthropic-ratelimit-*-reset` moments likewise, Google's `retryDelay`. Undefined where nothing says. `now`: milliseconds, for answers without `Date`.
 */
export function retryAfterMs(headers: Headers, body: string, now: number): number | undefined {
  return statedWaitMs(headers, now) ?? fromResets(headers, dateOf(headers, now)) ?? fromRetryDelay(body)
}

/** The same where it is said outright: in `retry-after-ms` or `Retry-After`. */
export function statedWaitMs(headers: Headers, now: number): number | undefined {
  return fromMilliseconds(one(headers, 'retry-after-ms')) ?? fromRetryAfter(one(headers, 'retry-after'), dateOf(headers, now))
}

function one(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value)?.trim()
}

function dateOf(headers: Headers, now: number): number {
  const date = Date.parse(one(headers, 'date') ?? '')
  return Number.isNaN(date) ? now : date
}

function fromMilliseconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Math.ceil(Number(text)) : undefined
}

function fromRetryAfter(text: string | undefined, from: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000)
  // A date begins with the name of a day; Date.parse alone would take much more for one.
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - from)
}

/** The longest reset of the limits of which nothing remains; of all of them if none says that. */
function fromResets(headers: Headers, from: number): number | undefined {
  const resets: { ms: number; usedUp: boolean }[] = []
  for (const name of Object.keys(headers)) {
    const remaining = remainingOf(name)
    const ms = remaining === undefined ? undefined : fromReset(one(headers, name), from)
    if (remaining !== undefined && ms !== undefined) resets.push({ ms, usedUp: one(headers, remaining) === '0' })
  }
  const usedUp = resets.filter((reset) => reset.usedUp)
  const relevant = usedUp.length > 0 ? usedUp : resets
  return relevant.length === 0 ? undefined : Math.max(...relevant.map(({ ms }) => ms))
}

/** The header that says what remains of the limit whose reset this one tells; undefined for other headers. */
function remainingOf(name: string): string | undefined {
  const openAi = /^x-ratelimit-reset(-.+)?$/.exec(name)
  if (openAi !== null) return `x-ratelimit-remaining${openAi[1] ?? ''}`
  const anthropic = /^(anthropic-ratelimit-.+)-reset$/.exec(name)
  return anthropic === null ? undefined : `${anthropic[1]}-remaining`
}

/** A duration, a number of seconds, a moment in seconds or milliseconds since 1970, or one in words (RFC 3339). */
function fromReset(text: string | undefined, from: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return untilMoment(Date.parse(text), from)
  if (!/^\d+(\.\d+)?$/.test(text)) return parseDuration(text)
  const number = Number(text)
  if (number > 1e12) return Math.max(0, number - from)
  if (number > 1e9) return Math.max(0, number * 1000 - from)
  return Math.ceil(number * 1000)
}

function untilMoment(at: number, from: number): number | undefined {
  return Number.isNaN(at) ? undefined : Math.max(0, at - from)
}

const UNITS = new Map([
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
  ['us', 0.001],
  ['µs', 0.001],
  ['ns', 0.000001],
])

/** A duration as Go writes it (`6m0s`, `120ms`, `1h2m3.5s`), in milliseconds, rounded up. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(d|h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined
  let total = 0
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(d|h|ms|m|s|us|µs|ns)/g)) {
    total += Number(number) * (UNITS.get(unit ?? '') ?? 0)
  }
  return Math.ceil(total)
}

function fromRetryDelay(body: string): number | undefined {
  const delay = /"retryDelay"\s*:\s*"([^"]{1,20})"/.exec(body)?.[1]
  return delay === undefined ? undefined : parseDuration(delay)
}
