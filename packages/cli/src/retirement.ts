import type { Option, Options } from './command.ts'
import { instantOf } from './parse.ts'

export const SUNSET: Option = { flags: '--sunset <when>', summary: 'when it is to be retired: a date, a time, or a span like 30d' }

export const INSTEAD: Option[] = [
  { flags: '--successor <name>', summary: 'what takes its place' },
  { flags: '--link <url>', summary: 'a page that says how to move' },
]

/** When it is to be retired, where that was said. */
export function sunsetOf(options: Options): { sunset?: string } {
  const sunset = options.text('sunset')
  return sunset === undefined ? {} : { sunset: instantOf(sunset, Date.now(), '--sunset') }
}

/** What takes its place, where that was said. */
export function insteadOf(options: Options): { successor?: string; link?: string } {
  return options.some('successor', 'link')
}

interface Goes {
  name: string
  retirement: { state: string; sunset: string | null; successor: string | null } | null
}

/** How an API or a model goes, in a sentence. */
export function goesText({ name, retirement }: Goes): string {
  if (retirement === null) return `${name} stays.`
  const { state, sunset, successor } = retirement
  const until = sunset === null ? '' : `, until ${sunset.slice(0, 10)}`
  return `${name} is ${state}${until}${successor === null ? '' : `; ${successor} takes its place`}.`
}
