import type { JsonObject } from '../types.ts'
import { callsOf, pieces, textOf, totals, type Scene } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

/** Ollama's chat: lines of JSON, calls whole and with arguments as an object, durations in nanoseconds. */
export const ollama: Writer = {
  whole: (scene, frame) => ({ ...head(frame), message: { role: 'assistant', ...content(scene, frame) }, ...tail(scene) }),
  events(scene, frame) {
    const lines: JsonObject[] = []
    const add = (message: JsonObject): unknown =>
      lines.push({ ...head(frame), message: { role: 'assistant', content: '', ...message }, done: false })
    let calls = 0
    for (const part of scene.parts) {
      if (part.type === 'reasoning') {
        for (const thinking of frame.showReasoning && part.text !== '' ? pieces(part.text) : []) add({ thinking })
      } else if (part.type === 'call') add({ tool_calls: [toolCall(part, calls++)] })
      else for (const piece of pieces(part.text)) add({ content: piece })
    }
    return [...lines, { ...head(frame), message: { role: 'assistant', content: '' }, ...tail(scene) }]
  },
}

/** Ollama's generate: the same with `response` in place of a message. */
export const ollamaGenerate: Writer = {
  whole: (scene, frame) => ({ ...head(frame), response: textOf(scene, 'text') + textOf(scene, 'refusal'), ...tail(scene) }),
  events(scene, frame) {
    const texts = scene.parts.flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? pieces(part.text) : []))
    const lines = texts.map((response) => ({ ...head(frame), response, done: false }))
    return [...lines, { ...head(frame), response: '', ...tail(scene) }]
  },
}

function head(frame: AnswerFrame): JsonObject {
  return { model: frame.model, created_at: new Date(frame.created * 1000).toISOString() }
}

function content(scene: Scene, frame: AnswerFrame): JsonObject {
  const thinking = textOf(scene, 'reasoning')
  const calls = callsOf(scene)
  return {
    content: textOf(scene, 'text') + textOf(scene, 'refusal'),
    ...(thinking === '' || !frame.showReasoning ? {} : { thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(toolCall) }),
  }
}

function toolCall(call: { name: string; arguments: JsonObject }, index: number): JsonObject {
  return { function: { index, name: call.name, arguments: call.arguments } }
}

function tail(scene: Scene): JsonObject {
  const { input, output } = totals(scene.usage)
  return {
    done_reason: scene.stop === 'length' ? 'length' : 'stop',
    done: true,
    total_duration: 1_250_000_000,
    load_duration: 50_000_000,
    prompt_eval_count: input,
    prompt_eval_duration: 200_000_000,
    eval_count: output,
    eval_duration: 1_000_000_000,
  }
}
