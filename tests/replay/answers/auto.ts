import type { JsonObject } from '../types.ts'
import type { Asked } from './asked.ts'
import { sample } from './sample.ts'
import type { Scene, ScenePart } from './scene.ts'

/** What a model that does as it is told says: calls the tools it is given, speaks of their results, keeps to a schema. */
export function autoScene(asked: Asked): Scene {
  const reasoning: ScenePart[] = asked.thinks ? [{ type: 'reasoning', text: 'The request is read once more, and an answer is made.' }] : []
  const calls = asked.results.length > 0 && asked.choice !== 'any' ? [] : callsFor(asked)
  const said: ScenePart[] = calls.length > 0 ? calls : [{ type: 'text', text: spoken(asked) }]
  const parts = [...reasoning, ...said]
  const output = Math.max(1, Math.ceil(JSON.stringify(said).length / 4))
  return {
    parts,
    stop: calls.length > 0 ? 'tool_calls' : 'stop',
    usage: { input: 25, output, ...(asked.thinks ? { reasoning: 11 } : {}) },
  }
}

/** The tool that was chosen, else the first. */
function callsFor({ tools, choice }: Asked): ScenePart[] {
  const tool = tools.find(({ name }) => name === choice) ?? tools[0]
  if (tool === undefined || choice === 'none') return []
  const value = sample(tool.schema ?? { type: 'object' })
  return [{ type: 'call', name: tool.name, arguments: typeof value === 'object' && value !== null ? (value as JsonObject) : {} }]
}

function spoken({ results, schema }: Asked): string {
  if (schema !== undefined) return JSON.stringify(Object.keys(schema as object).length === 0 ? { answer: 'value' } : sample(schema))
  return results.length > 0 ? `The tools said: ${results.join(' | ')}` : 'Hello, I am a model that is played.'
}
