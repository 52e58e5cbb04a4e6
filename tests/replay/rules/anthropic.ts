import { DOCS } from './docs.ts'
import { cacheMarks } from './anthropic-blocks.ts'
import { anthropicSays } from './anthropic-say.ts'
import { BETA_MEMBERS } from './anthropic-shapes.ts'
import { anthropicThinking } from './anthropic-thinking.ts'
import { anthropicOpening, anthropicTurns } from './anthropic-turns.ts'
import { anthropicLater } from './anthropic-later.ts'
import { anthropicPreserved } from './anthropic-preserved.ts'
import { formRule, rules, type Question, type Row, type Rule } from './rule.ts'
import { array, everyObject, objectAt, objects, stringOf } from './walk.ts'
import type { Violation } from '../types.ts'

const form = (kinds: Parameters<typeof formRule>[0]['kinds'], at?: RegExp): Rule['check'] =>
  formRule(at === undefined ? { kinds } : { kinds, at }, anthropicSays)

const FORM: Row[] = [
  [
    'anthropic.json',
    'The body is a JSON object',
    DOCS.anthropicErrors,
    ({ call }) =>
      call.body === undefined ? { message: 'The request body is not valid JSON: expected value at line 1 column 1 (char 0)' } : undefined,
  ],
  ['anthropic.required', '`model`, `max_tokens` and `messages` are required', DOCS.anthropicMessages, form(['missing'], /^[^.]+$/)],
  [
    'anthropic.unknown-member',
    'Top-level members that the reference does not list are refused',
    DOCS.anthropicMessages,
    form(['unknown'], /^[^.]+$/),
  ],
  [
    'anthropic.beta-member',
    'Members in beta are refused without the header `anthropic-beta`',
    DOCS.anthropicMessages,
    ({ body, call }) => {
      const member = call.headers['anthropic-beta'] === undefined ? BETA_MEMBERS.find((name) => body[name] != null) : undefined
      return member === undefined ? undefined : { message: `${member}: Extra inputs are not permitted` }
    },
  ],
  [
    'anthropic.unknown-nested',
    'Members of messages, blocks and tools that the reference does not list are refused',
    DOCS.anthropicMessages,
    form(['unknown']),
  ],
]

const REST: Row[] = [
  [
    'anthropic.member-required',
    'Required members of blocks, tools and configurations are there',
    DOCS.anthropicMessages,
    form(['missing']),
  ],
  ['anthropic.type', 'Members have the type of the reference', DOCS.anthropicMessages, form(['type'])],
  ['anthropic.block-type', 'Blocks, tools and choices have a type that is known', DOCS.anthropicMessages, form(['enum'], /\.type$/)],
  ['anthropic.image-type', 'Images are JPEG, PNG, GIF or WebP', DOCS.anthropicVision, form(['enum'], /media_type$/)],
  ['anthropic.enum', 'Members with a list of values take only those', DOCS.anthropicMessages, form(['enum'])],
  ['anthropic.thinking-budget', '`budget_tokens` is at least 1,024', DOCS.anthropicThinking, form(['low'], /budget_tokens$/)],
  [
    'anthropic.range',
    '`temperature` and `top_p` are from 0 to 1, `max_tokens` and `top_k` not negative',
    DOCS.anthropicMessages,
    form(['low', 'high']),
  ],
  [
    'anthropic.tool-name',
    'Names of tools have up to 128 letters, digits, `_` and `-`',
    DOCS.anthropicDefineTools,
    form(['pattern'], /custom\.name$/),
  ],
  [
    'anthropic.tool-id',
    'Ids of calls have letters, digits, `_` and `-`',
    DOCS.anthropicMessages,
    form(['pattern', 'short'], /(\.id|tool_use_id)$/),
  ],
  [
    'anthropic.length',
    'Texts and lists are within the limits of the reference',
    DOCS.anthropicMessages,
    form(['short', 'long', 'few', 'many']),
  ],
  ['anthropic.tool-names-unique', 'Names of tools are unique', DOCS.anthropicDefineTools, namesTwice],
  [
    'anthropic.tool-choice-alone',
    '`tool_choice` only with tools',
    DOCS.anthropicDefineTools,
    ({ body }) =>
      body['tool_choice'] != null && array(body['tools']).length === 0
        ? { message: 'tool_choice: tool_choice may only be specified while providing tools.' }
        : undefined,
  ],
  [
    'anthropic.tool-choice-known',
    'A tool that is chosen is among the tools',
    DOCS.anthropicDefineTools,
    ({ body }) => {
      const { type, name } = objectAt(body, 'tool_choice')
      if (type !== 'tool' || objects(body['tools']).some((tool) => tool['name'] === name)) return undefined
      return { message: `tool_choice: Tool '${String(name)}' not found in provided tools` }
    },
  ],
  ['anthropic.cache-count', 'At most 4 blocks are marked for the cache', DOCS.anthropicCaching, tooMany],
  ['anthropic.cache-order', 'Marks of one hour come before marks of five minutes', DOCS.anthropicCaching, outOfOrder],
  [
    'anthropic.cache-empty',
    'An empty text is not marked for the cache',
    DOCS.anthropicCaching,
    ({ body }) => {
      const mark = cacheMarks(body).find(({ block }) => block['type'] === 'text' && block['text'] === '')
      return mark === undefined ? undefined : { message: `${mark.at}: cache_control cannot be set for empty text blocks` }
    },
  ],
  [
    'anthropic.stop-blank',
    'A stop sequence is more than white space',
    DOCS.anthropicMessages,
    ({ body }) =>
      array(body['stop_sequences']).some((sequence) => stringOf(sequence).trim() === '')
        ? { message: 'stop_sequences: each stop sequence must contain non-whitespace' }
        : undefined,
  ],
  [
    'anthropic.output-schema',
    'A schema for the output closes every object with `additionalProperties: false`',
    DOCS.anthropicStructured,
    openSchema,
  ],
]

