import type { Unsupported } from '../canonical/unsupported.ts'
import type { Family as ClaudeFamily } from '../anthropic/families.ts'
import { claudeOf } from './claude.ts'
import { familyOf, type Family } from './family.ts'

/** What one request is written for, and what of it could not be carried. */
export interface Writing {
  family: Family
  /** Of Claude's models alone. */
  claude: ClaudeFamily | undefined
  model: string
  nineCharacterIds: boolean
  unsupported: Unsupported[]
  /** Tools are declared; without, neither calls nor results may be in the conversation. */
  tools: boolean
  cachePoints: number
  /** Names of documents, each once. */
  documents: Set<string>
}

export function writingFor(model: string, nineCharacterIds: boolean): Writing {
  const family = familyOf(model)
  return {
    family,
    claude: family.name === 'anthropic' ? claudeOf(model) : undefined,
    model,
    nineCharacterIds: nineCharacterIds || family.nineCharacterIds === true,
    unsupported: [],
    tools: false,
    cachePoints: 0,
    documents: new Set(),
  }
}
