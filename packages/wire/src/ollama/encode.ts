import type { Conversation, OutputFormat, Tool, ToolChoice } from '../canonical/conversation.ts'
import { wantsOneCall } from '../canonical/parallel.ts'
import { withoutRefused } from '../canonical/refused.ts'
import type { Unsupported } from '../canonical/unsupported.ts'
import type { Encoded, Target } from '../dialect.ts'
import type { JsonObject } from '../json/object.ts'
import { mapPresent, present } from '../json/present.ts'
import { OPTIONS } from './decode-settings.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeThink } from './thinking.ts'

/** Members of a conversation that Ollama has no word for, and what they are for a person. */
const UNKNOWN: [member: keyof Conversation, what: string][] = [
  ['logitBias', 'a logit bias'],
  ['user', "the name of the caller's user"],
  ['metadata', 'metadata'],
  ['serviceTier', 'a service tier'],
  ['safetySettings', 'safety settings'],
  ['verbosity', 'how much to say'],
]

/** The body of `POST /api/chat` for a conversation (documentation: API reference, Generate a chat message). */
export function encodeOllamaChat(conversation: Conversation, target: Target): Encoded {
  const unsupported: Unsupported[] = []
  const asked = withoutRefused(conversation, target.quirks.refuses ?? [], unsupported)
  const tools = encodeTools(asked.tools ?? [], asked.toolChoice, unsupported)
  const options = encodeOptions(asked, target.outputLimit)
  const body = {
    model: target.model,
    messages: encodeMessages(asked.turns, unsupported),
    // It is true where it is not said.
    stream: asked.stream,
    ...(tools.length === 0 ? {} : { tools }),
    ...present({ format: encodeFormat(asked.output), think: encodeThink(asked.reasoning, target.model) }),
    ...(asked.logprobs === undefined ? {} : { logprobs: true, ...present({ top_logprobs: asked.logprobs.top }) }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  }
  nameUnknown(asked, unsupported)
  return { body: Buffer.from(JSON.stringify(body)), unsupported }
}

/** Ollama ignores a tool choice (T5): none, and some of the tools, are said by what is sent; the rest is named. */
function encodeTools(tools: readonly Tool[], choice: ToolChoice | undefined, unsupported: Unsupported[]): JsonObject[] {
  const forced = choice?.kind === 'required' || choice?.kind === 'tool' || (choice?.kind === 'allowed' && choice.required)
  if (forced)
    unsupported.push({ at: '/toolChoice', what: 'a tool choice', why: 'with Ollama the model alone decides whether it calls a tool' })
  if (choice?.kind === 'none') return []
  const names = choice?.kind === 'allowed' ? choice.names : undefined
  return mapPresent(names === undefined ? tools : tools.filter(({ name }) => names.includes(name)), (tool) => encodeTool(tool, unsupported))
}

function encodeTool(tool: Tool, unsupported: Unsupported[]): JsonObject | undefined {
  if (tool.type === 'vendor') {
    if (tool.dialect === 'ollama') return tool.value as JsonObject
    unsupported.push({ at: tool.at, what: `the tool ${tool.name}`, why: 'Ollama knows only functions' })
    return undefined
  }
  const { name, description, parameters, strict, at } = tool
  if (strict === true) unsupported.push({ at, what: 'strict arguments' })
  return { type: 'function', function: { name, ...present({ description }), parameters: parameters ?? { type: 'object', properties: {} } } }
}

function encodeFormat(output: OutputFormat | undefined): unknown {
  if (output === undefined || output.kind === 'text') return undefined
  return output.kind === 'json' ? 'json' : output.schema
}

function encodeOptions(conversation: Conversation, outputLimit: number | undefined): JsonObject {
  const numbers = OPTIONS.map(([name, canonical]) => [name, conversation[canonical]] as const)
  return present({ num_predict: outputLimit, ...Object.fromEntries(numbers), stop: conversation.stop })
}

/** Hints that change no answer (prompt caching, parallel calls where they are allowed) are not among these. */
function nameUnknown(conversation: Conversation, unsupported: Unsupported[]): void {
  for (const [member, what] of UNKNOWN) if (conversation[member] !== undefined) unsupported.push({ at: `/${member}`, what })
  if ((conversation.choices ?? 1) > 1) unsupported.push({ at: '/choices', what: 'more than one choice' })
  if (wantsOneCall(conversation)) unsupported.push({ at: '/parallelToolCalls', what: 'one tool call at a time' })
}
