import type { JsonObject } from '../types.ts'
import { callId, madeUp, madeUpSignature } from './ids.ts'
import { fragments, pieces, totals, type Scene, type ScenePart } from './scene.ts'
import type { AnswerFrame, Writer } from './write.ts'

/** OpenAI's responses: items, and a stream with numbered, named events and no `[DONE]`. */
export const openaiResponses: Writer = {
  whole: (scene, frame) => response(scene, frame, scene.stop === 'length' ? 'incomplete' : 'completed', items(scene, frame)),
  events(scene, frame) {
    const found: JsonObject[] = []
    const add = (type: string, more: JsonObject): unknown => found.push({ type, sequence_number: found.length, ...more })
    const begun = response(scene, frame, 'in_progress', [])
    add('response.created', { response: begun })
    add('response.in_progress', { response: begun })
    const all = items(scene, frame)
    for (const [index, item] of all.entries()) addItem(add, item, index)
    const incomplete = scene.stop === 'length'
    const whole = response(scene, frame, incomplete ? 'incomplete' : 'completed', all)
    add(incomplete ? 'response.incomplete' : 'response.completed', { response: whole })
    return found
  },
}

type Add = (type: string, more: JsonObject) => unknown

function response(scene: Scene, frame: AnswerFrame, status: string, output: JsonObject[]): JsonObject {
  const { input, output: generated } = totals(scene.usage)
  return {
    id: `resp_${madeUp(frame.seed, 48).toLowerCase()}`,
    object: 'response',
    created_at: frame.created,
    status,
    background: false,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: frame.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    usage:
      status === 'in_progress'
        ? null
        : {
            input_tokens: input,
            input_tokens_details: { cached_tokens: scene.usage.cacheRead ?? 0 },
            output_tokens: generated,
            output_tokens_details: { reasoning_tokens: scene.usage.reasoning ?? 0 },
            total_tokens: input + generated,
          },
    user: null,
    metadata: {},
  }
}

function items(scene: Scene, frame: AnswerFrame): JsonObject[] {
  return scene.parts.map((part, index) => itemOf(part, `${frame.seed}/${index}`, frame))
}

function itemOf(part: ScenePart, seed: string, frame: AnswerFrame): JsonObject {
  if (part.type === 'reasoning') return reasoningItem(part.text, seed, frame)
  if (part.type === 'call') {
    return {
      id: `fc_${madeUp(`${seed}/item`, 48).toLowerCase()}`,
      type: 'function_call',
      status: 'completed',
      arguments: JSON.stringify(part.arguments),
      call_id: part.id ?? callId('openai', seed, part.name),
      name: part.name,
    }
  }
  const content =
    part.type === 'refusal'
      ? { type: 'refusal', refusal: part.text }
      : { type: 'output_text', annotations: [], logprobs: [], text: part.text }
  return { id: `msg_${madeUp(seed, 48).toLowerCase()}`, type: 'message', status: 'completed', content: [content], role: 'assistant' }
}

function reasoningItem(text: string, seed: string, frame: AnswerFrame): JsonObject {
  const encrypted = `gAAAAA${madeUpSignature(`${seed}/${text}`).replaceAll(/[+/=]/g, '_')}`
  frame.issue(encrypted, text)
  const summary = frame.showReasoning && text !== '' ? [{ type: 'summary_text', text }] : []
  return { id: `rs_${madeUp(seed, 48).toLowerCase()}`, type: 'reasoning', encrypted_content: encrypted, summary }
}

/** The events of one item, from `added` to `done`. */
function addItem(add: Add, item: JsonObject, index: number): void {
  const at = { item_id: item['id'], output_index: index }
  if (item['type'] === 'function_call') {
    add('response.output_item.added', { output_index: index, item: { ...item, status: 'in_progress', arguments: '' } })
    for (const delta of fragments(String(item['arguments']))) add('response.function_call_arguments.delta', { ...at, delta })
    add('response.function_call_arguments.done', { ...at, arguments: item['arguments'] })
  } else if (item['type'] === 'reasoning') {
    add('response.output_item.added', { output_index: index, item: { ...item, summary: [] } })
    for (const [summaryIndex, part] of (item['summary'] as { text: string }[]).entries()) addSummary(add, at, summaryIndex, part.text)
  } else {
    add('response.output_item.added', { output_index: index, item: { ...item, status: 'in_progress', content: [] } })
    addContent(add, { ...at, content_index: 0 }, (item['content'] as JsonObject[])[0] ?? {})
  }
  add('response.output_item.done', { output_index: index, item })
}

function addSummary(add: Add, at: JsonObject, index: number, text: string): void {
  const place = { ...at, summary_index: index }
  add('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } })
  for (const delta of pieces(text)) add('response.reasoning_summary_text.delta', { ...place, delta })
  add('response.reasoning_summary_text.done', { ...place, text })
  add('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text } })
}

function addContent(add: Add, at: JsonObject, content: JsonObject): void {
  if (content['type'] === 'refusal') {
    add('response.content_part.added', { ...at, part: { type: 'refusal', refusal: '' } })
    for (const delta of pieces(String(content['refusal']))) add('response.refusal.delta', { ...at, delta })
    add('response.refusal.done', { ...at, refusal: content['refusal'] })
  } else {
    add('response.content_part.added', { ...at, part: { ...content, text: '' } })
    for (const delta of pieces(String(content['text']))) add('response.output_text.delta', { ...at, delta, logprobs: [] })
    add('response.output_text.done', { ...at, text: content['text'], logprobs: [] })
  }
  add('response.content_part.done', { ...at, part: content })
}
