import type { Client, Fetch } from '@faregate/contract'
import type { Output } from './output.ts'

/** One command as data: its words, what it takes, and what it does. */
export interface Command {
  /** Words that call it: `key create`. */
  name: string
  summary: string
  /** Arguments as help shows them: `<id>`, `[file]`. */
  args?: string[]
  /** Flags and what each says of itself. */
  options?: Option[]
  /** It talks to no gateway, so it has no flags that name one. */
  local?: true
  run(call: Call): Promise<void>
}

export interface Option {
  /** As help shows it: `--cap <amount/period>`. */
  flags: string
  summary: string
  /** May be given several times; its value is a list. */
  repeatable?: boolean
}

/** One use of a command. */
export interface Call {
  args: string[]
  options: Options
  output: Output
  environment: NodeJS.ProcessEnv
  /** Finds the gateway and makes the client of its management API; throws {@link Failure} when there is none. */
  client(): Promise<Client>
  /** Where the gateway is. */
  gateway(): Gateway
}

export interface Gateway {
  /** Without a trailing slash. */
  url: string
  token: string
  /** The data folder that this command line looks into. */
  directory: string
  /** What reaches it. */
  fetch: Fetch
}

/** What was given by flags, by the name in camel case. */
export class Options {
  readonly #values: Record<string, unknown>

  constructor(values: Record<string, unknown>) {
    this.#values = values
  }

  /** The value of a flag, if it was given. */
  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  /** Whether a flag without a value was given. */
  is(name: string): boolean {
    return this.#values[name] === true
  }

  /** Whether the flag that takes something away was given: `--no-cap`, by the name `cap`. */
  isOff(name: string): boolean {
    return this.#values[name] === false
  }

  /** What a flag, or the one that takes it away, asks for: its value, or null. */
  change<Name extends string>(name: Name): { [Member in Name]?: string | null } {
    return (this.isOff(name) ? { [name]: null } : this.some(name)) as { [Member in Name]?: string | null }
  }

  /** The values of a flag that may be repeated; `undefined` when it was not given. */
  list(name: string): string[] | undefined {
    const value = this.#values[name]
    return Array.isArray(value) && value.length > 0 ? value.filter((item) => typeof item === 'string') : undefined
  }

  /** The values of flags that were given, by the same names, for the query of a list. */
  some<Name extends string>(...names: Name[]): Partial<Record<Name, string>> {
    const given: Partial<Record<Name, string>> = {}
    for (const name of names) {
      const value = this.text(name)
      if (value !== undefined) given[name] = value
    }
    return given
  }
}

/** The command was called wrongly: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command could not do it, with a way to mend it: exit 1, unless another code says more. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly fix: string | undefined
  readonly exitCode: number

  constructor(message: string, fix?: string, exitCode = 1) {
    super(message)
    this.fix = fix
    this.exitCode = exitCode
  }
}
