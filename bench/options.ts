import { parseArgs } from 'node:util'

/** What `--only` knows, in the order in which it runs. */
export const PARTS = [
  'json',
  'prompt',
  'stream',
  'dialects',
  'translation',
  'http',
  'latency',
  'latency-postgres',
  'admission',
  'streams',
  'slow-readers',
  'ledger',
  'start-up',
  'profile',
] as const

export type Part = (typeof PARTS)[number]

/** How long and how often to measure, and what. */
export interface Options {
  only: Part[]
  rounds: number
  seconds: number
  connections: number
  /** Without nginx, Portkey and the barest control. */
  alone: boolean
  /** Write docs/reference/performance.md. */
  write: boolean
}

/** Throws on options and parts that do not exist. */
export function readOptions(args = process.argv.slice(2)): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '256' },
      alone: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  })
  return {
    only: values.only.split(',').map(part),
    rounds: size('rounds', values.rounds),
    seconds: size('seconds', values.seconds),
    connections: size('connections', values.connections),
    alone: values.alone,
    write: values.write,
  }
}

function part(name: string): Part {
  const found = PARTS.find((known) => known === name)
  if (found === undefined) throw new Error(`--only: there is no "${name}"; there are ${PARTS.join(', ')}`)
  return found
}

function size(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: "${text}" is not a whole number above 0`)
  return value
}
