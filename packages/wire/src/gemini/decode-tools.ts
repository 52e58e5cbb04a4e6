import type { Tool, ToolChoice } from '../canonical/conversation.ts'
import type { JsonObject } from '../json/object.ts'
import type { Decoding, Found } from './decoding.ts'
import { jsonSchemaOf } from './schema.ts'
import { camelOf } from './spelling.ts'

/** Members of a function's declaration that have no neutral form. */
const EXTRAS = ['response', 'responseJsonSchema', 'behavior']

export interface DecodedTools {
  tools?: Tool[]
  toolChoice?: ToolChoice
}

/** `tools` and `toolConfig`. Everything but declared functions is a tool that the vendor runs. */
export function decodeTools(body: Found<JsonObject>, decoding: Decoding): DecodedTools {
  const { choice, strict } = decodeChoice(body, decoding)
  const tools = decoding.objects(body, 'tools').flatMap((tool) => decodeTool(tool, strict, decoding))
  return { ...(tools.length === 0 ? {} : { tools }), ...(choice === undefined ? {} : { toolChoice: choice }) }
}

function decodeTool(tool: Found<JsonObject>, strict: boolean, decoding: Decoding): Tool[] {
  return Object.entries(tool.value).flatMap(([name, value]): Tool[] => {
    if (value == null) return []
    const camel = camelOf(name)
    if (camel !== 'functionDeclarations') return [{ type: 'vendor', dialect: 'gemini', name: camel, value, at: `${tool.at}/${name}` }]
    return decoding.objects(tool, camel).map((declaration) => decodeFunction(declaration, strict, decoding))
  })
}

function decodeFunction(declaration: Found<JsonObject>, strict: boolean, decoding: Decoding): Tool {
  const { at } = declaration
  const name = decoding.text(declaration, 'name') ?? ''
  if (name === '') decoding.fail(`${at}/name`, '`name` is missing: it is the name of the function')
  const description = decoding.text(declaration, 'description')
  const plain = decoding.object(declaration, 'parametersJsonSchema')?.value
  const subset = decoding.object(declaration, 'parameters')?.value
  const parameters = plain ?? (subset && jsonSchemaOf(subset))
  for (const extra of EXTRAS) {
    const found = decoding.any(declaration, extra)
    if (found !== undefined) decoding.keep(found.at.slice(1).replaceAll('/', '.'), found)
  }
  return {
    type: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict ? { strict } : {}),
    at,
  }
}

/** Mode VALIDATED is AUTO with arguments that keep to their schemas: what others call strict. */
function decodeChoice(body: Found<JsonObject>, decoding: Decoding): { choice?: ToolChoice; strict: boolean } {
  const config = decoding.object(body, 'toolConfig')
  const calling = config && decoding.object(config, 'functionCallingConfig')
  if (config !== undefined) keepOthers(config, 'toolConfig', 'functionCallingConfig', decoding)
  if (calling === undefined) return { strict: false }
  const names = decoding.strings(calling, 'allowedFunctionNames') ?? []
  const mode = decoding.text(calling, 'mode')?.toUpperCase() ?? ''
  const streamed = decoding.any(calling, 'streamFunctionCallArguments')
  if (streamed !== undefined) decoding.keep('toolConfig.functionCallingConfig.streamFunctionCallArguments', streamed)
  const choice = CHOICES[mode]?.(names)
  if (choice === undefined && mode !== '' && mode !== 'MODE_UNSPECIFIED') {
    decoding.fail(`${calling.at}/mode`, '`mode` must be one of "AUTO", "ANY", "NONE" and "VALIDATED"')
  }
  return { ...(choice === undefined ? {} : { choice }), strict: mode === 'VALIDATED' }
}

const CHOICES: Record<string, (names: string[]) => ToolChoice> = {
  AUTO: () => ({ kind: 'auto' }),
  NONE: () => ({ kind: 'none' }),
  ANY: (names) => named(names, true) ?? { kind: 'required' },
  VALIDATED: (names) => (names.length === 0 ? { kind: 'auto' } : { kind: 'allowed', names, required: false }),
}

function named(names: string[], required: boolean): ToolChoice | undefined {
  const [name, ...others] = names
  if (name === undefined) return undefined
  return others.length === 0 ? { kind: 'tool', name } : { kind: 'allowed', names, required }
}

/** Keeps every member of an object that is not known, by its path. */
export function keepOthers(holder: Found<JsonObject>, path: string, known: string | ReadonlySet<string>, decoding: Decoding): void {
  for (const [name, value] of Object.entries(holder.value)) {
    const camel = camelOf(name)
    if (value == null || (typeof known === 'string' ? known === camel : known.has(camel))) continue
    decoding.keep(path === '' ? camel : `${path}.${camel}`, { at: `${holder.at}/${name}`, value })
  }
}
