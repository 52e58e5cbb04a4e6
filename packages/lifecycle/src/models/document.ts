import { modelRoutes, offers, type ModelsDefinition } from '@faregate/core'

type Json = Record<string, unknown>

/** Members of bodies, as far as a policy says something of them. */
interface Body {
  /** What is asked stands there. */
  asked: string
  /** The limit of output stands there. */
  limits: readonly string[]
  streams?: true
  tools?: true
}

const TALK = { asked: 'messages', streams: true, tools: true } as const
const MESSAGES: Body = { ...TALK, limits: ['max_tokens'] }

/** The others are described by the models that they name. */
const BODIES: Record<string, Body> = {
  '/v1/chat/completions': { ...TALK, limits: ['max_completion_tokens', 'max_tokens'] },
  '/v1/responses': { ...TALK, asked: 'input', limits: ['max_output_tokens'] },
  '/v1/completions': { asked: 'prompt', limits: ['max_tokens'], streams: true },
  '/v1/messages': MESSAGES,
  '/v1/messages/count_tokens': { asked: 'messages', limits: [] },
  '/v2/chat': MESSAGES,
}

/**
 * The OpenAPI document of published models, made of their names and of the policy: the same definition always has the same one. What
 * each dialect holds beside that is said by its vendor.
 */
export function modelsDocument(name: string, definition: Pick<ModelsDefinition, 'prefix' | 'models' | 'policy'>): string {
  const paths = modelRoutes(definition).map(({ method, path }): [string, Json] => {
    const operation = method === 'GET' ? listOperation() : callOperation(path, definition)
    return [path.replace('*', '{call}'), { [method.toLowerCase()]: operation }]
  })
  const document = {
    openapi: '3.1.0',
    info: { title: name, version: '1' },
    servers: [{ url: definition.prefix }],
    security: [{ key: [] }],
    paths: Object.fromEntries(paths),
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  }
  return JSON.stringify(document)
}

function listOperation(): Json {
  const list = { type: 'object', required: ['data'], properties: { data: { type: 'array', items: { type: 'object' } } } }
  return { operationId: 'v1_models', summary: 'List the models', responses: { 200: described('The models', list), default: REFUSED } }
}

function callOperation(path: string, definition: Pick<ModelsDefinition, 'models' | 'policy'>): Json {
  // Where the path names the model, the body does not; forms are no JSON.
  const named = !path.endsWith('*')
  const isForm = /\/(edits|transcriptions|translations)$/.test(path)
  const schema = named ? bodySchema(BODIES[path], definition) : { type: 'object' }
  return {
    operationId: nameOf(path),
    summary: `As ${path}, with the models of this API`,
    ...(named ? {} : { parameters: [callParameter(definition)] }),
    requestBody: { required: true, content: { [isForm ? 'multipart/form-data' : 'application/json']: { schema } } },
    responses: { 200: described('The answer', { type: 'object' }), default: REFUSED },
  }
}

function callParameter({ models }: Pick<ModelsDefinition, 'models'>): Json {
  const description = `The model (${Object.keys(models).join(', ')}), a colon, and the method: generateContent, streamGenerateContent`
  return { name: 'call', in: 'path', required: true, description, schema: { type: 'string' } }
}

function bodySchema(body: Body | undefined, { models, policy }: Pick<ModelsDefinition, 'models' | 'policy'>): Json {
  const { asked, limits = [] } = body ?? {}
  const limit = { type: 'integer', minimum: 1, ...(policy?.maxTokens === undefined ? {} : { maximum: policy.maxTokens }) }
  return {
    type: 'object',
    required: ['model', ...(asked === undefined ? [] : [asked])],
    properties: {
      model: { type: 'string', enum: Object.keys(models) },
      ...(asked === undefined ? {} : { [asked]: {} }),
      ...Object.fromEntries(limits.map((name) => [name, limit])),
      ...(body?.streams === true ? { stream: { type: 'boolean', ...(offers(policy, 'streaming') ? {} : { enum: [false] }) } } : {}),
      ...(body?.tools === true ? { tools: { type: 'array', ...(offers(policy, 'tools') ? {} : { maxItems: 0 }) } } : {}),
    },
  }
}

function described(description: string, schema: Json): Json {
  return { description, content: { 'application/json': { schema } } }
}

const REFUSED = described('Refused, with a reason and a fix, in the words of the dialect', { type: 'object' })

/** `v1_chat_completions` */
function nameOf(path: string): string {
  return path
    .split(/[^\w]+/)
    .filter(Boolean)
    .join('_')
}
