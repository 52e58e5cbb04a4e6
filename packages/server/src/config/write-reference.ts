import { mkdirSync, writeFileSync } from 'node:fs'
import { configurationJsonSchema } from './json-schema.ts'
import { configurationReference } from './reference.ts'

/** Writes the two generated files of docs/reference. Run it after a change of the schema. */
const folder = new URL('../../../../docs/reference/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('configuration.md', folder), configurationReference())
writeFileSync(new URL('configuration.schema.json', folder), `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`)
