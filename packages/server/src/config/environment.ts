import type { Finding, Path } from './finding.ts'
import { scalarSettings, type Setting } from './json-schema.ts'
import { nearest } from '@faregate/gateway/nearest'
import { readPlain } from './source.ts'

/** Variables that are about the start, not about a setting of the file. */
export const START_VARIABLES = {
  FAREGATE_DATA: "Folder of the data: database, secrets, operator's token. Default: `./data`.",
  FAREGATE_PORT: 'Port to listen on; 0 picks a free one. Default: 4020.',
  FAREGATE_HOST: 'Address to listen on. Default: 127.0.0.1.',
  FAREGATE_CONFIG: 'Configuration file. Default: `./faregate.yaml` if it exists.',
  FAREGATE_DATABASE_URL: 'PostgreSQL, as `postgres://user:password@host/database`. Absent: SQLite in the data folder.',
  FAREGATE_REDIS_URL: 'Redis or Valkey, as `redis://user:password@host`, in which replicas share limits. Absent: each counts for itself.',
  FAREGATE_SECRET: 'The root secret, instead of the one in the data folder: needed where several processes share a PostgreSQL.',
} as const

/** Variables of other parts of the project that are not settings of the server. */
const FOREIGN = new Set([
  'FAREGATE_TOKEN',
  'FAREGATE_URL',
  'FAREGATE_API_KEY',
  'FAREGATE_KEY',
  // Of the test suite, besides FAREGATE_TEST_*.
  'FAREGATE_RECORDED',
  'FAREGATE_SHOW_GUIDES',
])

/** The variable that sets a member of the file: `limits.bodyBytes` is `FAREGATE_LIMITS_BODY_BYTES`. */
export function variableOf(path: Path): string {
  const words = path.map((part) =>
    String(part)
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toUpperCase(),
  )
  return ['FAREGATE', ...words].join('_')
}

/** What the environment sets: each setting outside lists and maps has a variable. */
export function environmentSettings(environment: NodeJS.ProcessEnv): { setting: Setting; variable: string; value: unknown }[] {
  return scalarSettings().flatMap((setting) => {
    const variable = variableOf(setting.path)
    const text = environment[variable]
    if (text === undefined || text === '') return []
    const value = setting.node.type === 'array' ? text.split(',').map((part) => part.trim()) : readPlain(text, setting.node.type)
    return [{ setting, variable, value }]
  })
}

/** A variable that starts like ours and sets nothing is most likely a slip of the pen. */
export function unknownVariables(environment: NodeJS.ProcessEnv): Finding[] {
  const known = [...Object.keys(START_VARIABLES), ...scalarSettings().map((setting) => variableOf(setting.path))]
  return Object.keys(environment)
    .filter((name) => name.startsWith('FAREGATE_') && !name.startsWith('FAREGATE_TEST_') && !known.includes(name) && !FOREIGN.has(name))
    .map((name): Finding => {
      const guess = nearest(name, known)[0]
      return {
        severity: 'warning',
        path: name,
        problem: 'this environment variable sets nothing',
        fix: guess === undefined ? 'unset it' : `did you mean ${guess}?`,
      }
    })
}
