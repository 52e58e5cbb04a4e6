import { DOCS } from './docs.ts'
import { bedrockTurns } from './bedrock-turns.ts'
import { formRule, rules, type Row, type Rule, type ShapeRow } from './rule.ts'
import {
  anything,
  array,
  choice,
  decimal,
  flag,
  integer,
  object,
  record,
  text,
  union,
  type Path,
  type Problem,
  type ProblemKind,
  type Shape,
} from './shape.ts'
import { objectAt, objects, shown } from './walk.ts'
import type { Violation } from '../types.ts'

const TOOL_NAME = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ })
const TOOL_USE_ID = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_.:-]+$/ })
const nullable = { nullable: true }

const image = record(
  { format: choice('png', 'jpeg', 'gif', 'webp'), source: union({ bytes: text({ min: 1 }), s3Location: object }), error: object },
  { required: ['format', 'source'] },
)
const document = record(
  {
    format: choice('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
    name: text({ min: 1, max: 200 }),
    source: union({ bytes: text({ min: 1 }), s3Location: object, text: text(), content: array(object) }),
    context: text(),
    citations: record({ enabled: flag }),
  },
  { required: ['name', 'source'], ...nullable },
)
const cachePoint = record({ type: choice('default'), ttl: choice('5m', '1h') }, { required: ['type'], ...nullable })
const resultPart = union({ json: anything, text: text(), image, document, video: object, searchResult: object })

const block: Shape = union({
  text: text(),
  image,
  document,
  video: object,
  audio: object,
  toolUse: record(
    { toolUseId: TOOL_USE_ID, name: TOOL_NAME, input: object, type: choice('server_tool_use') },
    { required: ['toolUseId', 'name', 'input'] },
  ),
  toolResult: record(
    { toolUseId: TOOL_USE_ID, content: array(resultPart), status: choice('success', 'error'), type: text() },
    { required: ['toolUseId', 'content'] },
  ),
  guardContent: object,
  cachePoint,
  reasoningContent: union({ reasoningText: record({ text: text(), signature: text() }, { required: ['text'] }), redactedContent: text() }),
  citationsContent: object,
  searchResult: object,
})
const message = record({ role: choice('user', 'assistant'), content: array(block) }, { required: ['role', 'content'] })

const tool = union({
  toolSpec: record(
    { name: TOOL_NAME, description: text({ min: 1 }), inputSchema: union({ json: object }), strict: flag },
    { required: ['name', 'inputSchema'] },
  ),
  systemTool: object,
  cachePoint,
})
const toolConfig = record(
  {
    tools: array(tool, { min: 1 }),
    toolChoice: union({ auto: object, any: object, tool: record({ name: TOOL_NAME }, { required: ['name'] }) }),
  },
  { required: ['tools'] },
)

export const bedrockShapes: ShapeRow[] = [
  {
    vendors: ['bedrock'],
    endpoints: ['converse'],
    shape: record(
      {
        messages: array(message),
        system: array(union({ text: text({ min: 1 }), guardContent: object, cachePoint })),
        inferenceConfig: record(
          {
            maxTokens: integer({ min: 1 }),
            temperature: decimal({ min: 0, max: 1 }),
            topP: decimal({ min: 0, max: 1 }),
            stopSequences: array(text({ min: 1 }), { max: 2500 }),
          },
          nullable,
        ),
        toolConfig,
        guardrailConfig: object,
        additionalModelRequestFields: object,
        promptVariables: object,
        additionalModelResponseFieldPaths: array(text(), { max: 10 }),
        requestMetadata: object,
        performanceConfig: object,
        serviceTier: object,
        outputConfig: record({
          textFormat: record(
            {
              type: choice('json_schema'),
              structure: union({ jsonSchema: record({ schema: text(), name: text(), description: text() }, { required: ['schema'] }) }),
            },
            { required: ['type', 'structure'] },
          ),
        }),
      },
      nullable,
    ),
  },
]

/** `messages.1.member.content.1.member.toolUse.toolUseId`: lists count from one, and say `member`. */
function bedrockPath(at: Path): string {
  return at.map((segment) => (typeof segment === 'number' ? `${segment + 1}.member` : segment)).join('.')
}

function constraint(problem: Problem, said: string): string {
  const value = typeof problem.got === 'string' ? problem.got : JSON.stringify(problem.got)
  return `1 validation error detected: Value '${value}' at '${bedrockPath(problem.at)}' failed to satisfy constraint: Member must ${said}`
}

const SAYINGS: Record<ProblemKind, (problem: Problem) => string> = {
  unknown: (problem) =>
    `Malformed input request: #: extraneous key [${problem.at.join('.')}] is not permitted, please reformat your input and try again.`,
  missing: (problem) =>
    `1 validation error detected: Value null at '${bedrockPath(problem.at)}' failed to satisfy constraint: Member must not be null`,
  type: (problem) => `${JSON_NAMES[typeof problem.got] ?? 'START_OBJECT'} can not be converted to ${problem.expected}`,
  enum: (problem) => constraint(problem, `satisfy enum value set: [${problem.expected.replaceAll("'", '').replaceAll(/,? and /g, ', ')}]`),
  low: (problem) => constraint(problem, `have value greater than or equal to ${problem.expected}`),
  high: (problem) => constraint(problem, `have value less than or equal to ${problem.expected}`),
  short: (problem) => constraint(problem, `have length greater than or equal to ${problem.expected}`),
  long: (problem) => constraint(problem, `have length less than or equal to ${problem.expected}`),
  few: (problem) => constraint(problem, `have length greater than or equal to ${problem.expected}`),
  many: (problem) => constraint(problem, `have length less than or equal to ${problem.expected}`),
  pattern: (problem) => constraint(problem, `satisfy regular expression pattern: ${problem.expected.replaceAll(/[\^$]/g, '')}`),
}
const JSON_NAMES: Record<string, string> = { number: 'NUMBER_VALUE', string: 'STRING_VALUE', boolean: 'TRUE_VALUE' }

function says(problem: Problem): Violation {
  return { message: SAYINGS[problem.kind](problem), ...(problem.kind === 'type' ? { type: 'SerializationException' } : {}) }
}

const form = (kinds: ProblemKind[], at?: RegExp): Rule['check'] => formRule(at === undefined ? { kinds } : { kinds, at }, says)

const FORM: Row[] = [
  [
    'bedrock.json',
    'The body is a JSON object',
    DOCS.bedrockErrors,
    ({ call }) => (call.body === undefined ? { message: 'Unexpected end of input', type: 'SerializationException' } : undefined),
  ],
  ['bedrock.type', 'Members have the type of the reference', DOCS.bedrockConverse, form(['type'])],
  [
    'bedrock.unknown-member',
    'Members that the request syntax does not list are refused',
    DOCS.bedrockConverse,
    form(['unknown']),
    { stricter: true },
  ],
  [
    'bedrock.tool-use-id',
    'Ids of calls have up to 64 letters, digits, `_`, `.`, `:` and `-`',
    DOCS.bedrockToolUse,
    form(['pattern', 'long', 'short'], /toolUseId$/),
  ],
  [
    'bedrock.tool-name',
    'Names of tools have up to 64 letters, digits, `_` and `-`',
    DOCS.bedrockToolSpec,
    form(['pattern', 'long', 'short'], /name$/),
  ],
  [
    'bedrock.tools-empty',
    'A tool configuration has at least one tool',
    DOCS.bedrockToolConfig,
    form(['few', 'missing'], /^toolConfig\.tools$/),
  ],
  ['bedrock.required', 'Required members are there', DOCS.bedrockConverse, form(['missing'])],
  ['bedrock.image-format', 'Images are PNG, JPEG, GIF or WebP', DOCS.bedrockImage, form(['enum'], /image\.format$/)],
  ['bedrock.enum', 'Members with a list of values take only those', DOCS.bedrockConverse, form(['enum'])],
  [
    'bedrock.inference',
    '`maxTokens` is at least 1, `temperature` and `topP` from 0 to 1',
    DOCS.bedrockInference,
    form(['low', 'high'], /^inferenceConfig/),
  ],
  [
    'bedrock.length',
    'Texts and lists are within the limits of the reference',
    DOCS.bedrockConverse,
    form(['low', 'high', 'short', 'long', 'few', 'many', 'pattern']),
  ],
  [
    'bedrock.tool-choice-known',
    'A tool that is chosen is among the tools',
    DOCS.bedrockToolConfig,
    ({ body }) => {
      const { name } = objectAt(body, 'toolConfig', 'toolChoice', 'tool')
      const names = objects(objectAt(body, 'toolConfig')['tools']).map((one) => objectAt(one, 'toolSpec')['name'])
      return name === undefined || names.includes(name)
        ? undefined
        : { message: `The tool specified in toolChoice '${shown(name)}' is not defined in toolConfig.tools. Add the tool and try again.` }
    },
  ],
]

export const bedrockRules: Rule[] = rules({ vendors: ['bedrock'], endpoints: ['converse'] }, [...FORM, ...bedrockTurns])
