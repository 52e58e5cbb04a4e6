import type { AnswerFrame } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'

/** What an answer, or a line of a stream, says. */
export interface Said {
  content?: string
  thinking?: string
  calls?: JsonObject[]
  images?: string[]
}

/** `/api/chat` answers with a message, `/api/generate` with the text itself. */
export type Shape = (said: Said) => JsonObject

export const CHAT_SHAPE: Shape = ({ content = '', thinking, calls, images }) => ({
  message: {
    role: 'assistant',
    content,
    ...(thinking === undefined ? {} : { thinking }),
    ...(images === undefined ? {} : { images }),
    ...(calls === undefined ? {} : { tool_calls: calls }),
  },
})

/** Nobody can have offered tools there. */
export const GENERATE_SHAPE: Shape = ({ content = '', thinking }) => ({
  response: content,
  ...(thinking === undefined ? {} : { thinking }),
})

/** What every answer and every line begins with. */
export function headOf({ model, created }: AnswerFrame): JsonObject {
  return { model, created_at: new Date(created * 1000).toISOString() }
}
