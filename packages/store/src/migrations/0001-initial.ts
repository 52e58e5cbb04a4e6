import type { Migration } from './migration.ts'

/** Written for SQLite; `renderForPostgres` says what differs on PostgreSQL. */
export const initial: Migration = {
  number: 1,
  name: 'initial',
  statements: [
    `CREATE TABLE counters (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL) STRICT`,
    `INSERT INTO counters (name, value) VALUES ('entry', 0), ('audit', 0), ('configuration', 1), ('instance', 0)`,

    `CREATE TABLE organizations (
      id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, currency TEXT NOT NULL, zone TEXT NOT NULL,
      overdraft INTEGER NOT NULL, created_at INTEGER NOT NULL) STRICT`,
    `CREATE TABLE applications (
      id TEXT PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id), name TEXT NOT NULL,
      created_at INTEGER NOT NULL) STRICT`,
    `CREATE INDEX applications_by_organization ON applications (organization_id, id)`,
    `CREATE TABLE keys (
      id TEXT PRIMARY KEY NOT NULL, application_id TEXT NOT NULL REFERENCES applications (id), name TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE, last_four TEXT NOT NULL, scopes TEXT NOT NULL, models TEXT,
      cap_amount INTEGER, cap_period TEXT, expires_at INTEGER, enabled INTEGER NOT NULL, revoked_at INTEGER,
      created_at INTEGER NOT NULL) STRICT`,
    `CREATE INDEX keys_by_application ON keys (application_id, id)`,
    `CREATE TABLE management_tokens (
      id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, last_four TEXT NOT NULL,
      scopes TEXT NOT NULL, organization_id TEXT REFERENCES organizations (id), expires_at INTEGER, revoked_at INTEGER,
      created_at INTEGER NOT NULL) STRICT`,
    `CREATE TABLE providers (
      name TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL, base_url TEXT NOT NULL, keyless INTEGER NOT NULL,
      keys_sealed TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
    `CREATE TABLE models (
      name TEXT PRIMARY KEY NOT NULL, definition TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
    `CREATE TABLE prices (
      name TEXT PRIMARY KEY NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, rates TEXT NOT NULL, version TEXT NOT NULL,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,

    `CREATE TABLE accounts (
      id TEXT PRIMARY KEY NOT NULL, unit TEXT NOT NULL, kind TEXT NOT NULL,
      granted INTEGER NOT NULL, expired INTEGER NOT NULL, posted INTEGER NOT NULL, held INTEGER NOT NULL,
      overdraft INTEGER NOT NULL, credit_limit INTEGER NOT NULL, debt INTEGER NOT NULL, held_on_credit INTEGER NOT NULL,
      resets_at INTEGER, entries INTEGER NOT NULL) STRICT`,
    `CREATE TABLE lots (
      id TEXT PRIMARY KEY NOT NULL, account TEXT NOT NULL, seq INTEGER NOT NULL, priority INTEGER NOT NULL, expires_at INTEGER,
      granted INTEGER NOT NULL, posted INTEGER NOT NULL, held INTEGER NOT NULL, expired INTEGER NOT NULL,
      reversed INTEGER NOT NULL, open INTEGER NOT NULL) STRICT`,
    `CREATE INDEX lots_open ON lots (account) WHERE open = 1`,
    `CREATE INDEX lots_by_account ON lots (account, seq)`,
    // The hot table: every index here is paid for by every hold and every settle.
    `CREATE TABLE entries (
      seq INTEGER PRIMARY KEY NOT NULL, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, request TEXT, at INTEGER NOT NULL,
      instance INTEGER, legs TEXT NOT NULL, terms TEXT NOT NULL, memo TEXT NOT NULL) STRICT`,
    // Refunds, excess and the like are few; holds and settles of a request are found by their ids.
    `CREATE INDEX entries_beside ON entries (request) WHERE kind IN ('refund', 'excess', 'expire')`,

    `CREATE TABLE instances (
      epoch INTEGER PRIMARY KEY NOT NULL, started_at INTEGER NOT NULL, heartbeat_at INTEGER NOT NULL,
      low_water_seq INTEGER NOT NULL, resolved_at INTEGER) STRICT`,

    `CREATE TABLE requests (
      id TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, organization_id TEXT, application_id TEXT, key_id TEXT,
      end_user TEXT, tags TEXT, path TEXT NOT NULL, model TEXT, stream INTEGER NOT NULL, outcome TEXT NOT NULL,
      denial TEXT, denial_id TEXT, status INTEGER NOT NULL, cost INTEGER NOT NULL, provider_cost INTEGER, price_version TEXT,
      estimated INTEGER NOT NULL, flags TEXT NOT NULL, delivery TEXT NOT NULL, clamped INTEGER, latency_ms INTEGER NOT NULL,
      ttft_ms INTEGER, input INTEGER, cache_read INTEGER, cache_write INTEGER, cache_write_1h INTEGER, output INTEGER,
      reasoning INTEGER, audio_in INTEGER, audio_out INTEGER, image_in INTEGER, request_units INTEGER,
      attempts TEXT NOT NULL) STRICT`,
    `CREATE INDEX requests_by_time ON requests (at)`,
    `CREATE INDEX requests_by_organization ON requests (organization_id, at)`,
    `CREATE INDEX requests_by_key ON requests (key_id, at)`,
    `CREATE TABLE denials (
      id TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL, request_id TEXT NOT NULL, organization_id TEXT, key_id TEXT,
      code TEXT NOT NULL, problem TEXT NOT NULL, trace TEXT NOT NULL, operator_detail TEXT,
      configuration_version INTEGER NOT NULL) STRICT`,
    `CREATE INDEX denials_by_time ON denials (at)`,
    `CREATE INDEX denials_by_request ON denials (request_id)`,

    `CREATE TABLE audit (
      seq INTEGER PRIMARY KEY NOT NULL, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
      subject TEXT NOT NULL, organization_id TEXT, before TEXT, after TEXT, prev_hash TEXT NOT NULL, hash TEXT NOT NULL) STRICT`,
    `CREATE TABLE idempotency (
      scope TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, status INTEGER NOT NULL, response TEXT NOT NULL,
      created_at INTEGER NOT NULL, PRIMARY KEY (scope, key)) STRICT`,
    `CREATE INDEX idempotency_by_time ON idempotency (created_at)`,
  ],
}
