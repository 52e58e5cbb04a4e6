import type { TokenLogprob } from '../canonical/answer.ts'
import type { Citation } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import { itemEvent, type Block, type Emit, type ItemStatus, type Place } from './block.ts'
import { CallBlock, type Call } from './call-block.ts'
import { MessageBlock } from './message-block.ts'
import { ReasoningBlock } from './reasoning-block.ts'
import { encryptedContent, type Proof } from './seal.ts'

/**
 * So many bytes of an answer are kept at most: more than the longest output limits make of words. The events that end a
 * part, an item and the response repeat what they end, whole, and the official SDKs put that in place of what they gathered:
 * it cannot be cut short. What is longer is let go when its item has ended, a text in the middle of itself (it goes on in a
 * message of its own), and the response ends with `output: null`: the SDK for JavaScript then takes the items that it
 * gathered.
 */
export const MOST_KEPT_BYTES = 1024 * 1024

const PREFIXES = { message: 'msg', reasoning: 'rs', function: 'fc', custom: 'ctc', image: 'ig' }

/** The items of an answer, from what happens in it; one item after the other, but for calls, which may run side by side. */
export class Output {
  readonly #suffix: string
  readonly #emit: Emit
  /** The ended items in their places. */
  #items: (JsonObject | undefined)[] = []
  #count = 0
  #endedBytes = 0
  #released = false
  #open: MessageBlock | ReasoningBlock | undefined
  #openAt: Place = { index: 0, id: '' }
  readonly #calls = new Map<number, { block: CallBlock; place: Place }>()
  /** A refusal was put into words. */
  refused = false

  /** `suffix`: what makes ids of this answer's items its own. */
  constructor(suffix: string, emit: Emit) {
    this.#suffix = suffix
    this.#emit = emit
  }

  text(text: string, logprobs: readonly TokenLogprob[]): void {
    this.#message().text(text, logprobs)
    this.#bound()
  }

  refusal(text: string): void {
    this.refused = true
    this.#message().refusal(text)
    this.#bound()
  }

  cite(citation: Citation): void {
    this.#message().cite(citation)
    this.#bound()
  }

  /** The text that follows is a part of its own. */
  endPart(): void {
    if (this.#open instanceof MessageBlock) this.#open.endPart()
  }

  reasoning(text: string): void {
    this.#thought().text(text)
    this.#bound()
  }

  /** Ends a thought, signed; or tells one that is not shown. */
  proof(proof: Proof): void {
    const encrypted = encryptedContent(proof)
    if (encrypted === undefined || proof.redacted !== undefined) this.#closeOpen('completed')
    if (encrypted === undefined) return
    const block = this.#thought()
    this.#open = undefined
    this.#keep(this.#openAt, block.close('completed', encrypted), block.size + encrypted.length)
  }

  call(number: number, call: Call): void {
    if (this.#calls.has(number)) return
    this.#closeOpen('completed')
    const place = this.#place(call.custom ? 'custom' : 'function')
    this.#calls.set(number, { block: new CallBlock(place, call, this.#emit), place })
  }

  arguments(number: number, text: string): void {
    this.#calls.get(number)?.block.arguments(text)
    this.#bound()
  }

  /** An item that is there at once. Without an id it gets one. */
  item(item: JsonObject): void {
    this.#closeOpen('completed')
    const place = this.#place('image')
    const whole = typeof item['id'] === 'string' && item['id'] !== '' ? item : { ...item, id: place.id }
    this.#emit(itemEvent('added', place, typeof whole['result'] === 'string' ? { ...whole, status: 'in_progress', result: null } : whole))
    this.#emit(itemEvent('done', place, whole))
    this.#keep(place, whole, JSON.stringify(whole).length)
  }

  /** Ends what is open; all items, or null where some had to be let go. */
  end(status: ItemStatus): JsonObject[] | null {
    this.#closeOpen(status)
    for (const { block, place } of this.#calls.values()) this.#keep(place, block.close(status), block.size)
    this.#calls.clear()
    return this.#released ? null : this.#items.filter((item) => item !== undefined)
  }

  #message(): MessageBlock {
    if (this.#open instanceof MessageBlock) return this.#open
    this.#closeOpen('completed')
    this.#openAt = this.#place('message')
    const block = new MessageBlock(this.#openAt, this.#emit)
    this.#open = block
    return block
  }

  #thought(): ReasoningBlock {
    if (this.#open instanceof ReasoningBlock) return this.#open
    this.#closeOpen('completed')
    this.#openAt = this.#place('reasoning')
    const block = new ReasoningBlock(this.#openAt, this.#emit)
    this.#open = block
    return block
  }

  #closeOpen(status: ItemStatus): void {
    const block: Block | undefined = this.#open
    this.#open = undefined
    if (block !== undefined) this.#keep(this.#openAt, block.close(status), block.size)
  }

  #place(kind: keyof typeof PREFIXES): Place {
    const index = this.#count++
    return { index, id: `${PREFIXES[kind]}_${this.#suffix}_${index}` }
  }

  #keep({ index }: Place, item: JsonObject, bytes: number): void {
    this.#endedBytes += bytes
    if (this.#released) return
    this.#items[index] = item
    this.#bound()
  }

  /** Lets go of what is too much to be kept. */
  #bound(): void {
    let calls = 0
    for (const { block } of this.#calls.values()) calls += block.size
    const open = this.#open?.size ?? 0
    if (calls + open + (this.#released ? 0 : this.#endedBytes) <= MOST_KEPT_BYTES) return
    this.#released = true
    this.#items = []
    if (calls > MOST_KEPT_BYTES) throw new RangeError(`the arguments of calls are larger than ${MOST_KEPT_BYTES} bytes`)
    if (calls + open > MOST_KEPT_BYTES) this.#closeOpen('completed')
  }
}
