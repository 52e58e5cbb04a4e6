/** Commands that `people.test.ts` runs. */
export const PEOPLE_COMMANDS = [
  ...['org update', 'org suspend', 'org resume', 'app update'],
  ...['team create', 'team list', 'team update', 'team delete'],
  ...['member add', 'member list', 'member update', 'member remove', 'member token'],
  ...['role list', 'role create', 'role update', 'role delete'],
]
