import type { KeyEntry } from '@faregate/identity'

/** An active key that may call every model. */
export function keyEntry(members: Partial<KeyEntry> = {}): KeyEntry {
  return {
    id: 'key_1',
    name: 'test',
    lastFour: 'abcd',
    state: 'active',
    expiresAt: null,
    scopes: [],
    addresses: null,
    models: null,
    apis: null,
    cap: null,
    capKey: 'key_1',
    application: { id: 'app_1', name: 'application' },
    team: null,
    member: null,
    organization: { id: 'org_1', name: 'organization', zone: 'UTC', suspended: null, cap: null, userCap: null },
    ...members,
  }
}
