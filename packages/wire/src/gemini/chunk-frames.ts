import { sseEvent } from '../sse/write.ts'
import type { ChunkFrame } from './stream-encoder.ts'

/** Server-sent events without a terminal one (`alt=sse`). */
export const SSE_CHUNKS: ChunkFrame = { chunk: (value) => sseEvent(value), last: '' }

/** Elements of one array, with the line breaks that Google's server puts between them. */
export const ARRAY_CHUNKS: ChunkFrame = { chunk: (value, first) => `${first ? '[' : ',\r\n'}${JSON.stringify(value)}`, last: ']\n' }
