import type { DialectName } from './dialect-names.ts'

export * from './dialect-names.ts'

/**
 * A conversation with a model, neutral between dialects: what each decoder makes and each encoder takes.
 * A member that is absent was not said by the caller: absent, null and a default are three things, and only what was said
 * is sent on. Places (`at`) are JSON pointers into the caller's own body, for naming what cannot be carried.
 */
export interface Conversation {
  stream: boolean
  turns: Turn[]
  tools?: Tool[]
  toolChoice?: ToolChoice
  parallelToolCalls?: boolean
  output?: OutputFormat
  reasoning?: Reasoning
  /** How much is said, more or less than usual; OpenAI's word for it. */
  verbosity?: 'low' | 'high'
  /** Tokens of output, a choice. */
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  minP?: number
  presencePenalty?: number
  frequencyPenalty?: number
  repetitionPenalty?: number
  seed?: number
  stop?: string[]
  /** Answers to the same prompt; absent: one. */
  choices?: number
  logitBias?: Record<string, number>
  /** Log probabilities of the output; with how many alternatives for each token. */
  logprobs?: { top?: number }
  /** Names the caller's own user, for the vendor's abuse detection. */
  user?: string
  metadata?: Record<string, string>
  serviceTier?: string
  promptCacheKey?: string
  /** One breakpoint for the whole prompt, where a dialect has that. */
  cacheControl?: CacheControl
  safetySettings?: unknown[]
  /** Members that have no neutral form, by name: for an upstream of the same dialect only. */
  others: Record<string, Other>
}

/** A member of the caller's body that only its own dialect understands. */
export interface Other {
  at: string
  value: unknown
}

/**
 * In the order in which they were sent; decoders do not merge. `tool` holds nothing but tool results, as dialects with a
 * role of its own for them send it; elsewhere results are parts of a `user` turn.
 */
export interface Turn {
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  parts: Part[]
  /** Of the speaker, where the dialect has that. */
  name?: string
  at: string
}

export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | VideoPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | VendorPart

interface Shared {
  at: string
  cacheControl?: CacheControl
}

export interface TextPart extends Shared {
  type: 'text'
  text: string
  citations?: Citation[]
}

export interface ImagePart extends Shared {
  type: 'image'
  source: Source
  detail?: 'low' | 'high' | 'auto' | 'original'
}

/** A PDF or a text file. */
export interface DocumentPart extends Shared {
  type: 'document'
  source: Source | { kind: 'text'; text: string; mediaType: string }
  filename?: string
  title?: string
  context?: string
  /** The answer is to cite it. */
  citations?: boolean
}

export interface AudioPart extends Shared {
  type: 'audio'
  source: Source
}

export interface VideoPart extends Shared {
  type: 'video'
  source: Source
}

/** Where the bytes of a part are. `file` is an id at the vendor whose dialect the caller speaks. */
export type Source =
  | { kind: 'base64'; mediaType: string; data: string }
  | { kind: 'url'; url: string; mediaType?: string }
  | { kind: 'file'; id: string; mediaType?: string }

/** What the model thought, in an earlier turn. Signed and encrypted reasoning goes back to its own vendor only. */
export interface ReasoningPart extends Shared {
  type: 'reasoning'
  text: string
  signature?: string
  /** Thought that the vendor does not show; `text` is empty. */
  redacted?: string
  /** The dialect whose vendor signed or encrypted it. */
  origin?: DialectName
  id?: string
}

export interface ToolCallPart extends Shared {
  type: 'tool_call'
  id: string
  name: string
  /** JSON text of an object, in the caller's own order of keys; `{}` where the tool takes nothing. */
  arguments: string
  /** Gemini's `thoughtSignature`. */
  signature?: string
  /** A tool of free text instead of JSON arguments (OpenAI's custom tools): `arguments` is that text. */
  custom?: boolean
}

export interface ToolResultPart extends Shared {
  type: 'tool_result'
  callId: string
  /** Of the tool, where the dialect names it. */
  name?: string
  content: (TextPart | ImagePart | DocumentPart)[]
  isError?: boolean
}

export interface RefusalPart extends Shared {
  type: 'refusal'
  text: string
}

/** A part that has no neutral form: it goes to an upstream of its own dialect, and is refused by name elsewhere. */
export interface VendorPart extends Shared {
  type: 'vendor'
  dialect: DialectName
  value: unknown
}

export interface CacheControl {
  ttl?: '5m' | '1h'
}

/** Where a piece of text comes from. */
export interface Citation {
  url?: string
  title?: string
  citedText?: string
  /** Characters of the text that is cited for, from and up to. */
  start?: number
  end?: number
  /** Of a document of the request: its index, and where in it. */
  document?: number
  /** As the vendor sent it, for callers of its own dialect. */
  raw?: { dialect: DialectName; value: unknown }
}

export type Tool = FunctionTool | VendorTool

export interface FunctionTool {
  type: 'function'
  name: string
  description?: string
  /** JSON Schema of the arguments, in the caller's own order of keys; absent: the tool takes nothing. */
  parameters?: Record<string, unknown>
  strict?: boolean
  cacheControl?: CacheControl
  at: string
}

/** A tool that the vendor runs, or of a form that only one dialect has. */
export interface VendorTool {
  type: 'vendor'
  dialect: DialectName
  /** As the dialect calls it: `web_search_20250305`, `googleSearch`, `custom`, … */
  name: string
  value: unknown
  at: string
}

export type ToolChoice =
  | { kind: 'auto' }
  | { kind: 'none' }
  | { kind: 'required' }
  | { kind: 'tool'; name: string }
  | { kind: 'allowed'; names: string[]; required: boolean }

export type OutputFormat =
  | { kind: 'text' }
  | { kind: 'json' }
  | { kind: 'schema'; schema: Record<string, unknown>; name?: string; description?: string; strict?: boolean }

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/** How much the model is to think. Both may be said; an encoder takes what its dialect has, or derives it. */
export interface Reasoning {
  effort?: Effort
  /** Tokens; 0 switches thinking off. */
  budgetTokens?: number
  /** The model decides by itself how much. */
  adaptive?: boolean
  /** The caller wants to see it, in whatever form. */
  show?: boolean
  /** OpenAI's words for what is shown. */
  summary?: string
}
