import type { Migration } from './migration.ts'

/** Orders that will never be paid, automatic top-ups that are off while an order of theirs is, and what refunds were asked for. */
export const endedOrders: Migration = {
  number: 20,
  name: 'ended orders',
  statements: [
    'ALTER TABLE top_ups ADD COLUMN void_at INTEGER',
    'ALTER TABLE auto_top_ups ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1',
    'ALTER TABLE top_up_refunds ADD COLUMN asked INTEGER NOT NULL DEFAULT 0',
    'UPDATE top_up_refunds SET asked = amount',
  ],
}
