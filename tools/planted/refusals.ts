import type { Defect } from './defect.ts'

const caughtBy = (code: string): Defect['caughtBy'] => ({
  file: 'tests/denials/denials.test.ts',
  names: ['every refusal', `${code}: right status, headers and body; can be looked up; charged nothing; its fix works`],
})

/** What somebody could break in how calls are refused. */
export const REFUSAL_DEFECTS: Defect[] = [
  {
    name: "a refusal in Anthropic's envelope that is of another class than its status",
    edits: [
      {
        file: 'packages/wire/src/anthropic/errors.ts',
        find: 'error: { type: typeOf(status), message',
        replace: "error: { type: 'api_error', message",
      },
    ],
    caughtBy: caughtBy('cap_org'),
    because: /at \/v1\/messages: 403/,
  },
  {
    name: 'a role that lacks what a refusal names it for',
    edits: [
      {
        file: 'packages/identity/src/roles.ts',
        find: 'billing_admin: [...READ, ...TRACE, ...PLANS, ...PAY],',
        replace: "billing_admin: [...READ, ...TRACE, ...PLANS, ...PAY].filter((one) => one !== 'subscriptions:write'),",
      },
    ],
    caughtBy: caughtBy('subscription_required'),
    because: /lacks the permission subscriptions:write/,
  },
  {
    name: 'a refusal whose fix makes a key of another organization',
    edits: [
      {
        file: 'packages/gateway/src/identify.ts',
        find: 'command: `faregate key create --organization ${organization.id} --application ${application.id}`',
        replace: "command: 'faregate key create'",
      },
    ],
    caughtBy: caughtBy('key_revoked'),
    because: /faregate key create: /,
  },
]
