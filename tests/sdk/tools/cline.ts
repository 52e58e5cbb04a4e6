/**
 * What Cline sends (https://github.com/cline/cline): to OpenAI compatible servers from `src/core/api/providers/openai.ts`,
 * `src/core/api/transform/openai-format.ts` and `tool-call-processor.ts`, to Anthropic's from `providers/anthropic.ts` and
 * `transform/anthropic-format.ts`, with the tools that it calls natively. Both by the vendors' own SDKs.
 */
import type { Answer } from '../../support/http.ts'
import type { Access } from '../clients/client.ts'
import { callsOf, chatOf, chatUsage } from './chat-chunks.ts'
import { messageOf, spoken } from './messages.ts'
import { inAll } from './tool.ts'
import type { ScriptedTool, ToolTurn } from './tool.ts'
import { eventsOf, listOf, withMore } from './wire.ts'
import type { JsonObject, WireRequest } from './wire.ts'

const PROMPT = 'You are told who you are and how to work.'
const TASK = [
  { type: 'text', text: '<task>\nHow many files are here?\n</task>' },
  { type: 'text', text: '<environment_details>\n# Current Mode\nACT MODE\n</environment_details>' },
]
const LATER = { type: 'text', text: '<environment_details>\n# Current Mode\nACT MODE\n</environment_details>' }

const NAME = 'execute_command'
const DESCRIPTION = 'Executes a command on the system.'
const SCHEMA = {
  type: 'object',
  properties: {
    command: { type: 'string', description: 'The command' },
    requires_approval: { type: 'boolean', description: 'It may do harm' },
  },
  required: ['command', 'requires_approval'],
  additionalProperties: false,
}
const CALL = { name: NAME, arguments: { command: 'ls | wc -l', requires_approval: false } }

const STAINLESS = {
  accept: 'application/json',
  'content-type': 'application/json',
  'x-stainless-arch': 'x64',
  'x-stainless-lang': 'js',
  'x-stainless-os': 'Linux',
  'x-stainless-retry-count': '0',
  'x-stainless-runtime': 'node',
  'x-stainless-runtime-version': 'v22.15.1',
}

/** Models that reason are asked otherwise: the prompt is the developer's, and there is an effort instead of a temperature. */
function firstChat({ key }: Access, model: string): WireRequest {
  const reasons = /o1|o3|o4|gpt-5/.test(model) && !model.includes('chat')
  const tool = { type: 'function', function: { name: NAME, description: DESCRIPTION, strict: false, parameters: SCHEMA } }
  return {
    path: '/v1/chat/completions',
    headers: {
      ...STAINLESS,
      'user-agent': 'OpenAI/JS 4.96.0',
      'x-stainless-package-version': '4.96.0',
      'x-stainless-timeout': '600',
      authorization: `Bearer ${key}`,
    },
    body: {
      model,
      messages: [
        { role: reasons ? 'developer' : 'system', content: PROMPT },
        { role: 'user', content: TASK },
      ],
      ...(reasons ? { reasoning_effort: 'medium' } : { temperature: 0 }),
      stream: true,
      stream_options: { include_usage: true },
      tools: [tool],
      tool_choice: 'auto',
      parallel_tool_calls: false,
    },
  }
}

function readChat(answer: Answer): ToolTurn {
  const chat = chatOf(eventsOf(answer))
  const content = chat.text === '' ? null : chat.text
  const said = { role: 'assistant', content, ...(chat.calls.length === 0 ? {} : { tool_calls: chat.calls }) }
  return { text: chat.text, calls: callsOf(chat), usage: chatUsage(chat), said: [said] }
}

function nextChat(request: WireRequest, { said }: ToolTurn, result: string): WireRequest {
  const results = listOf(said[0]?.['tool_calls']).map(({ id }) => ({ role: 'tool', tool_call_id: id, content: result }))
  return withMore(request, 'messages', ...said, ...results, { role: 'user', content: [LATER] })
}

export const clineChat: ScriptedTool = {
  name: 'Cline, OpenAI compatible',
  call: CALL,
  first: firstChat,
  read: readChat,
  next: nextChat,
  usage: inAll,
}

function firstMessage({ key }: Access, model: string, thinks: boolean): WireRequest {
  return {
    path: '/v1/messages',
    headers: {
      ...STAINLESS,
      'user-agent': 'Anthropic/JS 0.37.0',
      'x-stainless-package-version': '0.37.0',
      'x-stainless-timeout': '600',
      'anthropic-version': '2023-06-01',
      'x-api-key': key,
    },
    body: {
      model,
      ...(thinks ? { thinking: { type: 'enabled', budget_tokens: 1024 } } : { temperature: 0 }),
      max_tokens: 8192,
      system: [{ text: PROMPT, type: 'text', cache_control: { type: 'ephemeral' } }],
      messages: marked([{ role: 'user', content: TASK }]),
      stream: true,
      tools: [{ name: NAME, description: DESCRIPTION, input_schema: SCHEMA }],
      ...(thinks ? {} : { tool_choice: { type: 'any' } }),
    },
  }
}

/** The last two messages of the user end in a breakpoint of the cache, and no others. */
function marked(messages: JsonObject[]): JsonObject[] {
  const users = messages.filter(({ role }) => role === 'user').slice(-2)
  return messages.map((message) => {
    const parts = listOf(message['content']).map(({ cache_control: _, ...part }) => part)
    const last = parts.pop()
    if (last === undefined || !users.includes(message)) return { ...message, content: last === undefined ? parts : [...parts, last] }
    return { ...message, content: [...parts, { ...last, cache_control: { type: 'ephemeral' } }] }
  })
}

/** What a stream tells of input at its start, and of output at its end. */
function readMessage(answer: Answer): ToolTurn {
  const { content, start, end } = messageOf(eventsOf(answer))
  const input = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'].map((name) => Number(start[name] ?? 0))
  return {
    ...spoken(content),
    usage: { input: input.reduce((sum, tokens) => sum + tokens, 0), output: Number(end['output_tokens']) },
    said: content,
  }
}

function nextMessage(request: WireRequest, { said }: ToolTurn, result: string): WireRequest {
  const results = said
    .filter((block) => block['type'] === 'tool_use')
    .map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: result }] }))
  const longer = withMore(request, 'messages', { role: 'assistant', content: said }, { role: 'user', content: [...results, LATER] })
  return { ...longer, body: { ...longer.body, messages: marked(listOf(longer.body?.['messages'])) } }
}

export function clineMessages(thinks: boolean): ScriptedTool {
  return {
    name: thinks ? 'Cline, Anthropic, thinking' : 'Cline, Anthropic',
    call: CALL,
    first: (access, model) => firstMessage(access, model, thinks),
    read: readMessage,
    next: nextMessage,
    ...(thinks ? { keepsThoughts: true } : {}),
    // All but Gemini tell of input at the end of a stream only, where Cline does not look.
    usage: (of, place) => (place === 'anthropic' || place === 'gemini' ? inAll(of) : { ...inAll(of), input: 0 }),
  }
}
