/** The bodies that Gemini's generateContent takes. `snake_case` is as good as `camelCase`. */
import type { ShapeRow } from './rule.ts'
import { anything, array, choice, decimal, dictionary, flag, integer, object, record, text, type Shape } from './shape.ts'

function message(members: Record<string, Shape>, required: readonly string[] = []): Shape {
  return record(members, { required, snake: true, nullable: true })
}

const part = message({
  text: text(),
  inlineData: message({ mimeType: text({ min: 1 }), data: text(), displayName: text() }, ['mimeType', 'data']),
  fileData: message({ mimeType: text(), fileUri: text(), displayName: text() }, ['fileUri']),
  functionCall: message({ id: text(), name: text({ min: 1 }), args: object, partialArgs: array(object), willContinue: flag }, ['name']),
  functionResponse: message(
    { id: text(), name: text({ min: 1 }), response: object, parts: array(object), willContinue: flag, scheduling: text() },
    ['name', 'response'],
  ),
  executableCode: object,
  codeExecutionResult: object,
  toolCall: object,
  toolResponse: object,
  thought: flag,
  thoughtSignature: text(),
  videoMetadata: object,
  partMetadata: object,
  mediaResolution: object,
})
const content = message({ role: text(), parts: array(part) })

const INT64: Shape = (value, at, problems) => (typeof value === 'string' ? text({ pattern: /^\d+$/ }) : integer())(value, at, problems)
const TYPES = ['STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL']

/** The subset of OpenAPI's schemas; nothing of JSON Schema beyond it. */
const schema: Shape = (value, at, problems) => {
  message({
    type: choice(...TYPES, ...TYPES.map((name) => name.toLowerCase())),
    format: text(),
    title: text(),
    description: text(),
    nullable: flag,
    enum: array(text()),
    maxItems: INT64,
    minItems: INT64,
    properties: dictionary(schema),
    required: array(text()),
    minProperties: INT64,
    maxProperties: INT64,
    minLength: INT64,
    maxLength: INT64,
    pattern: text(),
    example: anything,
    anyOf: array(schema),
    propertyOrdering: array(text()),
    default: anything,
    items: schema,
    minimum: decimal(),
    maximum: decimal(),
  })(value, at, problems)
}

const declaration = message(
  {
    name: text({ pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/ }),
    description: text(),
    behavior: text(),
    parameters: schema,
    parametersJsonSchema: anything,
    response: schema,
    responseJsonSchema: anything,
  },
  ['name'],
)
const tool = message({
  functionDeclarations: array(declaration),
  googleSearch: object,
  googleSearchRetrieval: object,
  codeExecution: object,
  urlContext: object,
  computerUse: object,
  fileSearch: object,
  googleMaps: object,
  mcpServers: array(object),
  enterpriseWebSearch: object,
  retrieval: object,
})
const toolConfig = message({
  functionCallingConfig: message({
    mode: choice('MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
    allowedFunctionNames: array(text()),
    streamFunctionCallArguments: flag,
  }),
  retrievalConfig: object,
  includeServerSideToolInvocations: flag,
})

const generationConfig = message({
  stopSequences: array(text(), { max: 5 }),
  responseMimeType: choice('text/plain', 'application/json', 'text/x.enum'),
  responseSchema: schema,
  responseJsonSchema: anything,
  _responseJsonSchema: anything,
  responseFormat: object,
  responseModalities: array(text()),
  candidateCount: integer({ min: 1, max: 8 }),
  maxOutputTokens: integer({ min: 1 }),
  temperature: decimal({ min: 0, max: 2 }),
  topP: decimal({ min: 0, max: 1 }),
  topK: decimal({ min: 1 }),
  seed: integer(),
  presencePenalty: decimal({ min: -2, max: 2 }),
  frequencyPenalty: decimal({ min: -2, max: 2 }),
  responseLogprobs: flag,
  logprobs: integer({ min: 0, max: 20 }),
  enableEnhancedCivicAnswers: flag,
  audioTimestamp: flag,
  speechConfig: object,
  thinkingConfig: message({
    includeThoughts: flag,
    thinkingBudget: integer({ min: -1, max: 32_768 }),
    thinkingLevel: choice('THINKING_LEVEL_UNSPECIFIED', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'minimal', 'low', 'medium', 'high'),
  }),
  imageConfig: object,
  mediaResolution: text(),
  routingConfig: object,
  modelSelectionConfig: object,
})

const safety = message({ category: text(), threshold: text(), method: text() }, ['category', 'threshold'])
const generate = message(
  {
    contents: array(content),
    tools: array(tool),
    toolConfig,
    safetySettings: array(safety),
    systemInstruction: content,
    generationConfig,
    cachedContent: text(),
    model: text(),
    store: flag,
    serviceTier: text(),
    labels: object,
  },
  ['contents'],
)

const embed = {
  content,
  taskType: text(),
  title: text(),
  outputDimensionality: integer({ min: 1 }),
  model: text(),
  embedContentConfig: object,
}

export const geminiShapes: ShapeRow[] = [
  { vendors: ['gemini', 'vertex'], endpoints: ['generate'], shape: generate },
  { vendors: ['gemini'], endpoints: ['embeddings'], shape: message(embed, ['content']) },
  {
    vendors: ['gemini'],
    endpoints: ['batch-embeddings'],
    shape: message({ requests: array(message(embed, ['content', 'model'])) }, ['requests']),
  },
  {
    vendors: ['gemini', 'vertex'],
    endpoints: ['count-tokens'],
    shape: message({
      contents: array(content),
      generateContentRequest: object,
      systemInstruction: content,
      tools: array(tool),
      model: text(),
      instances: anything,
      generationConfig,
    }),
  },
]
