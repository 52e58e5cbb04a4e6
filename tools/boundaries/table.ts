/**
 * The import table: what each package's source may import of the other packages. Everything that is not
 * named here is refused. The check that reads it is `tools/boundaries/check.ts`.
 */
export interface PackageRule {
  /** Packages it may import. */
  imports: string[]
  /** Packages of which it may import types alone. */
  types?: string[]
  /** False: neither Node's own modules nor packages from npm. */
  outside?: false
}

export const PACKAGES: Record<string, PackageRule> = {
  core: { imports: [], outside: false },
  ledger: { imports: ['core'] },
  pricing: { imports: ['core'] },
  billing: { imports: ['core', 'ledger', 'pricing'] },
  wire: { imports: ['core'] },
  contract: { imports: ['core'] },
  identity: { imports: ['core'] },
  limits: { imports: ['core'] },
  lifecycle: { imports: ['core'] },
  providers: { imports: ['core', 'wire'] },
  gateway: { imports: ['core', 'ledger', 'pricing', 'wire', 'identity', 'limits'] },
  // The engines execute the ledger's pure machine inside their transactions.
  store: { imports: ['core', 'ledger'], types: ['pricing', 'billing', 'identity', 'gateway', 'wire', 'admin', 'limits'] },
  admin: { imports: ['core', 'contract', 'ledger', 'pricing', 'identity', 'billing', 'lifecycle'] },
  cli: { imports: ['core', 'contract'] },
  // Published by itself, for browsers too: it imports its own files alone.
  client: { imports: [], outside: false },
  server: {
    imports: [
      'core',
      'ledger',
      'pricing',
      'billing',
      'wire',
      'contract',
      'identity',
      'limits',
      'lifecycle',
      'providers',
      'gateway',
      'store',
      'admin',
    ],
  },
}

/** Single files that may import what their package may not. */
export const DOORS = [{ from: 'packages/cli/src/server.ts', to: 'server', why: 'the command line starts the server through its one entry' }]
