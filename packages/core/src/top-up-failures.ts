/** How the last try of an automatic top-up was refused: by the bank, or because it wants to hear from whoever pays. */
export const TOP_UP_FAILURES = ['declined', 'action_required'] as const

export type TopUpFailure = (typeof TOP_UP_FAILURES)[number]

export function isTopUpFailure(state: string | null): state is TopUpFailure {
  return TOP_UP_FAILURES.some((failure) => failure === state)
}
