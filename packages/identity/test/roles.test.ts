import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allows, BUILT_IN_ROLES } from '../src/roles.ts'

describe('what a role allows', () => {
  const admin = { role: 'org_admin', permissions: null, team: null }

  it('holds in the whole organization, for what belongs to a team and for what does not', () => {
    for (const team of ['team_1', null]) assert.ok(allows(admin, 'keys:write', team))
    assert.ok(allows(admin, 'organizations:write', null))
    assert.ok(!allows({ ...admin, role: 'viewer' }, 'keys:write', 'team_1'))
  })

  it('holds, where it is narrowed to a team, for what belongs to that team alone', () => {
    const narrowed = { ...admin, team: 'team_1' }
    assert.ok(allows(narrowed, 'keys:write', 'team_1'))
    for (const team of ['team_2', null]) assert.ok(!allows(narrowed, 'keys:write', team))
    for (const permission of ['organizations:write', 'subscriptions:write']) assert.ok(!allows(narrowed, permission, 'team_1'), permission)
  })

  it('lets whoever governs an organization appoint whoever pays, and nobody give credit', () => {
    for (const permissions of Object.values(BUILT_IN_ROLES)) {
      for (const permission of permissions) assert.ok(allows(admin, permission, null), permission)
      assert.ok(!permissions.includes('money:write'))
    }
  })
})
