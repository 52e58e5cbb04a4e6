import type { Migration } from './migration.ts'

/** Nonces of signed requests, for as long as they could be used again; whose tokens and certificates are served as which key. */
export const callers: Migration = {
  number: 21,
  name: 'callers',
  statements: [
    `CREATE TABLE used_nonces (
      key_id TEXT NOT NULL, nonce TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (key_id, nonce)) STRICT`,
    'CREATE INDEX used_nonces_by_time ON used_nonces (until)',
    'ALTER TABLE keys ADD COLUMN issuer TEXT',
    'ALTER TABLE keys ADD COLUMN subject TEXT',
    'CREATE UNIQUE INDEX keys_by_subject ON keys (issuer, subject) WHERE subject IS NOT NULL AND revoked_at IS NULL',
  ],
}
