/**
 * Answers as Ollama's documentation shows them, written for these tests: docs.ollama.com, pages API › Chat, Generate,
 * Streaming, Errors, Usage; Capabilities › Thinking, Tool calling, Vision, Structured outputs; OpenAPI description.
 */
const AT = '2026-10-26T17:21:21.196249Z'

const USAGE = {
  total_duration: 4_648_158_584,
  load_duration: 4_071_084,
  prompt_eval_count: 36,
  prompt_eval_duration: 439_038_000,
  eval_count: 18,
  eval_duration: 4_196_918_000,
}

const chatLine = (message: object, more: object = {}): object => ({
  model: 'qwen3',
  created_at: AT,
  message: { role: 'assistant', content: '', ...message },
  done: false,
  ...more,
})

const generated = (members: object, more: object = {}): object => ({
  model: 'qwen3',
  created_at: AT,
  response: '',
  ...members,
  done: false,
  ...more,
})

/** Each with what it says, read by eye. */
export interface Fixture {
  name: string
  lines: object[]
  text: string
  thinking: string
  calls: string[]
  stop: string
  buckets: object | undefined
}

export const STREAMS: Fixture[] = [
  {
    name: 'text',
    lines: [
      chatLine({ content: 'The' }),
      chatLine({ content: ' sky' }),
      chatLine({ content: '' }, { done: true, done_reason: 'stop', ...USAGE }),
    ],
    text: 'The sky',
    thinking: '',
    calls: [],
    stop: 'stop',
    buckets: { input: 36, output: 18 },
  },
  {
    name: 'thinking, and text with the last line',
    lines: [
      chatLine({ thinking: 'Let me' }),
      chatLine({ thinking: ' see' }),
      chatLine({ content: '42', thinking: '!' }, { done: true, done_reason: 'length', ...USAGE, prompt_eval_cached_count: 32 }),
    ],
    text: '42',
    thinking: 'Let me see!',
    calls: [],
    stop: 'length',
    buckets: { input: 4, cacheRead: 32, output: 18 },
  },
  {
    name: 'parallel tool calls, with and without ids',
    lines: [
      chatLine({ tool_calls: [{ id: 'call_a', function: { index: 0, name: 'weather', arguments: { city: 'Köln', id: 1 } } }] }),
      chatLine({ tool_calls: [{ function: { index: 1, name: 'now', arguments: {} } }] }),
      chatLine({}, { done: true, done_reason: 'stop', ...USAGE }),
    ],
    text: '',
    thinking: '',
    calls: ['weather {"city":"Köln","id":1}', 'now {}'],
    stop: 'tool_calls',
    buckets: { input: 36, output: 18 },
  },
  {
    name: 'a prompt that was cached by an older version',
    lines: [chatLine({ content: 'a' }), chatLine({}, { done: true, done_reason: 'stop', eval_count: 3 })],
    text: 'a',
    thinking: '',
    calls: [],
    stop: 'stop',
    buckets: undefined,
  },
  {
    name: 'a completion',
    lines: [
      generated({ response: 'Hel', thinking: 'hm' }),
      generated({ response: 'lo' }),
      generated({}, { done: true, done_reason: 'stop', context: [1, 2], ...USAGE }),
    ],
    text: 'Hello',
    thinking: 'hm',
    calls: [],
    stop: 'stop',
    buckets: { input: 36, output: 18 },
  },
]

interface Line {
  message?: { content: string; thinking?: string; tool_calls?: object[] }
  response?: string
  thinking?: string
}

/** The whole answer that the lines of a stream add up to. */
export function wholeOf({ lines }: Fixture): object {
  const all = lines as Line[]
  const joined = (pick: (line: Line) => string | undefined): string => all.map((line) => pick(line) ?? '').join('')
  const content = joined(({ message, response }) => message?.content ?? response)
  const thinking = joined(({ message, thinking: thought }) => message?.thinking ?? thought)
  const calls = all.flatMap(({ message }) => message?.tool_calls ?? [])
  const last = all.at(-1)
  const thought = thinking === '' ? {} : { thinking }
  if (last?.response !== undefined) return { ...last, ...thought, response: content }
  return { ...last, message: { role: 'assistant', content, ...thought, ...(calls.length === 0 ? {} : { tool_calls: calls }) } }
}
