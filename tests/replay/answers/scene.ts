import type { JsonObject } from '../types.ts'

/**
 * An answer in no vendor's form: what a model says, in order. Every vendor's writer makes its own form of it, so that a
 * test can tell from the scene alone what must arrive at the other side of a gateway.
 */
export interface Scene {
  parts: ScenePart[]
  stop: SceneStop
  /** The sequence that stopped it. */
  stopSequence?: string
  usage: SceneUsage
}

export type ScenePart =
  | { type: 'text'; text: string }
  /** Reasoning, signed where the vendor signs; '' where the vendor keeps to itself what was thought. */
  | { type: 'reasoning'; text: string }
  /** The id is made up where it is absent. */
  | { type: 'call'; name: string; arguments: JsonObject; id?: string }
  | { type: 'refusal'; text: string }

export type SceneStop = 'stop' | 'length' | 'tool_calls' | 'stop_sequence' | 'refusal' | 'content_filter'

/** Tokens in disjoint buckets: what each vendor's usage must come to when it is taken apart again. */
export interface SceneUsage {
  input: number
  cacheRead?: number
  cacheWrite?: number
  output: number
  reasoning?: number
}

/** The pieces in which a stream gives a text: words with the space before them; '' stays one piece. */
export function pieces(text: string): string[] {
  return text.match(/\s*\S+\s*$|\s*\S+/gu) ?? [text]
}

/** Fragments of a JSON text, cut without regard to its grammar. */
export function fragments(json: string, size = 7): string[] {
  const found: string[] = []
  for (let at = 0; at < json.length; at += size) found.push(json.slice(at, at + size))
  return found
}

export function textOf(scene: Scene, type: 'text' | 'reasoning' | 'refusal'): string {
  return scene.parts.map((part) => (part.type === type ? part.text : '')).join('')
}

export function callsOf(scene: Scene): Extract<ScenePart, { type: 'call' }>[] {
  return scene.parts.filter((part) => part.type === 'call')
}

/** Input as most vendors count it, cache included; output with reasoning. */
export function totals(usage: SceneUsage): { input: number; output: number } {
  return {
    input: usage.input + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0),
    output: usage.output + (usage.reasoning ?? 0),
  }
}
