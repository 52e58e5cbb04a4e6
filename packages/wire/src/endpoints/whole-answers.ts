import type { StreamReader, UpstreamSide } from '../dialect.ts'

/** Of an endpoint whose answers are always whole: no stream of it is ever read. */
export const WHOLE_ANSWERS = { framing: 'sse', streamReader: () => NOTHING_SAID } satisfies Partial<UpstreamSide>

const NOTHING_SAID: StreamReader = {
  ids: {},
  read: () => ({ kind: 'other', text: '', finished: false, usageOnly: false }),
}
