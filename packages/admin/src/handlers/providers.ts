import { providerKeySealName, withoutSlash } from '@faregate/core'
import type { Call, Handlers } from '../call.ts'
import { changeConfiguration } from '../change.ts'
import type { AdminDeps } from '../deps.ts'
import { refuseManaged, refuseTaken } from '../managed.ts'
import { wholeList } from '../paging.ts'
import { lastFourOf, presentProvider } from '../present/configuration.ts'
import { invalid } from '../refusal.ts'
import type { ProviderRow, SealedKey } from '../configuration-rows.ts'

export interface SentKeys {
  apiKey?: string | undefined
  keys?: { key: string; weight?: number | undefined; priority?: number | undefined }[] | undefined
}

export const providers: Handlers<'listProviders' | 'createProvider'> = {
  async listProviders({ deps }) {
    const rows = await deps.store.read.providers.list()
    const elsewhere = [...deps.snapshot().providers.values()].filter(({ managedBy }) => managedBy.source !== 'database')
    return wholeList([...elsewhere, ...rows].map((entry) => presentProvider(deps, entry)))
  },

  async createProvider(call) {
    const { deps, body } = call
    const known = deps.snapshot().providers.get(body.name)
    refuseManaged('provider', body.name, known?.managedBy)
    const keys = sealKeys(deps, body.name, body)
    const row: ProviderRow = {
      name: body.name,
      ...kindOf(call),
      keys,
      keyless: isKeyless(deps, body.kind, keys),
      createdAt: deps.clock.now(),
    }
    return changeConfiguration(call, async (trx) => {
      if ((await trx.providers.get(row.name)) !== undefined) return refuseTaken('provider', row.name)
      await trx.putProvider(row)
      const answer = presentProvider(deps, row)
      return { event: { action: 'provider.create', subject: row.name, organization: null, after: answer }, answer }
    })
  },
}

function kindOf({ deps, body }: Call<'createProvider'>): Pick<ProviderRow, 'kind' | 'baseUrl'> {
  const kinds = deps.providerKinds()
  const kind = kinds.find((one) => one.kind === body.kind)
  if (kind === undefined) return invalid('/kind', `is none of ${kinds.map((one) => one.kind).join(', ')}`)
  const baseUrl = body.baseUrl ?? kind.defaultBaseUrl
  if (baseUrl === undefined) return invalid('/baseUrl', `is needed for ${body.kind}, which has no address of its own`)
  return { kind: body.kind, baseUrl: withoutSlash(baseUrl) }
}

/** A server of one's own may want no key; where it wants one, one is sent. */
export function isKeyless(deps: AdminDeps, kind: string, keys: SealedKey[]): boolean {
  if (kind === 'openai-compatible') return keys.length === 0
  return deps.providerKinds().find((one) => one.kind === kind)?.keyless === true
}

/** Seals the keys of a provider: from here on they are readable only in memory. */
export function sealKeys(deps: AdminDeps, provider: string, { apiKey, keys }: SentKeys): SealedKey[] {
  if (apiKey !== undefined && keys !== undefined) return invalid('/keys', 'send either apiKey or keys')
  const sent = keys ?? (apiKey === undefined ? [] : [{ key: apiKey }])
  return sent.map(({ key, weight, priority }) => {
    const id = `pk_${Buffer.from(deps.random.bytes(6)).toString('hex')}`
    const sealed = deps.seal(key, providerKeySealName(provider, id))
    return { id, sealed, lastFour: lastFourOf(key), weight: weight ?? 1, priority: priority ?? 0 }
  })
}
