/** What has broken gateways between dialects, case by case. Tests carry the number of the case that they prove in their names. */
export interface WireCase {
  /** In a few words. */
  title: string
  /** 3: it breaks clients or money. 2: it is wrong. 1: it is unpleasant. */
  weight: 1 | 2 | 3
  /** Tests that prove it under another number, or none: names by file, as they are written there. */
  also?: Record<string, string[]>
  /** Why there is nothing to prove. */
  not?: string
}

const SECRETS = 'tests/secrets/nothing-leaks.test.ts'

export const CASES: Record<string, WireCase> = {
  S1: { title: 'events that are cut anywhere, whatever ends their lines', weight: 3 },
  S2: { title: 'the last event of each API, once, and none where there is none', weight: 3 },
  S3: { title: "the order of Anthropic's events", weight: 3 },
  S4: { title: 'blocks begin with what they hold: thought, text, calls', weight: 3 },
  S5: { title: 'a stream that breaks off never looks complete', weight: 3 },
  S6: { title: 'an error before the first byte keeps its status, and another deployment may serve', weight: 3 },
  S7: { title: 'no chunk that the API does not have', weight: 2 },
  S8: { title: 'silence is filled, and nothing is held back', weight: 2 },
  S9: { title: 'providers that never answer, or stop', weight: 2 },
  S10: {
    title: 'callers who go away, at any moment',
    weight: 3,
    also: {
      'tests/faults/client.test.ts': [
        'M21: before the first byte: the upstream is let go within a second, nothing is charged, one record (…)',
        'M21: in mid-stream: the upstream is let go within a second and the delivered part is charged',
        'M21: after the last token but before usage: usage is waited for up to half a second, and charged',
      ],
    },
  },
  S11: { title: 'slow readers, in bounded memory', weight: 2 },
  S12: {
    title: 'a whole answer from a provider that only streams',
    weight: 2,
    not: 'no provider that can be connected only streams. Single models do (QwQ at Alibaba): their refusal of a whole answer is passed on.',
  },
  S13: { title: 'compressed answers, and headers of the connection', weight: 1 },
  S14: { title: 'streams that are no server-sent events: lines, an array, frames', weight: 2 },
  T1: { title: 'parallel calls keep their places', weight: 3 },
  T2: { title: 'arguments that come whole, as an object, or not at all', weight: 3 },
  T3: { title: 'calls and results without ids', weight: 3 },
  T4: { title: 'signed thoughts come back through clients that know nothing of them', weight: 3 },
  T5: { title: 'which tool is to be called, in every vocabulary', weight: 2 },
  T6: { title: 'every call has its result, where the provider wants it', weight: 2 },
  T7: { title: 'names and ids that a provider does not take', weight: 2 },
  T8: { title: 'dialects of JSON Schema', weight: 2 },
  T9: { title: 'the same request is the same bytes, keys in their order', weight: 3 },
  T10: { title: 'tools that only one vendor has are named, not dropped', weight: 1 },
  T11: { title: 'turns that are calls and nothing else', weight: 1 },
  U1: { title: 'input with and without what came from a cache', weight: 3 },
  U2: { title: 'output with and without what was thought', weight: 3 },
  U3: { title: 'usage in a stream: the last word counts', weight: 3 },
  U4: { title: 'what is written to a cache, for minutes or for an hour', weight: 3 },
  U5: { title: 'usage is asked for, and shown only to who asked', weight: 3 },
  U6: { title: 'usage that is missing, zero, or everywhere', weight: 2 },
  U7: {
    title: 'prices by length, tier, image, second and search',
    weight: 2,
    also: {
      'packages/pricing/test/charge.test.ts': ['the tier is chosen by all input together and prices the whole request'],
      'packages/pricing/test/bound.test.ts': ['M11: the tier is the one that the input bound reaches, and a dearer base stays reachable'],
    },
  },
  U8: { title: 'a failed attempt and the one that serves', weight: 3 },
  U9: {
    title: 'one charge, whatever is said or done twice',
    weight: 3,
    also: {
      'tests/money/kills.test.ts': [
        'M23, M24: every answer received completely is charged exactly once, the rest at most as delivered (…)',
      ],
      'tests/money/last-byte.test.ts': ['M16: every answer that was whole is charged after the restart, once'],
      'packages/store/test/failure.test.ts': ['postgres: M17: a connection lost in mid-commit: the same ids again are decided once'],
    },
  },
  U10: {
    title: 'many requests for the last of the money',
    weight: 3,
    also: {
      'tests/money/race.test.ts': [
        'M4, M26: room for ten serves ten, the others wait for these, and then the balance is empty',
        'M3, M26: a cap of the key with room for ten serves ten, however much the wallet holds',
      ],
      'tests/money/race-replicas.test.ts': ['M17: 500 parallel requests over all three against room for ten serve exactly ten'],
      'tests/money/month-end.test.ts': [
        'M8: each slice counts in the month in which it was taken: a stream goes on after midnight that its cap would have ended',
      ],
    },
  },
  U11: {
    title: 'no price, no answer',
    weight: 2,
    also: {
      'tests/denials/denials.test.ts': ['…: right status, headers and body; can be looked up; charged nothing; its fix works'],
      'packages/gateway/test/endpoints/embeddings.test.ts': ['price_missing: vectors without a price of input are refused'],
    },
  },
  U12: { title: 'routes beside conversations are metered, or free on purpose', weight: 2 },
  R1: { title: "every vendor's reasons to end, and unknown ones", weight: 3 },
  R2: { title: 'an end that hides calls', weight: 3 },
  R3: { title: 'stop sequences, blocked prompts, answers without output', weight: 2 },
  M1: { title: 'several and late words of the operator', weight: 2 },
  M2: { title: 'turns that alternate, and answers that are begun', weight: 2 },
  M3: { title: 'points of the prompt cache, everywhere that they can stand', weight: 3 },
  M4: { title: 'limits, and settings that a model does not take', weight: 2 },
  M5: { title: 'unset is not null, and not a default', weight: 2 },
  M6: { title: 'how much to think, and thoughts that go back to their vendor only', weight: 2 },
  M7: { title: 'versions and betas in headers', weight: 2 },
  M8: { title: 'answers by a schema', weight: 2 },
  M9: { title: 'members that nobody knows', weight: 1 },
  I1: { title: 'addresses become bytes, fetched from public places only', weight: 3 },
  I2: { title: 'types, details and places of media', weight: 2 },
  I3: { title: 'images of many megabytes', weight: 2 },
  I4: { title: 'audio in and out, as bytes', weight: 1 },
  E1: { title: 'errors in the envelope of each API, raised as the right class', weight: 3 },
  E2: { title: 'money, rates and policies are told apart, and money is not tried again', weight: 3 },
  E3: { title: "vendors' errors: try again, elsewhere, with another key, or tell", weight: 2 },
  E4: { title: 'how long to wait, in every form; limits of the provider are not the caller’s', weight: 2 },
  E5: { title: 'headers of a provider that reach a caller', weight: 3 },
  E6: {
    title: 'secrets in logs, traces and errors',
    weight: 3,
    also: {
      [SECRETS]: [
        'data folder, backups, logs and metrics hold no provider key, API key, token, root secret, or word of a body',
        'no answer holds a provider key, a token or the root secret; none but the body’s own answer holds its words',
      ],
      'packages/gateway/test/discreet.test.ts': ['no key of the provider is told, however often it is repeated'],
    },
  },
  E7: { title: 'prompts and bodies that are too long; errors in mid-stream', weight: 2 },
  E8: { title: 'ids with the prefix of the API, and the name that was asked for', weight: 1 },
}
