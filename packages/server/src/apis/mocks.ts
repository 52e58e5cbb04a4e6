import type { AdminQueries } from '@faregate/admin'
import { Recent, type Snapshot } from '@faregate/core'
import type { MockDirectory } from '@faregate/gateway'
import { Mock } from '@faregate/lifecycle'

/** So many documents stay read: a mock is called again and again while its API is made. */
const MOST_MOCKS = 8

/** Mocks by the documents that are kept: of the draft of an API, else of its release in force. */
export function createMocks(read: Pick<AdminQueries, 'apiDrafts' | 'apiDocuments'>, snapshot: () => Snapshot): MockDirectory {
  const mocks = new Recent<Mock>(MOST_MOCKS)
  const mockOf = async (hash: string): Promise<Mock | undefined> => {
    const made = mocks.get(hash)
    if (made !== undefined) return made
    const text = await read.apiDocuments.get(hash)
    if (text === undefined) return undefined
    const mock = new Mock(text)
    mocks.set(hash, mock)
    return mock
  }
  return {
    async answer(api, method, rest, preference) {
      const hash = (await read.apiDrafts.get(api))?.definition.document ?? snapshot().apis.get(api)?.document
      const mock = hash === undefined ? undefined : await mockOf(hash)
      return mock === undefined ? { missing: 'api' } : (mock.answer(method, rest, preference) ?? { missing: 'answer' })
    },
  }
}
