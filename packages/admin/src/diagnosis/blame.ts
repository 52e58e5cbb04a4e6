import type { DenialCode } from '@faregate/core'
import type { StepName } from './evidence.ts'

/** The step at which each refusal is explained. What concerns how the call went belongs to logs and usage. */
export const BLAMED = {
  route_unknown: 'configuration',
  request_too_large: 'configuration',
  request_invalid: 'configuration',
  credential_missing: 'permissions',
  credential_invalid: 'permissions',
  key_revoked: 'permissions',
  key_expired: 'permissions',
  key_disabled: 'permissions',
  idempotency_in_progress: 'logs_and_usage',
  idempotency_mismatch: 'logs_and_usage',
  model_unknown: 'configuration',
  api_retired: 'configuration',
  gateway_misconfigured: 'configuration',
  price_missing: 'configuration',
  no_provider_key: 'configuration',
  account_suspended: 'permissions',
  permission_denied: 'permissions',
  approval_required: 'permissions',
  approval_pending: 'permissions',
  approval_rejected: 'permissions',
  not_entitled: 'subscription',
  plan_upgrade_required: 'subscription',
  subscription_required: 'subscription',
  trial_ended: 'subscription',
  subscription_past_due: 'subscription',
  subscription_unpaid: 'subscription',
  subscription_incomplete: 'subscription',
  subscription_expired: 'subscription',
  subscription_cancelled: 'subscription',
  subscription_paused: 'subscription',
  cap_key: 'billing',
  cap_user: 'billing',
  cap_tag: 'billing',
  cap_team: 'billing',
  cap_org: 'billing',
  quota_exhausted: 'subscription',
  rate_limited: 'rate_limits',
  concurrency_limited: 'rate_limits',
  insufficient_balance: 'billing',
  balance_reserved: 'billing',
  ledger_unavailable: 'logs_and_usage',
  provider_rejected: 'logs_and_usage',
  provider_account_unpaid: 'configuration',
  provider_rate_limited: 'rate_limits',
  provider_auth_failed: 'configuration',
  provider_error: 'logs_and_usage',
  provider_timeout: 'logs_and_usage',
  stream_funds_exhausted: 'billing',
} as const satisfies Record<DenialCode, StepName>

/** The step that a refusal concerns; those that the management API alone has are in the logs. */
export function blamedFor(code: string): StepName {
  return (BLAMED as Record<string, StepName>)[code] ?? 'logs_and_usage'
}
