import type { Migration } from './migration.ts'

/** What models bill that is no token, and tokens of the images that they make. */
export const units: Migration = {
  number: 2,
  name: 'units',
  statements: ['images', 'seconds', 'characters', 'searches', 'image_out'].map(
    (column) => `ALTER TABLE requests ADD COLUMN ${column} INTEGER`,
  ),
}
