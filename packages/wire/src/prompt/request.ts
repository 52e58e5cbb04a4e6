import type { Prompt } from '@faregate/core'
import { readJsonBody } from '../input/body.ts'
import type { CallerRequest, Invalid, ReadResult } from '../model-request.ts'
import { readChatRequest } from '../openai-chat/request.ts'
import { prefersEvents } from './accept.ts'
import { canBeStrict } from './strict.ts'

/** Makes what the model is asked out of the values that a caller sends, or says what is wrong with them. */
export type RenderPrompt = (values: Record<string, unknown>) => { ok: true; system?: string; user: string } | Invalid

/** What an output schema is called where it needs a name. */
const OUTPUT_NAME = 'output'

/** Reads a call of a prompt as the chat completion that it stands for: from there on it is one. */
export function readPrompt(prompt: Prompt, render: RenderPrompt, { headers, body }: CallerRequest): ReadResult {
  const names = Object.keys(prompt.variables)
  const example = JSON.stringify(Object.fromEntries(names.map((name) => [name, '…'])))
  const read = readJsonBody(body, { own: new Set(names) }, example)
  if (!read.ok) return read
  const rendered = render(read.value)
  return rendered.ok ? readChatRequest(chatBody(prompt, rendered, prefersEvents(headers['accept']))) : rendered
}

function chatBody(prompt: Prompt, { system, user }: { system?: string; user: string }, stream: boolean): Buffer {
  const { model, output, maxTokens, temperature } = prompt
  const format = output && { type: 'json_schema', json_schema: { name: OUTPUT_NAME, schema: output, strict: canBeStrict(output) } }
  const body = {
    model,
    messages: [...(system === undefined ? [] : [{ role: 'system', content: system }]), { role: 'user', content: user }],
    stream,
    max_tokens: maxTokens,
    temperature,
    response_format: format,
  }
  return Buffer.from(JSON.stringify(body))
}
