import type { Buckets } from '@faregate/core'
import type { Answer, StreamEvent } from './canonical/answer.ts'
import type { Conversation, DialectName } from './canonical/conversation.ts'
import type { ErrorStatuses } from './canonical/vendor-errors.ts'
import type { ToolNameRule } from './canonical/tool-names.ts'
import type { Unsupported } from './canonical/unsupported.ts'
import type { UsageReading } from './canonical/usage.ts'
import type { CallerRequest, ReadResult } from './model-request.ts'
import type { RawEvent } from './sse/split.ts'

export type { CallerRequest, Decoded, Invalid, ModelRequest, ReadResult, UpstreamChange } from './model-request.ts'

/**
 * The port that a wire format implements, once for callers and once for upstreams. What a caller and a deployment of the
 * same dialect say to each other passes through: only `read`, `readAnswer` and `streamReader` look at it. Between two
 * dialects everything goes through the canonical conversation: `decode` of the one, `encode` of the other.
 */
export interface Dialect extends CallerDialect, UpstreamDialect {
  readonly name: DialectName
}

/** What is spoken on a route whose calls are metered and passed through. */
export interface EndpointDialect extends CallerSide, UpstreamSide {
  readonly name: DialectName
}

/** What callers speak, on whatever route. */
export interface CallerSide {
  readonly name: DialectName
  /** `Content-Type` of its streams. */
  readonly streamType: string
  /** Where its clients look for the id of the request, beside `x-request-id`. */
  readonly requestIdHeader?: string
  /** How its vendor tells callers of their limits, for clients that look there. `now`: milliseconds since 1970. Absent: it does not. */
  limitHeaders?(limits: CallerLimits, now: number): Record<string, string>
  /** How its callers name the output limit; absent: as the vendor does, there are two names. */
  readonly limitMember?: string
  /** What fills silence in a stream without saying anything; absent: nothing can. */
  readonly keepAlive?: Buffer
  /** Understands what a caller sent, as far as money and routing need it; or says what is wrong, where, and how to mend it. */
  read(call: CallerRequest): ReadResult
  /** The body of a refusal, in the envelope that this dialect's clients parse. `problem` is RFC 9457, see core/denials. */
  errorBody(problem: ProblemLike): Record<string, unknown>
  /** The bytes of a refusal in mid-stream, after which nothing follows: the answer must not look complete. */
  errorEvent(problem: ProblemLike, ids: StreamIds): Buffer
}

/** How a caller stands with the tightest limit of a kind. */
export interface LimitStanding {
  amount: number
  remaining: number
  /** Milliseconds until all of it is back. */
  resetMs: number
}

export type CallerLimits = Partial<Record<'requests' | 'tokens', LimitStanding>>

/** What callers speak who hold conversations. */
export interface CallerDialect extends CallerSide {
  encodeAnswer(answer: Answer, frame: AnswerFrame, buckets: Buckets): Buffer
  streamEncoder(frame: AnswerFrame): StreamEncoder
}

/** What upstreams speak, whatever they are called for. */
export interface UpstreamSide {
  readonly name: DialectName
  /** How its streams are cut into events. */
  readonly framing: Framing
  /** Whole answers are no JSON but bytes of this type: they are forwarded as they come. */
  readonly bytes?: RegExp
  /** What the names of its errors mean, for those that come under a success status. Absent: they name their status. */
  readonly errorStatuses?: ErrorStatuses
  /** A request without an output limit is refused. */
  readonly needsLimit?: true
  /** What a stream is completed with that ended after its finish reason, without a terminal event. Absent: it is broken. */
  readonly missingEnd?: Buffer
  /** The top-level member of a whole answer that tells usage, for answers too large to collect. */
  readonly usageMember: { name: string; read(usage: unknown): UsageReading }
  /** Reads a whole answer; undefined: it is none (not JSON, cut off, an error under status 200). */
  readAnswer(body: Buffer): AnswerReading | undefined
  /** Fills in what servers of this dialect leave out of answers that its clients cannot read without it. Absent: nothing is known to be. */
  mender?(): Mender
  /** Reads a stream beside the pass-through, in constant memory. `choices`: how many the caller asked for. */
  streamReader(choices: number): StreamReader
}

/** What upstreams speak that hold conversations. */
export interface UpstreamDialect extends UpstreamSide {
  /** Parts whose URLs it does not fetch: they are sent as bytes (I1). */
  readonly inlines?: readonly ('image' | 'document' | 'audio' | 'video')[]
  /** Names of tools that it takes; others it gets under another name, which goes back through `namesBack`. Absent: any. */
  readonly toolNames?: ToolNameRule
  /** The body for an upstream. What cannot be carried is listed, and left out. */
  encodeRequest(conversation: Conversation, target: Target): Encoded
  decodeAnswer(body: Buffer): Answer | undefined
  /** `choices`: how many the caller asked for; absent: one. */
  streamDecoder(choices?: number): StreamDecoder
}

export type Framing = 'sse' | 'ndjson' | 'json-array' | 'event-stream'

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
  /** The user may not speak right after a tool: the assistant is made to say something between them. */
  assistantAfterTools?: boolean
  /** The member that takes reasoning back on tool turns. */
  reasoningContentBack?: boolean
  /** `stream_options` is not known. */
  noStreamOptions?: boolean
  /** How many stop sequences are taken; absent: the dialect's own number. */
  mostStops?: number
  /** Members that are refused, and say nothing that is not said otherwise: they are taken out of what is passed on. */
  without?: readonly string[]
  /** The same of messages, where they say nothing: null, or an empty list. */
  withoutInMessages?: readonly string[]
  /** Members that this vendor calls otherwise, by the dialect's own name. */
  renames?: Readonly<Record<string, string>>
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
  /** What was made in this event that is no text: bytes of audio, or images. */
  made?: number
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

/** Of one answer: whole, or event after event. */
export interface Mender {
  /** The bytes to pass on; the same Buffer where nothing is missing. */
  mend(bytes: Buffer): Buffer
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
