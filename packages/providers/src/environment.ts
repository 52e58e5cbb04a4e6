import type { ProviderEntry } from '@faregate/core'
import { vendors } from './vendors.ts'

/**
 * The providers that environment variables connect: one entry for each vendor whose usual variable holds a key, named
 * after its kind.
 */
export function environmentProviders(env: Readonly<Record<string, string | undefined>>): ProviderEntry[] {
  const entries: ProviderEntry[] = []
  for (const vendor of vendors.values()) {
    const { kind, environmentVariable, defaultBaseUrl } = vendor
    const secret = environmentVariable === undefined ? undefined : env[environmentVariable]?.trim()
    if (environmentVariable === undefined || defaultBaseUrl === undefined || secret === undefined || secret === '') continue
    entries.push({
      name: kind,
      kind,
      baseUrl: defaultBaseUrl,
      keys: [{ id: `${kind}-environment`, secret, weight: 1, priority: 0 }],
      keyless: false,
      managedBy: { source: 'environment', variable: environmentVariable },
    })
  }
  return entries
}
