/**
 * What Open WebUI sends from its server (https://github.com/open-webui/open-webui, `backend/open_webui/`): to a connection of
 * the kind OpenAI from `routers/openai.py`, of the kind Ollama from `routers/ollama.py` and `utils/payload.py`, titles from
 * `routers/tasks.py`, and what a function gave from `utils/misc.py`. By aiohttp, with JSON as Python writes it.
 */
import type { Access } from '../clients/client.ts'
import { callsOf, chatOf, chatUsage } from './chat-chunks.ts'
import { inAll } from './tool.ts'
import type { ScriptedTool, ToolTurn } from './tool.ts'
import { eventsOf, linesOf, listOf, objectOf, withMore } from './wire.ts'
import type { JsonObject, WireRequest } from './wire.ts'

const TOOL = {
  type: 'function',
  function: {
    name: 'count_files',
    description: 'Counts the files of a folder.',
    parameters: { type: 'object', properties: { folder: { type: 'string', description: 'Its path' } }, required: ['folder'] },
  },
}
const CALL = { name: 'count_files', arguments: { folder: '/Übungen' } }
const QUESTION = 'Wie viele Dateien hat der Ordner „Übungen“? 🗂'
const TITLE_PROMPT = `### Task:\nGenerate a concise, 3-5 word title.\n### Chat History:\n<chat_history>\nUSER: ${QUESTION}\n</chat_history>`

/** With what is told of the user, where ENABLE_FORWARD_USER_INFO_HEADERS is on. */
function headers({ key }: Access): Record<string, string> {
  return {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'Python/3.11 aiohttp/3.13.2',
    'content-type': 'application/json',
    authorization: `Bearer ${key}`,
    'x-openwebui-user-name': 'Ada%20L%C3%B6we',
    'x-openwebui-user-id': '00000000-0000-4000-8000-000000000003',
    'x-openwebui-user-email': 'ada@example.org',
    'x-openwebui-user-role': 'user',
    'x-openwebui-chat-id': '00000000-0000-4000-8000-000000000004',
  }
}

function post(access: Access, path: string, body: JsonObject): WireRequest {
  return { path, headers: headers(access), body, escaped: true }
}

function get(access: Access, path: string): WireRequest {
  return { method: 'GET', path, headers: headers(access) }
}

/** The models of a connection of the kind OpenAI, and of one of the kind Ollama. */
export function openWebuiModels(access: Access): WireRequest {
  return get(access, '/v1/models')
}

export function openWebuiTags(access: Access): WireRequest {
  return get(access, '/ollama/api/tags')
}

/** OpenAI's newer models are told their limit by its newer name, and their prompt by the developer. */
function isNew(model: string): boolean {
  return /^(o[1-9]|gpt-5)/.test(model)
}

/** The title of a chat: asked of the model of the chat, or of a smaller one, unseen and not streamed. */
export function openWebuiTitle(access: Access, model: string): WireRequest {
  const messages = [{ role: 'user', content: TITLE_PROMPT }]
  const limit = isNew(model) ? { max_completion_tokens: 1000 } : { max_tokens: 1000 }
  return post(access, '/v1/chat/completions', { model, messages, stream: false, ...limit })
}

export function openWebuiOllamaTitle(access: Access, model: string): WireRequest {
  const messages = [{ role: 'user', content: TITLE_PROMPT }]
  return post(access, '/ollama/api/chat', { model: tagged(model), messages, stream: false, options: { num_predict: 1000 } })
}

export const openWebui: ScriptedTool = {
  name: 'Open WebUI, OpenAI',
  call: CALL,
  first: (access, model) =>
    post(access, '/v1/chat/completions', {
      stream: true,
      model,
      messages: [
        { role: isNew(model) ? 'developer' : 'system', content: 'Be brief.' },
        { role: 'user', content: QUESTION },
      ],
      stream_options: { include_usage: true },
      tools: [TOOL],
    }),
  read(answer) {
    const chat = chatOf(eventsOf(answer))
    const said = { role: 'assistant', content: chat.text, ...(chat.calls.length === 0 ? {} : { tool_calls: chat.calls }) }
    return { text: chat.text, calls: callsOf(chat), usage: chatUsage(chat), said: [said] }
  },
  next(request, { said }, content) {
    const results = listOf(said[0]?.['tool_calls']).map(({ id }) => ({ role: 'tool', tool_call_id: id, content }))
    return withMore(request, 'messages', ...said, ...results)
  },
  usage: inAll,
}

/** Names without a tag are given Ollama's. */
function tagged(model: string): string {
  return model.includes(':') ? model : `${model}:latest`
}

function readOllama(lines: JsonObject[]): ToolTurn {
  const messages = lines.map((line) => objectOf(line['message']))
  const last = lines.at(-1) ?? {}
  if (last['done'] !== true) throw new Error(`the stream ends with ${JSON.stringify(last)}`)
  const text = messages.map(({ content }) => (typeof content === 'string' ? content : '')).join('')
  const calls = messages.flatMap((message) => listOf(message['tool_calls']))
  return {
    text,
    calls: calls.map((call) => objectOf(call['function'])).map((fn) => ({ name: String(fn['name']), arguments: fn['arguments'] })),
    usage: { input: Number(last['prompt_eval_count']), output: Number(last['eval_count']) },
    said: calls,
  }
}

/** Which call a result is of is told by its place alone: the form that checks messages knows no ids of calls. */
function nextOllama(request: WireRequest, { said }: ToolTurn, content: string): WireRequest {
  const calls = said.map((call, index) => {
    const { name, arguments: given } = objectOf(call['function'])
    return { index, id: call['id'] ?? `call_0000000${index}`, function: { name, arguments: given } }
  })
  return withMore(
    request,
    'messages',
    { role: 'assistant', content: '', tool_calls: calls },
    ...said.map(() => ({ role: 'tool', content })),
  )
}

export const openWebuiOllama: ScriptedTool = {
  name: 'Open WebUI, Ollama',
  call: CALL,
  first: (access, model) =>
    post(access, '/ollama/api/chat', {
      model: tagged(model),
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: QUESTION },
      ],
      stream: true,
      tools: [TOOL],
    }),
  read: (answer) => readOllama(linesOf(answer)),
  next: nextOllama,
  usage: inAll,
}
