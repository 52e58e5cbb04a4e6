import { DEFAULT_DISCLOSURE, type Disclosure } from '@faregate/core'
import type { KeyEntry } from '@faregate/identity'

/** How much a caller is told. Who has no key is told nothing of any account, because no refusal before that knows one. */
export function disclosureOf(key: KeyEntry | undefined): Disclosure {
  return key?.organization.disclosure ?? DEFAULT_DISCLOSURE
}
