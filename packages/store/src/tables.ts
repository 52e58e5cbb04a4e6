import type { Schema } from './schema.ts'

/** Every table that a backup holds, parents before children. */
export const TABLES = [
  'meta',
  'counters',
  'organizations',
  'teams',
  'roles',
  'members',
  'applications',
  'keys',
  'used_nonces',
  'management_tokens',
  'providers',
  'models',
  'apis',
  'api_documents',
  'api_drafts',
  'api_releases',
  'api_alerts',
  'api_owners',
  'api_listings',
  'api_retirements',
  'prices',
  'catalogue_prices',
  'price_offers',
  'plans',
  'subscriptions',
  'named_caps',
  'limit_requests',
  'accounts',
  'lots',
  'entries',
  'instances',
  'requests',
  'denials',
  'audit',
  'idempotency',
  'vouchers',
  'voucher_ends',
  'webhooks',
  'webhook_deliveries',
  'webhook_marks',
  'top_ups',
  'top_up_ends',
  'top_up_refunds',
  'auto_top_ups',
  'payment_customers',
  'payment_methods',
  'invoices',
  'credit_notes',
  'invoice_marks',
] as const satisfies readonly (keyof Schema)[]

/** What a restore takes from a backup: not who is running now, nor where the counters of running processes stand. */
export const RESTORED_TABLES = TABLES.filter((table) => table !== 'instances' && table !== 'meta' && table !== 'counters')

/** Facts that stay this installation's own when a backup is restored. */
export const OWN_META = ['schema_version', 'secret_fingerprint'] as const

/** Rows of `meta` that a restore takes, as a condition. */
export const RESTORED_META = `key NOT IN (${OWN_META.map((key) => `'${key}'`).join(', ')})`
