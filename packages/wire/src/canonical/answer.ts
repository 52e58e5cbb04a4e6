import type { Citation, DialectName, Part } from './conversation.ts'
import type { UsageReading } from './usage.ts'

/** Why an answer ended. `stop_sequence`: one of the caller's own; `length`: the output limit; `context`: the model's window. */
export type StopReason = 'stop' | 'stop_sequence' | 'length' | 'context' | 'tool_calls' | 'content_filter' | 'refusal' | 'pause' | 'error'

export interface Stop {
  reason: StopReason
  /** The vendor's own word, where it says more than the neutral one. */
  raw?: string
  /** Which stop sequence matched, where the vendor tells. */
  sequence?: string
}

/** A whole answer, neutral between dialects. */
export interface Answer {
  /** The vendor's id of it. */
  id?: string
  /** As the vendor names it. */
  model?: string
  /** Seconds since 1970. */
  created?: number
  choices: Choice[]
  usage: UsageReading
}

export interface Choice {
  /** Text, reasoning, tool calls, refusals, images; in order. `at` is empty. */
  parts: Part[]
  stop: Stop
  logprobs?: TokenLogprob[]
}

export interface TokenLogprob {
  token: string
  logprob: number
  bytes?: number[] | null
  top: { token: string; logprob: number; bytes?: number[] | null }[]
}

/**
 * One thing that happens in a streamed answer. Blocks are not marked: an encoder whose dialect has blocks opens one with
 * its first content and closes it when something else comes. `choice` counts from 0; `call` counts the tool calls of a
 * choice from 0, in order of their beginning.
 */
export type StreamEvent =
  | { type: 'start'; id?: string; model?: string; created?: number }
  | { type: 'text'; choice: number; text: string; logprobs?: TokenLogprob[] }
  | { type: 'refusal'; choice: number; text: string }
  | { type: 'reasoning'; choice: number; text: string }
  /** Ends a block of reasoning, signed. `origin`: the dialect whose vendor signed it, as in a part of a whole answer. */
  | { type: 'reasoning_signature'; choice: number; signature: string; origin?: DialectName }
  | { type: 'redacted_reasoning'; choice: number; data: string; origin?: DialectName }
  | { type: 'citation'; choice: number; citation: Citation }
  | { type: 'tool_call'; choice: number; call: number; id: string; name: string; signature?: string; custom?: boolean }
  | { type: 'tool_arguments'; choice: number; call: number; text: string }
  | { type: 'part'; choice: number; part: Part }
  | { type: 'finish'; choice: number; stop: Stop }
  /** Cumulative: the last one counts. */
  | { type: 'usage'; usage: UsageReading }
  /** The vendor's own error inside the stream. */
  | { type: 'error'; message: string; raw: unknown }
  /** The vendor's terminal event: nothing follows. */
  | { type: 'done' }
