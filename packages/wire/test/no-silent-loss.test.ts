import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DIALECTS,
  upstreamDialect,
  type Conversation,
  type ConversationDialect,
  type DocumentPart,
  type Part,
  type Turn,
} from '../src/index.ts'

const PDF = { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } as const
const WORDS = { kind: 'text', text: 'words', mediaType: 'text/plain' } as const
const ADDRESS = { kind: 'url', url: 'https://a.test/b.pdf' } as const
const TOOL = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, at: '/tools/0' } as const

/** A model that takes much, and one that reasons where that is another one. */
const MODELS: Record<ConversationDialect, [model: string, reasoning?: string]> = {
  'openai-chat': ['gpt-4.1', 'gpt-5.1'],
  'openai-responses': ['gpt-4.1', 'gpt-5.1'],
  anthropic: ['claude-sonnet-4-5'],
  gemini: ['gemini-2.5-flash'],
  cohere: ['command-a-03-2025'],
  ollama: ['qwen3'],
  bedrock: ['us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
}

interface Case {
  with: Partial<Conversation>
  /** The same without what is looked for; absent: a plain question. */
  without?: Partial<Conversation>
  /** It is asked of a model that reasons. */
  reasons?: true
}

const text = (words: string): Part => ({ type: 'text', text: words, at: '/t' })
const turn = (role: Turn['role'], parts: Part[], more: Partial<Turn> = {}): Turn => ({ role, parts, at: '/turn', ...more })
const said = (...parts: Part[]): Partial<Conversation> => ({ turns: [turn('user', [text('hi'), ...parts])] })
const document = (more: Partial<DocumentPart>): Partial<Conversation> => said({ type: 'document', source: WORDS, at: '/d', ...more })

/** A call and its result. */
function results(result: Partial<Extract<Part, { type: 'tool_result' }>>): Partial<Conversation> {
  return {
    tools: [TOOL],
    turns: [
      turn('user', [text('hi')]),
      turn('assistant', [{ type: 'tool_call', id: 'c', name: 'f', arguments: '{}', at: '/call' }]),
      turn('user', [{ type: 'tool_result', callId: 'c', content: [{ type: 'text', text: 'x', at: '/r' }], at: '/result', ...result }]),
    ],
  }
}

const member = (name: keyof Conversation, value: unknown): Case => ({ with: { [name]: value } })
const withTools = (more: Partial<Conversation>): Case => ({ with: { tools: [TOOL], ...more }, without: { tools: [TOOL] } })
const inTool = (more: object): Case => ({ with: { tools: [{ ...TOOL, ...more }] }, without: { tools: [TOOL] } })

/** Everything that a conversation can say and that is no label of the caller. */
const CASES: Record<string, Case> = {
  'the name of a user': { with: { turns: [turn('user', [text('hi')], { name: 'ann' })] } },
  'the name of a system': {
    with: { turns: [turn('system', [text('s')], { name: 'ann' }), turn('user', [text('hi')])] },
    without: { turns: [turn('system', [text('s')]), turn('user', [text('hi')])] },
  },
  'the title of a text': { with: document({ title: 'T' }), without: document({}) },
  'the context of a text': { with: document({ context: 'C' }), without: document({}) },
  'citations of a text': { with: document({ citations: true }), without: document({}) },
  'the context of a PDF': { with: document({ source: PDF, context: 'C' }), without: document({ source: PDF }) },
  'the title of a PDF': { with: document({ source: PDF, title: 'T' }), without: document({ source: PDF }) },
  'citations of a PDF': { with: document({ source: PDF, citations: true }), without: document({ source: PDF }) },
  'the title of a PDF by its address': { with: document({ source: ADDRESS, title: 'T' }), without: document({ source: ADDRESS }) },
  'a result that is an error': { with: results({ isError: true }), without: results({}) },
  'an image in a result': {
    with: results({ content: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGg==' }, at: '/i' }] }),
    without: results({ content: [] }),
  },
  'a document in a result': {
    with: results({ content: [{ type: 'document', source: WORDS, title: 'T', at: '/d' }] }),
    without: results({ content: [] }),
  },
  'an image': { with: said({ type: 'image', source: { kind: 'file', id: 'x' }, at: '/i' }) },
  audio: { with: said({ type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' }, at: '/a' }) },
  'a video': { with: said({ type: 'video', source: { kind: 'base64', mediaType: 'video/mp4', data: 'AA==' }, at: '/v' }) },
  'a part of one vendor alone': { with: said({ type: 'vendor', dialect: 'prompt', value: {}, at: '/v' }) },
  'what was refused': {
    with: {
      turns: [
        turn('user', [text('hi')]),
        turn('assistant', [text('a'), { type: 'refusal', text: 'no', at: '/r' }]),
        turn('user', [text('so')]),
      ],
    },
    without: { turns: [turn('user', [text('hi')]), turn('assistant', [text('a')]), turn('user', [text('so')])] },
  },
  temperature: member('temperature', 0.5),
  topP: member('topP', 0.5),
  topK: member('topK', 5),
  minP: member('minP', 0.1),
  presencePenalty: member('presencePenalty', 0.5),
  frequencyPenalty: member('frequencyPenalty', 0.5),
  repetitionPenalty: member('repetitionPenalty', 1.5),
  seed: member('seed', 7),
  stop: member('stop', ['x']),
  choices: member('choices', 2),
  logitBias: member('logitBias', { 1: 2 }),
  logprobs: member('logprobs', { top: 2 }),
  serviceTier: member('serviceTier', 'flex'),
  safetySettings: member('safetySettings', [{ category: 'x' }]),
  JSON: member('output', { kind: 'json' }),
  'a schema': member('output', { kind: 'schema', schema: { type: 'object', properties: {} } }),
  'how much to say': { ...member('verbosity', 'low'), reasons: true },
  'an effort': { ...member('reasoning', { effort: 'high' }), reasons: true },
  'a budget of thought': { ...member('reasoning', { budgetTokens: 3_000 }), reasons: true },
  'no thought': { ...member('reasoning', { effort: 'none' }), reasons: true },
  'a tool of one vendor alone': withTools({ tools: [TOOL, { type: 'vendor', dialect: 'prompt', name: 'x', value: {}, at: '/x' }] }),
  'the description of a tool': inTool({ description: 'D' }),
  'strict arguments': inTool({ strict: true }),
  'a tool that must be called': withTools({ toolChoice: { kind: 'required' } }),
  'one tool that must be called': withTools({ toolChoice: { kind: 'tool', name: 'f' } }),
  'no tool to be called': withTools({ toolChoice: { kind: 'none' } }),
  'one call at a time': withTools({ parallelToolCalls: false }),
}

test('nothing that an answer may depend on is lost in silence between two dialects: it is carried, or it is listed', () => {
  for (const dialect of DIALECTS) {
    const [model, reasoning = model] = MODELS[dialect]
    for (const [name, { with: more, without = {}, reasons }] of Object.entries(CASES)) {
      const written = (members: Partial<Conversation>): Written => write(members, dialect, reasons === true ? reasoning : model)
      const [bare, before, after] = [written({}), written(without), written({ ...without, ...more })]
      // What it is said of is no part of what is sent.
      if (before.listed > bare.listed) continue
      assert.ok(after.body !== before.body || after.listed > before.listed, `${dialect}: ${name}`)
    }
  }
})

interface Written {
  body: string
  listed: number
}

function write(members: Partial<Conversation>, dialect: ConversationDialect, model: string): Written {
  const conversation: Conversation = { stream: false, turns: [turn('user', [text('hi')])], others: {}, ...members }
  const { body, unsupported } = upstreamDialect(dialect).encodeRequest(conversation, { model, outputLimit: 8_000, quirks: {} })
  return { body: body.toString(), listed: unsupported.length }
}
