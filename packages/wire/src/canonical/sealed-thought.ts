/**
 * What a model thought before it called tools, on its way through callers whose API has no place for it, or one that most of
 * its clients do not know. The vendor that signed it wants it back, word for word, when the results of the tools come (M6);
 * calls always come back, and with them their signature, as a member or inside their id (T4). So the thought travels in
 * there, as base64 of `[{"dialect", "text", "signature" | "redacted"}, …]`, for the one vendor that made it.
 */
import type { AnswerFrame, CallerDialect, Decoded, StreamEncoder } from '../dialect.ts'
import type { Answer, StreamEvent } from './answer.ts'
import { DIALECTS, type DialectName, type Part, type ReasoningPart, type Turn } from './conversation.ts'
import { isObject } from '../json/object.ts'

/** How every seal begins: twelve bytes are sixteen characters of base64. */
export const SEAL_BEGINS = Buffer.from('[{"dialect":').toString('base64')

/** Longer thoughts are not carried: ids and signatures go over the wire with every later request. In characters. */
const MOST_CARRIED = 256 * 1024

/** One block of thought. */
interface Thought {
  dialect: DialectName
  text: string
  signature?: string
  redacted?: string
}

/** Writes answers of a dialect whose callers give calls back, and thoughts not. */
export function sealingThoughts(inner: Pick<CallerDialect, 'encodeAnswer' | 'streamEncoder'>): typeof inner {
  return {
    encodeAnswer: (answer, frame, buckets) => inner.encodeAnswer(sealedAnswer(answer), frame, buckets),
    streamEncoder: (frame: AnswerFrame) => new SealingEncoder(inner.streamEncoder(frame)),
  }
}

/** Collects what was thought and signed, until a call takes it along; of what is too much, nothing. */
class Seal {
  #text = ''
  #thoughts: Thought[] = []
  /** Characters of all thoughts and what proves them. */
  #length = 0

  add(text: string): void {
    this.#length += text.length
    if (this.#fits) this.#text += text
  }

  /** The block that was added is whole. Without an origin nobody knows whom it may be shown to. */
  close(proof: { signature: string } | { redacted: string }, origin: DialectName | undefined): void {
    this.#length += ('signature' in proof ? proof.signature : proof.redacted).length
    if (origin !== undefined && this.#fits) this.#thoughts.push({ dialect: origin, text: this.#text, ...proof })
    this.#text = ''
  }

  /** What the next call carries. */
  take(): string | undefined {
    const seal = this.#fits && this.#thoughts.length > 0 ? Buffer.from(JSON.stringify(this.#thoughts)).toString('base64') : undefined
    this.#thoughts = []
    this.#text = ''
    this.#length = 0
    return seal
  }

  get #fits(): boolean {
    return this.#length <= MOST_CARRIED
  }
}

function sealedAnswer(answer: Answer): Answer {
  return { ...answer, choices: answer.choices.map((choice) => ({ ...choice, parts: sealedParts(choice.parts) })) }
}

function sealedParts(parts: Part[]): Part[] {
  const seal = new Seal()
  return parts.map((part) => {
    if (part.type === 'reasoning') note(part, seal)
    return part.type === 'tool_call' ? carrying(part, seal.take()) : part
  })
}

/** A call that its own vendor signed carries nothing else. */
function carrying<Call extends { signature?: string }>(call: Call, signature: string | undefined): Call {
  return signature === undefined || call.signature !== undefined ? call : { ...call, signature }
}

function note({ text, signature, redacted, origin }: ReasoningPart, seal: Seal): void {
  seal.add(text)
  if (signature !== undefined) seal.close({ signature }, origin)
  else if (redacted !== undefined) seal.close({ redacted }, origin)
}

class SealingEncoder implements StreamEncoder {
  readonly #inner: StreamEncoder
  readonly #seals = new Map<number, Seal>()

  constructor(inner: StreamEncoder) {
    this.#inner = inner
  }

  get ids(): StreamEncoder['ids'] {
    return this.#inner.ids
  }

  encode(events: StreamEvent[]): Buffer {
    return this.#inner.encode(events.map((event) => this.#sealed(event)))
  }

  end(...args: Parameters<StreamEncoder['end']>): Buffer {
    return this.#inner.end(...args)
  }

  #sealed(event: StreamEvent): StreamEvent {
    if (event.type === 'reasoning') this.#seal(event.choice).add(event.text)
    else if (event.type === 'reasoning_signature') this.#seal(event.choice).close({ signature: event.signature }, event.origin)
    else if (event.type === 'redacted_reasoning') this.#seal(event.choice).close({ redacted: event.data }, event.origin)
    else if (event.type === 'tool_call') return carrying(event, this.#seals.get(event.choice)?.take())
    return event
  }

  #seal(choice: number): Seal {
    const seal = this.#seals.get(choice) ?? new Seal()
    this.#seals.set(choice, seal)
    return seal
  }
}

/** A request with the thoughts that its calls brought back, in front of them. */
export function withOpenThoughts(decoded: Decoded): Decoded {
  if (!decoded.ok || !decoded.conversation.turns.some(isSealed)) return decoded
  const { conversation } = decoded
  return { ok: true, conversation: { ...conversation, turns: conversation.turns.map((turn) => (isSealed(turn) ? opened(turn) : turn)) } }
}

/** Whether a signature of a call is none of a vendor, but holds thoughts. */
export function isSeal(signature: string): boolean {
  return signature.startsWith(SEAL_BEGINS)
}

function isSealed({ parts }: Turn): boolean {
  return parts.some((part) => part.type === 'tool_call' && part.signature !== undefined && isSeal(part.signature))
}

/** A thought that the caller gave back by itself is not said twice, nor what was shown of the same thoughts without proof. */
function opened(turn: Turn): Turn {
  const givenBack = new Set(turn.parts.map(proofOf))
  const parts = turn.parts.flatMap((part) => {
    const thoughts = part.type === 'tool_call' && part.signature !== undefined ? thoughtsIn(part.signature, part.at) : undefined
    if (thoughts === undefined || part.type !== 'tool_call') return [part]
    const { signature: _, ...call } = part
    return [...thoughts.filter((thought) => !givenBack.has(proofOf(thought))), call]
  })
  const proven = new Set(parts.filter(isProven))
  if (proven.size === 0) return turn
  return { ...turn, parts: parts.filter((part) => part.type !== 'reasoning' || proven.has(part)) }
}

function isProven(part: Part): boolean {
  return part.type === 'reasoning' && part.origin !== undefined
}

function proofOf(part: Part): string | undefined {
  return part.type === 'reasoning' ? (part.signature ?? part.redacted) : undefined
}

function thoughtsIn(seal: string, at: string): ReasoningPart[] | undefined {
  if (!isSeal(seal)) return undefined
  const thoughts = parsed(Buffer.from(seal, 'base64').toString('utf8'))
  return thoughts?.flatMap((thought): ReasoningPart[] => {
    if (!isObject(thought) || typeof thought['text'] !== 'string') return []
    const { dialect, text, signature, redacted } = thought
    const origin = DIALECTS.find((name) => name === dialect)
    if (origin === undefined) return []
    if (typeof signature === 'string') return [{ type: 'reasoning', text, signature, origin, at }]
    return typeof redacted === 'string' ? [{ type: 'reasoning', text, redacted, origin, at }] : []
  })
}

function parsed(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
