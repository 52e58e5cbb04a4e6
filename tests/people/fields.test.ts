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
const KEYS = 'tests/people/keys.test.ts'
const MEMBERS = 'packages/admin/test/members.test.ts'
const DENIALS = 'tests/denials/cases-caller.ts'

const ORGANIZATION_NAMED: Proof = ['packages/admin/test/organizations.test.ts', 'renames, moves the zone and sets an overdraft']
const LIMITS: Proof = ['packages/admin/test/limits.test.ts', 'are made with a key, an application and an organization, are shown']
const GIVEN: Proof = ['packages/admin/test/organizations.test.ts', 'makes an organization with the zone, overdraft and caps']
const MADE: Proof = ['packages/admin/test/organizations.test.ts', 'creates an organization with a wallet, an application and a key']
const ORG_CAP: Proof = [CAPS, 'the first that lacks room is named, in the order key, user, team, organization']
const TEAM: Proof = [CLI, 'a team gets a cap and applications']
const TEAM_CAP: Proof = [CAPS, 'the applications of a team share its cap']
const MEMBER: Proof = [CLI, 'a member gets a role, a cap and a token']
const MEMBER_CAP: Proof = ['tests/people/members.test.ts', 'the cap of a member holds over all of its keys']
const ROLE: Proof = [MEMBERS, 'the token of a member may do what the role allows']
const CUSTOM: Proof = [MEMBERS, 'a custom role can be had, changed with effect at once']
const SCOPES: Proof = [KEYS, 'a scope allows what it stands for and nothing else']
const ADDRESSES: Proof = [KEYS, 'a key is refused from elsewhere than its addresses']
const ROTATION: Proof = [KEYS, 'rotation: both keys work for the overlap']
const KEY_TERMS: Proof = ['packages/cli/test/commands.test.ts', 'a key gets another name, models, cap and expiry']
const EXPIRED: Proof = [DENIALS, 'key_expired: (world)']
const MODELS: Proof = [DENIALS, 'async permission_denied(world)']
const KEY_CAP: Proof = [DENIALS, 'cap_key: (world)']
const NAMED = 'tests/people/named-caps.test.ts'
const USER_CAP: Proof = [NAMED, 'one end user has another cap than all the others']
const TAG_CAP: Proof = [NAMED, 'a tag has a cap over all requests that name it']
const ASKING = 'tests/limits/asking.test.ts'
const DECIDED: Proof = [ASKING, 'asked for with the refusal alone, seen with its usage, approved, in force within a second']

const PROOFS: Partial<Record<RouteName, Record<string, Proof>>> = {
  createOrganization: {
    name: MADE,
    currency: ['packages/admin/test/organizations.test.ts', 'refuses a currency other than'],
    zone: GIVEN,
    overdraft: GIVEN,
    limits: LIMITS,
    cap: GIVEN,
    userCap: GIVEN,
  },
  updateOrganization: {
    name: ORGANIZATION_NAMED,
    zone: ORGANIZATION_NAMED,
    overdraft: ORGANIZATION_NAMED,
    limits: LIMITS,
    cap: ORG_CAP,
    userCap: ORG_CAP,
  },
  suspendOrganization: { reason: ['tests/people/suspension.test.ts', 'refuses its calls everywhere within a second'] },
  createTeam: { name: TEAM, cap: TEAM_CAP },
  updateTeam: { name: TEAM, cap: [DENIALS, 'async cap_team(world)'] },
  createApplication: { name: MADE, team: TEAM, limits: LIMITS },
  updateApplication: { name: TEAM, team: TEAM_CAP, limits: LIMITS },
  createMember: { name: MEMBER, email: [MEMBERS, 'an e-mail address that is taken'], role: ROLE, cap: MEMBER_CAP },
  updateMember: { name: MEMBER, role: [MEMBERS, 'another role is in force at once'], cap: MEMBER_CAP },
  createMemberToken: { name: MEMBER, expiresAt: MEMBER },
  createRole: { name: CUSTOM, permissions: CUSTOM },
  updateRole: { name: MEMBER, permissions: CUSTOM },
  createKey: {
    name: MADE,
    scopes: SCOPES,
    addresses: ADDRESSES,
    models: MODELS,
    cap: KEY_CAP,
    limits: LIMITS,
    expiresAt: EXPIRED,
    member: ['tests/people/members.test.ts', 'the keys of a member are revoked with the membership'],
  },
  updateKey: {
    name: KEY_TERMS,
    enabled: [DENIALS, 'key_disabled: (world)'],
    scopes: [CLI, 'a key is limited to scopes and addresses, freed again'],
    addresses: ADDRESSES,
    models: MODELS,
    cap: KEY_CAP,
    limits: LIMITS,
    expiresAt: EXPIRED,
  },
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
  rotateKey: { overlapSeconds: ROTATION, expiresAt: ROTATION },
}

test('every field of organizations, teams, applications, members, roles, keys, caps and limit requests has a test that it changes something', () => {
  for (const [name, proofs] of Object.entries(PROOFS)) {
    const { body }: RouteSpec = ROUTES[name as RouteName]
    assert.deepEqual(Object.keys(proofs).toSorted(), Object.keys(body?.shape ?? {}).toSorted(), name)
    for (const [field, [file, title]] of Object.entries(proofs)) {
      assert.ok(readFileSync(join(ROOT, file), 'utf8').includes(title), `${name}.${field}: ${file} has no test "${title}"`)
    }
  }
})
