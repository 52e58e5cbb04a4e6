import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROUTES, type RouteName, type RouteSpec } from '../../packages/contract/src/index.ts'
import { ROOT } from '../support/gateway.ts'

/** Where it is shown that a field changes something: a file, and words of the title of the test in it. */
type Proof = readonly [file: string, title: string]

const CLI = 'packages/cli/test/people.test.ts'
const CAPS = 'tests/people/caps.test.ts'
const MEMBERS = 'packages/admin/test/members.test.ts'
const DENIALS = 'tests/denials/cases-caller.ts'

const LIMITS: Proof = ['packages/admin/test/limits.test.ts', 'are made with a key, an application and an organization, are shown']
const MADE: Proof = ['packages/admin/test/organizations.test.ts', 'creates an organization with a wallet, an application and a key']
const TEAM: Proof = [CLI, 'a team gets a cap and applications']
const TEAM_CAP: Proof = [CAPS, 'the applications of a team share its cap']
const MEMBER: Proof = [CLI, 'a member gets a role, a cap and a token']
const MEMBER_CAP: Proof = ['tests/people/members.test.ts', 'the cap of a member holds over all of its keys']
const ROLE: Proof = [MEMBERS, 'the token of a member may do what the role allows']
const OWNERS = 'packages/admin/test/owners.test.ts'
const OWNER: Proof = [OWNERS, 'are whoever makes one, or whom that says, or nobody']
const NARROW = 'packages/admin/test/team-roles.test.ts'
const NARROWED: Proof = [NARROW, 'reads, changes and lists nothing of another team']
const CUSTOM: Proof = [MEMBERS, 'a custom role can be had, changed with effect at once']
const NAMED = 'tests/people/named-caps.test.ts'
const USER_CAP: Proof = [NAMED, 'one end user has another cap than all the others']
const TAG_CAP: Proof = [NAMED, 'a tag has a cap over all requests that name it']
const ASKING = 'tests/limits/asking.test.ts'
const DECIDED: Proof = [ASKING, 'asked for with the refusal alone, seen with its usage, approved, in force within a second']

const PROOFS: Partial<Record<RouteName, Record<string, Proof>>> = {
  createTeam: { name: TEAM, cap: TEAM_CAP },
  updateTeam: { name: TEAM, cap: [DENIALS, 'async cap_team(world)'] },
  createApplication: { name: MADE, team: TEAM, owner: OWNER, limits: LIMITS },
  updateApplication: { name: TEAM, team: TEAM_CAP, owner: [OWNERS, 'can be changed, which needs no more than'], limits: LIMITS },
  createMember: { name: MEMBER, email: [MEMBERS, 'an e-mail address that is taken'], role: ROLE, team: NARROWED, cap: MEMBER_CAP },
  updateMember: {
    name: MEMBER,
    role: [MEMBERS, 'another role is in force at once'],
    team: [NARROW, 'follows an application into another team at once, and is widened again'],
    cap: MEMBER_CAP,
  },
  createMemberToken: { name: MEMBER, expiresAt: MEMBER },
  createRole: { name: CUSTOM, permissions: CUSTOM },
  updateRole: { name: MEMBER, permissions: CUSTOM },
  setUserCap: { amount: USER_CAP, period: [NAMED, 'of another period begins anew'] },
  setTagCap: { amount: TAG_CAP, period: [NAMED, 'of another period begins anew'] },
  createLimitRequest: {
    subject: [ASKING, 'only what the key is or belongs to can be asked for'],
    value: DECIDED,
    reason: [ASKING, 'rejected with its reason, which the caller sees'],
  },
  decideLimitRequest: {
    decision: DECIDED,
    value: [ASKING, 'whoever decides may give another value'],
    reason: [ASKING, 'rejected with its reason, which the caller sees'],
  },
}

test('every field of teams, applications, members, roles, named caps and limit requests has a test that it changes something', () => {
  for (const [name, proofs] of Object.entries(PROOFS)) {
    const { body }: RouteSpec = ROUTES[name as RouteName]
    assert.deepEqual(Object.keys(proofs).toSorted(), Object.keys(body?.shape ?? {}).toSorted(), name)
    for (const [field, [file, title]] of Object.entries(proofs)) {
      assert.ok(readFileSync(join(ROOT, file), 'utf8').includes(title), `${name}.${field}: ${file} has no test "${title}"`)
    }
  }
})
