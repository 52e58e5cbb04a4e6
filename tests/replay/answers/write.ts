import type { Dialect, JsonObject, Vendor } from '../types.ts'
import type { Scene } from './scene.ts'

/** What an answer is written for. */
export interface AnswerFrame {
  vendor: Vendor
  /** The model as the answer names it. */
  model: string
  /** Ids of the answer derive from it: the same seed gives the same bytes. */
  seed: string
  /** Seconds since 1970. */
  created: number
  /** OpenAI's `stream_options.include_usage` was asked for. */
  includeUsage: boolean
  /** Reasoning may be shown: the request asked for it, or the vendor always does. */
  showReasoning: boolean
  /** Notes a signature that the answer carries, so that it is known when it comes back. */
  issue(signature: string, text: string): void
}

/** Writes scenes in one vendor's form, whole or as the data of its stream's events. */
export interface Writer {
  whole(scene: Scene, frame: AnswerFrame): JsonObject
  events(scene: Scene, frame: AnswerFrame): JsonObject[]
}

export type Writers = Record<Dialect, Writer>
