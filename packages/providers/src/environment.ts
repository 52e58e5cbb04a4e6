import { readFileSync } from 'node:fs'
import type { ProviderEntry } from '@faregate/core'
import type { Environment, EnvironmentAccount, Vendor } from '@faregate/wire'
import { vendors } from './vendors.ts'

/**
 * The providers that environment variables connect: one entry for each vendor whose usual variable holds a key, or whose
 * variables are all set, named after its kind. `read` gives the text of a file that a variable names.
 */
export function environmentProviders(env: Environment, read: (file: string) => string | undefined = readText): ProviderEntry[] {
  const said = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value?.trim()]))
  return [...vendors.values()].flatMap((vendor) => {
    const found = firstAccount(accountsOf(vendor), said, read)
    return found === undefined ? [] : [entryOf(vendor.kind, found)]
  })
}

/** Every variable that connects a vendor, or takes part in it. */
export function environmentVariables(): string[] {
  const accounts = [...vendors.values()].flatMap(accountsOf)
  return [...new Set(accounts.flatMap(({ variables, optional = [] }) => [...variables, ...optional]))]
}

/** The ways in which the environment connects a vendor, first to last. */
export function accountsOf({ environmentVariable, defaultBaseUrl: baseUrl, environmentAccounts = [] }: Vendor): EnvironmentAccount[] {
  if (environmentVariable === undefined || baseUrl === undefined) return [...environmentAccounts]
  return [{ variables: [environmentVariable], account: (env) => ({ baseUrl, secret: env[environmentVariable] ?? '' }) }]
}

interface Found {
  variable: string
  baseUrl: string
  secret: string
}

function firstAccount(
  accounts: readonly EnvironmentAccount[],
  env: Environment,
  read: (file: string) => string | undefined,
): Found | undefined {
  for (const { variables, account } of accounts) {
    const [variable] = variables
    if (variable === undefined || variables.some((name) => env[name] === undefined || env[name] === '')) continue
    const found = account(env, read)
    if (found !== undefined) return { variable, ...found }
  }
  return undefined
}

function entryOf(kind: string, { variable, baseUrl, secret }: Found): ProviderEntry {
  return {
    name: kind,
    kind,
    baseUrl,
    keys: [{ id: `${kind}-environment`, secret, weight: 1, priority: 0 }],
    keyless: false,
    managedBy: { source: 'environment', variable },
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
