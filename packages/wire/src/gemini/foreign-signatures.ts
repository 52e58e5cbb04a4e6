import { isSeal, SEAL_BEGINS } from '../canonical/sealed-thought.ts'
import { isObject, type JsonObject } from '../json/object.ts'
import type { Edit } from '../json/patch.ts'
import { SKIPPED } from './signatures.ts'
import { member, spelled } from './spelling.ts'

/**
 * Calls that another vendor made, and whose signature holds its thoughts, in a conversation that goes on at Gemini: it would
 * take them for its own and refuse them. `contents` is written anew only where there is one.
 */
export function foreignEdits(body: Buffer, value: JsonObject): Edit[] {
  const contents = value['contents']
  if (!Array.isArray(contents) || !body.includes(SEAL_BEGINS)) return []
  return [{ replace: 'contents', value: JSON.stringify(contents.map(ownContent)) }]
}

function ownContent(content: unknown): unknown {
  const parts = isObject(content) ? content['parts'] : undefined
  if (!isObject(content) || !Array.isArray(parts)) return content
  return { ...content, parts: parts.map((part: unknown) => (isObject(part) ? ownPart(part) : part)) }
}

function ownPart(part: JsonObject): JsonObject {
  const signature = member(part, 'thoughtSignature')
  return typeof signature === 'string' && isSeal(signature) ? { ...part, [spelled(part, 'thoughtSignature')]: SKIPPED } : part
}
