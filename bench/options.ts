import { parseArgs } from 'node:util'

/** How long and how often to measure, and what. */
export interface Options {
  only: string[]
  rounds: number
  seconds: number
  connections: number
}

/** `--only json,prompt,stream,…` measures some parts; `--rounds`, `--seconds` and `--connections` set the size of a run. */
export function readOptions(args = process.argv.slice(2)): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '128' },
    },
  })
  return {
    only: values.only.split(',').filter((part) => part !== ''),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    connections: Number(values.connections),
  }
}
