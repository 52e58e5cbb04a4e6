/** The subset of JSON Schema that OpenAI's strict mode takes. https://developers.openai.com/api/docs/guides/structured-outputs */
import { isObject } from './shape.ts'
import { array } from './walk.ts'

/** What is wrong with a strict schema, in OpenAI's words; undefined if nothing is. */
export function strictProblem(schema: unknown, context: string[] = []): string | undefined {
  if (!isObject(schema)) return undefined
  const place = `In context=(${context.map((part) => `'${part}'`).join(', ')}${context.length === 1 ? ',' : ''}), `
  if (context.length === 0 && schema['type'] !== 'object' && schema['$ref'] === undefined) {
    return `schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(schema['type'] ?? 'None')}'.`
  }
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  if (isObjectType(schema['type']) || schema['properties'] !== undefined) {
    if (schema['additionalProperties'] !== false) return `${place}'additionalProperties' is required to be supplied and to be false.`
    const required = array(schema['required'])
    const missing = Object.keys(properties).find((name) => !required.includes(name))
    if (missing !== undefined) {
      return `${place}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
    }
  }
  for (const keyword of ['oneOf', 'allOf', 'not', 'patternProperties']) {
    if (schema[keyword] !== undefined) return `${place}'${keyword}' is not permitted.`
  }
  return inside(schema, properties, context)
}

function inside(schema: Record<string, unknown>, properties: Record<string, unknown>, context: string[]): string | undefined {
  const parts: [unknown, string[]][] = [
    ...Object.entries(properties).map(([name, part]): [unknown, string[]] => [part, ['properties', name]]),
    ...Object.entries(isObject(schema['$defs']) ? schema['$defs'] : {}).map(([name, part]): [unknown, string[]] => [part, ['$defs', name]]),
    ...array(schema['anyOf']).map((part, index): [unknown, string[]] => [part, ['anyOf', String(index)]]),
    [schema['items'], ['items']],
  ]
  for (const [part, path] of parts) {
    const problem = strictProblem(part, [...context, ...path])
    if (problem !== undefined) return problem
  }
  return undefined
}

function isObjectType(type: unknown): boolean {
  return type === 'object' || array(type).includes('object')
}
