/** What a key can be limited to: calling models, calling published APIs, counting tokens, explaining a request, listing models, seeing its own state. */
export const KEY_SCOPES = ['models', 'apis', 'count', 'explain', 'list', 'key'] as const

export type KeyScope = (typeof KEY_SCOPES)[number]
