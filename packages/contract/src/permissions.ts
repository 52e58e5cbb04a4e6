/** One thing that a management credential may do. */
export interface PermissionFacts {
  /** What it allows, for people. */
  title: string
  /** Whether a token that is bound to one organization can hold it; the others concern the whole installation. */
  bindable: boolean
}

/** Every permission there is. The operator's token holds all of them. */
export const PERMISSIONS = {
  'organizations:read': { title: 'See organizations', bindable: true },
  'organizations:write': { title: 'Rename organizations, set their zone and their spend caps', bindable: true },
  'organizations:create': { title: 'Create organizations', bindable: false },
  'organizations:suspend': { title: 'Suspend and resume organizations', bindable: false },
  'teams:read': { title: 'See teams', bindable: true },
  'teams:write': { title: 'Create, change and remove teams, and set their spend caps', bindable: true },
  'members:read': { title: 'See members', bindable: true },
  'members:write': { title: 'Add, change and remove members, with roles of which every permission is held', bindable: true },
  'roles:read': { title: 'See roles', bindable: true },
  'roles:write': { title: 'Create, change and remove roles, from permissions that are held', bindable: true },
  'applications:read': { title: 'See applications', bindable: true },
  'applications:write': { title: 'Create and rename applications', bindable: true },
  'keys:read': { title: 'See keys (never the secret)', bindable: true },
  'keys:write': { title: 'Create, change and revoke keys', bindable: true },
  'money:read': { title: 'See balances, grants, invoices and ledger entries', bindable: true },
  'money:write': {
    title: 'Grant, reverse, refund requests and top-ups, correct invoices, set an overdraft and a credit limit',
    bindable: true,
  },
  'payments:write': { title: 'Order top-ups, save and remove payment methods, set automatic top-ups', bindable: true },
  'vouchers:redeem': { title: 'Redeem vouchers', bindable: true },
  'vouchers:read': { title: 'See vouchers (never the code)', bindable: false },
  'vouchers:write': { title: 'Make and withdraw vouchers', bindable: false },
  'webhooks:read': { title: 'See webhooks and their deliveries (never the secret)', bindable: true },
  'webhooks:write': { title: 'Create webhooks of an organization, change, test, replay and remove any', bindable: true },
  'webhooks:create': { title: 'Create webhooks that are told of every organization', bindable: false },
  'usage:read': { title: 'See usage', bindable: true },
  'requests:read': { title: 'See requests and diagnose them', bindable: true },
  'denials:read': { title: 'See refusals', bindable: true },
  'providers:read': { title: 'See providers (never their keys)', bindable: false },
  'providers:write': { title: 'Connect, change, test and remove providers', bindable: false },
  'models:read': { title: 'See models', bindable: false },
  'models:write': { title: 'Create, change and remove models', bindable: false },
  'apis:read': { title: 'See the published APIs that one manages (never the secrets towards their upstreams)', bindable: true },
  'apis:write': { title: 'Publish APIs, change and remove them', bindable: true },
  'prices:read': { title: 'See prices', bindable: false },
  'prices:write': { title: 'Set and remove prices', bindable: false },
  'plans:read': { title: 'See plans', bindable: true },
  'plans:write': { title: 'Create plans: for an organization, of its own APIs', bindable: true },
  'subscriptions:read': { title: 'See subscriptions', bindable: true },
  'subscriptions:write': { title: 'Subscribe, buy plans, change, cancel, pause, resume and renew', bindable: true },
  'subscriptions:approve': { title: 'See who subscribed to plans that one sells, approve and reject', bindable: true },
  'limit-requests:read': { title: 'See requests for higher limits, and what was used', bindable: true },
  'limit-requests:write': { title: 'Ask for higher limits', bindable: true },
  'limit-requests:decide': { title: 'Decide about requests for limits that one may change', bindable: true },
  'settings:read': { title: 'See the settings', bindable: false },
  'settings:write': { title: 'Change settings', bindable: false },
  'ledger:verify': { title: 'Verify the ledger', bindable: false },
  'backup:write': { title: 'Make backups', bindable: false },
  'backup:restore': { title: 'Restore a backup', bindable: false },
  'tokens:read': { title: 'See management tokens (never the secret)', bindable: true },
  'tokens:write': { title: 'Create management tokens, with permissions that are held, and revoke them', bindable: true },
  'audit:read': { title: 'See what was changed, by whom', bindable: true },
  'instance:read': { title: 'See version, providers and state of the gateway', bindable: false },
  'configuration:read': { title: 'Export the configuration', bindable: false },
} as const satisfies Record<string, PermissionFacts>

export type Permission = keyof typeof PERMISSIONS

export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as [Permission, ...Permission[]]

export function isPermission(value: unknown): value is Permission {
  return typeof value === 'string' && Object.hasOwn(PERMISSIONS, value)
}
