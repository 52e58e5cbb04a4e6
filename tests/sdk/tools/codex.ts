/**
 * What Codex CLI sends to a provider of the wire API `responses`, from its source (https://github.com/openai/codex,
 * `codex-rs/codex-api/src/common.rs`, `codex-rs/core/src/client.rs`, `codex-rs/core/src/tools/spec.rs`): nothing is stored, so
 * reasoning comes back encrypted and is sent again; items come back without ids; the session is told in headers, in the key of
 * the prompt cache and in `client_metadata`.
 */
import type { Access } from '../clients/client.ts'
import { inAll } from './tool.ts'
import type { ScriptedTool, ToolTurn } from './tool.ts'
import { eventsOf, listOf, objectOf, withMore } from './wire.ts'
import type { JsonObject, WireRequest } from './wire.ts'

const SESSION = '00000000-0000-7000-8000-000000000002'

function headers({ key }: Access): Record<string, string> {
  return {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'user-agent': 'codex_cli_rs/0.150.0 (Debian 13.0.0; x86_64) xterm-256color',
    originator: 'codex_cli_rs',
    'session-id': SESSION,
    'thread-id': SESSION,
    'x-client-request-id': SESSION,
    'x-codex-window-id': `${SESSION}:0`,
    'x-codex-turn-metadata': JSON.stringify({ session_id: SESSION, thread_id: SESSION, turn_id: SESSION, sandbox: 'seccomp' }),
    authorization: `Bearer ${key}`,
  }
}

const EXEC = {
  type: 'function',
  name: 'exec_command',
  description: 'Runs a command in a PTY.',
  strict: false,
  parameters: {
    type: 'object',
    properties: {
      cmd: { type: 'string', description: 'The command' },
      workdir: { type: 'string', description: 'Where' },
      yield_time_ms: { type: 'number', description: 'How long to wait' },
    },
    required: ['cmd'],
    additionalProperties: false,
  },
}
const PLAN = {
  type: 'function',
  name: 'update_plan',
  description: 'Updates the plan of the task.',
  strict: false,
  parameters: {
    type: 'object',
    properties: {
      explanation: { type: 'string' },
      plan: {
        type: 'array',
        description: 'The steps',
        items: {
          type: 'object',
          properties: { status: { type: 'string', description: 'One of: pending, in_progress, completed' }, step: { type: 'string' } },
          required: ['step', 'status'],
          additionalProperties: false,
        },
      },
    },
    required: ['plan'],
    additionalProperties: false,
  },
}
/** For models that are known to write patches: a grammar instead of a schema. */
const PATCH = {
  type: 'custom',
  name: 'apply_patch',
  description: 'Edits files. The input is a patch, no JSON.',
  format: {
    type: 'grammar',
    syntax: 'lark',
    definition: 'start: "*** Begin Patch" LF line+ "*** End Patch" LF?\nline: /.+/ LF\n%import common.LF\n',
  },
}
/** Unless `web_search = "disabled"`. */
const SEARCH = { type: 'web_search', external_web_access: false }

function first(access: Access, model: string, known: boolean): WireRequest {
  return {
    path: '/v1/responses',
    headers: headers(access),
    body: {
      model,
      instructions: 'The agent is told how to work.',
      input: [
        message('developer', '<permissions instructions>Commands run in a sandbox.</permissions instructions>'),
        message('user', '<environment_context>\n  <cwd>/repo</cwd>\n  <shell>bash</shell>\n</environment_context>'),
        message('user', 'How many files are here?'),
      ],
      tools: known ? [EXEC, PLAN, PATCH, SEARCH] : [EXEC, PLAN],
      tool_choice: 'auto',
      parallel_tool_calls: known,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: SESSION,
      ...(known ? { text: { verbosity: 'medium' } } : {}),
      client_metadata: { session_id: SESSION, thread_id: SESSION, 'x-codex-installation-id': SESSION },
    },
  }
}

function message(role: string, text: string): JsonObject {
  return { type: 'message', role, content: [{ type: 'input_text', text }] }
}

/** The second turn: every item of the answer without its id, and the outputs of its calls. */
function next(request: WireRequest, { said }: ToolTurn, output: string): WireRequest {
  const items = said.map(({ id: _, status: __, ...item }) => item)
  const outputs = items.flatMap(({ type, call_id: callId }) => {
    if (type === 'function_call') return [{ type: 'function_call_output', call_id: callId, output }]
    return type === 'custom_tool_call' ? [{ type: 'custom_tool_call_output', call_id: callId, output }] : []
  })
  return withMore(request, 'input', ...items, ...outputs)
}

/** What Codex reads of a stream: whole items as they are done, and usage at the end. Deltas are for the screen only. */
function read(events: JsonObject[]): ToolTurn {
  if (events[0]?.['type'] !== 'response.created') throw new Error('the stream does not begin with response.created')
  const last = events.at(-1) ?? {}
  if (last['type'] !== 'response.completed') throw new Error(`the stream ends with ${JSON.stringify(last)}`)
  const said = events.flatMap((event) => (event['type'] === 'response.output_item.done' ? [objectOf(event['item'])] : []))
  const usage = objectOf(objectOf(last['response'])['usage'])
  const texts = said.flatMap((item) => (item['type'] === 'message' ? listOf(item['content']).map((part) => String(part['text'])) : []))
  return {
    text: texts.join(''),
    calls: said.flatMap((item) =>
      item['type'] === 'function_call' ? [{ name: String(item['name']), arguments: JSON.parse(String(item['arguments'])) as unknown }] : [],
    ),
    usage: { input: Number(usage['input_tokens']), output: Number(usage['output_tokens']) },
    said,
  }
}

/** `known`: those of OpenAI's models that Codex knows get its own tools besides. */
export function codex(known: boolean): ScriptedTool {
  return {
    name: known ? 'Codex with a model that it knows' : 'Codex',
    call: { name: 'exec_command', arguments: { cmd: 'ls | wc -l' } },
    first: (access, model) => first(access, model, known),
    read: (answer) => read(eventsOf(answer)),
    next,
    usage: inAll,
    keepsThoughts: true,
  }
}
