import type { Conversation, Part } from '../canonical/conversation.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import { kindOf, mediaPart, sourceOfUri } from './media.ts'

/** Ids of calls are made outside: they depend on the answer. */
export type IdOf = (own: unknown, name: string) => string

/**
 * What one part of a candidate says. A signature of a text goes with it as a part of its own, as the vendor itself sends it in
 * streams: callers of other dialects have no place for it, and only for calls it must come back.
 */
export function answerParts(part: JsonObject, idOf: IdOf): Part[] {
  const { text, thought, functionCall, inlineData, fileData, thoughtSignature } = part
  if (isObject(functionCall)) return callOf(functionCall, thoughtSignature, idOf)
  const media = isObject(inlineData) ? inlineOf(inlineData) : isObject(fileData) ? fileOf(fileData) : undefined
  if (thought === true && media !== undefined) return [vendor(part)]
  const signed = typeof thoughtSignature === 'string' ? [vendor({ text: '', thoughtSignature })] : []
  if (media !== undefined) return [media, ...signed]
  if (typeof text === 'string') return [...textOf(text, thought === true), ...signed]
  return signed.length > 0 && Object.keys(part).length === 1 ? signed : [vendor(part)]
}

function textOf(text: string, thought: boolean): Part[] {
  return text === '' ? [] : [{ type: thought ? 'reasoning' : 'text', text, at: '' }]
}

function callOf(call: JsonObject, signature: unknown, idOf: IdOf): Part[] {
  const name = typeof call['name'] === 'string' ? call['name'] : ''
  const args = isObject(call['args']) ? call['args'] : {}
  const signed = typeof signature === 'string' ? { signature } : {}
  return [{ type: 'tool_call', id: idOf(call['id'], name), name, arguments: JSON.stringify(args), ...signed, at: '' }]
}

function inlineOf({ mimeType, data }: JsonObject): Part | undefined {
  if (typeof mimeType !== 'string' || typeof data !== 'string') return undefined
  return { type: kindOf(mimeType), source: { kind: 'base64', mediaType: mimeType, data }, at: '' }
}

function fileOf({ mimeType, fileUri }: JsonObject): Part | undefined {
  if (typeof fileUri !== 'string') return undefined
  const type = typeof mimeType === 'string' ? mimeType : undefined
  return { type: kindOf(type, fileUri), source: sourceOfUri(fileUri, type), at: '' }
}

function vendor(value: JsonObject): Part {
  return { type: 'vendor', dialect: 'gemini', value, at: '' }
}

/** Whether a caller sees what the model thought: only who asked for it, many take the first part for the answer. */
export function showsThoughts({ reasoning }: Conversation): boolean {
  return reasoning?.show === true
}

/** A part of an answer for Gemini's clients, calls aside; undefined where it is nothing for them. */
export function geminiPart(part: Part, thoughts: boolean): JsonObject | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { text: part.text }
    case 'reasoning':
      return thoughts && part.text !== '' ? { text: part.text, thought: true } : undefined
    case 'image':
    case 'audio':
    case 'video':
      return mediaPart(part.source)
    case 'vendor':
      return part.dialect === 'gemini' && isObject(part.value) ? part.value : undefined
    case 'document':
    case 'tool_call':
    case 'tool_result':
      return undefined
  }
}

/** A call for Gemini's clients: arguments are an object. Undefined where they are none: the model has made a broken call. */
export function geminiCall(id: string, name: string, text: string, signature: string | undefined): JsonObject | undefined {
  const args = argumentsOf(text)
  return args && { functionCall: { id, name, args }, ...(signature === undefined ? {} : { thoughtSignature: signature }) }
}

function argumentsOf(text: string): JsonObject | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (value === null) return {}
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
