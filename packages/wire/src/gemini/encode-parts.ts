import type { DocumentPart, Part, Source, ToolCallPart, ToolResultPart } from '../canonical/conversation.ts'
import { introduced } from '../canonical/media.ts'
import { parseObject, type JsonObject } from '../json/object.ts'
import type { Encoding } from './encoding.ts'
import { mediaPart, typeByExtension, whyNot } from './media.ts'
import { generationOf } from './models.ts'
import { responseOf } from './tool-results.ts'

/** From this generation on a function's result can hold images and documents. */
const RESULTS_WITH_MEDIA = 3

/** The parts of a content for one part of a turn; none where it cannot be carried, or need not be. */
export function encodePart(part: Part, encoding: Encoding): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }]
    case 'reasoning':
      return part.origin === 'gemini' ? [thought(part)] : []
    case 'image':
    case 'audio':
    case 'video':
      return encodeMedia(part.source, part.at, `the ${part.type}`, encoding)
    case 'document':
      return encodeDocument(part, encoding)
    case 'tool_call':
      return [encodeCall(part, encoding)]
    case 'tool_result':
      return encodeResult(part, encoding)
    case 'vendor':
      if (part.dialect === 'gemini') return [part.value as JsonObject]
      encoding.leaveOut(part.at, `a part of the dialect ${part.dialect}`)
      return []
  }
}

function thought({ text, signature }: Extract<Part, { type: 'reasoning' }>): JsonObject {
  const signed = signature === undefined ? {} : { thoughtSignature: signature }
  return text === '' ? { text, ...signed } : { text, thought: true, ...signed }
}

function encodeMedia(source: Source, at: string, what: string, encoding: Encoding): JsonObject[] {
  const media = mediaPart(source)
  if (media !== undefined) return [media]
  encoding.leaveOut(at, what, whyNot(source))
  return []
}

/** What is told about a document goes before it. */
function encodeDocument(part: DocumentPart, encoding: Encoding): JsonObject[] {
  const told = introduced(part)
  return [...(told === '' ? [] : [{ text: told }]), ...documentBytes(part, encoding)]
}

function documentBytes({ source, citations, at }: DocumentPart, encoding: Encoding): JsonObject[] {
  if (citations === true) encoding.leaveOut(at, 'citations of a document')
  return encodeMedia(bytesOf(source), at, 'the document', encoding)
}

/** A document by its address is a PDF unless it is told, or ends in, something else. */
function bytesOf(source: DocumentPart['source']): Source {
  if (source.kind === 'url') return { ...source, mediaType: source.mediaType ?? typeByExtension(source.url) ?? 'application/pdf' }
  if (source.kind !== 'text') return source
  return { kind: 'base64', mediaType: source.mediaType, data: Buffer.from(source.text).toString('base64') }
}

function encodeCall({ id, name, arguments: text, signature, at }: ToolCallPart, encoding: Encoding): JsonObject {
  const args = text.trim() === '' ? {} : parseObject(text)
  if (args === undefined) encoding.leaveOut(at, 'the arguments of a tool call', 'they are not a JSON object')
  encoding.callNames.set(id, name)
  return { functionCall: { id, name, args: args ?? {} }, ...(signature === undefined ? {} : { thoughtSignature: signature }) }
}

function encodeResult(result: ToolResultPart, encoding: Encoding): JsonObject[] {
  const { callId, content, isError = false, at } = result
  const name = result.name ?? encoding.callNames.get(callId)
  if (name === undefined) {
    encoding.leaveOut(at, 'a tool result without the call that it belongs to')
    return []
  }
  const texts = content.map(toldInResult).filter((text) => text !== undefined)
  const media = content.flatMap((part) => mediaInResult(part, encoding))
  const response = responseOf(texts.join('\n'), isError)
  const within = media.length > 0 && generationOf(encoding.target.model) >= RESULTS_WITH_MEDIA
  const answer = { functionResponse: { id: callId, name, response, ...(within ? { parts: media } : {}) } }
  return within ? [answer] : [answer, ...media]
}

type InResult = ToolResultPart['content'][number]

/** What is told about a document stands with the texts: beside media a result has no place for it. */
function toldInResult(part: InResult): string | undefined {
  if (part.type === 'text') return part.text
  const told = part.type === 'document' ? introduced(part) : ''
  return told === '' ? undefined : told
}

function mediaInResult(part: InResult, encoding: Encoding): JsonObject[] {
  if (part.type === 'text') return []
  return part.type === 'document' ? documentBytes(part, encoding) : encodePart(part, encoding)
}
