import { bodies, type Case } from './case.ts'
import type { JsonObject } from '../types.ts'

const text = { text: 'Hello' }
const user = (...content: object[]): JsonObject => ({ role: 'user', content })
const said = (...content: object[]): JsonObject => ({ role: 'assistant', content })
const use = (id: string): JsonObject => ({ toolUse: { toolUseId: id, name: 'f', input: {} } })
const result = (id: string): JsonObject => ({ toolResult: { toolUseId: id, content: [{ text: 'done' }] } })
const spec = (name: string): JsonObject => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } })
const TOOLS = { toolConfig: { tools: [spec('f')] } }
const talk = (...messages: object[]): { messages: object[] } => ({ messages })
const inference = (inferenceConfig: object): JsonObject => ({ inferenceConfig })
const document = (name: string): JsonObject => ({ document: { name, format: 'pdf', source: { bytes: 'AA==' } } })
const image = (bytes: string): JsonObject => ({ image: { format: 'png', source: { bytes } } })
const point = { cachePoint: { type: 'default' } }
const thought = { reasoningContent: { reasoningText: { text: 'So.', signature: 'forged' } } }

export const BEDROCK_CASES: Case[] = [
  { rule: 'bedrock.json', base: 'bedrock', breaks: { raw: '{' }, keeps: {} },
  ...bodies('bedrock', [
    ['bedrock.type', inference({ maxTokens: '5' }), inference({ maxTokens: 5 })],
    ['bedrock.unknown-member', { max_tokens: 5 }, inference({ maxTokens: 5 })],
    [
      'bedrock.tool-use-id',
      { ...talk(user(text), said(use('a b')), user(result('a b'))), ...TOOLS },
      { ...talk(user(text), said(use('a.b')), user(result('a.b'))), ...TOOLS },
    ],
    ['bedrock.tool-name', { toolConfig: { tools: [spec('my.tool')] } }, { toolConfig: { tools: [spec('my-tool')] } }],
    ['bedrock.tools-empty', { toolConfig: { tools: [] } }, TOOLS],
    ['bedrock.required', talk({ role: 'user' }), talk(user(text))],
    ['bedrock.image-format', talk(user({ image: { format: 'bmp', source: { bytes: 'AA==' } } })), talk(user(image('AA==')))],
    ['bedrock.enum', talk({ role: 'system', content: [text] }), { system: [text] }],
    ['bedrock.inference', inference({ temperature: 1.5 }), inference({ temperature: 1 })],
    ['bedrock.length', { system: [{ text: '' }] }, { system: [text] }],
    [
      'bedrock.tool-choice-known',
      { toolConfig: { tools: [spec('f')], toolChoice: { tool: { name: 'g' } } } },
      { toolConfig: { tools: [spec('f')], toolChoice: { tool: { name: 'f' } } } },
    ],
    ['bedrock.messages-empty', talk(), talk(user(text))],
    ['bedrock.first-user', talk(said(text), user(text)), talk(user(text))],
    ['bedrock.alternate', talk(user(text), user(text)), talk(user(text), said(text), user(text))],
    ['bedrock.blank', talk(user({ text: ' ' })), talk(user(text))],
    [
      'bedrock.tool-config',
      talk(user(text), said(use('a')), user(result('a'))),
      { ...talk(user(text), said(use('a')), user(result('a'))), ...TOOLS },
    ],
    ['bedrock.tool-role', { ...talk(user(use('a'))), ...TOOLS }, { ...talk(user(text), said(use('a')), user(result('a'))), ...TOOLS }],
    [
      'bedrock.tool-duplicate',
      { ...talk(user(text), said(use('a'), use('a')), user(result('a'))), ...TOOLS },
      { ...talk(user(text), said(use('a'), use('b')), user(result('a'), result('b'))), ...TOOLS },
    ],
    [
      'bedrock.tool-unanswered',
      { ...talk(user(text), said(use('a')), user(text)), ...TOOLS },
      { ...talk(user(text), said(use('a')), user(result('a'))), ...TOOLS },
    ],
    ['bedrock.tool-orphan', { ...talk(user(result('a'))), ...TOOLS }, { ...talk(user(text), said(use('a')), user(result('a'))), ...TOOLS }],
    ['bedrock.media-role', talk(user(text), said(image('AA==')), user(text)), talk(user(text, image('AA==')))],
    ['bedrock.document-name', talk(user(text, document('a_b.pdf'))), talk(user(text, document('a b (1)')))],
    ['bedrock.document-text', talk(user(document('a'))), talk(user(text, document('a')))],
    ['bedrock.document-count', talk(user(text, ...'abcdef'.split('').map(document))), talk(user(text, ...'abcde'.split('').map(document)))],
    ['bedrock.base64', talk(user(image('https://x/y.png'))), talk(user(image('AA==')))],
    ['bedrock.cache-count', talk(user(text, point, point, point, point, point)), talk(user(text, point, point, point, point))],
    ['bedrock.signature', talk(user(text), said(thought, text), user(text)), talk(user(text), said(text), user(text))],
  ]),
]
