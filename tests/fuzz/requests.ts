import { corrupt } from './bytes.ts'
import { escaped, mutate, tree, write } from './json-tree.ts'
import type { Tree } from './json-tree.ts'
import type { Seeded } from './random.ts'

const TEXTS = [
  'Hello!',
  'Tell me about "model":"x", please',
  'ä€😀 \u0000 \\ " \b\f\n\r\t',
  '{"stream":true,"n":100}',
  '',
  ' the'.repeat(200),
  'data: [DONE]\n\n',
]

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

function content(random: Seeded): unknown {
  if (random.chance(0.7)) return random.pick(TEXTS)
  return Array.from({ length: random.between(1, 3) }, () =>
    random.weighted<unknown>([
      [5, { type: 'text', text: random.pick(TEXTS) }],
      [1, { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: random.pick(['low', 'high', 'auto']) } }],
      [1, { type: 'image_url', image_url: { url: 'https://images.example/a.png' } }],
      [1, { type: 'input_audio', input_audio: { data: 'UklGRg==', format: random.pick(['wav', 'mp3']) } }],
      [1, { type: 'file', file: { file_id: 'file-1' } }],
    ]),
  )
}

const TOOL = {
  type: 'function',
  function: { name: 'f', parameters: { type: 'object', properties: { model: { type: 'string' }, n: { type: 'integer' } } } },
}

const OPTIONAL: [name: string, value: (random: Seeded) => unknown][] = [
  ['max_tokens', (random) => random.between(1, 40)],
  ['max_completion_tokens', (random) => random.between(1, 40)],
  ['n', (random) => random.between(1, 3)],
  ['temperature', (random) => random.pick([0, 0.7, 1, 2])],
  ['user', (random) => random.pick(TEXTS)],
  ['metadata', (random) => ({ model: 'x', n: '2', max_tokens: random.pick(TEXTS) })],
  ['tools', () => [TOOL]],
  ['tool_choice', () => 'auto'],
  ['response_format', () => ({ type: 'json_object' })],
  ['stop', () => ['\n']],
  ['seed', (random) => random.below(2 ** 31)],
  ['reasoning_effort', (random) => random.pick(['none', 'low', 'high'])],
  ['unknown_member', (random) => ({ nested: [1, 'two', { three: random.pick(TEXTS) }] })],
]

/** A valid request for a model. */
export function validRequest(random: Seeded, model: string): Tree {
  const members: [string, unknown][] = [
    ['model', model],
    [
      'messages',
      Array.from({ length: random.between(1, 3) }, () => ({
        role: random.pick(['user', 'system', 'assistant']),
        content: content(random),
      })),
    ],
  ]
  if (random.chance(0.4)) members.push(['stream', true])
  else if (random.chance(0.1)) members.push(['stream', false])
  if (random.chance(0.2)) members.push(['stream_options', random.pick([{}, { include_usage: true }, { include_usage: false }, null])])
  for (const [name, value] of OPTIONAL) if (random.chance(0.15)) members.push([name, value(random)])
  // What has no limit of its own is the common case in the wild, and the rare one here: answers stay short.
  if (!members.some(([name]) => name.startsWith('max_')) && random.chance(0.7)) members.push(['max_tokens', 16])
  const request = tree(Object.fromEntries(shuffled(random, members))) as { members: [string, Tree][] }
  for (const member of request.members) if (random.chance(0.05)) member[0] = escaped(random, JSON.parse(member[0]) as string)
  return request
}

function shuffled<T>(random: Seeded, items: T[]): T[] {
  return items
    .map((item) => ({ item, place: random.below(1e6) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** A body for a model: valid, changed in its structure, changed in its bytes, or anything at all. */
export function requestBody(random: Seeded, model: string): Buffer {
  const request = validRequest(random, model)
  const kind = random.weighted([
    [35, 'valid'],
    [40, 'structure'],
    [20, 'bytes'],
    [4, 'both'],
    [1, 'noise'],
  ] as const)
  if (kind === 'noise') return random.bytes(random.below(200))
  if (kind === 'structure' || kind === 'both') mutate(random, request)
  const text = write(request, random.chance(0.3) ? random : undefined)
  const bytes = Buffer.from(random.chance(0.02) ? `\ufeff${text}` : text)
  return kind === 'bytes' || kind === 'both' ? corrupt(random, bytes) : bytes
}
