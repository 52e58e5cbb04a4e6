import type { Migration } from './migration.ts'

/** In which team alone the role of a member holds; whose an application is; in which team more is asked for; the cap of each tag. Null: none. */
export const teamsAndOwners: Migration = {
  number: 14,
  name: 'teams and owners',
  statements: [
    'ALTER TABLE members ADD COLUMN team_id TEXT REFERENCES teams (id)',
    'ALTER TABLE applications ADD COLUMN owner_id TEXT REFERENCES members (id)',
    'CREATE INDEX applications_by_owner ON applications (owner_id) WHERE owner_id IS NOT NULL',
    'ALTER TABLE limit_requests ADD COLUMN team_id TEXT',
    'ALTER TABLE organizations ADD COLUMN tag_cap_amount INTEGER',
    'ALTER TABLE organizations ADD COLUMN tag_cap_period TEXT',
  ],
}
