import type { RawAnswer } from '../plan.ts'
import type { JsonObject, Vendor } from '../types.ts'

/** What a request differs in from the plainest one that its vendor takes. */
export interface Change {
  /** Members of the body; `undefined` takes one away. */
  body?: JsonObject
  /** The whole body, as it is. */
  raw?: string
  headers?: Record<string, string | undefined>
  /** Another model; in the path, where the vendor has it there. */
  model?: string
  query?: string
  form?: Record<string, string>
}

/** A rule with a request that breaks it and one that keeps it. */
export interface Case {
  rule: string
  /** Which plain request is changed. */
  base: string
  /** What is asked and answered before it. */
  first?: { change: Change; answer: RawAnswer }
  breaks: Change
  keeps: Change
}

export interface Base {
  vendor: Vendor
  path: (model: string) => string
  model: string
  /** The model is a member of the body. */
  named: boolean
  headers: Record<string, string>
  body: JsonObject
}

/** Bodies that break a rule and keep it: the usual case. */
export function bodies(base: string, rows: [rule: string, breaks: JsonObject, keeps: JsonObject, model?: string][]): Case[] {
  return rows.map(([rule, breaks, keeps, model]) => {
    const named = model === undefined ? {} : { model }
    return { rule, base, breaks: { body: breaks, ...named }, keeps: { body: keeps, ...named } }
  })
}
