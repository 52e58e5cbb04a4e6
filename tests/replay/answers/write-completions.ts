import type { JsonObject } from '../types.ts'
import { madeUp } from './ids.ts'
import { pieces, textOf, totals, type Scene } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

/** OpenAI's legacy completions: text and nothing else. */
export const completions: Writer = {
  whole: (scene, frame) => ({ ...head(frame), choices: [choice(textOf(scene, 'text'), finish(scene))], usage: usage(scene) }),
  events: (scene, frame) => [
    ...pieces(textOf(scene, 'text')).map((text) => ({ ...head(frame), choices: [choice(text, null)] })),
    { ...head(frame), choices: [choice('', finish(scene))] },
    ...(frame.includeUsage ? [{ ...head(frame), choices: [], usage: usage(scene) }] : []),
  ],
}

function head(frame: AnswerFrame): JsonObject {
  return { id: `cmpl-${madeUp(frame.seed, 29)}`, object: 'text_completion', created: frame.created, model: frame.model }
}

function choice(text: string, finishReason: string | null): JsonObject {
  return { text, index: 0, logprobs: null, finish_reason: finishReason }
}

function finish(scene: Scene): string {
  return scene.stop === 'length' || scene.stop === 'content_filter' ? scene.stop : 'stop'
}

function usage(scene: Scene): JsonObject {
  const { input, output } = totals(scene.usage)
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}
