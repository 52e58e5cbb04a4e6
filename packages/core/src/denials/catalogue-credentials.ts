import type { CatalogueEntry } from './entry.ts'

/** Refusals of whoever did not prove who calls, and of keys that may not be used. */
export const CREDENTIAL_CODES = {
  credential_missing: {
    status: 401,
    title: 'No credential',
    actor: 'caller',
    retryable: false,
    openaiCode: 'invalid_api_key',
    meaning: 'The request carries no API key.',
    mend: ['Send the key as `Authorization: Bearer KEY`, or in `x-api-key`, `api-key` or `x-goog-api-key`.'],
  },
  credential_invalid: {
    status: 401,
    title: 'Unknown credential',
    actor: 'caller',
    retryable: false,
    openaiCode: 'invalid_api_key',
    meaning: 'No key like the one that was sent exists. `hint` tells when it looks like a key of another system, or like a mistyped one.',
    mend: [
      'Check for a key of a provider, a truncated key, or a key of another installation.',
      'Ask whoever runs the application for its key, or create a new one.',
    ],
  },
  key_revoked: {
    status: 401,
    title: 'Key revoked',
    actor: 'key_owner',
    retryable: false,
    openaiCode: 'invalid_api_key',
    meaning: 'The key was revoked for good.',
    mend: ['Create a new key for the application and use that.'],
  },
  key_expired: {
    status: 401,
    title: 'Key expired',
    actor: 'key_owner',
    retryable: false,
    openaiCode: 'invalid_api_key',
    meaning: 'The key was made with an expiry, and that has passed.',
    mend: ['Create a new key, or move the expiry of this one.'],
  },
  key_disabled: {
    status: 401,
    title: 'Key disabled',
    actor: 'org_admin',
    retryable: false,
    openaiCode: 'invalid_api_key',
    meaning: 'The key is switched off, and can be switched on again.',
    mend: ['An administrator of the organization enables the key.'],
  },
  signature_expired: {
    status: 401,
    title: 'Signature too old',
    actor: 'caller',
    retryable: false,
    meaning:
      'The request was signed at another time than now, as its own `created` says. Old signatures are not taken, so that what was sent once cannot be sent again later.',
    mend: ['Sign each request when it is sent.', 'Set the clock of the machine that signs: `detail` says what time it is here.'],
  },
  signature_replayed: {
    status: 401,
    title: 'Signature used before',
    actor: 'caller',
    retryable: false,
    meaning: 'A request with the same `nonce` was taken before. Each signature is good for one request.',
    mend: ['Sign each request anew, with a nonce of its own: also one that is sent again.'],
  },
  token_expired: {
    status: 401,
    title: 'Token expired',
    actor: 'caller',
    retryable: false,
    meaning: 'The access token is one that is taken here, but its time is over.',
    mend: ['Fetch another token where this one came from, and send that.', 'Fetch the next one before the time of a token is over.'],
  },
  caller_unknown: {
    status: 403,
    title: 'Nobody answers for this caller',
    actor: 'operator',
    retryable: false,
    meaning:
      'The token or certificate is good, but no key says that it stands for whoever it names: it is not known which organization calls.',
    mend: [
      'Tell the operator the issuer and the subject that `detail` names.',
      'The operator gives them to a key: `faregate key update KEY --issuer ISSUER --subject SUBJECT`.',
    ],
  },
} as const satisfies Record<string, CatalogueEntry>
