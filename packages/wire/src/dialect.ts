import type { Buckets } from '@faregate/core'
import type { Answer, StreamEvent } from './canonical/answer.ts'
import type { Conversation, DialectName } from './canonical/conversation.ts'
import type { Unsupported } from './canonical/unsupported.ts'
import type { UsageReading } from './canonical/usage.ts'
import type { RawEvent } from './sse/split.ts'

/**
 * The port that a wire format implements, once for callers and once for upstreams. What a caller and a deployment of the
 * same dialect say to each other passes through: only `read`, `readAnswer` and `streamReader` look at it. Between two
 * dialects everything goes through the canonical conversation: `decode` of the one, `encode` of the other.
 */
export interface Dialect extends CallerDialect, UpstreamDialect {
  readonly name: DialectName
}

/** What callers speak. */
export interface CallerDialect {
  readonly name: DialectName
  /** `Content-Type` of its streams. */
  readonly streamType: string
  /** How its callers name the output limit; absent: as the vendor does, there are two names. */
  readonly limitMember?: string
  /** What fills silence in a stream without saying anything; absent: nothing can. */
  readonly keepAlive?: Buffer
  /** Understands what a caller sent, as far as money and routing need it; or says what is wrong, where, and how to mend it. */
  read(call: CallerRequest): ReadResult
  encodeAnswer(answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer
  streamEncoder(frame: AnswerFrame): StreamEncoder
  /** The body of a refusal, in the envelope that this dialect's clients parse. `problem` is RFC 9457, see core/denials. */
  errorBody(problem: ProblemLike): Record<string, unknown>
  /** The bytes of a refusal in mid-stream, after which nothing follows: the answer must not look complete. */
  errorEvent(problem: ProblemLike, ids: StreamIds): Buffer
}

/** What upstreams speak. */
export interface UpstreamDialect {
  readonly name: DialectName
  /** How its streams are cut into events. */
  readonly framing: Framing
  /** A request without an output limit is refused. */
  readonly needsLimit?: true
  /** Parts whose URLs it does not fetch: they are sent as bytes (I1). */
  readonly inlines?: readonly ('image' | 'document' | 'audio' | 'video')[]
  /** What a stream is completed with that ended after its finish reason, without a terminal event. Absent: it is broken. */
  readonly missingEnd?: Buffer
  /** The top-level member of a whole answer that tells usage, for answers too large to collect. */
  readonly usageMember: { name: string; read(usage: unknown): UsageReading }
  /** The body for an upstream. What cannot be carried is listed, and left out. */
  encodeRequest(conversation: Conversation, target: Target): Encoded
  /** Reads a whole answer; undefined: it is none (not JSON, cut off, an error under status 200). */
  readAnswer(body: Buffer): AnswerReading | undefined
  decodeAnswer(body: Buffer): Answer | undefined
  /** Reads a stream beside the pass-through, in constant memory. `choices`: how many the caller asked for. */
  streamReader(choices: number): StreamReader
  streamDecoder(): StreamDecoder
}

export type Framing = 'sse' | 'ndjson' | 'json-array' | 'event-stream'

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
}

/** A caller's request, as far as every dialect has it; everything else stays bytes. */
export interface ModelRequest {
  dialect: DialectName
  body: Buffer
  model: string
  stream: boolean
  /** Choices. */
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
}

/** The deployment that a conversation is encoded for. */
export interface Target {
  /** As the vendor names it. */
  model: string
  /** Written into the body; the caller's own, or ours (M12). Tokens a choice. */
  outputLimit: number | undefined
  quirks: Quirks
}

/** In what a vendor differs from its dialect. All absent: not at all. */
export interface Quirks {
  /** The member that carries the output limit. */
  outputLimitMember?: 'max_tokens' | 'max_completion_tokens'
  /** Ids of tool calls must have exactly nine letters and digits. */
  nineCharacterToolIds?: boolean
  /** `tool_choice: "any"` instead of `"required"`. */
  toolChoiceAny?: boolean
  /** The role `developer` is not known: it is sent as `system`. */
  noDeveloperRole?: boolean
  /** The member that takes reasoning back on tool turns. */
  reasoningContentBack?: boolean
  /** `stream_options` is not known. */
  noStreamOptions?: boolean
  /** Members that this vendor refuses, by canonical name (`seed`, `logitBias`, …). */
  refuses?: readonly string[]
}

export interface Encoded {
  body: Buffer
  unsupported: Unsupported[]
}

/** A whole answer, as far as money needs it. */
export interface AnswerReading {
  usage: UsageReading
  /** The text of every choice, for an estimate. */
  text(): string
  /** An error that came with the answer. */
  error?: unknown
  /** Something was generated: text, a tool call, audio or an image. */
  hasOutput: boolean
}

/** What one event of a stream means to the gateway. */
export interface StreamStep {
  kind: 'delta' | 'usage' | 'done' | 'error' | 'other'
  /** Text generated in this event, of every choice; '' if none. */
  text: string
  /** Every expected choice has a finish reason by now. */
  finished: boolean
  /** Also when it comes with a delta; where every event carries it, it is cumulative and the last one counts. */
  usage?: UsageReading
  /** An event that exists only to carry usage: not for a caller who did not ask for it. */
  usageOnly: boolean
  error?: { message: string; raw: unknown }
  /**
   * To a client this event is the end of the answer, although the upstream may say more: it is kept back, with what
   * follows, until the upstream has ended and the settle is durable (M16).
   */
  keepBack?: boolean
}

/** What identifies the answer, from its first event: an error event of ours carries the same. */
export interface StreamIds {
  id?: string
  created?: number
  model?: string
}

export interface StreamReader {
  readonly ids: StreamIds
  read(event: RawEvent): StreamStep
}

/** Reads the events of an upstream's stream; keeps no text. */
export interface StreamDecoder {
  /** What this event says; nothing for comments and events that carry nothing. */
  decode(event: RawEvent): StreamEvent[]
}

/** Writes a stream for a caller. A state machine with one terminal event; memory is bounded whatever its length. */
export interface StreamEncoder {
  readonly ids: StreamIds
  /** The bytes for these events, empty where nothing is to be sent for them (yet). */
  encode(events: StreamEvent[]): Buffer
  /**
   * What ends the answer: open blocks, stop reason, usage, terminal event. Sent once the settle is durable, with what is
   * charged for. Called once, last, and only for an answer that is whole.
   */
  end(buckets: Buckets): Buffer
}

/** What an answer is wrapped in for the caller. */
export interface AnswerFrame {
  /** The name that the caller used. */
  model: string
  /** `req_…`: ids of the answer are derived from it where the vendor's do not fit. */
  requestId: string
  /** Seconds since 1970. */
  created: number
  includeUsage: boolean
  /** What was asked. */
  conversation: Conversation
}

/** A problem as core renders it. */
export interface ProblemLike {
  status: number
  code: string
  detail: string
  title: string
  requestId: string
  error: { type: string; code: string; message: string; param: string | null }
  [member: string]: unknown
}
