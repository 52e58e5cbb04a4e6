import type { Bucket, Buckets, UnitBucket } from '@faregate/core'
import type { Conversation, DialectName } from './canonical/conversation.ts'

/** A call as a caller made it. Header names are lower-case. */
export interface CallerRequest {
  path: string
  query: string
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

export type ReadResult<Request extends ModelRequest = ModelRequest> = { ok: true; request: Request } | Invalid

/** What is wrong, where (JSON pointer; empty: the whole body), and how to mend it. */
export interface Invalid {
  ok: false
  pointer: string
  message: string
  /** Set where it is too large: so many bytes are taken. */
  mostBytes?: number
}

/** A caller's request, as far as every dialect has it; everything else stays bytes. */
export interface ModelRequest {
  dialect: DialectName
  body: Buffer
  /** `Content-Type` of the body; absent: it is JSON. */
  contentType?: string
  model: string
  stream: boolean
  /** A stream was asked for, and a whole answer in its place is covered as well: not every model has streams. */
  wholeToo?: true
  /** Half of an answer is worth nothing: one that the upstream breaks off is void. */
  wholeOnly?: true
  /** Choices; 0 where nothing is generated. */
  n: number
  /** The caller's own limit of output, tokens a choice. */
  outputLimit: number | null
  /** The member that carries it, for the announcement of ours: `max_tokens`, `generationConfig.maxOutputTokens`. */
  outputLimitMember: string | null
  /** Whether the body holds this member, where a dialect has several names for one thing. */
  names?(member: string): boolean
  /** The caller wants to be told usage in the stream; true where the dialect always tells it. */
  includeUsage: boolean
  user: string | null
  /** The most input tokens that the body can cost whatever the model behind its name (M11). */
  inputBound: number
  /** The same for one upstream model: what an image costs depends on it. */
  inputBoundFor(model: string): number
  /** The text that a tokenizer would count. Reads the body again: for the rare request that is refused by its bound. */
  inputText(): string
  /** The most that it can make of what is counted beforehand and is no token: images, characters, seconds, searches. */
  units?: Partial<Record<UnitBucket, number>>
  /** Prices of which the model must have one, where it may be billed in one unit or another. */
  pricedBy?: readonly Bucket[]
  /**
   * What it uses beyond its text, by our own count, where the vendor does not tell: for a whole answer, or for one of which
   * only so much was made (bytes of what is no JSON; `StreamStep.made` of a stream).
   */
  ownCount?(made: number, whole: boolean): Buckets
  /** The vendor never tells what such a call uses: that it is counted here is nothing odd. */
  countedHere?: true
  canCause: {
    cacheWrite: boolean
    audioIn: boolean
    audioOut: boolean
    imageIn: boolean
    /** Output can be billed without being seen: reasoning, server tools, audio, predictions, or a model known for it. */
    hiddenOutput: boolean
  }
  /** The body for an upstream of the same dialect: byte for byte, but for what must change. The same Buffer if nothing must. */
  upstreamBody(change: UpstreamChange): Buffer
  /** The request in neutral form, for an upstream of another dialect. */
  decode(): Decoded
}

export type Decoded = { ok: true; conversation: Conversation } | Invalid

/** What differs between what the caller sent and what an upstream of the same dialect gets. */
export interface UpstreamChange {
  model: string
  /** Written under this name; a caller's own limit that is larger is lowered to it as well. */
  outputLimit?: { member: string; value: number }
  /** Ask for usage where the caller streams and did not. */
  injectUsage: boolean
  /** Members that are left out. */
  without?: readonly string[]
  /** Ids of tool calls are to have exactly nine letters and digits. */
  nineCharacterToolIds?: boolean
  /** Members of messages that are left out where they say nothing. */
  withoutInMessages?: readonly string[]
  /** The user may not speak right after a tool. */
  assistantAfterTools?: boolean
}
