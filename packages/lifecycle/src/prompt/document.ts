import type { Prompt, PromptDefinition, PromptVariable } from '@faregate/core'
import { securityOf } from '../openapi/security.ts'

type Json = Record<string, unknown>

/**
 * The OpenAPI document of a prompt API, made of its variables and of the schema of its output: the same definition always has
 * the same one. It says nothing of what the model is asked.
 */
export function promptDocument(
  name: string,
  { prefix, prompt, authentication }: Pick<PromptDefinition, 'prefix' | 'prompt' | 'authentication'>,
): string {
  const { schemes, security } = securityOf(authentication, '/api/oauth/token')
  const document = {
    openapi: '3.1.0',
    info: { title: name, version: '1' },
    servers: [{ url: prefix }],
    security,
    paths: { '/': { post: operation(name, prompt) } },
    components: { securitySchemes: schemes },
  }
  return JSON.stringify(document)
}

function operation(name: string, prompt: Prompt): Json {
  return {
    operationId: name,
    summary: name,
    description: 'An answer as JSON; as server-sent events to whoever sends `Accept: text/event-stream`.',
    requestBody: { required: true, content: { 'application/json': { schema: requestSchema(prompt) } } },
    responses: {
      200: {
        description: 'The answer',
        content: {
          'application/json': { schema: answerSchema(prompt) },
          'text/event-stream': { schema: { type: 'string', description: EVENTS } },
        },
      },
      default: { description: 'Refused, with a reason and a fix', content: { 'application/json': { schema: PROBLEM } } },
    },
  }
}

const EVENTS =
  '`delta`: `{"text": …}`, a piece of the answer; `done`: `{"finish": …, "usage": …}`, which ends it; `error`: a problem, which ends it too.'

const PROBLEM = {
  type: 'object',
  required: ['status', 'code', 'detail'],
  properties: { status: { type: 'integer' }, code: { type: 'string' }, detail: { type: 'string' } },
}

function requestSchema({ variables }: Prompt): Json {
  const required = Object.entries(variables).flatMap(([name, { default: value }]) => (value === undefined ? [name] : []))
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, variableSchema(variable)])),
  }
}

function variableSchema({ type, description, enum: choices, default: value }: PromptVariable): Json {
  return {
    type,
    ...(description === undefined ? {} : { description }),
    ...(choices === undefined ? {} : { enum: choices }),
    ...(value === undefined ? {} : { default: value }),
  }
}

function answerSchema({ output }: Prompt): Json {
  return {
    type: 'object',
    required: ['output', 'finish', 'usage'],
    properties: {
      output: output === undefined ? { type: 'string' } : { anyOf: [output, { type: 'null' }] },
      ...(output === undefined
        ? {}
        : { text: { type: 'string', description: 'What the model said instead of the object; `output` is null then.' } }),
      refusal: { type: 'string', description: 'Why the model did not answer, in its own words.' },
      finish: { type: 'string', description: 'Why the answer ended: `stop`, `length`, …' },
      usage: {
        type: 'object',
        required: ['inputTokens', 'outputTokens'],
        properties: { inputTokens: { type: 'integer' }, outputTokens: { type: 'integer' } },
      },
    },
  }
}
