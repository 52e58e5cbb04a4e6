import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../canonical/conversation.ts'
import { failedResult } from '../canonical/failed-result.ts'
import { nineCharacterId, plainId } from '../canonical/tool-ids.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { mapPresent } from '../json/present.ts'
import { cachePoint } from './cache-points.ts'
import { parseExact } from '../json/exact.ts'
import { mediaBlock } from './media.ts'
import { goesBack } from './signed.ts'
import type { Writing } from './writing.ts'

const LONGEST_ID = 64

/** The content blocks of one side's parts, each followed by its cache point. What cannot be carried is left out, and listed. */
export function contentOf(side: 'user' | 'assistant', parts: readonly Part[], writing: Writing): JsonObject[] {
  return parts.flatMap((part) => {
    const block = blockOf(side, part, writing)
    return block === undefined ? [] : [block, ...cachePoint(cacheControlOf(part), 'messages', part.at, writing)]
  })
}

/** Anthropic's clients may put a breakpoint inside a tool result; it lies behind the result here. */
function cacheControlOf(part: Part): Part['cacheControl'] {
  if (part.type === 'reasoning') return undefined
  return (
    part.cacheControl ??
    (part.type === 'tool_result' ? part.content.findLast((inner) => inner.cacheControl !== undefined)?.cacheControl : undefined)
  )
}

function blockOf(side: 'user' | 'assistant', part: Part, writing: Writing): JsonObject | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return textBlock(part.text)
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
      if (side === 'user') return mediaBlock(part, writing)
      return lost(writing, part, `${part.type} in an assistant turn`, 'Amazon Bedrock takes it from users only')
    case 'reasoning':
      return reasoningBlock(part, writing)
    case 'tool_call':
      return toolUse(part, writing)
    case 'tool_result':
      return toolResult(part, writing)
    case 'vendor':
      if (part.dialect === 'bedrock' && isObject(part.value)) return part.value
      return lost(writing, part, `a part that only ${part.dialect} knows`)
    default:
      return undefined
  }
}

function lost(writing: Writing, { at }: Part, what: string, why?: string): undefined {
  writing.unsupported.push({ at, what, ...(why === undefined ? {} : { why }) })
}

/** A blank text is refused wherever it stands. */
function textBlock(text: string): JsonObject | undefined {
  return text.trim() === '' ? undefined : { text }
}

/** What other models than Claude thought is not sent again. */
function reasoningBlock(part: ReasoningPart, { claude }: Writing): JsonObject | undefined {
  if (claude === undefined || !goesBack(part)) return undefined
  const { text, signature, redacted } = part
  return { reasoningContent: redacted === undefined ? { reasoningText: { text, signature } } : { redactedContent: redacted } }
}

const NO_TOOLS = 'Amazon Bedrock takes it only where the tools are declared'

function toolUse(part: ToolCallPart, writing: Writing): JsonObject | undefined {
  if (!writing.tools) return lost(writing, part, 'a tool call without tools', NO_TOOLS)
  if (part.custom === true) return lost(writing, part, 'a call with free text instead of JSON arguments')
  return { toolUse: { toolUseId: toolUseId(part.id, writing), name: part.name, input: argumentsOf(part.arguments) } }
}

function toolUseId(id: string, { nineCharacterIds }: Writing): string {
  return nineCharacterIds ? nineCharacterId(id) : plainId(id, LONGEST_ID)
}

/** Arguments must be an object; what a model once wrote and is none goes along as text, for the history to stay whole (T2). */
function argumentsOf(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    const value = parseExact(text)
    return isObject(value) ? value : { arguments: text }
  } catch {
    return { arguments: text }
  }
}

function toolResult(part: ToolResultPart, writing: Writing): JsonObject | undefined {
  if (!writing.tools) return lost(writing, part, 'a tool result without tools', NO_TOOLS)
  const failed = part.isError === true
  const said = mapPresent(part.content, (inner) => blockOf('user', inner, writing))
  const blocks = failed && !writing.family.toolStatus ? withoutStatus(said) : said
  // A result must say something.
  const content = blocks.length === 0 ? [{ text: '(empty)' }] : blocks
  const status = failed && writing.family.toolStatus ? { status: 'error' } : {}
  return { toolResult: { toolUseId: toolUseId(part.callId, writing), content, ...status } }
}

/** The content of a result that failed, for models that take no `status`. */
function withoutStatus(blocks: readonly JsonObject[]): JsonObject[] {
  const texts = blocks.flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
  return [{ text: failedResult(texts.join('\n')) }, ...blocks.filter(({ text }) => typeof text !== 'string')]
}
