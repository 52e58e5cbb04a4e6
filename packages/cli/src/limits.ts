import type { RouteInput, Routes } from '@faregate/contract'
import { LIMIT_PARTITIONS, LIMIT_WINDOWS, limitText, type LimitPartition, type LimitTerms, type LimitWindow } from '@faregate/core'
import { UsageError, type Option, type Options } from './command.ts'

type Limits = NonNullable<RouteInput<Routes['createKey']>['body']['limits']>

const WINDOWS = Object.keys(LIMIT_WINDOWS) as LimitWindow[]

export const LIMIT_OPTION: Option = {
  flags: '--limit <limit>',
  summary: 'a limit: requests=100/second, tokens=20000/minute, concurrency=5; with ,burst=N or ,by=user; may be repeated',
  repeatable: true,
}

export const NO_LIMITS_OPTION: Option = { flags: '--no-limits', summary: 'no limits' }

/** What `--limit` says, as a member of a body; nothing where it was not given. @throws UsageError */
export function limitsOf(options: Options): { limits?: Limits } {
  const texts = options.list('limit')
  return texts === undefined ? {} : { limits: texts.map(limitOf) }
}

/** The same of a change, for which `--no-limits` asks for none. @throws UsageError */
export function limitsChange(options: Options): { limits?: Limits } {
  const given = limitsOf(options)
  if (!options.isOff('limits')) return given
  if (given.limits !== undefined) throw new UsageError('--limit and --no-limits contradict each other')
  return { limits: [] }
}

/** Limits for a table or a sentence; null where there are none. */
export function limitsText(limits: readonly LimitTerms[]): string | null {
  return limits.length === 0 ? null : limits.map(limitText).join('; ')
}

/** Reads `requests=100/second,burst=1,by=user`. @throws UsageError */
export function limitOf(text: string): Limits[number] {
  const [head = '', ...rest] = text.split(',')
  const [, kind, amount, , per] = /^(requests|tokens|concurrency)=(\d{1,10})(\/([a-z]+))?$/.exec(head) ?? []
  const more = moreOf(text, rest)
  const window = WINDOWS.find((name) => name === per)
  if (kind === 'concurrency' && per === undefined && more.burst === undefined) return { kind, amount: Number(amount), ...more }
  if ((kind === 'requests' || kind === 'tokens') && window !== undefined) return { kind, amount: Number(amount), per: window, ...more }
  return unreadable(text)
}

function moreOf(text: string, parts: string[]): { burst?: number; by?: LimitPartition } {
  const more: { burst?: number; by?: LimitPartition } = {}
  for (const part of parts) {
    const [name, value = ''] = part.split('=')
    const by = LIMIT_PARTITIONS.find((partition) => partition === value)
    if (name === 'burst' && /^\d{1,10}$/.test(value)) more.burst = Number(value)
    else if (name === 'by' && by !== undefined) more.by = by
    else unreadable(text)
  }
  return more
}

function unreadable(text: string): never {
  throw new UsageError(
    `--limit is "${text}": write requests=100/second, tokens=20000/minute (${WINDOWS.join(', ')}) or concurrency=5, with ,burst=N or ,by=user or ,by=tag`,
  )
}
