import type { Actor } from './entry.ts'

/** What an answer that is served tells its caller besides: nothing is refused, yet. */
interface Notice {
  title: string
  /** Where it is said, beside its code in `Faregate-Notice`. */
  headers: string[]
  /** Who is to act. */
  actor: Actor
  /** Why it is said, for the page `/problems/{code}`. */
  meaning: string
  /** What is to be done, step by step, for the same page. */
  mend: string[]
}

/** Every notice there is, as data. They stand apart from refusals: no status, no envelope and no denial comes of one. */
export const NOTICES = {
  api_deprecated: {
    title: 'API deprecated',
    headers: ['Deprecation', 'Sunset', 'Link'],
    actor: 'caller',
    meaning:
      'The API, or this route of it, is served and charged as ever, and is going to be retired: `Deprecation` (RFC 9745) says since when that is known, `Sunset` (RFC 8594) when it ends, where that is decided. From then on it is refused with `api_retired`.',
    mend: [
      'Read `Link`: `rel="successor-version"` is what takes its place, `rel="deprecation"` the page that says how to move.',
      'Call that instead, before `Sunset`.',
    ],
  },
  model_deprecated: {
    title: 'Model deprecated',
    headers: ['Deprecation', 'Sunset', 'Link'],
    actor: 'caller',
    meaning:
      'The model is served and charged as ever, and is going to be retired: `Deprecation` (RFC 9745) says since when that is known, `Sunset` (RFC 8594) when it ends, where that is decided. From then on it is refused with `model_retired`.',
    mend: [
      'Read `Link`: `rel="successor-version"` is the model that takes its place, `rel="deprecation"` the page that says how to move.',
      'Name that in `model` instead, before `Sunset`.',
    ],
  },
  subscription_past_due: {
    title: 'Subscription past due',
    headers: [],
    actor: 'billing_admin',
    meaning: 'A period of the subscription is not paid. It is served for the days of grace of its plan, until `until`; then it is refused.',
    mend: ['Pay what is due: add balance, from which it is taken.'],
  },
  mock: {
    title: 'Mocked',
    headers: [],
    actor: 'caller',
    meaning: 'The answer is an example from the document of the API: nothing was called, and nothing is charged.',
    mend: ['Call the API at its own prefix, without `/mock`, for a real answer.'],
  },
} as const satisfies Record<string, Notice>

export type NoticeCode = keyof typeof NOTICES

/** The header in which every notice is said, as a list of items (RFC 9651). */
export const NOTICE_HEADER = 'faregate-notice'

/** What a code that an answer was served with means; undefined: there is no such notice. */
export function noticeEntry(code: string): Notice | undefined {
  return Object.hasOwn(NOTICES, code) ? NOTICES[code as NoticeCode] : undefined
}
