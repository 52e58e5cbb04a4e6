import { everyObject, stringOf } from '../rules/walk.ts'
import type { RawAnswer } from '../plan.ts'

/** A signature that an answer carries, and the text that was signed; '' where none is. */
export interface Issued {
  signature: string
  text: string
}

const MEMBERS = ['signature', 'thoughtSignature', 'encrypted_content']

/** Every signature of an answer in a vendor's own form. In a stream, a signature is of the thoughts since the one before it. */
export function signaturesOf(answer: RawAnswer): Issued[] {
  const found: Issued[] = []
  let thought = ''
  for (const { value } of everyObject(jsonOf(answer))) {
    const said = stringOf(value['thinking']) + stringOf(value['text'])
    const signature = MEMBERS.map((name) => stringOf(value[name])).find((text) => text !== '')
    const redacted = value['type'] === 'redacted_thinking' ? stringOf(value['data']) : ''
    if (redacted !== '') found.push({ signature: redacted, text: '' })
    if (value['type'] === 'content_block_start' || value['contentBlockStart'] !== undefined) thought = ''
    else thought += said
    if (signature === undefined) continue
    found.push({ signature, text: said === '' ? thought : said })
    thought = ''
  }
  return found
}

function jsonOf({ events, body }: RawAnswer): unknown {
  if (events !== undefined) return events.map((event) => parsed(event))
  if (typeof body === 'string') return parsed(body)
  return Buffer.isBuffer(body) ? undefined : body
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