function namesTwice({ body }: Question): Violation | undefined {
  const names = objects(body['tools']).map((tool) => tool['name'])
  return new Set(names).size === names.length ? undefined : { message: 'tools: Tool names must be unique.' }
}

function tooMany({ body }: Question): Violation | undefined {
  const count = cacheMarks(body).length + (body['cache_control'] == null ? 0 : 1)
  return count <= 4 ? undefined : { message: `A maximum of 4 blocks with cache_control may be provided. Found ${count}.` }
}

function outOfOrder({ body }: Question): Violation | undefined {
  const marks = cacheMarks(body)
  const short = marks.findIndex(({ ttl }) => ttl === '5m')
  const late = short < 0 ? undefined : marks.slice(short).find(({ ttl }) => ttl === '1h')
  if (late === undefined) return undefined
  return {
    message: `${late.at}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: \`tools\`, \`system\`, \`messages\`.`,
  }
}

function openSchema({ body }: Question): Violation | undefined {
  const schema = objectAt(body, 'output_config', 'format')['schema']
  const open = [...everyObject(schema)].find(({ value }) => value['type'] === 'object' && value['additionalProperties'] !== false)
  return open === undefined
    ? undefined
    : { message: "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false" }
}

export const anthropicRules: Rule[] = [
  ...rules({ vendors: ['vertex'], endpoints: ['messages'] }, [
    [
      'vertex.anthropic-version',
      'Claude on Vertex takes `anthropic_version: "vertex-2023-10-16"` in the body',
      DOCS.anthropicVertex,
      ({ body }) => (body['anthropic_version'] === 'vertex-2023-10-16' ? undefined : { message: 'anthropic_version: Field required' }),
    ],
    [
      'vertex.no-model',
      'Claude on Vertex takes its model from the path, not from the body',
      DOCS.anthropicVertex,
      ({ body }) => (body['model'] === undefined ? undefined : { message: 'model: Extra inputs are not permitted' }),
    ],
  ]),
  ...rules({ vendors: ['anthropic'], endpoints: ['messages', 'count-tokens'] }, anthropicLater),
  ...rules({ vendors: ['anthropic', 'vertex'], endpoints: ['messages', 'count-tokens'] }, [
    ...FORM,
    ...anthropicOpening,
    ...REST,
    ...anthropicTurns,
  ]),
  ...rules({ vendors: ['anthropic', 'vertex'], endpoints: ['messages'] }, [...anthropicThinking, ...anthropicPreserved]),
]
