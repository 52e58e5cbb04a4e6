import type { Framing, JsonObject } from '../types.ts'
import type { Prepared, Step } from './prepared.ts'

/** Members that say what an answer used, in any of the vendors' forms. */
const MEMBERS = ['usage', 'usageMetadata', 'prompt_eval_count', 'eval_count']

/** The same answer, silent about usage; events that say nothing else are left out. */
export function withoutUsage(answer: Prepared, framing: Framing | undefined): Prepared {
  if (framing === 'event-stream') {
    return { ...answer, steps: answer.steps.filter((step) => !Buffer.isBuffer(step) || !step.includes('"inputTokens"')) }
  }
  return {
    ...answer,
    steps: answer.steps.flatMap((step): Step[] => {
      if (!Buffer.isBuffer(step)) return [step]
      const text = step.toString('utf8').replaceAll(/\{.*\}/gs, (json) => strip(json))
      return text.includes('"choices":[]') ? [] : [Buffer.from(text)]
    }),
  }
}

function strip(json: string): string {
  return JSON.stringify(JSON.parse(json), (name, value: unknown) => (MEMBERS.includes(name) && isUsage(value) ? undefined : value))
}

function isUsage(value: unknown): value is JsonObject | number {
  return typeof value === 'object' || typeof value === 'number'
}
