import type { Migration } from './migration.ts'

/** Organizations in arrears, the invoices of every organization, and what corrects them. */
export const invoices: Migration = {
  number: 8,
  name: 'invoices',
  statements: [
    ...['billing_mode TEXT', 'credit_limit INTEGER', 'bill_to TEXT'].map((column) => `ALTER TABLE organizations ADD COLUMN ${column}`),
    // What was issued never changes: the document is kept as it was.
    `CREATE TABLE invoices (
      number INTEGER PRIMARY KEY NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id),
      after_seq INTEGER NOT NULL, through_seq INTEGER NOT NULL, issued_at INTEGER NOT NULL, due_at INTEGER,
      total INTEGER NOT NULL, carried INTEGER NOT NULL, due INTEGER NOT NULL, document TEXT NOT NULL) STRICT`,
    `CREATE INDEX invoices_by_organization ON invoices (organization_id, number)`,
    // However many correct one invoice at once: each of its notes has a place of its own.
    `CREATE TABLE credit_notes (
      number INTEGER PRIMARY KEY NOT NULL, invoice INTEGER NOT NULL REFERENCES invoices (number), place INTEGER NOT NULL,
      organization_id TEXT NOT NULL, amount INTEGER NOT NULL, reason TEXT NOT NULL, grant_id TEXT NOT NULL UNIQUE,
      at INTEGER NOT NULL, UNIQUE (invoice, place)) STRICT`,
    // How far the ledger is invoiced; where nothing moved, without an invoice.
    `CREATE TABLE invoice_marks (
      organization_id TEXT PRIMARY KEY NOT NULL REFERENCES organizations (id), since INTEGER NOT NULL, look_at INTEGER NOT NULL,
      seq INTEGER NOT NULL, balance INTEGER NOT NULL) STRICT`,
    // What was there before is not invoiced afterwards: it is the balance that the first invoice begins with.
    `INSERT INTO invoice_marks (organization_id, since, look_at, seq, balance)
      SELECT o.id, coalesce((SELECT at FROM entries ORDER BY seq DESC LIMIT 1), o.created_at), 0,
        (SELECT value FROM counters WHERE name = 'entry'), coalesce(a.granted - a.expired - a.posted, 0)
      FROM organizations o LEFT JOIN accounts a ON a.id = 'wallet:' || o.id`,
    `CREATE INDEX invoice_marks_look_at ON invoice_marks (look_at)`,
    // Few beside holds and settles, which do not pay for this.
    `CREATE INDEX entries_credit ON entries (seq) WHERE kind IN ('grant', 'reverse', 'refund', 'expire')`,
    `INSERT INTO counters (name, value) VALUES ('invoice', 0)`,
  ],
}
