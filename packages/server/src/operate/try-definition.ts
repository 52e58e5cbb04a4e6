import type { HttpDraft, TryOptions } from '@faregate/admin'
import type { Clock, HttpApi } from '@faregate/core'
import type { ContractReport } from '@faregate/lifecycle'
import type { Store } from '@faregate/store'
import { createAdminStore, openApi } from '@faregate/store/queries/index'
import type { Secrets } from '../start/secrets.ts'
import { tryApi, type TryDeps } from './try-api.ts'

export interface TryDefinitionDeps extends TryDeps {
  store: Store
  clock: Clock
  secrets: Pick<Secrets, 'unseal'>
}

/** Tries a definition as it is kept, in force or not: its document is read, and the secrets towards its upstream are opened; those of the configuration file are open. */
export async function tryDefinition(
  deps: TryDefinitionDeps,
  name: string,
  definition: HttpDraft | HttpApi,
  { against, unsafe, generated }: TryOptions,
): Promise<ContractReport | undefined> {
  const { store, clock } = deps
  const { apiDocuments, apiOwners } = createAdminStore(store, () => clock.now()).read
  const document = definition.document === undefined ? undefined : await apiDocuments.get(definition.document)
  const inFile = 'managedBy' in definition
  const upstream = against !== 'upstream' ? undefined : inFile ? definition : opened(deps, name, definition, await apiOwners.get(name))
  return tryApi(deps, { definition, upstream, document, unsafe, generated })
}

/** What an organization owns is reached as in a call: nowhere where it may not reach. */
function opened({ secrets }: TryDefinitionDeps, name: string, definition: HttpDraft, owner: string | undefined): HttpApi | undefined {
  const { upstream } = definition
  if (upstream === undefined) return undefined
  const owned = owner === undefined ? {} : { organization: owner }
  const entry = openApi({ ...definition, ...owned, upstream, name, release: 0, createdAt: 0 }, (sealed, of) => secrets.unseal(sealed, of))
  return entry.kind === 'http' ? entry : undefined
}
