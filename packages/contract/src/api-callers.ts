import { z } from 'zod'

/** Who may call an API, and what is told of them: for the management API and for the configuration file alike. */

const headerName = z.string().min(1).max(100)

const key = z
  .strictObject({
    header: headerName.optional().describe('A header that may carry the key as well.'),
    query: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('A parameter of the query that may carry the key as well. It is left out of the call.'),
  })
  .describe('A key of the gateway: `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`.')

const basic = z
  .strictObject({
    realm: z
      .string()
      .regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/, 'printable ASCII without quotes and backslashes')
      .max(100)
      .optional()
      .describe('What is to be opened, as it is told to whoever is asked for a password. Absent: the name of the API.'),
  })
  .describe('Basic (RFC 7617): the id of a key, or of its application, as the name, and the key as the password.')

const signature = z
  .strictObject({
    windowSeconds: z
      .int()
      .min(1)
      .max(3600)
      .optional()
      .describe('For how long before and after its time a signature is taken. Absent: 300.'),
  })
  .describe('Requests that are signed with the secret of a key (RFC 9421, `hmac-sha256`), each with a nonce of its own.')

const open = z
  .strictObject({
    as: z.string().min(1).max(100).describe('The id of the key as which they are served: its limits hold, and its organization pays.'),
  })
  .describe('Whoever sends no credential may call.')

const authentication = z
  .strictObject({
    key: key.optional(),
    basic: basic.optional(),
    signature: signature.optional(),
    public: open.optional(),
  })
  .describe('In which ways callers prove who they are; those that are not named are not taken. Absent: a key of the gateway.')

const identity = z
  .strictObject({
    headers: z
      .strictObject({
        consumer: headerName.optional().describe('The header with the id of the organization that calls.'),
        application: headerName.optional().describe('The header with the id of its application.'),
        key: headerName.optional().describe('The header with the id of the key.'),
        subject: headerName.optional().describe('The header with whom the credential names; absent where it names nobody.'),
      })
      .optional(),
  })
  .describe('What the upstream is told of who calls. Absent: nothing.')

export const callers = { authentication, identity }
