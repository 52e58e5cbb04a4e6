import type { SceneUsage } from '../../replay/answers/scene.ts'
import type { Answer } from '../../support/http.ts'
import type { Access } from '../clients/client.ts'
import type { PlaceName } from '../world.ts'
import type { JsonObject, WireRequest } from './wire.ts'

/** What a tool makes of one answer. */
export interface ToolTurn {
  text: string
  calls: { name: string; arguments: unknown }[]
  usage: ToolUsage
  /** What it keeps of the answer, in its own form, to send it back. */
  said: JsonObject[]
}

/** As the tool shows it, or counts it against the context. */
export interface ToolUsage {
  input: number
  output: number
}

/** A program that people use with models, as it talks on the wire: two turns, of which the first calls a function. */
export interface ScriptedTool {
  name: string
  /** A call of one of the functions that it offers. */
  call: { name: string; arguments: JsonObject }
  first(access: Access, model: string): WireRequest
  read(answer: Answer): ToolTurn
  /** The same conversation with the answer, and with what its calls gave. */
  next(request: WireRequest, turn: ToolTurn, result: string): WireRequest
  usage(of: SceneUsage, place: PlaceName): ToolUsage
  /** What was thought goes back, too. */
  keepsThoughts?: true
}

/** Input with what a cache had of it, output with reasoning. */
export function inAll({ input, cacheRead = 0, cacheWrite = 0, output, reasoning = 0 }: SceneUsage): ToolUsage {
  return { input: input + cacheRead + cacheWrite, output: output + reasoning }
}

export function asks(request: WireRequest, header: string, value: string): WireRequest {
  return { ...request, headers: { ...request.headers, [header]: value } }
}
