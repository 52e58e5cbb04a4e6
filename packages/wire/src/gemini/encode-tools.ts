import type { Conversation, FunctionTool, Tool, ToolChoice } from '../canonical/conversation.ts'
import { wantsOneCall } from '../canonical/parallel.ts'
import type { JsonObject } from '../json/object.ts'
import type { Encoding } from './encoding.ts'

/** `tools` and `toolConfig`. JSON Schema is sent as it is (`parametersJsonSchema`): nothing of it is lost, its order is kept. */
export function encodeTools(conversation: Conversation, encoding: Encoding): JsonObject {
  const { tools = [], toolChoice } = conversation
  if (wantsOneCall(conversation)) encoding.leaveOut('/parallelToolCalls', 'the wish for one tool call at a time')
  const encoded = toolsOf(tools, encoding)
  const functionCallingConfig = choiceOf(toolChoice, tools.some(isStrict))
  const config = { ...othersOf(conversation), ...(functionCallingConfig === undefined ? {} : { functionCallingConfig }) }
  return { ...(encoded.length === 0 ? {} : { tools: encoded }), ...(Object.keys(config).length === 0 ? {} : { toolConfig: config }) }
}

function toolsOf(tools: readonly Tool[], encoding: Encoding): JsonObject[] {
  const functions = tools.filter((tool) => tool.type === 'function').map(declarationOf)
  const others = tools.flatMap((tool) => {
    if (tool.type === 'function') return []
    if (tool.dialect === 'gemini') return [{ [tool.name]: tool.value }]
    encoding.leaveOut(tool.at, `the tool ${tool.name}`, 'another vendor runs it')
    return []
  })
  return [...(functions.length === 0 ? [] : [{ functionDeclarations: functions }]), ...others]
}

function declarationOf({ name, description, parameters }: FunctionTool): JsonObject {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parametersJsonSchema: parameters }),
  }
}

function isStrict(tool: Tool): boolean {
  return tool.type === 'function' && tool.strict === true
}

/** Where arguments must keep to their schemas, VALIDATED is AUTO with that promise; ANY makes it by itself. */
function choiceOf(choice: ToolChoice | undefined, strict: boolean): JsonObject | undefined {
  switch (choice?.kind) {
    case undefined:
      return strict ? { mode: 'VALIDATED' } : undefined
    case 'auto':
      return { mode: strict ? 'VALIDATED' : 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] }
    case 'allowed':
      return { mode: choice.required ? 'ANY' : 'VALIDATED', allowedFunctionNames: choice.names }
  }
}

/** What only this dialect says of tools, where the caller spoke it. */
function othersOf({ others }: Conversation): JsonObject {
  const { 'toolConfig.retrievalConfig': retrieval, 'toolConfig.includeServerSideToolInvocations': include } = others
  return {
    ...(retrieval === undefined ? {} : { retrievalConfig: retrieval.value }),
    ...(include === undefined ? {} : { includeServerSideToolInvocations: include.value }),
  }
}
