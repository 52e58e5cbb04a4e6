import type { CacheControl, Turn } from '../canonical/conversation.ts'
import { alternating } from '../canonical/turns.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { cachePoint } from './cache-points.ts'
import { contentOf } from './content.ts'
import type { Writing } from './writing.ts'

interface Message {
  role: 'user' | 'assistant'
  content: JsonObject[]
}

/** With the place of its first turn. */
interface Written extends Message {
  at: string
}

/**
 * The messages: user and assistant in turn, the user first (M2). `whole` asks for one cache point behind everything.
 */
export function messagesOf(turns: readonly Turn[], whole: CacheControl | undefined, writing: Writing): Message[] {
  const messages: Written[] = []
  for (const { role, parts, at } of alternating(turns)) {
    if (messages.length === 0 && role === 'assistant') {
      writing.unsupported.push({ at, what: 'an assistant turn before the first user turn', why: 'the user must begin' })
      continue
    }
    const content = contentOf(role, parts, writing)
    const last = messages.at(-1)
    if (content.length === 0) continue
    if (last?.role === role) last.content.push(...content)
    else messages.push({ role, content, at })
  }
  for (const { content } of messages) nameDocuments(content)
  prefill(messages, writing)
  messages.at(-1)?.content.push(...cachePoint(whole, 'messages', '/cacheControl', writing))
  return messages.map(({ role, content }) => ({ role, content }))
}

/** A document must come with a text: where there is none, its name is said, which goes along anyhow. */
function nameDocuments(content: JsonObject[]): void {
  const named = content.map(({ document }) => (isObject(document) ? document['name'] : undefined)).find((name) => name !== undefined)
  if (named !== undefined && !content.some(({ text }) => text !== undefined)) content.push({ text: named })
}

/** An answer that the caller has begun: it must not end in white space, and newer models of Claude's take none. */
function prefill(messages: Written[], { claude, unsupported }: Writing): void {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return
  if (claude?.prefill === false) {
    unsupported.push({ at: last.at, what: 'an answer that is begun', why: 'this model begins its answers itself' })
    messages.pop()
    return
  }
  const block = last.content.at(-1)
  if (typeof block?.['text'] === 'string') block['text'] = block['text'].trimEnd()
}
