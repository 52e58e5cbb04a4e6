import type { ApiEntry } from '@faregate/core'
import { isValidated, type Contract, type Documents } from '@faregate/lifecycle'
import type { Logger } from '../log/log.ts'

/** An API whose document cannot be compared with: what is to be enforced is refused, not let through. */
export const UNAVAILABLE = 'unavailable'

interface ContractSources {
  documents: Pick<Documents, 'compile'>
  textOf: (hash: string) => Promise<string | undefined>
  log: Pick<Logger, 'warn' | 'error'>
}

/** Validators of the documents of published APIs, made before the configuration that needs them is in force, once for each document. */
export class Contracts {
  readonly #sources: ContractSources
  #made = new Map<string, Contract | typeof UNAVAILABLE>()

  constructor(sources: ContractSources) {
    this.#sources = sources
  }

  /** Makes what is missing, and forgets what none of these APIs needs. Rejects where the database does not answer. */
  async prepare(apis: Iterable<ApiEntry>): Promise<void> {
    const needed = new Map<string, Contract | typeof UNAVAILABLE>()
    for (const api of apis) {
      const hash = neededBy(api)
      if (hash !== undefined && !needed.has(hash)) needed.set(hash, this.#made.get(hash) ?? (await this.#make(api.name, hash)))
    }
    this.#made = needed
  }

  /** Undefined: nothing of its calls is compared. */
  of(api: ApiEntry): Contract | typeof UNAVAILABLE | undefined {
    const hash = neededBy(api)
    return hash === undefined ? undefined : (this.#made.get(hash) ?? UNAVAILABLE)
  }

  async #make(api: string, hash: string): Promise<Contract | typeof UNAVAILABLE> {
    const { documents, textOf, log } = this.#sources
    const text = await textOf(hash)
    const compiled = text === undefined ? undefined : await documents.compile(text)
    if (compiled === undefined) {
      log.error({ api, document: hash }, 'the document of an API cannot be compared with: it is too large, or gone')
      return UNAVAILABLE
    }
    if (compiled.unchecked.length > 0)
      log.warn({ api, unchecked: compiled.unchecked.slice(0, 20) }, 'parts of the document of an API are not compared with')
    // What validators work with takes long to load, and most installations need none.
    const loaded = await import('@faregate/lifecycle/contract/contract')
    return new loaded.Contract(compiled)
  }
}

function neededBy(api: ApiEntry): string | undefined {
  return api.kind === 'http' && isValidated(api.validation) ? api.document : undefined
}
