/**
 * What Claude Code sends, from what its vendor says a gateway gets (https://code.claude.com/docs/en/llm-gateway-protocol) and
 * from captured requests (https://qntx.sbvh.nl/research/claude-api-wire-format.html, and tests of other gateways that play
 * it): headers of its version 2.1, the query, system blocks of which the first names the version, breakpoints on the others and
 * on the last block, tools with the keyword `$schema`, thinking, context management, and a user id that is JSON.
 */
import type { Access } from '../clients/client.ts'
import { messageOf, spoken } from './messages.ts'
import { inAll } from './tool.ts'
import type { ScriptedTool, ToolTurn } from './tool.ts'
import { eventsOf, listOf } from './wire.ts'
import type { JsonObject, WireRequest } from './wire.ts'

const SESSION = '00000000-0000-4000-8000-000000000001'
const CACHE = { type: 'ephemeral' }
const BETAS = [
  'claude-code-20250219',
  'interleaved-thinking-2025-05-14',
  'thinking-token-count-2026-05-13',
  'context-management-2025-06-27',
  'prompt-caching-scope-2026-01-05',
]
/** For models that decide by themselves how long to think. */
const NEWER_BETAS = [...BETAS, 'mid-conversation-system-2026-04-07', 'effort-2025-11-24']

function headers({ key }: Access, newer: boolean): Record<string, string> {
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'claude-cli/2.1.283 (external, cli)',
    'x-claude-code-session-id': SESSION,
    'x-stainless-arch': 'x64',
    'x-stainless-lang': 'js',
    'x-stainless-os': 'Linux',
    'x-stainless-package-version': '0.112.1',
    'x-stainless-retry-count': '0',
    'x-stainless-runtime': 'node',
    'x-stainless-runtime-version': 'v26.3.0',
    'x-stainless-timeout': '600',
    'anthropic-beta': (newer ? NEWER_BETAS : BETAS).join(','),
    'anthropic-dangerous-direct-browser-access': 'true',
    'anthropic-version': '2023-06-01',
    'x-app': 'cli',
    authorization: `Bearer ${key}`,
  }
}

function schema(properties: JsonObject, required: string[]): JsonObject {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties, required, additionalProperties: false }
}

const TOOLS = [
  {
    name: 'Bash',
    description: 'Executes a command in a shell and returns its output.',
    input_schema: schema(
      {
        command: { description: 'The command', type: 'string' },
        timeout: { description: 'In milliseconds', type: 'number' },
        run_in_background: { description: 'Do not wait', type: 'boolean' },
      },
      ['command'],
    ),
  },
  {
    name: 'Read',
    description: 'Reads a file.',
    input_schema: schema(
      {
        file_path: { description: 'Its absolute path', type: 'string' },
        offset: { description: 'The first line', type: 'integer', minimum: 0, maximum: 9_007_199_254_740_991 },
        limit: { description: 'How many lines', type: 'integer', exclusiveMinimum: 0, maximum: 9_007_199_254_740_991 },
      },
      ['file_path'],
    ),
  },
]

const SYSTEM = [
  { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.283.00; cc_entrypoint=cli;' },
  { type: 'text', text: 'The agent is told who it is.', cache_control: CACHE },
  { type: 'text', text: 'The agent is told how to work.', cache_control: CACHE },
]

const FIRST: JsonObject[] = [
  {
    role: 'user',
    content: [
      { type: 'text', text: '<system-reminder>\nThe date is 2026-11-22.\n</system-reminder>' },
      { type: 'text', text: 'How many files are here?', cache_control: CACHE },
    ],
  },
]

function body(model: string, messages: JsonObject[], newer: boolean): JsonObject {
  return {
    model,
    messages,
    system: SYSTEM,
    tools: TOOLS,
    metadata: { user_id: JSON.stringify({ device_id: '0'.repeat(64), account_uuid: '', session_id: SESSION }) },
    max_tokens: 32_000,
    thinking: newer ? { type: 'adaptive', display: 'omitted' } : { budget_tokens: 31_999, type: 'enabled', display: 'omitted' },
    ...(newer ? { output_config: { effort: 'medium' } } : {}),
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    stream: true,
  }
}

function first(access: Access, model: string, newer: boolean): WireRequest {
  const later = newer ? [{ role: 'system', content: [{ type: 'text', text: 'The environment is told.', cache_control: CACHE }] }] : []
  return { path: '/v1/messages?beta=true', headers: headers(access, newer), body: body(model, [...FIRST, ...later], newer) }
}

/** The second turn: all blocks of the answer come back as they came, then the results of its calls, and a reminder. */
function next(request: WireRequest, { said }: ToolTurn, result: string): WireRequest {
  const results = said
    .filter((block) => block['type'] === 'tool_use')
    .map((block) => ({ tool_use_id: block['id'], type: 'tool_result', content: result, is_error: false }))
  const reminder = { type: 'text', text: '<system-reminder>\nThe list of tasks is empty.\n</system-reminder>', cache_control: CACHE }
  const before = listOf(request.body?.['messages']).map(unmarked)
  const messages = [...before, { role: 'assistant', content: said }, { role: 'user', content: [...results, reminder] }]
  return { ...request, body: { ...request.body, messages } }
}

/** The breakpoint moves on: four are the most. */
function unmarked(message: JsonObject): JsonObject {
  return { ...message, content: listOf(message['content']).map(({ cache_control: _, ...block }) => block) }
}

/**
 * `newer`: as models are asked that decide themselves how long they think, with an effort instead of a budget and with a
 * message of the system between turns.
 */
export function claudeCode(newer: boolean): ScriptedTool {
  return {
    name: newer ? 'Claude Code with adaptive thinking' : 'Claude Code',
    call: { name: 'Bash', arguments: { command: 'ls | wc -l' } },
    first: (access, model) => first(access, model, newer),
    read: (answer) => readMessage(eventsOf(answer)),
    next,
    usage: inAll,
    keepsThoughts: true,
  }
}

/** How many tokens a conversation has, asked before it is made shorter. */
export function claudeCodeCount(access: Access, model: string): WireRequest {
  return {
    path: '/v1/messages/count_tokens?beta=true',
    headers: headers(access, false),
    body: { model, messages: FIRST, tools: TOOLS },
  }
}

/** The models that the picker offers. */
export function claudeCodeModels(access: Access): WireRequest {
  return { path: '/v1/models?limit=1000', headers: headers(access, false) }
}

/** What is told at the end of a stream counts, unless it is nothing. */
function readMessage(events: JsonObject[]): ToolTurn {
  const { content, start, end } = messageOf(events)
  const usage = { ...start, ...Object.fromEntries(Object.entries(end).filter(([, value]) => value != null && value !== 0)) }
  const tokens = (name: string): number => Number(usage[name] ?? 0)
  return {
    ...spoken(content),
    usage: {
      input: tokens('input_tokens') + tokens('cache_read_input_tokens') + tokens('cache_creation_input_tokens'),
      output: tokens('output_tokens'),
    },
    said: content,
  }
}
