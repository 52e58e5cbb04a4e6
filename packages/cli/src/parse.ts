import { parseAmount, parseDecimal } from '@faregate/core'
import { UsageError, type Call } from './command.ts'

const PERIODS = ['day', 'week', 'month', 'total'] as const
type Period = (typeof PERIODS)[number]

/** Reads an amount that must be above zero. @throws UsageError */
export function amountOf(text: string, what = 'the amount'): string {
  if (parseAmount(text) === undefined) throw new UsageError(`${what} is "${text}": write a decimal above zero, like 5.00`)
  return text
}

/** How {@link partOf} is asked for. */
export const PART_OPTIONS = [
  { flags: '--amount <amount>', summary: 'how much (all that is left)' },
  { flags: '--reason <text>', summary: 'why, for the ledger' },
]

/** What is taken or given back: a part, where an amount was given, and why. @throws UsageError */
export function partOf(call: Call, usualReason: string): { reason: string; amount?: string } {
  const amount = call.options.text('amount')
  const reason = call.options.text('reason') ?? usualReason
  return amount === undefined ? { reason } : { reason, amount: amountOf(amount) }
}

/** Reads `1/day` or `20.00/month`. @throws UsageError */
export function capOf(text: string, flag = '--cap'): { amount: string; period: Period } {
  const [amount = '', period = '', ...rest] = text.split('/')
  const known = PERIODS.find((name) => name === period)
  if (known === undefined || rest.length > 0)
    throw new UsageError(`${flag} is "${text}": write AMOUNT/PERIOD, like 1.00/day (${PERIODS.join(', ')})`)
  return { amount: amountOf(amount, `the amount of ${flag}`), period: known }
}

/** Text of several lines, as one word of a command line: `\n` begins a line. */
export function linesOf(text: string): string {
  return text.replaceAll('\\n', '\n')
}

const SPAN_MS: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Reads a time: ISO 8601, a date (its beginning in UTC), or a span from now: `12h`, `30d`, `4w`. @throws UsageError */
export function instantOf(text: string, now: number, flag = '--expires'): string {
  const span = /^(\d{1,5})([hdw])$/.exec(text)
  if (span !== null) return new Date(now + Number(span[1]) * (SPAN_MS[span[2] ?? ''] ?? 0)).toISOString()
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text
  const time = /^\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:\d{2})$/.test(whole) ? Date.parse(whole) : Number.NaN
  if (Number.isNaN(time))
    throw new UsageError(`${flag} is "${text}": write a date (2027-01-31), a time (2027-01-31T12:00:00Z) or a span (30d)`)
  return new Date(time).toISOString()
}

/** Reads a span in seconds: `90s`, `30m`, `12h`, `7d`. @throws UsageError */
export function secondsOf(text: string, flag: string): number {
  const [, count, unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? []
  const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 }[unit]
  if (seconds === undefined) throw new UsageError(`${flag} is "${text}": write a span, like 90s, 30m, 12h or 7d`)
  return Number(count) * seconds
}

/** Reads prices per million: `input=0.05`, `output=0.40`. @throws UsageError */
export function ratesOf(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [bucket = '', rate = '', ...rest] = pair.split('=')
      if (bucket === '' || rest.length > 0 || parseDecimal(rate) === undefined) {
        throw new UsageError(`"${pair}" is not a price: write BUCKET=PRICE per million, like input=0.05`)
      }
      return [bucket, rate]
    }),
  )
}

/** Reads `provider/model`, with the model's own slashes kept. @throws UsageError */
export function deploymentOf(text: string): { provider: string; model: string } {
  const slash = text.indexOf('/')
  if (slash < 1 || slash === text.length - 1) throw new UsageError(`"${text}" is not PROVIDER/MODEL, like openai/gpt-5-nano`)
  return { provider: text.slice(0, slash), model: text.slice(slash + 1) }
}
