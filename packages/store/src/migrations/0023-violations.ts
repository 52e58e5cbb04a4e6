import type { Migration } from './migration.ts'

/** In what a request differs from the document of its API. Null: in nothing, or nobody looked. */
export const violations: Migration = {
  number: 23,
  name: 'violations of documents',
  statements: ['ALTER TABLE requests ADD COLUMN violations TEXT'],
}
