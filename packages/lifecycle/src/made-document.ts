import type { ModelsDefinition, PromptDefinition } from '@faregate/core'
import { modelsDocument } from './models/document.ts'
import { promptDocument } from './prompt/document.ts'

/** The OpenAPI document of what is made of models here: nobody imports it. Undefined: an HTTP service, which has its own. */
export function madeDocument(name: string, definition: PromptDefinition | ModelsDefinition): string
export function madeDocument(name: string, definition: PromptDefinition | ModelsDefinition | { kind: 'http' }): string | undefined
export function madeDocument(name: string, definition: PromptDefinition | ModelsDefinition | { kind: 'http' }): string | undefined {
  if (definition.kind === 'http') return undefined
  return definition.kind === 'prompt' ? promptDocument(name, definition) : modelsDocument(name, definition)
}
