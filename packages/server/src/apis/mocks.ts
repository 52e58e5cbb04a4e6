import type { AdminQueries } from '@faregate/admin'
import { Recent, type Snapshot } from '@faregate/core'
import type { MockDirectory } from '@faregate/gateway'
import { documentHash, Mock } from '@faregate/lifecycle'

/** So many documents stay read: a mock is called again and again while its API is made. */
const MOST_MOCKS = 8

/**
 * Mocks by the documents that are kept: of the release in force, or whichever a call names. A draft is no secret from whoever
 * was told what its document is called, and from everybody else it is one.
 */
export function createMocks(read: Pick<AdminQueries, 'apiDocuments'>, snapshot: () => Snapshot): MockDirectory {
  const mocks = new Recent<Mock>(MOST_MOCKS)
  return {
    async find(api, document) {
      const hash = document === undefined ? snapshot().apis.get(api)?.document : documentHash(document)
      if (hash === undefined) return undefined
      const made = mocks.get(hash)
      if (made !== undefined) return made
      const text = await read.apiDocuments.get(hash)
      if (text === undefined) return undefined
      const mock = new Mock(text)
      mocks.set(hash, mock)
      return mock
    },
  }
}
