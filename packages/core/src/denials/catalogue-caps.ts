import type { CatalogueEntry } from './entry.ts'

/** The refusals of spend caps, in order of precedence: key, end user, tag, team, organization. */
export const CAPS = {
  cap_key: {
    status: 403,
    title: 'Spend cap of the key reached',
    actor: 'org_admin',
    retryable: false,
    meaning: 'The key has a spend cap, and this request could exceed what is left of it. Topping up the balance does not help.',
    mend: ['An administrator of the organization raises the cap.', 'Or wait until it resets at `resetsAt`.', 'Or send a smaller request.'],
  },
  cap_user: {
    status: 403,
    title: 'Spend cap of the end user reached',
    actor: 'org_admin',
    retryable: false,
    meaning:
      'Each end user, whom the request names, has a spend cap, and this request could exceed what is left of it. Topping up the balance does not help.',
    mend: ['An administrator of the organization raises the cap.', 'Or wait until it resets at `resetsAt`.', 'Or send a smaller request.'],
  },
  cap_tag: {
    status: 403,
    title: 'Spend cap of the tag reached',
    actor: 'org_admin',
    retryable: false,
    meaning:
      'A tag, which the request names in `Faregate-Tags`, has a spend cap, and this request could exceed what is left of it. Topping up the balance does not help.',
    mend: ['An administrator of the organization raises the cap.', 'Or wait until it resets at `resetsAt`.', 'Or send a smaller request.'],
  },
  cap_team: {
    status: 403,
    title: 'Spend cap of the team reached',
    actor: 'org_admin',
    retryable: false,
    meaning:
      'The team that the application belongs to has a spend cap, and this request could exceed what is left of it. Topping up the balance does not help.',
    mend: ['An administrator of the organization raises the cap.', 'Or wait until it resets at `resetsAt`.', 'Or send a smaller request.'],
  },
  cap_org: {
    status: 403,
    title: 'Spend cap of the organization reached',
    actor: 'org_admin',
    retryable: false,
    meaning:
      'The organization has set itself a spend cap, and this request could exceed what is left of it. Topping up the balance does not help.',
    mend: ['An administrator of the organization raises the cap.', 'Or wait until it resets at `resetsAt`.', 'Or send a smaller request.'],
  },
} as const satisfies Record<string, CatalogueEntry>
