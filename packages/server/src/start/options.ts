import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** What `faregate start` is given by flags; each wins over its variable. */
export interface StartFlags {
  data?: string
  port?: string | number
  host?: string
  config?: string
  databaseUrl?: string
  redisUrl?: string
  drainSeconds?: string | number
  demo?: boolean
}

/** Where and how this process runs; what it serves is the configuration's business. */
export interface StartSettings {
  directory: string
  /** Whether the folder is the default one, which commands need not name. */
  defaultDirectory: boolean
  port: number
  host: string
  /** Absolute; undefined: no file. */
  configFile: string | undefined
  databaseUrl: string | undefined
  /** Where replicas share limits; undefined: this process counts alone. */
  redisUrl: string | undefined
  drainSeconds: number
  /** Only the demo provider is used, whatever else is configured. */
  demo: boolean
}

/** Why a start is refused, in one sentence, and how to mend it. The process exits with 1. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}

const DEFAULT_FOLDER = 'data'
const DEFAULT_CONFIG = 'faregate.yaml'

/** Brings flags, environment and defaults together. Throws {@link StartRefused} for a value that cannot be. */
export function readStartSettings(flags: StartFlags, environment: NodeJS.ProcessEnv, folder = process.cwd()): StartSettings {
  const variable = (name: string) => (environment[name] === '' ? undefined : environment[name])
  const directory = resolve(folder, flags.data ?? variable('FAREGATE_DATA') ?? DEFAULT_FOLDER)
  const config = flags.config ?? variable('FAREGATE_CONFIG') ?? (existsSync(resolve(folder, DEFAULT_CONFIG)) ? DEFAULT_CONFIG : undefined)
  return {
    directory,
    defaultDirectory: directory === resolve(folder, DEFAULT_FOLDER),
    port: whole('port', flags.port ?? variable('FAREGATE_PORT') ?? 4020, 65_535),
    host: flags.host ?? variable('FAREGATE_HOST') ?? '127.0.0.1',
    configFile: config === undefined ? undefined : resolve(folder, config),
    databaseUrl: flags.databaseUrl ?? variable('FAREGATE_DATABASE_URL'),
    redisUrl: flags.redisUrl ?? variable('FAREGATE_REDIS_URL'),
    drainSeconds: whole('drain-seconds', flags.drainSeconds ?? 30, 86_400),
    demo: flags.demo ?? false,
  }
}

function whole(name: string, value: string | number, most: number): number {
  const number = typeof value === 'number' ? value : /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (Number.isInteger(number) && number >= 0 && number <= most) return number
  throw new StartRefused(`--${name} is "${value}": write a whole number from 0 to ${most}.`)
}
