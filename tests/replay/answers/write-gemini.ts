import type { JsonObject } from '../types.ts'
import { callId, madeUp, madeUpSignature } from './ids.ts'
import { pieces, totals, type Scene, type ScenePart, type SceneStop } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

/** Gemini says STOP after function calls, too. */
const FINISH: Record<SceneStop, string> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  stop_sequence: 'STOP',
  refusal: 'SAFETY',
  content_filter: 'SAFETY',
}

/** Gemini's generateContent: parts, the first call of an answer signed, usage in every chunk. */
export const gemini: Writer = {
  whole: (scene, frame) =>
    answer(
      scene,
      frame,
      parts(scene, frame, (text) => [text]),
      true,
    ),
  events(scene, frame) {
    const all = parts(scene, frame, pieces)
    if (all.length === 0) return [answer(scene, frame, [], true)]
    return all.map((part, index) => answer(scene, frame, [part], index === all.length - 1))
  },
}

function answer(scene: Scene, frame: AnswerFrame, found: JsonObject[], last: boolean): JsonObject {
  const candidate = { content: { parts: found, role: 'model' }, ...(last ? { finishReason: FINISH[scene.stop] } : {}), index: 0 }
  return {
    candidates: [candidate],
    usageMetadata: usage(scene, last),
    modelVersion: frame.model,
    responseId: madeUp(frame.seed, 23),
  }
}

/** Thoughts are counted beside candidates, and both in the total; cached input is part of the prompt. */
function usage(scene: Scene, last: boolean): JsonObject {
  const { input } = totals(scene.usage)
  const { cacheRead = 0, reasoning = 0 } = scene.usage
  const output = last ? scene.usage.output : Math.ceil(scene.usage.output / 2)
  return {
    promptTokenCount: input,
    candidatesTokenCount: output,
    totalTokenCount: input + output + reasoning,
    ...(cacheRead > 0 ? { cachedContentTokenCount: cacheRead } : {}),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
    ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
  }
}

function parts(scene: Scene, frame: AnswerFrame, cut: (text: string) => string[]): JsonObject[] {
  const firstCall = scene.parts.findIndex((part) => part.type === 'call')
  return scene.parts.flatMap((part, index) => partsOf(part, index, { frame, cut, signed: index === firstCall }))
}

interface PartContext {
  frame: AnswerFrame
  cut: (text: string) => string[]
  signed: boolean
}

function partsOf(part: ScenePart, index: number, { frame, cut, signed }: PartContext): JsonObject[] {
  if (part.type === 'reasoning')
    return frame.showReasoning && part.text !== '' ? cut(part.text).map((text) => ({ text, thought: true })) : []
  if (part.type !== 'call') return cut(part.text).map((text) => ({ text }))
  const seed = `${frame.seed}/${index}`
  const id = part.id ?? callId('gemini', seed, part.name)
  const call = { functionCall: { name: part.name, args: part.arguments, ...(namesCalls(frame) ? { id } : {}) } }
  if (!signed || !signs(frame.model)) return [call]
  const thoughtSignature = madeUpSignature(seed)
  frame.issue(thoughtSignature, part.name)
  return [{ ...call, thoughtSignature }]
}

/** Gemini 3 gives calls an id; older ones, and Vertex, do not. */
function namesCalls(frame: AnswerFrame): boolean {
  return frame.vendor === 'gemini' && /gemini-[3-9]/.test(frame.model)
}

/** Gemini 2.5 and later sign. */
function signs(model: string): boolean {
  return /gemini-(2\.5|[3-9])/.test(model)
}
